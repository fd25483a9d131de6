"""Both sides of a promotion as drafts: the job that is opened, and the request that remembers it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from jobkit.desk._births import SET_BY_JOBKIT, created, new_job
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited
from jobkit.desk._intake_words import PROMOTED
from jobkit.desk._intents import Intent
from jobkit.desk._moves import moved
from jobkit.desk._office import Office
from jobkit.desk._opening import refuse_findings
from jobkit.desk._playbooks_rules import told_of, with_rules
from jobkit.desk._requests_data import carried, laid_over
from jobkit.desk._steps import Steps
from jobkit.lifecycle import Lifecycles, initial_states
from jobkit.model import PRIMARY, Actor, Job, RequestLink, Task, Triage
from jobkit.playbooks import Playbook, filled

_TRIGGER: Final = "promote"
_WITHHELD: Final = (*SET_BY_JOBKIT, "visits", "assignments", "tasks", "triage")


@attrs.frozen(kw_only=True)
class Promotion:
    """What a request is to be promoted to, as it was asked for."""

    request: str
    job_type: str
    told: Mapping[str, Any]
    by: Actor
    when: Moment
    needs: tuple[str, ...] = ()
    playbook: str | None = None
    version: str | None = None
    state: str | None = None
    job_id: str | None = None
    move_tasks: bool = False

    def __str__(self) -> str:
        return f"promotion of request {self.request} to {self.job_type}"


@attrs.frozen(kw_only=True)
class Envelope:
    """A request with its lifecycles, the job that was drafted for it, and what stays with it only."""

    job: Job
    lifecycles: Lifecycles
    opened: Job
    kept: tuple[str, ...] = ()


def job_draft(
    office: Office, envelope: Job, asked: Promotion, playbook: Playbook | None
) -> tuple[Draft, tuple[str, ...]]:
    """
    Draft the job that is opened for a request, and say what of the request stays with it only.

    Data of the wrong shape is refused.
    """
    rules = office.catalog.rules(asked.job_type)
    chosen = {} if asked.state is None else {PRIMARY: asked.state}
    states = initial_states(rules.lifecycles, chosen, at=asked.when.recorded_at)
    refuse_findings(asked.told)
    told, kept = carried(office, envelope)
    told = laid_over(told, asked.told)
    job = new_job(office, rules, told, states, job_id=asked.job_id, withheld=_WITHHELD)
    job = attrs.evolve(
        job,
        links=attrs.evolve(job.links, requests=(*_links(job, envelope), _link(envelope))),
        triage=_triage(envelope, asked),
        tasks=_handed_over(envelope) if asked.move_tasks else (),
    )
    if playbook is not None:
        job = filled(job, playbook, at=asked.when.occurred_at, calendar=office.catalog.calendar)
    data = {"request": envelope.id, **told_of(playbook)}
    draft = created(office, rules, job, by=asked.by, when=asked.when, name=PROMOTED, data=data)
    return with_rules(draft, playbook), kept


def _link(envelope: Job) -> RequestLink:
    return RequestLink(id=envelope.id, channel=envelope.terms.channel)


def _links(job: Job, envelope: Job) -> Iterable[RequestLink]:
    return (link for link in job.links.requests if link.id != envelope.id)


def _triage(envelope: Job, asked: Promotion) -> Triage:
    """Take over what was suggested and is still open, what is needed, and when it was reported."""
    triage = envelope.triage
    return Triage(
        suggestions=tuple(each for each in triage.suggestions if each.is_open),
        needs=needs_of(envelope, asked),
        reported=triage.reported,
    )


def needs_of(envelope: Job, asked: Promotion) -> tuple[str, ...]:
    """Return what the work takes, as the request has it and as it is said with the promotion."""
    return tuple(dict.fromkeys((*envelope.triage.needs, *asked.needs)))


def _moving(envelope: Job) -> tuple[Task, ...]:
    return tuple(task for task in envelope.tasks if task.status not in ("done", "dropped"))


def _handed_over(envelope: Job) -> tuple[Task, ...]:
    """Return the open tasks as they stand on the job: waiting for none that stayed behind, being over."""
    tasks = _moving(envelope)
    ids = {task.id for task in tasks}
    return tuple(
        attrs.evolve(
            task,
            after=tuple(id for id in task.after if id in ids),
            subject_kind=task.subject_kind or "request",
            subject_id=task.subject_id or envelope.id,
        )
        for task in tasks
    )


def envelope_draft(office: Office, told: Envelope, asked: Promotion) -> Steps[Draft]:
    """Draft what the request remembers, and its own move where its lifecycle has one for it."""
    request = told.job
    moving = _moving(request) if asked.move_tasks else ()
    after = attrs.evolve(
        request,
        links=attrs.evolve(request.links, fulfilled_by=(*request.links.fulfilled_by, told.opened.id)),
        triage=attrs.evolve(request.triage, needs=needs_of(request, asked)),
        tasks=tuple(task for task in request.tasks if task not in moving),
    )
    data = {
        "job": told.opened.id,
        "number": told.opened.links.number,
        "tasks": [task.id for task in moving],
        "kept": list(told.kept),
    }
    draft = edited(
        office,
        request,
        after,
        PROMOTED,
        lifecycles=told.lifecycles,
        by=asked.by,
        when=asked.when,
        name=asked.job_type,
        data={name: value for name, value in data.items() if value},
    )
    if not _has_move(told.lifecycles):
        return draft
    intent = Intent(trigger=_TRIGGER, by=asked.by, when=asked.when)
    first, *_ = yield from moved(office, draft.job, told.lifecycles, intent)
    return draft.then(first)


def _has_move(lifecycles: Lifecycles) -> bool:
    transitions = lifecycles[PRIMARY].definition.transitions
    return any(transition.trigger == _TRIGGER for transition in transitions)
