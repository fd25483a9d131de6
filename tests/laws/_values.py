"""Strategies for the values of a job, each as a host could build it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st

from jobkit.durations import Working
from jobkit.mappings import FrozenMap
from jobkit.model import Job, Window
from jobkit.privacy import Erased, Redacted

ids = st.text('abcXYZ019-_:. é"\\]', min_size=1, max_size=6)
texts = st.text(max_size=8).filter(lambda text: text.isascii() or not _has_surrogate(text))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
whole = st.integers(-(2**53), 2**53)
decimals = st.decimals(-1000, 1000, places=3)
elapsed = st.integers(0, 10**7).map(lambda seconds: timedelta(seconds=seconds))
working = st.builds(Working, st.integers(0, 99_999), st.sampled_from(["hour", "day", "minute"]))
secrets = st.builds(lambda text, salt: Redacted(text, salt=f"{salt:032x}"), texts, st.integers(0, 2**64))
plain = st.recursive(
    st.none() | st.booleans() | whole | texts | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
some_plain = plain.filter(lambda value: value is not None)


def _has_surrogate(text: str) -> bool:
    return any(0xD800 <= ord(character) <= 0xDFFF for character in text)


_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: whole,
    Decimal: decimals,
    datetime: instants,
    timedelta: elapsed,
    Any: some_plain,
}


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for whatever an annotation of the model allows."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        return _items(inner[0])
    if origin in (Union, UnionType):
        return st.one_of([_choice(choice) for choice in inner if choice is not Erased])
    if attrs.has(hint):
        return values(hint)
    return st.dictionaries(ids, of_type(inner[1]), max_size=3).map(FrozenMap)


def _choice(choice: Any) -> st.SearchStrategy[Any]:
    if choice is NoneType:
        return st.none()
    return secrets if choice is Redacted else of_type(choice)


def _items(kind: Any) -> st.SearchStrategy[Any]:
    if not attrs.has(kind):
        return st.lists(of_type(kind), max_size=2).map(tuple)
    key = (lambda item: item.key) if hasattr(kind, "key") else (lambda item: item.id)
    return st.lists(values(kind), max_size=3, unique_by=key).map(tuple)


def values(kind: type) -> st.SearchStrategy[Any]:
    """Return a strategy for an attrs class of the model; most fields keep their defaults."""
    if kind is Window:
        length = elapsed.map(lambda span: span + timedelta(seconds=1))
        return st.builds(lambda start, span: Window(start, start + span), instants, length)
    hints = get_type_hints(kind)
    fields = {field.name: field for field in attrs.fields(kind)}
    strategies = {name: ids if name == "id" else of_type(hints[name]) for name in fields}
    needed = {name: strategies[name] for name in fields if fields[name].default is attrs.NOTHING}
    rest = {name: strategy for name, strategy in strategies.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=rest).map(lambda chosen: kind(**chosen))


jobs = values(Job)
