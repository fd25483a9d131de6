"""When a request becomes a job, and how what it tells goes over without being typed again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.facts import gather
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.intake._inspect import Inspection, inspect
from jobkit.intake._places import TOLD, nested, steps_of
from jobkit.intake._provenance import Steps, leaves_of
from jobkit.intake._rules import IntakeRules
from jobkit.intake._suggestions import as_told
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Actor, Job, State, blank, changed, put_all
from jobkit.paths import parse, write
from jobkit.privacy import Erased, Redacted
from jobkit.requirements import Waiver

NO_NEED = Template(
    "intake.no_need",
    "The request {request} takes none of what makes it a job: {needs}.",
    "Answer it as a request, or promote it with needs that say which of them it takes.",
)
ENDED = Template(
    "intake.request_ended",
    "The request {request} has ended as {end}.",
    "Open a new request, or promote one that is open.",
)

_NOT_TOLD: Final = ("id", "type", "states", "version", "head", "pins", "counts", "flags", "clocks")


@attrs.frozen(kw_only=True)
class Mapped:
    """
    What of a request goes over to a job: `data`, ready to be submitted, and what stays on the request only.

    `origins` tells by each path of the job from which path of the request it comes; `private` are the paths
    of the job at which personal values stand, hidden as they were.
    """

    data: Mapping[str, Any]
    kept: tuple[str, ...] = ()
    origins: Mapping[str, str] = EMPTY
    private: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Promotion:
    """A request on its way to becoming a job: what goes over, and what intake says of the job to be."""

    request: str
    job_type: str
    mapped: Mapped
    inspection: Inspection = attrs.field(repr=False)

    def __str__(self) -> str:
        return f"promoting request {self.request}"


def promotion(
    rules: IntakeRules,
    request: Job,
    job_type: str,
    *,
    now: datetime,
    by: Actor | None = None,
    facts: Mapping[str, Any] = EMPTY,
    waivers: Sequence[Waiver] = (),
) -> Answer[Promotion]:
    """
    Say whether *request* may become a job of *job_type* at *now*.

    It must take one of the needs that the rules name, or their condition must be true, and what it tells must
    meet the package of the job's type; otherwise it stays a request. A naive instant is refused.
    """
    moment = utc(now, "$.now")
    told = mapped(rules, request)
    job = _job_to_be(request, job_type, told)
    stage = rules.data.promotion.stage
    inspection = inspect(rules, job, now=moment, by=by, facts=facts, waivers=waivers, stage=stage)
    subject = Promotion(request=request.id, job_type=job_type, mapped=told, inspection=inspection)
    against = promotable(rules, request, now=moment, by=by, facts=facts)
    return Answer(subject, (*against, *inspection.findings))


def promotable(
    rules: IntakeRules,
    request: Job,
    *,
    now: datetime,
    by: Actor | None = None,
    facts: Mapping[str, Any] = EMPTY,
) -> tuple[Finding, ...]:
    """
    Return why *request* stays a request, whatever job it would become: it has ended, or takes no job at all.

    A naive instant is refused.
    """
    return tuple(_against(rules, request, utc(now, "$.now"), by, facts))


def _against(
    rules: IntakeRules, request: Job, now: datetime, by: Actor | None, facts: Mapping[str, Any]
) -> Iterator[Finding]:
    if not request.is_open:
        told: dict[str, Any] = {"request": request.id, "end": request.state.end}
        yield Finding(template=ENDED, path=f"$.states[{PRIMARY}]", params=told)
    needs = rules.data.promotion.needs
    when = rules.promoted_when
    if set(needs) & set(request.triage.needs):
        return
    if when is None or when({**gather(as_told(request), by), **facts}, now) is not True:
        params = {"request": request.id, "needs": list(needs)}
        yield Finding(template=NO_NEED, path="$.triage.needs", params=params, source=rules.data.source)


def _job_to_be(request: Job, job_type: str, told: Mapped) -> Job:
    begun = FrozenMap({PRIMARY: State(name="draft", category="draft")})
    bare = Job(id=request.id, type=job_type, states=begun, triage=request.triage)
    return put_all(bare, [(f"$.{name}", value) for name, value in told.data.items()])


def mapped(rules: IntakeRules, request: Job) -> Mapped:
    """
    Return what of *request* goes over to a job by the rules, and what is kept on the request.

    Fields go to the place that the rules name, else to the same place. Every value that was told is either in
    the data of the job or listed as kept.
    """
    going, kept = _sorted_out(rules, request)
    values: dict[Steps, Any] = {}
    origins: dict[str, str] = {}
    # Places that the rules name come first; what would stay in such a place is kept instead.
    for source, target, value in sorted(going, key=lambda each: each[0] == each[1]):
        if any(_meet(target, other) for other in values):
            kept.append(source)
            continue
        values[target] = value
        origins[write(target)] = write(source)
    return Mapped(
        data=FrozenMap(nested((write(target), value) for target, value in values.items())),
        kept=tuple(write(source) for source in kept),
        origins=FrozenMap(origins),
        private=tuple(write(target) for target, value in values.items() if _is_private(value)),
    )


def _sorted_out(rules: IntakeRules, request: Job) -> tuple[list[tuple[Steps, Steps, Any]], list[Steps]]:
    """Return what goes over, as (from, to, value), and what is kept."""
    data = rules.data.promotion
    ways = {steps_of(source): steps_of(target) for source, target in data.fields.items()}
    held = [steps_of(path) for path in data.keep]
    going: list[tuple[Steps, Steps, Any]] = []
    kept: list[Steps] = []
    for steps, value in _told(request):
        if steps[0] not in TOLD or any(steps[: len(one)] == one for one in held):
            kept.append(steps)
        else:
            going.append((steps, _target(steps, ways), value))
    return going, kept


def _told(request: Job) -> Iterator[tuple[Steps, Any]]:
    """Yield every value that was told of a request."""
    for path, _, value in changed(blank(request.id), request):
        steps = parse(path)
        if steps[0] not in _NOT_TOLD:
            yield from leaves_of(steps, value)


def _target(steps: Steps, ways: Mapping[Steps, Steps]) -> Steps:
    for length in range(len(steps), 0, -1):
        if steps[:length] in ways:
            return (*ways[steps[:length]], *steps[length:])
    return steps


def _meet(one: Steps, other: Steps) -> bool:
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def _is_private(value: Any) -> bool:
    return isinstance(value, (Redacted, Erased))
