"""What triage finds out about a job, recorded as verdicts on its topics."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from jobkit.answers import Answer
from jobkit.desk._commands import command, must_say
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._gate_rules import TWINS, asked_by, intake_of, undecided
from jobkit.desk._office import Office
from jobkit.desk._record import Done, on_job
from jobkit.desk._steps import Steps
from jobkit.documents import check_wire
from jobkit.findings import Finding
from jobkit.intake import IntakeRules, judged, judgement
from jobkit.lifecycle import Lifecycles
from jobkit.model import Actor, Job, VerdictStatus, put_all

JUDGED: Final = "judged"
"""The kind of the event that records a verdict of triage."""

_MOST_TOLD: Final = 100
"""Of how many topics is told what is wrong with them; each is asked again before it is recorded."""


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
    system that says so. Refused are no topic at all, one that is not asked of the job's type, another status,
    one that is not passed without a reason, a machine where a person is asked, `duplicates` passed while a
    twin is undecided, a job that has ended, and a catalog without rules of intake.
    """
    topics = (topic,) if isinstance(topic, str) else tuple(dict.fromkeys(topic))
    told: dict[str, Any] = {"status": status, "reason": reason, "source": source}
    check_wire([*topics, told], "$.verdict")
    must_say("judge", topic="".join(topics))
    asked = command(command_key, "judge", (job_id,), topics=list(topics), by=by, **told)
    rules = intake_of(office)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "amend")
        Answer("judge", tuple(_against(rules, job, topics, status, by, reason))).must()
        changes = [change for each in topics for change in judged(rules, job, each, by=by, at=at, **told)]
        who_when: dict[str, Any] = {
            "by": by,
            "when": Moment.of(at),
            "reason": reason,
            "rules": asked_by(rules),
        }
        name = topics[0] if len(topics) == 1 else status
        data = {"topics": list(topics), "status": status, "source": source}
        after = put_all(job, changes)
        return edited(office, job, after, JUDGED, lifecycles=lifecycles, name=name, data=data, **who_when)

    return (yield from on_job(office, job_id, asked, at, drafted))


def _against(
    rules: IntakeRules, job: Job, topics: tuple[str, ...], status: str, by: Actor, reason: str | None
) -> Iterator[Finding]:
    for topic in topics[:_MOST_TOLD]:
        yield from judgement(rules, job, topic, status, by=by, reason=reason).findings
    if status == "passed" and TWINS in topics:
        yield from undecided(job)
