"""Turns a bound condition into one closure: true, false or unknown (None), with nothing built on the way."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from jobkit.conditions._bind import Bound, BoundCall, BoundEach, BoundGroup, BoundLeaf, BoundNot
from jobkit.conditions._kinds import EXACT, READERS, is_unknown
from jobkit.conditions._operators import Test
from jobkit.conditions._reach import each_of, reach, split
from jobkit.conditions._values import ITEM, UNKNOWN
from jobkit.errors import RuleFailed, Unavailable
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.registry import guarded

NO_TRUTH = Template(
    "conditions.no_truth",
    "The predicate {name} returned {given} instead of true, false or None.",
    "Mend the predicate {name}: it returns True, False, or None for unknown.",
)

Truth = bool | None
Facts = Mapping[str, Any]
Compiled = Callable[[Any, datetime | None], Truth]
Judge = Callable[[Any, Any, datetime | None], Truth]


def compile_(bound: Bound) -> Compiled:
    """Return the closure `(facts, now)` that answers a bound condition."""
    if isinstance(bound, BoundGroup):
        return _group(bound)
    if isinstance(bound, BoundNot):
        return _negation(compile_(bound.part))
    if isinstance(bound, BoundCall):
        return _calling(bound)
    if isinstance(bound, BoundEach):
        return _each(bound)
    return _leaf(bound)


def _group(bound: BoundGroup) -> Compiled:
    parts = tuple(compile_(part) for part in bound.parts)
    every = bound.every

    def test(facts: Any, now: datetime | None) -> Truth:
        verdict: Truth = every
        for part in parts:
            truth = part(facts, now)
            if truth is None:
                verdict = None
            elif truth is not every:
                return truth
        return verdict

    return test


def _negation(part: Compiled) -> Compiled:
    def test(facts: Any, now: datetime | None) -> Truth:
        truth = part(facts, now)
        return None if truth is None else not truth

    return test


def _calling(bound: BoundCall) -> Compiled:
    def test(facts: Any, now: datetime | None) -> Truth:
        try:
            return ask(bound, facts, now)
        except Unavailable:
            return None

    return test


def ask(bound: BoundCall, facts: Any, now: datetime | None) -> Truth:
    """Put the question to the predicate; what it raises, or an answer that is no truth, is `RuleFailed`."""
    name = bound.node.name
    told = guarded("predicate", name, bound.function, facts, now, **bound.node.arguments)
    if told is UNKNOWN:
        return None
    if told is None or isinstance(told, bool):
        return told
    raise RuleFailed.of(NO_TRUTH, name=name, given=type(told).__name__)


def _each(bound: BoundEach) -> Compiled:
    part, get = compile_(bound.part), reach(bound.steps)
    every = bound.node.quantifier == "every"

    def test(facts: Any, now: datetime | None) -> Truth:
        items = each_of(get(facts))
        if items is None:
            return None
        verdict: Truth = every
        for item in items:
            truth = part({**facts, ITEM: item}, now)
            if truth is None:
                verdict = None
            elif truth is not every:
                return truth
        return verdict

    return test


def _leaf(bound: BoundLeaf) -> Compiled:
    head, *tail = split(bound.steps)
    judge = judging(bound)
    if tail:
        return _quantified(bound, judge)
    get, operand = reach(head), bound.operand
    exact, plain = _shortcut(bound)
    if exact is None or plain is None or bound.other is not None:
        return lambda facts, now: judge(get(facts), facts, now)

    def test(facts: Any, now: datetime | None) -> Truth:
        value = get(facts)
        # The class tells that there is nothing to read; anything else takes the careful way.
        return plain(value, operand) if value.__class__ is exact else judge(value, facts, now)

    return test


def _shortcut(bound: BoundLeaf) -> tuple[type | None, Test | None]:
    """Return the class whose instances need no reading, and the comparison that fits them."""
    if bound.kind != "any" or bound.operator.name not in ("is", "is_not"):
        return EXACT.get(bound.kind), bound.test
    plain = type(bound.operand)
    return plain if plain in (str, bool, int) else None, bound.operator.test


def judging(bound: BoundLeaf) -> Judge:
    """Return the closure `(value, facts, now)` that compares one raw value of a leaf's fact."""
    if bound.operator.name == "known":
        wanted = bound.operand
        return lambda value, facts, now: is_unknown(value) is not wanted
    if bound.operator.timed is not None:
        return _timed(bound)
    read, compare, right = bound.read, bound.test, other_of(bound)

    def judge(value: Any, facts: Any, now: datetime | None) -> Truth:
        left = read(value)
        if left is None or compare is None:
            return None
        wanted = right(facts)
        return None if wanted is None else compare(left, wanted)

    return judge


def _timed(bound: BoundLeaf) -> Judge:
    read, timed, span = bound.read, bound.operator.timed, bound.operand

    def judge(value: Any, facts: Any, now: datetime | None) -> Truth:
        instant = read(value)
        if instant is None or now is None or timed is None:
            return None
        return timed(instant, span, utc(now, "now"))

    return judge


def other_of(bound: BoundLeaf) -> Callable[[Any], Any]:
    """Return what gives the right side of a leaf: its value, or the other fact as it stands."""
    operand = bound.operand
    if bound.other is None:
        return lambda facts: operand
    get, read = reach(bound.other), READERS[bound.other_kind]
    return lambda facts: read(get(facts))


def _quantified(bound: BoundLeaf, judge: Judge) -> Compiled:
    gets = tuple(reach(run) if run else _itself for run in split(bound.steps))
    every = bound.node.quantifier == "every"

    def unroll(here: Any, depth: int, facts: Any, now: datetime | None) -> Truth:
        value = gets[depth](here)
        if depth == len(gets) - 1:
            return judge(value, facts, now)
        items = each_of(value)
        if items is None:
            return None
        verdict: Truth = every
        for item in items:
            truth = unroll(item, depth + 1, facts, now)
            if truth is None:
                verdict = None
            elif truth is not every:
                return truth
        return verdict

    return lambda facts, now: unroll(facts, 0, facts, now)


def _itself(here: Any) -> Any:
    return here
