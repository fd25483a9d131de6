"""What open jobs of earlier versions of a playbook would gain from a later one, page by page."""

from datetime import datetime

import attrs

from jobkit.desk import _steps
from jobkit.desk._index import EVERY_JOB
from jobkit.desk._office import Office
from jobkit.desk._playbooks_rules import chosen, remembered
from jobkit.desk._steps import Steps
from jobkit.model import Job
from jobkit.playbooks import Difference, Playbook, PlaybookDiff, diff, lacking


@attrs.frozen(kw_only=True)
class JobGains:
    """
    What one open job of an earlier version would gain: `gains` is what `adopt_playbook` would give it.

    `diff` compares its version with the later one as a whole, also in what is said otherwise or gone, which
    no job takes over by itself; None when nobody holds the earlier version any more.
    """

    job: str
    number: str | None
    version: str
    gains: tuple[Difference, ...] = ()
    diff: PlaybookDiff | None = None


@attrs.frozen(kw_only=True)
class GainsPage:
    """One page of jobs that would gain something, the version they would gain from, and where to go on."""

    playbook: str
    version: str
    jobs: tuple[JobGains, ...] = ()
    after: str | None = None


def playbook_gains(
    office: Office,
    playbook: str,
    *,
    at: datetime,
    version: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> Steps[GainsPage]:
    """
    Return which open jobs of earlier versions would gain what from *version*, or the one in force at *at*.

    *limit* open jobs are looked at for a page, from the cursor *after* on; a page may name none of them and
    still not be the last. An unknown playbook or version is refused.
    """
    book = chosen(office, playbook, version, at)
    page = yield from _steps.queue(office.tenant, EVERY_JOB, after, limit)
    known: dict[str, Playbook | None] = {book.hash: book}
    found = []
    for job in (yield from office.jobs(page.job_ids)):
        told = yield from _gains(office, job, book, known)
        if told is not None:
            found.append(told)
    return GainsPage(playbook=book.id, version=book.version, jobs=tuple(found), after=page.after)


def _gains(
    office: Office, job: Job, book: Playbook, known: dict[str, Playbook | None]
) -> Steps[JobGains | None]:
    link = job.links.playbook
    if link is None or link.id != book.id or link.hash == book.hash or job.type != book.job_type:
        return None
    if link.hash not in known:
        known[link.hash] = yield from remembered(office, link)
    own = known[link.hash]
    if own is not None and own.effective_from >= book.effective_from:
        return None
    return JobGains(
        job=job.id,
        number=job.links.number,
        version=link.version,
        gains=lacking(job, book),
        diff=None if own is None else diff(own, book),
    )
