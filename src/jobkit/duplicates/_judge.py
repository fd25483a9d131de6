"""One rule, compiled: two prepared values in, the contribution out, each different one made once."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from math import isfinite
from typing import Any, Final

from jobkit.duplicates._data import Frequencies, MatchRule, Terms
from jobkit.duplicates._match import Contribution
from jobkit.duplicates._prepare import READERS, Reader, raw_of, weighed_of
from jobkit.duplicates._similar import Similar, similar_for
from jobkit.errors import RuleFailed
from jobkit.findings import Template
from jobkit.registry import Registry

OUTSIDE = Template(
    "duplicates.comparator",
    "The comparator {name} answered {answer} for the rule {rule}.",
    "Let it return a number from 0 to 1, or None where it cannot compare.",
)

Judge = Callable[[Any, Any], Contribution]
_MOST_KEPT: Final = 10_000


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
    judge = _built_in(rule, similar_for(rule, terms))
    return judge if table is None else _by_value(rule, judge, table, cap)


def _built_in(rule: MatchRule, similar: Similar) -> Judge:
    missing, same = _missing(rule), _weighed(rule, 1.0)
    kept: dict[float, Contribution] = {}

    def judge(left: Any, right: Any) -> Contribution:
        if left is None or right is None:
            return missing
        if left == right:
            return same
        likeness = similar(left, right)
        found = kept.get(likeness)
        if found is None:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            found = kept[likeness] = _weighed(rule, likeness)
        return found

    return judge


def _by_value(rule: MatchRule, judge: Judge, table: Frequencies, cap: float) -> Judge:
    """Return a judge to which agreement on a rare value tells more than on a common one."""
    plain = _weighed(rule, 1.0)

    def frequent(left: Any, right: Any) -> Contribution:
        if left is None or left != right or type(left) is not str:
            return judge(left, right)
        more = max(-cap, min(cap, table.bits.get(left, table.otherwise)))
        return _told(rule, plain.level, 1.0, plain.weight + more, _how_rare(more)) if more else plain

    return frequent


def _how_rare(more: float) -> str:
    return "agrees on a rare value" if more > 0 else "agrees on a common value"


def _foreign(rule: MatchRule, registry: Registry) -> Judge:
    """Return a judge that asks the host's comparator, whose answers are checked."""
    ask = partial(registry.call, "comparator", rule.kind)
    missing = _missing(rule)

    def judge(left: Any, right: Any) -> Contribution:
        if left is None or right is None:
            return missing
        answer = ask(left, right)
        if answer is None:
            return missing
        if type(answer) not in (int, float) or not isfinite(answer) or not 0 <= answer <= 1:
            said = answer if type(answer) in (int, float) else type(answer).__name__
            raise RuleFailed.of(OUTSIDE, name=rule.kind, rule=rule.name, answer=said)
        return _weighed(rule, float(answer))

    return judge


def _missing(rule: MatchRule) -> Contribution:
    return _told(rule, None, None, rule.missing, "is missing on a side")


def _weighed(rule: MatchRule, likeness: float) -> Contribution:
    """Return what a similarity counts: its level, and the weight of the level or, smooth, of its place."""
    level = next((at for at, one in enumerate(rule.levels) if likeness >= one.at), len(rule.levels))
    weight = _smooth(rule, likeness) if rule.smooth else _stepped(rule, level)
    if likeness == 1.0:
        return _told(rule, level, likeness, weight, "agrees")
    how = "is similar" if level < len(rule.levels) else "differs"
    return _told(rule, level, likeness, weight, f"{how} ({likeness:.2f})")


def _stepped(rule: MatchRule, level: int) -> float:
    return rule.levels[level].weight if level < len(rule.levels) else rule.otherwise


def _smooth(rule: MatchRule, likeness: float) -> float:
    """Return the weight on the line between the two levels around a similarity, `otherwise` standing at 0."""
    points = [(level.at, level.weight) for level in rule.levels]
    return on_line([*points, (0.0, rule.otherwise)], likeness)


def on_line(points: list[tuple[float, float]], at: float) -> float:
    """Return the height at *at* of the line through *points*, which fall to the left, level beyond them."""
    if at >= points[0][0]:
        return points[0][1]
    for (right, high), (left, low) in pairwise(points):
        if at >= left and right > left:
            return low + (high - low) * (at - left) / (right - left)
    return points[-1][1]


def _told(
    rule: MatchRule, level: int | None, likeness: float | None, weight: float, how: str
) -> Contribution:
    said = f"{rule.label or rule.name} {how}."
    return Contribution(rule=rule.name, level=level, similarity=likeness, weight=weight, said=said)
