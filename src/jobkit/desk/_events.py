"""Building the events of deeds that need no lifecycle: amendments, notes, visits, assignments."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from jobkit.desk._office import Office
from jobkit.desk._record import Draft
from jobkit.history import Event, FieldChange, apply
from jobkit.instants import utc
from jobkit.lifecycle import Lifecycle
from jobkit.mappings import EMPTY
from jobkit.model import Actor, Job, changed


def event(
    office: Office,
    job_id: str,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    name: str = "",
    changes: Iterable[FieldChange] = (),
    reason: str | None = None,
    note: str | None = None,
    data: Mapping[str, Any] = EMPTY,
    rules: Mapping[str, str] = EMPTY,
) -> Event:
    """Build an unsealed event that happened and is recorded at *at*."""
    instant = utc(at, "$.at")
    return Event(
        id=office.new_id(),
        job_id=job_id,
        kind=kind,
        name=name,
        actor=by,
        occurred_at=instant,
        recorded_at=instant,
        changes=tuple(changes),
        reason=reason,
        note=note,
        data=data,
        rules=rules,
    )


def field_changes(before: Job, after: Job) -> tuple[FieldChange, ...]:
    """Return the smallest changes that lead from one value of a job to another."""
    return tuple(FieldChange(path, old, new) for path, old, new in changed(before, after))


def edited(
    office: Office,
    before: Job,
    after: Job,
    kind: str,
    *,
    lifecycles: Mapping[str, Lifecycle],
    by: Actor,
    at: datetime,
    name: str = "",
    reason: str | None = None,
    note: str | None = None,
    data: Mapping[str, Any] = EMPTY,
) -> Draft:
    """Draft the one event that leads from *before* to *after*."""
    told = event(
        office,
        before.id,
        kind,
        by=by,
        at=at,
        name=name,
        changes=field_changes(before, after),
        reason=reason,
        note=note,
        data=data,
    )
    return Draft(before=before, job=apply(before, told), events=(told,), lifecycles=lifecycles)
