"""Numbers and ids that lead on: to the job that answers for a merged one, now and for ever."""

from collections.abc import Iterator
from typing import Final

from jobkit.desk import _steps
from jobkit.desk._office import NO_JOB, Office
from jobkit.desk._steps import Steps
from jobkit.errors import Invalid, NotFound
from jobkit.findings import Finding, Template
from jobkit.model import Job

CIRCLE = Template(
    "desk.merge_circle",
    "The jobs {jobs} are merged into each other in a circle, so that none of them answers.",
    "Mend the data that was loaded: one of these jobs is the one that goes on.",
)
DANGLING = Template(
    "desk.merge_dangling",
    "Job {job} is merged into job {survivor}, which is not there.",
    "Load job {survivor} as well, or mend the data that was loaded.",
)

NUMBER: Final = "~number"
"""The system under which jobkit keeps the numbers that customers quote; no host's system begins so."""

RESERVED_MARK: Final = "~"
_MOST_TOLD: Final = 100


def names_of(job: Job) -> tuple[tuple[str, str], ...]:
    """
    Return what a job is found by, as system and id: its external ids, its number, and older numbers.

    Numbers of members are theirs, and lead on from there.
    """
    external = ((known.system, known.id) for known in job.links.external_ids)
    return (*external, *((NUMBER, number) for number in dict.fromkeys(_numbers(job))))


def _numbers(job: Job) -> Iterator[str]:
    links = job.links
    if links.number:
        yield links.number
    theirs = {member.number for member in links.members}
    yield from (number for number in links.former_numbers if number not in theirs)


def resolve(office: Office, name: str) -> Steps[Job]:
    """
    Return the job that answers now for an id or a number, also one of a job that was merged away.

    An id comes before a number. Refused are a name that no job has, and jobs merged into each other in a
    circle, which only data from elsewhere can hold.
    """
    (found,) = yield from _steps.jobs(office.tenant, (name,))
    if found is None:
        job_id = yield from _steps.by_external_id(office.tenant, NUMBER, name)
        if job_id is None:
            raise NotFound.of(NO_JOB, path="$.id", job=[name[:80]])
        return (yield from answering(office, (yield from office.job(job_id))))
    return (yield from answering(office, (yield from office.job(name))))


def answering(office: Office, job: Job) -> Steps[Job]:
    """Return the job that answers for *job* now: itself, or the one at the end of its merges."""
    passed = {job.id: job}
    while job.links.merged_into is not None:
        following = job.links.merged_into
        if following in passed:
            raise Invalid.of(CIRCLE, path="$.links.merged_into", jobs=list(passed)[:_MOST_TOLD])
        (found,) = yield from _steps.jobs(office.tenant, (following,))
        if found is None:
            told = Finding.of(DANGLING, path="$.links.merged_into", job=job.id, survivor=following)
            raise NotFound((told,))
        passed[following] = job = found
    if len(passed) == 1:
        return job
    # Read once more as desks read it; meanwhile it may have been merged itself.
    last = yield from office.job(job.id)
    return last if last.links.merged_into is None else (yield from answering(office, last))
