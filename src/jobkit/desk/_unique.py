"""What must be unique across jobs, guarded by scopes on every path that opens, reopens or amends a job."""

from collections.abc import Iterator, Sequence
from typing import Any

from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.errors import Conflict, Refused
from jobkit.findings import Finding, Template
from jobkit.model import Job, take

TAKEN = Template(
    "desk.external_id_taken",
    "The {system} id {external_id} already belongs to job {job}.",
    "Work on job {job}, or leave this external id out.",
)
ALREADY_OPEN = Template(
    "desk.already_open",
    "Job {job} of the type {type} is already open with the same {fields}.",
    "Add to job {job}, or close it first.",
)

Pair = tuple[Job | None, Job]
"""A job before (None when it is new) and after a command."""


def held(office: Office, pairs: Sequence[Pair]) -> Steps[tuple[dict[str, int], tuple[Finding, ...]]]:
    """
    Return the scopes that guard the uniqueness of *pairs*, as read, and what is already held by other jobs.

    The versions are read before the jobs, so that whoever commits first moves them for all others.
    """
    entering = [(job, scope) for before, job in pairs for scope in _entered(office, before, job)]
    if not entering:
        return {}, ()
    versions = yield from _steps.scopes(office.tenant, tuple({scope for _, scope in entering}))
    findings = []
    for job, _ in entering:
        findings += yield from _others(office, job)
    return dict(versions), tuple(findings)


def external_ids(office: Office, pairs: Sequence[Pair]) -> Steps[None]:
    """Refuse an external id that another job has; the store holds the same rule at the commit."""
    for before, job in pairs:
        known = () if before is None else before.links.external_ids
        for given in job.links.external_ids:
            if given in known:
                continue
            other = yield from _steps.by_external_id(office.tenant, given.system, given.id)
            if other is not None and other != job.id:
                raise Conflict.of(
                    TAKEN,
                    path="$.links.external_ids",
                    system=given.system,
                    external_id=given.id,
                    job=other,
                )


def must_be_free(office: Office, pairs: Sequence[Pair]) -> Steps[dict[str, int]]:
    """Return the scopes to commit with; what other jobs hold is refused."""
    yield from external_ids(office, pairs)
    scopes, findings = yield from held(office, pairs)
    if findings:
        raise Refused(findings)
    return scopes


def _entered(office: Office, before: Job | None, job: Job) -> Iterator[str]:
    scope = _scope(office, job)
    if scope is not None and (before is None or _scope(office, before) != scope):
        yield scope


def _scope(office: Office, job: Job) -> str | None:
    paths = office.catalog.rules(job.type).unique_open
    values = _values(job, paths)
    if not job.is_open or not paths or any(value is None for value in values):
        return None
    return ":".join(("open", job.type, *map(str, values)))


def _values(job: Job, paths: Sequence[str]) -> list[Any]:
    return [take(job, path) for path in paths]


def _others(office: Office, job: Job) -> Steps[list[Finding]]:
    paths = office.catalog.rules(job.type).unique_open
    if job.subject.asset is None:
        return []
    ids = yield from _steps.by_asset(office.tenant, job.subject.asset)
    others = yield from _steps.jobs(office.tenant, ids)
    return [
        Finding.of(ALREADY_OPEN, job=other.id, type=job.type, fields=list(paths))
        for other in others
        if other is not None and other.id != job.id and other.type == job.type
        if other.is_open and _values(other, paths) == _values(job, paths)
    ]
