"""Reading and writing JSON and TOML text: strictly, and never deeper or longer than agreed."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from jobkit.documents._plain import (
    ORDINARY,
    TOO_DEEP,
    TOO_LONG,
    TOO_MANY,
    Limits,
    Oversized,
    Repeated,
    Wire,
    check_wire,
    place,
    step_of,
)
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import utc, write_instant
from jobkit.paths import Step
from jobkit.privacy import Erased, Redacted

NOT_UTF8 = Template(
    "documents.not_utf8",
    "The document is not valid UTF-8 at byte {place}.",
    "Save the document in UTF-8.",
)
UNREADABLE = Template(
    "documents.unreadable",
    "The document is not valid {format}: {reason}.",
    "Mend the document at that place.",
)
UNREADABLE_AT = Template(
    "documents.unreadable_at",
    "The document is not valid {format} at line {line}, column {column}: {reason}.",
    "Mend the document at that place.",
)
NOT_WRITABLE = Template(
    "documents.not_writable",
    "{found} cannot be written as JSON.",
    "Turn values into plain data first, and keep private values in a store that is made for them.",
)

HANDWRITTEN: Final = Limits(characters=2_000_000, items=100_000)
"""What `read_toml` takes: its parser is slower than that of JSON, and people write no larger documents."""

_LONGEST_INT = 17
_JSON_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)
_TOML_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:"{3,5})?'
    r"|'''(?:[^']|'(?!''))*+(?:'{3,5})?"
    r'|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
    r"|[\[\]{},.=\n]",
    re.DOTALL,
)
_SIGNS: Final = {"[": 1, "{": 1, "]": -1, "}": -1, ",": 0, "=": 0, "\n": 0}
_BEGINS_ITEM: Final = frozenset("[{,=")
_TOML_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def read_json(text: str | bytes, *, limits: Limits = ORDINARY, path: str = "$") -> Wire:
    """
    Read JSON text as plain data.

    Refused, before anything is parsed: text beyond the *limits*. Refused afterwards, all at once with their
    paths: NaN, infinities, whole numbers beyond 2**53, duplicate keys, lone surrogates.

    >>> read_json('{"asset": "press-7", "parts": [{"id": "p1"}]}')
    {'asset': 'press-7', 'parts': [{'id': 'p1'}]}
    """
    source = _decoded(text, limits, path)
    _check_nesting(_JSON_TOKEN, source, limits, path)
    try:
        data = json.loads(source, object_pairs_hook=_object, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise _unreadable_at("JSON", error.msg, error.lineno, error.colno, path) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Invalid.of(UNREADABLE, path=path, format="JSON", reason=type(error).__name__) from error
    return check_wire(data, path, limits)


def read_toml(text: str | bytes, *, limits: Limits = HANDWRITTEN, path: str = "$") -> dict[str, Wire]:
    """
    Read TOML text as plain data; dates and instants come back as text, an instant in its one stored form.

    Refused are the same things as in JSON, and a date with a time but without an offset.

    >>> read_toml('name = "order"\\nfrom = 2026-03-29T08:00:00+02:00')
    {'name': 'order', 'from': '2026-03-29T06:00:00.000000Z'}
    """
    source = _decoded(text, limits, path)
    _check_nesting(_TOML_TOKEN, source, limits, path)
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise _toml_problem(error, path) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Invalid.of(UNREADABLE, path=path, format="TOML", reason=type(error).__name__) from error
    check_wire(_texts_for_times(data, path), path, limits)
    return data


def write_json(value: Wire) -> str:
    """
    Write plain data as compact JSON with sorted keys.

    Refused are private values, foreign types, NaN, and data that contains itself.

    >>> write_json({"b": [1, "é"], "a": None})
    '{"a":null,"b":[1,"é"]}'
    """
    try:
        return json.dumps(
            value,
            ensure_ascii=False,
            allow_nan=False,
            sort_keys=True,
            separators=(",", ":"),
            default=_not_writable,
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid.of(NOT_WRITABLE, found="This data") from error


def _not_writable(value: object) -> str:
    found = "A private value" if isinstance(value, (Redacted, Erased)) else type(value).__name__
    raise Invalid.of(NOT_WRITABLE, found=found)


def _decoded(text: str | bytes, limits: Limits, path: str) -> str:
    if len(text) > limits.characters * (1 if isinstance(text, str) else 4):
        raise Invalid.of(TOO_LONG, path=path, length=len(text), limit=limits.characters)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Invalid.of(NOT_UTF8, path=path, place=error.start) from error
    if len(text) > limits.characters:
        raise Invalid.of(TOO_LONG, path=path, length=len(text), limit=limits.characters)
    return text


def _check_nesting(token: re.Pattern[str], source: str, limits: Limits, path: str) -> None:
    """
    Count brackets, items and the dots of keys outside strings before a recursive parser sees the text.

    A long dotted key of TOML nests deeply, and is parsed in quadratic time.
    """
    depth = items = dots = 0
    for match in token.finditer(source):
        mark = match[0]
        if mark == ".":
            dots += 1
            items += 1
        elif mark in _SIGNS:
            dots = 0
            depth += _SIGNS[mark]
            items += mark in _BEGINS_ITEM
        if depth > limits.depth or dots >= limits.depth:
            raise Invalid.of(TOO_DEEP, path=path, limit=limits.depth)
        if items > limits.items:
            raise Invalid.of(TOO_MANY, path=path, limit=limits.items)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    repeated = Repeated(plain)
    seen: set[str] = set()
    repeated.keys_twice = tuple(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return repeated


def _whole(digits: str) -> int | Oversized:
    # int() refuses more than 4,300 digits with an error of its own; nothing beyond 2**53 is wanted anyway.
    return int(digits) if len(digits) <= _LONGEST_INT else Oversized()


def _as_reason(words: str) -> str:
    return words[:1].lower() + words[1:].rstrip(".") if words[1:2].islower() else words.rstrip(".")


def _unreadable_at(language: str, reason: str, line: int, column: int, path: str) -> Invalid:
    told = _as_reason(reason)
    return Invalid.of(UNREADABLE_AT, path=path, format=language, line=line, column=column, reason=told)


def _toml_problem(error: tomllib.TOMLDecodeError, path: str) -> Invalid:
    found = _TOML_PLACE.fullmatch(str(error))
    if found and found[2]:
        return _unreadable_at("TOML", found[1], int(found[2]), int(found[3]), path)
    reason = found[1] if found else str(error)
    return Invalid.of(UNREADABLE, path=path, format="TOML", reason=_as_reason(reason))


def _texts_for_times(data: dict[str, Any], root: str) -> dict[str, Any]:
    """Replace the dates and times of TOML by their texts, in place."""
    stack: list[tuple[Any, Any]] = [(data, None)]
    while stack:
        here, trail = stack.pop()
        pairs = here.items() if isinstance(here, Mapping) else enumerate(here)
        for key, value in list(pairs):
            step: Step = key if isinstance(key, str) else step_of(value, key)
            if isinstance(value, (dict, list)):
                stack.append((value, (trail, step)))
            elif isinstance(value, (date, time)):
                here[key] = _text_for(value, place((trail, step), root))
    return data


def _text_for(value: date | time, path: str) -> str:
    return write_instant(utc(value, path)) if isinstance(value, datetime) else value.isoformat()
