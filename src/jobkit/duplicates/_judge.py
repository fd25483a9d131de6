"""One rule, compiled: two prepared values in, a weight and what was measured out, and the words for it."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from math import isfinite
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
Measure = Callable[[Any], Measured]
"""Compares with the one value that it was made for."""
_MOST_KEPT: Final = 10_000


@attrs.frozen
class Judge:
    """
    A rule in two steps, for many are compared and few are explained.

    `against` makes what compares others with one value; `tell` puts into words what that measured.
    """

    against: Callable[[Any], Measure]
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

    def against(left: Any) -> Measure:
        if left is None:
            return lambda right: missing
        alike = similar(left)

        def measure(right: Any) -> Measured:
            if right is None:
                return missing
            if left == right:
                return same
            likeness = alike(right)
            return weigh(likeness), likeness

        return measure

    return Judge(against, _teller(rule))


def _by_value(rule: MatchRule, judge: Judge, table: Frequencies, cap: float) -> Judge:
    """Return a judge to which agreement on a rare value tells more than on a common one."""
    plain = _weighed(rule, 1.0)

    def against(left: Any) -> Measure:
        measure = judge.against(left)
        if type(left) is not str:
            return measure
        more = max(-cap, min(cap, table.bits.get(left, table.otherwise)))
        agreed = (plain.weight + more, (more,)) if more else (plain.weight, 1.0)
        return lambda right: agreed if left == right else measure(right)

    def tell(measured: Any) -> Contribution:
        if type(measured) is not tuple:
            return judge.tell(measured)
        (more,) = measured
        return _told(rule, plain.level, 1.0, plain.weight + more, _how_rare(more))

    return Judge(against, tell)


def _how_rare(more: float) -> str:
    return "agrees on a rare value" if more > 0 else "agrees on a common value"


def _foreign(rule: MatchRule, registry: Registry) -> Judge:
    """Return a judge that asks the host's comparator, whose answers are checked."""
    ask = partial(registry.call, "comparator", rule.kind)
    missing, weigh = (rule.missing, None), _weigher(rule)

    def against(left: Any) -> Measure:
        def measure(right: Any) -> Measured:
            answer = None if left is None or right is None else ask(left, right)
            if answer is None:
                return missing
            if type(answer) not in (int, float) or not isfinite(answer) or not 0 <= answer <= 1:
                said = answer if type(answer) in (int, float) else type(answer).__name__
                raise RuleFailed.of(OUTSIDE, name=rule.kind, rule=rule.name, answer=said)
            return weigh(float(answer)), float(answer)

        return measure

    return Judge(against, _teller(rule))


def _teller(rule: MatchRule) -> Callable[[Any], Contribution]:
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
            found = kept[likeness] = _weighed(rule, likeness)
        return found

    return tell


def _weighed(rule: MatchRule, likeness: float) -> Contribution:
    """Return what a similarity counts: its level, and the weight of the level or, smooth, of its place."""
    level = next((at for at, one in enumerate(rule.levels) if likeness >= one.at), len(rule.levels))
    weight = _weigher(rule)(likeness)
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
    places, heights = zip(*reversed(points), strict=True)
    count = len(places)

    def height(at: float) -> float:
        end = bisect_right(places, at)
        if end == count:
            return float(heights[-1])
        if not end:
            return float(heights[0])
        left, low = places[end - 1], heights[end - 1]
        return float(low + (heights[end] - low) * (at - left) / (places[end] - left))

    return height


def _told(
    rule: MatchRule, level: int | None, likeness: float | None, weight: float, how: str
) -> Contribution:
    said = f"{rule.label or rule.name} {how}."
    return Contribution(rule=rule.name, level=level, similarity=likeness, weight=weight, said=said)
