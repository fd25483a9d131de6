"""The catalog itself: what it holds, and what it hands out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from jobkit import documents
from jobkit.calendars import BusinessTime
from jobkit.catalog._checks import (
    analysed,
    doubled,
    milestone_problems,
    order_problems,
    promised,
    reserved,
    timeless,
    type_problems,
    words_of,
)
from jobkit.catalog._clocks import ClocksSeen, Escalation, Escalations, clock_words, escalations_of
from jobkit.catalog._intake import intake_findings
from jobkit.catalog._load import loaded
from jobkit.catalog._order import order_findings
from jobkit.catalog._playbooks import playbook_problems, shelved
from jobkit.catalog._telemetry import TelemetryRules, telemetry_problems
from jobkit.catalog._twins import match_problems
from jobkit.catalog._values import Queue, TypeRules
from jobkit.clocks import Milestone
from jobkit.duplicates import MatchRules, MergeRules
from jobkit.errors import Invalid, NotFound
from jobkit.findings import Finding, Template
from jobkit.intake import IntakeRules
from jobkit.lifecycle import Lifecycle
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Job
from jobkit.playbooks import Playbook, Playbooks
from jobkit.priority import CapacityRules, PriorityRules, RoutingRules
from jobkit.priority import check as check_priority
from jobkit.registry import Registry

UNKNOWN_TYPE = Template(
    "catalog.unknown_type",
    "The catalog {catalog} has no job type {name}.",
    "Use one of its job types: {types}.",
)
UNKNOWN_QUEUE = Template(
    "catalog.unknown_queue",
    "The catalog {catalog} has no queue {name}.",
    "Use one of its queues: {queues}.",
)
UNKNOWN_PRESET = Template(
    "catalog.unknown_preset",
    "There is no preset {name}.",
    "Use one of the presets: {presets}.",
)


@attrs.frozen(kw_only=True)
class Catalog:
    """
    Everything jobkit knows about one host's process, as one versioned value.

    `earlier` keeps lifecycles that live jobs may still be pinned to, by hash. `calendar` counts working time
    where none is named; `calendars` are those that milestones name.

    >>> Catalog.preset("after-sales").id
    'after-sales'
    """

    id: str
    version: str
    types: Mapping[str, TypeRules]
    queues: Mapping[str, Queue] = EMPTY
    registry: Registry = attrs.field(factory=Registry)
    calendar: BusinessTime | None = None
    earlier: Mapping[str, Lifecycle] = EMPTY
    calendars: Mapping[str, BusinessTime] = EMPTY
    milestones: Mapping[str, Milestone] = EMPTY
    escalations: Escalations = EMPTY
    priority: PriorityRules | None = None
    routing: RoutingRules | None = None
    capacity: CapacityRules | None = None
    playbooks: Playbooks = Playbooks()
    intake: IntakeRules | None = None
    duplicates: MatchRules | None = None
    merging: MergeRules | None = None
    telemetry: TelemetryRules | None = None

    @classmethod
    def of(
        cls,
        id: str,
        types: Iterable[TypeRules],
        *,
        version: str = "1",
        queues: Iterable[Queue] = (),
        registry: Registry | None = None,
        calendar: BusinessTime | None = None,
        earlier: Iterable[Lifecycle] = (),
        calendars: Mapping[str, BusinessTime] = EMPTY,
        milestones: Iterable[Milestone] = (),
        priority: PriorityRules | None = None,
        routing: RoutingRules | None = None,
        capacity: CapacityRules | None = None,
        playbooks: Iterable[Playbook] = (),
        intake: IntakeRules | None = None,
        duplicates: MatchRules | None = None,
        merging: MergeRules | None = None,
        telemetry: TelemetryRules | None = None,
    ) -> "Catalog":
        """
        Build a catalog from its parts.

        Refused, all at once, are ids that stand twice, a type without a work lifecycle or with one under
        another facet, uniqueness and orders that cannot be compared, working time without a calendar,
        milestones that a type names in vain, and escalations that cannot be read.
        """
        given, standing, clocks = tuple(types), tuple(queues), tuple(milestones)
        words = words_of(given) | clock_words(each.name for each in clocks)
        wrong: list[Finding] = []
        escalations = escalations_of(clocks, words, registry or Registry(), wrong)
        shelf = shelved(playbooks, wrong)
        findings = (
            *wrong,
            *milestone_problems(given, clocks),
            *doubled("job types", (rules.type.id for rules in given)),
            *doubled("queues", (queue.name for queue in standing)),
            *(finding for rules in given for finding in type_problems(rules)),
            *(finding for queue in standing for finding in order_problems(queue, words)),
            *(() if calendar else timeless(id, given)),
            *order_findings(priority, routing, capacity),
            *playbook_problems(shelf, given, calendar),
            *intake_findings(intake, (rules.type.id for rules in given)),
            *telemetry_problems(telemetry, given),
            *match_problems(duplicates),
            *reserved(_queue_names(given, (queue.name for queue in standing), escalations, routing)),
        )
        if findings:
            raise Invalid(findings)
        return cls(
            id=id,
            version=version,
            types=FrozenMap({rules.type.id: rules for rules in given}),
            queues=FrozenMap({queue.name: queue for queue in standing}),
            registry=registry or Registry(),
            calendar=calendar,
            earlier=FrozenMap({lifecycle.hash: lifecycle for lifecycle in earlier}),
            calendars=FrozenMap(calendars),
            milestones=FrozenMap({each.name: each for each in clocks}),
            escalations=escalations,
            priority=priority,
            routing=routing,
            capacity=capacity,
            playbooks=shelf,
            intake=intake,
            duplicates=duplicates,
            merging=merging,
            telemetry=telemetry,
        )

    @classmethod
    def load(
        cls,
        source: str | Path | Mapping[str, Any],
        *,
        lifecycles: Iterable[Lifecycle],
        registry: Registry | None = None,
        earlier: Iterable[Lifecycle] = (),
    ) -> "Catalog":
        """
        Read a catalog from TOML (a file or its text) or from plain data.

        Its job types name *lifecycles* by id; unknown names, unknown keys, conditions about undeclared facts,
        and lifecycles whose analysis finds what blocks (a dead end, no way to an end, an endless circle) are
        refused, all at once, with their paths.
        """
        used = registry or Registry()
        parts = loaded(source, lifecycles, used)
        return cls.of(
            parts.id,
            parts.types,
            version=parts.version,
            queues=parts.queues,
            registry=used,
            calendar=parts.calendar,
            earlier=earlier,
            calendars=parts.calendars,
            milestones=parts.milestones,
            priority=parts.order.priority,
            routing=parts.order.routing,
            capacity=parts.order.capacity,
            playbooks=parts.playbooks,
            intake=parts.intaking.intake,
            duplicates=parts.intaking.duplicates,
            merging=parts.intaking.merging,
            telemetry=parts.telemetry,
        )

    @classmethod
    def preset(cls, name: str, *, zone: str = "UTC", registry: Registry | None = None) -> "Catalog":
        """
        Return a ready catalog: `after-sales`, whose calendars are in the IANA zone *zone*.

        Its gate is on: a job is approved once its package is complete, triage has judged and every twin is
        decided. `without_intake` takes the gate away, `with_intake` gives it other rules.

        *registry* holds what the host adds: its fact providers, predicates and deeds. Another name, an
        unknown zone, and a name in the registry that the preset has itself are refused.
        """
        from jobkit import presets

        if name != "after-sales":
            raise NotFound.of(UNKNOWN_PRESET, name=str(name)[:80], presets=["after-sales"])
        tables = ("milestones", "priority", "playbooks", "intake", "duplicates", "merging")
        data = documents.read_toml(presets.text("after_sales_catalog"))
        calendars = documents.read_toml(presets.text("milestones_calendars"))
        return cls.load(
            {
                **data,
                **{table: documents.read_toml(presets.text(table)) for table in tables},
                "calendars": {name: {"zone": zone, **hours} for name, hours in calendars.items()},
            },
            lifecycles=(*presets.after_sales().values(), presets.after_sales_request()),
            registry=presets.registry(registry),
        )

    def with_order(
        self,
        *,
        priority: PriorityRules | None = None,
        routing: RoutingRules | None = None,
        capacity: CapacityRules | None = None,
    ) -> "Catalog":
        """
        Return the catalog with other rules of order; what is not given stays.

        Refused are capacity with other bands than the priority rules, and with regions that nothing leads to.
        """
        parts = (priority or self.priority, routing or self.routing, capacity or self.capacity)
        if findings := (*order_findings(*parts), *reserved(() if routing is None else routing.queues)):
            raise Invalid(findings)
        ordered, routed, limited = parts
        return attrs.evolve(self, priority=ordered, routing=routed, capacity=limited)

    def with_intake(
        self,
        *,
        intake: IntakeRules | None = None,
        duplicates: MatchRules | None = None,
        merging: MergeRules | None = None,
        telemetry: TelemetryRules | None = None,
    ) -> "Catalog":
        """
        Return the catalog with other rules of how work comes in; what is not given stays.

        Refused are packages, look-ups and topics for job types that the catalog does not have, rules of
        telemetry that do not fit its lifecycles, and rules for duplicates that compare what jobs do not have.
        """
        types = tuple(self.types.values())
        findings = (
            *intake_findings(intake, self.types),
            *telemetry_problems(telemetry, types),
            *match_problems(duplicates),
        )
        if findings:
            raise Invalid(findings)
        return attrs.evolve(
            self,
            intake=intake or self.intake,
            duplicates=duplicates or self.duplicates,
            merging=merging or self.merging,
            telemetry=telemetry or self.telemetry,
        )

    def with_playbooks(self, playbooks: Iterable[Playbook]) -> "Catalog":
        """
        Return the catalog with *playbooks* in place of its own; jobs keep the versions that they remember.

        Refused are those for job types that the catalog does not have, and versions with one name or date.
        """
        wrong: list[Finding] = []
        shelf = shelved(playbooks, wrong)
        if findings := (*wrong, *playbook_problems(shelf, self.types.values(), self.calendar)):
            raise Invalid(findings)
        return attrs.evolve(self, playbooks=shelf)

    def without_intake(self) -> "Catalog":
        """Return the catalog without rules of intake, twins and merging: its jobs have no gate to pass."""
        return attrs.evolve(self, intake=None, duplicates=None, merging=None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the analysis of lifecycles, milestones and the order finds, hints too, each at its place."""
        priority = () if self.priority is None else check_priority(self.priority, path="$.priority")
        routing = () if self.routing is None else self.routing.findings
        types, milestones = tuple(self.types.values()), self.milestones.values()
        return (*analysed(types), *promised(types, milestones, self.calendars), *priority, *routing)

    @property
    def private(self) -> frozenset[str]:
        """The names of added fields that any job type calls private."""
        return frozenset(name for rules in self.types.values() for name in rules.type.private)

    def rules(self, job_type: str) -> TypeRules:
        """Return the rules of a job type; an unknown one is refused."""
        found = self.types.get(job_type)
        if found is None:
            raise NotFound.of(
                UNKNOWN_TYPE, path="$.type", catalog=self.id, name=job_type, types=sorted(self.types)
            )
        return found

    def queue(self, name: str) -> Queue:
        """Return a queue; one that no queue, age limit or escalation of the catalog names is refused."""
        found = self.queues.get(name)
        if found is not None:
            return found
        for rules in self.types.values():
            for lifecycle in rules.lifecycles.values():
                for state in lifecycle.definition.states:
                    if state.limit is not None and state.limit.queue == name:
                        return Queue(name=name, owner=state.owner or "supervisor")
        for told in (each for rules in self.escalations.values() for each in rules):
            if told.queue == name:
                return Queue(name=name, owner=told.who or "supervisor")
        if name in self._routed():
            return Queue(name=name, owner="dispatcher")
        raise NotFound.of(UNKNOWN_QUEUE, catalog=self.id, name=name, queues=sorted(self.queue_names()))

    def queue_names(self) -> frozenset[str]:
        """Return the name of every queue: the catalog's own, and those of age limits and escalations."""
        return frozenset(_queue_names(self.types.values(), self.queues, self.escalations, self.routing))

    def _routed(self) -> tuple[str, ...]:
        return () if self.routing is None else self.routing.queues

    def clocks_of(self, job_type: str) -> tuple[Milestone, ...]:
        """Return the milestones whose clocks jobs of a type have; an unknown type is refused."""
        named = self.rules(job_type).milestones
        return tuple(self.milestones.values() if named is None else (self.milestones[name] for name in named))

    def clocks_seen(self, job: Job, now: datetime) -> ClocksSeen:
        """Return the clocks of *job* as facts at *now*, by milestone: what `clock` means in a condition."""
        return ClocksSeen.of(job.clocks, self.milestones, self.calendars, {"job": job}, now)

    def escalations_at(self, milestone: str, version: str | None, point: str) -> tuple[Escalation, ...]:
        """Return who is to be told when a clock of a version of *milestone* reaches *point*."""
        rules = self.escalations.get((milestone, version or ""), ())
        return tuple(rule for rule in rules if rule.on == point)

    def standing(self, job: Job, facts: Mapping[str, Any], now: datetime) -> tuple[Queue, ...]:
        """Return the queues whose condition holds for *job* at *now*."""
        return tuple(
            queue
            for queue in self.queues.values()
            if queue.when is not None and queue.when(facts, now) is True
        )


def _queue_names(
    types: Iterable[TypeRules], queues: Iterable[str], escalations: Escalations, routing: RoutingRules | None
) -> Iterator[str]:
    yield from queues
    for rules in types:
        for lifecycle in rules.lifecycles.values():
            limits = (state.limit for state in lifecycle.definition.states)
            yield from (limit.queue for limit in limits if limit is not None and limit.queue is not None)
    yield from (each.queue for told in escalations.values() for each in told if each.queue is not None)
    yield from () if routing is None else routing.queues
