"""An intent: what somebody wants to do with a job, weighed against everything that speaks against it."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from jobkit import lifecycle
from jobkit.answers import Answer
from jobkit.desk import _steps
from jobkit.desk._events import Moment, field_changes
from jobkit.desk._fields import value_findings, with_values
from jobkit.desk._intake_words import lost
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.documents import wire_problems
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.history import Event, FieldChange
from jobkit.lifecycle import DEEDS, Deed, Lifecycles, Occasion, Option, Transition, done_deeds
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Actor, Job
from jobkit.paths import Item, Step, parse


@attrs.frozen(kw_only=True)
class Intent:
    """What somebody wants to do with a job: the trigger and everything that goes with it."""

    trigger: str
    by: Actor
    when: Moment
    facet: str = PRIMARY
    reason: str | None = None
    note: str | None = None
    values: Mapping[str, Any] = EMPTY
    data: Mapping[str, Any] = EMPTY
    acknowledged: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Weighed:
    """
    An intent weighed against the rules: the answer, and what the move would bring along.

    `job` has the intent's values set, `changes` are those values and what the deeds change, `data` is what
    the event carries.
    """

    answer: Answer[Option]
    job: Job
    changes: tuple[FieldChange, ...] = ()
    data: Mapping[str, Any] = EMPTY


def weigh(office: Office, job: Job, lifecycles: Lifecycles, intent: Intent) -> Steps[Weighed]:
    """Ask everything that speaks against *intent*: values, lifecycle and deeds; nothing is changed."""
    findings = [*value_findings(job, lifecycles, intent.values), *wire_problems(intent.data, "$.data")]
    amended = job
    if not findings:
        private = office.catalog.rules(job.type).type.private
        try:
            amended = with_values(job, intent.values, office.new_salt, private)
        except Invalid as error:
            findings += error.findings
        else:
            findings += yield from lost(office, job, field_changes(job, amended), intent.by)
    answer = lifecycle.ask(
        amended,
        lifecycles,
        intent.trigger,
        by=intent.by,
        at=intent.when.occurred_at,
        reason=intent.reason,
        facet=intent.facet,
        facts=office.facts(amended, intent.when.occurred_at),
    ).also(findings)
    if not answer.open:
        return Weighed(answer=answer, job=amended)
    way = way_of(amended, lifecycles, intent.facet, answer.subject)
    told = yield from _told(office, job, way, intent)
    return _with_deeds(office, job, amended, way, told, intent, answer)


def _with_deeds(
    office: Office,
    job: Job,
    amended: Job,
    way: Transition,
    told: Mapping[str, Any],
    intent: Intent,
    answer: Answer[Option],
) -> Weighed:
    """Do the deeds of the transition on the amended job; what speaks against them is found as well."""
    occasion = Occasion(at=intent.when.occurred_at, reason=intent.reason, told=told)
    try:
        deed: Deed = done_deeds(amended, way.effects, occasion, {**DEEDS, **office.deeds()})
    except (Refused, Invalid, NotFound) as error:
        return Weighed(answer=answer.also(error.findings), job=amended)
    changes = (*field_changes(job, amended), *deed.changes)
    return Weighed(answer=answer, job=amended, changes=changes, data=FrozenMap({**told, **deed.data}))


def way_of(job: Job, lifecycles: Lifecycles, facet: str, option: Option) -> Transition:
    """Return the transition behind an option that is open for the job."""
    edges = lifecycles[facet].edges(job.states[facet].name)
    return next(edge.transition for edge in edges if edge.transition.id == option.transition)


def _told(office: Office, job: Job, way: Transition, intent: Intent) -> Steps[Mapping[str, Any]]:
    """Return the intent's data; where it undoes a closure without saying which, name the last one."""
    undoes = any(effect.name == "count_reopening" and not effect.outbound for effect in way.effects)
    if not undoes or intent.data.get("undoes") is not None:
        return intent.data
    events = yield from _steps.history(office.tenant, job.id)
    closing = next((event.id for event in reversed(events) if _closes(event, intent.facet)), None)
    return intent.data if closing is None else FrozenMap({**intent.data, "undoes": closing})


def _closes(event: Event, facet: str) -> bool:
    return any(state.get("end") is not None for state in entered(event, facet))


def entered(event: Event, facet: str) -> Iterator[Mapping[str, Any]]:
    """Yield the states of *facet* that an event entered, as it recorded them."""
    for change in event.changes:
        if is_state(parse(change.path), facet) and isinstance(change.new, Mapping):
            yield change.new


def is_state(steps: tuple[Step, ...], facet: str) -> bool:
    """Whether a path leads to the whole state of *facet*, however it is spelt."""
    return steps in (("states", Item(facet)), ("states", facet))
