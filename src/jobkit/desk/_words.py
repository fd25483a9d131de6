"""Amending fields, noting what was said, and erasing what must be forgotten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.desk import _steps
from jobkit.desk._commands import command, must_say, plain
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, edited, event
from jobkit.desk._fields import value_findings, values_for_digest, with_values
from jobkit.desk._office import Office
from jobkit.desk._record import Done, on_job, record
from jobkit.desk._steps import Steps
from jobkit.documents import check_wire
from jobkit.errors import Refused
from jobkit.findings import Template
from jobkit.history import apply, private_digests
from jobkit.lifecycle import Lifecycles, permits
from jobkit.model import Actor, Job
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
    channel: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Set fields of a job: *values* maps paths to plain data, None takes a value away.

    *channel* says how the values came in. Refused are paths that only a verb of their own changes, fields
    that are read-only or hidden in the job's states, states that forbid amending, data of the wrong shape,
    and an amendment that changes nothing. Until the job is approved, nobody takes away what another told: a
    correction puts another value in its place, and the history keeps both.
    """
    given = plain(values)
    told = values_for_digest(office, given)
    check_wire(channel, "$.channel")
    spoken = {} if channel is None else {"channel": channel}
    asked = command(command_key, "amend", (job_id,), values=told, by=by, reason=reason, **spoken)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        Answer("amend", value_findings(job, lifecycles, given)).must()
        private = office.catalog.rules(job.type).type.private
        amended = with_values(job, given, office.new_salt, private)
        who_when: dict[str, Any] = {"by": by, "when": Moment.of(at), "reason": reason, "data": spoken}
        draft = edited(office, job, amended, "amended", lifecycles=lifecycles, **who_when)
        if not draft.events[0].changes:
            raise Refused.of(NOTHING, job=job.id)
        return draft

    return (yield from on_job(office, job_id, asked, at, drafted))


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
    claimed_at: datetime | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Record what was said or seen: a communication with its channel and audience, kept with the history.

    The text is private unless *private* is off: it is hidden from birth and can be erased later. *claimed_at*
    is when a device says it was. Refused where the job's state forbids notes, and text beyond all limits.
    """
    check_wire(text, "$.text")
    told = Redacted(text, salt=office.new_salt()) if private else text
    data = {"text": told, "channel": channel, "audience": audience}
    asked = command(command_key, "note", (job_id,), by=by, **data)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        permits(job, lifecycles, "note").must()
        when = Moment.of(at, claimed_at, job)
        noted = event(office, job.id, "noted", name=channel or "note", by=by, when=when, data=data)
        return Draft(before=job, job=apply(job, noted), events=(noted,), lifecycles=lifecycles)

    return (yield from on_job(office, job_id, asked, at, drafted))


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
    whom and why is recorded first. No state forbids it. A request and the jobs opened for it hold such values
    each on their own; the event's data names the others under `copies`, to be erased as well where that is
    meant. An unknown job, an unreadable path and an empty reason are refused.
    """
    must_say("erase", reason=reason)
    job = yield from office.job(job_id)
    lifecycles = yield from office.lifecycles(job)
    events = yield from _steps.history(office.tenant, job_id)
    digests = private_digests(events, under)
    copies = [*job.links.fulfilled_by, *(request.id for request in job.links.requests)]
    data = {"under": under, "count": len(digests), "copies": copies or None}
    told = event(office, job.id, "erased", by=by, when=Moment.of(at), reason=reason, data=data)
    draft = Draft(before=job, job=apply(job, told), events=(told,), lifecycles=lifecycles)
    done = yield from record(office, (draft,), at=at)
    yield from _steps.erase(office.tenant, job_id, tuple(digests))
    return attrs.evolve(done, jobs=((yield from office.job(job_id)),))
