"""What must be unique across jobs, guarded by scopes on every path that opens, reopens or amends a job."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jobkit.desk import _steps
from jobkit.desk._draft import Draft
from jobkit.desk._office import Office
from jobkit.desk._redirects import NUMBER, names_of
from jobkit.desk._steps import Steps
from jobkit.documents import write_json
from jobkit.findings import Finding, Template
from jobkit.model import Job, take

TAKEN = Template(
    "desk.external_id_taken",
    "The {system} id {external_id} already belongs to job {job}.",
    "Work on job {job}, or leave this external id out.",
)
NUMBER_TAKEN = Template(
    "desk.number_taken",
    "The number {number} already belongs to job {job}.",
    "Give the job a number of its own: customers quote it, and it leads to one job for ever.",
)
ALREADY_OPEN = Template(
    "desk.already_open",
    "Job {job} of the type {type} is already open with the same {fields}.",
    "Add to job {job}, or close it first.",
)

_MOST_ON_ONE_ASSET: Final = 100_000


def held(office: Office, drafts: Sequence[Draft]) -> Steps[tuple[Mapping[str, int], tuple[Finding, ...]]]:
    """
    Return the scopes that guard the uniqueness of *drafts*, as read, and what other jobs hold already.

    The versions are read before the jobs, so that whoever commits first moves them for all others.
    """
    findings = yield from _external_ids(office, drafts)
    entering = [(draft.job, scope) for draft in drafts for scope in _entered(office, draft)]
    if not entering:
        return {}, findings
    versions = yield from _steps.scopes(office.tenant, tuple(dict.fromkeys(scope for _, scope in entering)))
    after = {draft.job.id: draft.job for draft in drafts}
    for job, scope in entering:
        others = yield from _others(office, job, after)
        findings = (*findings, *(_open(office, other) for other in others if _scope(office, other) == scope))
    return dict(versions), findings


def _external_ids(office: Office, drafts: Sequence[Draft]) -> Steps[tuple[Finding, ...]]:
    """Tell which external ids another job has; the store holds the same rule at the commit."""
    findings: list[Finding] = []
    holders: dict[tuple[str, str], str] = {}
    for draft in drafts:
        known = () if draft.before is None else names_of(draft.before)
        for system, id in names_of(draft.job):
            other = holders.setdefault((system, id), draft.job.id)
            if other == draft.job.id and (system, id) not in known:
                other = (yield from _steps.by_external_id(office.tenant, system, id)) or other
            if other != draft.job.id:
                findings.append(_taken(system, id, other))
    return tuple(findings)


def _taken(system: str, id: str, other: str) -> Finding:
    if system == NUMBER:
        return Finding.of(NUMBER_TAKEN, path="$.links.number", number=id, job=other)
    told: dict[str, Any] = {"system": system, "external_id": id, "job": other}
    return Finding.of(TAKEN, path="$.links.external_ids", **told)


def _entered(office: Office, draft: Draft) -> Iterator[str]:
    scope = _scope(office, draft.job)
    if scope is not None and (draft.before is None or _scope(office, draft.before) != scope):
        yield scope


def _scope(office: Office, job: Job) -> str | None:
    paths = office.catalog.rules(job.type).unique_open
    if not paths or not job.is_open:
        return None
    values = [take(job, path.removeprefix("job.")) for path in paths]
    return None if None in values else f"open:{job.type}:{write_json(values)}"


def _others(office: Office, job: Job, after: Mapping[str, Job]) -> Steps[list[Job]]:
    """Return the open jobs of the type on the same asset, those of the same commit as they will be."""
    asset = job.subject.asset
    assert asset is not None  # the catalog demands the asset among the paths of unique_open
    ids = yield from _steps.by_asset(office.tenant, asset, True, _MOST_ON_ONE_ASSET)
    stored = yield from _steps.jobs(office.tenant, tuple(id for id in ids if id not in after))
    found = (*(other for other in stored if other is not None), *after.values())
    return [other for other in found if other.id != job.id and other.type == job.type]


def _open(office: Office, other: Job) -> Finding:
    fields = list(office.catalog.rules(other.type).unique_open)
    return Finding.of(ALREADY_OPEN, path="$", job=other.id, type=other.type, fields=fields)
