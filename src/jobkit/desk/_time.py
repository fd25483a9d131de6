"""What time alone sets off: automatic moves at their due instants, and queues looked at again."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from jobkit.desk import _steps
from jobkit.desk._moves import Intent, moved_drafts
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._record import Done, Draft, record
from jobkit.desk._steps import Steps
from jobkit.findings import Finding
from jobkit.instants import utc
from jobkit.lifecycle import Due, Lifecycle, due
from jobkit.model import Job


@attrs.frozen(kw_only=True)
class Advanced:
    """What time has set off: what was done, job by job, and what stands in the way of due moves."""

    done: tuple[Done, ...] = ()
    findings: tuple[Finding, ...] = ()


def advance(office: Office, now: datetime, *, limit: int = 100) -> Steps[Advanced]:
    """
    Act on everything that is due at *now*, earliest first, at most *limit* wake-ups.

    Automatic moves are made by the system at their own due instants; other wake-ups put their jobs into the
    queues they now belong to. A due move that is not open is told in the findings and asked again when the
    job changes. Each job is one commit; a `Conflict` stops there, and calling again goes on.
    """
    instant = utc(now, "$.now")
    wakeups = yield from _steps.due(office.tenant, instant, limit)
    done: list[Done] = []
    findings: list[Finding] = []
    for job_id in dict.fromkeys(wakeup.job_id for wakeup in wakeups):
        job = yield from office.job(job_id)
        lifecycles = yield from office.lifecycles(job)
        drafts, told = _advanced(office, job, lifecycles, instant)
        findings += told
        done.append((yield from record(office, drafts, at=instant)))
    return Advanced(done=tuple(done), findings=tuple(findings))


def _advanced(
    office: Office, job: Job, lifecycles: Mapping[str, Lifecycle], now: datetime
) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """Make every due and open move of one job; without any, its index facts alone are computed again."""
    draft = Draft(before=job, job=job, events=(), lifecycles=lifecycles)
    spawned: tuple[Draft, ...] = ()
    for depth in range(office.depth):
        waiting = _due(office, draft.job, lifecycles, now)
        first = next((each for each in waiting if each.answer.open), None)
        if first is None:
            break
        intent = Intent(trigger=first.trigger, by=SYSTEM, at=first.at, recorded_at=now, facet=first.facet)
        moved, *more = moved_drafts(office, draft.job, lifecycles, intent, depth=depth)
        draft = draft.then(moved)
        spawned = (*spawned, *more)
    left = _due(office, draft.job, lifecycles, now)
    return (draft, *spawned), tuple(finding for each in left for finding in each.answer.findings)


def _due(office: Office, job: Job, lifecycles: Mapping[str, Lifecycle], now: datetime) -> tuple[Due, ...]:
    return due(job, lifecycles, now, facts=office.facts(job), calendar=office.catalog.calendar)
