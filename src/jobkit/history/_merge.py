"""Merging: what several devices recorded on their own becomes one continuation of the history."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import attrs

from jobkit.errors import Invalid, JobkitError, NotFound, RuleFailed
from jobkit.findings import Finding, Template, blocking
from jobkit.history._clashes import Clash, Writers, clashes
from jobkit.history._event import Event, Head
from jobkit.history._facts import CONFLICT, REJECTED, kept_as
from jobkit.history._fold import EMPTY_HISTORY, apply, fold
from jobkit.history._offers import EventSet, Ground, Offer, gather
from jobkit.instants import utc
from jobkit.model import Job

Judge = Callable[[Job, Event], Iterable[Finding]]
"""Says what speaks against an event on the job as it stands; blocking findings reject it."""

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
        self._writers = Writers(since)

    def take(self, offer: Offer) -> None:
        """Apply one offer, or keep it as a fact."""
        event = offer.event
        known = [finding for finding in (offer.refusal, offer.twin) if finding]
        if known:
            self._keep(offer, known)
            return
        try:
            met = clashes(self.job, event, self._writers)
        except Invalid as error:
            self._reject(event, error.findings)
            return
        if any(clash.overtaken for clash in met):
            self._concede(event, met, [clash.finding(event) for clash in met])
        elif refusals := blocking(judged(self.judge, self.job, event)):
            self._reject(event, refusals)
        else:
            self._apply(event, met)

    def _keep(self, offer: Offer, findings: Sequence[Finding]) -> None:
        if offer.refusal:
            self._reject(offer.event, findings, offer.fact_id)
        else:
            self._concede(offer.event, (), findings, offer.fact_id)

    def _concede(
        self, event: Event, met: tuple[Clash, ...], findings: Sequence[Finding], id: str | None = None
    ) -> None:
        fact = kept_as(CONFLICT, event, findings, self.job.id, id)
        self.events.append(fact)
        self.conflicting.append(
            Conflicting(event=event, clashes=met, findings=tuple(findings), prevailed=False)
        )

    def _reject(self, event: Event, findings: Sequence[Finding], id: str | None = None) -> None:
        fact = kept_as(REJECTED, event, findings, self.job.id, id)
        self.events.append(fact)
        self.rejected.append(Rejection(event=event, findings=tuple(findings), fact=fact))

    def _apply(self, event: Event, met: tuple[Clash, ...]) -> None:
        told = attrs.evolve(event, flags=(*event.flags, CONFLICT)) if met else event
        try:
            self.job = apply(self.job, told)
        except Invalid as error:
            self._reject(event, error.findings)
            return
        self.events.append(told)
        self.applied.append(told)
        self._writers.note(told)
        if met:
            findings = tuple(clash.finding(event) for clash in met)
            self.conflicting.append(Conflicting(event=told, clashes=met, findings=findings, prevailed=True))


def judged(judge: Judge, job: Job, event: Event) -> tuple[Finding, ...]:
    """Return what *judge* finds; what it raises besides our own errors is a `RuleFailed` with its name."""
    try:
        return tuple(judge(job, event))
    except JobkitError:
        raise
    except Exception as error:
        name = getattr(judge, "__qualname__", type(judge).__name__)
        raise RuleFailed.of(JUDGE_FAILED, judge=name, error=type(error).__name__, event=event.id) from error
