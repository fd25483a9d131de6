"""What must hold of merged jobs on every path: they are read-only, and only merging leads there."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from jobkit.desk._draft import Draft
from jobkit.desk._intents import entered
from jobkit.desk._office import Office
from jobkit.desk._redirects import RESERVED_MARK, answering
from jobkit.desk._steps import Steps
from jobkit.errors import JobkitError
from jobkit.findings import Finding, Template
from jobkit.history import MERGED, UNMERGED, Event
from jobkit.lifecycle import Lifecycles
from jobkit.mappings import FrozenMap
from jobkit.model import PRIMARY, Job, Member
from jobkit.ports import Effect

READ_ONLY = Template(
    "desk.merged_away",
    "Job {job} is merged into {survivor} and is left as it is.",
    "Do it on {survivor}, or unmerge job {job} first.",
)
ONLY_BY_MERGING = Template(
    "desk.only_by_merging",
    "Job {job} comes to the end merged by no other way than merging.",
    "Merge job {job} into the one that goes on, with merge.",
)
RESERVED_SYSTEM = Template(
    "desk.reserved_system",
    "The system {system} of an external id of job {job} begins with ~, as only those of jobkit do.",
    "Give the system another name.",
)

# A merged job may be forgotten, brought into line with its catalog, and set free again; nothing else.
_ALLOWED: Final = frozenset({"erased", "woken", "refreshed", "clock"})
_LIVED_BEFORE: Final = frozenset({"adopted", "replayed"})


def is_merged(job: Job) -> bool:
    """Whether another job answers for this one."""
    return job.state.end == "merged"


def closed_to(office: Office, job: Job) -> Steps[tuple[Finding, ...]]:
    """Return why nothing is done on a job that is merged away, with the one that answers for it now."""
    if not is_merged(job):
        return ()
    try:
        survivor = yield from answering(office, job)
    except JobkitError as error:
        return error.findings
    number = survivor.links.number
    named = survivor.id if number is None else f"{survivor.id} (number {number})"
    told: dict[str, Any] = {"job": job.id, "survivor": f"job {named}"}
    return (Finding.of(READ_ONLY, path=f"$.states[{PRIMARY}]", **told),)


def only_by_merging(job: Job, lifecycles: Lifecycles, trigger: str, facet: str) -> tuple[Finding, ...]:
    """Return that *trigger* leads to the end merged, where no move but merging leads."""
    if facet != PRIMARY or trigger not in merging_triggers(job, lifecycles):
        return ()
    return (Finding.of(ONLY_BY_MERGING, path=f"$.states[{PRIMARY}]", job=job.id),)


def merging_triggers(job: Job, lifecycles: Lifecycles) -> tuple[str, ...]:
    """Return the triggers that lead from a job's state to the end merged."""
    rules = lifecycles[PRIMARY]
    if job.state.name not in rules.states:
        return ()
    ways = (edge.transition for edge in rules.edges(job.state.name))
    ends = {name for name, state in rules.states.items() if state.end == "merged"}
    return tuple(dict.fromkeys(way.trigger for way in ways if way.target in ends))


def read_only(office: Office, drafts: Sequence[Draft]) -> Steps[tuple[Finding, ...]]:
    """Return why jobs of *drafts* that are merged into others, or would be, may not be written."""
    findings = [found for draft in drafts for found in _reserved(draft)]
    for draft in drafts:
        if draft.before is not None and is_merged(draft.before):
            findings += () if _is_allowed(draft) else (yield from closed_to(office, draft.before))
        elif is_merged(draft.job) and not _by_merging(draft):
            findings.append(Finding.of(ONLY_BY_MERGING, path=f"$.states[{PRIMARY}]", job=draft.job.id))
    return tuple(findings)


def _is_allowed(draft: Draft) -> bool:
    kinds = {event.kind for event in draft.events}
    return UNMERGED in kinds or kinds <= _ALLOWED


def _by_merging(draft: Draft) -> bool:
    if draft.before is None and draft.events[0].name in _LIVED_BEFORE:
        return True
    return any(event.kind == MERGED for event in draft.events)


def _reserved(draft: Draft) -> Iterator[Finding]:
    known = () if draft.before is None else draft.before.links.external_ids
    for given in draft.job.links.external_ids:
        if given.system.startswith(RESERVED_MARK) and given not in known:
            path = "$.links.external_ids"
            yield Finding.of(RESERVED_SYSTEM, path=path, job=draft.job.id, system=given.system)


def told_to_members(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return *drafts* with a notice to every merged job's channel for each job that ends."""
    return tuple(map(_with_notices, drafts))


def _with_notices(draft: Draft) -> Draft:
    job = draft.job
    ends = draft.before is not None and draft.before.is_open and not job.is_open and not is_merged(job)
    if not ends or not job.links.members:
        return draft
    last = next(event for event in reversed(draft.events) if any(entered(event, PRIMARY)))
    known = [effect.number for effect in draft.effects if effect.event_id == last.id]
    first = max(known, default=-1) + 1
    notices = (
        Effect(event_id=last.id, number=number, name="notify", data=_notice(job, member, last))
        for number, member in enumerate(job.links.members, first)
    )
    return attrs.evolve(draft, effects=(*draft.effects, *notices))


def _notice(job: Job, member: Member, last: Event) -> FrozenMap[str, Any]:
    told = {
        "audience": "customer",
        "about": "closed",
        "job": member.id,
        "number": member.number,
        "channel": member.channel,
        "customer": member.customer,
        "answered_by": job.id,
        "answered_by_number": job.links.number,
        "end": job.state.end,
        "reason": last.reason,
    }
    return FrozenMap({name: value for name, value in told.items() if value is not None})
