"""Late words of devices: merged into the history, each judged by the rules as if it had been asked then."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.desk import _steps
from jobkit.desk._bench import Bench
from jobkit.desk._draft import Draft
from jobkit.desk._effects import Aftermath, follow
from jobkit.desk._events import Moment
from jobkit.desk._moves import moved
from jobkit.desk._office import Office
from jobkit.desk._record import Done, record
from jobkit.desk._steps import Steps
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.findings import Finding, Template
from jobkit.history import (
    Conflicting,
    Event,
    EventSet,
    FieldChange,
    Merged,
    Rejection,
    event_document,
    fold,
    offered,
    read_event,
    rejoin,
)
from jobkit.instants import write_instant
from jobkit.lifecycle import Lifecycles
from jobkit.model import Job, hide
from jobkit.paths import parse

IN_THE_OPEN = Template(
    "desk.private_in_the_open",
    "Event {event} brings the private value of {field} in the open.",
    "Let the device hide it with a salt of its own before it is sent.",
)

UNREADABLE = Template(
    "desk.unreadable_event",
    "Event {event} has at {field} what no event has there, and could not be read back.",
    "Let the device send it anew, with {field} in the form in which jobkit writes events.",
)


@attrs.frozen(kw_only=True)
class Received:
    """
    What became of a device's words: recorded as they are, refused by the rules, or in conflict with others.

    `findings` tell what speaks against what an applied event should have set off. `done` is None when every
    word had been received before.
    """

    done: Done | None
    applied: tuple[Event, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    conflicting: tuple[Conflicting, ...] = ()
    doubled: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()


def receive(office: Office, job_id: str, event_sets: Iterable[EventSet], *, at: datetime) -> Steps[Received]:
    """
    Merge what devices recorded on their own into a job's history, in one commit, with what it sets off.

    Each event is judged by the job's rules on the job as it stood: applied, or kept as a fact with every
    reason. The same words received again change nothing. A state counts from when its move is taken to have
    occurred, whatever the device's clock says. Refused are an unknown job, events that could not be read
    back, and private values that a device sends in the open.
    """
    job = yield from office.job(job_id)
    events = yield from _steps.history(office.tenant, job_id)
    known = {offered(event).id: offered(event) for event in events}
    sets = tuple(_aligned(told, known) for told in event_sets)
    _must_be_readable(sets)
    _must_be_hidden(office, sets)
    lifecycles = yield from office.lifecycles(job)
    bench = Bench(office, lifecycles, events)
    when = Moment.of(at)
    merged = rejoin(events, sets, bench, recorded_at=when.recorded_at)
    if not merged.events:
        return _received(None, merged, ())
    drafts, findings = yield from _set_off(office, _drafted(job, merged, lifecycles), bench, when)
    done = yield from record(office, drafts, at=at)
    return _received(done, merged, findings)


def _received(done: Done | None, merged: Merged, findings: tuple[Finding, ...]) -> Received:
    return Received(
        done=done,
        applied=merged.applied,
        rejected=merged.rejected,
        conflicting=merged.conflicting,
        doubled=merged.doubled,
        findings=findings,
    )


def _must_be_readable(sets: Iterable[EventSet]) -> None:
    """Refuse what is no event's, before anything of it is recorded: nobody could read the history again."""
    findings = [found for told in sets for event in told.events for found in _unreadable(event)]
    if findings:
        raise Invalid(findings)


def _unreadable(event: Event) -> Iterator[Finding]:
    document = event_document(event)
    try:
        read_event(document)
    except Invalid as error:
        for found in error.findings:
            yield Finding.of(UNREADABLE, path=found.path, event=str(event.id)[:80], field=found.path)


def _must_be_hidden(office: Office, sets: Iterable[EventSet]) -> None:
    """Refuse private text in the open: hidden here, its salt would differ each time it is sent."""
    findings = [
        Finding.of(IN_THE_OPEN, path=change.path, event=event.id, field=change.path)
        for told in sets
        for event in told.events
        for change in event.changes
        if any(_is_open(office, change.path, value) for value in (change.old, change.new))
    ]
    if findings:
        raise Invalid(findings)


def _is_open(office: Office, path: str, value: Any) -> bool:
    try:
        return bool(hide(value, lambda: "", path=path, private=office.catalog.private) != value)
    except Invalid:
        # A path that leads nowhere is told by the merge, which rejects the event.
        return False


def _aligned(told: EventSet, known: Mapping[str, Event]) -> EventSet:
    """Give events that are known already the age of states that was recorded, so that they are recognised."""
    return attrs.evolve(told, events=tuple(_as_recorded(event, known.get(event.id)) for event in told.events))


def _as_recorded(event: Event, before: Event | None) -> Event:
    if before is None or len(before.changes) != len(event.changes):
        return event
    pairs = zip(event.changes, before.changes, strict=True)
    return attrs.evolve(event, changes=tuple(_since(now, _age(then)) for now, then in pairs))


def _age(change: FieldChange) -> Any:
    return change.new.get("since") if _is_state(change) else None


def _since(change: FieldChange, since: str | None) -> FieldChange:
    if since is None or not _is_state(change):
        return change
    return attrs.evolve(change, new={**change.new, "since": since})


def _is_state(change: FieldChange) -> bool:
    try:
        return parse(change.path)[:1] == ("states",) and isinstance(change.new, Mapping)
    except Invalid:
        return False


def _drafted(job: Job, merged: Merged, lifecycles: Lifecycles) -> Draft:
    """Draft the merged events, with the age of each state counted from when its move occurred."""
    events = tuple(_dated(event) for event in merged.events)
    return Draft(before=job, job=fold(events, start=job), events=events, lifecycles=lifecycles)


def _dated(event: Event) -> Event:
    since = write_instant(event.occurred_at)
    return attrs.evolve(event, changes=tuple(_since(change, since) for change in event.changes))


def _set_off(
    office: Office, draft: Draft, bench: Bench, when: Moment
) -> Steps[tuple[tuple[Draft, ...], tuple[Finding, ...]]]:
    """Carry out what each applied move sets off, on the job as it is after all of them."""
    born: tuple[Draft, ...] = ()
    findings: tuple[Finding, ...] = ()
    for event in draft.events:
        effects = bench.effects.get(event.id, ()) if event.kind == "moved" else ()
        for number, effect in enumerate(effects):
            after = Aftermath(event=event, effects=(effect,), when=when, first=number)
            try:
                draft, *more = yield from follow(office, draft, after, moved)
            except (Refused, Invalid, NotFound) as error:
                findings = (*findings, *error.findings)
            else:
                born = (*born, *more)
    return (draft, *born), findings
