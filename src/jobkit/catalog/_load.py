"""Reading a catalog from TOML or plain data, every problem told at once with its path."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from jobkit import documents
from jobkit.calendars import BusinessTime, load_calendar, load_calendars
from jobkit.catalog._checks import analysed, doubled, promised, words_of
from jobkit.catalog._clocks import clock_words, timeline_words
from jobkit.catalog._intake import INTAKE_FACTS, Intaking, load_intake
from jobkit.catalog._order import ROUTES, OrderBench, WorkOrder, load_order
from jobkit.catalog._playbooks import load_playbooks
from jobkit.catalog._telemetry import TelemetryRules, load_telemetry
from jobkit.catalog._values import Queue, TypeRules
from jobkit.clocks import Milestone, Milestones
from jobkit.conditions import Condition, Vocabulary
from jobkit.errors import Invalid
from jobkit.fields import FieldSpec
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycle
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import JobCategory, JobType
from jobkit.playbooks import Playbooks
from jobkit.registry import Registry

UNKNOWN_LIFECYCLE = Template(
    "catalog.unknown_lifecycle",
    "The job type {type} names the lifecycle {name}, which was not given.",
    "Give a lifecycle with the id {name}; given are: {given}.",
)
UNKNOWN_CALENDAR = Template(
    "catalog.unknown_calendar",
    "The catalog {catalog} counts by the calendar {name}, which it does not have.",
    "Add the calendar {name}, or name one of: {known}.",
)
SAME_FACET = Template(
    "catalog.same_facet",
    "The job type {type} has two lifecycles for the facet {facet}: {first} and {second}.",
    "Give each facet of a job type one lifecycle.",
)

DEFAULT: Final = "default"
"""The name by which milestones call a calendar that stands in the catalog without one."""


@attrs.frozen(kw_only=True)
class _QueueData:
    owner: str
    when: Any = None
    order: tuple[str, ...] = ()
    label: str | None = None


@attrs.frozen(kw_only=True)
class _TypeData:
    lifecycles: tuple[str, ...]
    label: str = ""
    category: JobCategory = "service"
    work_types: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    unique_open: tuple[str, ...] = ()
    milestones: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class _CatalogData:
    id: str
    version: str
    types: Mapping[str, _TypeData]
    queues: Mapping[str, _QueueData] = EMPTY
    calendar: Any = None
    calendars: Mapping[str, Any] = EMPTY
    milestones: Mapping[str, Any] = EMPTY
    facts: Mapping[str, str] = EMPTY
    priority: Any = None
    routing: Any = None
    capacity: Any = None
    intake: Any = None
    duplicates: Any = None
    merging: Any = None
    telemetry: Any = None
    playbooks: Mapping[str, Any] = EMPTY


@attrs.frozen(kw_only=True)
class Loaded:
    """What was read of a catalog, ready to be built."""

    id: str
    version: str
    types: tuple[TypeRules, ...]
    queues: tuple[Queue, ...]
    calendar: BusinessTime | None
    calendars: Mapping[str, BusinessTime]
    milestones: tuple[Milestone, ...]
    order: WorkOrder = WorkOrder()
    playbooks: Playbooks = Playbooks()
    intaking: Intaking = Intaking()
    telemetry: TelemetryRules | None = None


def loaded(
    source: str | Path | Mapping[str, Any], lifecycles: Iterable[Lifecycle], registry: Registry
) -> Loaded:
    """Read the parts of a catalog; everything that is wrong with them is refused at once."""
    data = documents.structure(_CatalogData, _plain(source))
    offered = tuple(lifecycles)
    given = {lifecycle.definition.id: lifecycle for lifecycle in offered}
    findings = [*doubled("lifecycles", (lifecycle.definition.id for lifecycle in offered))]
    types = [_type(name, rule, given, findings) for name, rule in data.types.items()]
    findings += (finding for finding in analysed(types) if finding.blocks)
    calendars, calendar = _calendars(data, findings)
    words = words_of(types)
    milestones = _milestones(data.milestones, words, registry, calendars, findings)
    findings += (finding for finding in promised(types, milestones) if finding.blocks)
    told = _facts(data.facts, findings)
    asked = told | words | clock_words(map(str, data.milestones))
    standing = asked | ROUTES | INTAKE_FACTS
    queues = [_queue(name, rule, standing, registry, findings) for name, rule in data.queues.items()]
    order = load_order(
        # Without calendars that load, every one that the rules name would be missed.
        priority=None if calendars is None else data.priority,
        routing=data.routing,
        capacity=data.capacity,
        bench=OrderBench(words=asked, registry=registry, calendars=calendars or {}, findings=findings),
    )
    playbooks = load_playbooks(data.playbooks, findings)
    intaking = load_intake(
        intake=data.intake,
        duplicates=data.duplicates,
        merging=data.merging,
        types=tuple(data.types),
        words=asked,
        registry=registry,
        findings=findings,
    )
    telemetry = load_telemetry(data.telemetry, findings)
    if findings:
        raise Invalid(findings)
    return Loaded(
        id=data.id,
        version=data.version,
        types=tuple(types),
        queues=tuple(queues),
        calendar=calendar,
        calendars=FrozenMap(calendars or {}),
        milestones=milestones,
        order=order,
        playbooks=playbooks,
        telemetry=telemetry,
        intaking=intaking,
    )


def _plain(source: str | Path | Mapping[str, Any]) -> Any:
    if isinstance(source, Mapping):
        return source
    return documents.read_toml(documents.read_file(source) if isinstance(source, Path) else source)


def _facts(data: Mapping[str, str], findings: list[Finding]) -> Vocabulary:
    """Return what the host's fact providers tell, as the catalog declares it; jobkit's own facts stay."""
    try:
        return Vocabulary.of(data, path="$.facts")
    except Invalid as error:
        findings += error.findings
        return Vocabulary.of({})


def _calendars(
    data: _CatalogData, findings: list[Finding]
) -> tuple[Mapping[str, BusinessTime] | None, BusinessTime | None]:
    """Return the calendars by name, None where any is wrong, and the one that counts where none is named."""
    try:
        named = load_calendars(data.calendars, "$.calendars")
    except Invalid as error:
        findings += error.findings
        return None, None
    if isinstance(data.calendar, str):
        if data.calendar not in named:
            known = sorted(named)
            findings.append(
                Finding.of(
                    UNKNOWN_CALENDAR, path="$.calendar", name=data.calendar, catalog=data.id, known=known
                )
            )
        return named, named.get(data.calendar)
    if data.calendar is None:
        return named, None
    try:
        own = load_calendar(data.calendar, "$.calendar", named=named)
    except Invalid as error:
        findings += error.findings
        return None, None
    return {DEFAULT: own, **named}, own


def _milestones(
    data: Mapping[str, Any],
    words: Vocabulary,
    registry: Registry,
    calendars: Mapping[str, BusinessTime] | None,
    findings: list[Finding],
) -> tuple[Milestone, ...]:
    told = timeline_words(words)
    try:
        loaded = Milestones.load(
            data, vocabulary=told, registry=registry, calendars=calendars, path="$.milestones"
        )
    except Invalid as error:
        findings += error.findings
        return ()
    return tuple(loaded.values())


def _type(name: str, rule: _TypeData, given: Mapping[str, Lifecycle], findings: list[Finding]) -> TypeRules:
    by_facet: dict[str, Lifecycle] = {}
    for wanted in rule.lifecycles:
        path = f"$.types[{name}].lifecycles"
        lifecycle = given.get(wanted)
        if lifecycle is None:
            findings.append(
                Finding.of(UNKNOWN_LIFECYCLE, path=path, type=name, name=wanted, given=sorted(given))
            )
            continue
        facet = lifecycle.definition.facet
        if facet in by_facet:
            first = by_facet[facet].definition.id
            findings.append(
                Finding.of(SAME_FACET, path=path, type=name, facet=facet, first=first, second=wanted)
            )
        by_facet[facet] = lifecycle
    job_type = JobType(
        id=name,
        label=rule.label,
        category=rule.category,
        work_types=rule.work_types,
        fields=rule.fields,
    )
    return TypeRules(
        type=job_type,
        lifecycles=FrozenMap(by_facet),
        unique_open=rule.unique_open,
        milestones=rule.milestones,
    )


def _queue(
    name: str, rule: _QueueData, words: Vocabulary, registry: Registry, findings: list[Finding]
) -> Queue:
    when = None
    if rule.when is not None:
        try:
            when = Condition.load(
                rule.when,
                vocabulary=words,
                registry=registry,
                path=f"$.queues[{name}].when",
            )
        except Invalid as error:
            findings.extend(error.findings)
    return Queue(name=name, owner=rule.owner, when=when, order=rule.order, label=rule.label)
