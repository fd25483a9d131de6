"""To which job an alarm belongs: the draft it began, the work that came of it, or nothing yet."""

from datetime import datetime, timedelta
from typing import Final, Literal

import attrs

from jobkit.catalog import TelemetryRules
from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._redirects import answering
from jobkit.desk._steps import Steps
from jobkit.desk._twins_keys import alarm_name
from jobkit.model import PRIMARY, Job

_NO_WORK: Final = frozenset({"rejected", "cancelled"})
_NEWEST: Final = 1

Belonging = Literal["draft", "running", "decided", "none"]


@attrs.frozen(kw_only=True)
class Running:
    """
    The job that an alarm belongs to, and how: its open draft, work that is running, or a decision that holds.

    Without a job the alarm begins a new draft.
    """

    job: Job | None = None
    how: Belonging = "none"


def running(office: Office, asset: str, code: str, seen: datetime, rules: TelemetryRules) -> Steps[Running]:
    """
    Return the job that answers for the alarm *code* of *asset*, seen at an instant.

    An open draft takes every repeat. Work that came of it takes those within the window of the last one, and
    a visit that the alarm was folded into all until it ends. After an end as no work (rejected, cancelled)
    for a reason that somebody gave, the decision holds for the window; after any other end only what was seen
    before it still counts.
    """
    page = yield from _steps.queue(office.tenant, alarm_name(asset, code), None, _NEWEST)
    if not page.job_ids:
        return Running()
    begun = yield from office.job(page.job_ids[0])
    job = yield from answering(office, begun)
    how = _how(begun, job, seen, rules)
    return Running() if how is None else Running(job=job, how=how)


def _how(begun: Job, job: Job, seen: datetime, rules: TelemetryRules) -> Belonging | None:
    if not job.is_open:
        return "decided" if _still_decides(job, seen, rules.window) else None
    if job.id != begun.id:
        return "running"
    if job.state.category == "draft":
        return "draft"
    alarm = job.triage.alarm
    return "running" if alarm is None or seen <= alarm.last_seen + rules.window else None


def _still_decides(job: Job, seen: datetime, window: timedelta) -> bool:
    """Whether the end of a job answers for an alarm that was seen at an instant."""
    state = job.states[PRIMARY]
    if state.since is None:
        return False
    is_decision = state.end in _NO_WORK and state.reason is not None
    return seen <= (state.since + window if is_decision else state.since)
