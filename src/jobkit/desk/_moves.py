"""Asking and moving: what is open, why not, and firing a trigger with all that it sets off."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.desk._commands import Command, command, plain
from jobkit.desk._draft import Draft
from jobkit.desk._effects import Aftermath, follow
from jobkit.desk._events import Moment
from jobkit.desk._fields import values_for_digest
from jobkit.desk._gate import ahead, objections
from jobkit.desk._intents import Intent, Weighed, weigh
from jobkit.desk._merged import closed_to, only_by_merging
from jobkit.desk._office import Office
from jobkit.desk._record import Done, Ready, committed, done_before, made_ready
from jobkit.desk._steps import Steps
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.findings import Finding
from jobkit.lifecycle import Lifecycles, Option, move
from jobkit.mappings import EMPTY
from jobkit.model import PRIMARY, Actor, Job


@attrs.frozen(kw_only=True)
class Plan:
    """The answer to an intent and, where it is open, everything that doing it would commit."""

    answer: Answer[Option]
    ready: Ready = Ready()

    def must(self) -> Ready:
        """Return what is to be committed; `Refused` tells everything that speaks against it."""
        self.answer.must()
        return self.ready


def planned(office: Office, job: Job, lifecycles: Lifecycles, intent: Intent) -> Steps[Plan]:
    """
    Weigh an intent and draft all that it sets off, up to the commit; asking and firing both come this way.

    What a rule, the data or another job says against it is in the answer, all of it.
    """
    closed = yield from closed_to(office, job)
    closed = closed or only_by_merging(job, lifecycles, intent.trigger, intent.facet)
    if closed:
        return Plan(answer=Answer(Option(trigger=intent.trigger), closed))
    weighed = yield from weigh(office, job, lifecycles, intent)
    if not weighed.answer.open:
        more = ahead(office, weighed.job, lifecycles, intent, weighed.answer.subject)
        return Plan(answer=weighed.answer.also(_beside(weighed.answer, more)))
    try:
        drafts = yield from _carried_out(office, job, lifecycles, intent, weighed, 0)
        ready = yield from made_ready(office, drafts, intent.when.recorded_at)
    except (Refused, Invalid, NotFound) as error:
        return Plan(answer=weighed.answer.also(error.findings))
    return Plan(answer=weighed.answer, ready=ready)


def _beside(answer: Answer[Option], more: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what the gate says beside the lifecycle: of two words on one field the first is enough."""
    told = {finding.path for finding in answer.findings if finding.blocks} - {"$"}
    yield from (finding for finding in more if not _is_of_package(finding) or finding.path not in told)


def _is_of_package(finding: Finding) -> bool:
    return finding.code.startswith("requirements.")


def moved(
    office: Office, job: Job, lifecycles: Lifecycles, intent: Intent, depth: int = 0
) -> Steps[tuple[Draft, ...]]:
    """
    Draft a move and all that it sets off inside: the moved job first, then the jobs it spawned.

    Raises `Refused` with everything that speaks against it.
    """
    weighed = yield from weigh(office, job, lifecycles, intent)
    weighed.answer.must()
    drafts = yield from _carried_out(office, job, lifecycles, intent, weighed, depth)
    # Timers and chains of moves come here one by one: what the gate refuses must not stop the others.
    Answer("gate", tuple(finding for draft in drafts for finding in objections(office, draft))).must()
    return drafts


def _carried_out(
    office: Office, job: Job, lifecycles: Lifecycles, intent: Intent, weighed: Weighed, depth: int
) -> Steps[tuple[Draft, ...]]:
    made = move(
        weighed.job,
        lifecycles,
        intent.trigger,
        event_id=office.new_id(),
        by=intent.by,
        at=intent.when.occurred_at,
        reason=intent.reason,
        note=intent.note,
        facts=office.facts(weighed.job, intent.when.occurred_at),
        facet=intent.facet,
        changes=weighed.changes,
        data=weighed.data,
        acknowledged=intent.acknowledged,
    )
    event = intent.when.stamp(made.event)
    draft = Draft(before=job, job=made.job, events=(event,), lifecycles=lifecycles)
    after = Aftermath(event=event, effects=made.effects, when=intent.when, depth=depth)
    return (yield from follow(office, draft, after, moved))


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
    claimed_at: datetime | None = None,
) -> Steps[Answer[Option]]:
    """
    Return whether `fire` with the same arguments would succeed, with everything that speaks against it.

    Asking changes nothing. An unknown job, and a facet that it does not have, are refused.
    """
    intent = Intent(
        trigger=trigger,
        by=by,
        when=Moment.of(at),
        reason=reason,
        values=plain(values),
        data=plain(data),
        facet=facet,
    )
    return (yield from _planned_on(office, job_id, intent, claimed_at, asking=True)).answer


def _planned_on(
    office: Office, job_id: str, intent: Intent, claimed_at: datetime | None, *, asking: bool = False
) -> Steps[Plan]:
    """Plan an intent on a job as it stands, at the moment that a device claims as far as it is believed."""
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    when = Moment.of(intent.when.recorded_at, claimed_at, job, intent.facet)
    drafting = office.asking() if asking else office
    return (yield from planned(drafting, job, lifecycles, attrs.evolve(intent, when=when)))


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
    answers = {}
    for job in (yield from office.jobs(tuple(dict.fromkeys(job_ids)))):
        lifecycles = yield from office.lifecycles(job)
        intent = Intent(trigger=trigger, by=by, when=Moment.of(at), reason=reason, facet=facet)
        plan = yield from planned(office.asking(), job, lifecycles, intent)
        answers[job.id] = plan.answer
    return answers


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
    claimed_at: datetime | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Move a job by *trigger* and carry out what the transition sets off, all in one commit.

    *values* are fields set by the same event (path to plain data), *data* is what its deeds and effects need,
    *acknowledged* names warnings that were seen. *claimed_at* is a device's word, believed back to when the
    state was entered. Raises `Refused` with the findings that `ask` tells, `Conflict` if somebody was first.
    """
    intent = Intent(
        trigger=trigger,
        by=by,
        when=Moment.of(at),
        reason=reason,
        note=note,
        values=plain(values),
        data=plain(data),
        facet=facet,
        acknowledged=tuple(acknowledged),
    )
    asked = _command(office, command_key, job_id, intent)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    plan = yield from _planned_on(office, job_id, intent, claimed_at)
    return (yield from committed(office, plan.must(), asked))


def _command(office: Office, key: str | None, job_id: str, intent: Intent) -> Command:
    return command(
        key,
        "fire",
        (job_id,),
        trigger=intent.trigger,
        facet=intent.facet,
        by=intent.by,
        reason=intent.reason,
        note=intent.note,
        values=values_for_digest(office, intent.values),
        data=intent.data,
        acknowledged=intent.acknowledged,
    )
