"""What a transition sets off: tasks, spawned jobs and further moves inside, everything else to the outbox."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.desk._events import edited
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._record import Draft
from jobkit.documents import freeze
from jobkit.errors import Refused
from jobkit.findings import Template
from jobkit.history import Event
from jobkit.lifecycle import EffectRule
from jobkit.model import PRIMARY, Job, Task
from jobkit.ports import Effect

TOO_DEEP = Template(
    "desk.too_deep",
    "Moving job {job} sets off more than {depth} moves, one after the other.",
    "Break the cycle of fire effects in its lifecycle.",
)

Follow = Callable[..., tuple[Draft, ...]]


def follow(
    office: Office,
    draft: Draft,
    event: Event,
    effects: tuple[EffectRule, ...],
    at: datetime,
    depth: int,
    moved_drafts: Follow,
) -> tuple[Draft, ...]:
    """Carry out internal effects in order and collect outbound ones; the first draft is the moved job's."""
    spawned: tuple[Draft, ...] = ()
    for number, effect in enumerate(effects):
        if effect.outbound:
            draft = _outbound(draft, event, number, effect)
        elif effect.name in ("create_task", "create_tasks"):
            draft = _tasks(office, draft, effect.data, at)
        elif effect.name == "spawn_job":
            spawned = (*spawned, _spawned(office, draft.job, effect.data, at))
        elif effect.name == "fire":
            draft, more = _fired(office, draft, effect.data, at, depth, moved_drafts)
            spawned = (*spawned, *more)
    return (draft, *spawned)


def _outbound(draft: Draft, event: Event, number: int, effect: EffectRule) -> Draft:
    told = Effect(
        event_id=event.id,
        number=number,
        name=effect.name,
        data=freeze({"job": event.job_id, **effect.data}),
    )
    return attrs.evolve(draft, effects=(*draft.effects, told))


def _tasks(office: Office, draft: Draft, data: Mapping[str, Any], at: datetime) -> Draft:
    job = draft.job
    new = tuple(_new_tasks(office, job, data))
    if not new:
        return draft
    after = attrs.evolve(job, tasks=(*job.tasks, *new))
    more = edited(
        office,
        job,
        after,
        "tasked",
        lifecycles=draft.lifecycles,
        by=SYSTEM,
        at=at,
        name=str(data.get("kind", "task")),
    )
    return draft.then(more)


def _new_tasks(office: Office, job: Job, data: Mapping[str, Any]) -> list[Task]:
    kind = data.get("kind")
    if data.get("from") == "outcome.recommendations":
        known = {task.subject_id for task in job.tasks}
        return [
            Task(
                id=office.new_id(),
                title=told.text,
                kind="recommendation",
                owner=told.owner or data.get("owner"),
                due=told.target,
                status="open",
                mandatory=False,
                subject_kind="recommendation",
                subject_id=told.id,
            )
            for told in job.outcome.recommendations
            if told.id not in known
        ]
    return [
        Task(
            id=office.new_id(),
            title=str(data.get("title", kind)),
            kind=kind,
            owner=data.get("owner"),
            status="open",
            mandatory=bool(data.get("mandatory", False)),
        )
    ]


def _spawned(office: Office, parent: Job, data: Mapping[str, Any], at: datetime) -> Draft:
    from jobkit.desk._opening import spawned

    return spawned(office, parent, data, by=SYSTEM, at=at)


def _fired(
    office: Office, draft: Draft, data: Mapping[str, Any], at: datetime, depth: int, moved_drafts: Follow
) -> tuple[Draft, tuple[Draft, ...]]:
    from jobkit.desk._moves import Intent

    if depth >= office.depth:
        raise Refused.of(TOO_DEEP, job=draft.job.id, depth=office.depth)
    intent = Intent(
        trigger=str(data.get("trigger")),
        by=SYSTEM,
        at=at,
        facet=str(data.get("facet", PRIMARY)),
        reason=data.get("reason"),
    )
    moved, *spawned = moved_drafts(office, draft.job, draft.lifecycles, intent, depth=depth + 1)
    return draft.then(moved), tuple(spawned)
