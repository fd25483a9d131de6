"""What a person makes of an alarm: dispatched now, or folded into a visit that comes anyway."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from jobkit.desk import _merge, _steps
from jobkit.desk._alarms import moved_meanwhile, telemetry_of
from jobkit.desk._commands import command
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited
from jobkit.desk._intents import Intent
from jobkit.desk._merge_drafts import Deed
from jobkit.desk._moves import moved
from jobkit.desk._office import Office
from jobkit.desk._record import Done, done_before, record
from jobkit.desk._steps import Steps
from jobkit.desk._twins_scopes import again
from jobkit.errors import Invalid, Refused
from jobkit.findings import Template
from jobkit.instants import instant_of, utc
from jobkit.lifecycle import permits
from jobkit.model import PRIMARY, Actor, Alarm, Job, Task, Visit, best_window, next_visit

NO_ALARM = Template(
    "desk.no_alarm",
    "Job {job} did not begin with an alarm.",
    "Name the draft that the alarm began.",
)
ALARM_DECIDED = Template(
    "desk.alarm_decided",
    "The alarm of job {job} was decided about: the job is {state}.",
    "Move job {job} itself on, or merge it.",
)
NO_PERSON = Template(
    "desk.alarm_by_machine",
    "{actor} is a machine, and what becomes of the alarm of job {job} is for a person to decide.",
    "Let a person decide.",
)
NO_DECISION = Template(
    "desk.no_alarm_decision",
    "{decision} is not what can become of an alarm.",
    "Say dispatch, or fold with the planned job as into.",
)
NO_PLANNED = Template(
    "desk.alarm_into",
    "Job {into} is not a planned job with a coming visit on the asset of job {job}.",
    "Fold the alarm into one of: {planned}.",
)

AlarmDecision = Literal["dispatch", "fold"]


@attrs.frozen(kw_only=True)
class PlannedVisit:
    """A visit that comes anyway, and its job."""

    job: Job
    visit: Visit


def planned_visits(office: Office, job_id: str, *, at: datetime) -> Steps[tuple[PlannedVisit, ...]]:
    """
    Return the coming visits of planned work on the asset of a job, the next one first.

    Planned work are open jobs of the types that the rules of telemetry name as planned, or of the category
    maintenance where they name none. An unknown job is refused.
    """
    job = yield from office.job(job_id)
    return (yield from _planned(office, job, utc(at, "$.at")))


def _planned(office: Office, job: Job, now: datetime) -> Steps[tuple[PlannedVisit, ...]]:
    if job.subject.asset is None:
        return ()
    ids = yield from _steps.by_asset(office.tenant, job.subject.asset)
    jobs = yield from office.jobs(tuple(id for id in ids if id != job.id))
    coming = [
        PlannedVisit(job=each, visit=visit)
        for each in jobs
        if _is_planned(office, each) and (visit := next_visit(each)) is not None and _is_ahead(visit, now)
    ]
    return tuple(sorted(coming, key=lambda each: (_start(each.visit), each.job.id)))


def _is_planned(office: Office, job: Job) -> bool:
    rules = office.catalog.telemetry
    named = () if rules is None else rules.planned
    return job.type in named if named else office.catalog.rules(job.type).type.category == "maintenance"


def _is_ahead(visit: Visit, now: datetime) -> bool:
    window = best_window(visit)
    return window is None or window.end > now


def _start(visit: Visit) -> tuple[bool, datetime]:
    window = best_window(visit)
    return window is None, instant_of(0) if window is None else window.start


def decide_alarm(
    office: Office,
    job_id: str,
    decision: AlarmDecision,
    *,
    by: Actor,
    at: datetime,
    into: str | None = None,
    reason: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Decide about the draft of an alarm: `dispatch` moves it on, `fold` merges it *into* a planned job.

    The planned job gets a task to look into the alarm, and counts its repeats from then on; a catalog may
    name another end for the draft than merging. Refused are machines, a job that is no draft of an alarm, and
    one to fold into that is not planned work with a coming visit on the same asset.
    """
    if decision not in ("dispatch", "fold"):
        raise Invalid.of(NO_DECISION, path="$.decision", decision=str(decision)[:80])
    ids = (job_id,) if into is None else (into, job_id)
    asked = command(command_key, "decide_alarm", ids, decision=decision, by=by, reason=reason)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    deed = Deed(by=by, when=Moment.of(at), reason=reason)

    def attempt() -> Steps[Done]:
        job = yield from _undecided(office, job_id, by)
        drafts = yield from _drafted(office, job, decision, into, deed)
        return (yield from record(office, drafts, at=at, command=asked))

    # A machine that repeats itself all the time must not keep a person from deciding.
    return (yield from again(attempt, beaten=moved_meanwhile))


def _drafted(
    office: Office, job: Job, decision: AlarmDecision, into: str | None, deed: Deed
) -> Steps[tuple[Draft, ...]]:
    if decision == "dispatch":
        return (yield from _moved(office, job, telemetry_of(office).dispatch, deed, {"alarm": decision}))
    planned = yield from _chosen(office, job, into, deed.when.recorded_at)
    return (yield from _folded(office, job, planned, deed))


def _undecided(office: Office, job_id: str, by: Actor) -> Steps[Job]:
    """Return the job, if it is the draft of an alarm that a person may decide about."""
    job = yield from office.job(job_id)
    if not by.is_person:
        raise Refused.of(NO_PERSON, path="$.by", actor=by.id, job=job_id)
    if job.triage.alarm is None:
        raise Refused.of(NO_ALARM, path="$.triage.alarm", job=job_id)
    if job.state.category != "draft":
        raise Refused.of(ALARM_DECIDED, path=f"$.states[{PRIMARY}]", job=job_id, state=job.state.name)
    return job


def _chosen(office: Office, job: Job, into: str | None, now: datetime) -> Steps[PlannedVisit]:
    planned = yield from _planned(office, job, now)
    chosen = next((each for each in planned if each.job.id == into), None)
    if chosen is None:
        told: dict[str, Any] = {"into": str(into), "job": job.id}
        raise Refused.of(NO_PLANNED, path="$.into", **told, planned=[each.job.id for each in planned])
    return chosen


def _folded(office: Office, job: Job, planned: PlannedVisit, deed: Deed) -> Steps[tuple[Draft, ...]]:
    """Draft the end of the alarm's draft, and on the planned job the task and the alarm itself."""
    rules = telemetry_of(office)
    lifecycles = yield from office.lifecycles(planned.job)
    permits(planned.job, lifecycles, "task").must()
    if rules.fold_end is None:
        survivor, *rest = yield from _merge.drafted(office, job, planned.job, deed)
        return survivor.then(_with_task(office, survivor, job, planned.visit, deed)), *rest
    told = {"alarm": "fold", "into": planned.job.id}
    ending = attrs.evolve(deed, reason=rules.fold_reason or deed.reason)
    ended = yield from _moved(office, job, rules.fold_end, ending, told)
    whole = Draft(before=planned.job, job=planned.job, events=(), lifecycles=lifecycles)
    return whole.then(_with_task(office, whole, job, planned.visit, deed)), *ended


def _moved(
    office: Office, job: Job, trigger: str, deed: Deed, told: Mapping[str, str]
) -> Steps[tuple[Draft, ...]]:
    """Draft that the draft of an alarm is moved on by its lifecycle's own way."""
    lifecycles = yield from office.lifecycles(job)
    intent = Intent(trigger=trigger, by=deed.by, when=deed.when, reason=deed.reason, data=told)
    return (yield from moved(office, job, lifecycles, intent))


def _with_task(office: Office, draft: Draft, alarmed: Job, visit: Visit, deed: Deed) -> Draft:
    """Draft the task on the planned job, and the alarm where it has none, for repeats to be counted there."""
    job, alarm = draft.job, alarmed.triage.alarm
    assert alarm is not None  # only drafts of alarms come here
    window = best_window(visit)
    task = Task(
        id=office.new_id(),
        title=_title(alarm),
        kind="alarm",
        status="open",
        due=None if window is None else window.end,
        subject_kind="alarm",
        subject_id=alarmed.id,
    )
    triage = attrs.evolve(job.triage, alarm=job.triage.alarm or alarm)
    return edited(
        office,
        job,
        attrs.evolve(job, tasks=(*job.tasks, task), triage=triage),
        "tasked",
        lifecycles=draft.lifecycles,
        by=deed.by,
        when=deed.when,
        name="alarm",
        reason=deed.reason,
        data={"alarm": alarm.code, "draft": alarmed.id, "visit": visit.id},
    )


def _title(alarm: Alarm) -> str:
    return (
        f"Look into the alarm {alarm.code}, seen {alarm.count} times until {alarm.last_seen:%Y-%m-%d %H:%M}"
    )
