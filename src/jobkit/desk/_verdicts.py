"""What triage finds out about a job, recorded as verdicts on its topics."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, get_args

import attrs

from jobkit.answers import Answer
from jobkit.desk._commands import command
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._gate_rules import topics_of, undecided
from jobkit.desk._office import Office
from jobkit.desk._record import Done, on_job
from jobkit.desk._steps import Steps
from jobkit.documents import check_wire
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycles
from jobkit.model import Actor, Job, Triage, TriageVerdict, VerdictStatus

NO_TOPIC = Template(
    "desk.no_topic",
    "Triage does not ask about {topic} of jobs of the type {type}.",
    "Judge one of the topics: {topics}.",
)
NO_STATUS = Template(
    "desk.no_verdict",
    "{status} is no verdict on {topic}.",
    "Give one of the verdicts: {statuses}.",
)
NOT_A_PERSON = Template(
    "desk.verdict_of_machine",
    "The verdict on {topic} of job {job} is for a person to give, and {actor} is a machine.",
    "Let somebody in the role {role} judge {topic}.",
)
NO_REASON = Template(
    "desk.verdict_reason",
    "The verdict {status} on {topic} of job {job} has no reason.",
    "Give a reason that tells the customer why.",
)

JUDGED: Final = "judged"
"""The kind of the event that records a verdict of triage."""

_STATUSES: Final = get_args(VerdictStatus)


@attrs.frozen(kw_only=True)
class Judgement:
    """One word on one or several topics, with who gives it, why, and where it is known from."""

    topics: tuple[str, ...]
    status: VerdictStatus
    by: Actor
    reason: str | None = None
    source: str | None = None


def judge(
    office: Office,
    job_id: str,
    topic: str | Iterable[str],
    status: VerdictStatus,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    source: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Record what triage found about a job on one *topic*, or the same on several: passed, refused, unavailable.

    A later verdict on a topic takes the place of the earlier one, which the history keeps. *source* names the
    system that says so. Refused are a topic that is not asked of the job's type, another status, a refusal
    without a reason, a machine where a person is asked, `duplicates` passed while a twin is undecided, and a
    job that has ended.
    """
    topics = (topic,) if isinstance(topic, str) else tuple(topic)
    given = Judgement(topics=topics, status=status, by=by, reason=reason, source=source)
    check_wire([*topics, status, reason, source], "$.verdict")
    told = {"topics": list(topics), "status": status, "by": by, "reason": reason, "source": source}
    asked = command(command_key, "judge", (job_id,), **told)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "amend")
        Answer("judge", tuple(_against(office, job, given))).must()
        when = Moment.of(at)
        after = attrs.evolve(job, triage=_with(job.triage, given, when))
        name = topics[0] if len(topics) == 1 else status
        data = {"topics": list(topics), "status": status, "source": source}
        who_when: dict[str, Any] = {"by": by, "when": when, "reason": reason}
        return edited(office, job, after, JUDGED, lifecycles=lifecycles, name=name, data=data, **who_when)

    return (yield from on_job(office, job_id, asked, at, drafted))


def _against(office: Office, job: Job, given: Judgement) -> Iterator[Finding]:
    known = {topic.id: topic for topic in topics_of(office, job.type)}
    for name in given.topics:
        path = f"$.triage.verdicts[{name}]"
        if name not in known:
            told: dict[str, Any] = {"topic": name[:60], "topics": list(known)}
            yield Finding.of(NO_TOPIC, path=path, type=job.type, **told)
        elif known[name].person and not given.by.is_person:
            role = known[name].who
            yield Finding.of(NOT_A_PERSON, path=path, job=job.id, topic=name, actor=given.by.id, role=role)
        if given.status not in _STATUSES:
            named: dict[str, Any] = {"topic": name[:60], "statuses": list(_STATUSES)}
            yield Finding.of(NO_STATUS, path=path, status=str(given.status)[:60], **named)
        elif given.status == "refused" and not (given.reason or "").strip():
            yield Finding.of(NO_REASON, path=path, job=job.id, topic=name[:60], status=given.status)
    if given.status == "passed" and "duplicates" in given.topics:
        yield from undecided(job)


def _with(triage: Triage, given: Judgement, when: Moment) -> Triage:
    new = {
        name: TriageVerdict(
            id=name,
            status=given.status,
            by=given.by.id,
            at=when.occurred_at,
            reason=given.reason,
            source=given.source,
        )
        for name in given.topics
    }
    known = [new.pop(each.id, each) for each in triage.verdicts]
    return attrs.evolve(triage, verdicts=(*known, *new.values()))
