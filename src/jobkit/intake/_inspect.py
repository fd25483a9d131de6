"""Inspecting a job: what its package says, what look-ups know, and what unblocks it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import attrs

from jobkit.answers import Answer
from jobkit.documents import check_wire, thaw
from jobkit.errors import Invalid
from jobkit.facts import gather
from jobkit.findings import Finding, Template, blocking
from jobkit.instants import utc, write_instant
from jobkit.intake._governing import Governing
from jobkit.intake._lookups import LookedUp, Prepared, look_up
from jobkit.intake._places import place_of
from jobkit.intake._rules import IntakeRules, account_of
from jobkit.intake._suggestions import as_told, fields_of, open_findings, way_out
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Actor, Job, Suggestion, take
from jobkit.requirements import Package, Review, Unblocking, Waiver, review

UNCOVERED = Template(
    "intake.uncovered",
    "No package of intake is for jobs of the type {type} at {at}.",
    "Give a package for the type {type}, or let one begin earlier.",
)

_NOTHING_ASKED = Package.load({"id": "none", "requirements": []})


@attrs.frozen(kw_only=True)
class Shown:
    """What a look-up knows that people are to see, such as earlier jobs, recalls or suggested parts."""

    lookup: str
    name: str
    label: str
    value: Any


@attrs.frozen(kw_only=True)
class Proposed:
    """A verdict that a look-up's answer leads to; it counts once it is recorded."""

    topic: str
    status: Literal["passed", "refused", "unavailable"]
    source: str


@attrs.frozen(kw_only=True)
class Inspection:
    """
    What intake says of one job at one instant.

    `review` is that of its package, whose findings name suggestions as ways out; `findings` are all, with
    those of look-ups. `governing` is None where no package is for the job's type. `facts` are what was asked,
    `verdicts` and `suggestions` what the look-ups propose.
    """

    job: Job = attrs.field(repr=False)
    now: datetime
    account: str | None
    channel: str | None
    governing: Governing | None
    review: Review
    findings: tuple[Finding, ...]
    lookups: tuple[LookedUp, ...] = ()
    shown: tuple[Shown, ...] = ()
    verdicts: tuple[Proposed, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    facts: Mapping[str, Any] = attrs.field(default=EMPTY, repr=False)

    @property
    def open(self) -> bool:
        """Whether nothing blocks."""
        return not blocking(self.findings)

    @property
    def score(self) -> float:
        """How complete the job is, from 0 to 1: the weighted share of what is met."""
        return self.review.score

    @property
    def unblocking(self) -> Unblocking:
        """The least that opens the package."""
        return self.review.unblocking

    def answer(self, subject: str) -> Answer[str]:
        """Return the inspection as the answer to a question about *subject*."""
        return Answer(subject, self.findings)


def inspect(
    rules: IntakeRules,
    job: Job,
    *,
    now: datetime,
    by: Actor | None = None,
    account: str | None = None,
    channel: str | None = None,
    waivers: Sequence[Waiver] = (),
    stage: str | None = None,
    facts: Mapping[str, Any] = EMPTY,
    looked_up: Iterable[LookedUp] | None = None,
) -> Inspection:
    """
    Say what is complete about *job* at *now*, what is not, and what unblocks it.

    *account* is the job's customer when left out, *channel* the one it came in by. *facts* are what the host
    knows besides. Look-ups are asked unless *looked_up* brings their answers; what they raise becomes a
    finding. A naive instant is refused.

    >>> from datetime import UTC
    >>> from jobkit.model import State
    >>> rules = IntakeRules.load(
    ...     '''
    ...     id = "intake"
    ...     [[packages]]
    ...     id = "repairs"
    ...     types = ["repair"]
    ...     requirements = [{ id = "asset", field = "job.subject.asset" }]
    ...     '''
    ... )
    >>> job = Job(id="J1", type="repair", states={"work": State(name="triage", category="triage")})
    >>> told = inspect(rules, job, now=datetime(2026, 3, 10, tzinfo=UTC))
    >>> told.open, told.score, [finding.unblock for finding in told.findings]
    (False, 0.0, ['Record subject.asset.'])
    """
    moment = utc(now, "$.now")
    customer = account or account_of(job)
    given = {**gather(as_told(job), by), **facts}
    answers = _looked_up(rules, job, given, moment) if looked_up is None else tuple(looked_up)
    known = FrozenMap({**given, "lookup": FrozenMap({each.id: each.facts for each in answers})})
    governing = rules.governing(job.type, customer, moment)
    package = _NOTHING_ASKED if governing is None else governing.package
    reviewed = review(package, known, moment, stage=stage, waivers=waivers)
    reviewed = attrs.evolve(reviewed, findings=_with_ways(reviewed, package, job))
    return Inspection(
        job=job,
        now=moment,
        account=customer,
        channel=channel or job.terms.channel,
        governing=governing,
        review=reviewed,
        findings=tuple(_findings(rules, job, governing, reviewed, answers, moment)),
        lookups=answers,
        shown=tuple(_shown(rules, answers)),
        verdicts=tuple(_proposed(rules, answers, known, moment)),
        suggestions=tuple(_offers(rules, answers, job, moment)),
        facts=known,
    )


def _looked_up(rules: IntakeRules, job: Job, facts: Mapping[str, Any], now: datetime) -> tuple[LookedUp, ...]:
    """Ask the look-ups in their order; each sees what those before it found out."""
    found: dict[str, LookedUp] = {}
    for prepared in rules.lookups:
        seen = FrozenMap({id: each.facts for id, each in found.items()})
        found[prepared.data.id] = look_up(prepared, job, {**facts, "lookup": seen}, now)
    return tuple(found.values())


def _with_ways(reviewed: Review, package: Package, job: Job) -> tuple[Finding, ...]:
    """Name suggestions as ways out of what is missing."""
    if not job.triage.suggestions and not job.parts:
        return reviewed.findings
    rules = {rule.requirement.source: rule for rule in package.rules}
    unmet = set(reviewed.unmet)
    return tuple(
        way_out(finding, fields_of(rule.requirement, rule.question), job)
        if (rule := rules.get(finding.source or "")) is not None and rule.requirement.id in unmet
        else finding
        for finding in reviewed.findings
    )


def _findings(
    rules: IntakeRules,
    job: Job,
    governing: Governing | None,
    reviewed: Review,
    answers: Iterable[LookedUp],
    now: datetime,
) -> Iterator[Finding]:
    if governing is None:
        told: dict[str, Any] = {"type": job.type, "at": write_instant(now)}
        yield Finding.of(UNCOVERED, path="$.type", severity=rules.data.uncovered, **told)
    yield from reviewed.findings
    for each in answers:
        yield from each.findings
    yield from () if governing is None else governing.relaxed
    yield from open_findings(job, reviewed.findings)


def _shown(rules: IntakeRules, answers: Iterable[LookedUp]) -> Iterator[Shown]:
    by_id = _by_id(rules)
    for each in answers:
        for name, label in by_id[each.id].data.shown.items() if each.id in by_id else ():
            value = _at(each.facts, name)
            if value is not None:
                yield Shown(lookup=each.id, name=name, label=label, value=value)


def _at(facts: Mapping[str, Any], name: str) -> Any:
    """Return what an answer holds under a dotted name; of a list the whole."""
    here: Any = facts
    for step in name.split("[", 1)[0].split("."):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


def _by_id(rules: IntakeRules) -> Mapping[str, Prepared]:
    return {prepared.data.id: prepared for prepared in rules.lookups}


def _proposed(
    rules: IntakeRules, answers: Iterable[LookedUp], facts: Mapping[str, Any], now: datetime
) -> Iterator[Proposed]:
    by_id = _by_id(rules)
    for each in answers:
        prepared = by_id.get(each.id)
        topic = None if prepared is None else prepared.data.topic
        if prepared is None or topic is None or each.status == "unasked":
            continue
        if each.waits:
            yield Proposed(topic=topic, status="unavailable", source=each.id)
        elif prepared.refused is not None and prepared.refused(facts, now):
            yield Proposed(topic=topic, status="refused", source=each.id)
        elif prepared.passed is not None and prepared.passed(facts, now):
            yield Proposed(topic=topic, status="passed", source=each.id)


def _offers(rules: IntakeRules, answers: Iterable[LookedUp], job: Job, now: datetime) -> Iterator[Suggestion]:
    """Yield what answers suggest for fields that nobody has told yet."""
    by_id = _by_id(rules)
    known = {each.id for each in job.triage.suggestions}
    for each in answers:
        for field, name in by_id[each.id].data.offers.items() if each.id in by_id else ():
            id, place, value = f"{each.id}:{field}", place_of(field), _at(each.facts, name)
            if value is None or id in known or take(job, place) not in (None, []):
                continue
            try:
                plain = check_wire(thaw(value))
            except Invalid:
                continue
            source = by_id[each.id].data.title
            yield Suggestion(id=id, path=place, value=plain, source=source, at=now)
