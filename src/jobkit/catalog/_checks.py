"""What is wrong with a catalog as a whole, each finding at its place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jobkit.calendars import BusinessTime
from jobkit.catalog._clocks import clock_words, timeline_words
from jobkit.catalog._values import Queue, TypeRules
from jobkit.clocks import Milestone, Place
from jobkit.clocks import check as check_clocks
from jobkit.conditions import Vocabulary
from jobkit.durations import Working
from jobkit.errors import Invalid
from jobkit.facts import FactSpec, declare, field_facts
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycle, check
from jobkit.mappings import EMPTY
from jobkit.model import PRIMARY
from jobkit.paths import Item, join, parse

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
DISPATCHED = Template(
    "catalog.request_dispatched",
    "Records of the type {type} are requests, and the lifecycle {id} has states of field work: {states}.",
    "Leave these states out: what is scheduled and worked on are the jobs that are opened for a request.",
)
UNKNOWN_MILESTONE = Template(
    "catalog.unknown_milestone",
    "The job type {type} names the milestone {name}, which the catalog does not have.",
    "Add the milestone {name}, or name some of: {known}.",
)
UNKNOWN_CLOCK = Template(
    "catalog.unknown_clock",
    "The lifecycle {id} asks {fact}, which no clock of the catalog tells.",
    "Add the milestone, or name one of: {near}.",
)
RESERVED = Template(
    "catalog.reserved_queue",
    "The queue {name} bears a name that jobkit keeps for queues of its own.",
    "Give the queue a name that begins with none of: {ours}.",
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

_OURS: Final = ("~", "board:")
_FIELD_WORK: Final = ("scheduled", "active", "performed")


def doubled(kind: str, ids: Iterable[str]) -> Iterator[Finding]:
    """Yield the ids that stand more than once."""
    for id, times in Counter(ids).items():
        if times > 1:
            yield Finding.of(SAME_ID, kind=kind, id=id)


def type_problems(rules: TypeRules) -> Iterator[Finding]:
    """Yield what is wrong with the lifecycles and the uniqueness of one job type."""
    name, path = rules.type.id, join("$.types", Item(rules.type.id))
    if PRIMARY not in rules.lifecycles:
        yield Finding.of(NO_WORK, path=f"{path}.lifecycles", type=name)
    for facet, lifecycle in rules.lifecycles.items():
        if facet != lifecycle.facet:
            named: dict[str, Any] = {"type": name, "id": lifecycle.definition.id, "own": lifecycle.facet}
            yield Finding.of(OTHER_FACET, path=f"{path}.lifecycles", facet=facet, **named)
    yield from _dispatched(rules)
    unique = [field.removeprefix("job.") for field in rules.unique_open]
    if unique and "subject.asset" not in unique:
        yield Finding.of(NO_ASSET, path=f"{path}.unique_open", type=name, fields=unique)
    words = declare(fields=rules.type.fields)
    yield from _incomparable(f"{path}.unique_open", unique, words)


def _dispatched(rules: TypeRules) -> Iterator[Finding]:
    """Yield lifecycles by which a request would be scheduled or worked on."""
    for lifecycle in rules.lifecycles.values() if rules.type.is_request else ():
        states = [name for name, rule in lifecycle.states.items() if rule.category in _FIELD_WORK]
        if states:
            path = join("$.types", Item(rules.type.id), "lifecycles")
            named: dict[str, Any] = {"id": lifecycle.definition.id, "states": states}
            yield Finding.of(DISPATCHED, path=path, type=rules.type.id, **named)


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


def order_problems(queue: Queue, words: Vocabulary) -> Iterator[Finding]:
    """Yield the paths by which a queue cannot be ordered."""
    path = f"{join('$.queues', Item(queue.name))}.order"
    yield from _incomparable(path, (field.removeprefix("job.") for field in queue.order), words)


def _incomparable(path: str, fields: Iterable[str], words: Vocabulary) -> Iterator[Finding]:
    for field in fields:
        try:
            steps = parse(field if field.startswith("clock.") else f"job.{field}")
        except Invalid as error:
            yield from (finding.at(path) for finding in error.findings)
            continue
        spec = words.look_up(steps)
        if (
            spec is None
            or spec.private
            or spec.moves
            or spec.kind in ("group", "list", "map")
            or Item(None) in steps
        ):
            yield Finding.of(NOT_COMPARABLE, path=path, field=field, kind=_kind(spec))


def _kind(spec: FactSpec | None) -> str:
    if spec is None:
        return "not known"
    return "private" if spec.private else "changed by time itself" if spec.moves else f"a {spec.kind}"


def milestone_problems(types: Iterable[TypeRules], milestones: Iterable[Milestone]) -> Iterator[Finding]:
    """Yield milestones with one name, and those that a job type names in vain."""
    known = [milestone.name for milestone in milestones]
    yield from doubled("milestones", known)
    for rules in types:
        for name in rules.milestones or ():
            if name not in known:
                path = join("$.types", Item(rules.type.id), "milestones")
                yield Finding.of(
                    UNKNOWN_MILESTONE, path=path, type=rules.type.id, name=name, known=sorted(known)
                )
    lifecycles = {each.hash: each for rules in types for each in rules.lifecycles.values()}
    yield from _unknown_clocks(lifecycles.values(), clock_words(known))


def _unknown_clocks(lifecycles: Iterable[Lifecycle], words: Vocabulary) -> Iterator[Finding]:
    """Yield what lifecycles declare or ask of clocks that the catalog does not have."""
    for lifecycle in lifecycles:
        definition = lifecycle.definition
        path = join("$.lifecycles", Item(definition.id), "facts")
        for fact in sorted({*definition.facts, *lifecycle.fields_read}):
            if fact.startswith("clock.") and words.find(fact.removesuffix(".*")) is None:
                yield Finding.of(UNKNOWN_CLOCK, path=path, id=definition.id, fact=fact, near=words.near(fact))


def reserved(names: Iterable[str]) -> Iterator[Finding]:
    """Yield the names of queues that jobkit keeps for itself."""
    for name in sorted(set(names)):
        if name.startswith(_OURS):
            yield Finding.of(RESERVED, path=join("$.queues", Item(name)), name=name, ours=list(_OURS))


def timeless(catalog: str, types: Iterable[TypeRules]) -> Iterator[Finding]:
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


def analysed(types: Iterable[TypeRules]) -> Iterator[Finding]:
    """Yield what the analysis of each lifecycle finds, placed at its lifecycle."""
    used = {rule.hash: rule for rules in types for rule in rules.lifecycles.values()}
    for lifecycle in used.values():
        place = join("$.lifecycles", Item(lifecycle.definition.id))
        yield from (finding.at(place + finding.path[1:]) for finding in check(lifecycle))


def promised(
    types: Iterable[TypeRules], milestones: Iterable[Milestone], calendars: Mapping[str, BusinessTime] = EMPTY
) -> Iterator[Finding]:
    """Yield what the analysis of milestones finds against their jobs' states, and the *calendars* given."""
    known, told = {each.name: each for each in milestones}, list[Finding]()
    words, seen = timeline_words(words_of(types)), set[tuple[str, tuple[str, ...]]]()
    for rules in types:
        work = rules.lifecycles.get(PRIMARY)
        names = tuple(known) if rules.milestones is None else rules.milestones
        if work is None or (work.hash, names) in seen:
            continue
        seen.add((work.hash, names))
        asked = [known[name] for name in names if name in known]
        places = tuple(_places(work))
        for finding in check_clocks(
            asked, places, vocabulary=words, calendars=calendars, path="$.milestones"
        ):
            if finding not in told:
                told.append(finding)
                yield finding


def _places(work: Lifecycle) -> Iterator[Place]:
    for name, rule in work.states.items():
        # What a hold resumes is a state from which it was entered, so that it leads nowhere new.
        reaches = tuple(dict.fromkeys(edge.target for edge in work.edges(name)))
        yield Place(name=name, category=rule.category, end=rule.end, reaches=reaches)
