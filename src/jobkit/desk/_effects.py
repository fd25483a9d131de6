"""What a transition sets off: tasks, spawned jobs and further moves inside, everything else to the outbox."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from jobkit.desk._births import spawned
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited
from jobkit.desk._intents import Intent
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._steps import Steps
from jobkit.documents import structure, thaw
from jobkit.durations import read_duration
from jobkit.errors import Invalid, Refused
from jobkit.findings import Template
from jobkit.history import Event
from jobkit.lifecycle import EffectRule, Lifecycles
from jobkit.mappings import FrozenMap
from jobkit.model import PRIMARY, Job, Recommendation, Task
from jobkit.ports import Effect
from jobkit.privacy import Erased, Redacted

TOO_DEEP = Template(
    "desk.too_deep",
    "Moving job {job} sets off more than {depth} moves, one after the other.",
    "Break the cycle of fire effects in its lifecycle.",
)

NO_CALENDAR = Template(
    "desk.task_calendar",
    "A task is due after {due}, and the catalog has no calendar.",
    "Give the catalog a calendar, or write the due time as elapsed time.",
)

_TASK_DATA: Final = "$.effects[create_task].data"

Mover = Callable[[Office, Job, Lifecycles, Intent, int], Steps[tuple[Draft, ...]]]
"""Drafts a move at a depth: the moved job's draft first, then the jobs that it spawned."""


@attrs.frozen(kw_only=True)
class Aftermath:
    """
    What a move is followed by: its event and effects, when it was, and how deep it is in a chain of moves.

    `first` is the number of the first of these effects among all of the event.
    """

    event: Event
    effects: tuple[EffectRule, ...]
    when: Moment
    depth: int = 0
    first: int = 0


def follow(office: Office, draft: Draft, after: Aftermath, mover: Mover) -> Steps[tuple[Draft, ...]]:
    """
    Carry out internal effects in order and collect outbound ones; the first draft is the moved job's.

    An internal effect that is neither known here nor a deed is told by the event alone.
    """
    born: tuple[Draft, ...] = ()
    for number, effect in enumerate(after.effects, after.first):
        if effect.outbound:
            draft = attrs.evolve(draft, effects=(*draft.effects, _outbound(after.event, number, effect)))
        elif effect.name in ("create_task", "create_tasks"):
            draft = _with_tasks(office, draft, effect, after.when)
        elif effect.name == "spawn_job":
            born = (*born, spawned(office, draft.job, effect.data, by=SYSTEM, when=after.when))
        elif effect.name == "fire":
            draft, more = yield from _fired(office, draft, effect.data, after, mover)
            born = (*born, *more)
    return (draft, *born)


def _outbound(event: Event, number: int, effect: EffectRule) -> Effect:
    data = thaw({**_public(effect.data), "job": event.job_id})
    return Effect(event_id=event.id, number=number, name=effect.name, data=FrozenMap(data))


def _public(value: Any) -> Any:
    """Leave private values out: the outbox could not forget them."""
    if isinstance(value, Mapping):
        return {name: _public(item) for name, item in value.items() if not _is_private(item)}
    if isinstance(value, (list, tuple)):
        return [_public(item) for item in value if not _is_private(item)]
    return value


def _is_private(value: Any) -> bool:
    return isinstance(value, (Redacted, Erased))


def _with_tasks(office: Office, draft: Draft, effect: EffectRule, when: Moment) -> Draft:
    job = draft.job
    new = tuple(_new_tasks(office, job, effect, when))
    if not new:
        return draft
    return draft.then(
        edited(
            office,
            job,
            attrs.evolve(job, tasks=(*job.tasks, *new)),
            "tasked",
            lifecycles=draft.lifecycles,
            by=SYSTEM,
            when=when,
            name=new[0].kind or "task",
        )
    )


def _new_tasks(office: Office, job: Job, effect: EffectRule, when: Moment) -> list[Task]:
    if effect.data.get("from") != "outcome.recommendations":
        return [_task(office, effect.data, when)]
    known = {task.subject_id for task in job.tasks}
    owner = effect.data.get("owner")
    return [_recommended(office, told, owner) for told in job.outcome.recommendations if told.id not in known]


def _task(office: Office, data: Mapping[str, Any], when: Moment) -> Task:
    """Make the task that a rule describes, due so long after the move; what does not fit is refused."""
    kind = data.get("kind") or "task"
    own = {name: data[name] for name in ("owner", "stage", "mandatory") if name in data}
    told = {"title": data.get("title", kind), "kind": kind, "mandatory": False, "status": "open", **own}
    task = structure(Task, {"id": office.new_id(), **told}, _TASK_DATA)
    return attrs.evolve(task, due=_due(office, data.get("due"), when))


def _due(office: Office, after: Any, when: Moment) -> datetime | None:
    if after is None:
        return None
    path = f"{_TASK_DATA}.due"
    duration = read_duration(str(after), path)
    if isinstance(duration, timedelta):
        return when.occurred_at + duration
    if office.catalog.calendar is None:
        raise Invalid.of(NO_CALENDAR, path=path, due=str(duration))
    return office.catalog.calendar.add(when.occurred_at, duration)


def _recommended(office: Office, told: Recommendation, owner: Any) -> Task:
    return Task(
        id=office.new_id(),
        title=told.text,
        kind="recommendation",
        owner=told.owner or owner,
        due=told.target,
        status="open",
        mandatory=False,
        subject_kind="recommendation",
        subject_id=told.id,
    )


def _fired(
    office: Office, draft: Draft, data: Mapping[str, Any], after: Aftermath, mover: Mover
) -> Steps[tuple[Draft, tuple[Draft, ...]]]:
    if after.depth >= office.depth:
        raise Refused.of(TOO_DEEP, job=draft.job.id, depth=office.depth)
    facet = str(data.get("facet", PRIMARY))
    intent = Intent(
        trigger=str(data.get("trigger")),
        by=SYSTEM,
        when=_not_before_entry(draft.job, facet, after.when),
        facet=facet,
        reason=data.get("reason"),
    )
    moved, *born = yield from mover(office, draft.job, draft.lifecycles, intent, after.depth + 1)
    return draft.then(moved), tuple(born)


def _not_before_entry(job: Job, facet: str, when: Moment) -> Moment:
    """Move what a late cause sets off to when the state was entered that it leads out of."""
    state = job.states.get(facet)
    if state is None or state.since is None or state.since <= when.occurred_at:
        return when
    return attrs.evolve(when, occurred_at=min(state.since, when.recorded_at))
