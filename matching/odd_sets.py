"""Odd sets that a fractional pairing breaks: an odd number of people makes at most (size - 1) / 2 pairs.

Edmonds (1965) showed that with all of these inequalities the pairings of a graph are the vertices of a
polytope; they are far too many, so only broken ones are added. Connected parts of the fractional pairs give
most of them; where those fail, minimum cuts of odd size do (Padberg and Rao 1982; cuts by Gusfield 1990).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from matching.problem import Ints

Reals = NDArray[np.float64]
TOLERANCE = 1e-5
#: Minimum cuts are looked for in parts of up to this many people.
LARGEST_PART = 400
#: Flows are whole numbers: this many units are one pair.
UNIT = 10**6


def broken_sets(people: int, first: Ints, second: Ints, share: Reals) -> list[Ints]:
    """Sets of people (sorted, of odd size at least 3) with more pairs inside than they can make.

    first, second: the two people of each pair. share: how much of it is made, 0 to 1; each person's shares
    add up to at most 1.
    """
    partial = (share > TOLERANCE) & (share < 1 - TOLERANCE)
    first, second, share = first[partial], second[partial], share[partial]
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(people, people))
    _, part = connected_components(graph, directed=False)
    found = []
    for number in np.unique(part[first]):
        members = np.flatnonzero(part == number)
        own = part[first] == number
        found += _of_part(members, first[own], second[own], share[own])
    return found


def _of_part(members: Ints, first: Ints, second: Ints, share: Reals) -> list[Ints]:
    if _breaks(members, first, second, share):
        return [members]
    if len(members) > LARGEST_PART:
        return []
    place = {int(person): number for number, person in enumerate(members)}
    one = np.array([place[int(person)] for person in first])
    other = np.array([place[int(person)] for person in second])
    cuts = {tuple(cut.tolist()): cut for cut in _odd_cuts(len(members), one, other, share)}
    return [members[cut] for cut in cuts.values() if _breaks(members[cut], first, second, share)]


def _breaks(members: Ints, first: Ints, second: Ints, share: Reals) -> bool:
    inside = np.isin(first, members) & np.isin(second, members)
    return len(members) % 2 == 1 and float(share[inside].sum()) > (len(members) - 1) / 2 + TOLERANCE


def _odd_cuts(size: int, one: Ints, other: Ints, share: Reals) -> Iterator[Ints]:
    """Minimum cuts with an odd number of people on the side away from the node that takes what people have
    left."""
    graph = _network(size, one, other, share)
    parent = [size] * size
    for node in range(size):
        side = _side(graph, node, parent[node])
        if not side[size] and int(side.sum()) % 2:
            yield np.flatnonzero(side[:size])
        elif side[size] and int((~side).sum()) % 2:
            yield np.flatnonzero(~side[:size])
        for later in range(node + 1, size):
            if side[later] and parent[later] == parent[node]:
                parent[later] = node


def _network(size: int, one: Ints, other: Ints, share: Reals) -> csr_array:
    used = np.bincount(one, share, size) + np.bincount(other, share, size)
    everyone = np.arange(size)
    tails = np.concatenate([one, everyone])
    heads = np.concatenate([other, np.full(size, size)])
    room = np.rint(np.concatenate([share, np.maximum(0, 1 - used)]) * UNIT).astype(np.int32)
    both = np.concatenate([tails, heads]), np.concatenate([heads, tails])
    graph = csr_array(coo_array((np.concatenate([room, room]), both), shape=(size + 1, size + 1)))
    graph.eliminate_zeros()
    return graph


def _side(graph: csr_array, source: int, sink: int) -> NDArray[np.bool_]:
    """Nodes on the source's side of a minimum cut."""
    flow = maximum_flow(graph, source, sink).flow
    residual = csr_array(graph - flow)
    residual.eliminate_zeros()
    side = np.zeros(graph.shape[0], dtype=bool)
    side[breadth_first_order(residual, source, return_predecessors=False)] = True
    return side
