"""Reading a catalog from TOML or plain data, every problem told at once with its path."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from jobkit import documents
from jobkit.calendars import Calendar
from jobkit.catalog._checks import analysed, doubled, words_of
from jobkit.catalog._values import Queue, TypeRules
from jobkit.conditions import Condition, Vocabulary
from jobkit.errors import Invalid
from jobkit.fields import FieldSpec
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycle
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import JobCategory, JobType
from jobkit.registry import Registry

UNKNOWN_LIFECYCLE = Template(
    "catalog.unknown_lifecycle",
    "The job type {type} names the lifecycle {name}, which was not given.",
    "Give a lifecycle with the id {name}; given are: {given}.",
)
SAME_FACET = Template(
    "catalog.same_facet",
    "The job type {type} has two lifecycles for the facet {facet}: {first} and {second}.",
    "Give each facet of a job type one lifecycle.",
)


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


@attrs.frozen(kw_only=True)
class _CalendarData:
    zone: str
    weekly: Mapping[str, str]


@attrs.frozen(kw_only=True)
class _CatalogData:
    id: str
    version: str
    types: Mapping[str, _TypeData]
    queues: Mapping[str, _QueueData] = EMPTY
    calendar: _CalendarData | None = None


@attrs.frozen(kw_only=True)
class Loaded:
    """What was read of a catalog, ready to be built."""

    id: str
    version: str
    types: tuple[TypeRules, ...]
    queues: tuple[Queue, ...]
    calendar: Calendar | None


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
    words = words_of(types)
    queues = [_queue(name, rule, words, registry, findings) for name, rule in data.queues.items()]
    if findings:
        raise Invalid(findings)
    calendar = None if data.calendar is None else _calendar(data.calendar)
    return Loaded(
        id=data.id, version=data.version, types=tuple(types), queues=tuple(queues), calendar=calendar
    )


def _plain(source: str | Path | Mapping[str, Any]) -> Any:
    if isinstance(source, Mapping):
        return source
    return documents.read_toml(documents.read_file(source) if isinstance(source, Path) else source)


def _calendar(hours: _CalendarData) -> Calendar:
    try:
        return Calendar(zone=hours.zone, weekly=hours.weekly)
    except Invalid as error:
        raise Invalid(found.at(f"$.calendar{found.path[1:]}") for found in error.findings) from error


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
    return TypeRules(type=job_type, lifecycles=FrozenMap(by_facet), unique_open=rule.unique_open)


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
