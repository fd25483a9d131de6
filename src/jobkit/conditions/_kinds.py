"""The kinds a fact can have, and how a value of each is read; what does not read is unknown."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Final, Literal, get_args

from jobkit.conditions._values import UNKNOWN
from jobkit.durations import read_elapsed, write_duration
from jobkit.errors import Invalid
from jobkit.instants import read_instant, utc, write_instant
from jobkit.mappings import FrozenMap
from jobkit.privacy import Erased, Redacted

Scalar = Literal[
    "text", "code", "reference", "integer", "decimal", "float", "bool", "instant", "date", "duration", "any"
]
Kind = Scalar | Literal["group", "list", "map"]

SCALARS: Final[tuple[str, ...]] = get_args(Scalar)
WORDS: Final = ("text", "code", "reference")
NUMBERS: Final = ("integer", "decimal", "float")

_DECIMAL = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?")
_MOST_DIGITS = 300
_LONGEST_DATE = 10


def _text(value: object) -> str | None:
    if isinstance(value, Redacted):
        return value.reveal()
    # A str enum prints its member's name, but is its value.
    return str.__str__(value) if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _decimal(value: object) -> Decimal | int | None:
    if isinstance(value, Decimal):
        return value if _is_plain(value) else None
    if isinstance(value, str):
        return Decimal(value) if _DECIMAL.fullmatch(value) else None
    return _integer(value)


def _is_plain(value: Decimal) -> bool:
    """Whether *value* can be written out; Decimal("1e999999999") would fill a gigabyte."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DIGITS and value.adjusted() < _MOST_DIGITS


def _float(value: object) -> float | None:
    if isinstance(value, float):
        return value if isfinite(value) else None
    return _integer(value)


def _bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _instant(value: object) -> datetime | None:
    try:
        if isinstance(value, datetime):
            return utc(value)
        return read_instant(value) if isinstance(value, str) else None
    except Invalid:
        return None


def _date(value: object) -> date | None:
    if isinstance(value, str) and len(value) == _LONGEST_DATE:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _duration(value: object) -> timedelta | None:
    try:
        return (
            read_elapsed(value) if isinstance(value, str) else value if isinstance(value, timedelta) else None
        )
    except Invalid:
        return None


def _items(value: object) -> tuple[Any, ...] | None:
    if isinstance(value, (tuple, list, set, frozenset)):
        return tuple(value)
    return tuple(value.values()) if isinstance(value, Mapping) else None


def _anything(value: object) -> object | None:
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, Redacted):
        return value.reveal()
    if isinstance(value, Decimal):
        # A signalling one cannot even be compared with itself.
        return None if value.is_nan() else value
    return None if is_unknown(value) or value != value else value


READERS: Final[Mapping[str, Callable[[object], Any]]] = FrozenMap(
    text=_text,
    code=_text,
    reference=_text,
    integer=_integer,
    decimal=_decimal,
    float=_float,
    bool=_bool,
    instant=_instant,
    date=_date,
    duration=_duration,
    any=_anything,
    group=_anything,
    list=_items,
    map=_items,
)
"""Kind → reader: the typed value, or None for what is not of that kind. Wire and typed forms both read."""

EXACT: Final[Mapping[str, type | None]] = FrozenMap(
    text=str, code=str, reference=str, integer=int, bool=bool, duration=timedelta
)
"""Kind → the class whose instances need no reading at all."""

_CLASSES: Final = (
    (bool, "bool"), (int, "integer"), (str, "text"), (Decimal, "decimal"), (float, "float"),
    (datetime, "instant"), (date, "date"), (timedelta, "duration"),
)  # fmt: skip


def kind_of(value: object) -> str:
    """Return the scalar kind that a typed value has by itself; `any` if it has none."""
    return next((kind for class_, kind in _CLASSES if isinstance(value, class_)), "any")


def is_unknown(value: object) -> bool:
    """Whether *value* stands for no value at all; 0, False, "" and an empty list are values."""
    return value is None or value is UNKNOWN or isinstance(value, Erased) or callable(value)


def same(value: object, wanted: object) -> bool:
    """Whether two values of any kind are the same; True is not 1, and "1" is not 1."""
    other = READERS[kind_of(value)](wanted)
    return other is not None and bool(value == other)


def wire(value: object) -> Any:
    """Return *value* in wire form, private values hidden; what has no wire form becomes its type's name."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, (Redacted, Erased)):
        return type(value).__name__
    return _wire_rich(value)


def _wire_rich(value: object) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f") if _is_plain(value) else str(value)
    if isinstance(value, datetime):
        return write_instant(value) if value.utcoffset() is not None else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _wire_duration(value)
    if isinstance(value, (tuple, list, set, frozenset)):
        return [wire(item) for item in value]
    return type(value).__name__


def _wire_duration(value: timedelta) -> str:
    try:
        text = write_duration(value)
    except Invalid:
        return str(value)
    return text if _duration(text) == value else str(value)


def is_exact(value: object) -> bool:
    """Whether the wire form of *value* holds all there is to compare."""
    if isinstance(value, (tuple, list, set, frozenset)):
        return all(is_exact(item) for item in value)
    if isinstance(value, (bool, int, str)) or value is None:
        return True
    kind = kind_of(value)
    read = READERS[kind]
    return kind != "any" and read(value) is not None and bool(read(wire(value)) == read(value))
