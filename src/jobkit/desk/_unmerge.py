"""Undoing a merge: each job becomes what its own events make, with the later ones that it owns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.desk._commands import command, must_say
from jobkit.desk._draft import Draft
from jobkit.desk._events import Moment, event, field_changes
from jobkit.desk._merge_drafts import Deed, Side, side_of
from jobkit.desk._merge_rules import merge_rules
from jobkit.desk._merged import is_merged
from jobkit.desk._office import Office
from jobkit.desk._record import Done, done_before, record
from jobkit.desk._steps import Steps
from jobkit.errors import Invalid, Refused
from jobkit.findings import Finding, Template
from jobkit.history import (
    ABSORBED,
    MERGED,
    UNMERGED,
    Event,
    FieldChange,
    apply,
    as_owned,
    effective,
    fold_effective,
    items_of,
    owned_share,
    private_values,
    since,
)
from jobkit.mappings import EMPTY
from jobkit.model import Actor, Job, Task

NOT_MERGED = Template(
    "desk.not_merged",
    "Job {job} is not merged into another one.",
    "Name the job that was merged away; job {job} has these members: {members}.",
)
INNER = Template(
    "desk.unmerge_chain",
    "Job {job} was merged into job {survivor}, which is merged into job {outer} itself.",
    "Unmerge job {survivor} first.",
)
UNRECORDED = Template(
    "desk.unmerge_unrecorded",
    "The histories of the jobs {job} and {survivor} do not say what was taken over in their merge.",
    "Submit a new job for what belongs to job {job}.",
)
HANDED_OFF = Template(
    "desk.unmerge_handed_off",
    "Job {handed} has been handed on already, so the merge of job {job} is not undone any more.",
    "Take the handoff back first, or submit a new job for what belongs to job {job}.",
)
NOT_LATER = Template(
    "desk.unmerge_not_later",
    "{event} is no event of job {survivor} after the merge.",
    "Name events of job {survivor} since then: {events}.",
)
NO_OWNER = Template(
    "desk.unmerge_no_owner",
    "Event {event} cannot belong to job {owner}: only the jobs {job} and {survivor} are parted.",
    "Name one of the two.",
)
NOT_THEIRS = Template(
    "desk.unmerge_not_theirs",
    "Event {event} ({kind}) of job {survivor} cannot be given to job {owner}: {why}.",
    "Leave it out of owned, and do on job {job} afterwards what is to hold there.",
)
UNFIT = Template(
    "desk.unmerge_unfit",
    "Job {job} does not come about without the merge: {why}.",
    "Say in owned to whom the later events belong.",
)
MACHINE = Template(
    "desk.unmerge_by_machine",
    "{actor} is a machine, and job {job} is not unmerged without a person.",
    "Let a person unmerge it.",
)


@attrs.frozen(kw_only=True)
class _Parting:
    """What is parted: both sides, the two events that are left out, and what counts after them."""

    loser: Side
    survivor: Side
    merged: Event
    absorbed: Event
    later: tuple[Event, ...]
    owned: Mapping[str, str]

    def is_given(self, event: Event) -> bool:
        """Whether a later event is declared to belong to the member as a whole."""
        return self.owned.get(event.id) == self.loser.job.id

    def share(self, event: Event) -> tuple[FieldChange, ...]:
        """Return what of a later event belongs to the member."""
        return owned_share(event, items_of(self.absorbed), self.is_given(event))


def unmerge(
    office: Office,
    job_id: str,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    owned: Mapping[str, str] = EMPTY,
    command_key: str | None = None,
) -> Steps[Done]:
    """
    Undo the merge of a job: it and its survivor become what they are without it; the job comes first.

    A later event belongs to the member as far as it changes items that were taken over from it, else to the
    survivor; *owned* says otherwise, as job ids by event ids. Moves stay the survivor's. Refused are a job
    that is not merged, one whose survivor is merged itself (that is undone first), a machine, and either side
    handed on, as the rules of merging say; an event that cannot be given is refused with why.
    """
    must_say("unmerge", reason=reason)
    asked = command(command_key, "unmerge", (job_id,), by=by, reason=reason, owned=dict(owned))
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    job = yield from office.job(job_id)
    survivor = yield from _survivor(office, job)
    Answer(job, tuple(_objections(office, job, survivor, by))).must()
    leaving = yield from side_of(office, job)
    staying = yield from side_of(office, survivor)
    parting = _parting(leaving, staying, owned)
    Answer(job, tuple(_misgiven(parting))).must()
    deed = Deed(by=by, when=Moment.of(at), reason=reason)
    drafts = (_freed(office, parting, deed), _left(office, parting, deed))
    return (yield from record(office, drafts, at=at, command=asked))


def _survivor(office: Office, job: Job) -> Steps[Job]:
    into = job.links.merged_into
    if not is_merged(job) or into is None:
        members = [member.id for member in job.links.members]
        raise Refused.of(NOT_MERGED, path="$.links.merged_into", job=job.id, members=members or "none")
    return (yield from office.job(into))


def _objections(office: Office, job: Job, survivor: Job, by: Actor) -> Iterator[Finding]:
    if not by.is_person:
        yield Finding.of(MACHINE, actor=by.id, job=job.id)
    if is_merged(survivor):
        outer = survivor.links.merged_into
        path = "$.links.merged_into"
        yield Finding.of(INNER, path=path, job=job.id, survivor=survivor.id, outer=str(outer))
    for each in (job, survivor):
        if merge_rules(office).handed_off({"job": each}):
            yield Finding.of(HANDED_OFF, path="$.states", handed=each.id, job=job.id)


def _parting(loser: Side, survivor: Side, owned: Mapping[str, str]) -> _Parting:
    """Find the two events of the last merge of the pair; a merge that recorded none is refused."""
    job = loser.job.id
    merged = _last(loser.events, MERGED, "into", survivor.job.id)
    absorbed = _last(survivor.events, ABSORBED, "member", job)
    if merged is None or absorbed is None:
        raise Refused.of(UNRECORDED, path="$.links.merged_into", job=job, survivor=survivor.job.id)
    _, later = since(survivor.events, absorbed.id)
    return _Parting(
        loser=loser, survivor=survivor, merged=merged, absorbed=absorbed, later=later, owned=owned
    )


def _last(events: Sequence[Event], kind: str, name: str, id: str) -> Event | None:
    found = (event for event in effective(events) if event.kind == kind and event.data.get(name) == id)
    return next(reversed(tuple(found)), None)


def _misgiven(parting: _Parting) -> Iterator[Finding]:
    """Yield what is declared about later events and cannot be, and shares that hold private values."""
    loser, survivor = parting.loser.job.id, parting.survivor.job.id
    later = {event.id: event for event in parting.later}
    for id, owner in parting.owned.items():
        event = later.get(id)
        if event is None:
            events = list(later)[-10:] or "none"
            yield Finding.of(NOT_LATER, path="$.owned", event=id[:80], survivor=survivor, events=events)
        elif owner not in (loser, survivor):
            told: dict[str, Any] = {"owner": str(owner)[:80], "job": loser, "survivor": survivor}
            yield Finding.of(NO_OWNER, path="$.owned", event=id, **told)
    for event in parting.later:
        why = _why_not(parting, event)
        if why is not None:
            owner = parting.owned.get(event.id, loser)
            told = {"kind": event.kind, "survivor": survivor, "owner": owner, "why": why, "job": loser}
            yield Finding.of(NOT_THEIRS, path="$.owned", event=event.id, **told)


def _why_not(parting: _Parting, event: Event) -> str | None:
    """Return why a later event does not go where it is to go."""
    share = parting.share(event)
    if any(private_values(attrs.evolve(event, changes=(change,), data=EMPTY)) for change in share):
        return "it holds private values, which stay where their erasure reaches them"
    if parting.is_given(event):
        if event.kind in (MERGED, ABSORBED, UNMERGED):
            return "it belongs to another merge"
        if any(change.path.startswith("$.states") for change in event.changes):
            return "a move is the survivor's"
    elif event.id in parting.owned and share:
        return "it changes what was taken over"
    return None


def _freed(office: Office, parting: _Parting, deed: Deed) -> Draft:
    """Draft the return of the member, with its share of what was done meanwhile."""
    owned = [
        as_owned(event, share)
        for event in parting.later
        if (share := parting.share(event)) or parting.is_given(event)
    ]
    data = {"undoes": parting.merged.id, "survivor": parting.survivor.job.id, "owned": owned}
    names = items_of(parting.absorbed).get("tasks", EMPTY)
    return _parted(office, parting.loser, data, parting.survivor.job.id, deed, names)


def _left(office: Office, parting: _Parting, deed: Deed) -> Draft:
    """Draft what is left of the survivor."""
    given = [event.id for event in parting.later if parting.is_given(event)]
    data = {"undoes": parting.absorbed.id, "member": parting.loser.job.id, "owned": given}
    return _parted(office, parting.survivor, data, parting.loser.job.id, deed)


def _parted(
    office: Office,
    side: Side,
    data: Mapping[str, Any],
    name: str,
    deed: Deed,
    names: Mapping[str, str] = EMPTY,
) -> Draft:
    """Draft the one event that leads a side to what its history makes without the merge."""
    job = side.job
    undone = event(
        office, job.id, UNMERGED, name=name, by=deed.by, when=deed.when, reason=deed.reason, data=data
    )
    try:
        alone = fold_effective((*side.events, undone))
    except Invalid as error:
        why = "; ".join(finding.message.removesuffix(".") for finding in error.findings)
        raise Refused.of(UNFIT, path="$.owned", job=job.id, why=why) from error
    tasks = tuple(_in_order(alone.tasks, names))
    whole = attrs.evolve(alone, tasks=tasks, version=job.version, head=job.head, clocks=job.clocks)
    told = attrs.evolve(undone, changes=field_changes(job, whole))
    return Draft(before=job, job=apply(job, told), events=(told,), lifecycles=side.lifecycles)


def _in_order(tasks: Sequence[Task], names: Mapping[str, str]) -> Iterator[Task]:
    """Yield tasks that wait for each other under the ids that they have here, and for nothing that left."""
    here = {task.id for task in tasks}
    for task in tasks:
        after = (names.get(each, each) for each in task.after)
        yield attrs.evolve(task, after=tuple(each for each in after if each in here))
