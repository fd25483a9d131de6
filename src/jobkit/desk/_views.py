"""Reading: a job, its history, what is left on it, queues, what is due, the feed and the outbox."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from jobkit import lifecycle
from jobkit import readiness as technician
from jobkit.answers import Answer
from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.history import Event, History
from jobkit.instants import utc
from jobkit.lifecycle import Flag, Pending
from jobkit.model import Actor, Job
from jobkit.ports import Effect, Feed
from jobkit.readiness import Package
from jobkit.wakeups import Wakeup


@attrs.frozen(kw_only=True)
class QueuePage:
    """One page of a queue: its jobs in order, who owns it, and where to go on (None at the end)."""

    name: str
    owner: str
    jobs: tuple[Job, ...]
    after: str | None = None


def job(office: Office, job_id: str) -> Steps[Job]:
    """Return a job; an unknown id is refused."""
    return (yield from office.job(job_id))


def find(office: Office, system: str, external_id: str) -> Steps[Job | None]:
    """Return the job that another system knows under *external_id*, or None."""
    job_id = yield from _steps.by_external_id(office.tenant, system, external_id)
    return None if job_id is None else (yield from office.job(job_id))


def on_asset(
    office: Office, asset: str, *, open_only: bool = True, limit: int = 100
) -> Steps[tuple[Job, ...]]:
    """Return jobs on *asset*, the newest first."""
    ids = yield from _steps.by_asset(office.tenant, asset, open_only, limit)
    return (yield from office.jobs(ids))


def history(office: Office, job_id: str) -> Steps[History]:
    """Return a job's history; an unknown id is refused."""
    yield from office.job(job_id)
    events: tuple[Event, ...] = yield from _steps.history(office.tenant, job_id)
    return History(events=events)


def pending(
    office: Office, job_id: str, *, at: datetime, by: Actor | None = None
) -> Steps[tuple[Pending, ...]]:
    """
    Return per facet what is left to do, with whom, and every way on with what speaks against it.

    An unknown job is refused.
    """
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    return tuple(
        lifecycle.pending(
            job,
            lifecycles,
            now=utc(at, "$.at"),
            by=by,
            facts=office.facts(job, utc(at, "$.at")),
            facet=facet,
            calendar=office.catalog.calendar,
        )
        for facet in lifecycles
        if facet in job.states
    )


def readiness(office: Office, job_id: str, now: datetime) -> Steps[Answer[Package]]:
    """Return what the technician still lacks for the next visit; an unknown job is refused."""
    return technician.readiness((yield from office.job(job_id)), now)


def flags(office: Office, job_id: str, now: datetime) -> Steps[tuple[Flag, ...]]:
    """Return the flags that are up at *now* (delayed, follow-up needed); an unknown job is refused."""
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    return lifecycle.flags(job, lifecycles, now, office.catalog.calendar)


def queue(office: Office, name: str, *, after: str | None = None, limit: int = 50) -> Steps[QueuePage]:
    """
    Return a page of the queue *name*: what stands in it as of each job's last event or wake-up.

    A name that neither the catalog nor an age limit gives is refused.
    """
    known = office.catalog.queue(name)
    page = yield from _steps.queue(office.tenant, name, after, limit)
    jobs = yield from office.jobs(page.job_ids)
    return QueuePage(name=name, owner=known.owner, jobs=jobs, after=page.after)


def due(office: Office, now: datetime, *, limit: int = 100) -> Steps[tuple[Wakeup, ...]]:
    """Return what time alone has made due by *now*, earliest first; `advance` acts on it."""
    return (yield from _steps.due(office.tenant, utc(now, "$.now"), limit))


def feed(office: Office, *, after: int = 0, limit: int = 1000) -> Steps[Feed]:
    """Return committed events after a position, without gaps."""
    return (yield from _steps.feed(office.tenant, after, limit))


def outbox(office: Office, *, limit: int = 100) -> Steps[tuple[Effect, ...]]:
    """Return outbound effects not yet confirmed as delivered, oldest first."""
    return (yield from _steps.outbox(office.tenant, limit))


def delivered(office: Office, effects: Sequence[tuple[str, int]]) -> Steps[None]:
    """Confirm effects as delivered, by (event id, number)."""
    yield from _steps.delivered(office.tenant, effects)
