"""What a catalog says of clocks: what conditions may ask of them, and whom they tell at which point."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs

from jobkit import documents
from jobkit.clocks import ClockState, Milestone, Reading, reading
from jobkit.conditions import Condition, FactSpec, Vocabulary
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, join
from jobkit.registry import Registry

UNKNOWN_POINT = Template(
    "catalog.unknown_point",
    "The milestone {milestone} escalates at {point}, and has no such warning.",
    "Name one of: {points}.",
)
NOT_A_LIST = Template(
    "catalog.not_a_list",
    "The milestone {milestone} holds something else than a list under escalate.",
    "Write its escalations as [[milestones.{milestone}.data.escalate]] tables.",
)

BREACHED: Final = "breached"
"""The point at which a promise is broken, beside the warnings of a milestone."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PHASES: Final = ("not_started", "running", "paused", "met", "met_late", "cancelled")

FACTS: Final[Mapping[str, FactSpec]] = FrozenMap(
    {
        "state": FactSpec(kind="code", choices=_PHASES, label="How the clock stands, whatever time it is"),
        "verdict": FactSpec(kind="code", choices=(*_PHASES, BREACHED), moves=True, label="What it says now"),
        "due_at": FactSpec(
            kind="instant", label="When it is due; unknown while it is paused and when it has ended"
        ),
        "breached_at": FactSpec(kind="instant", label="When it was broken, as of the last look at the job"),
        "started_at": FactSpec(kind="instant", label="When the present cycle began"),
        "stopped_at": FactSpec(kind="instant", label="When it ended"),
        "paused": FactSpec(kind="bool", label="Whether it stands still"),
        "reason": FactSpec(kind="text", label="Why it stands still"),
        "target": FactSpec(kind="text", label="The name of the target chosen"),
        "calendar": FactSpec(kind="text", label="The name of the calendar that counts"),
        "cycle": FactSpec(kind="integer", label="How often it began"),
    }
)
"""What conditions may ask of each clock, as `clock.<milestone>.<fact>`."""


def clock_words(milestones: Iterable[str]) -> Vocabulary:
    """
    Return the facts of the clocks of *milestones*, given by their names.

    >>> clock_words(["response"]).find("clock.response.due_at").kind
    'instant'
    """
    return Vocabulary({f"clock.{name}.{fact}": spec for name in milestones for fact, spec in FACTS.items()})


def timeline_words(words: Vocabulary) -> Vocabulary:
    """
    Return what milestones may ask of *words*: facts of the job that its history holds for ever.

    Private values can be erased, and version and head say how often something was recorded.
    """
    return Vocabulary(
        {
            path: spec
            for path, spec in words.items()
            if path.startswith("job.") and not spec.private and path not in ("job.version", "job.head")
        }
    )


@attrs.frozen(kw_only=True)
class ClockFacts:
    """
    One clock as conditions see it.

    Only `verdict` changes with time by itself; rules that must know when they turn compare `due_at` with now.
    """

    state: str
    verdict: str
    due_at: datetime | None
    breached_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    paused: bool
    reason: str | None
    target: str | None
    calendar: str
    cycle: int

    @classmethod
    def of(cls, state: ClockState, told: Reading) -> "ClockFacts":
        """Return the facts of a clock by its reading; a breach not told yet is for the verdict alone."""
        breached = told.breached_at
        seen = None if state.told is None else EPOCH + timedelta(microseconds=state.told)
        return cls(
            state=state.phase,
            verdict=told.state,
            due_at=told.due_at if state.is_live else None,
            breached_at=breached if breached is not None and seen is not None and breached <= seen else None,
            started_at=told.started_at,
            stopped_at=told.stopped_at,
            paused=state.phase == "paused",
            reason=told.paused_for,
            target=told.target_name,
            calendar=told.calendar,
            cycle=told.cycle,
        )


@attrs.frozen(kw_only=True)
class Escalation:
    """
    Who is told when a clock reaches a point: `breached`, or the warning called so, if `when` is true.

    `effect` names the effect in the outbox: `escalate` at a breach and `remind` at a warning unless it says
    otherwise. While the clock lives past the point the job stands in `queue`. A point that no escalation is
    concerned with is told all the same, to nobody in particular.
    """

    on: str = BREACHED
    when: Condition | None = None
    who: str | None = None
    queue: str | None = None
    effect: str | None = None

    def concerns(self, facts: Mapping[str, Any], now: datetime) -> bool:
        """Whether its condition is true; without one it is always so."""
        return self.when is None or self.when(facts, now) is True


Escalations = Mapping[tuple[str, str], tuple[Escalation, ...]]
"""The escalations of each version of each milestone, by the names of both."""


@attrs.frozen(kw_only=True)
class _EscalationData:
    on: str = BREACHED
    when: Any = None
    who: str | None = None
    queue: str | None = None
    effect: str | None = None


def escalations_of(
    milestones: Iterable[Milestone], words: Vocabulary, registry: Registry, findings: list[Finding]
) -> Escalations:
    """Return what each version of each milestone holds under `data.escalate`; problems join *findings*."""
    found = {}
    for milestone in milestones:
        for promise in milestone.promises:
            path = join("$.milestones", Item(milestone.name), "data", "escalate")
            points = {BREACHED, *(warning.name for warning in promise.warnings)}
            told = promise.data.get("escalate", ())
            if not isinstance(told, (list, tuple)):
                findings.append(Finding.of(NOT_A_LIST, path=path, milestone=milestone.name))
                continue
            rules = [_read(rule, f"{path}[{at}]", findings) for at, rule in enumerate(told)]
            findings += _pointless(milestone.name, rules, points, path)
            loaded = (
                _loaded(rule, f"{path}[{at}]", words, registry, findings) for at, rule in enumerate(rules)
            )
            found[milestone.name, promise.version] = tuple(loaded)
    return FrozenMap(found)


def _read(rule: Any, path: str, findings: list[Finding]) -> _EscalationData:
    try:
        return documents.structure(_EscalationData, documents.thaw(rule), path)
    except Invalid as error:
        findings += error.findings
        return _EscalationData()


def _pointless(
    milestone: str, rules: Iterable[_EscalationData], points: Iterable[str], path: str
) -> Iterator[Finding]:
    known = sorted(points)
    for at, rule in enumerate(rules):
        if rule.on not in known:
            place = f"{path}[{at}].on"
            yield Finding.of(UNKNOWN_POINT, path=place, milestone=milestone, point=rule.on, points=known)


def _loaded(
    rule: _EscalationData, path: str, words: Vocabulary, registry: Registry, findings: list[Finding]
) -> Escalation:
    when = None
    if rule.when is not None:
        try:
            when = Condition.load(rule.when, words, registry, f"{path}.when")
        except Invalid as error:
            findings += error.findings
    return Escalation(on=rule.on, when=when, who=rule.who, queue=rule.queue, effect=rule.effect)


class ClocksSeen(Mapping[str, ClockFacts]):
    """The clocks of one job as facts at one instant, each read when it is asked for."""

    def __init__(
        self,
        states: Mapping[str, ClockState],
        milestones: Mapping[str, Milestone],
        calendars: Mapping[str, Any],
        facts: Mapping[str, Any],
        now: datetime,
    ) -> None:
        self._states, self._milestones, self._calendars = states, milestones, calendars
        self._facts, self._now = facts, utc(now)
        self._known: dict[str, Reading] = {}

    def __getitem__(self, name: str) -> ClockFacts:
        return ClockFacts.of(self._states[name], self.told(name))

    def told(self, name: str) -> Reading:
        """Return the reading behind a clock's facts."""
        if name not in self._known:
            self._known[name] = self._reading(self._states[name], self._milestones[name])
        return self._known[name]

    def _reading(self, state: ClockState, milestone: Milestone) -> Reading:
        # What a device claims to have been earlier is asked as of the last moment that the clock knows.
        now = (
            self._now
            if state.horizon is None
            else max(self._now, EPOCH + timedelta(microseconds=state.horizon))
        )
        return reading(state, milestone, self._calendars, self._facts, now)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._states if name in self._milestones)

    def __len__(self) -> int:
        return sum(1 for _ in self)
