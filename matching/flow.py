"""How many mentees can be matched at all, with a cover that proves that no more can.

Maximum flow and minimum cut (Ford and Fulkerson 1956); read as a cover this is König's theorem with
capacities: mentors B and the mentees who have an edge outside B touch every edge, so no assignment is larger
than their count and the places of B together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from matching.edges import Edges
from matching.problem import Ints

CoverKind = Literal["capacity", "minimum"]
NOBODY = -1


@dataclass(frozen=True)
class Cover:
    """The mentors of a minimum cut; kind says whether their places or their minimum loads are what binds."""

    kind: CoverKind
    mentors: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Flow:
    """mentor: (n,) each mentee's mentor or -1. value: units that reached the sink. cover: why no more did."""

    mentor: Ints
    value: int
    cover: Cover


def saturate(edges: Edges, capacity: Ints, minimum: Ints, target: int) -> Flow:
    """Match as many mentees as possible, up to `target`, so that the minimum loads are met within `target`.

    The value reaches `target` exactly when an assignment of that size honours both bounds: each mentor's
    required places lead straight to the sink, the others share a spare node that lets only `target -
    sum(minimum)` through.
    """
    graph = _network(edges, capacity, minimum, target)
    mentees, mentors = edges.shape
    result = maximum_flow(graph, 0, mentees + mentors + 2)
    residual = csr_array(graph - result.flow)
    residual.eliminate_zeros()
    return Flow(_mentors_of(result.flow, edges.shape), int(result.flow_value), _cover(residual, edges.shape))


def _network(edges: Edges, capacity: Ints, minimum: Ints, target: int) -> csr_array:
    """Nodes: 0 source, 1..n mentees, n+1..n+m mentors, n+m+1 spare, n+m+2 sink."""
    mentees, mentors = edges.shape
    mentee_node = np.arange(1, mentees + 1)
    mentor_node = np.arange(mentees + 1, mentees + mentors + 1)
    spare, sink = mentees + mentors + 1, mentees + mentors + 2
    places = np.minimum(capacity, mentees)  # more than n places are never used, and the flow is 32 bits wide
    required = np.minimum(minimum, places)
    arcs = [
        (np.zeros(mentees), mentee_node, np.ones(mentees)),
        (edges.mentee + 1, edges.mentor + mentees + 1, np.ones(len(edges))),
        (mentor_node, np.full(mentors, sink), required),
        (mentor_node, np.full(mentors, spare), places - required),
        (np.array([spare]), np.array([sink]), np.array([max(0, target - int(required.sum()))])),
    ]
    tail, head, room = (np.concatenate(column).astype(np.int32) for column in zip(*arcs, strict=True))
    graph = csr_array(coo_array((room, (tail, head)), shape=(sink + 1, sink + 1)))
    graph.eliminate_zeros()
    return graph


def _mentors_of(flow: csr_array, shape: tuple[int, int]) -> Ints:
    mentees, mentors = shape
    chosen = coo_array(flow[1 : mentees + 1, mentees + 1 : mentees + mentors + 1])
    mentor = np.full(mentees, NOBODY, dtype=np.int64)
    used = chosen.data > 0
    mentor[chosen.row[used]] = chosen.col[used]
    return mentor


def _cover(residual: csr_array, shape: tuple[int, int]) -> Cover:
    mentees, mentors = shape
    reached = np.zeros(mentees + mentors + 3, dtype=bool)
    reached[breadth_first_order(residual, 0, return_predecessors=False)] = True
    kind: CoverKind = "minimum" if reached[mentees + mentors + 1] else "capacity"
    columns = np.flatnonzero(reached[mentees + 1 : mentees + mentors + 1])
    return Cover(kind, tuple(int(column) for column in columns))
