"""Merging: what several devices recorded on their own becomes one continuation of the history."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit.errors import Invalid, JobkitError, NotFound, RuleFailed
from jobkit.findings import Finding, Template, blocking
from jobkit.history._canonical import canonical, declared
from jobkit.history._event import Event, FieldChange, Head
from jobkit.history._facts import CONFLICT, REJECTED, kept_as
from jobkit.history._fold import EMPTY_HISTORY, apply, fold
from jobkit.history._offers import EventSet, Ground, Offer, gather
from jobkit.history._timeline import timeline_key
from jobkit.instants import utc
from jobkit.model import Job, put, take
from jobkit.paths import Step, parse

Judge = Callable[[Job, Event], Iterable[Finding]]
"""Says what speaks against an event on the job as it stands; blocking findings reject it."""

OVERTAKEN = Template(
    "history.overtaken",
    "Event {event} would make {path} {offered}, but event {other} had made it {standing}.",
    "Decide which value holds, and amend {path} if it is the other one.",
)
JUDGE_FAILED = Template(
    "history.judge_failed",
    "The judge {judge} raised {error} on event {event}.",
    "Mend the judge and merge again; nothing was recorded.",
)


@attrs.frozen(kw_only=True)
class Rejection:
    """An event that was not applied, and every reason; `fact` is what is recorded in its place."""

    event: Event
    findings: tuple[Finding, ...]
    fact: Event


@attrs.frozen(kw_only=True)
class Clash:
    """Two values for one path: the one *offered* by an event, and the one *standing* by another."""

    path: str
    old: Any
    offered: Any
    standing: Any
    standing_event: str | None


@attrs.frozen(kw_only=True)
class Conflicting:
    """
    An event that met other values than it was made on: each clash with both values, and who prevailed.

    When the event `prevailed` it was applied, flagged as a conflict; otherwise it was recorded as a fact.
    """

    event: Event
    clashes: tuple[Clash, ...]
    findings: tuple[Finding, ...]
    prevailed: bool


@attrs.frozen(kw_only=True)
class Merged:
    """
    The outcome of a merge: the unsealed *events* to record, in order, and the job that they make.

    Every offered event is in `applied`, `rejected`, `doubled`, or in `conflicting`; one that prevailed in a
    conflict is in `applied` too.
    """

    events: tuple[Event, ...]
    job: Job
    applied: tuple[Event, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    conflicting: tuple[Conflicting, ...] = ()
    doubled: tuple[Event, ...] = ()


def merge(
    base: Head,
    job: Job,
    event_sets: Iterable[EventSet],
    judge: Judge,
    *,
    recorded_at: datetime,
    since: Iterable[Event] = (),
) -> Merged:
    """
    Continue a history by what devices recorded on their own, in the order in which it occurred.

    *job* is the job at *base*, and *since* are the entries sealed after it: what is sent twice is known from
    there on only. The outcome does not depend on the order in which sets and events arrived, nor on how
    often. An event that *judge* refuses, and one that meets a later value than it was made on, are kept as
    facts; events are applied whole or not at all.
    A value that cannot stand in a history is refused, and a judge that raises is a `RuleFailed`.
    """
    sealed = tuple(since)
    ground = Ground(base=base, since=sealed, recorded_at=utc(recorded_at, "$.recorded_at"))
    offers, doubled = gather(event_sets, ground)
    walk = _Walk(fold(sealed, start=job), sealed, judge)
    for offer in offers:
        walk.take(offer)
    return Merged(
        events=tuple(walk.events),
        job=walk.job,
        applied=tuple(walk.applied),
        rejected=tuple(walk.rejected),
        conflicting=tuple(walk.conflicting),
        doubled=doubled,
    )


def rejoin(
    events: Iterable[Event], event_sets: Iterable[EventSet], judge: Judge, *, recorded_at: datetime
) -> Merged:
    """
    Merge what devices recorded into a whole history; what any entry holds already is known as doubled.

    Refuses what `merge` refuses, and a history without events.
    """
    first, *since = tuple(events) or (None,)
    if first is None:
        raise NotFound.of(EMPTY_HISTORY)
    base = Head(first.job_id, first.seq, first.hash, first.occurred_at)
    return merge(base, fold((first,)), event_sets, judge, recorded_at=recorded_at, since=since)


class _Walk:
    """An engine over one merge: the job as far as it has come, who wrote what, and the outcome so far."""

    def __init__(self, job: Job, since: Sequence[Event], judge: Judge) -> None:
        self.job = job
        self.judge = judge
        self.events: list[Event] = []
        self.applied: list[Event] = []
        self.rejected: list[Rejection] = []
        self.conflicting: list[Conflicting] = []
        self._writers = [(parse(told.path), event) for event in since for told in event.changes]

    def take(self, offer: Offer) -> None:
        """Apply one offer, or keep it as a fact."""
        event = offer.event
        known = [finding for finding in (offer.refusal, offer.twin) if finding]
        if known:
            self._keep(offer, known)
            return
        try:
            clashes = self._clashes(event)
        except Invalid as error:
            self._reject(event, error.findings)
            return
        if any(self._is_overtaken(event, clash) for clash in clashes):
            self._concede(event, clashes, tuple(_overtaken(event, clash) for clash in clashes))
        elif refusals := blocking(judged(self.judge, self.job, event)):
            self._reject(event, refusals)
        else:
            self._apply(event, clashes)

    def _keep(self, offer: Offer, findings: Sequence[Finding]) -> None:
        if offer.refusal:
            self._reject(offer.event, findings, offer.fact_id)
        else:
            self._concede(offer.event, (), findings, offer.fact_id)

    def _clashes(self, event: Event) -> tuple[Clash, ...]:
        clashes, job = [], self.job
        for told in event.changes:
            standing = take(job, told.path)
            if not _agree(job, told, standing):
                clashes.append(self._clash(told, standing))
            job = put(job, told.path, told.new)
        return tuple(clashes)

    def _clash(self, told: FieldChange, standing: Any) -> Clash:
        writer = self._writer(told.path)
        return Clash(
            path=told.path,
            old=told.old,
            offered=told.new,
            standing=standing,
            standing_event=writer.id if writer else None,
        )

    def _writer(self, path: str) -> Event | None:
        steps = parse(path)
        writers = [event for written, event in self._writers if _overlap(written, steps)]
        return max(writers, key=timeline_key, default=None)

    def _is_overtaken(self, event: Event, clash: Clash) -> bool:
        writer = self._writer(clash.path)
        return writer is not None and timeline_key(writer)[:3] > timeline_key(event)[:3]

    def _concede(
        self, event: Event, clashes: tuple[Clash, ...], findings: Sequence[Finding], id: str | None = None
    ) -> None:
        fact = kept_as(CONFLICT, event, findings, self.job.id, id)
        self.events.append(fact)
        self.conflicting.append(
            Conflicting(event=event, clashes=clashes, findings=tuple(findings), prevailed=False)
        )

    def _reject(self, event: Event, findings: Sequence[Finding], id: str | None = None) -> None:
        fact = kept_as(REJECTED, event, findings, self.job.id, id)
        self.events.append(fact)
        self.rejected.append(Rejection(event=event, findings=tuple(findings), fact=fact))

    def _apply(self, event: Event, clashes: tuple[Clash, ...]) -> None:
        told = attrs.evolve(event, flags=(*event.flags, CONFLICT)) if clashes else event
        try:
            self.job = apply(self.job, told)
        except Invalid as error:
            self._reject(event, error.findings)
            return
        self.events.append(told)
        self.applied.append(told)
        self._writers += [(parse(change.path), told) for change in told.changes]
        if clashes:
            findings = tuple(_overtaken(event, clash) for clash in clashes)
            self.conflicting.append(
                Conflicting(event=told, clashes=clashes, findings=findings, prevailed=True)
            )


def judged(judge: Judge, job: Job, event: Event) -> tuple[Finding, ...]:
    """Return what *judge* finds; what it raises besides our own errors is a `RuleFailed` with its name."""
    try:
        return tuple(judge(job, event))
    except JobkitError:
        raise
    except Exception as error:
        name = getattr(judge, "__qualname__", type(judge).__name__)
        raise RuleFailed.of(JUDGE_FAILED, judge=name, error=type(error).__name__, event=event.id) from error


def _agree(job: Job, told: FieldChange, standing: Any) -> bool:
    """Whether the device knew the value that stands, or wants the very value that stands."""
    if any(_same(standing, value) for value in (told.old, told.new)):
        return True
    return any(_same(standing, _normal(job, told.path, value)) for value in (told.old, told.new))


def _normal(job: Job, path: str, wire: Any) -> Any:
    try:
        return take(put(job, path, wire), path)
    except Invalid:
        return wire


def _same(one: Any, other: Any) -> bool:
    return one is other or canonical([declared(one)]) == canonical([declared(other)])


def _overlap(one: tuple[Step, ...], other: tuple[Step, ...]) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _overtaken(event: Event, clash: Clash) -> Finding:
    return Finding.of(
        OVERTAKEN,
        path=clash.path,
        event=event.id,
        other=clash.standing_event or "unknown",
        offered=canonical(declared(clash.offered)).decode(),
        standing=canonical(declared(clash.standing)).decode(),
    )
