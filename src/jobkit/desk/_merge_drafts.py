"""What a merge records: the end of the one job, and what the other one takes over from it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import attrs

from jobkit.answers import Answer
from jobkit.clocks import reading
from jobkit.desk import _steps
from jobkit.desk._commands import plain
from jobkit.desk._draft import Draft
from jobkit.desk._effects import Aftermath, follow
from jobkit.desk._events import Moment, event, field_changes
from jobkit.desk._intents import Intent, Weighed, weigh
from jobkit.desk._merge_rules import merge_rules, record_of, takeable
from jobkit.desk._merged import merging_triggers
from jobkit.desk._moves import moved
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.duplicates import MergedFields, TakenOver, merged_fields
from jobkit.findings import Finding, Template
from jobkit.history import ABSORBED, MERGED, Event, FieldChange, apply
from jobkit.instants import instant_of, tick_of, write_instant
from jobkit.lifecycle import Lifecycles, Option, move
from jobkit.model import PRIMARY, Actor, Job, Member, Suspect, put_all

NO_WAY = Template(
    "desk.no_way_to_merged",
    "No way leads job {job} from {state} to an end that is merged; there is one from: {states}.",
    "Move job {job} into a state that has one, or let its lifecycle have a transition from {state}.",
)

_TICK: Final = timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class Side:
    """One side of a merge: the job, the rules that it is pinned to, and its history."""

    job: Job
    lifecycles: Lifecycles
    events: tuple[Event, ...]


@attrs.frozen(kw_only=True)
class Deed:
    """Who merges or unmerges, when and why."""

    by: Actor
    when: Moment
    reason: str | None = None


@attrs.frozen(kw_only=True)
class _Taken:
    """What the survivor takes over: its job after that, and what is told about it."""

    job: Job
    items: Mapping[str, Mapping[str, str]]
    brings: Mapping[str, Sequence[Any]]


def side_of(office: Office, job: Job) -> Steps[Side]:
    """Fetch what a side of a merge is made of."""
    lifecycles = yield from office.lifecycles(job)
    events = yield from _steps.history(office.tenant, job.id)
    return Side(job=job, lifecycles=lifecycles, events=events)


def weighed_end(office: Office, loser: Side, survivor: Job, deed: Deed) -> Steps[tuple[str, Weighed]]:
    """
    Return the trigger by which the lifecycle of *loser* lets it be merged, and what speaks against it.

    The first that is open is taken; a lifecycle without any is a finding.
    """
    job = _pointing(loser.job, survivor)
    triggers = merging_triggers(job, loser.lifecycles)
    if not triggers:
        shut = Answer(Option(trigger="merge"), (_no_way(job, loser.lifecycles),))
        return "merge", Weighed(answer=shut, job=job)
    tried = []
    for trigger in triggers:
        intent = Intent(trigger=trigger, by=deed.by, when=deed.when, reason=deed.reason)
        tried.append((trigger, (yield from weigh(office, job, loser.lifecycles, intent))))
    return next((each for each in tried if each[1].answer.open), tried[0])


def _pointing(job: Job, survivor: Job) -> Job:
    return attrs.evolve(job, links=attrs.evolve(job.links, merged_into=survivor.id))


def _no_way(job: Job, lifecycles: Lifecycles) -> Finding:
    rules = lifecycles[PRIMARY]
    ends = {name for name, state in rules.states.items() if state.end == "merged"}
    leading = [
        name for name in rules.states if any(edge.transition.target in ends for edge in rules.edges(name))
    ]
    told: dict[str, Any] = {"job": job.id, "state": job.state.name, "states": leading}
    return Finding.of(NO_WAY, path=f"$.states[{PRIMARY}]", **told)


def ended(
    office: Office, loser: Side, survivor: Job, trigger: str, weighed: Weighed, deed: Deed
) -> Steps[tuple[Draft, ...]]:
    """Draft the end of the merged job by its lifecycle's own transition, with all that this sets off."""
    job = _pointing(loser.job, survivor)
    link = FieldChange("$.links.merged_into", None, survivor.id)
    made = move(
        job,
        loser.lifecycles,
        trigger,
        event_id=office.new_id(),
        by=deed.by,
        at=deed.when.occurred_at,
        reason=deed.reason,
        facts=office.facts(job, deed.when.occurred_at),
        changes=(link, *weighed.changes),
        data={**weighed.data, "into": survivor.id},
    )
    told = attrs.evolve(deed.when.stamp(made.event), kind=MERGED)
    draft = Draft(before=loser.job, job=made.job, events=(told,), lifecycles=loser.lifecycles)
    after = Aftermath(event=told, effects=made.effects, when=deed.when)
    return (yield from follow(office, draft, after, moved))


def absorbing(office: Office, survivor: Side, loser: Side, deed: Deed) -> Draft:
    """Draft what the survivor takes over: fields by rule, open work, links, and the starts of clocks."""
    taken = _taken(office, survivor, loser, deed)
    told = event(
        office,
        survivor.job.id,
        ABSORBED,
        name=loser.job.id,
        by=deed.by,
        when=deed.when,
        changes=field_changes(survivor.job, taken.job),
        reason=deed.reason,
        data={
            "member": loser.job.id,
            "number": loser.job.links.number,
            "channel": loser.job.terms.channel,
            "customer": loser.job.subject.customer,
            "taken": taken.items,
            "brings": taken.brings,
            "clocks": dict(_starts(office, loser.job, deed)),
        },
        rules={"merging": merge_rules(office).digest},
    )
    after = apply(survivor.job, told)
    return Draft(before=survivor.job, job=after, events=(told,), lifecycles=survivor.lifecycles)


def _taken(office: Office, survivor: Side, loser: Side, deed: Deed) -> _Taken:
    rules = merge_rules(office)
    own, theirs = (record_of(side.job, side.events, rules) for side in (survivor, loser))
    given = takeable(theirs)
    merged = merged_fields(rules, own, {loser.job.id: given})
    items = _items(merged)
    values = [(f"$.{field}", plain(value)) for field, value in merged.values.items()]
    job = _standing(put_all(survivor.job, values), loser.job, deed)
    suspects = open_suspects(survivor.job, loser.job)
    if suspects:
        triage = attrs.evolve(job.triage, suspects=(*job.triage.suspects, *suspects))
        job = attrs.evolve(job, triage=triage)
        items["triage.suspects"] = {suspect.id: suspect.id for suspect in suspects}
    return _Taken(job=_reordered(job, items), items=items, brings=_brings(merged, given, loser.job))


def _items(merged: MergedFields) -> dict[str, dict[str, str]]:
    return {field: _own_ids(taken) for field, taken in merged.taken.items()}


def _own_ids(taken: Mapping[str, TakenOver]) -> dict[str, str]:
    return {id: each.id for id, each in taken.items()}


def _brings(merged: MergedFields, given: Mapping[str, Any], loser: Job) -> dict[str, Sequence[Any]]:
    """Return the plain lists of the member as a whole: what of them stays is known when another one goes."""
    joined = (field for field in merged.values if isinstance(given.get(field), list))
    texts = {field: [each for each in given[field] if isinstance(each, str)] for field in joined}
    numbers = {"links.former_numbers": list(_numbers(loser))}
    return {f"$.{field}": listed for field, listed in {**texts, **numbers}.items() if listed}


def _standing(job: Job, loser: Job, deed: Deed) -> Job:
    """Return the survivor with its new members and their numbers, and the question of the pair answered."""
    links = job.links
    members = {member.id: member for member in (*links.members, *loser.links.members, _member(loser, deed))}
    numbers = dict.fromkeys((*links.former_numbers, *_numbers(loser)))
    return attrs.evolve(
        job,
        links=attrs.evolve(links, members=tuple(members.values()), former_numbers=tuple(numbers)),
        triage=attrs.evolve(job.triage, suspects=tuple(_settled(job, loser.id, deed))),
    )


def _member(loser: Job, deed: Deed) -> Member:
    return Member(
        id=loser.id,
        number=loser.links.number,
        channel=loser.terms.channel,
        customer=loser.subject.customer,
        merged=deed.when.occurred_at,
    )


def _numbers(loser: Job) -> Iterator[str]:
    """Yield the numbers that the survivor answers for from now on: the member's, and those of its members."""
    theirs = [member.number for member in loser.links.members]
    yield from (number for number in (loser.links.number, *theirs) if number)


def _settled(job: Job, loser: str, deed: Deed) -> Iterator[Suspect]:
    for suspect in job.triage.suspects:
        if suspect.id == loser and suspect.decided is None:
            at = deed.when.occurred_at
            yield attrs.evolve(suspect, decided="same", by=deed.by.id, at=at, reason=deed.reason)
        else:
            yield suspect


def open_suspects(survivor: Job, loser: Job) -> tuple[Suspect, ...]:
    """Return the twins of the member that nobody has decided about: the question stays open."""
    known = {survivor.id, *(each.id for each in survivor.triage.suspects)}
    known |= {member.id for job in (survivor, loser) for member in job.links.members}
    return tuple(each for each in loser.triage.suspects if each.decided is None and each.id not in known)


def _reordered(job: Job, items: Mapping[str, Mapping[str, str]]) -> Job:
    """Let tasks taken over wait for each other under the ids that they have now, and for nothing else."""
    names = items.get("tasks", {})
    called = {own: id for id, own in names.items()}
    tasks = tuple(
        attrs.evolve(task, after=tuple(called[each] for each in task.after if each in called))
        if task.id in names
        else task
        for task in job.tasks
    )
    return attrs.evolve(job, tasks=tasks)


def _starts(office: Office, loser: Job, deed: Deed) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the promises of the member that are not kept yet: since when they run, and how far they are."""
    for milestone in office.catalog.clocks_of(loser.type):
        state = loser.clocks.get(milestone.name)
        if state is None or not state.is_live:
            continue
        # A host whose clock is behind looks at the job as it was told last.
        at = instant_of(max(tick_of(deed.when.occurred_at), state.horizon or 0))
        seen = reading(state, milestone, office.catalog.calendars, {"job": loser}, at)
        if seen.started_at is None or seen.state not in ("running", "paused", "breached"):
            continue
        told = {"started": write_instant(seen.started_at), "used": seen.elapsed // _TICK}
        broken = seen.breached_at
        yield milestone.name, told if broken is None else {**told, "breached": write_instant(broken)}
