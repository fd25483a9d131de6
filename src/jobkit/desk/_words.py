"""Amending fields, noting what was said, and erasing what must be forgotten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobkit.answers import Answer
from jobkit.desk import _steps
from jobkit.desk._commands import command
from jobkit.desk._events import edited, event
from jobkit.desk._fields import field_findings, with_values
from jobkit.desk._office import Office
from jobkit.desk._record import Done, Draft, done_before, record
from jobkit.desk._steps import Steps
from jobkit.errors import Refused
from jobkit.findings import Template
from jobkit.history import apply, private_digests
from jobkit.lifecycle import permits
from jobkit.model import Actor
from jobkit.privacy import Redacted

NOTHING = Template(
    "desk.nothing_to_amend",
    "The amendment changes nothing about job {job}.",
    "Give at least one path with a new value.",
)


def amend(
    office: Office,
    job_id: str,
    values: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Set fields of a job: *values* maps paths to plain data, None takes a value away.

    Refused are paths that only moving the job changes, fields that are read-only or hidden in the job's
    states, states that forbid amending, data of the wrong shape, and an amendment that changes nothing.
    """
    asked = command(command_key, "amend", job=job_id, values=values, by=by, reason=reason)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    refused = (*permits(job, lifecycles, "amend").findings, *field_findings(job, lifecycles, values))
    Answer("amend", refused).must()
    amended = with_values(job, values, office.new_salt, office.catalog.rules(job.type).type.private)
    draft = edited(office, job, amended, "amended", lifecycles=lifecycles, by=by, at=at, reason=reason)
    if not draft.events[0].changes:
        raise Refused.of(NOTHING, job=job.id)
    return (yield from record(office, (draft,), at=at, command=asked))


def note(
    office: Office,
    job_id: str,
    text: str,
    *,
    by: Actor,
    at: datetime,
    channel: str | None = None,
    audience: str | None = None,
    private: bool = True,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Record what was said or seen: a communication with its channel and audience, kept with the history.

    The text is private unless *private* is off: it is hidden from birth and can be erased later.
    """
    asked = command(command_key, "note", job=job_id, text=text, by=by, channel=channel, audience=audience)
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    permits(job, lifecycles, "note").must()
    told = Redacted(text, salt=office.new_salt()) if private else text
    data = {"text": told, "channel": channel, "audience": audience}
    noted = event(
        office,
        job.id,
        "noted",
        name=channel or "note",
        by=by,
        at=at,
        data={name: value for name, value in data.items() if value is not None},
    )
    draft = Draft(before=job, job=apply(job, noted), events=(noted,), lifecycles=lifecycles)
    return (yield from record(office, (draft,), at=at, command=asked))


def erase(
    office: Office,
    job_id: str,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    under: str = "$",
) -> Steps[Done]:
    """
    Destroy the private values of a job for good, all of them or those at or below the path *under*.

    What is left in the history is their digests, so the chain still verifies; that something was erased, by
    whom and why is recorded first. An unknown job is refused.
    """
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    events = yield from _steps.history(office.tenant, job_id)
    digests = private_digests(events, under)
    told = event(
        office,
        job.id,
        "erased",
        by=by,
        at=at,
        reason=reason,
        data={"under": under, "count": len(digests)},
    )
    draft = Draft(before=job, job=apply(job, told), events=(told,), lifecycles=lifecycles)
    done = yield from record(office, (draft,), at=at)
    yield from _steps.erase(office.tenant, job_id, tuple(digests))
    return Done(jobs=((yield from office.job(job_id)),), events=done.events, receipt=done.receipt)
