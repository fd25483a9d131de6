"""Which version of a playbook is meant: by name, by date, or as a job remembers it."""

from datetime import datetime
from typing import Any

import attrs

from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._record import Ready
from jobkit.desk._steps import Steps
from jobkit.errors import NotFound
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.mappings import FrozenMap
from jobkit.model import Job, PlaybookLink
from jobkit.playbooks import Playbook

LOST = Template(
    "desk.playbook_lost",
    "Job {job} was started from the playbook {playbook} with hash {hash}, which nobody holds any more.",
    "Give the catalog that version again, or restore the archive from a backup.",
)


def chosen(office: Office, playbook: str, version: str | None, at: datetime) -> Playbook:
    """Return the version that is named, else the one in force at *at*; what is not there is refused."""
    shelf = office.catalog.playbooks
    return shelf.at(playbook, utc(at, "$.at")) if version is None else shelf.version(playbook, version)


def with_text(ready: Ready, book: Playbook) -> Ready:
    """Let the archive keep the text of the version that a job is begun from."""
    return attrs.evolve(ready, rules=FrozenMap({**ready.rules, book.hash: book.text}))


def remembered(office: Office, link: PlaybookLink) -> Steps[Playbook | None]:
    """Return the version that *link* names, from the catalog or the archive; None where neither holds it."""
    known = office.catalog.playbooks.by_hash(link.hash)
    if known is not None:
        return known
    text = yield from _steps.rule(link.hash)
    return None if text is None else Playbook.load(text)


def playbook_of(office: Office, job_id: str) -> Steps[Playbook | None]:
    """
    Return the version of the playbook that a job was started from, as it was then; None without one.

    An unknown job is refused, and a version that neither the catalog nor the archive holds.
    """
    job: Job = yield from office.job(job_id)
    link = job.links.playbook
    if link is None:
        return None
    found = yield from remembered(office, link)
    if found is None:
        named: dict[str, Any] = {"playbook": f"{link.id}@{link.version}", "hash": link.hash}
        raise NotFound.of(LOST, path="$.links.playbook", job=job.id, **named)
    return found
