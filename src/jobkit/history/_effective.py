"""A history with merges left out: what counts of it once a merge was undone, and for whom."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.documents import structure
from jobkit.history._event import Event, FieldChange
from jobkit.instants import write_instant
from jobkit.mappings import EMPTY
from jobkit.model import Job, blank, put_all
from jobkit.paths import Item, Step, join, parse, write

MERGED: Final = "merged"
"""The kind of the event by which a job ends and another one answers for it."""

ABSORBED: Final = "absorbed"
"""The kind of the event by which a job takes over what a merged one had."""

UNMERGED: Final = "unmerged"
"""The kind of the event by which a merge is left out of a history, on either side."""

Items = Mapping[str, Mapping[str, str]]
"""Items that were taken over, per list: the id that each has on the survivor, and the one at its owner."""


def effective(events: Iterable[Event]) -> tuple[Event, ...]:
    """
    Return what counts of a history: undone merges are left out, with what belongs to the other side since.

    Of an event that changes items of both sides only the own part of the changes is left. What a job owns of
    the time when another one answered for it comes as events of its own. A history without undone merges is
    returned as it is.
    """
    told = tuple(events)
    if all(event.kind != UNMERGED for event in told):
        return told
    counting: list[Event] = []
    for event in told:
        if event.kind == UNMERGED:
            counting = _without(counting, event)
        else:
            counting.append(event)
    return tuple(counting)


def fold_effective(events: Iterable[Event]) -> Job:
    """
    Return the job that the counting part of a history makes; what does not fit without the rest is refused.
    """
    told = tuple(events)
    changes = [(change.path, change.new) for event in effective(told) for change in event.changes]
    return put_all(blank(told[0].job_id), changes)


def items_of(absorbed: Event) -> Items:
    """Return the items that an `absorbed` event took over; what cannot be read as such is refused."""
    taken: Items = _read(absorbed, "taken", Items, EMPTY)
    return taken


def given_by(undo: Event) -> frozenset[str]:
    """Return the events that went to the member, by the `unmerged` event of a survivor."""
    return frozenset(_read(undo, "owned", tuple[str, ...]))


def since(events: Iterable[Event], id: str) -> tuple[Event | None, tuple[Event, ...]]:
    """Return the counting event *id* and those that count after it."""
    counting = effective(events)
    place = next((place for place, event in enumerate(counting) if event.id == id), None)
    return (None, ()) if place is None else (counting[place], counting[place + 1 :])


def owned_share(event: Event, items: Items, whole: bool) -> tuple[FieldChange, ...]:
    """
    Return the changes of a later event that belong to the owner of the *items*, as they are called there.

    With *whole* that is all of them.
    """
    return tuple(_shared(event.changes, items, others=whole))


def kept_share(event: Event, items: Items) -> tuple[FieldChange, ...]:
    """Return the changes of a later event that do not belong to the owner of the *items*."""
    return tuple(_own(event.changes, items))


def owned_events(undo: Event) -> tuple[Event, ...]:
    """Return what a job owns of the time of a merge, as its `unmerged` event tells it: events of its own."""
    return tuple(_owned(undo))


def as_owned(event: Event, changes: Iterable[FieldChange]) -> dict[str, Any]:
    """Return a share of an event as the data of an `unmerged` event keeps it."""
    return {
        "id": event.id,
        "kind": event.kind,
        "name": event.name,
        "at": write_instant(event.occurred_at),
        "changes": [{"path": each.path, "old": each.old, "new": each.new} for each in changes],
    }


def _without(counting: list[Event], undo: Event) -> list[Event]:
    """Return the events without the merge that *undo* names; its own changes follow from that."""
    place = next((place for place, event in enumerate(counting) if event.id == undo.data.get("undoes")), None)
    quiet = attrs.evolve(undo, changes=())
    if place is None:
        return [*counting, quiet]
    left, later = counting[:place], counting[place + 1 :]
    if counting[place].kind == MERGED:
        return [*left, *later, *_owned(undo), quiet]
    given, items = given_by(undo), items_of(counting[place])
    return [*left, *(_kept(event, counting[place], items, given) for event in later), quiet]


@attrs.frozen(kw_only=True)
class _Change:
    """One change of an owned event, as its data keep it."""

    path: str
    old: Any = None
    new: Any = None


@attrs.frozen(kw_only=True)
class _Share:
    """What a job owns of one event, as the data of an `unmerged` event keep it."""

    id: str
    kind: str
    name: str = ""
    at: datetime
    changes: tuple[_Change, ...] = ()


def _read(event: Event, name: str, kind: Any, otherwise: Any = ()) -> Any:
    """Return what an event tells under *name*; histories from elsewhere may hold anything there."""
    place = join("$.events", Item(event.id), "data", name)
    return structure(kind, event.data.get(name, otherwise), place)


def _owned(undo: Event) -> Iterator[Event]:
    for told in _read(undo, "owned", tuple[_Share, ...]):
        yield attrs.evolve(
            undo,
            id=told.id,
            kind=told.kind,
            name=told.name,
            occurred_at=told.at,
            changes=tuple(FieldChange(each.path, each.old, each.new) for each in told.changes),
            data=EMPTY,
        )


def _kept(event: Event, absorbed: Event, items: Items, given: Collection[str]) -> Event:
    """Return a later event of the survivor with the changes that are its own."""
    if event.id in given:
        return attrs.evolve(event, changes=())
    changes = tuple(_own(event.changes, items))
    if event.kind == ABSORBED:
        brought = {change.path: _more(change) for change in absorbed.changes}
        changes = tuple(_rebased(change, brought.get(change.path, ()), event) for change in changes)
    return event if changes == event.changes else attrs.evolve(event, changes=changes)


def _more(change: FieldChange) -> tuple[str, ...]:
    """Return what a change adds to a list of plain texts."""
    if not isinstance(change.new, (list, tuple)):
        return ()
    old = change.old if isinstance(change.old, (list, tuple)) else ()
    return tuple(each for each in change.new if isinstance(each, str) and each not in old)


def _rebased(change: FieldChange, gone: Collection[str], absorbed: Event) -> FieldChange:
    """Take out of a list what only the merge that is left out had brought."""
    if not gone or not isinstance(change.new, (list, tuple)):
        return change
    brings = _read(absorbed, "brings", Mapping[str, tuple[str, ...]], EMPTY).get(change.path, ())
    return attrs.evolve(change, new=[each for each in change.new if each not in gone or each in brings])


def _own(changes: Iterable[FieldChange], items: Items) -> Iterator[FieldChange]:
    for change in changes:
        field, rest = _place(change.path, items)
        if field is None:
            yield change
        elif not rest:
            yield attrs.evolve(change, new=_others(change.new, items[field]))


def _others(value: Any, taken: Mapping[str, str]) -> Any:
    listed = value if isinstance(value, (list, tuple)) else ()
    return [item for item in listed if _item_id(item) not in taken]


def _shared(changes: Iterable[FieldChange], items: Items, others: bool) -> Iterator[FieldChange]:
    for change in changes:
        field, rest = _place(change.path, items)
        if field is None:
            if others:
                yield change
        elif rest:
            yield _renamed(change, field, rest, items[field])
        else:
            yield from _one_by_one(change, field, items[field])


def _place(path: str, items: Items) -> tuple[str | None, tuple[Step, ...]]:
    """Return the list among *items* that a path leads into, and the way on from there to an item of it."""
    steps = parse(path)
    for field, taken in items.items():
        head = parse(field)
        if steps[: len(head)] != head:
            continue
        rest = steps[len(head) :]
        if not rest or _id(rest[0]) in taken:
            return field, rest
    return None, ()


def _id(step: Step) -> str | None:
    return step.id if isinstance(step, Item) else step


def _renamed(
    change: FieldChange, field: str, rest: tuple[Step, ...], taken: Mapping[str, str]
) -> FieldChange:
    own = taken[str(_id(rest[0]))]
    path = write((*parse(field), Item(own), *rest[1:]))
    whole = len(rest) == 1
    old, new = (_called(value, own) if whole else value for value in (change.old, change.new))
    return FieldChange(path, old, new)


def _one_by_one(change: FieldChange, field: str, taken: Mapping[str, str]) -> Iterator[FieldChange]:
    """Yield what a list that was written whole says of each item taken over."""
    listed = change.new if isinstance(change.new, (list, tuple)) else ()
    items = {_item_id(item): item for item in listed}
    for id, own in taken.items():
        path = write((*parse(field), Item(own)))
        yield FieldChange(path, None, _called(items.get(id), own))


def _item_id(item: Any) -> str | None:
    id = item.get("id") if isinstance(item, Mapping) else None
    return id if isinstance(id, str) else None


def _called(item: Any, id: str) -> Any:
    return {**item, "id": id} if isinstance(item, Mapping) and "id" in item else item
