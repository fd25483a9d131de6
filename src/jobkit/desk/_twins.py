"""Twins of a job as people see and settle them: what speaks for each, and the decision, kept on both."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, get_args

import attrs

from jobkit.desk import _merge, _steps
from jobkit.desk._commands import command, must_say
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited, event
from jobkit.desk._office import Office
from jobkit.desk._record import Done, done_before, on_job, record
from jobkit.desk._steps import Steps
from jobkit.desk._suspects import SOUGHT
from jobkit.desk._twins_scopes import again
from jobkit.desk._twins_scores import bits, nearest
from jobkit.desk._twins_threads import Nearby, Thread, followed, nearby, thread_of
from jobkit.duplicates import Match
from jobkit.errors import Invalid, JobkitError, Refused
from jobkit.findings import Finding, Template
from jobkit.history import apply
from jobkit.instants import utc
from jobkit.lifecycle import Lifecycles
from jobkit.model import Actor, Job, Suspect, TwinDecision

NO_RULES = Template(
    "desk.no_match_rules",
    "The catalog {catalog} has no rules for duplicates, so that nothing is compared with job {job}.",
    "Give the catalog its rules as duplicates.",
)
NOTHING_TO_COMPARE = Template(
    "desk.nothing_to_compare",
    "Job {job} has no asset and no blocking key, and no source of candidates is registered.",
    "Record subject.asset, or register a source of candidates.",
)
MORE_CANDIDATES = Template(
    "desk.more_candidates",
    "More than {cap} jobs may be twins of job {job}; only the newest {cap} are compared.",
    "Make the blocking keys of the rules {rules} narrower, or raise their cap.",
)
NO_PERSON = Template(
    "desk.twin_by_machine",
    "{actor} is a machine, and whether job {job} is the same as another is for a person to decide.",
    "Let a person decide.",
)
NO_DECISION = Template(
    "desk.no_decision",
    "{decision} is no decision about twins.",
    "Say one of: {choices}.",
)
SAME_JOB = Template(
    "desk.twin_of_itself",
    "Job {other} is answered for by job {job} itself.",
    "Name a job that is not merged into job {job}.",
)

_DECISIONS: Final = get_args(TwinDecision)


@attrs.frozen(kw_only=True)
class Twin:
    """
    A job that may be the same as another one, with the job that answers for it now.

    `match` explains how the two compare today, by today's rules; None where that could not be found out.
    """

    suspect: Suspect
    job: Job
    match: Match | None = None


@attrs.frozen(kw_only=True)
class Twins:
    """The twins of a job in the order in which they were told, and what is worth knowing about the search."""

    job: Job
    twins: tuple[Twin, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def undecided(self) -> tuple[Twin, ...]:
        """The twins about which nobody has decided."""
        return tuple(twin for twin in self.twins if twin.suspect.decided is None)


def twins(office: Office, job_id: str) -> Steps[Twins]:
    """
    Return the jobs that may be the same as this one, each with how they compare today, rule by rule.

    A twin that was merged into another job is shown with the job that answers now. An unknown job is refused.
    """
    job = yield from office.job(job_id)
    near = yield from nearby(office, job, {})
    found = list(_search_findings(office, job, near))
    seen = []
    for suspect in job.triage.suspects:
        thread = yield from thread_of(office, suspect.id, near)
        if thread is not None:
            match, failed = _matched(office, job, thread)
            seen.append(Twin(suspect=suspect, job=thread.job, match=match))
            found += failed
    return Twins(job=job, twins=tuple(seen), findings=tuple(found))


def _search_findings(office: Office, job: Job, near: Nearby) -> list[Finding]:
    rules = office.catalog.duplicates
    if rules is None:
        told: dict[str, Any] = {"catalog": office.catalog.id, "job": job.id}
        return [Finding.of(NO_RULES, severity="info", **told)]
    found = [attrs.evolve(each, severity="warn") for each in near.failed]
    if near.alone:
        found.append(Finding.of(NOTHING_TO_COMPARE, path="$.subject.asset", severity="info", job=job.id))
    if near.more:
        told = {"job": job.id, "cap": rules.data.cap, "rules": rules.id}
        found.append(Finding.of(MORE_CANDIDATES, severity="warn", **told))
    return found


def _matched(office: Office, job: Job, thread: Thread) -> tuple[Match | None, tuple[Finding, ...]]:
    rules = office.catalog.duplicates
    if rules is None:
        return None, ()
    try:
        return nearest(rules, job, thread), ()
    except JobkitError as error:
        return None, tuple(attrs.evolve(each, severity="warn") for each in error.findings)


def look_for_twins(
    office: Office, job_id: str, *, by: Actor, at: datetime, command_key: str | None = None
) -> Steps[Done]:
    """
    Look for twins of a job again, as when it came in: after a search that failed, or with new rules.

    What people decided stays. That somebody asked is recorded, and what was found. Refused for a job that has
    ended.
    """
    asked = command(command_key, "look_for_twins", (job_id,), by=by)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "look_for_twins")
        told = event(office, job.id, SOUGHT, name="twins", by=by, when=Moment.of(at))
        return Draft(before=job, job=apply(job, told), events=(told,), lifecycles=lifecycles)

    return (yield from again(lambda: on_job(office, job_id, asked, at, drafted)))


def decide_twin(
    office: Office,
    job_id: str,
    other: str | Sequence[str],
    decision: TwinDecision,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    merge: bool = False,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Record that a job is `same` as *other* (one id or several) or `different`, on all of them in one commit.

    What is different is never merged, by nobody, until it is decided otherwise. What is the same is merged
    only with *merge*, as a second step, or later by the verb of that name. Where *other* was merged
    elsewhere, the job that answers for it now is decided about too. Refused are machines, unknown jobs, and a
    job with itself.
    """
    others = (other,) if isinstance(other, str) else tuple(dict.fromkeys(other))
    must_say("decide_twin", other="".join(others), reason=reason)
    if decision not in _DECISIONS:
        raise Invalid.of(
            NO_DECISION, path="$.decision", decision=str(decision)[:80], choices=list(_DECISIONS)
        )
    told = {"others": list(others), "decision": decision, "reason": reason}
    asked = command(command_key, "decide_twin", (job_id,), by=by, **told)
    done = yield from done_before(office, asked)
    if done is None:
        ruling = _Ruling(decision=decision, by=by, at=utc(at, "$.at"), reason=reason)
        drafts = yield from _decided(office, job_id, others, ruling)
        done = yield from record(office, drafts, at=at, command=asked)
    for each in others if merge and decision == "same" else ():
        done = yield from _merge.merge(office, job_id, twin=each, by=by, at=at, reason=reason)
    return done


@attrs.frozen(kw_only=True)
class _Ruling:
    """What was decided about two jobs, by whom, when and why."""

    decision: TwinDecision
    by: Actor
    at: datetime
    reason: str

    def over(self, suspect: Suspect) -> Suspect:
        """Return the suspect as decided."""
        who_when: dict[str, Any] = {"by": self.by.id, "at": self.at, "reason": self.reason}
        return attrs.evolve(suspect, decided=self.decision, **who_when)


def _decided(office: Office, job_id: str, others: tuple[str, ...], ruling: _Ruling) -> Steps[list[Draft]]:
    """Draft the decision on the job itself and on every job that answers for the others."""
    if not ruling.by.is_person:
        raise Refused.of(NO_PERSON, path="$.by", actor=ruling.by.id, job=job_id)
    job, *named = yield from office.jobs((job_id, *others))
    answering = yield from followed(office, named, {job.id: job})
    survivors = {answering[each.id].id: answering[each.id] for each in named}
    if job.id in survivors:
        raise Refused.of(SAME_JOB, path="$.other", job=job.id, other=others[0])
    # Who is different stays so, also once it is parted again from the one that answers for it now.
    apart = {each.id: each for each in named} if ruling.decision == "different" else {}
    drafts = [(yield from _draft(office, job, {**apart, **survivors}, ruling))]
    for survivor in survivors.values():
        drafts.append((yield from _draft(office, survivor, {job.id: job}, ruling)))
    return drafts


def _draft(office: Office, job: Job, others: Mapping[str, Job], ruling: _Ruling) -> Steps[Draft]:
    """Draft the decision about *others* on a job, also under the ids by which it suspected them."""
    told = {each.id: each for each in job.triage.suspects}
    meant = yield from _also_known_as(office, tuple(told), others)
    decided = {
        id: ruling.over(told[id] if id in told else _named(office, job, others[id], ruling.at))
        for id in sorted({*others, *meant})
    }
    lifecycles = yield from office.lifecycles(job)
    triage = attrs.evolve(job.triage, suspects=tuple({**told, **decided}.values()))
    who_when: dict[str, Any] = {"by": ruling.by, "when": Moment.of(ruling.at), "reason": ruling.reason}
    return edited(
        office,
        job,
        attrs.evolve(job, triage=triage),
        "judged",
        lifecycles=lifecycles,
        name=f"twin_{ruling.decision}",
        data={"twins": sorted(others)},
        **who_when,
    )


def _also_known_as(office: Office, suspects: tuple[str, ...], others: Mapping[str, Job]) -> Steps[set[str]]:
    """Return those of *suspects* for which one of *others* answers now."""
    stored = yield from _steps.jobs(office.tenant, suspects)
    answering = yield from followed(office, (each for each in stored if each is not None), others)
    return {id for id, job in answering.items() if job.id in others}


def _named(office: Office, job: Job, other: Job, now: datetime) -> Suspect:
    """Return a twin that a person names, with the score that the rules would have given it."""
    rules = office.catalog.duplicates
    scored, digest = Decimal(0), None
    if rules is not None:
        try:
            match = nearest(rules, job, Thread(job=other, reports=(other,)))
            scored, digest = bits(match.score), rules.digest
        except JobkitError:
            scored = Decimal(0)
    return Suspect(id=other.id, score=scored, band="ask", found=now, rules=digest)
