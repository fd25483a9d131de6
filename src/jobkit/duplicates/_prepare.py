"""From the raw values of a record to what each kind of comparison reads; raw values are never changed."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from math import fsum, isfinite
from typing import Any, Final

from jobkit.documents._plain import has_surrogate
from jobkit.duplicates import _normal as normal
from jobkit.duplicates._data import Record, Terms
from jobkit.duplicates._text import terms_of
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import tick_of
from jobkit.mappings import FrozenMap

WRONG_VALUE = Template(
    "duplicates.wrong_value",
    "The field at {path} holds {found} where {wanted} is compared.",
    "Hand over {wanted}, or None where it is not known.",
)
HALF_CHARACTER = Template(
    "duplicates.half_character",
    "The text at {path} holds half of a character (a lone surrogate).",
    "Send the text in valid Unicode.",
)
NOT_FINITE = Template(
    "duplicates.not_finite",
    "The number at {path} is not finite.",
    "Leave the value out when it is not known.",
)
NO_PLACE = Template(
    "duplicates.no_place",
    "The position at {path} lies outside of the globe.",
    "Give latitude (-90 to 90) and longitude (-180 to 180) in degrees.",
)

_LARGEST: Final = 10**30

Reader = Callable[[Record], Any]
"""Reads one thing from a record in the form in which it is compared, None where it is missing."""


def text_of(record: Record, field: str) -> str | None:
    """Return the text in a field; a sequence of texts and whole numbers are written as one."""
    value = record.get(field)
    if value is None:
        return None
    if type(value) is str:
        if not value.isascii() and has_surrogate(value[: normal.LONGEST]):
            raise Invalid.of(HALF_CHARACTER, path=f"$.{field}")
        return value
    if type(value) is int and abs(value) < _LARGEST:
        return str(value)
    if isinstance(value, (list, tuple)):
        return " ".join(texts_of(value, field))
    raise _wrong(field, value, "text, or a whole number of up to thirty digits,")


def texts_of(value: object, field: str) -> list[str]:
    """Return the texts of a sequence, at most two hundred; anything else is refused with its field."""
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise _wrong(field, value, "a sequence of texts")
    some = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
    for one in some[: normal.MOST_TEXTS]:
        if type(one) is not str:
            raise _wrong(field, one, "a sequence of texts")
        if not one.isascii() and has_surrogate(one[: normal.LONGEST]):
            raise Invalid.of(HALF_CHARACTER, path=f"$.{field}")
    return [one[: normal.LONGEST] for one in some[: normal.MOST_TEXTS]]


def _wrong(field: str, value: object, wanted: str) -> Invalid:
    return Invalid.of(WRONG_VALUE, path=f"$.{field}", found=type(value).__name__, wanted=wanted)


def formed(fields: tuple[str, ...], form: Callable[[str], Any]) -> Reader:
    """Return what reads the texts of *fields*, joined, in a normal *form*; an empty form is missing."""
    if len(fields) == 1:
        return _single(fields[0], form)

    def read(record: Record) -> Any:
        texts = [text for field in fields if (text := text_of(record, field)) is not None]
        return (form(" ".join(texts)) or None) if texts else None

    return read


def _single(field: str, form: Callable[[str], Any]) -> Reader:
    def read(record: Record) -> Any:
        text = text_of(record, field)
        return None if text is None else form(text) or None

    return read


def _sorted_words(text: str) -> str:
    return " ".join(sorted(normal.words(text)))


def parts_of(fields: tuple[str, ...]) -> Reader:
    """Return what reads the texts of a sequence, each folded, as a set."""
    field = fields[0]

    def read(record: Record) -> frozenset[str] | None:
        value = record.get(field)
        if value is None:
            return None
        texts = texts_of((value,) if type(value) is str else value, field)
        return frozenset(map(normal.plain, texts)) - {""} or None

    return read


def number_of(fields: tuple[str, ...]) -> Reader:
    """Return what reads a finite number."""
    field = fields[0]

    def read(record: Record) -> float | None:
        value = record.get(field)
        return None if value is None else _number(value, field)

    return read


def _number(value: Any, field: str) -> float:
    if type(value) is bool or not isinstance(value, (int, float)):
        raise _wrong(field, value, "a number")
    if abs(value) > 1e300 or not isfinite(value):
        raise Invalid.of(NOT_FINITE, path=f"$.{field}")
    return float(value)


def place_of(fields: tuple[str, ...]) -> Reader:
    """Return what reads (latitude, longitude) in degrees from one field, or from two."""

    def read(record: Record) -> tuple[float, float] | None:
        pair = [record.get(field) for field in fields] if len(fields) == 2 else record.get(fields[0])
        if pair is None or (isinstance(pair, (list, tuple)) and None in pair):
            return None
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise _wrong(fields[0], pair, "a pair of latitude and longitude")
        lat, lon = _number(pair[0], fields[0]), _number(pair[1], fields[-1])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise Invalid.of(NO_PLACE, path=f"$.{fields[0]}")
        return lat, lon

    return read


def instant_of(fields: tuple[str, ...]) -> Reader:
    """Return what reads an aware datetime, in whole microseconds since 1970."""
    field = fields[0]

    def read(record: Record) -> int | None:
        value = record.get(field)
        if value is None:
            return None
        if not isinstance(value, datetime):
            raise _wrong(field, value, "an aware datetime")
        return tick_of(value, f"$.{field}")

    return read


def raw_of(fields: tuple[str, ...]) -> Reader:
    """Return what reads the value of a field as it is, for a comparator of the host."""
    if len(fields) == 1:
        field = fields[0]
        return lambda record: record.get(field)
    return lambda record: tuple(record.get(field) for field in fields)


Weighed = tuple[tuple[str, ...], float]
"""The different words of a text, and the weight of all of them."""


def weigher(terms: Terms) -> Callable[[Collection[str]], float]:
    """Return what adds up the weights of words, exactly, for sets have no order."""
    weights, otherwise = terms.weights, terms.otherwise
    if not weights:
        return lambda words: len(words) * otherwise
    return lambda words: fsum([weights.get(word, otherwise) for word in words])


def weighed_of(fields: tuple[str, ...], terms: Terms) -> Reader:
    """Return what reads the words of a text with their weight."""
    words_of, weight = formed(fields, terms_of), weigher(terms)

    def read(record: Record) -> Weighed | None:
        words = words_of(record)
        return None if words is None else (words, weight(words))

    return read


FORMS: Final[Mapping[str, Callable[[str], str]]] = FrozenMap(
    {
        "exact": normal.exact,
        "serial": normal.serial,
        "phone": normal.phone,
        "address": normal.address,
        "name": normal.name,
        "text": normal.plain,
        "code": normal.code,
    }
)
"""The normal forms that keys and comparisons may name."""

TEXTS: Final = (*FORMS, "edit", "tokens", "phrase", "overlap")
"""The kinds that read texts, of which only the beginning counts."""

READERS: Final[Mapping[str, Callable[[tuple[str, ...]], Reader]]] = FrozenMap(
    {
        **{kind: partial(formed, form=form) for kind, form in FORMS.items()},
        "edit": lambda fields: formed(fields, normal.plain),
        "tokens": lambda fields: formed(fields, _sorted_words),
        "phrase": lambda fields: formed(fields, normal.plain),
        "text": lambda fields: weighed_of(fields, Terms()),
        "overlap": parts_of,
        "number": number_of,
        "distance": place_of,
        "time": instant_of,
    }
)
"""What each built-in kind of comparison reads."""
