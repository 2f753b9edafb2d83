"""What a coordinator decided about single people before a plan is made, by their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matching.people import Person
from matching.rules import PersonPair
from matching.side_rules import ImpossibleRules, Lock, Quota, SideRules


@dataclass(frozen=True)
class GroupQuota:
    """Of these mentees at least `least` and at most `most` (None: any number) get a mentor. name: whom it is
    about, for whoever reads that it cannot hold."""

    name: str
    mentees: frozenset[int]
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Ties:
    """locks: (mentee, mentor) who are a pair whatever else happens. together: two mentees who get the same
    mentor or nobody. apart: two who never share one. quotas: how many of a group get one. Who never is a pair
    stands in `Rules.excluded`."""

    locks: tuple[PersonPair, ...] = ()
    together: tuple[PersonPair, ...] = ()
    apart: tuple[PersonPair, ...] = ()
    quotas: tuple[GroupQuota, ...] = ()

    @property
    def couples(self) -> bool:
        """Whether some mentees have to be looked at together: then a plan has bounds and no certificate."""
        return bool(self.together or self.apart or self.quotas)


def freed(
    mentees: Sequence[Person], mentors: Sequence[Person], ties: Ties
) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Those who are left to choose between once the locked pairs are made: mentees without a lock, mentors
    with the places that remain. Raises ValueError naming locks: an unknown person, two locks of one mentee,
    or more locks than places."""
    locked = dict(ties.locks)
    if len(locked) < len(ties.locks):
        raise ValueError("locks: one mentee has two locks")
    if not locked.keys() <= {one.id for one in mentees}:
        raise ValueError("locks: a mentee is not among the people")
    if not set(locked.values()) <= {one.id for one in mentors}:
        raise ValueError("locks: a mentor is not among the people")
    taken = Counter(locked.values())
    if any(taken[one.id] > one.capacity for one in mentors):
        raise ValueError("locks: a mentor has fewer places than locks")
    return (
        tuple(one for one in mentees if one.id not in locked),
        tuple(
            replace(
                one,
                capacity=one.capacity - taken[one.id],
                minimum=max(0, one.minimum - taken[one.id]),
            )
            for one in mentors
        ),
    )


def side_rules(
    ties: Ties, mentees: Sequence[Person], mentors: Sequence[Person], locks: bool = False
) -> SideRules:
    """The ties as rows and columns of these people in the order of their ids. locks: whether they are among
    the rules, too. Raises ValueError naming together, apart or locks where one speaks of somebody else."""
    rows, columns = _places(mentees), _places(mentors)
    return SideRules(
        quotas=tuple(_quota(one, ties, rows) for one in ties.quotas),
        together=_couples("together", ties.together, rows),
        apart=_couples("apart", ties.apart, rows),
        locks=tuple(Lock(*_place("locks", pair, rows, columns)) for pair in ties.locks) if locks else (),
    )


def _places(people: Sequence[Person]) -> dict[int, int]:
    return {number: place for place, number in enumerate(sorted(one.id for one in people))}


def _quota(quota: GroupQuota, ties: Ties, rows: Mapping[int, int]) -> Quota:
    """Of those who are left to choose for; whoever has a lock counts already."""
    made = sum(mentee in quota.mentees and mentee not in rows for mentee, _mentor in ties.locks)
    left = frozenset(rows[one] for one in quota.mentees & rows.keys())
    most = None if quota.most is None else max(0, quota.most - made)
    return Quota(left, None, max(0, quota.least - made), most, quota.name)


def require_quotas(ties: Ties) -> None:
    """Raises ImpossibleRules naming the groups of which more have a lock than may be matched."""
    broken = tuple(
        quota.name
        for quota in ties.quotas
        if quota.most is not None and sum(mentee in quota.mentees for mentee, _ in ties.locks) > quota.most
    )
    if broken:
        raise ImpossibleRules(broken)


def _couples(
    field: str, couples: Sequence[PersonPair], rows: Mapping[int, int]
) -> tuple[tuple[int, int], ...]:
    return tuple(_place(field, couple, rows, rows) for couple in couples)


def _place(
    field: str, pair: PersonPair, rows: Mapping[int, int], columns: Mapping[int, int]
) -> tuple[int, int]:
    try:
        return rows[pair[0]], columns[pair[1]]
    except KeyError:
        raise ValueError(f"{field}: somebody is not among the people") from None
