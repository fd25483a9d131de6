"""Which clocks a change concerns: those that read nothing of what changed stay as they are."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, get_type_hints

import attrs

from jobkit.clocks import Milestone, fields_read
from jobkit.model import Job
from jobkit.paths import Item, Step, parse

Place = tuple[str, str | None]
"""A field of a job and a name below it; without a name, all of the field."""

_ANYTHING: Final[Place] = ("", None)


def concerned(milestone: Milestone, changed: Iterable[str]) -> bool:
    """Whether a clock of *milestone* may say something else once the paths *changed* of its job have."""
    asked = _asked(milestone)
    places = [_place(path) for path in changed]
    return _ANYTHING in (*asked, *places) or any(_meet(one, other) for one in asked for other in places)


@lru_cache(maxsize=256)
def _asked(milestone: Milestone) -> frozenset[Place]:
    fields = fields_read(milestone)
    if fields is None:
        return frozenset({_ANYTHING})
    return frozenset(_place(field.removeprefix("job.")) for field in fields)


def _meet(one: Place, other: Place) -> bool:
    return one[0] == other[0] and (one[1] is None or other[1] is None or one[1] == other[1])


@lru_cache(maxsize=1024)
def _place(path: str) -> Place:
    root, *rest = map(_name, parse(path))
    if root is None or root not in _fields():
        # What is derived, such as the state of the primary facet, may follow from any field.
        return _ANYTHING
    below, name = _fields()[root], rest[0] if rest else None
    return root, name if below is None or name in below else None


def _name(step: Step) -> str | None:
    return step.id if isinstance(step, Item) else step


@lru_cache(maxsize=1)
def _fields() -> Mapping[str, frozenset[str] | None]:
    """Return the fields of a job with those of its parts; None where a list or a map says what there is."""
    return {name: _of_part(hint) for name, hint in get_type_hints(Job).items()}


def _of_part(hint: Any) -> frozenset[str] | None:
    return frozenset(field.name for field in attrs.fields(hint)) if attrs.has(hint) else None
