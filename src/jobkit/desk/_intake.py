"""Intake on the desk: what a job still lacks, what other systems know of it, and the reply that says so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.desk._commands import command
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._gate_rules import asked_by, inspected, intake_of
from jobkit.desk._intake_said import with_answers
from jobkit.desk._intake_words import told_of
from jobkit.desk._office import Office
from jobkit.desk._record import Done, on_job
from jobkit.desk._steps import Steps
from jobkit.instants import utc
from jobkit.intake import Inspection, Provenance, Reply, reply
from jobkit.lifecycle import Lifecycles
from jobkit.model import Actor, Job

LOOKED_UP: Final = "looked_up"
"""The kind of the event that records what look-ups said of a job."""


def intake(office: Office, job_id: str, *, at: datetime, by: Actor | None = None) -> Steps[Inspection]:
    """
    Return what the package of a job says at *at*: findings, score, the least that unblocks it, what is shown.

    Look-ups are asked; nothing is recorded. An unknown job and a catalog without rules of intake are refused.
    """
    return inspected(office, (yield from office.job(job_id)), utc(at, "$.at"), by)


def auto_reply(
    office: Office, job_id: str, *, at: datetime, channel: str | None = None, language: str = "en"
) -> Steps[Reply]:
    """
    Return the reply to whoever sent a request, over *channel* (the job's own when left out), in *language*.

    It says exactly which fields unblock it and why each matters, and promises no date. Nothing private is in
    it. Refused is what `intake` refuses.
    """
    inspection = yield from intake(office, job_id, at=at)
    return reply(intake_of(office), inspection, channel=channel, language=language)


def provenance(office: Office, job_id: str) -> Steps[Mapping[str, Provenance]]:
    """
    Return where each field of a job comes from, by path: who told it, when, by which channel, what before.

    What a job took over from its request is the word of whoever told the request. Private values stay hidden.
    An unknown job is refused.
    """
    return (yield from told_of(office, (yield from office.job(job_id))))


def look_up(
    office: Office, job_id: str, *, by: Actor, at: datetime, command_key: str | None = None
) -> Steps[Done]:
    """
    Ask the look-ups about a job and record what they say: verdicts with their source, and suggestions.

    What a person judged stays; what no look-up could answer makes the verdict wait. Refused are a job that
    has ended and a catalog without rules of intake.
    """
    asked = command(command_key, "look_up", (job_id,), by=by)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "amend")
        when = Moment.of(at)
        found = inspected(office, job, when.occurred_at, by)
        after = attrs.evolve(job, triage=with_answers(job.triage, found, when.occurred_at))
        told: dict[str, Any] = {"by": by, "when": when, "data": _told(found)}
        told["rules"] = asked_by(intake_of(office))
        return edited(office, job, after, LOOKED_UP, lifecycles=lifecycles, name="lookups", **told)

    return (yield from on_job(office, job_id, asked, at, drafted))


def _told(found: Inspection) -> Mapping[str, Any]:
    answers = {each.id: each.status for each in found.lookups if each.status != "unasked"}
    return {"answers": answers or None, "score": f"{found.score:.6f}"}
