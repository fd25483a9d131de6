"""What time alone sets off: automatic moves at their due instants, and queues looked at again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit.desk import _steps
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event
from jobkit.desk._intents import Intent
from jobkit.desk._moves import moved
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._record import Done, record
from jobkit.desk._steps import Steps
from jobkit.errors import Invalid, NotFound, Refused, RuleFailed
from jobkit.findings import Finding
from jobkit.history import apply
from jobkit.instants import utc, write_instant
from jobkit.lifecycle import Due, Lifecycles, due
from jobkit.model import Job
from jobkit.wakeups import Wakeup


@attrs.frozen(kw_only=True)
class Advanced:
    """What time has set off: what was done, job by job, and what stands in the way of due moves."""

    done: tuple[Done, ...] = ()
    findings: tuple[Finding, ...] = ()


@attrs.frozen(kw_only=True)
class _Progress:
    """How far one job has come: its draft, those of jobs it spawned, and what keeps moves from being made."""

    draft: Draft
    born: tuple[Draft, ...] = ()
    findings: tuple[Finding, ...] = ()


def advance(office: Office, now: datetime, *, limit: int = 100) -> Steps[Advanced]:
    """
    Act on everything that is due at *now*, earliest first, at most *limit* wake-ups.

    Automatic moves are made by the system at their own due instants; other wake-ups are recorded and put
    their jobs into the queues they now belong to. A due move that cannot be made is told in the findings and
    asked again when the job changes. Each job is one commit; a `Conflict` stops there, and calling again goes
    on.
    """
    instant = utc(now, "$.now")
    wakeups = yield from _steps.due(office.tenant, instant, limit)
    done: list[Done] = []
    findings: list[Finding] = []
    for job_id in dict.fromkeys(wakeup.job_id for wakeup in wakeups):
        job = yield from office.job(job_id)
        lifecycles = yield from office.lifecycles(job)
        progress = yield from _progress(office, job, lifecycles, instant)
        findings += progress.findings
        awake = _woken(office, progress.draft, [each for each in wakeups if each.job_id == job_id], instant)
        done.append((yield from record(office, (awake, *progress.born), at=instant)))
    return Advanced(done=tuple(done), findings=tuple(findings))


def _progress(office: Office, job: Job, lifecycles: Lifecycles, now: datetime) -> Steps[_Progress]:
    """Make every due and open move of one job; one that fails further on is told and left asleep."""
    progress = _Progress(draft=Draft(before=job, job=job, events=(), lifecycles=lifecycles))
    for depth in range(office.depth):
        waiting = _due(office, progress.draft, now)
        first = next((each for each in waiting if each.answer.open), None)
        if first is None:
            break
        try:
            made = yield from _made(office, progress.draft, first, now, depth)
        except (Refused, Invalid, NotFound, RuleFailed) as error:
            draft = attrs.evolve(progress.draft, asleep=progress.draft.asleep | {_name(first)})
            progress = attrs.evolve(progress, draft=draft, findings=(*progress.findings, *error.findings))
        else:
            draft = attrs.evolve(progress.draft.then(made[0]), asleep=progress.draft.asleep)
            progress = attrs.evolve(progress, draft=draft, born=(*progress.born, *made[1:]))
    left = (finding for each in _due(office, progress.draft, now) for finding in each.answer.findings)
    return attrs.evolve(progress, findings=(*progress.findings, *left))


def _made(office: Office, draft: Draft, first: Due, now: datetime, depth: int) -> Steps[tuple[Draft, ...]]:
    when = Moment(occurred_at=first.at, recorded_at=now)
    intent = Intent(trigger=first.trigger, by=SYSTEM, when=when, facet=first.facet)
    return (yield from moved(office, draft.job, draft.lifecycles, intent, depth))


def _due(office: Office, draft: Draft, now: datetime) -> tuple[Due, ...]:
    facts, calendar = office.facts(draft.job, now), office.catalog.calendar
    found = due(draft.job, draft.lifecycles, now, facts=facts, calendar=calendar)
    return tuple(each for each in found if _name(each) not in draft.asleep)


def _name(each: Due) -> str:
    return f"{each.facet}.{each.transition}"


def _woken(office: Office, draft: Draft, wakeups: Sequence[Wakeup], now: datetime) -> Draft:
    """Record what woke a job that did not move: its new place in the queues has an event behind it."""
    if draft.events:
        return draft
    rung = [{"kind": each.kind, "name": each.name, "at": write_instant(each.at)} for each in wakeups]
    data: dict[str, Any] = {"wakeups": rung}
    when = Moment(occurred_at=now, recorded_at=now)
    told = event(office, draft.job.id, "woken", by=SYSTEM, when=when, data=data)
    return attrs.evolve(draft, job=apply(draft.job, told), events=(told,))
