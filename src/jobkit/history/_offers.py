"""Offers: what devices recorded on their own, made comparable before any of it is judged."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from jobkit.findings import Finding, Template
from jobkit.history._accept import CLOCK_AHEAD, CLOCK_BEHIND, accept
from jobkit.history._event import Event, Head
from jobkit.history._facts import claim_of, offered
from jobkit.history._timeline import timeline_key

UNKNOWN_BASE = Template(
    "history.unknown_base",
    "Event {event} builds on entry {seq} of job {job}, which is not in this history as the device knows it.",
    "Let the device fetch job {job} again and record event {event} anew.",
)
OTHER_JOB = Template(
    "history.offered_elsewhere",
    "Event {event} belongs to job {found} and was offered to job {job}.",
    "Offer event {event} to job {found}.",
)
SAME_ID = Template(
    "history.same_id",
    "Event {event} of {origin} has the id or number of event {other}, but says something else.",
    "Decide which of the two holds, and record what is missing as a new event.",
)

Name = str | tuple[str, int]


@attrs.frozen(kw_only=True)
class EventSet:
    """
    The unsealed events that one device recorded on its own, after the entry that it knew as the last.

    `origin` stands in for events that name none; without a `base` it is the base of the merge. Each event's
    `claimed_at`, or else `occurred_at`, is the device's word; `origin_seq` counts from 1 on the device.
    """

    origin: str
    events: tuple[Event, ...]
    base: Head | None = None


@attrs.frozen(kw_only=True)
class Offer:
    """One event with its accepted time, the digest of its claim, and what already speaks against it."""

    event: Event
    claim: str
    floor: datetime
    refusal: Finding | None = None
    twin: Finding | None = None
    fact_id: str | None = None

    @property
    def turn(self) -> tuple[str, int, datetime, str, str]:
        """What orders the offers of a device as it made them, however they arrived."""
        event = self.event
        return event.origin, event.origin_seq, event.claimed_at or event.occurred_at, self.claim, event.id

    @property
    def moment(self) -> tuple[tuple[datetime, str, int, int, str], str]:
        """What orders offers on the timeline."""
        return timeline_key(self.event), self.claim


@attrs.frozen(kw_only=True)
class Ground:
    """What a merge stands on: the base, what was sealed since, and the instant of recording."""

    base: Head
    since: tuple[Event, ...]
    recorded_at: datetime

    def floor_of(self, head: Head | None) -> datetime | None:
        """Return when the entry that a device builds on occurred; None if this history has no such entry."""
        if head is None or head == self.base:
            return self.base.at or self.recorded_at
        known = (event for event in self.since if (event.seq, event.hash) == (head.seq, head.hash))
        return next((event.occurred_at for event in known), None)


def gather(sets: Iterable[EventSet], ground: Ground) -> tuple[tuple[Offer, ...], tuple[Event, ...]]:
    """Return the offers in timeline order, each once with its accepted time, and the events said before."""
    distinct = {
        (offer.claim, offer.event.id, offer.event.job_id): offer
        for offer in sorted(_offers(sets, ground), key=_strictest)
    }
    kept, doubled = _told_apart(sorted(distinct.values(), key=lambda offer: offer.turn), ground)
    accepted = _accepted(kept, ground)
    return tuple(sorted(accepted, key=lambda offer: offer.moment)), doubled


def _strictest(offer: Offer) -> tuple[bool, datetime]:
    # Of an event that was sent with several bases, the last one put in the table is the most credible.
    return offer.refusal is None, offer.floor


def _offers(sets: Iterable[EventSet], ground: Ground) -> Iterator[Offer]:
    for told in sets:
        floor = ground.floor_of(told.base)
        for event in told.events:
            own = _unsealed(event, told.origin)
            yield Offer(
                event=own,
                claim=claim_of(own),
                floor=floor or ground.recorded_at,
                refusal=_refusal(own, told.base, floor, ground),
            )


def _unsealed(event: Event, origin: str) -> Event:
    return attrs.evolve(
        offered(event),
        origin=event.origin or origin,
        claimed_at=event.claimed_at or event.occurred_at,
        seq=0,
        prev="",
        hash="",
    )


def _refusal(event: Event, base: Head | None, floor: datetime | None, ground: Ground) -> Finding | None:
    job = ground.base.job_id
    if event.job_id != job:
        return Finding.of(OTHER_JOB, path="$.job_id", event=event.id, found=event.job_id, job=job)
    if floor is None and base is not None:
        return Finding.of(UNKNOWN_BASE, path="$.base", event=event.id, seq=base.seq, job=job)
    return None


class _Register:
    """Who took which id and which number on a device first, and all that was said under it."""

    def __init__(self, recorded: Iterable[Event]) -> None:
        self._said: dict[Name, dict[str, str]] = {}
        for event in recorded:
            self._note(offered(event), claim_of(event))

    def take(self, offer: Offer) -> Offer:
        """Note what *offer* says under its names, and return it."""
        self._note(offer.event, offer.claim)
        return offer

    def standing(self, offer: Offer) -> str | None:
        """Return the id of the event that first took a name of *offer*."""
        taken = (self._said[name] for name in _names(offer.event) if name in self._said)
        return next((next(iter(said.values())) for said in taken), None)

    def said_under(self, offer: Offer) -> frozenset[str]:
        """Return every claim made under a name of *offer*."""
        return frozenset(claim for name in _names(offer.event) for claim in self._said.get(name, ()))

    def _note(self, event: Event, claim: str) -> None:
        for name in _names(event):
            self._said.setdefault(name, {}).setdefault(claim, event.id)


def _names(event: Event) -> tuple[Name, ...]:
    return (event.id, (event.origin, event.origin_seq)) if event.origin_seq else (event.id,)


def _told_apart(offers: Iterable[Offer], ground: Ground) -> tuple[list[Offer], tuple[Event, ...]]:
    """Drop what was said before; mark what has another event's id or number but says something else."""
    register = _Register(ground.since)
    kept, doubled = [], []
    for offer in offers:
        standing = register.standing(offer)
        if standing is None:
            kept.append(register.take(offer))
        elif offer.claim in register.said_under(offer):
            doubled.append(offer.event)
        else:
            kept.append(register.take(_as_twin(offer, standing)))
    return kept, tuple(doubled)


def _as_twin(offer: Offer, other: str) -> Offer:
    event = offer.event
    found = Finding.of(SAME_ID, path="$.id", event=event.id, origin=event.origin or "the server", other=other)
    return attrs.evolve(offer, fact_id=f"{event.id}~{offer.claim[:16]}", twin=found)


def _accepted(offers: Iterable[Offer], ground: Ground) -> Iterator[Offer]:
    """Give each offer its accepted time: no earlier than its base, nor than what its device did before."""
    recorded = (Offer(event=event, claim="", floor=event.occurred_at) for event in ground.since)
    reached: dict[str, datetime] = {}
    for offer in sorted([*offers, *recorded], key=lambda offer: offer.turn):
        origin = offer.event.origin
        floor = max(offer.floor, reached.get(origin, offer.floor))
        if offer.event.is_sealed:
            reached[origin] = floor
            continue
        occurred_at, flags = accept(offer.event.claimed_at, floor, ground.recorded_at)
        reached[origin] = occurred_at
        yield attrs.evolve(offer, event=_dated(offer.event, occurred_at, flags, ground.recorded_at))


def _dated(event: Event, occurred_at: datetime, flags: tuple[str, ...], recorded_at: datetime) -> Event:
    kept = tuple(flag for flag in event.flags if flag not in (CLOCK_AHEAD, CLOCK_BEHIND))
    return attrs.evolve(event, occurred_at=occurred_at, recorded_at=recorded_at, flags=(*kept, *flags))
