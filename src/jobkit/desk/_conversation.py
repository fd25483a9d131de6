"""The conversation about a matter: what was said and done on all jobs that are one, in one line of time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit.desk import _steps
from jobkit.desk._members import family
from jobkit.desk._office import Office
from jobkit.desk._redirects import answering
from jobkit.desk._steps import Steps
from jobkit.history import UNMERGED, Event, timeline
from jobkit.model import Job


@attrs.frozen(kw_only=True)
class Line:
    """
    One event where it was recorded: on which job, under which number, over which channel.

    The channel is that of the word itself, else the one over which its job came in.
    """

    at: datetime
    job_id: str
    number: str | None
    channel: str | None
    event: Event


@attrs.frozen(kw_only=True)
class Conversation:
    """The job that answers, and every line about it and its members in the order in which they occurred."""

    job: Job
    lines: tuple[Line, ...]


def conversation(office: Office, job_id: str, *, org: str | None = None) -> Steps[Conversation]:
    """
    Return the events of a job and of all that were merged into it, as one conversation; nothing is copied.

    Of a merged job it is the conversation of the one that answers for it. With *org* it holds what that
    organisation sees: what its own people did anywhere, and the jobs that are its own, for which it opened
    them, is their customer or one of their parties. An unknown job is refused.
    """
    job = yield from answering(office, (yield from office.job(job_id)))
    lines: list[Line] = []
    for each in (yield from family(office, job)).values():
        events = yield from _steps.history(office.tenant, each.id)
        lines += _lines(each, events, org)
        lines += yield from _meanwhile(office, each, events, org)
    # What was done on common items belongs to both sides of a merge that was undone.
    by_event = {line.event.id: line for line in reversed(lines)}
    ordered = timeline(line.event for line in by_event.values())
    return Conversation(job=job, lines=tuple(by_event[event.id] for event in ordered))


def _lines(job: Job, events: Sequence[Event], org: str | None) -> Iterator[Line]:
    given = _given(events)
    seen = org is None or _is_theirs(job, events[0], org)
    yield from (
        _line(job, event) for event in events if event.id not in given and (seen or event.actor.org == org)
    )


def _line(job: Job, event: Event) -> Line:
    said = event.data.get("channel") if event.kind == "noted" else None
    return Line(
        at=event.occurred_at,
        job_id=job.id,
        number=job.links.number,
        channel=said or job.terms.channel,
        event=event,
    )


def _is_theirs(job: Job, opening: Event, org: str) -> bool:
    subject = job.subject
    return org in (opening.actor.org, subject.customer, *(party.id for party in subject.parties))


def _given(events: Iterable[Event]) -> frozenset[str]:
    """Return the events that went to a member when its merge was undone."""
    undone = (event for event in events if event.kind == UNMERGED and "member" in event.data)
    return frozenset(id for event in undone for id in event.data.get("owned", ()))


def _meanwhile(office: Office, job: Job, events: Iterable[Event], org: str | None) -> Steps[list[Line]]:
    """Return what a job owns of the time when another one answered for it, as it was recorded there."""
    lines: list[Line] = []
    for event in events:
        owned = _owned(event)
        if not owned:
            continue
        survivor = yield from office.job(str(event.data["survivor"]))
        told = yield from _steps.history(office.tenant, survivor.id)
        seen = org is None or _is_theirs(job, next(iter(events)), org)
        lines += (
            _line(survivor, each) for each in told if each.id in owned and (seen or each.actor.org == org)
        )
    return lines


def _owned(event: Event) -> frozenset[str]:
    owned: Iterable[Mapping[str, Any]] = event.data.get("owned", ()) if "survivor" in event.data else ()
    return frozenset(told["id"] for told in owned) if event.kind == UNMERGED else frozenset()
