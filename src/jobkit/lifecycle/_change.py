"""What a changed lifecycle means for live jobs: compared state by state, rehearsed, then recorded."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import attrs

from jobkit.durations import write_duration
from jobkit.errors import Invalid, Refused
from jobkit.findings import Finding, Severity, Template, blocking
from jobkit.history import Event, FieldChange
from jobkit.instants import utc
from jobkit.lifecycle._definition import Definition, StateRule, Transition
from jobkit.lifecycle._jobs import NO_STATE, Moved, state_wire
from jobkit.lifecycle._lifecycle import Lifecycle
from jobkit.lifecycle._net import Net, net
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Actor, Job, State, put_all

STATE_GONE = Template(
    "lifecycle.state_gone",
    "State {state} is gone from version {version}, and jobs may be in it.",
    "Map {state} to one of: {choices}.",
)
STATE_NEW = Template(
    "lifecycle.state_new",
    "State {state} is new in version {version}; no live job is in it.",
    "Nothing is needed.",
)
CATEGORY_CHANGED = Template(
    "lifecycle.category_changed",
    "State {state} goes from category {old} to {new}, so clocks and queues would read its jobs otherwise.",
    "Map {state} to itself if that is meant, or to a state of category {old}.",
)
END_CHANGED = Template(
    "lifecycle.end_changed",
    "State {state} goes from the end {old} to {new}; a changed rule may neither end nor reopen a job.",
    "Map {state} to a state whose end is {old}, or keep its end.",
)
NO_LONGER_LEFT = Template(
    "lifecycle.no_longer_left",
    "State {state} has no way out any more, so its jobs would be stuck.",
    "Map {state} to another state, or give it a transition that leaves it.",
)
LIMIT_CHANGED = Template(
    "lifecycle.limit_changed",
    "The age limit of state {state} goes from {old} to {new}, and holds at once for the jobs in it.",
    "Nothing is needed if that is meant.",
)
OWNER_CHANGED = Template(
    "lifecycle.owner_changed",
    "The owner of state {state} goes from {old} to {new}.",
    "Tell both; the jobs change hands at once.",
)
FLAGS_CHANGED = Template(
    "lifecycle.field_flags_changed",
    "The field flags of state {state} change for: {fields}.",
    "Nothing is needed; a field now required is asked for at the next move into {state}.",
)
OPERATIONS_CHANGED = Template(
    "lifecycle.operations_changed",
    "What state {state} permits and forbids changes for: {operations}.",
    "Nothing is needed if that is meant.",
)
WAY_GONE = Template(
    "lifecycle.way_gone",
    "From state {state} the transition {transition} is gone.",
    "Nothing is needed if another way serves its purpose.",
)
WAY_NEW = Template(
    "lifecycle.way_new", "From state {state} the transition {transition} is new.", "Nothing is needed."
)
WAY_CHANGED = Template(
    "lifecycle.way_changed",
    "From state {state} the transition {transition} changes in: {what}.",
    "Nothing is needed; the jobs are judged by the new rule at their next move.",
)
OTHER_LIFECYCLE = Template(
    "lifecycle.other_lifecycle",
    "{old} moves the facet {old_facet}, and {new} moves the facet {new_facet}.",
    "Compare two versions of one lifecycle.",
)
OTHER_HASH = Template(
    "lifecycle.migration_hash",
    "The migration leads from {asked} and the lifecycle given has the hash {given}.",
    "Give the lifecycles that the migration names.",
)
MAPPING_UNKNOWN = Template(
    "lifecycle.mapping_unknown",
    "The migration maps {state} to {target}, and version {version} has no such state.",
    "Map {state} to one of: {choices}.",
)
MAPPING_ENDS = Template(
    "lifecycle.mapping_ends",
    "The migration maps {state} with the end {old} to {target} with the end {new}.",
    "Map {state} to a state whose end is {old}; ending and reopening are moves, not migrations.",
)
OTHER_PIN = Template(
    "lifecycle.other_pin",
    "Job {job} is pinned to {pinned}, and the migration leads from {asked}.",
    "Migrate the job from the version that it is pinned to.",
)
STATE_UNKNOWN = Template(
    "lifecycle.migrant_state",
    "Job {job} is in state {state}, which neither version knows.",
    "Map {state} to one of: {choices}.",
)
RESUME_LOST = Template(
    "lifecycle.resume_lost",
    "Job {job} would return to state {state} after its hold, and version {version} has no such state.",
    "Map {state} to one of: {choices}.",
)
Fate = Literal["safe", "needs_mapping", "refused"]

_FATES: Mapping[str, Fate] = FrozenMap(
    {
        STATE_GONE.code: "needs_mapping",
        CATEGORY_CHANGED.code: "needs_mapping",
        END_CHANGED.code: "refused",
        NO_LONGER_LEFT.code: "refused",
    }
)


@attrs.frozen(kw_only=True)
class StateFate:
    """What becomes of live jobs in one state, with a sentence for everything that changes there."""

    state: str
    fate: Fate
    findings: tuple[Finding, ...] = ()


@attrs.frozen(kw_only=True)
class Diff:
    """Two versions of a lifecycle compared, state by state in the old order; new states come last."""

    from_hash: str
    to_hash: str
    states: tuple[StateFate, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding about every state."""
        return tuple(finding for state in self.states for finding in state.findings)

    def of(self, state: str) -> StateFate:
        """Return what becomes of jobs in *state*; a state neither version has is a `KeyError`."""
        return {fate.state: fate for fate in self.states}[state]


@attrs.frozen(kw_only=True)
class Migration:
    """From which version to which, where jobs of each old state go, and why."""

    from_hash: str
    to_hash: str
    mapping: Mapping[str, str] = EMPTY
    reason: str | None = None


@attrs.frozen(kw_only=True)
class Rehearsal:
    """What a migration would do to many jobs: how many go where, and which ones may not, with reasons."""

    moved: Mapping[tuple[str, str], int]
    refused: Mapping[str, tuple[Finding, ...]]

    @property
    def ok(self) -> bool:
        """Whether every job could be migrated."""
        return not self.refused


def diff(old: Lifecycle, new: Lifecycle) -> Diff:
    """
    Say for each state whether its live jobs are safe, need a mapping, or may not be migrated as they are.

    Lifecycles of two facets are refused.
    """
    _check_facet(old.definition, new.definition)
    before, after = net(old.definition), net(new.definition)
    fates = [_fate(state, before, after, new.definition) for state in before.rules]
    version = new.definition.version
    fates += [
        _state_fate(state, (_told(STATE_NEW, state, "info", version=version),))
        for state in after.rules
        if state not in before.rules
    ]
    return Diff(from_hash=old.hash, to_hash=new.hash, states=tuple(fates))


def migrate(
    job: Job,
    old: Lifecycle,
    new: Lifecycle,
    migration: Migration,
    *,
    event_id: str,
    by: Actor,
    at: datetime,
    recorded_at: datetime | None = None,
) -> Moved:
    """
    Take *job* over to the new version: map its state, set its pin, record an event of kind migrated.

    The state's age goes on. Raises `Refused` with every reason why the job cannot be migrated.
    """
    findings = tuple(_objections(job, old, new, migration))
    if blocking(findings):
        raise Refused(findings)
    changes = tuple(_changes(job, new, migration))
    event = Event(
        id=event_id,
        job_id=job.id,
        kind="migrated",
        name=new.definition.version,
        actor=by,
        occurred_at=utc(at, "$.at"),
        recorded_at=utc(recorded_at or at, "$.recorded_at"),
        reason=migration.reason,
        changes=changes,
        rules=new.seal,
    )
    return Moved(put_all(job, ((change.path, change.new) for change in changes)), event)


def rehearse(jobs: Iterable[Job], old: Lifecycle, new: Lifecycle, migration: Migration) -> Rehearsal:
    """Tell what `migrate` would do to each of *jobs*, changing none of them."""
    moved: Counter[tuple[str, str]] = Counter()
    refused: dict[str, tuple[Finding, ...]] = {}
    for job in jobs:
        findings = blocking(_objections(job, old, new, migration))
        if findings:
            refused[job.id] = findings
        else:
            name = job.states[old.facet].name
            moved[name, migration.mapping.get(name, name)] += 1
    return Rehearsal(moved=FrozenMap(moved), refused=FrozenMap(refused))


def _check_facet(old: Definition, new: Definition) -> None:
    if old.facet != new.facet:
        facets: dict[str, Any] = {"old_facet": old.facet, "new_facet": new.facet}
        raise Invalid.of(OTHER_LIFECYCLE, path="$.facet", old=old.id, new=new.id, **facets)


def _fate(state: str, before: Net, after: Net, new: Definition) -> StateFate:
    if state not in after.rules:
        choices = list(after.rules)
        return _state_fate(state, (_told(STATE_GONE, state, version=new.version, choices=choices),))
    changed = (
        *_rule_changes(before.rules[state], after.rules[state]),
        *_stuck(state, before, after),
        *_way_changes(state, _ways(state, before), _ways(state, after)),
    )
    return _state_fate(state, changed)


def _state_fate(state: str, findings: tuple[Finding, ...]) -> StateFate:
    fates = {_FATES.get(finding.code, "safe") for finding in findings}
    worst: Fate = "refused" if "refused" in fates else "needs_mapping" if "needs_mapping" in fates else "safe"
    return StateFate(state=state, fate=worst, findings=findings)


def _rule_changes(old: StateRule, new: StateRule) -> Iterator[Finding]:
    if old.end != new.end:
        yield _told(END_CHANGED, old.name, old=old.end or "none", new=new.end or "none")
    elif old.category != new.category:
        yield _told(CATEGORY_CHANGED, old.name, old=old.category, new=new.category)
    if old.limit != new.limit:
        yield _told(LIMIT_CHANGED, old.name, "info", old=_limit(old), new=_limit(new))
    if old.owner != new.owner:
        yield _told(OWNER_CHANGED, old.name, "info", old=old.owner or "nobody", new=new.owner or "nobody")
    fields = [path for path in {**old.fields, **new.fields} if old.fields.get(path) != new.fields.get(path)]
    if fields:
        yield _told(FLAGS_CHANGED, old.name, "info", fields=fields)
    operations = {*(old.permits or ()), *old.forbids} ^ {*(new.permits or ()), *new.forbids}
    if operations:
        yield _told(OPERATIONS_CHANGED, old.name, "info", operations=sorted(operations))


def _limit(rule: StateRule) -> str:
    return "none" if rule.limit is None else write_duration(rule.limit.after)


def _stuck(state: str, before: Net, after: Net) -> Iterator[Finding]:
    def leaves(walked: Net) -> bool:
        return any(not hop.stays for hop in walked.leaving[state])

    if state not in after.ends and leaves(before) and not leaves(after):
        yield _told(NO_LONGER_LEFT, state)


def _ways(state: str, walked: Net) -> dict[str, Transition]:
    return {hop.transition.id: hop.transition for hop in walked.leaving[state]}


def _way_changes(state: str, old: dict[str, Transition], new: dict[str, Transition]) -> Iterator[Finding]:
    for id, way in old.items():
        if id not in new:
            yield _told(WAY_GONE, state, "info", transition=id)
        elif what := _differing(way, new[id]):
            yield _told(WAY_CHANGED, state, "info", transition=id, what=what)
    for id in new:
        if id not in old:
            yield _told(WAY_NEW, state, "info", transition=id)


def _differing(old: Transition, new: Transition) -> list[str]:
    """Return the names of what differs, other than the sources, which are compared state by state."""
    names = [field.name for field in attrs.fields(Transition) if field.name != "sources"]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _told(template: Template, state: str, severity: Severity = "block", **params: Any) -> Finding:
    return Finding.of(template, path=f"$.states[{state}]", severity=severity, state=state, **params)


def _objections(job: Job, old: Lifecycle, new: Lifecycle, migration: Migration) -> Iterator[Finding]:
    yield from _wrong_versions(job, old, new, migration)
    state = job.states.get(old.facet)
    if state is None:
        choices = list(old.initial)
        yield Finding.of(NO_STATE, path="$.states", job=job.id, facet=old.facet, choices=choices)
        return
    yield from _unmapped(job, state, old, new, migration)
    if state.resume is not None and _target(state.resume, migration) not in new.states:
        yield Finding.of(
            RESUME_LOST,
            path=f"$.states[{old.facet}].resume",
            job=job.id,
            state=state.resume,
            version=new.definition.version,
            choices=list(new.states),
        )


def _wrong_versions(job: Job, old: Lifecycle, new: Lifecycle, migration: Migration) -> Iterator[Finding]:
    _check_facet(old.definition, new.definition)
    for asked, given in ((migration.from_hash, old.hash), (migration.to_hash, new.hash)):
        if asked != given:
            yield Finding.of(OTHER_HASH, path="$.migration", asked=asked, given=given)
    pinned = job.pins.get(old.facet)
    if pinned not in (None, migration.from_hash):
        named: dict[str, Any] = {"job": job.id, "pinned": pinned, "asked": migration.from_hash}
        yield Finding.of(OTHER_PIN, path=f"$.pins[{old.facet}]", **named)


def _unmapped(
    job: Job, state: State, old: Lifecycle, new: Lifecycle, migration: Migration
) -> Iterator[Finding]:
    target = _target(state.name, migration)
    rule = new.states.get(target)
    if state.name in migration.mapping:
        yield from _badly_mapped(state, target, rule, new)
    elif state.name not in old.states and rule is None:
        named: dict[str, Any] = {"job": job.id, "state": state.name, "choices": list(new.states)}
        yield Finding.of(STATE_UNKNOWN, path=f"$.states[{old.facet}]", **named)
    elif state.name in old.states:
        yield from blocking(diff(old, new).of(state.name).findings)


def _badly_mapped(state: State, target: str, rule: StateRule | None, new: Lifecycle) -> Iterator[Finding]:
    path = f"$.migration.mapping[{state.name}]"
    named: dict[str, Any] = {"state": state.name, "target": target}
    if rule is None:
        known: dict[str, Any] = {"version": new.definition.version, "choices": list(new.states)}
        yield Finding.of(MAPPING_UNKNOWN, path=path, **named, **known)
    elif rule.end != state.end:
        ends: dict[str, Any] = {"old": state.end or "none", "new": rule.end or "none"}
        yield Finding.of(MAPPING_ENDS, path=path, **named, **ends)


def _target(state: str, migration: Migration) -> str:
    return migration.mapping.get(state, state)


def _changes(job: Job, new: Lifecycle, migration: Migration) -> Iterator[FieldChange]:
    facet = new.facet
    state = job.states[facet]
    rule = new.states[_target(state.name, migration)]
    resume = None if state.resume is None else _target(state.resume, migration)
    mapped = attrs.evolve(state, name=rule.name, category=rule.category, end=rule.end, resume=resume)
    if mapped != state:
        yield FieldChange(f"$.states[{facet}]", state_wire(state), state_wire(mapped))
    yield FieldChange(f"$.pins[{facet}]", job.pins.get(facet), new.hash)
