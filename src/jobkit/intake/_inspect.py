"""Inspecting a job: what its package says, what look-ups know, and what unblocks it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.facts import gather
from jobkit.findings import Finding, Template, blocking
from jobkit.instants import utc, write_instant
from jobkit.intake._governing import Governing
from jobkit.intake._heard import Heard, Proposed, Shown, heard
from jobkit.intake._lookups import LookedUp
from jobkit.intake._rules import IntakeRules, account_of
from jobkit.intake._suggestions import as_told, fields_of, open_findings, way_out
from jobkit.mappings import EMPTY
from jobkit.model import Actor, Job, Suggestion
from jobkit.requirements import Package, Review, Unblocking, Waiver, review

UNCOVERED = Template(
    "intake.uncovered",
    "No package of intake is for jobs of the type {type} at {at}.",
    "Give a package for the type {type}, or let one begin earlier.",
)

_NOTHING_ASKED = Package.load({"id": "none", "requirements": []})


@attrs.frozen(kw_only=True)
class Inspection:
    """
    What intake says of one job at one instant.

    `review` is that of its package, whose findings name suggestions as ways out; `findings` are all, with
    those of look-ups. `governing` is None where no package is for the job's type; `heard` is what look-ups
    said.
    """

    job: Job = attrs.field(repr=False)
    now: datetime
    account: str | None
    channel: str | None
    governing: Governing | None
    review: Review
    findings: tuple[Finding, ...]
    heard: Heard

    @property
    def lookups(self) -> tuple[LookedUp, ...]:
        """What each look-up came to."""
        return self.heard.lookups

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What look-ups know that people are to see."""
        return self.heard.shown

    @property
    def verdicts(self) -> tuple[Proposed, ...]:
        """The verdicts that look-ups propose."""
        return self.heard.verdicts

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """The values that look-ups suggest for fields that nobody has told."""
        return self.heard.suggestions

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts that were asked."""
        return self.heard.facts

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
    said = heard(rules, job, given, moment, looked_up)
    governing = rules.governing(job.type, customer, moment)
    package = _NOTHING_ASKED if governing is None else governing.package
    reviewed = review(package, said.facts, moment, stage=stage, waivers=waivers)
    reviewed = attrs.evolve(reviewed, findings=_with_ways(reviewed, package, job))
    return Inspection(
        job=job,
        now=moment,
        account=customer,
        channel=channel or job.terms.channel,
        governing=governing,
        review=reviewed,
        findings=tuple(_findings(rules, job, governing, reviewed, said.lookups, moment)),
        heard=said,
    )


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
