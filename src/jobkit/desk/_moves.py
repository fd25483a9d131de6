"""Asking and moving: what is open, why not, firing a trigger, and moving to another rule version."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit import lifecycle
from jobkit.answers import Answer
from jobkit.desk._commands import command
from jobkit.desk._effects import follow
from jobkit.desk._events import field_changes
from jobkit.desk._fields import field_findings, with_values
from jobkit.desk._office import Office
from jobkit.desk._record import Done, Draft, done_before, record
from jobkit.desk._steps import Steps
from jobkit.desk._unique import held
from jobkit.errors import Refused
from jobkit.history import FieldChange
from jobkit.instants import utc
from jobkit.lifecycle import (
    DEEDS,
    Deed,
    Lifecycle,
    Migration,
    Occasion,
    Option,
    Pending,
    Transition,
    done_deeds,
    move,
)
from jobkit.mappings import EMPTY
from jobkit.model import PRIMARY, Actor, Job


@attrs.frozen(kw_only=True)
class Intent:
    """What somebody wants to do with a job: the trigger and everything that goes with it."""

    trigger: str
    by: Actor
    at: datetime
    recorded_at: datetime | None = None
    facet: str = PRIMARY
    reason: str | None = None
    values: Mapping[str, Any] = EMPTY
    data: Mapping[str, Any] = EMPTY


@attrs.frozen(kw_only=True)
class Weighed:
    """An intent weighed against the rules: the answer, the job with its values set, and what deeds add."""

    answer: Answer[Option]
    job: Job
    changes: tuple[FieldChange, ...] = ()
    deed: Deed = Deed()


def weigh(office: Office, job: Job, lifecycles: Mapping[str, Lifecycle], intent: Intent) -> Weighed:
    """Ask everything that speaks against *intent*: fields, lifecycle and deeds; nothing is changed."""
    private = office.catalog.rules(job.type).type.private
    findings = list(field_findings(job, lifecycles, intent.values))
    amended = job
    if not findings:
        amended = with_values(job, intent.values, office.new_salt, private)
    answer = lifecycle.ask(
        amended,
        lifecycles,
        intent.trigger,
        by=intent.by,
        at=intent.at,
        reason=intent.reason,
        facet=intent.facet,
        facts=office.facts(job),
    )
    deed = Deed()
    if answer.open:
        try:
            deed = _deed(office, amended, lifecycles, intent, answer.subject)
        except Refused as error:
            findings += error.findings
    changes = (*field_changes(job, amended), *deed.changes)
    return Weighed(answer=answer.also(findings), job=amended, changes=changes, deed=deed)


def _deed(
    office: Office, job: Job, lifecycles: Mapping[str, Lifecycle], intent: Intent, option: Option
) -> Deed:
    effects = _transition(job, lifecycles[intent.facet], intent.facet, option).effects
    occasion = Occasion(at=utc(intent.at, "$.at"), reason=intent.reason, told=intent.data)
    return done_deeds(job, effects, occasion, {**DEEDS, **office.deeds()})


def _transition(job: Job, rules: Lifecycle, facet: str, option: Option) -> Transition:
    edges = rules.edges(job.states[facet].name)
    return next(edge.transition for edge in edges if edge.transition.id == option.transition)


def ask(
    office: Office,
    job_id: str,
    trigger: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    values: Mapping[str, Any] = EMPTY,
    data: Mapping[str, Any] = EMPTY,
    facet: str = PRIMARY,
) -> Steps[Answer[Option]]:
    """
    Return whether `fire` with the same arguments would succeed, with everything that speaks against it.

    Asking changes nothing. An unknown job is refused.
    """
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    intent = Intent(trigger=trigger, by=by, at=at, reason=reason, values=values, data=data, facet=facet)
    weighed = weigh(office, job, lifecycles, intent)
    if not weighed.answer.open:
        return weighed.answer
    try:
        drafts = moved_drafts(office, job, lifecycles, intent)
    except Refused as error:
        return weighed.answer.also(error.findings)
    _, findings = yield from held(office, [(draft.before, draft.job) for draft in drafts])
    return weighed.answer.also(findings)


def ask_many(
    office: Office,
    job_ids: Sequence[str],
    trigger: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    facet: str = PRIMARY,
) -> Steps[Mapping[str, Answer[Option]]]:
    """Ask the same about several jobs at once; unknown ids are refused together."""
    yield from office.jobs(tuple(job_ids))
    answers = {}
    for job_id in job_ids:
        answers[job_id] = yield from ask(office, job_id, trigger, by=by, at=at, reason=reason, facet=facet)
    return answers


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
            facts=office.facts(job),
            facet=facet,
            calendar=office.catalog.calendar,
        )
        for facet in lifecycles
        if facet in job.states
    )


def fire(
    office: Office,
    job_id: str,
    trigger: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    note: str | None = None,
    values: Mapping[str, Any] = EMPTY,
    data: Mapping[str, Any] = EMPTY,
    facet: str = PRIMARY,
    acknowledged: Iterable[str] = (),
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Move a job by *trigger* and carry out what the transition sets off, all in one commit.

    *values* are fields set by the same event (path to plain data), *data* is what its deeds and effects need,
    such as the new window of a reschedule; *acknowledged* names warnings that were seen. Raises `Refused`
    with exactly the findings that `ask` tells, and `Conflict` when somebody else was first.
    """
    asked = command(
        command_key, "fire", job=job_id, trigger=trigger, by=by, reason=reason, values=values, data=data
    )
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    intent = Intent(trigger=trigger, by=by, at=at, reason=reason, values=values, data=data, facet=facet)
    drafts = moved_drafts(office, job, lifecycles, intent, note=note, acknowledged=tuple(acknowledged))
    return (yield from record(office, drafts, at=at, command=asked))


def moved_drafts(
    office: Office,
    job: Job,
    lifecycles: Mapping[str, Lifecycle],
    intent: Intent,
    *,
    note: str | None = None,
    acknowledged: tuple[str, ...] = (),
    depth: int = 0,
) -> tuple[Draft, ...]:
    """Draft a move and all that it sets off inside: the moved job first, then the jobs it spawned."""
    weighed = weigh(office, job, lifecycles, intent)
    weighed.answer.must()
    moved = _moved(office, weighed, lifecycles, intent, acknowledged, note)
    draft = Draft(before=job, job=moved.job, events=(moved.event,), lifecycles=lifecycles)
    return follow(office, draft, moved.event, moved.effects, intent.at, depth, moved_drafts)


def _moved(
    office: Office,
    weighed: Weighed,
    lifecycles: Mapping[str, Lifecycle],
    intent: Intent,
    acknowledged: tuple[str, ...],
    note: str | None = None,
) -> Any:
    return move(
        weighed.job,
        lifecycles,
        intent.trigger,
        event_id=office.new_id(),
        by=intent.by,
        at=intent.at,
        recorded_at=intent.recorded_at,
        reason=intent.reason,
        note=note,
        facts=office.facts(weighed.job),
        facet=intent.facet,
        changes=weighed.changes,
        data={**intent.data, **weighed.deed.data},
        acknowledged=acknowledged,
    )


def migrate(
    office: Office,
    job_id: str,
    migration: Migration,
    *,
    facet: str = PRIMARY,
    by: Actor,
    at: datetime,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Pin a job to the catalog's present version of a lifecycle, as *migration* maps its states.

    Refused when the job is pinned elsewhere, or when the mapping would end or reopen it.
    """
    asked = command(command_key, "migrate", job=job_id, migration=migration, by=by)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    new = office.catalog.rules(job.type).lifecycles[facet]
    moved = lifecycle.migrate(
        job, lifecycles[facet], new, migration, by=by, at=utc(at, "$.at"), event_id=office.new_id()
    )
    after = {**lifecycles, facet: new}
    draft = Draft(before=job, job=moved.job, events=(moved.event,), lifecycles=after)
    return (yield from record(office, (draft,), at=at, command=asked))
