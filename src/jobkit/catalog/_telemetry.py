"""What becomes of the alarms of machines: drafts of which type, and which repeats belong to them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import attrs

from jobkit.catalog._values import TypeRules
from jobkit.documents import structure, unstructure, write_json
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycle
from jobkit.model import PRIMARY

UNKNOWN_TYPE = Template(
    "catalog.telemetry_type",
    "The rules of telemetry name the job type {type}, which the catalog does not have.",
    "Use one of its job types: {known}.",
)
NO_DRAFT = Template(
    "catalog.telemetry_draft",
    "Jobs of the type {type} cannot begin as a draft in the state {state}, as alarms do.",
    "Name an initial state of the category draft: {known}.",
)
NO_WAY_ON = Template(
    "catalog.telemetry_dispatch",
    "No transition {trigger} leads on from the state {state} of jobs of the type {type}.",
    "Name one of its ways on: {known}.",
)
NO_SPAN = Template(
    "catalog.telemetry_span",
    "The time of {name} in the rules of telemetry is {given}.",
    "Give a time that is not below zero.",
)


@attrs.frozen(kw_only=True)
class TelemetryRules:
    """
    What becomes of alarms: each begins a draft of the job type `type`, in its draft state `state`.

    Repeats within `window` of the last one belong to the job that it began; those within `quiet` of the last
    one recorded are chatter and count for nothing. `dispatch` is the trigger by which a person moves the
    draft on, `planned` the job types into whose coming visits alarms are folded. The draft is then merged
    into that job, or ended by the trigger `fold_end` for the reason `fold_reason`.

    >>> TelemetryRules(type="breakdown", dispatch="submit").window.days
    14
    """

    type: str
    dispatch: str
    version: str = "1"
    state: str | None = None
    window: timedelta = timedelta(days=14)
    quiet: timedelta = timedelta(0)
    planned: tuple[str, ...] = ()
    fold_end: str | None = None
    fold_reason: str | None = None

    @property
    def digest(self) -> str:
        """The hash of the rules' content: equal rules have equal digests."""
        return hashlib.sha256(write_json(unstructure(self)).encode()).hexdigest()


def load_telemetry(table: Any, findings: list[Finding]) -> TelemetryRules | None:
    """Read the table `telemetry` of a catalog, if there is one; what is wrong is added to *findings*."""
    if table is None:
        return None
    try:
        return structure(TelemetryRules, table, "$.telemetry")
    except Invalid as error:
        findings += error.findings
        return None


def draft_state(rules: TelemetryRules, lifecycle: Lifecycle) -> str | None:
    """Return the state in which an alarm begins: the one that is named, else the first that is a draft."""
    if rules.state is not None:
        return rules.state
    return next(iter(_drafts(lifecycle)), None)


def _drafts(lifecycle: Lifecycle) -> list[str]:
    return [name for name in lifecycle.initial if lifecycle.states[name].category == "draft"]


def telemetry_problems(rules: TelemetryRules | None, types: Iterable[TypeRules]) -> Iterator[Finding]:
    """Yield where rules of telemetry do not fit the job types: unknown ones, no draft, no way on from it."""
    if rules is None:
        return
    known = {each.type.id: each for each in types}
    for name in dict.fromkeys((rules.type, *rules.planned)):
        if name not in known:
            yield Finding.of(UNKNOWN_TYPE, path="$.telemetry", type=name, known=sorted(known))
    for name, span in (("window", rules.window), ("quiet", rules.quiet)):
        if span < timedelta(0):
            yield Finding.of(NO_SPAN, path=f"$.telemetry.{name}", name=name, given=str(span))
    if rules.type in known:
        yield from _lifecycle_problems(rules, known[rules.type].lifecycles)


def _lifecycle_problems(rules: TelemetryRules, lifecycles: Mapping[str, Lifecycle]) -> Iterator[Finding]:
    lifecycle = lifecycles.get(PRIMARY)
    if lifecycle is None:
        return
    drafts, state = _drafts(lifecycle), draft_state(rules, lifecycle)
    told: dict[str, Any] = {"type": rules.type, "state": state or "draft"}
    if state not in drafts or state is None:
        yield Finding.of(NO_DRAFT, path="$.telemetry.state", known=drafts, **told)
        return
    ways = sorted({edge.transition.trigger for edge in lifecycle.edges(state)})
    if rules.fold_end is not None and rules.fold_end not in ways:
        yield Finding.of(NO_WAY_ON, path="$.telemetry.fold_end", trigger=rules.fold_end, known=ways, **told)
    if rules.dispatch not in ways:
        yield Finding.of(NO_WAY_ON, path="$.telemetry.dispatch", trigger=rules.dispatch, known=ways, **told)
