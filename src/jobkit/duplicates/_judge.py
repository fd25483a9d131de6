"""One rule, compiled: two prepared values in, a weight and what was measured out, and the words for it."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final

import attrs

from jobkit.duplicates._data import Frequencies, MatchRule, Terms
from jobkit.duplicates._match import Contribution
from jobkit.duplicates._prepare import READERS, Reader, raw_of, weighed_of
from jobkit.duplicates._similar import similar_for
from jobkit.errors import RuleFailed
from jobkit.findings import Template
from jobkit.registry import Registry

OUTSIDE = Template(
    "duplicates.comparator",
    "The comparator {name} answered {answer} for the rule {rule}.",
    "Let it return a number from 0 to 1, or None where it cannot compare.",
)

Measured = tuple[float, Any]
"""A weight in bits, and what explains it: a similarity, a gap; None where a value is missing."""
Measure = Callable[[Any, Sequence[Any]], list[Measured]]
"""Compares one value with many others at once, which takes a fraction of comparing them one by one."""
_MOST_KEPT: Final = 10_000


@attrs.frozen
class Judge:
    """
    A rule in two steps, for many are compared and few are explained.

    `measure` compares a value with others; `tell` puts into words what that measured.
    """

    measure: Measure
    tell: Callable[[Any], Contribution]


def reader_for(rule: MatchRule, terms: Terms | None) -> Reader:
    """Return what reads the values of the rule from a record."""
    if rule.kind == "text":
        return weighed_of(rule.reads, terms or Terms())
    return READERS.get(rule.kind, raw_of)(rule.reads)


def judge_for(
    rule: MatchRule, registry: Registry, terms: Terms | None, table: Frequencies | None, cap: float
) -> Judge:
    """Return what compares two prepared values by the rule."""
    if rule.kind not in READERS:
        return _foreign(rule, registry)
    judge = _built_in(rule, terms)
    return judge if table is None else _by_value(rule, judge, table, cap)


def _built_in(rule: MatchRule, terms: Terms | None) -> Judge:
    similar, weigh = similar_for(rule, terms), _weigher(rule)
    missing, same = (rule.missing, None), (weigh(1.0), 1.0)

    def measure(left: Any, rights: Sequence[Any]) -> list[Measured]:
        if left is None:
            return [missing] * len(rights)
        alike = similar(left)
        return [
            missing
            if right is None
            else same
            if right == left
            else (weigh(likeness := alike(right)), likeness)
            for right in rights
        ]

    return Judge(measure, _teller(rule, weigh))


def _by_value(rule: MatchRule, judge: Judge, table: Frequencies, cap: float) -> Judge:
    """Return a judge to which agreement on a rare value tells more than on a common one."""
    plain = judge.tell(1.0)

    def measure(left: Any, rights: Sequence[Any]) -> list[Measured]:
        found = judge.measure(left, rights)
        more = max(-cap, min(cap, table.bits.get(left, table.otherwise))) if type(left) is str else 0.0
        if not more:
            return found
        agreed = plain.weight + more, (more,)
        return [agreed if right == left else one for right, one in zip(rights, found, strict=True)]

    def tell(measured: Any) -> Contribution:
        if type(measured) is not tuple:
            return judge.tell(measured)
        (more,) = measured
        return _told(rule, plain.level, 1.0, plain.weight + more, _how_rare(more))

    return Judge(measure, tell)


def _how_rare(more: float) -> str:
    return "agrees on a rare value" if more > 0 else "agrees on a common value"


def _foreign(rule: MatchRule, registry: Registry) -> Judge:
    """Return a judge that asks the host's comparator, whose answers are checked."""
    ask = partial(registry.call, "comparator", rule.kind)
    missing, weigh = (rule.missing, None), _weigher(rule)

    def one(left: Any, right: Any) -> Measured:
        answer = None if left is None or right is None else ask(left, right)
        if answer is None:
            return missing
        if type(answer) not in (int, float) or not 0 <= answer <= 1:
            said = answer if type(answer) in (int, float) else type(answer).__name__
            raise RuleFailed.of(OUTSIDE, name=rule.kind, rule=rule.name, answer=said)
        return weigh(float(answer)), float(answer)

    return Judge(lambda left, rights: [one(left, right) for right in rights], _teller(rule, weigh))


def _teller(rule: MatchRule, weigh: Callable[[float], float]) -> Callable[[Any], Contribution]:
    """Return what puts a similarity into words, each different one made once."""
    missing = _told(rule, None, None, rule.missing, "is missing on a side")
    kept: dict[float, Contribution] = {}

    def tell(likeness: float | None) -> Contribution:
        if likeness is None:
            return missing
        found = kept.get(likeness)
        if found is None:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            found = kept[likeness] = _weighed(rule, weigh, likeness)
        return found

    return tell


def _weighed(rule: MatchRule, weigh: Callable[[float], float], likeness: float) -> Contribution:
    """Return what a similarity counts: its level, and the weight of the level or, smooth, of its place."""
    level = next((at for at, one in enumerate(rule.levels) if likeness >= one.at), len(rule.levels))
    weight = weigh(likeness)
    if likeness == 1.0:
        return _told(rule, level, likeness, weight, "agrees")
    how = "is similar" if level < len(rule.levels) else "differs"
    return _told(rule, level, likeness, weight, f"{how} ({likeness:.2f})")


def _weigher(rule: MatchRule) -> Callable[[float], float]:
    """Return the weight of a similarity: that of its level, or smooth, `otherwise` standing at 0."""
    if rule.smooth:
        return line_through([*((level.at, level.weight) for level in rule.levels), (0.0, rule.otherwise)])
    steps, otherwise = [(level.at, level.weight) for level in rule.levels], rule.otherwise

    def weigh(likeness: float) -> float:
        for at, weight in steps:
            if likeness >= at:
                return weight
        return otherwise

    return weigh


def line_through(points: Sequence[tuple[float, float]]) -> Callable[[float], float]:
    """Return the height of the line through *points*, which go to the left, level beyond them."""
    rising = points[::-1]
    places = [place for place, _ in rising]
    parts = [
        (left, low, (high - low) / (right - left) if right > left else 0.0)
        for (left, low), (right, high) in pairwise(rising)
    ]
    lines = [(0.0, rising[0][1], 0.0), *parts, (0.0, rising[-1][1], 0.0)]

    def height(at: float) -> float:
        left, low, slope = lines[bisect_right(places, at)]
        return low + slope * (at - left)

    return height


def _told(
    rule: MatchRule, level: int | None, likeness: float | None, weight: float, how: str
) -> Contribution:
    said = f"{rule.label or rule.name} {how}."
    return Contribution(rule=rule.name, level=level, similarity=likeness, weight=weight, said=said)
