"""How a fact is reached in what the host hands in: mappings by key, other values by attribute."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import attrs

from jobkit.conditions._values import UNKNOWN
from jobkit.errors import JobkitError
from jobkit.paths import Item, Step, write
from jobkit.privacy import Erased, Redacted
from jobkit.registry import guarded

Reach = Callable[[Any], Any]

MISSING: Final = (AttributeError, KeyError, TypeError, IndexError)
HIDDEN: Final = frozenset({"salt", "digest"})
"""Attributes of private values, which no condition reaches."""


@attrs.frozen
class Found:
    """One value with the concrete path at which it was found."""

    path: str
    value: Any


class _Unlisted:
    """The type of `UNLISTED`."""

    __slots__ = ()


UNLISTED: Final = _Unlisted()
"""In place of the items of a list that is itself unknown."""


@lru_cache(maxsize=4096)
def reach(steps: tuple[Step, ...]) -> Reach:
    """Return a getter for *steps* (without `[]`) that gives the raw value, or None where it is missing."""
    if all(isinstance(step, str) and step not in HIDDEN for step in steps):
        return _by_names(tuple(str(step) for step in steps))
    return _by_steps(steps)


def _by_names(names: tuple[str, ...]) -> Reach:
    if len(names) == 1:
        return _by_name(names[0])

    def get(facts: Any) -> Any:
        here = facts
        try:
            for name in names:
                here = here[name] if isinstance(here, dict) else getattr(here, name)
        except MISSING:
            return careful(facts, names)
        except Exception:
            return failing(facts, names)
        # A method of a mapping may hide the entry of the same name.
        return careful(facts, names) if callable(here) else here

    return get


def _by_name(name: str) -> Reach:
    def get(facts: Any) -> Any:
        try:
            value = facts[name] if isinstance(facts, dict) else getattr(facts, name)
        except MISSING:
            return careful(facts, (name,))
        except Exception:
            return failing(facts, (name,))
        return careful(facts, (name,)) if callable(value) else value

    return get


def _by_steps(steps: tuple[Step, ...]) -> Reach:
    if any(step in HIDDEN for step in steps):
        return lambda facts: failing(facts, steps)
    keys = tuple((step.id, False) if isinstance(step, Item) else (step, True) for step in steps)

    def get(facts: Any) -> Any:
        here = facts
        try:
            for key, is_name in keys:
                if isinstance(here, dict):
                    here = here[key]
                elif is_name:
                    here = getattr(here, key or "")
                else:
                    return careful(facts, steps)
        except MISSING:
            return careful(facts, steps)
        except Exception:
            return failing(facts, steps)
        return careful(facts, steps) if callable(here) else here

    return get


def careful(facts: Any, steps: tuple[Step, ...]) -> Any:
    """Walk *steps* one by one; what is not there is None."""
    here = facts
    for step in steps:
        here = _by_id(here, step.id) if isinstance(step, Item) else _by_key(here, step)
        if here is None:
            return None
    return here


def failing(facts: Any, steps: tuple[Step, ...]) -> Any:
    """Walk once more under guard: what a host's property or mapping raises is wrapped with its path."""
    try:
        return guarded("fact", write(steps), careful, facts, steps)
    except JobkitError as error:
        if error.kind == "unavailable":
            return None
        raise


def _by_key(here: Any, name: str) -> Any:
    if isinstance(here, dict):
        return here.get(name)
    if isinstance(here, (Redacted, Erased)):
        return None
    value = getattr(here, name, None)
    if value is not None and not callable(value):
        return value
    return _in_mapping(here, name)


def _in_mapping(here: Any, name: str) -> Any:
    if not isinstance(here, Mapping):
        return None
    try:
        return here[name]
    except MISSING:
        return None


def _by_id(here: Any, id: str | None) -> Any:
    if isinstance(here, Mapping):
        return _in_mapping(here, str(id))
    if isinstance(here, (tuple, list)):
        return next((item for item in here if id_of(item) == id), None)
    return _by_key(here, str(id)) if isinstance(id, str) and not id.startswith("_") else None


def id_of(item: Any) -> str | None:
    """Return the id of a list item, or None if it has none."""
    id = item.get("id") if isinstance(item, Mapping) else getattr(item, "id", None)
    return id if isinstance(id, str) else None


def listed(value: Any) -> list[tuple[str | None, Any]] | None:
    """Return the items of a list or map with their ids; None if it is neither."""
    if isinstance(value, (tuple, list, set, frozenset)):
        return [(id_of(item), item) for item in value]
    if isinstance(value, Mapping):
        return [(str(key), item) for key, item in value.items()]
    return None


def each_of(value: Any) -> Iterable[Any] | None:
    """Return the items of a list or map alone; None if it is neither."""
    if isinstance(value, (tuple, list, set, frozenset)):
        return value
    return value.values() if isinstance(value, Mapping) else None


@lru_cache(maxsize=4096)
def split(steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], ...]:
    """
    Split *steps* at each `[]`.

    >>> split(("parts", Item(None), "status"))
    (('parts',), ('status',))
    """
    runs: list[tuple[Step, ...]] = [()]
    for step in steps:
        if isinstance(step, Item) and step.id is None:
            runs.append(())
        else:
            runs[-1] += (step,)
    return tuple(runs)


def find_all(facts: Any, steps: tuple[Step, ...]) -> Iterator[Found]:
    """Yield every value that *steps* name, `[]` unrolled; an unknown list yields one `UNLISTED`."""
    runs = split(steps)
    yield from _unroll(facts, runs, ())


def find_values(facts: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Yield every value that *steps* name without telling where it stands; none of an unknown list."""
    head, *tail = split(steps)
    here = [reach(head)(facts) if head else facts]
    for run in tail:
        items = (item for each in here for item in each_of(each) or ())
        here = [reach(run)(item) if run else item for item in items]
    yield from here


def _unroll(here: Any, runs: tuple[tuple[Step, ...], ...], before: tuple[Step, ...]) -> Iterator[Found]:
    head, *tail = runs
    value = reach(head)(here) if head else here
    at = (*before, *head)
    if not tail:
        yield Found(write(at).removeprefix("$."), value)
        return
    items = None if value is UNKNOWN else listed(value)
    if items is None:
        yield Found(write((*at, Item(None))).removeprefix("$."), UNLISTED)
        return
    for id, item in items:
        yield from _unroll(item, tuple(tail), (*at, Item(id)))
