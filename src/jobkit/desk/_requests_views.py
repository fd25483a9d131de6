"""Reading requests and tasks: how a request stands, and what one person has to do, before and beside jobs."""

from collections.abc import Mapping, Sequence
from itertools import chain

import attrs

from jobkit.desk import _requests_status as pure
from jobkit.desk import _steps
from jobkit.desk._members import family
from jobkit.desk._office import Office
from jobkit.desk._requests_status import RequestStatus
from jobkit.desk._steps import Steps
from jobkit.errors import Refused
from jobkit.findings import Template
from jobkit.model import Job, Task

NO_REQUEST = Template(
    "desk.no_request",
    "{job} is a record of the type {type}, which is no request.",
    "Name a record whose type has the category request.",
)


@attrs.frozen(kw_only=True)
class OpenTask:
    """A task that waits for somebody, with the record that it stands on and whether that is a request."""

    job: str
    type: str
    is_request: bool
    task: Task


def must_be_request(office: Office, job: Job) -> None:
    """Refuse a record that is no request of a customer."""
    if not _is_request(office, job):
        raise Refused.of(NO_REQUEST, path="$.id", job=job.id, type=job.type)


def _is_request(office: Office, job: Job) -> bool:
    return office.catalog.rules(job.type).type.is_request


def request_status(office: Office, request_id: str) -> Steps[RequestStatus]:
    """
    Return how a request stands, read off the jobs that were opened for it and those they were merged into.

    A request that was merged is answered by the one that it was merged into, to which the jobs of all of them
    count. Unknown ids, a record that is no request, and jobs merged in a circle are refused.
    """
    asked = yield from office.job(request_id)
    must_be_request(office, asked)
    merged = pure.followed(asked, (yield from _with_survivors(office, (asked,))))
    one = yield from family(office, merged[-1])
    fulfilling = (each.links.fulfilled_by for each in (*merged, *one.values()))
    opened = tuple(dict.fromkeys(chain.from_iterable(fulfilling)))
    jobs = yield from office.jobs(opened)
    known = yield from _with_survivors(office, jobs)
    links = attrs.evolve(merged[-1].links, fulfilled_by=opened)
    return pure.request_status(attrs.evolve(merged[-1], links=links), known.values())


def _with_survivors(office: Office, jobs: Sequence[Job]) -> Steps[Mapping[str, Job]]:
    """Fetch what *jobs* were merged into, and what those were; one that the store lacks is left out."""
    known = {job.id: job for job in jobs}
    while missing := _unfollowed(known):
        found = yield from _steps.jobs(office.tenant, missing)
        met = {job.id: job for job in found if job is not None}
        if not met:
            break
        known |= met
    return known


def _unfollowed(known: Mapping[str, Job]) -> tuple[str, ...]:
    into = (job.links.merged_into for job in known.values())
    return tuple(dict.fromkeys(id for id in into if id is not None and id not in known))


def tasks_of(office: Office, person: str, *, limit: int = 1000) -> Steps[tuple[OpenTask, ...]]:
    """
    Return what *person* has to do: open and active tasks on open jobs and requests, the first due first.

    At most *limit* records are looked at; tasks without a due time come last. A person with none has none.
    """
    ids = yield from _steps.by_person(office.tenant, person, limit)
    jobs = yield from office.jobs(ids)
    found = [
        OpenTask(
            job=job.id, type=job.type, is_request=office.catalog.rules(job.type).type.is_request, task=task
        )
        for job in jobs
        for task in job.tasks
        if task.owner == person and task.status in ("open", "active")
    ]
    return tuple(sorted(found, key=_by_due))


def _by_due(each: OpenTask) -> tuple[bool, str, str, str]:
    due = each.task.due
    return due is None, "" if due is None else due.isoformat(), each.job, each.task.id
