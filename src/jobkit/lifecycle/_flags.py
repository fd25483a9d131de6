"""Two flags that are computed, never stored: delayed, and follow-up needed, each with its reasons."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

import attrs

from jobkit.findings import Finding, Template
from jobkit.instants import utc, write_instant
from jobkit.lifecycle._jobs import Lifecycles
from jobkit.lifecycle._timers import WorkingTime, overdue
from jobkit.model import Job, next_visit

VISIT_OVERDUE = Template(
    "lifecycle.visit_overdue",
    "Visit {visit} of job {job} was planned to end at {end} and has no outcome.",
    "Record visits[{visit}].outcome, or reschedule the visit.",
)
TOO_OLD = Template(
    "lifecycle.too_old",
    "Job {job} is still in state {state}, which it was to leave by {limit}.",
    "Move the job on from {state}, or put it on hold with a reason.",
)
NO_ACCESS = Template(
    "lifecycle.visit_without_access",
    "Visit {visit} of job {job} ended without access, and no further visit is planned.",
    "Plan another visit.",
)
LEFT_PARTIAL = Template(
    "lifecycle.visit_left_partial",
    "Visit {visit} of job {job} left work undone, and no further visit is planned.",
    "Plan another visit, or close the job as incomplete.",
)
ABORTED = Template(
    "lifecycle.visit_was_aborted",
    "Visit {visit} of job {job} was aborted, and no further visit is planned.",
    "Plan another visit.",
)
RECOMMENDED = Template(
    "lifecycle.recommendation_open",
    "Recommendation {recommendation} of job {job} has nobody to see to it.",
    "Record outcome.recommendations[{recommendation}].owner, or make a task of it.",
)
OVERDUE_STEP = Template(
    "lifecycle.recommendation_overdue",
    "Recommendation {recommendation} of job {job} was to be seen to by {target}.",
    "Ask {owner}, or give it a new target.",
)

_UNFINISHED: Mapping[str, Template] = {"no_access": NO_ACCESS, "partial": LEFT_PARTIAL, "aborted": ABORTED}


@attrs.frozen(kw_only=True)
class Flag:
    """A computed flag and why it is up."""

    name: Literal["delayed", "follow_up_needed"]
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        return f"{self.name}: {' '.join(finding.message for finding in self.findings)}"


def flags(
    job: Job, lifecycles: Lifecycles, now: datetime, calendar: WorkingTime | None = None
) -> tuple[Flag, ...]:
    """
    Return the flags that are up at *now*, each with its reasons.

    Delayed: a planned window has passed without an outcome, or a state is older than its limit. Follow-up
    needed: the last visit left something undone and none is planned, or a recommendation has no owner or is
    overdue. A limit in working time without a *calendar* is refused.
    """
    moment = utc(now, "$.now")
    found: tuple[Flag, ...] = (
        Flag(name="delayed", findings=(*_late(job, moment), *_aged(job, lifecycles, moment, calendar))),
        Flag(name="follow_up_needed", findings=(*_unfinished(job), *_recommended(job, moment))),
    )
    return tuple(flag for flag in found if flag.findings)


def _late(job: Job, now: datetime) -> Iterator[Finding]:
    visit = next_visit(job)
    if job.is_open and visit is not None and visit.planned is not None and visit.planned.end <= now:
        end = write_instant(visit.planned.end)
        path = f"$.visits[{visit.id}].planned"
        yield Finding.of(VISIT_OVERDUE, path=path, severity="warn", job=job.id, visit=visit.id, end=end)


def _aged(job: Job, lifecycles: Lifecycles, now: datetime, calendar: WorkingTime | None) -> Iterator[Finding]:
    for passed in overdue(job, lifecycles, now, calendar):
        yield Finding.of(
            TOO_OLD,
            path=f"$.states[{passed.facet}]",
            severity="warn",
            who=passed.owner,
            job=job.id,
            state=passed.state,
            limit=write_instant(passed.at),
        )


def _unfinished(job: Job) -> Iterator[Finding]:
    last = next((visit for visit in reversed(job.visits) if visit.outcome is not None), None)
    template = _UNFINISHED.get(last.outcome or "") if last is not None else None
    if job.is_open and last is not None and template is not None and next_visit(job) is None:
        path = f"$.visits[{last.id}].outcome"
        yield Finding.of(template, path=path, severity="warn", who="planner", job=job.id, visit=last.id)


def _recommended(job: Job, now: datetime) -> Iterator[Finding]:
    for given in job.outcome.recommendations:
        path = f"$.outcome.recommendations[{given.id}]"
        if given.owner is None:
            yield Finding.of(RECOMMENDED, path=path, severity="warn", job=job.id, recommendation=given.id)
        elif given.target is not None and given.target <= now:
            told = {"recommendation": given.id, "target": write_instant(given.target), "owner": given.owner}
            yield Finding.of(OVERDUE_STEP, path=path, severity="warn", who=given.owner, job=job.id, **told)
