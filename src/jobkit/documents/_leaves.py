"""Strict readers and writers for single values: each takes one kind and nothing else."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, Final

from jobkit.documents._plain import (
    LARGEST_INT,
    NOT_FINITE,
    SURROGATE,
    TOO_BIG,
    freeze,
    has_surrogate,
    thaw,
)
from jobkit.durations import Working, read_duration, read_elapsed, write_duration
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import read_instant, utc, write_instant
from jobkit.mappings import FrozenMap
from jobkit.privacy import Erased, Redacted

WRONG_TYPE = Template(
    "documents.wrong_type",
    "There is {found} at {path} where {wanted} belongs.",
    "Give {wanted}; nothing is converted silently.",
)
NOT_DECIMAL = Template(
    "documents.not_decimal",
    "{value} at {path} is not a decimal number.",
    'Write it as text with a point, such as "12.50".',
)
NOT_DATE = Template("documents.not_date", "{value} at {path} is not a date.", "Write it as 2026-03-29.")
OPEN_TEXT = Template(
    "documents.open_text",
    "There is {found} at {path} where a private value belongs.",
    "Hide the text first, so that it is private from birth.",
)

Hook = Callable[[Any], Any]

_DECIMAL: Final = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,20})?")
SHORT: Final = 60
_SPOKEN: Final = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number with a fraction",
    NoneType: "nothing",
    list: "a list",
    tuple: "a list",
    dict: "an object",
    FrozenMap: "an object",
    Redacted: "a private value",
    Erased: "an erased value",
}


def spoken(kind: type) -> str:
    """Return what a type is called in a sentence."""
    return _SPOKEN.get(kind, kind.__name__)


def wrong(value: object, wanted: str) -> Invalid:
    """Return the error that *value* is not what was *wanted*; its own text is never told."""
    return Invalid.of(WRONG_TYPE, found=spoken(type(value)), wanted=wanted)


def text(value: Any) -> str:
    """Take text and nothing else."""
    if type(value) is not str:
        raise wrong(value, "text")
    if not value.isascii() and has_surrogate(value):
        raise Invalid.of(SURROGATE)
    return value


def truth(value: Any) -> bool:
    """Take true or false and nothing else."""
    if type(value) is not bool:
        raise wrong(value, "true or false")
    return value


def whole(value: Any) -> int:
    """Take a whole number up to 2**53."""
    if type(value) is not int:
        raise wrong(value, "a whole number")
    if not -LARGEST_INT <= value <= LARGEST_INT:
        raise Invalid.of(TOO_BIG)
    return value


def fraction(value: Any) -> float:
    """Take a finite number, where a float is declared."""
    if type(value) is not float and type(value) is not int:
        raise wrong(value, "a number")
    if not abs(value) <= 1.7e308:
        raise Invalid.of(NOT_FINITE)
    return float(value)


def decimal(value: Any) -> Decimal:
    """Take a decimal number written as text."""
    if type(value) is not str:
        raise wrong(value, "a decimal number written as text")
    if not _DECIMAL.fullmatch(value):
        raise Invalid.of(NOT_DECIMAL, value=value[:SHORT])
    return Decimal(value)


def write_decimal(value: Decimal) -> str:
    """Return a decimal as plain digits; what is not finite or absurdly long is refused."""
    written = format(value, "f") if value.is_finite() and -20 <= value.adjusted() < 30 else str(value)
    if not _DECIMAL.fullmatch(written):
        raise Invalid.of(NOT_DECIMAL, value=written[:SHORT])
    return written


def instant(value: Any) -> datetime:
    """Take an instant written as text."""
    if type(value) is str:
        return read_instant(value)
    if isinstance(value, datetime):
        return utc(value)
    raise wrong(value, "an instant written as text")


def day(value: Any) -> date:
    """Take a date written as text."""
    if type(value) is not str:
        raise wrong(value, "a date written as text")
    try:
        read = date.fromisoformat(value)
    except ValueError as error:
        raise Invalid.of(NOT_DATE, value=value[:SHORT]) from error
    if value != read.isoformat():
        raise Invalid.of(NOT_DATE, value=value[:SHORT])
    return read


def elapsed(value: Any) -> timedelta:
    """Take an elapsed duration written as text."""
    if type(value) is not str:
        raise wrong(value, "a duration written as text")
    return read_elapsed(value)


def duration(value: Any) -> timedelta | Working:
    """Take an elapsed or working duration written as text."""
    if type(value) is not str:
        raise wrong(value, "a duration written as text")
    return read_duration(value)


def working(value: Any) -> Working:
    """Take a working duration written as text."""
    read = duration(value)
    if not isinstance(read, Working):
        raise wrong(value, "a working duration such as 8 working hours")
    return read


def private(value: Any) -> Redacted | Erased:
    """Take a value that is private from birth."""
    if type(value) is not Redacted and type(value) is not Erased:
        raise Invalid.of(OPEN_TEXT, found=spoken(type(value)))
    return value


def same(value: Any) -> Any:
    return value


READERS: Final[Mapping[Any, Hook]] = FrozenMap(
    {
        str: text,
        bool: truth,
        int: whole,
        float: fraction,
        Decimal: decimal,
        datetime: instant,
        date: day,
        timedelta: elapsed,
        Working: working,
        timedelta | Working: duration,
        Redacted: private,
        Erased: private,
        Redacted | Erased: private,
        Any: freeze,
    }
)
WRITERS: Final[Mapping[Any, Hook]] = FrozenMap(
    {
        str: same,
        bool: same,
        int: same,
        float: same,
        Decimal: write_decimal,
        datetime: write_instant,
        date: date.isoformat,
        timedelta: write_duration,
        Working: str,
        timedelta | Working: write_duration,
        Redacted: same,
        Erased: same,
        Redacted | Erased: same,
        Any: thaw,
    }
)
