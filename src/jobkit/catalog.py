"""The catalog: job types with their lifecycles, queues and rules as one versioned value."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from jobkit import documents
from jobkit.calendars import Calendar
from jobkit.conditions import Condition, Vocabulary
from jobkit.durations import Working
from jobkit.errors import Invalid, NotFound
from jobkit.facts import FactSpec, declare, field_facts
from jobkit.fields import FieldSpec
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycle, check
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Job, JobCategory, JobType
from jobkit.paths import Item, join, parse
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
NO_WORK = Template(
    "catalog.no_work",
    "The job type {type} has no lifecycle for the facet work.",
    "Give it a lifecycle whose facet is work.",
)
SAME_ID = Template(
    "catalog.same_id",
    "Two {kind} have the id {id}.",
    "Give each of the {kind} an id of its own.",
)
OTHER_FACET = Template(
    "catalog.other_facet",
    "The job type {type} has the lifecycle {id} for the facet {facet}, and it moves {own}.",
    "Put the lifecycle {id} under the facet {own}.",
)
NO_ASSET = Template(
    "catalog.unique_without_asset",
    "Open jobs of the type {type} are to be unique by {fields}, without the asset.",
    "Add subject.asset to unique_open: other open jobs are found by their asset.",
)
NOT_COMPARABLE = Template(
    "catalog.not_comparable",
    "Jobs cannot be compared by {field}, which is {kind}.",
    "Name one field with a single value that is not private.",
)
NO_CALENDAR = Template(
    "catalog.no_calendar",
    "The lifecycle {id} counts working time in {place}, and the catalog {catalog} has no calendar.",
    "Give the catalog a calendar, or count elapsed time in {place}.",
)
UNKNOWN_PRESET = Template(
    "catalog.unknown_preset",
    "There is no preset {name}.",
    "Use one of the presets: {presets}.",
)


@attrs.frozen(kw_only=True)
class Queue:
    """
    A named condition with the role that owns what stands in it, and the order in which to take it.

    `order` lists paths whose values sort the queue, smallest first; a missing value comes last.
    """

    name: str
    owner: str
    when: Condition | None = None
    order: tuple[str, ...] = ()
    label: str | None = None


@attrs.frozen(kw_only=True)
class TypeRules:
    """
    A job type with its lifecycles by facet.

    `unique_open` lists paths: two open jobs of the type may not agree in all of them.
    """

    type: JobType
    lifecycles: Mapping[str, Lifecycle]
    unique_open: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Catalog:
    """
    Everything jobkit knows about one host's process, as one versioned value.

    `earlier` keeps lifecycles that live jobs may still be pinned to, by hash.

    >>> Catalog.preset("after-sales").id
    'after-sales'
    """

    id: str
    version: str
    types: Mapping[str, TypeRules]
    queues: Mapping[str, Queue] = EMPTY
    registry: Registry = attrs.field(factory=Registry)
    calendar: Calendar | None = None
    earlier: Mapping[str, Lifecycle] = EMPTY

    @classmethod
    def of(
        cls,
        id: str,
        types: Iterable[TypeRules],
        *,
        version: str = "1",
        queues: Iterable[Queue] = (),
        registry: Registry | None = None,
        calendar: Calendar | None = None,
        earlier: Iterable[Lifecycle] = (),
    ) -> "Catalog":
        """
        Build a catalog from its parts.

        Refused, all at once, are ids that stand twice, a type without a work lifecycle or with one under
        another facet, uniqueness and orders that cannot be compared, and working time without a calendar.
        """
        given, standing = tuple(types), tuple(queues)
        findings = (
            *_doubled("job types", (rules.type.id for rules in given)),
            *_doubled("queues", (queue.name for queue in standing)),
            *(finding for rules in given for finding in _type_problems(rules)),
            *(finding for queue in standing for finding in _order_problems(queue, words_of(given))),
            *(() if calendar else _timeless(id, given)),
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
        data = documents.structure(_CatalogData, _plain(source))
        offered = tuple(lifecycles)
        given = {lifecycle.definition.id: lifecycle for lifecycle in offered}
        used = registry or Registry()
        findings = [*_doubled("lifecycles", (lifecycle.definition.id for lifecycle in offered))]
        types = [_type(name, rule, given, findings) for name, rule in data.types.items()]
        findings += (finding for finding in _analysed(types) if finding.blocks)
        words = words_of(types)
        queues = [_queue(name, rule, words, used, findings) for name, rule in data.queues.items()]
        if findings:
            raise Invalid(findings)
        calendar = None if data.calendar is None else _calendar(data.calendar)
        return cls.of(
            data.id,
            types,
            version=data.version,
            queues=queues,
            registry=used,
            calendar=calendar,
            earlier=earlier,
        )

    @classmethod
    def preset(cls, name: str) -> "Catalog":
        """Return a ready catalog: `after-sales`. Another name is refused."""
        from jobkit import presets

        if name != "after-sales":
            raise NotFound.of(UNKNOWN_PRESET, name=str(name)[:80], presets=["after-sales"])
        return cls.load(
            presets.text("after_sales_catalog"),
            lifecycles=presets.after_sales().values(),
            registry=presets.registry(),
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the analysis of its lifecycles finds, warnings and hints too, each placed at its lifecycle."""
        return tuple(_analysed(self.types.values()))

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
        """Return a queue; one that neither the catalog nor a state's limit names is refused."""
        found = self.queues.get(name)
        if found is not None:
            return found
        for rules in self.types.values():
            for lifecycle in rules.lifecycles.values():
                for state in lifecycle.definition.states:
                    if state.limit is not None and state.limit.queue == name:
                        return Queue(name=name, owner=state.owner or "supervisor")
        raise NotFound.of(UNKNOWN_QUEUE, catalog=self.id, name=name, queues=sorted(self.queue_names()))

    def queue_names(self) -> frozenset[str]:
        """Return the name of every queue: the catalog's own and those that age limits lead to."""
        limits = (
            state.limit.queue
            for rules in self.types.values()
            for lifecycle in rules.lifecycles.values()
            for state in lifecycle.definition.states
            if state.limit is not None and state.limit.queue is not None
        )
        return frozenset((*self.queues, *limits))

    def standing(self, job: Job, facts: Mapping[str, Any], now: datetime) -> tuple[Queue, ...]:
        """Return the queues whose condition holds for *job* at *now*."""
        return tuple(
            queue
            for queue in self.queues.values()
            if queue.when is not None and queue.when(facts, now) is True
        )


def _analysed(types: Iterable[TypeRules]) -> Iterator[Finding]:
    used = {rule.hash: rule for rules in types for rule in rules.lifecycles.values()}
    for lifecycle in used.values():
        place = join("$.lifecycles", Item(lifecycle.definition.id))
        yield from (finding.at(place + finding.path[1:]) for finding in check(lifecycle))


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


def _plain(source: str | Path | Mapping[str, Any]) -> Any:
    if isinstance(source, Mapping):
        return source
    return documents.read_toml(documents.read_file(source) if isinstance(source, Path) else source)


def _calendar(hours: _CalendarData) -> Calendar:
    try:
        return Calendar(zone=hours.zone, weekly=hours.weekly)
    except Invalid as error:
        raise Invalid(found.at(f"$.calendar{found.path[1:]}") for found in error.findings) from error


def _doubled(kind: str, ids: Iterable[str]) -> Iterator[Finding]:
    for id, times in Counter(ids).items():
        if times > 1:
            yield Finding.of(SAME_ID, kind=kind, id=id)


def _type_problems(rules: TypeRules) -> Iterator[Finding]:
    name, path = rules.type.id, join("$.types", Item(rules.type.id))
    if PRIMARY not in rules.lifecycles:
        yield Finding.of(NO_WORK, path=f"{path}.lifecycles", type=name)
    for facet, lifecycle in rules.lifecycles.items():
        if facet != lifecycle.facet:
            named: dict[str, Any] = {"type": name, "id": lifecycle.definition.id, "own": lifecycle.facet}
            yield Finding.of(OTHER_FACET, path=f"{path}.lifecycles", facet=facet, **named)
    unique = [field.removeprefix("job.") for field in rules.unique_open]
    if unique and "subject.asset" not in unique:
        yield Finding.of(NO_ASSET, path=f"{path}.unique_open", type=name, fields=unique)
    words = declare(fields=rules.type.fields)
    yield from _incomparable(f"{path}.unique_open", unique, words)


def words_of(types: Iterable[TypeRules]) -> Vocabulary:
    """Return what a queue may ask of jobs of *types*; a field that two declare otherwise is plain."""
    fields: dict[str, FactSpec] = {}
    for rules in types:
        for name, spec in field_facts(rules.type.fields).items():
            known = fields.setdefault(name, spec)
            fields[name] = (
                known if known == spec else FactSpec(kind="any", private=known.private or spec.private)
            )
    return declare(fields=fields)


def _order_problems(queue: Queue, words: Vocabulary) -> Iterator[Finding]:
    path = f"{join('$.queues', Item(queue.name))}.order"
    yield from _incomparable(path, (field.removeprefix("job.") for field in queue.order), words)


def _incomparable(path: str, fields: Iterable[str], words: Vocabulary) -> Iterator[Finding]:
    for field in fields:
        try:
            steps = parse(f"job.{field}")
        except Invalid as error:
            yield from (finding.at(path) for finding in error.findings)
            continue
        spec = words.look_up(steps)
        if spec is None or spec.private or spec.kind in ("group", "list", "map") or Item(None) in steps:
            kind = "not known" if spec is None else "private" if spec.private else f"a {spec.kind}"
            yield Finding.of(NOT_COMPARABLE, path=path, field=field, kind=kind)


def _timeless(catalog: str, types: Iterable[TypeRules]) -> Iterator[Finding]:
    """Yield where lifecycles count working time: without a calendar no job of theirs could be recorded."""
    lifecycles = {each.hash: each for rules in types for each in rules.lifecycles.values()}
    for lifecycle in lifecycles.values():
        definition = lifecycle.definition
        spans = [(f"state {each.name}", each.limit and each.limit.after) for each in definition.states]
        spans += [(f"transition {each.id}", each.after) for each in definition.transitions]
        for place, after in spans:
            if isinstance(after, Working):
                yield Finding.of(
                    NO_CALENDAR, path="$.calendar", id=definition.id, place=place, catalog=catalog
                )


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
