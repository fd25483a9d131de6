"""Tasks before any job: kept on a record of a request type that is about their customer, site or asset."""

from collections.abc import Iterator, Mapping
from datetime import datetime
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
from jobkit.errors import Invalid, NotFound
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
    asked = command(command_key, "open_task", kind=subject_kind, id=subject_id, **arguments)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    named = attrs.evolve(task, subject_kind=subject_kind, subject_id=subject_id)
    if subject_kind == _REQUEST:
        found: Job | None = yield from office.job(subject_id)
        assert found is not None  # office.job refuses an unknown id
        must_be_request(office, found)
        return (yield from _on(office, found, named, by, at, asked))
    if subject_kind not in _PLACES:
        kinds = [*_PLACES, _REQUEST]
        raise Invalid.of(NO_SUBJECT, path="$.subject_kind", kind=subject_kind[:80], kinds=kinds)
    key, found = yield from _kept(office, subject_kind, subject_id)
    if found is not None:
        return (yield from _on(office, found, named, by, at, asked))
    opened = _opened(office, named, key, _request_type(office, named, request_type), state, by, at)
    return (yield from record(office, (opened,), at=at, command=asked))


def _on(office: Office, job: Job, task: Task, by: Actor, at: datetime, asked: Command) -> Steps[Done]:
    lifecycles = yield from office.lifecycles(job)
    after = with_task(job, lifecycles, task)
    when = Moment.of(at)
    draft = edited(office, job, after, "tasked", lifecycles=lifecycles, by=by, when=when, name="added")
    return (yield from record(office, (draft,), at=at, command=asked))


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
    number = 2
    while True:
        yield f"{kind}:{id}#{number}"
        number += 1


def _request_type(office: Office, task: Task, named: str | None) -> str:
    kinds = [rules.type.id for rules in office.catalog.types.values() if rules.type.is_request]
    if named is None and len(kinds) == 1:
        return kinds[0]
    if named is not None and named in kinds:
        return named
    told: dict[str, Any] = {"kind": task.subject_kind, "id": task.subject_id, "types": kinds}
    raise NotFound.of(NO_TYPE, path="$.request_type", count=len(kinds), **told)


def _opened(
    office: Office,
    task: Task,
    key: str,
    request_type: str,
    state: str | None,
    by: Actor,
    at: datetime,
) -> Draft:
    rules, when = office.catalog.rules(request_type), Moment.of(at)
    work = rules.lifecycles[PRIMARY]
    states = initial_states(rules.lifecycles, {PRIMARY: state or work.initial[-1]}, at=when.recorded_at)
    part, field = _PLACES[str(task.subject_kind)]
    bare = new_job(office, rules, {part: {field: task.subject_id}}, states)
    links = attrs.evolve(bare.links, external_ids=(ExternalId(system=KEPT, id=key),))
    job = with_task(attrs.evolve(bare, links=links), rules.lifecycles, task)
    return created(office, rules, job, by=by, when=when, name="noted")
