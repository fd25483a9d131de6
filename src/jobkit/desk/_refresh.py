"""After a catalog changed: its clocks, queues and wake-ups on the jobs that are open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import attrs

from jobkit.desk import _steps
from jobkit.desk._commands import NO_COMMAND
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event
from jobkit.desk._index import EVERY_JOB
from jobkit.desk._moments import stale
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._record import Done, Ready, committed, made_ready
from jobkit.desk._steps import Steps
from jobkit.history import apply
from jobkit.instants import utc

REFRESHED: Final = "refreshed"
"""The kind of the event behind a place in queues that came of other rules, and of nothing that occurred."""


@attrs.frozen(kw_only=True)
class Refreshed:
    """What followed from other rules, job by job, and the cursor to go on with (None at the end)."""

    done: tuple[Done, ...] = ()
    after: str | None = None


def refresh(
    office: Office,
    *,
    now: datetime,
    job_ids: Sequence[str] | None = None,
    after: str | None = None,
    limit: int = 100,
) -> Steps[Refreshed]:
    """
    Bring clocks, queues and wake-ups of jobs into line with the catalog: of *job_ids*, or of every open job.

    Open jobs come page by page, *limit* at a time, from the cursor *after* on. A job with which nothing is
    otherwise than it stands in the store is not written; of another one the event says which catalog it was.
    Each job is one commit; a `Conflict` stops there, and calling again goes on. Unknown jobs are refused.
    """
    instant, cursor = utc(now, "$.now"), None
    if job_ids is None:
        page = yield from _steps.queue(office.tenant, EVERY_JOB, after, limit)
        job_ids, cursor = page.job_ids, page.after
    done = []
    for job_id in dict.fromkeys(job_ids):
        ready = yield from _ready(office, job_id, instant)
        if ready is not None:
            done.append((yield from committed(office, ready, NO_COMMAND)))
    return Refreshed(done=tuple(done), after=cursor)


def _ready(office: Office, job_id: str, now: datetime) -> Steps[Ready | None]:
    """Return what is to be written of one job, None where the store holds it already."""
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    data = {"catalog": office.catalog.id, "version": office.catalog.version}
    when = Moment(occurred_at=now, recorded_at=now)
    told = event(office, job.id, REFRESHED, by=SYSTEM, when=when, data=data)
    draft = Draft(before=job, job=apply(job, told), events=(told,), lifecycles=lifecycles)
    ready = yield from made_ready(office, (draft,), now)
    (change,) = ready.changes
    (stored,) = yield from _steps.jobs(office.tenant, (job_id,))
    (known,) = yield from _steps.index(office.tenant, (job_id,))
    is_old = stored is not None and stale(office.catalog, stored)
    return ready if is_old or len(change.events) > 1 or change.index != known else None
