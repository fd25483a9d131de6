"""
Clusters of records from scored pairs: the best joined first, and only where the pairs between support it.

Joining whatever one pair connects lets a chain of near misses swallow strangers. Here two clusters are joined
while the *mean* evidence over all pairs between them reaches the threshold (average linkage, Sokal and
Michener 1958), each pair limited so that no single one outvotes the rest, and a pair that was never compared
counting against. One pair alone is judged by its score, a larger union by all that speaks for and against it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from itertools import combinations
from math import isnan
from typing import Any, Final, Literal

import attrs

from jobkit.duplicates._data import Band
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.mappings import EMPTY

NOT_A_SCORE = Template(
    "duplicates.not_a_score",
    "The pair {left} and {right} has no score that can be compared: {score}.",
    "Score the pair with a number of bits.",
)

NO_THRESHOLD = Template(
    "duplicates.no_threshold",
    "The threshold of the clusters is {given}, with which no score can be compared.",
    "Give a number of bits, such as the band same of the rules.",
)
NO_SOURCE = Template(
    "duplicates.no_source",
    "The source of {id} is a {found}, which cannot be told from others.",
    "Give text or a number, or None where the source is not known.",
)

Held = Literal["apart", "one_to_one", "chain"]
"""Why two records whose pair reached the threshold stand in two clusters."""

MOST_BITS: Final = 10.0
"""How far above or below the threshold a single pair counts in a mean."""
_LARGEST_COMPLETED: Final = 60


@attrs.frozen(kw_only=True)
class Scored:
    """Two records by their ids, their score in bits, and the band where rules told one."""

    left: str
    right: str
    score: float
    band: Band | None = None


@attrs.frozen(kw_only=True)
class NotJoined:
    """A pair that reached the threshold and was not followed: told apart, one to one, or a chain."""

    pair: Scored
    because: Held


@attrs.frozen(kw_only=True)
class Clusters:
    """Groups of two or more ids, each sorted, and the pairs that were not followed."""

    groups: tuple[tuple[str, ...], ...]
    not_joined: tuple[NotJoined, ...] = ()

    def of(self, id: str) -> tuple[str, ...]:
        """Return the group of a record, the record alone where nothing was joined with it."""
        return next((group for group in self.groups if id in group), (id,))

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every pair of ids that stand in one group, the smaller id first."""
        return frozenset(pair for group in self.groups for pair in combinations(group, 2))


def clusters(
    pairs: Iterable[Scored],
    *,
    at: float,
    apart: Iterable[tuple[str, str]] = (),
    one_to_one: Mapping[str, Any] = EMPTY,
) -> Clusters:
    """
    Return the clusters of scored *pairs* with the threshold *at* (bits), whatever the order of the pairs.

    Records told *apart* never come into one cluster, not even through others. *one_to_one* gives the value
    (id → source) of which a cluster holds at most one; the best evidence takes it, ties go to the smaller
    ids. A pair that was not scored speaks against joining; `unscored` tells which those are. A score or a
    threshold that is not a number is refused, and a source that is a list or the like.

    >>> near, far = Scored(left="A", right="B", score=9.0), Scored(left="B", right="C", score=2.0)
    >>> found = clusters([near, far], at=0)
    >>> found.groups, found.not_joined[0].because
    ((('A', 'B'),), 'chain')
    """
    known = _known(pairs)
    _must_tell(at, one_to_one)
    bench = _Bench(known, at, _neighbours(apart), one_to_one)
    bench.join()
    return Clusters(groups=bench.groups(), not_joined=tuple(bench.not_joined(known)))


def unscored(pairs: Iterable[Scored], at: float) -> list[tuple[str, str]]:
    """
    Return the pairs inside each chain of pairs that reach *at* which have no score yet, sorted.

    To score them too lets a cluster be judged by all its pairs. A chain of more than sixty records is left
    as it is: so long a chain is no cluster.

    >>> unscored([Scored(left="A", right="B", score=5.0), Scored(left="B", right="C", score=5.0)], 0)
    [('A', 'C')]
    """
    known = _known(pairs)
    _must_tell(at, EMPTY)
    links = _neighbours(ends for ends, bits in known.items() if bits >= at)
    chains = (chain for chain in _chains(links) if len(chain) <= _LARGEST_COMPLETED)
    return sorted(ends for chain in chains for ends in combinations(chain, 2) if ends not in known)


def _known(pairs: Iterable[Scored]) -> dict[tuple[str, str], float]:
    """Return the best score of each pair of two ids, in the order of the ids."""
    best: dict[tuple[str, str], float] = {}
    for pair in pairs:
        if isnan(pair.score):
            raise Invalid.of(NOT_A_SCORE, left=pair.left, right=pair.right, score=pair.score)
        if pair.left != pair.right:
            ends = _ends(pair.left, pair.right)
            best[ends] = max(best.get(ends, pair.score), pair.score)
    return dict(sorted(best.items()))


def _must_tell(at: float, one_to_one: Mapping[str, Any]) -> None:
    """Refuse a threshold and sources that compare with nothing."""
    if isnan(at):
        raise Invalid.of(NO_THRESHOLD, path="$.at", given=str(at))
    for id, source in one_to_one.items():
        try:
            hash(source)
        except TypeError as error:
            raise Invalid.of(NO_SOURCE, id=id, found=type(source).__name__) from error


def _ends(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


def _neighbours(pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for left, right in pairs:
        found[left].add(right)
        found[right].add(left)
    return found


def _chains(links: Mapping[str, set[str]]) -> Iterable[list[str]]:
    """Yield the ids that good pairs connect, each group sorted."""
    seen: set[str] = set()
    for first in sorted(links):
        if first not in seen:
            reached, left = {first}, [first]
            while left:
                fresh = links[left.pop()] - reached
                reached |= fresh
                left += fresh
            seen |= reached
            yield sorted(reached)


@attrs.frozen
class _Between:
    """What speaks for joining two clusters: the sum over the pairs that were scored, and their number."""

    total: float
    count: int

    def __add__(self, other: "_Between") -> "_Between":
        return _Between(self.total + other.total, self.count + other.count)


_NOTHING: Final = _Between(0.0, 0)


class _Bench:
    """The clusters while they are joined: members by name (the first id), and the evidence between them."""

    def __init__(
        self,
        known: Mapping[tuple[str, str], float],
        at: float,
        apart: Mapping[str, set[str]],
        one_to_one: Mapping[str, Any],
    ) -> None:
        self.at = at
        self.apart = apart
        self.one_to_one = one_to_one
        self.members: dict[str, list[str]] = {}
        self.between: dict[str, dict[str, _Between]] = defaultdict(dict)
        for (left, right), bits in known.items():
            self.members.setdefault(left, [left])
            self.members.setdefault(right, [right])
            limited = _Between(max(-MOST_BITS, min(MOST_BITS, bits - at)), 1)
            self.between[left][right] = self.between[right][left] = limited

    def join(self) -> None:
        """Join the two clusters with the best mean until none reaches the threshold."""
        waiting = [
            (-self.mean(left, right), left, right)
            for left, others in self.between.items()
            for right in others
            if left < right
        ]
        heapify(waiting)
        while waiting and waiting[0][0] <= 0:
            worth, left, right = heappop(waiting)
            if self.is_fresh(worth, left, right) and self.objection(left, right) == "chain":
                self.unite(left, right)
                for other in self.between[left]:
                    first, second = _ends(left, other)
                    heappush(waiting, (-self.mean(first, second), first, second))

    def mean(self, left: str, right: str) -> float:
        """Return the mean evidence between two clusters, in bits above the threshold."""
        between = self.between[left][right]
        size = len(self.members[left]) * len(self.members[right])
        return (between.total - MOST_BITS * (size - between.count)) / size

    def unite(self, left: str, right: str) -> None:
        """Make *right* part of *left*, which comes first and so keeps its name."""
        self.members[left] += self.members.pop(right)
        moved = self.between.pop(right)
        for other, evidence in sorted(moved.items()):
            del self.between[other][right]
            if other != left:
                total = self.between[left].get(other, _NOTHING) + evidence
                self.between[left][other] = self.between[other][left] = total

    def is_fresh(self, worth: float, left: str, right: str) -> bool:
        """Whether an entry tells the present mean; when a cluster grew, others took its place."""
        return right in self.between.get(left, EMPTY) and worth == -self.mean(left, right)

    def objection(self, left: str, right: str) -> Held:
        """Return what stands against joining two clusters; "chain" is only a matter of evidence."""
        ones, others = self.members[left], set(self.members[right])
        if any(not others.isdisjoint(self.apart[one]) for one in ones if one in self.apart):
            return "apart"
        taken = {self.one_to_one[id] for id in ones if self.one_to_one.get(id) is not None}
        wanted = {self.one_to_one[id] for id in others if self.one_to_one.get(id) is not None}
        return "chain" if taken.isdisjoint(wanted) else "one_to_one"

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Return the clusters of two or more, sorted."""
        return tuple(sorted(tuple(sorted(ids)) for ids in self.members.values() if len(ids) > 1))

    def not_joined(self, known: Mapping[tuple[str, str], float]) -> Iterable[NotJoined]:
        """Yield the pairs that reached the threshold and end in two clusters, with the reason."""
        home = {id: name for name, ids in self.members.items() for id in ids}
        for (left, right), bits in known.items():
            if bits >= self.at and home[left] != home[right]:
                because = self.objection(home[left], home[right])
                yield NotJoined(pair=Scored(left=left, right=right, score=bits), because=because)
