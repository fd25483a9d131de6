"""Triage enriches, never erases: what others told of a job stays until somebody corrects it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from jobkit.desk import _steps
from jobkit.desk._draft import Draft
from jobkit.desk._gate_rules import BEFORE
from jobkit.desk._office import Office
from jobkit.desk._requests_data import rules_of
from jobkit.desk._steps import Steps
from jobkit.findings import Finding
from jobkit.history import Event, FieldChange, fold
from jobkit.intake import Provenance, carried_over, erasures, mapped, provenance
from jobkit.model import Actor, Job

PROMOTED: Final = "promoted"
"""The kind of the event by which a request remembers a job, and the name of the one that opens the job."""

_BY_HAND: Final = "amended"


def lost_by_hand(office: Office, drafts: Iterable[Draft]) -> Steps[tuple[Finding, ...]]:
    """Return what amendments among *drafts* would take away from others who told it."""
    if office.catalog.intake is None:
        return ()
    found: list[Finding] = []
    for draft in drafts:
        for event in draft.events:
            if event.kind == _BY_HAND:
                found += yield from lost(office, draft.before, event.changes, event.actor)
    return tuple(found)


def lost(
    office: Office, before: Job | None, changes: Sequence[FieldChange], by: Actor
) -> Steps[tuple[Finding, ...]]:
    """Return what *changes* by somebody would take away from others; history is read only if need be."""
    losing = losses(office, before, changes)
    if before is None or not losing:
        return ()
    return erasures((yield from told_of(office, before)), losing, by)


def told_of(office: Office, job: Job) -> Steps[Mapping[str, Provenance]]:
    """Return whose word each field of a job is; of one opened for a request also who told that."""
    events = yield from _steps.history(office.tenant, job.id)
    own, birth = provenance(events), events[0]
    request = birth.data.get("request") if birth.name == PROMOTED else None
    if request is None:
        return own
    known = yield from _steps.history(office.tenant, str(request))
    before = tuple(event for event in known if event.recorded_at <= birth.recorded_at)
    if not before:
        return own
    origins = mapped(rules_of(office), fold(before)).origins
    return carried_over(own, provenance(before), origins, birth.id)


def lost_to_device(office: Office, job: Job, event: Event, known: Sequence[Event]) -> tuple[Finding, ...]:
    """Return what the event of a device would take away, by the history as it is known."""
    losing = losses(office, job, event.changes)
    return erasures(known, losing, event.actor) if losing else ()


def losses(office: Office, before: Job | None, changes: Iterable[FieldChange]) -> list[FieldChange]:
    """Return the changes that put less in a place than was there, of a job before the gate."""
    if office.catalog.intake is None or before is None or before.state.category not in BEFORE:
        return []
    return [change for change in changes if _takes_away(change)]


def _takes_away(change: FieldChange) -> bool:
    if change.old is None:
        return False
    return change.new in (None, "", [], (), {}) or isinstance(change.old, (list, tuple, Mapping))
