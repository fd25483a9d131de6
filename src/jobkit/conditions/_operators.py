"""The operators, in one table: what each compares, how it reads, and what would satisfy it."""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import attrs

from jobkit.conditions._kinds import READERS, WORDS, is_unknown, kind_of, same
from jobkit.conditions._patterns import Pattern
from jobkit.mappings import FrozenMap

Test = Callable[[Any, Any], bool | None]
TimedTest = Callable[[Any, Any, datetime], bool | None]
Takes = Literal["same", "list", "item", "pattern", "truth", "elapsed", "count"]

PLAIN: Final = (*WORDS, "integer", "decimal", "float", "bool", "instant", "date", "duration", "any")
AMOUNTS: Final = ("integer", "decimal", "float", "duration", "any")
POINTS: Final = ("instant", "date", "any")
EVERYTHING: Final = (*PLAIN, "group", "list", "map")


@attrs.frozen(kw_only=True)
class Operator:
    """
    One operator: the kinds of fact it applies to, the value it takes, its text form and its meaning.

    `wanted` and `unwanted` say what would make it true or false; `{value}` stands for the value.
    `symbol` is the sign of an infix operator; the others are written as functions.
    """

    name: str
    kinds: tuple[str, ...]
    takes: Takes
    test: Test | None = None
    timed: TimedTest | None = None
    symbol: str | None = None
    meaning: str
    wanted: str
    unwanted: str

    @property
    def form(self) -> str:
        """How a comparison with this operator is written as text."""
        special = {"contains": "value in fact", "known": "known(fact)", "count": "count(fact) >= number"}
        infix = f"fact {self.symbol} value" if self.symbol else f"{self.name}(fact, value)"
        return special.get(self.name, infix)


def _in(value: Any, wanted: tuple[Any, ...]) -> bool:
    return any(value == one for one in wanted)


def _not_in(value: Any, wanted: tuple[Any, ...]) -> bool:
    return not _in(value, wanted)


def _contains(value: Any, wanted: Any) -> bool | None:
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    return True if wanted in value else None if None in value else False


def _contains_any(value: Any, wanted: Any) -> bool | None:
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    items = READERS["list"](value)
    if items is None:
        return None
    if any(not is_unknown(item) and same(item, wanted) for item in items):
        return True
    return None if any(is_unknown(item) for item in items) else False


def _matches(value: str, pattern: Pattern) -> bool | None:
    return pattern.matches(value)


def _older(value: datetime, age: timedelta, now: datetime) -> bool:
    return now - value >= age


def _younger(value: datetime, age: timedelta, now: datetime) -> bool:
    return now - value < age


def _within(value: datetime, ahead: timedelta, now: datetime) -> bool:
    return timedelta(0) < value - now <= ahead


def _table(*operators: Operator) -> FrozenMap[str, Operator]:
    return FrozenMap({one.name: one for one in operators})


OPERATORS: Final[Mapping[str, Operator]] = _table(
    Operator(
        name="is", kinds=PLAIN, takes="same", test=operator.eq, symbol="==",
        meaning="The fact equals the value.", wanted="{value}", unwanted="anything but {value}",
    ),
    Operator(
        name="is_not", kinds=PLAIN, takes="same", test=operator.ne, symbol="!=",
        meaning="The fact is known and differs from the value.",
        wanted="anything but {value}", unwanted="{value}",
    ),
    Operator(
        name="in", kinds=PLAIN, takes="list", test=_in, symbol="in",
        meaning="The fact equals one of the values.", wanted="one of {value}", unwanted="none of {value}",
    ),
    Operator(
        name="not_in", kinds=PLAIN, takes="list", test=_not_in, symbol="not in",
        meaning="The fact is known and equals none of the values.",
        wanted="none of {value}", unwanted="one of {value}",
    ),
    Operator(
        name="less", kinds=AMOUNTS, takes="same", test=operator.lt, symbol="<",
        meaning="The amount is less than the value.", wanted="less than {value}", unwanted="{value} or more",
    ),
    Operator(
        name="at_most", kinds=AMOUNTS, takes="same", test=operator.le, symbol="<=",
        meaning="The amount is the value or less.", wanted="{value} or less", unwanted="more than {value}",
    ),
    Operator(
        name="more", kinds=AMOUNTS, takes="same", test=operator.gt, symbol=">",
        meaning="The amount is more than the value.", wanted="more than {value}", unwanted="{value} or less",
    ),
    Operator(
        name="at_least", kinds=AMOUNTS, takes="same", test=operator.ge, symbol=">=",
        meaning="The amount is the value or more.", wanted="{value} or more", unwanted="less than {value}",
    ),
    Operator(
        name="contains", kinds=(*WORDS, "list", "any"), takes="item", test=_contains,
        meaning="The list has the value as an item, or the text has it as a part.",
        wanted="a value that contains {value}", unwanted="a value without {value}",
    ),
    Operator(
        name="matches", kinds=(*WORDS, "any"), takes="pattern", test=_matches,
        meaning="The whole text has the form of the pattern.",
        wanted="text of the form {value}", unwanted="text not of the form {value}",
    ),
    Operator(
        name="known", kinds=EVERYTHING, takes="truth",
        meaning="The fact has a value (true) or has none (false); never unknown itself.",
        wanted="a value", unwanted="no value",
    ),
    Operator(
        name="before", kinds=POINTS, takes="same", test=operator.lt,
        meaning="The instant or date lies before the value.",
        wanted="before {value}", unwanted="{value} or later",
    ),
    Operator(
        name="after", kinds=POINTS, takes="same", test=operator.gt,
        meaning="The instant or date lies after the value.",
        wanted="after {value}", unwanted="{value} or earlier",
    ),
    Operator(
        name="older_than", kinds=("instant", "any"), takes="elapsed", timed=_older,
        meaning="At least this much time has passed since the instant.",
        wanted="an instant at least {value} ago", unwanted="an instant less than {value} ago",
    ),
    Operator(
        name="younger_than", kinds=("instant", "any"), takes="elapsed", timed=_younger,
        meaning="Less than this much time has passed since the instant.",
        wanted="an instant less than {value} ago", unwanted="an instant at least {value} ago",
    ),
    Operator(
        name="within", kinds=("instant", "any"), takes="elapsed", timed=_within,
        meaning="The instant lies ahead, by no more than this much time.",
        wanted="an instant in the coming {value}", unwanted="an instant outside the coming {value}",
    ),
    Operator(
        name="count", kinds=("list", "map", "any"), takes="count",
        meaning="The number of items compares so with the value.",
        wanted="a list with {value} items", unwanted="a list without {value} items",
    ),
)  # fmt: skip
"""Name → operator; the table in the documentation is made from this one."""

COUNTS: Final[Mapping[str, Test]] = FrozenMap(
    {
        "is": operator.eq,
        "less": operator.lt,
        "at_most": operator.le,
        "more": operator.gt,
        "at_least": operator.ge,
    }
)
"""The comparisons that a count can make."""


def loosely(name: str, test: Test) -> Test:
    """Return *test* for facts of any kind: the value is read as what the fact turns out to be."""
    if name in ("is", "is_not"):
        return lambda value, wanted: same(value, wanted) is (name == "is")
    if name == "contains":
        return _contains_any
    if name in ("in", "not_in"):
        return lambda value, wanted: any(same(value, one) for one in wanted) is (name == "in")

    def ordered(value: Any, wanted: Any) -> bool | None:
        kind = kind_of(value)
        other = READERS["decimal" if kind == "integer" else kind](wanted)
        if kind not in AMOUNTS or kind == "any" or other is None:
            return None
        return test(value, other)

    return ordered


def turns(name: str, value: datetime, span: timedelta) -> tuple[datetime, ...]:
    """Return the instants at which a timed operator changes its mind about *value*."""
    shifts = {"within": (-span, timedelta(0))}.get(name, (span,))
    return tuple(moved for shift in shifts if (moved := _shifted(value, shift)) is not None)


def _shifted(value: datetime, shift: timedelta) -> datetime | None:
    try:
        return value + shift
    except OverflowError:
        return None


def point_kind(value: object) -> str:
    """Return whether a value before or after which something lies is an instant or a date."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return "date"
    return "date" if isinstance(value, str) and READERS["date"](value) is not None else "instant"
