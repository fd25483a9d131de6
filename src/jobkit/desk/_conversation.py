"""The conversation about a matter: what was said and done on all jobs that are one, in one line of time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from jobkit.desk import _steps
from jobkit.desk._conversation_seen import Eyes, eyes_of
from jobkit.desk._members import family
from jobkit.desk._office import Office
from jobkit.desk._redirects import answering
from jobkit.desk._steps import Steps
from jobkit.history import UNMERGED, Event, owned_events, timeline
from jobkit.mappings import EMPTY
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
    organisation would see without any merge: what its own people did anywhere, the jobs that are its own, for
    which it opened them, is their customer or one of their parties, and what became of their items since they
    were taken over. An event that concerns items of several has the changes that it sees. An unknown job is
    refused.
    """
    job = yield from answering(office, (yield from office.job(job_id)))
    jobs = yield from family(office, job)
    told: dict[str, tuple[Event, ...]] = {}
    for id in jobs:
        told[id] = yield from _steps.history(office.tenant, id)
    eyes = None if org is None else eyes_of(org, jobs, {id: events[0] for id, events in told.items()})
    lines: list[Line] = []
    for id, events in told.items():
        lines += _lines(jobs[id], events, eyes)
        lines += yield from _meanwhile(office, jobs[id], events, eyes)
    # What was done on common items belongs to both sides of a merge that was undone.
    by_event = {line.event.id: line for line in reversed(lines)}
    ordered = timeline(line.event for line in by_event.values())
    return Conversation(job=job, lines=tuple(by_event[event.id] for event in ordered))


def _lines(job: Job, events: Sequence[Event], eyes: Eyes | None) -> Iterator[Line]:
    given = _given(events)
    seen = events if eyes is None else eyes.seen(job, events)
    yield from (_line(job, event) for event in seen if event.id not in given)


def _line(job: Job, event: Event) -> Line:
    said = event.data.get("channel") if event.kind == "noted" else None
    return Line(
        at=event.occurred_at,
        job_id=job.id,
        number=job.links.number,
        channel=said or job.terms.channel,
        event=event,
    )


def _given(events: Iterable[Event]) -> frozenset[str]:
    """Return the events that went to a member when its merge was undone."""
    undone = (event for event in events if event.kind == UNMERGED and "member" in event.data)
    return frozenset(id for event in undone for id in event.data.get("owned", ()))


def _meanwhile(office: Office, job: Job, events: Iterable[Event], eyes: Eyes | None) -> Steps[list[Line]]:
    """Return what a job owns of the time when another one answered for it, as it was recorded there."""
    lines: list[Line] = []
    for undone in events:
        shares = _shares(undone)
        if not shares:
            continue
        survivor = yield from office.job(str(undone.data["survivor"]))
        told = yield from _steps.history(office.tenant, survivor.id)
        common = (event for event in told if event.id in shares)
        lines += (_line(survivor, event) for each in common for event in _owned(each, job, shares, eyes))
    return lines


def _owned(event: Event, job: Job, shares: Mapping[str, Event], eyes: Eyes | None) -> Iterator[Event]:
    if eyes is None or event.actor.org == eyes.org:
        yield event
    elif job.id in eyes.own:
        yield attrs.evolve(event, changes=shares[event.id].changes)


def _shares(event: Event) -> Mapping[str, Event]:
    """Return what an undone merge left its member of later events, by their ids."""
    if event.kind != UNMERGED or "survivor" not in event.data:
        return EMPTY
    return {owned.id: owned for owned in owned_events(event)}
