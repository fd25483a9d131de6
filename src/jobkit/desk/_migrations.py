"""Moving a live job to another version of its rules, as a recorded event."""

from datetime import datetime
from typing import Any

from jobkit import lifecycle
from jobkit.desk._commands import command
from jobkit.desk._draft import Draft
from jobkit.desk._office import Office
from jobkit.desk._record import Done, done_before, record
from jobkit.desk._steps import Steps
from jobkit.errors import NotFound
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.lifecycle import Migration
from jobkit.model import PRIMARY, Actor

NOTHING_THERE = Template(
    "desk.no_lifecycle",
    "Job {job} of the type {type} has no lifecycle for the facet {facet} to migrate from or to.",
    "Name one of the facets: {facets}.",
)


def migrate(
    office: Office,
    job_id: str,
    migration: Migration,
    *,
    facet: str = PRIMARY,
    by: Actor,
    at: datetime,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Pin a job to the catalog's present version of a lifecycle, as *migration* maps its states.

    Refused when the job has no such facet, when it is pinned elsewhere, or when the mapping would end or
    reopen it.
    """
    asked = command(command_key, "migrate", (job_id,), migration=migration, facet=facet, by=by)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    now = office.catalog.rules(job.type).lifecycles
    if facet not in now or facet not in job.states:
        named: dict[str, Any] = {"job": job.id, "type": job.type, "facets": sorted(job.states)}
        raise NotFound.of(NOTHING_THERE, path="$.facet", facet=facet[:80], **named)
    moved = lifecycle.migrate(
        job, lifecycles[facet], now[facet], migration, by=by, at=utc(at, "$.at"), event_id=office.new_id()
    )
    after = {**lifecycles, facet: now[facet]}
    draft = Draft(before=job, job=moved.job, events=(moved.event,), lifecycles=after)
    return (yield from record(office, (draft,), at=at, command=asked))
