"""What a catalog says of clocks: what conditions may ask of them, and whom they tell at which point."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import attrs

from jobkit import documents
from jobkit.clocks import ClockState, Glance, Milestone, Reading, glance, reading, wakeups
from jobkit.conditions import Condition, FactSpec, Vocabulary
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import instant_of, tick_of, utc
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, join
from jobkit.registry import Registry
from jobkit.wakeups import Wakeup

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


@attrs.frozen(slots=False, eq=False)
class ClockFacts:
    """
    One clock as conditions see it at `now`, looked at when it is asked for.

    Only `verdict` changes with time by itself; rules that must know when they turn compare `due_at` with now.
    """

    carried: ClockState
    milestone: Milestone
    now: datetime
    calendars: Mapping[str, Any] = attrs.field(repr=False)
    facts: Mapping[str, Any] = attrs.field(repr=False)

    @cached_property
    def seen(self) -> Glance:
        """What the clock comes to, in ticks."""
        return glance(self.carried, self.milestone, self.calendars, self.facts, self.now)

    @property
    def told(self) -> Reading:
        """The whole reading of the clock."""
        return reading(self.carried, self.milestone, self.calendars, self.facts, self.now)

    def passed(self) -> Iterator[str]:
        """Yield the points that the clock has reached in its present cycle."""
        return self.seen.passed(tick_of(self.now))

    def wakeups(self, job_id: str) -> tuple[Wakeup, ...]:
        """Return the next instant after `now` at which time alone changes the clock, with what comes then."""
        if not self.carried.is_live and self.carried.turns is None:
            return ()
        name = self.milestone.name
        rules, seen = {name: self.milestone}, {name: self.seen}
        return wakeups(job_id, {name: self.carried}, rules, self.calendars, self.facts, self.now, seen)

    @property
    def state(self) -> str:
        """How the clock stands, whatever time it is."""
        return self.carried.phase

    @property
    def verdict(self) -> str:
        """What it says now."""
        told = self.seen.state
        return BREACHED if self.seen.breached is not None and told.is_live else told.phase

    @property
    def due_at(self) -> datetime | None:
        """When it is due; None while it is paused and when it has ended."""
        return _instant(self.seen.due) if self.carried.is_live else None

    @property
    def breached_at(self) -> datetime | None:
        """When it was broken; one that was not told yet is for the verdict alone."""
        at, told = self.seen.breached, self.carried.told
        return _instant(at) if at is not None and told is not None and at <= told else None

    @property
    def started_at(self) -> datetime | None:
        """When the present cycle began."""
        return _instant(self.seen.state.started)

    @property
    def stopped_at(self) -> datetime | None:
        """When it ended."""
        return _instant(self.seen.state.stopped)

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self.carried.phase == "paused"

    @property
    def reason(self) -> str | None:
        """Why it stands still."""
        return self.seen.state.reason if self.seen.state.phase == "paused" else None

    @property
    def target(self) -> str | None:
        """The name of the target chosen."""
        return self.seen.state.choice

    @property
    def calendar(self) -> str:
        """The name of the calendar that counts."""
        return self.seen.state.calendar

    @property
    def cycle(self) -> int:
        """How often it began."""
        return self.seen.state.cycle


def _instant(tick: int | None) -> datetime | None:
    return None if tick is None else instant_of(tick)


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


class ClocksSeen(FrozenMap[str, ClockFacts]):
    """The clocks of one job as facts at one instant, by the names of their milestones."""

    __slots__ = ()

    @classmethod
    def of(
        cls,
        states: Mapping[str, ClockState],
        milestones: Mapping[str, Milestone],
        calendars: Mapping[str, Any],
        facts: Mapping[str, Any],
        now: datetime,
    ) -> "ClocksSeen":
        """Return those of *states* whose milestones are given; *facts* hold since the last moment."""
        now = utc(now)
        return cls(
            {
                name: ClockFacts(state, milestones[name], _asked_at(state, now), calendars, facts)
                for name, state in states.items()
                if name in milestones
            }
        )


def _asked_at(state: ClockState, now: datetime) -> datetime:
    """What a device claims to have been earlier is asked as of the last moment that the clock knows."""
    known = _instant(state.horizon)
    return now if known is None or known < now else known
