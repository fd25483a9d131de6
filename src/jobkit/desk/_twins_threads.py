"""Where twins of a job may be: the threads of reports on its asset, and what the host's own search finds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

import attrs

from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.desk._twins_keys import key_names
from jobkit.desk._twins_records import latest, record_of
from jobkit.duplicates import MatchRules, Window
from jobkit.errors import JobkitError
from jobkit.findings import Finding
from jobkit.instants import tick_of
from jobkit.model import PRIMARY, Job
from jobkit.registry import guarded

LONGEST_CHAIN: Final = 64
"""How many redirects in a row are followed; loaded data may hold a circle."""


@attrs.frozen(kw_only=True)
class Thread:
    """One matter: the job that answers for it now, and every report of it that was found."""

    job: Job
    reports: tuple[Job, ...]

    @property
    def anchor(self) -> datetime | None:
        """When the matter was last reported, whatever was closed or merged since."""
        return max((at for each in self.reports if (at := latest(each)) is not None), default=None)


@attrs.frozen(kw_only=True)
class Nearby:
    """
    The threads among which twins of a job are looked for.

    `more` says that there are more candidates than the cap of the rules lets through; `failed` is what the
    host's search said when it could not answer, and `alone` that the job has nothing by which to look.
    """

    threads: tuple[Thread, ...] = ()
    more: bool = False
    failed: tuple[Finding, ...] = ()
    alone: bool = False


def nearby(office: Office, job: Job, known: Mapping[str, Job]) -> Steps[Nearby]:
    """
    Return the threads on the asset of *job*, those that share a blocking key with it, and those that the
    host's sources of candidates name.

    Open ones always, ended ones while they lie within the widest age of the window. *known* are jobs as the
    same commit leaves them. What is related by origin is no candidate: the job that it was spawned from, its
    parent, its requests, and other parts of the same whole.
    """
    rules = office.catalog.duplicates
    cap = 0 if rules is None else rules.data.cap
    there, more = yield from _on_asset(office, job, cap)
    sharing, many = yield from _by_keys(office, job, cap)
    told, failed = _from_sources(office, job, cap)
    ids = tuple(id for id in dict.fromkeys((*there, *sharing, *told)) if id != job.id)
    jobs = yield from _jobs(office, ids[:cap], known)
    answering = yield from followed(office, jobs, known)
    beside = yield from _of_the_same_request(office, job, known)
    reports: dict[str, list[Job]] = {}
    for each in jobs:
        reports.setdefault(answering[each.id].id, []).append(each)
    threads = (
        Thread(job=answering[found[0].id], reports=_with_own(answering[found[0].id], found))
        for found in reports.values()
    )
    return Nearby(
        threads=tuple(thread for thread in threads if _counts(office, job, thread, beside)),
        more=more or many or len(ids) > cap,
        failed=failed,
        alone=job.subject.asset is None and not key_names(office, job) and not _sources(office),
    )


def thread_of(office: Office, job_id: str, near: Nearby) -> Steps[Thread | None]:
    """Return the thread to which a job belongs, among those near or by itself; None for an unknown job."""
    for thread in near.threads:
        if job_id in {each.id for each in (thread.job, *thread.reports)}:
            return thread
    (job,) = yield from _steps.jobs(office.tenant, (job_id,))
    if job is None:
        return None
    answering = yield from followed(office, (job,), {})
    return Thread(job=answering[job_id], reports=_with_own(answering[job_id], (job,)))


def _sources(office: Office) -> tuple[str, ...]:
    return tuple(office.catalog.registry.names("candidates"))


def _on_asset(office: Office, job: Job, cap: int) -> Steps[tuple[tuple[str, ...], bool]]:
    if job.subject.asset is None:
        return (), False
    ids = yield from _steps.by_asset(office.tenant, job.subject.asset, False, cap + 1)
    return ids, len(ids) > cap


def _by_keys(office: Office, job: Job, cap: int) -> Steps[tuple[tuple[str, ...], bool]]:
    """Return the jobs that share a blocking key with *job*, those with more and rarer ones first."""
    shared: dict[str, float] = {}
    more = False
    for name in key_names(office, job):
        page = yield from _steps.queue(office.tenant, name, None, cap + 1)
        more = more or len(page.job_ids) > cap
        for id in page.job_ids:
            shared[id] = shared.get(id, 0.0) + 1 / len(page.job_ids)
    return tuple(sorted(shared, key=lambda id: -shared[id])), more


def _from_sources(office: Office, job: Job, cap: int) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Ask every source of the host, and keep what one that fails says: the request is not lost for it."""
    rules, registry = office.catalog.duplicates, office.catalog.registry
    ids: list[str] = []
    failed: list[Finding] = []
    for name in () if rules is None else _sources(office):
        try:
            ids += guarded("candidates", name, _asked, registry.find("candidates", name), rules, job, cap)
        except JobkitError as error:
            failed += error.findings
    return tuple(ids), tuple(failed)


def _asked(source: Callable[..., Any], rules: MatchRules, job: Job, cap: int) -> list[str]:
    """Read what a source of the host finds, here, so that what it raises on the way is caught as well."""
    from jobkit.duplicates import keys_of

    record = record_of(job, rules.fields())
    return [str(id) for id, _ in islice(source(record, keys_of(rules, record)), cap + 1)]


def _jobs(office: Office, ids: Iterable[str], known: Mapping[str, Job]) -> Steps[list[Job]]:
    """Return the jobs with *ids*, as the commit leaves them; what is no job here is passed over."""
    asked = tuple(ids)
    stored = yield from _steps.jobs(office.tenant, tuple(id for id in asked if id not in known))
    found = {**known, **{job.id: job for job in stored if job is not None}}
    return [found[id] for id in asked if id in found]


def followed(office: Office, jobs: Iterable[Job], known: Mapping[str, Job]) -> Steps[dict[str, Job]]:
    """Return for each job the one that answers for it now: itself, or what it was merged into at last."""
    answering = {job.id: job for job in jobs}
    for _ in range(LONGEST_CHAIN):
        targets = {job.links.merged_into for job in answering.values()} - {None}
        if not targets:
            break
        reached = yield from _jobs(office, sorted(id for id in targets if id is not None), known)
        by_id = {job.id: job for job in reached}
        moved = {id: by_id.get(job.links.merged_into or "", job) for id, job in answering.items()}
        if moved == answering:
            break
        answering = moved
    return answering


def _with_own(survivor: Job, found: Iterable[Job]) -> tuple[Job, ...]:
    reports = {job.id: job for job in (survivor, *found)}
    return tuple(reports[id] for id in sorted(reports))


def _of_the_same_request(office: Office, job: Job, known: Mapping[str, Job]) -> Steps[frozenset[str]]:
    """Return the jobs that a person opened for the same request as *job*: they share the work on purpose."""
    ids = tuple(link.id for link in job.links.requests)
    requests = (yield from _jobs(office, ids, known)) if ids else []
    shared = (each.links.fulfilled_by for each in requests if job.id in each.links.fulfilled_by)
    return frozenset(id for fulfilled in shared for id in fulfilled)


def _counts(office: Office, job: Job, thread: Thread, beside: frozenset[str]) -> bool:
    """Whether a thread may be a twin; one that leads nowhere (a circle in loaded data) never answers."""
    other = thread.job
    if other.id == job.id or other.links.fulfilled_by or other.links.merged_into:
        return False
    if not beside.isdisjoint(each.id for each in thread.reports) or _related(job, thread):
        return False
    return other.is_open or _is_recent(office, job, thread)


def _related(job: Job, thread: Thread) -> bool:
    own = _origins(job)
    return any(each.id in own or job.id in _origins(each) or _siblings(job, each) for each in thread.reports)


def _origins(job: Job) -> set[str | None]:
    links = job.links
    return {links.spawned_from, links.parent, *(each.id for each in links.requests), *links.fulfilled_by}


def _siblings(job: Job, other: Job) -> bool:
    return job.links.parent is not None and job.links.parent == other.links.parent


def _is_recent(office: Office, job: Job, thread: Thread) -> bool:
    widest, anchor, came = _widest(office), thread.anchor, latest(job)
    if widest is None or anchor is None or came is None:
        return True
    ended = thread.job.states[PRIMARY].since or anchor
    return abs(tick_of(came) - tick_of(max(anchor, ended))) <= widest // timedelta(microseconds=1)


def _widest(office: Office) -> timedelta | None:
    rules = office.catalog.duplicates
    if rules is None or rules.data.window is None:
        return None
    window: Window = rules.data.window
    spans = (*(age.within for age in window.ages), *(() if window.cut is None else (window.cut,)))
    return max(spans, default=None)
