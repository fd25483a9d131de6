"""The shape of a stored event: which keys it has, which it must have, and what stands at each."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.history._canonical import LARGEST
from jobkit.paths import write

MISSING = Template(
    "history.missing",
    "A stored event lacks {path}.",
    "Restore the event from a backup, or write {path} before storing it.",
)
UNKNOWN = Template(
    "history.unknown_key",
    "A stored event has {path}, which its format does not know.",
    "Remove {path}, or read the event with the release that wrote it.",
)
WRONG = Template(
    "history.wrong_type",
    "{path} of a stored event is not {expected}.",
    "Restore the event from a backup, or write {path} as {expected}.",
)

Check = tuple[str, Callable[[Any], bool]]


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_filled(value: Any) -> bool:
    return type(value) is str and value != ""


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and all(type(key) is str for key in value)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(type(item) is str for item in value)


def _is_map_of_texts(value: Any) -> bool:
    return _is_object(value) and all(type(item) is str for item in value.values())


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, Mapping) for item in value)


_TEXT: Final[Check] = ("text", _is_text)
_FILLED: Final[Check] = ("text that is not empty", _is_filled)
_COUNT: Final[Check] = ("a whole number from 0 to 2**53", _is_count)
_OBJECT: Final[Check] = ("an object", _is_object)
_TEXTS: Final[Check] = ("a list of texts", _is_list_of_texts)
_TEXT_MAP: Final[Check] = ("an object of texts", _is_map_of_texts)
_OBJECTS: Final[Check] = ("a list of objects", _is_list)

_REQUIRED: Final[Mapping[str, Check]] = {
    "id": _FILLED,
    "job_id": _FILLED,
    "kind": _FILLED,
    "actor": _OBJECT,
    "occurred_at": _TEXT,
    "recorded_at": _TEXT,
    "format": _COUNT,
}
_EVENT: Final[Mapping[str, Check]] = {
    **_REQUIRED,
    "name": _TEXT,
    "claimed_at": _TEXT,
    "origin": _TEXT,
    "origin_seq": _COUNT,
    "reason": _TEXT,
    "note": _TEXT,
    "changes": _OBJECTS,
    "data": _OBJECT,
    "rules": _TEXT_MAP,
    "decisions": _TEXTS,
    "flags": _TEXTS,
    "seq": _COUNT,
    "prev": _TEXT,
    "hash": _TEXT,
}
_ACTOR: Final[Mapping[str, Check]] = {"id": _FILLED, "role": _TEXT, "org": _TEXT, "org_type": _TEXT}
_MOST_PROBLEMS: Final = 100
_CHANGE_KEYS: Final = frozenset(("path", "old", "new"))


def check(document: Mapping[str, Any], path: str) -> None:
    """Refuse a document that is not an event's, with everything that is wrong with it."""
    problems = tuple(islice(_problems(document, path), _MOST_PROBLEMS))
    if problems:
        raise Invalid(problems)


def _problems(document: Mapping[str, Any], path: str) -> Iterator[Finding]:
    yield from _object_problems(document, _EVENT, _REQUIRED, path)
    if _is_object(document.get("actor")):
        yield from _object_problems(document["actor"], _ACTOR, ("id",), f"{path}.actor")
    changes = document.get("changes") or ()
    if not _is_list(changes):
        return
    for place, change in enumerate(changes):
        if type(change.get("path")) is not str or not change.keys() <= _CHANGE_KEYS:
            at = f"{path}.changes[{place}]"
            yield Finding.of(WRONG, path=at, expected="a change with path, old and new")


def _object_problems(
    found: Mapping[Any, Any], known: Mapping[str, Check], required: Any, path: str
) -> Iterator[Finding]:
    for key, value in found.items():
        if key not in known:
            name = ascii(str(key))[1:-1][:100]
            yield Finding.of(UNKNOWN, path=path + write((name,))[1:])
        elif value is not None and not known[key][1](value):
            yield Finding.of(WRONG, path=f"{path}.{key}", expected=known[key][0])
    for key in required:
        if found.get(key) is None:
            yield Finding.of(MISSING, path=f"{path}.{key}")
