"""How like other matters are to a job: each thread scored by its nearest report, the best suspected."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from jobkit.desk import _steps
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.desk._twins_records import record_of
from jobkit.desk._twins_threads import Nearby, Thread, followed
from jobkit.duplicates import Match, MatchRules, compare
from jobkit.errors import JobkitError
from jobkit.findings import Finding
from jobkit.mappings import EMPTY
from jobkit.model import Job, Suspect

MOST_SUSPECTS: Final = 10
"""How many twins of one job are told at most, the likeliest first."""


@attrs.frozen(kw_only=True)
class Looked:
    """What looking for twins brought: suspects, what could not be asked, and how it came about."""

    suspects: tuple[Suspect, ...] = ()
    failed: tuple[Finding, ...] = ()
    data: Mapping[str, Any] = EMPTY


def looked(office: Office, job: Job, near: Nearby, known: Mapping[str, Job], now: datetime) -> Steps[Looked]:
    """
    Score *job* against the threads *near* it and return whom it may be the same as.

    Threads that a person has settled for the job, or for a request that it comes from, are not asked about
    again. A comparison that fails is told and compares nothing.
    """
    rules = office.catalog.duplicates
    if rules is None:
        return Looked()
    inherited = yield from _inherited(office, job, known)
    settled = yield from _settled(office, (*job.triage.suspects, *inherited), known)
    failed, scored = list(near.failed), []
    for thread in near.threads:
        if thread.job.id in settled:
            continue
        try:
            scored.append((thread, nearest(rules, job, thread)))
        except JobkitError as error:
            failed += error.findings
    return _told(rules, near, scored, inherited, failed, now)


def nearest(rules: MatchRules, job: Job, thread: Thread) -> Match:
    """Return the comparison with that report of a thread which is most like the job."""
    fields, anchor = rules.fields(), thread.anchor
    record = record_of(job, fields)
    matches = [compare(rules, record, record_of(each, fields, anchor)) for each in thread.reports]
    return max(matches, key=lambda match: match.score)


def _told(
    rules: MatchRules,
    near: Nearby,
    scored: list[tuple[Thread, Match]],
    inherited: tuple[Suspect, ...],
    failed: list[Finding],
    now: datetime,
) -> Looked:
    alike = [(thread, match) for thread, match in scored if match.band != "different"]
    alike.sort(key=lambda each: (-bits(each[1].score), each[0].job.id))
    suspects = tuple(_suspect(rules, thread, match, now) for thread, match in alike[:MOST_SUSPECTS])
    data = {
        "considered": len(scored),
        "more": True if near.more else None,
        "left_out": len(alike) - MOST_SUSPECTS if len(alike) > MOST_SUSPECTS else None,
        "because": {thread.job.id: _because(match) for thread, match in alike[:MOST_SUSPECTS]} or None,
        "failed": [each.code for each in failed] or None,
    }
    return Looked(suspects=(*inherited, *suspects), failed=tuple(failed), data=data)


def _suspect(rules: MatchRules, thread: Thread, match: Match, now: datetime) -> Suspect:
    return Suspect(
        id=thread.job.id,
        score=bits(match.score),
        band="same" if match.band == "same" else "ask",
        found=now,
        rules=rules.digest,
    )


def bits(score: float) -> Decimal:
    """Return a score as it is recorded: in thousandths of a bit."""
    return Decimal(f"{score:.3f}")


def _because(match: Match) -> list[dict[str, str]]:
    """Return the contributions as an event keeps them: the rules and their weights, no values."""
    return [{"rule": each.rule, "weight": str(bits(each.weight))} for each in match.contributions]


def _inherited(office: Office, job: Job, known: Mapping[str, Job]) -> Steps[tuple[Suspect, ...]]:
    """Return what was decided about the requests that a job comes from, where it is not decided on it."""
    ids = [link.id for link in job.links.requests]
    if not ids or job.version:
        return ()
    stored = yield from _steps.jobs(office.tenant, tuple(id for id in ids if id not in known))
    requests = (*(known[id] for id in ids if id in known), *(each for each in stored if each is not None))
    own = {suspect.id for suspect in job.triage.suspects} | {job.id}
    told = {
        each.id: each
        for request in requests
        for each in request.triage.suspects
        if each.decided is not None and each.id not in own
    }
    return tuple(told.values())


def _settled(office: Office, suspects: tuple[Suspect, ...], known: Mapping[str, Job]) -> Steps[set[str]]:
    """Return the jobs that answer now for those about which a person has decided."""
    ids = tuple(each.id for each in suspects if each.decided is not None)
    if not ids:
        return set()
    stored = yield from _steps.jobs(office.tenant, tuple(id for id in ids if id not in known))
    jobs = [*(known[id] for id in ids if id in known), *(each for each in stored if each is not None)]
    answering = yield from followed(office, jobs, known)
    return {*ids, *(job.id for job in answering.values())}
