"""Tasks before any job: kept on a record of a request type that is about their customer, site or asset."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any, Final

import attrs

from jobkit.desk import _steps
from jobkit.desk._births import created, new_job
from jobkit.desk._commands import Command, command, must_say
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited
from jobkit.desk._office import Office
from jobkit.desk._record import Done, done_before, record
from jobkit.desk._requests_views import must_be_request
from jobkit.desk._steps import Steps
from jobkit.desk._tasks import with_task
from jobkit.errors import Conflict, Invalid, NotFound, Refused
from jobkit.findings import Template
from jobkit.lifecycle import initial_states
from jobkit.mappings import FrozenMap
from jobkit.model import PRIMARY, Actor, ExternalId, Job, Task

NO_TYPE = Template(
    "desk.no_request_type",
    "A task about {kind} {id} needs a record to stand on, and the catalog has {count} types of requests.",
    "Name with request_type one of the job types whose category is request: {types}.",
)
NO_SUBJECT = Template(
    "desk.task_subject",
    "A task cannot stand on a {kind} before there is a job.",
    "Name one of: {kinds}.",
)

KEPT: Final = "jobkit.tasks"
"""The system under which the record that keeps somebody's tasks is found again."""

_PLACES: Final[Mapping[str, tuple[str, str]]] = FrozenMap(
    customer=("subject", "customer"),
    site=("subject", "site"),
    asset=("subject", "asset"),
    conversation=("links", "conversation"),
)
_REQUEST: Final = "request"


def open_task(
    office: Office,
    subject_kind: str,
    subject_id: str,
    task: Task,
    *,
    by: Actor,
    at: datetime,
    request_type: str | None = None,
    state: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Add an open task about a customer, site, asset, conversation or request, before there is any job.

    It stands on the request itself, or on a record of *request_type* about that subject, which is opened in
    *state* (left out: the last of the type's initial states) the first time and found again as long as it is
    open. Refused are other kinds, a catalog with no or several types of requests unless *request_type* names
    one, and what `add_task` refuses.
    """
    must_say("open_task", subject_kind=subject_kind, subject_id=subject_id)
    arguments: dict[str, Any] = {"task": task, "by": by, "type": request_type, "state": state}
    key = command(command_key, "open_task", kind=subject_kind, id=subject_id, **arguments)
    before = yield from done_before(office, key)
    if before is not None:
        return before
    named = attrs.evolve(task, subject_kind=subject_kind, subject_id=subject_id)
    asked = Asked(task=named, by=by, at=at, request_type=request_type, state=state, command=key)
    try:
        return (yield from _attempt(office, asked, subject_kind, subject_id))
    except (Conflict, Refused):
        # Somebody else may have opened the record, or written on it, a moment ago: then it is found now.
        return (yield from _attempt(office, asked, subject_kind, subject_id))


@attrs.frozen(kw_only=True)
class Asked:
    """A task before any job, as it was asked for."""

    task: Task
    by: Actor
    at: datetime
    request_type: str | None
    state: str | None
    command: Command


def _attempt(office: Office, asked: Asked, kind: str, id: str) -> Steps[Done]:
    if kind == _REQUEST:
        request = yield from office.job(id)
        must_be_request(office, request)
        return (yield from _on(office, request, asked))
    if kind not in _PLACES:
        raise Invalid.of(NO_SUBJECT, path="$.subject_kind", kind=kind[:80], kinds=[*_PLACES, _REQUEST])
    key, found = yield from _kept(office, kind, id)
    if found is not None:
        return (yield from _on(office, found, asked))
    return (yield from record(office, (_opened(office, asked, key),), at=asked.at, command=asked.command))


def _on(office: Office, job: Job, asked: Asked) -> Steps[Done]:
    lifecycles = yield from office.lifecycles(job)
    after = with_task(job, lifecycles, asked.task)
    who: dict[str, Any] = {"by": asked.by, "when": Moment.of(asked.at), "name": "added"}
    draft = edited(office, job, after, "tasked", lifecycles=lifecycles, **who)
    return (yield from record(office, (draft,), at=asked.at, command=asked.command))


def _kept(office: Office, kind: str, id: str) -> Steps[tuple[str, Job | None]]:
    """Return the key of the record that keeps tasks about a subject, and the record if one is open."""
    for key in _keys(kind, id):
        known = yield from _steps.by_external_id(office.tenant, KEPT, key)
        if known is None:
            return key, None
        job = yield from office.job(known)
        if job.is_open:
            return key, job
    raise AssertionError("keys never end")


def _keys(kind: str, id: str) -> Iterator[str]:
    """Yield the keys of a subject's records: the first, and those that followed ones that ended."""
    yield f"{kind}:{id}"
    yield from (f"{kind}#{number}:{id}" for number in count(2))


def _request_type(office: Office, asked: Asked) -> str:
    kinds = [rules.type.id for rules in office.catalog.types.values() if rules.type.is_request]
    if asked.request_type is None and len(kinds) == 1:
        return kinds[0]
    if asked.request_type is not None and asked.request_type in kinds:
        return asked.request_type
    told: dict[str, Any] = {"kind": asked.task.subject_kind, "id": asked.task.subject_id, "types": kinds}
    raise NotFound.of(NO_TYPE, path="$.request_type", count=len(kinds), **told)


def _opened(office: Office, asked: Asked, key: str) -> Draft:
    """Draft the record on which the first task about a subject stands."""
    rules, when = office.catalog.rules(_request_type(office, asked)), Moment.of(asked.at)
    first = asked.state or rules.lifecycles[PRIMARY].initial[-1]
    states = initial_states(rules.lifecycles, {PRIMARY: first}, at=when.recorded_at)
    part, field = _PLACES[str(asked.task.subject_kind)]
    bare = new_job(office, rules, {part: {field: asked.task.subject_id}}, states)
    links = attrs.evolve(bare.links, external_ids=(ExternalId(system=KEPT, id=key),))
    job = with_task(attrs.evolve(bare, links=links), rules.lifecycles, asked.task)
    return created(office, rules, job, by=asked.by, when=when, name="noted")
