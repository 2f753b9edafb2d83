"""A good assignment and a good basis to start the simplex method from: no solver would find them as fast.

The basis of a network program is a spanning tree. Ours holds the pairs of the assignment and, beside them,
the arcs that are nearest to tight at the prices of the ascent (a minimum spanning tree).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from matching.edges import Edges
from matching.flow import NOBODY
from matching.problem import Ints

#: How often a mentee asks in the greedy start.
ROUNDS = 60


def regret_greedy(edges: Edges, prices: Ints, capacity: Ints, matched: int) -> Ints:
    """An assignment (n,) of at most `matched` mentees: each asks for the best pair at these prices, a mentor
    takes those who would lose most with their second best, the others ask again."""
    mentor = np.full(edges.shape[0], NOBODY, dtype=np.int64)
    value = edges.score - prices[edges.mentor]
    order = np.lexsort((-value, edges.mentee))
    who, whom, value = edges.mentee[order], edges.mentor[order], value[order]
    left = capacity.copy()
    for _ in range(ROUNDS):
        still = (mentor[who] == NOBODY) & (left[whom] > 0)
        who, whom, value = who[still], whom[still], value[still]
        room = matched - int((mentor >= 0).sum())
        if not len(who) or room <= 0:
            break
        taken = _accepted(who, whom, value, left)[:room]
        mentor[who[taken]] = whom[taken]
        left -= np.bincount(whom[taken], minlength=len(left))
    return mentor


def _accepted(who: Ints, whom: Ints, value: Ints, left: Ints) -> Ints:
    first = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
    second = np.minimum(first + 1, len(who) - 1)
    regret = np.where(who[second] == who[first], value[first] - value[second], 2**40)
    order = np.lexsort((-regret, whom[first]))
    mentor = whom[first][order]
    rank = np.arange(len(mentor)) - np.searchsorted(mentor, mentor, side="left")
    return first[order][rank < left[mentor]]


def spanning_tree(tails: Ints, heads: Ints, slack: Ints, nodes: int) -> np.typing.NDArray[np.bool_]:
    """Marks arcs of a spanning tree of least total slack; every node must be reached by some arc. Of arcs
    between the same nodes the tightest counts."""
    low, high = np.minimum(tails, heads), np.maximum(tails, heads)
    order = np.lexsort((slack, high, low))
    key = low[order] * nodes + high[order]
    first = order[np.r_[True, key[1:] != key[:-1]]]
    weight = slack[first] + 1.0
    graph = coo_array((weight, (low[first], high[first])), shape=(nodes, nodes)).tocsr()
    tree = coo_array(minimum_spanning_tree(graph))
    chosen = np.isin(low[first] * nodes + high[first], tree.row.astype(np.int64) * nodes + tree.col)
    marked = np.zeros(len(tails), dtype=bool)
    marked[first[chosen]] = True
    return marked
