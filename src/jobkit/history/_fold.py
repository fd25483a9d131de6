"""Folding: the recorded changes, in recording order, make the job; no rule is asked."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from jobkit.errors import Invalid, NotFound
from jobkit.findings import Finding, Template
from jobkit.history._event import Event, FieldChange
from jobkit.model import Job, blank, changed, put_all

EMPTY_HISTORY = Template(
    "history.empty",
    "There is no event to fold a job from.",
    "Give the whole history, beginning with the event that created the job.",
)
NOT_OPENED = Template(
    "history.not_opened",
    "The history of job {job} does not say which type or state the job began with.",
    "Let the first event carry changes of $.type and of every state.",
)
OUT_OF_TURN = Template(
    "history.out_of_turn",
    "Event {event} is entry {seq} of job {job}, where entry {expected} comes next.",
    "Give the entries of one job, each once and in the order of their numbers.",
)
FOREIGN = Template(
    "history.foreign",
    "Event {event} belongs to job {found} and not to job {job}.",
    "Fold the events of job {found} into that job.",
)
OWN_FIELD = Template(
    "history.own_field",
    "Event {event} would change {path}, which follows from the history itself.",
    "Leave {path} out of the changes of the event.",
)
UNFOLDABLE = Template(
    "history.unfoldable",
    "Event {event}, entry {seq} of job {job}, does not fit the job that the events before it made.",
    "Check that the whole history is there, and verify it.",
)

_OWN: Final = frozenset(("", "$", "$.id", "$.version", "$.head", "id", "version", "head"))
_CLOCKS: Final = ("$.clocks", "clocks")


def opening(job: Job) -> tuple[FieldChange, ...]:
    """Return the changes with which a history opens, so that folding them gives *job*."""
    begun = attrs.evolve(job, version=0, head="")
    return tuple(FieldChange(path, None, new) for path, _, new in changed(blank(job.id), begun))


def apply(job: Job | None, event: Event) -> Job:
    """
    Return *job* after *event*; None is the job before its first event.

    A sealed event must be the next entry and moves version and head; an unsealed one leaves them as they
    are. An event of another job, out of turn, or with a change that does not fit the job, is refused.
    """
    before = blank(event.job_id) if job is None else job
    if event.job_id != before.id:
        raise Invalid.of(FOREIGN, event=event.id, found=event.job_id, job=before.id)
    if event.seq and event.seq != before.version + 1:
        raise _out_of_turn(event, before.version + 1)
    changes = _own_changes(event)
    try:
        if event.seq:
            return put_all(before, changes, version=event.seq, head=event.hash)
        return put_all(before, changes)
    except Invalid as error:
        raise _unfoldable(event, error) from error


def _own_changes(event: Event) -> list[tuple[str, Any]]:
    changes = []
    for told in event.changes:
        if told.path in _OWN or told.path.startswith(_CLOCKS):
            raise Invalid.of(OWN_FIELD, path=told.path or "$", event=event.id)
        changes.append((told.path, told.new))
    return changes


def fold(events: Iterable[Event], start: Job | None = None) -> Job:
    """
    Return the job that *events* make, in their order, beginning with *start* or with nothing.

    No events at all, a gap in their numbers, an event of another job, and a change that does not fit are
    refused. Folding a prefix and then the rest gives the same job.
    """
    told = tuple(events)
    if not told and start is None:
        raise NotFound.of(EMPTY_HISTORY)
    before = blank(told[0].job_id) if start is None else start
    last = next((event for event in reversed(told) if event.seq), None)
    place = {"version": last.seq, "head": last.hash} if last else {}
    try:
        job = put_all(before, _changes(told, before), **place)
    except Invalid as error:
        raise _located(told, before, error) from error
    if not job.type or not job.states:
        raise Invalid.of(NOT_OPENED, job=job.id)
    return job


def _changes(events: tuple[Event, ...], before: Job) -> Iterator[tuple[str, Any]]:
    job_id, version = before.id, before.version
    for event in events:
        if event.job_id != job_id:
            raise Invalid.of(FOREIGN, event=event.id, found=event.job_id, job=job_id)
        if event.seq:
            if event.seq != version + 1:
                raise _out_of_turn(event, version + 1)
            version = event.seq
        yield from _own_changes(event)


def _located(events: tuple[Event, ...], before: Job, error: Invalid) -> Invalid:
    """Fold once more, one by one, to tell which event it is that does not fit."""
    job = before
    try:
        for event in events:
            job = apply(job, event)
    except Invalid as located:
        return located
    return error


def _out_of_turn(event: Event, expected: int) -> Invalid:
    return Invalid.of(OUT_OF_TURN, event=event.id, seq=event.seq, job=event.job_id, expected=expected)


def _unfoldable(event: Event, error: Invalid) -> Invalid:
    found = Finding.of(UNFOLDABLE, path=error.path, event=event.id, seq=event.seq or "new", job=event.job_id)
    return Invalid((found, *error.findings))


def fold_in_time(events: tuple[Event, ...]) -> Job:
    """Return the job that a selection of sealed *events* makes in the order given, gaps or not."""
    latest = max(events, key=lambda event: event.seq)
    changes = ((told.path, told.new) for event in events for told in event.changes)
    return put_all(blank(latest.job_id), changes, version=latest.seq, head=latest.hash)
