"""Stored formats carry a number; older ones are brought up to date, newer ones refused."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from jobkit.errors import Invalid, Unsupported
from jobkit.findings import Template
from jobkit.history._event import FORMAT
from jobkit.history._shape import MISSING, WRONG

NEWER = Template(
    "history.newer_format",
    "The event at {path} is in format {format}, and this release reads formats up to {newest}.",
    "Read it with a newer release of jobkit.",
)


def format_of(document: Any, path: str = "$") -> int:
    """Return the number of a document's format; a newer one, or none at all, is refused."""
    if not isinstance(document, Mapping):
        raise Invalid.of(WRONG, path=path, expected="an object")
    number = document.get("format")
    if number is None:
        raise Invalid.of(MISSING, path=f"{path}.format")
    if type(number) is not int or number < 0:
        raise Invalid.of(WRONG, path=f"{path}.format", expected="a whole number of at least 0")
    if number > FORMAT:
        raise Unsupported.of(NEWER, path=path, format=number, newest=FORMAT)
    return number


def upcast(document: Mapping[str, Any], path: str = "$") -> dict[str, Any]:
    """
    Return the document in the format of this release, step by step through every format between.

    The given document is left as it is. A newer format is `Unsupported`.

    >>> upcast({"format": 0, "actor": "anna", "at": "2026-01-05T08:00:00.000000Z"})["actor"]
    {'id': 'anna'}
    """
    current = dict(document)
    for number in range(format_of(document, path), FORMAT):
        current = _STEPS[number](current)
    return current


def _from_0(document: Mapping[str, Any]) -> dict[str, Any]:
    """Format 0 wrote the actor as bare text, one time `at`, and each change as a list of three."""
    kept = {key: value for key, value in document.items() if key not in ("at", "actor", "format", "changes")}
    return {
        **kept,
        "actor": {"id": document.get("actor")},
        "occurred_at": document.get("at"),
        "recorded_at": document.get("recorded_at") or document.get("at"),
        "changes": _from_triples(document.get("changes") or ()),
        "format": 1,
    }


def _from_triples(changes: Any) -> Any:
    if not isinstance(changes, list | tuple) or not all(_is_triple(change) for change in changes):
        return changes
    return [{"path": path, "old": old, "new": new} for path, old, new in changes]


def _is_triple(change: Any) -> bool:
    return isinstance(change, list | tuple) and len(change) == 3


_STEPS: Final[Mapping[int, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {0: _from_0}
