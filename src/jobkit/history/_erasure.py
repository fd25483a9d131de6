"""Erasure: private values leave the events for good, and the chain still verifies."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from jobkit.history._event import Event, FieldChange
from jobkit.history._facts import offered
from jobkit.mappings import FrozenMap
from jobkit.paths import parse
from jobkit.privacy import Erased, Redacted


def private_values(event: Event) -> tuple[Redacted, ...]:
    """
    Return the private values that *event* carries, each once, in the order in which they stand in it.

    A store keeps their texts and salts apart, under their digests; erased values are not among them.
    """
    found = (leaf for part in _parts(event) for leaf in _leaves(part) if isinstance(leaf, Redacted))
    return tuple({leaf.digest: leaf for leaf in found}.values())


def has_erased(event: Event) -> bool:
    """Whether a private value of *event* was erased."""
    return any(isinstance(leaf, Erased) for part in _parts(event) for leaf in _leaves(part))


def erase(events: Iterable[Event], digests: Iterable[str]) -> tuple[Event, ...]:
    """
    Return the events with every private value of these *digests* erased; seals stay as they are and hold.

    A digest that no event carries changes nothing.
    """
    gone = frozenset(digests)
    return tuple(_erased(event, gone) for event in events)


def _parts(event: Event) -> Iterator[Any]:
    for change in event.changes:
        yield change.old
        yield change.new
    yield event.data


def _leaves(value: Any) -> Iterator[Redacted | Erased]:
    if isinstance(value, Redacted | Erased):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)


def _erased(event: Event, gone: Collection[str]) -> Event:
    if not any(leaf.digest in gone for leaf in private_values(event)):
        return event
    return map_values(event, lambda leaf: Erased(leaf.digest) if leaf.digest in gone else leaf)


def map_values(event: Event, turn: Callable[[Redacted], Redacted | Erased]) -> Event:
    """Return *event* with *turn* applied to each of its private values."""
    changes = tuple(
        FieldChange(told.path, _mapped(told.old, turn), _mapped(told.new, turn)) for told in event.changes
    )
    return attrs.evolve(event, changes=changes, data=FrozenMap(_mapped(event.data, turn)))


def _mapped(value: Any, turn: Callable[[Redacted], Redacted | Erased]) -> Any:
    if isinstance(value, Redacted):
        return turn(value)
    if isinstance(value, Mapping):
        return {key: _mapped(item, turn) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, turn) for item in value]
    return value


def private_digests(events: Iterable[Event], under: str = "$") -> tuple[str, ...]:
    """
    Return the digests of every private value at or below the path *under*, each once.

    Changes that a device offered and that were not applied count too. `contacts[]` means every item. For the
    root that includes what notes and other data carry. What is not a path is refused.
    """
    names = _names(under)
    found: dict[str, None] = {}
    for event in events:
        for part in _parts_under(event, names):
            found |= dict.fromkeys(leaf.digest for leaf in _leaves(part))
    return tuple(found)


def _names(path: str) -> tuple[str | None, ...]:
    # An entry of a map may be spelled .name or [name]: for finding what is private both are one.
    return tuple(step if isinstance(step, str) else step.id for step in parse(path))


def _parts_under(event: Event, names: tuple[str | None, ...]) -> Iterator[Any]:
    for change in offered(event).changes:
        place = _names(change.path)
        if all(asked in (None, there) for asked, there in zip(names, place, strict=False)):
            for part in (change.old, change.new):
                yield from _below(part, names[len(place) :])
    if not names:
        yield event.data


def _below(part: Any, names: tuple[str | None, ...]) -> Iterator[Any]:
    """Yield what stands below *names* in plain data; list items go by their id, None is every one."""
    if not names:
        yield part
        return
    first, *rest = names
    for name, item in _entries(part):
        if first is None or first == name:
            yield from _below(item, tuple(rest))


def _entries(part: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(part, Mapping):
        yield from part.items()
    elif isinstance(part, list | tuple):
        yield from ((item.get("id") if isinstance(item, Mapping) else None, item) for item in part)
