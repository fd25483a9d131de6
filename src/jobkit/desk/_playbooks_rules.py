"""Which version of a playbook is meant: by name, by date, or as a job remembers it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.desk import _steps
from jobkit.desk._draft import Draft
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.errors import NotFound
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.mappings import EMPTY
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


def told_of(playbook: Playbook | None) -> Mapping[str, Any]:
    """Return what an event says of the playbook that a job was begun from."""
    return EMPTY if playbook is None else {"playbook": playbook.id, "playbook_version": playbook.version}


def with_rules(draft: Draft, playbook: Playbook | None) -> Draft:
    """Name the playbook among the rules of a job's first event."""
    if playbook is None:
        return draft
    first, *rest = draft.events
    named = attrs.evolve(first, rules={**first.rules, f"playbook.{playbook.id}": playbook.hash})
    return attrs.evolve(draft, events=(named, *rest))


def texts(office: Office, drafts: Iterable[Draft]) -> Mapping[str, str]:
    """
    Return the text of every playbook that a job is begun from or adopts by this commit, for the archive.

    One that the catalog does not hold is known by its hash alone, as that of a job that lived elsewhere.
    """
    links = (draft.job.links.playbook for draft in drafts if _is_new(draft))
    books = (office.catalog.playbooks.by_hash(link.hash) for link in links if link is not None)
    return {book.hash: book.text for book in books if book is not None}


def _is_new(draft: Draft) -> bool:
    return draft.before is None or draft.before.links.playbook != draft.job.links.playbook


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
