"""Suggestions of machines and lists, kept apart from what people told until a person judges them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.desk._commands import command, decimal_told, plain
from jobkit.desk._draft import Draft
from jobkit.desk._ended import must_take
from jobkit.desk._events import Moment, edited
from jobkit.desk._fields import protected
from jobkit.desk._office import Office
from jobkit.desk._record import Done, on_job
from jobkit.desk._steps import Steps
from jobkit.documents import check_wire
from jobkit.errors import Invalid, Refused
from jobkit.findings import Finding, Template
from jobkit.intake import confirmed, confirmed_part, declined, is_presumed
from jobkit.lifecycle import Lifecycles, editable
from jobkit.model import MACHINES, Actor, Job, Suggestion, put_all, take
from jobkit.paths import Item, join, parse, write

NO_CHANCE = Template(
    "desk.confidence",
    "The suggestion for {field} of job {job} has the confidence {confidence}.",
    "Give a confidence between 0 and 1, or leave it out.",
)
SUGGESTED_BEFORE = Template(
    "desk.suggested_before",
    "Job {job} has a suggestion {id} already.",
    "Give the suggestion another id, or leave the id out.",
)

SUGGESTED: Final = "suggested"
"""The kind of the event by which a value is suggested."""
JUDGED: Final = "suggestion_judged"
"""The kind of the event by which a person takes a suggestion or turns it down."""

_ANYBODY: Final = Actor(id="anybody")


def suggest(
    office: Office,
    job_id: str,
    path: str,
    value: Any,
    *,
    source: str,
    by: Actor,
    at: datetime,
    confidence: Decimal | str | None = None,
    suggestion_id: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Suggest a value for the field at *path*: a code read out of free text, a part from a list, a skill.

    *source* says what suggests it, *confidence* how sure that is, from 0 to 1. The field stays as it was,
    and counts as missing until a person confirms. Refused are places that nobody sets by hand, a value that
    does not fit, a suggestion with an id that is there, and a job that has ended.
    """
    given = check_wire(plain(value), "$.value")
    sure = decimal_told(confidence, "$.confidence")
    told: dict[str, Any] = {"path": path, "value": given, "source": source, "confidence": confidence}
    asked = command(command_key, "suggest", (job_id,), by=by, id=suggestion_id, **told)

    def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
        must_take(job, lifecycles, "amend")
        when = Moment.of(at)
        suggestion = Suggestion(
            id=suggestion_id or office.new_id(),
            path=write(parse(path)),
            value=given,
            source=source,
            confidence=sure,
            at=when.occurred_at,
        )
        must_fit(job, lifecycles, suggestion)
        triage = attrs.evolve(job.triage, suggestions=(*job.triage.suggestions, suggestion))
        after = attrs.evolve(job, triage=triage)
        return edited(
            office, job, after, SUGGESTED, lifecycles=lifecycles, by=by, when=when, name=source[:80]
        )

    return (yield from on_job(office, job_id, asked, at, drafted))


def must_fit(job: Job, lifecycles: Lifecycles, given: Suggestion) -> None:
    """Refuse a suggestion for a place that nobody sets, of the wrong shape, or with an id that is there."""
    told = protected(job, given.path) or editable(job, lifecycles, given.path)
    findings = [] if told is None else [told]
    if given.confidence is not None and not 0 <= given.confidence <= 1:
        named: dict[str, Any] = {"field": given.path, "confidence": str(given.confidence)[:20]}
        findings.append(Finding.of(NO_CHANCE, path="$.confidence", job=job.id, **named))
    if any(each.id == given.id for each in job.triage.suggestions):
        path = join("$.triage.suggestions", Item(given.id[:60]))
        findings.append(Finding.of(SUGGESTED_BEFORE, path=path, job=job.id, id=given.id[:60]))
    if findings:
        raise Refused(findings)
    _must_be_confirmable(job, given)


def _must_be_confirmable(job: Job, given: Suggestion) -> None:
    """Refuse a value of the wrong shape, and a place that a person could not confirm it for."""
    try:
        put_all(job, [(given.path, given.value)])
    except Invalid:
        # One item may be suggested for a list.
        if not isinstance(take(job, given.path), list):
            raise
    triage = attrs.evolve(job.triage, suggestions=(*job.triage.suggestions, given))
    confirmed(attrs.evolve(job, triage=triage), given.id, by=_ANYBODY, at=given.at)


def confirm_suggestion(
    office: Office,
    job_id: str,
    suggestion_id: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Take a suggestion: its value is set, and counts from now on; *suggestion_id* may be a presumed part's.

    Refused are machines, an unknown suggestion, one that was judged before, and a value that the job's state
    does not take.
    """

    def changes(job: Job, lifecycles: Lifecycles) -> Changes:
        machines = _machines(office)
        if any(part.id == suggestion_id and is_presumed(part) for part in job.parts):
            return confirmed_part(job, suggestion_id, by=by, machines=machines)
        taken = confirmed(job, suggestion_id, by=by, at=at, machines=machines)
        Answer("confirm_suggestion", tuple(_read_only(job, lifecycles, taken[0][0]))).must()
        return taken

    judgement = _Judgement(name="confirmed", by=by, at=at, reason=reason, changes=changes)
    asked = command(command_key, "confirm_suggestion", (job_id,), id=suggestion_id, by=by, reason=reason)
    return (yield from on_job(office, job_id, asked, at, judgement.drafted(office)))


def decline_suggestion(
    office: Office,
    job_id: str,
    suggestion_id: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    command_key: str | None = None,
) -> Steps[Done]:
    """Turn a suggestion down: the field stays as it is. Refused is what `confirm_suggestion` refuses."""

    def changes(job: Job, lifecycles: Lifecycles) -> Changes:
        return declined(job, suggestion_id, by=by, at=at, machines=_machines(office))

    judgement = _Judgement(name="declined", by=by, at=at, reason=reason, changes=changes)
    asked = command(command_key, "decline_suggestion", (job_id,), id=suggestion_id, by=by, reason=reason)
    return (yield from on_job(office, job_id, asked, at, judgement.drafted(office)))


Changes = tuple[tuple[str, Any], ...]


@attrs.frozen(kw_only=True)
class _Judgement:
    """What a person says of a suggestion: the word for it, who says so when, and what it changes."""

    name: str
    by: Actor
    at: datetime
    reason: str | None
    changes: Callable[[Job, Lifecycles], Changes]

    def drafted(self, office: Office) -> Callable[[Job, Lifecycles], Draft]:
        def drafted(job: Job, lifecycles: Lifecycles) -> Draft:
            must_take(job, lifecycles, "amend")
            after = put_all(job, self.changes(job, lifecycles))
            told: dict[str, Any] = {"by": self.by, "when": Moment.of(self.at), "reason": self.reason}
            return edited(office, job, after, JUDGED, lifecycles=lifecycles, name=self.name, **told)

        return drafted


def _machines(office: Office) -> tuple[str, ...]:
    rules = office.catalog.intake
    return tuple(MACHINES) if rules is None else rules.data.machines


def _read_only(job: Job, lifecycles: Lifecycles, path: str) -> Iterator[Finding]:
    told = editable(job, lifecycles, path)
    if told is not None:
        yield told
