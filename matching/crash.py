"""A good assignment and a good basis to start the simplex method from: no solver would find them as fast.

The basis of a network program is a spanning tree. Ours holds the pairs of the assignment and, beside them,
the arcs that are nearest to tight at the prices of the ascent (a minimum spanning tree).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching, minimum_spanning_tree

from matching.edges import Edges
from matching.flow import NOBODY
from matching.problem import MAX_SCORE, Ints

#: How often a mentee asks in the greedy start, and the most steps of a chain of moves that are followed.
ROUNDS, LONGEST = 60, 3_000


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


def best_matching(edges: Edges, capacity: Ints, matched: int) -> Ints | None:
    """The assignment of greatest total over these edges, by SciPy's sparse shortest augmenting paths (Jonker
    and Volgenant 1987) with a column for each place; None where that form does not apply or finds none."""
    rows, row = np.unique(edges.mentee, return_inverse=True)
    if matched < len(rows) and matched < int(capacity[np.unique(edges.mentor)].sum()):
        return None
    owner, tail, place = _places(edges, row, capacity)
    cost = np.repeat(MAX_SCORE + 1 - edges.score, capacity[edges.mentor]).astype(np.float64)
    graph = csr_array((cost, (tail, place)), shape=(len(rows), len(owner)))
    try:
        chosen, at = min_weight_full_bipartite_matching(graph)
    except ValueError:  # no matching fills one whole side
        return None
    mentor = np.full(edges.shape[0], NOBODY, dtype=np.int64)
    mentor[rows[chosen]] = owner[at]
    return mentor if len(chosen) == matched else None


def _places(edges: Edges, row: Ints, capacity: Ints) -> tuple[Ints, Ints, Ints]:
    """Owner of each place, and the ends of each edge repeated for every place of its mentor. Mentors without
    an edge have no place here."""
    used = np.zeros(len(capacity), dtype=bool)
    used[edges.mentor] = True
    room = np.where(used, capacity, 0)
    first = np.cumsum(room) - room
    repeat = room[edges.mentor]
    offset = np.arange(int(repeat.sum())) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    return (
        np.repeat(np.arange(len(capacity)), room),
        np.repeat(row, repeat),
        np.repeat(first[edges.mentor], repeat) + offset,
    )


def settled_prices(edges: Edges, capacity: Ints, mentor: Ints, prices: Ints) -> Ints:
    """Prices at which an optimal assignment over these edges is every mentee's best: the longest paths along
    which a mentee could move up (Bellman and Ford), from 0 where places are free."""
    mentors = edges.shape[1]
    load = np.bincount(mentor[mentor >= 0], minlength=mentors)
    own = np.zeros(edges.shape[0], dtype=np.int64)
    made = mentor[edges.mentee] == edges.mentor
    own[edges.mentee[made]] = edges.score[made]
    level = mentors  # the node of those who have nobody
    at = np.where(mentor >= 0, mentor, level)
    matched = np.flatnonzero(mentor >= 0)
    free = bool((mentor < 0).any())
    tail = np.concatenate([at[edges.mentee], mentor[matched]] if free else [at[edges.mentee]])
    head = np.concatenate([edges.mentor, np.full(len(matched), level)] if free else [edges.mentor])
    step = edges.score - own[edges.mentee]
    rise = np.concatenate([step, -own[matched]] if free else [step])
    order = np.argsort(head, kind="stable")
    tail, head, rise = tail[order], head[order], rise[order]
    first = np.flatnonzero(np.r_[True, head[1:] != head[:-1]])
    start = np.where((load < capacity).any(), 0 * prices, prices)
    price = np.append(start, int(start.min()) - 2 * MAX_SCORE)
    for _ in range(LONGEST):
        raised = np.maximum(price[head[first]], np.maximum.reduceat(price[tail] + rise, first))
        if (raised == price[head[first]]).all():
            break
        price[head[first]] = raised
    return price[:-1]
