"""Verification: which entries of a chain were changed, replaced, removed, inserted, moved or cut off."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from jobkit.errors import Invalid, Tampered
from jobkit.findings import Finding, Template
from jobkit.history._document import document_at, event_hash
from jobkit.history._event import Event, Head
from jobkit.history._read import read_event
from jobkit.paths import Item, join

CHANGED = Template(
    "history.changed",
    "Entry {seq}, event {event}, was changed after it was sealed.",
    "Restore entry {seq} from a backup.",
)
REPLACED = Template(
    "history.replaced",
    "Entry {seq}, event {event}, was replaced: what follows was sealed after another entry.",
    "Restore entry {seq} from a backup.",
)
REMOVED = Template(
    "history.removed",
    "The chain lacks {entries} before event {event}.",
    "Restore {entries} from a backup.",
)
TRUNCATED = Template(
    "history.truncated",
    "The chain lacks {entries} at its end, after event {event}.",
    "Restore {entries} from a backup.",
)
INSERTED = Template(
    "history.inserted",
    "Event {event}, numbered {seq}, was inserted: it has no place in this chain.",
    "Take event {event} out and keep it for the inquiry.",
)
MOVED = Template(
    "history.moved",
    "Entry {seq}, event {event}, does not stand in its place.",
    "Put the entries back in the order of their numbers.",
)
REWRITTEN = Template(
    "history.rewritten",
    "Entry {seq}, event {event}, is not the one that the exported head names.",
    "Restore the history from a backup that was made when the head was exported.",
)


@attrs.frozen(kw_only=True)
class Verification:
    """What was found in a chain of *count* entries; each finding names the entry's number and event id."""

    count: int
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@attrs.frozen
class _Chain:
    """The entries under suspicion, with what is known about each so far."""

    entries: tuple[Event, ...]
    changed: frozenset[int]
    head: Head | None
    after: Head | None

    @property
    def first(self) -> int:
        """The number with which the entries should begin."""
        return self.after.seq + 1 if self.after else 1

    def sound(self, place: int) -> bool:
        """Whether the entry at *place* has the hash that belongs to it."""
        return place not in self.changed


def verify(events: Iterable[Event], head: Head | None = None, after: Head | None = None) -> Verification:
    """
    Find every entry that was changed, replaced, removed, inserted, moved or cut off, and say which.

    Only an exported *head* can tell that entries were cut off the end, or that the whole chain was rewritten.
    With *after* the chain is the rest of one that was verified up to there.
    """
    entries = tuple(events)
    changed = frozenset(place for place, event in enumerate(entries) if _is_changed(event))
    chain = _Chain(entries, changed, head, after)
    strangers = _strangers(chain)
    members = [place for place in range(len(entries)) if place not in strangers]
    findings = (
        *(_found(CHANGED, entries[place]) for place in sorted(changed)),
        *(_found(INSERTED, entries[place]) for place in sorted(strangers - changed)),
        *_moved(chain, members),
        *_removed(chain, members),
        *_replaced(chain, members),
        *_ended(chain, members),
    )
    return Verification(count=len(entries), findings=findings)


def check(events: Iterable[Event], head: Head | None = None, after: Head | None = None) -> None:
    """Verify a chain and raise `Tampered` with every finding if there is one."""
    verification = verify(events, head, after)
    if not verification.ok:
        raise Tampered(verification.findings)


def _found(template: Template, event: Event) -> Finding:
    return Finding.of(template, path=join("$.events", Item(event.id)), seq=event.seq, event=event.id)


def _lacking(template: Template, first: int, last: int, neighbour: Event | None) -> Finding:
    entries = f"entry {first}" if first == last else f"entries {first} to {last}"
    place = join("$.events", Item(neighbour.id)) if neighbour else "$.events"
    id = neighbour.id if neighbour else "none"
    return Finding.of(template, path=place, seq=first, last=last, entries=entries, event=id)


def _strangers(chain: _Chain) -> frozenset[int]:
    """Places of entries that belong to another job, or whose number is taken by the entry that is linked."""
    job_id = _job_of(chain)
    taken: dict[int, int] = {}
    links = {(event.seq - 1, event.prev) for event in chain.entries}
    links |= {(chain.head.seq, chain.head.hash)} if chain.head else set()
    strangers = set()
    for place, event in enumerate(chain.entries):
        if event.job_id != job_id or event.seq < chain.first:
            strangers.add(place)
            continue
        rival = taken.setdefault(event.seq, place)
        if rival != place:
            kept = max(rival, place, key=lambda each: _standing(chain, each, links))
            taken[event.seq] = kept
            strangers.add(place if kept == rival else rival)
    return frozenset(strangers)


def _job_of(chain: _Chain) -> str | None:
    known = chain.head or chain.after
    if known:
        return known.job_id
    counted = Counter(event.job_id for event in chain.entries).most_common(1)
    return counted[0][0] if counted else None


def _standing(chain: _Chain, place: int, links: set[tuple[int, str]]) -> tuple[bool, bool, int]:
    event = chain.entries[place]
    return chain.sound(place), (event.seq, event.hash) in links, -place


def _moved(chain: _Chain, members: Sequence[int]) -> Iterator[Finding]:
    furthest = 0
    for place in members:
        event = chain.entries[place]
        if event.seq < furthest:
            yield _found(MOVED, event)
        elif chain.sound(place):
            furthest = event.seq


def _removed(chain: _Chain, members: Sequence[int]) -> Iterator[Finding]:
    last = _last(chain, members)
    known = chain.first - 1
    for event in _in_order(chain, members):
        # A changed entry may claim any number; only a sound one, or the head, shows how far the chain goes.
        if event.seq > last:
            return
        if event.seq > known + 1:
            yield _lacking(REMOVED, known + 1, event.seq - 1, event)
        known = event.seq


def _replaced(chain: _Chain, members: Sequence[int]) -> Iterator[Finding]:
    seals = {chain.first - 1: chain.after.hash if chain.after else ""}
    seals |= {chain.entries[place].seq: chain.entries[place].hash for place in members}
    by_number = {chain.entries[place].seq: place for place in members}
    for place in members:
        event = chain.entries[place]
        earlier = by_number.get(event.seq - 1, place)
        if event.prev == seals.get(event.seq - 1, event.prev) or not chain.sound(place):
            continue
        if chain.sound(earlier):
            yield _found(REPLACED, chain.entries[earlier])


def _ended(chain: _Chain, members: Sequence[int]) -> Iterator[Finding]:
    head = chain.head
    if head is None:
        return
    reached = [event for event in _in_order(chain, members) if event.seq <= head.seq]
    last = reached[-1] if reached else None
    if last is None or last.seq < head.seq:
        yield _lacking(TRUNCATED, last.seq + 1 if last else chain.first, head.seq, last)
    elif last.hash != head.hash and not _is_changed(last):
        yield _found(REWRITTEN, last)


def _in_order(chain: _Chain, members: Sequence[int]) -> list[Event]:
    return sorted((chain.entries[place] for place in members), key=lambda event: event.seq)


def _last(chain: _Chain, members: Sequence[int]) -> int:
    numbers = [chain.entries[place].seq for place in members if chain.sound(place)]
    return max([*numbers, chain.head.seq if chain.head else 0])


def _is_changed(event: Event) -> bool:
    try:
        return event_hash(event) != event.hash or not _tells_its_original(event)
    except Invalid:
        return True


def _tells_its_original(event: Event) -> bool:
    if event.original is None:
        return True
    told = read_event({**event.original, "hash": event.hash})
    return _content(told) == _content(event)


def _content(event: Event) -> dict[str, object]:
    return document_at(attrs.evolve(event, original=None), event.seq, event.prev)
