"""What triage verifies: each topic has a recorded verdict, and a refused one bars the way for good."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.findings import Finding, Template
from jobkit.history import FieldChange
from jobkit.instants import utc, write_instant
from jobkit.intake._places import field_name, place_of
from jobkit.intake._rules import IntakeRules
from jobkit.intake._suggestions import Change
from jobkit.intake._values import Topic
from jobkit.model import Actor, Job, TriageVerdict
from jobkit.paths import Item, join, parse

NO_VERDICT = Template(
    "intake.no_verdict",
    "Triage has not judged {topic} of job {job}.",
    "Judge {topic}: record the verdict passed, refused or unavailable{why}.",
)
REFUSED = Template(
    "intake.verdict_refused",
    "Triage refused {topic} of job {job}: {reason}.",
    "Settle it in the queue {queue} and judge {topic} again, or reject the job.",
)
WAITING = Template(
    "intake.verdict_unavailable",
    "Nobody could find out {topic} of job {job} yet: {reason}.",
    "Judge {topic} again once it can be found out; the job waits in triage until then.",
)
NO_TOPIC = Template(
    "intake.unknown_topic",
    "Triage does not judge {topic} for jobs of the type {type}.",
    "Judge one of: {known}.",
)
NO_STATUS = Template(
    "intake.unknown_status",
    "{status} is no verdict on {topic}.",
    "Give one of: passed, refused, unavailable.",
)
PERSON_ASKED = Template(
    "intake.person_asked",
    "{actor} is a machine, and {topic} of job {job} is for a person to judge.",
    "Let a person judge {topic}.",
)
NO_REASON = Template(
    "intake.no_reason",
    "The verdict {status} on {topic} of job {job} gives no reason.",
    "Say why in reason.",
)
BARRED = Template(
    "intake.barred",
    "Job {job} was refused {topic} and can never be scheduled: {reason}.",
    "Settle it in the queue {queue} and judge {topic} again, or end the job.",
)
PROMISED = Template(
    "intake.promised",
    "Visit {visit} of job {job} promises a window before the job is approved.",
    "Take visits[{visit}].promised away; acknowledge the request, and promise once it is approved.",
)

STATUSES: Final = ("passed", "refused", "unavailable")
IN_INTAKE: Final = ("draft", "triage")
"""The categories of state before a job is approved."""


def verdict_findings(rules: IntakeRules, job: Job) -> tuple[Finding, ...]:
    """Return what triage has still to judge about *job*, has refused, or could not find out."""
    given = {verdict.id: verdict for verdict in job.triage.verdicts}
    return tuple(
        finding
        for topic in rules.topics(job.type)
        if (finding := _verdict(job, topic, given.get(topic.id), rules)) is not None
    )


def _verdict(job: Job, topic: Topic, given: TriageVerdict | None, rules: IntakeRules) -> Finding | None:
    if given is not None and given.status == "passed":
        return None
    told: dict[str, Any] = {"topic": topic.title, "job": job.id}
    if given is None:
        told["why"] = f" ({str(topic.help).rstrip('.')})" if topic.help else ""
        template = NO_VERDICT
    else:
        told |= {"reason": _reason(given), "queue": topic.queue or "of triage"}
        template = REFUSED if given.status == "refused" else WAITING
    return Finding(
        template=template, path=_place(topic.id), params=told, who=topic.who, source=rules.data.source
    )


def _reason(given: TriageVerdict) -> str:
    return (given.reason or "no reason is recorded").rstrip(".")


def _place(topic: str) -> str:
    return join("$.triage.verdicts", Item(topic[:60]))


def barred(rules: IntakeRules, job: Job) -> tuple[Finding, ...]:
    """
    Return why *job* can never be scheduled, whatever else happens to it: a final topic was refused.

    What the job's own terms say of entitlement counts as well as the verdict.
    """
    refused = {each.id: _reason(each) for each in job.triage.verdicts if each.status == "refused"}
    entitlement = job.terms.entitlement
    if entitlement.status == "refused":
        refused.setdefault("entitlement", (entitlement.reason or "its contract says so").rstrip("."))
    return tuple(
        Finding.of(
            BARRED,
            path=_place(topic.id),
            who=topic.who,
            source=rules.data.source,
            job=job.id,
            topic=topic.title,
            reason=refused[topic.id],
            queue=topic.queue or "of triage",
        )
        for topic in rules.topics(job.type)
        if topic.final and topic.id in refused
    )


def judgement(
    rules: IntakeRules, job: Job, topic: str, status: str, *, by: Actor, reason: str | None = None
) -> Answer[str]:
    """
    Say whether *by* may record a verdict on a topic of the job's type.

    The status must be one that there is, by a person where one is asked; what is not passed needs a reason.
    """
    return Answer(topic, tuple(_against(rules, job, topic, status, by, reason)))


def _against(
    rules: IntakeRules, job: Job, topic: str, status: str, by: Actor, reason: str | None
) -> Iterator[Finding]:
    known = {each.id: each for each in rules.topics(job.type)}
    place = _place(topic)
    told: dict[str, Any] = {"topic": topic[:60], "job": job.id, "status": str(status)[:60]}
    if topic not in known:
        params = {**told, "type": job.type, "known": sorted(known)}
        yield Finding(template=NO_TOPIC, path=place, params=params)
    elif known[topic].person and rules.is_machine(by):
        yield Finding(template=PERSON_ASKED, path=place, params={**told, "actor": by.id})
    if status not in STATUSES:
        yield Finding(template=NO_STATUS, path=place, params=told)
    elif status != "passed" and not (reason or "").strip():
        yield Finding(template=NO_REASON, path=place, params=told)


def judged(
    rules: IntakeRules,
    job: Job,
    topic: str,
    status: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    source: str | None = None,
) -> tuple[Change, ...]:
    """
    Return the change that records a verdict as a fact of the job; the history keeps those before it.

    Refused is what `judgement` finds against it. A naive instant is refused.
    """
    judgement(rules, job, topic, status, by=by, reason=reason).must()
    told = {"id": topic, "status": status, "by": by.id, "at": write_instant(utc(at, "$.at"))}
    more = {"reason": reason, "source": source}
    return ((_place(topic), told | {name: value for name, value in more.items() if value is not None}),)


def lapsed(
    rules: IntakeRules, job: Job, changes: Iterable[FieldChange], *, at: datetime
) -> tuple[TriageVerdict, ...]:
    """
    Return the verdicts of *job* that wait again, as *changes* tell otherwise what they were passed about.

    What nobody had told before tells nothing otherwise. A naive instant is refused.
    """
    given = {each.id: each for each in job.triage.verdicts if each.status == "passed"}
    told = tuple(place_of(each.path) for each in changes if each.old is not None and each.old != each.new)
    found = ((topic, _about(topic, told)) for topic in rules.topics(job.type) if topic.id in given)
    return tuple(
        attrs.evolve(
            given[topic.id],
            status="unavailable",
            by=rules.id,
            at=utc(at, "$.at"),
            reason=f"{field} was told otherwise after {given[topic.id].by} had judged it",
            source=rules.id,
        )
        for topic, field in found
        if field is not None
    )


def _about(topic: Topic, told: Iterable[str]) -> str | None:
    """Return the first field that a topic is about and that lies where something was *told* otherwise."""
    about = {place_of(field): field for field in topic.about}
    steps = {place: parse(place) for place in about}
    for place in told:
        changed = parse(place)
        for each, own in steps.items():
            if own[: len(changed)] == changed or changed[: len(own)] == own:
                return field_name(about[each])
    return None


def promised_findings(job: Job) -> tuple[Finding, ...]:
    """Return each window that is promised while *job* is not approved: a promise is made after that."""
    if job.state.category not in IN_INTAKE:
        return ()
    return tuple(
        Finding.of(PROMISED, path=join("$.visits", Item(visit.id), "promised"), visit=visit.id, job=job.id)
        for visit in job.visits
        if visit.promised is not None
    )
