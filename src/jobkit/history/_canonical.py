"""Canonical bytes: RFC 8785 over one table of allowed values, so that equal facts have equal digests."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.paths import Item, Step, write
from jobkit.privacy import PRIVATE_KEY, Erased, Redacted, sealed

LARGEST: Final = 2**53
"""The largest number, either way, that every JSON reader counts exactly."""

DEEPEST: Final = 64
"""How deep lists and mappings may nest, counted from the event; readers take no more by default."""

NOT_ALLOWED = Template(
    "history.not_allowed",
    "A value of type {type} at {path} cannot stand in a history.",
    "Give text, a whole number, a truth value, a list or a mapping; write decimals and instants as text.",
)
UNDECLARED_FLOAT = Template(
    "history.undeclared_float",
    "The float {value} at {path} is not declared as one.",
    "Write the number as decimal text, or declare the field as float and wrap its value in Real.",
)
TOO_LARGE = Template(
    "history.too_large",
    "The number {value} at {path} is beyond 2**53, where readers disagree.",
    "Write {path} as decimal text.",
)
NOT_A_NUMBER = Template(
    "history.not_a_number",
    "The float {value} at {path} is not a number.",
    "Leave {path} out when there is no number.",
)
SURROGATE = Template(
    "history.surrogate",
    "The text at {path} holds half of a character and cannot be written as UTF-8.",
    "Send {path} as whole Unicode text.",
)
KEY = Template(
    "history.key",
    "A mapping at {path} has the key {key}, which cannot stand in a history.",
    "Use text for every key, and leave names that begin with $private to jobkit.",
)
TOO_DEEP = Template(
    "history.too_deep",
    "The value at {path} nests deeper than {limit} levels, or contains itself.",
    "Flatten the value at {path}.",
)


class Real(float):
    """
    A float at a place that a field declares as float; any other float is refused in a history.

    >>> canonical({"ratio": Real(1.50)})
    b'{"ratio":1.5}'
    """

    __slots__ = ()


class Unusual(Exception):
    """A value that the short way cannot write; the long way writes it or says why not."""


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False, allow_nan=False
)


def canonical(value: Any, path: str = "$") -> bytes:
    """
    Return the one spelling of a wire value: keys sorted by UTF-16, no spaces, absent and null the same.

    Floats that are not `Real`, numbers beyond 2**53, NaN, lone surrogates, keys that are not text and
    any other type are refused with their *path*.

    >>> canonical({"b": None, "a": [1, "é"]}).decode()
    '{"a":[1,"é"]}'
    """
    try:
        return encode(lean(value, 0))
    except (Unusual, UnicodeEncodeError):
        return spell(plain(value, path))


def digest(value: Any, path: str = "$") -> str:
    """Return SHA-256 over the canonical bytes, as hex; refuses what `canonical` refuses."""
    return hashlib.sha256(canonical(value, path)).hexdigest()


def encode(value: Any) -> bytes:
    """Write a value that `lean` let pass; a lone surrogate raises UnicodeEncodeError."""
    return _ENCODER.encode(value).encode()


def lean(value: Any, depth: int) -> Any:
    """Copy a wire value without its nulls, private leaves as digests; raise Unusual off the beaten track."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int and -LARGEST <= value <= LARGEST:
        return value
    if depth >= DEEPEST:
        raise Unusual
    if isinstance(value, dict):
        return _lean_mapping(value, depth + 1)
    if kind is list or kind is tuple:
        return [lean(item, depth + 1) for item in value]
    if kind is Redacted or kind is Erased:
        return sealed(value)
    raise Unusual


def _lean_mapping(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    kept = {}
    for key, item in value.items():
        if item is None:
            continue
        # Sorting by code point equals sorting by UTF-16 as long as the keys are ASCII.
        if type(key) is not str or not key.isascii() or key == PRIVATE_KEY:
            raise Unusual
        kept[key] = item if type(item) is str else lean(item, depth)
    return kept


def plain(value: Any, path: str = "$") -> Any:
    """Copy a wire value as `lean` does, however unusual; what is not allowed is refused with its *path*."""
    return _plain(value, (), path)


def _plain(value: Any, steps: tuple[Step, ...], root: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _plain_text(value, steps, root)
    if isinstance(value, int | float):
        return _plain_number(value, steps, root)
    if len(steps) >= DEEPEST:
        raise Invalid.of(TOO_DEEP, path=_place(steps[:3], root), limit=DEEPEST)
    if isinstance(value, Redacted | Erased):
        return sealed(value)
    if isinstance(value, Mapping):
        return _plain_mapping(value, steps, root)
    if isinstance(value, list | tuple):
        return [_plain(item, (*steps, _item(item, place)), root) for place, item in enumerate(value)]
    raise _refusal(NOT_ALLOWED, steps, root, type=type(value).__name__)


def _plain_text(value: str, steps: tuple[Step, ...], root: str) -> str:
    if _is_broken(value):
        raise _refusal(SURROGATE, steps, root)
    return str(value)


def _plain_number(value: float, steps: tuple[Step, ...], root: str) -> float:
    if value != value or value in (float("inf"), float("-inf")):
        raise _refusal(NOT_A_NUMBER, steps, root, value=str(value))
    if isinstance(value, float) and not isinstance(value, Real):
        raise _refusal(UNDECLARED_FLOAT, steps, root, value=repr(value))
    if not -LARGEST <= value <= LARGEST:
        raise _refusal(TOO_LARGE, steps, root, value=_short(value))
    return float(value) if isinstance(value, float) else int(value)


def _short(value: float) -> str:
    return repr(value) if abs(value) < 10**30 else "of many digits"


def _plain_mapping(value: Mapping[Any, Any], steps: tuple[Step, ...], root: str) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str) or _is_broken(key) or key == PRIVATE_KEY:
            raise _refusal(KEY, steps, root, key=_named(key))
    return {str(key): _plain(item, (*steps, key), root) for key, item in value.items() if item is not None}


def _named(key: object) -> str:
    return ascii(key)[:100] if isinstance(key, str) else f"of the type {type(key).__name__}"


def _refusal(template: Template, steps: tuple[Step, ...], root: str, **params: Any) -> Invalid:
    return Invalid.of(template, path=_place(steps, root), **params)


def _place(steps: tuple[Step, ...], root: str) -> str:
    return root + write(steps).removeprefix("$")


def _item(item: Any, place: int) -> Item:
    id = item.get("id") if isinstance(item, Mapping) else None
    return Item(id if isinstance(id, str) and not _is_broken(id) else str(place))


def _is_broken(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


def declared(value: Any) -> Any:
    """Copy a value that was recorded before: its nulls left out, its floats declared as they were then."""
    if isinstance(value, Mapping):
        return {key: declared(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [declared(item) for item in value]
    return Real(value) if type(value) is float else value


def spell(value: Any) -> bytes:
    """Write a value that `plain` let pass, by RFC 8785 alone."""
    return _spelled(value).encode()


def _spelled(value: Any) -> str:
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_spelled(key)}:{_spelled(item)}" for key, item in ordered) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_spelled, value)) + "]"
    if isinstance(value, float):
        return _spelled_float(value)
    return _ENCODER.encode(value)


def _spelled_float(value: float) -> str:
    # RFC 8785 takes ECMAScript's spelling: whole numbers bare, decimals down to 1e-6, then 1e-7.
    if value.is_integer():
        return str(int(value))
    mantissa, _, exponent = repr(float(value)).partition("e")
    power = int(exponent or 0)
    if not power:
        return mantissa
    if power < -6:
        return f"{mantissa}e{power}"
    sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    return f"{sign}0.{'0' * (-power - 1)}{digits.replace('.', '')}"
