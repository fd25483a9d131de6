"""Building the events of deeds that need no lifecycle: amendments, notes, visits, assignments, tasks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.desk._draft import Draft
from jobkit.desk._office import Office
from jobkit.history import Event, FieldChange, accept, apply
from jobkit.instants import utc
from jobkit.lifecycle import Lifecycles
from jobkit.mappings import EMPTY
from jobkit.model import PRIMARY, Actor, Job, changed


@attrs.frozen(kw_only=True)
class Moment:
    """When something occurred, when it is recorded, and what a device said of the former."""

    occurred_at: datetime
    recorded_at: datetime
    claimed_at: datetime | None = None
    flags: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, at: datetime, claimed_at: datetime | None = None, job: Job | None = None, facet: str = PRIMARY
    ) -> "Moment":
        """
        Return the moment of a word recorded at *at*; a claim is believed back to when the state was entered.

        A naive instant is refused.
        """
        recorded_at = utc(at, "$.at")
        claim = None if claimed_at is None else utc(claimed_at, "$.claimed_at")
        state = None if job is None else job.states.get(facet)
        base = state.since if state is not None and state.since is not None else claim or recorded_at
        occurred_at, flags = accept(claim, base, recorded_at)
        return cls(occurred_at=occurred_at, recorded_at=recorded_at, claimed_at=claim, flags=flags)

    def stamp(self, event: Event) -> Event:
        """Return *event* with these times."""
        return attrs.evolve(
            event,
            occurred_at=self.occurred_at,
            recorded_at=self.recorded_at,
            claimed_at=self.claimed_at,
            flags=(*event.flags, *self.flags),
        )


def event(
    office: Office,
    job_id: str,
    kind: str,
    *,
    by: Actor,
    when: Moment,
    name: str = "",
    changes: Iterable[FieldChange] = (),
    reason: str | None = None,
    data: Mapping[str, Any] = EMPTY,
    rules: Mapping[str, str] = EMPTY,
) -> Event:
    """Build an unsealed event; what *data* does not say is left out."""
    told = Event(
        id=office.new_id(),
        job_id=job_id,
        kind=kind,
        name=name,
        actor=by,
        occurred_at=when.occurred_at,
        recorded_at=when.recorded_at,
        changes=tuple(changes),
        reason=reason,
        data={name: value for name, value in data.items() if value is not None},
        rules=rules,
    )
    return when.stamp(told)


def field_changes(before: Job, after: Job) -> tuple[FieldChange, ...]:
    """Return the smallest changes that lead from one value of a job to another."""
    return tuple(FieldChange(path, old, new) for path, old, new in changed(before, after))


def edited(
    office: Office,
    before: Job,
    after: Job,
    kind: str,
    *,
    lifecycles: Lifecycles,
    by: Actor,
    when: Moment,
    name: str = "",
    reason: str | None = None,
    data: Mapping[str, Any] = EMPTY,
    rules: Mapping[str, str] = EMPTY,
) -> Draft:
    """Draft the one event that leads from *before* to *after*; *rules* name what judged it."""
    told = event(
        office,
        before.id,
        kind,
        by=by,
        when=when,
        name=name,
        changes=field_changes(before, after),
        reason=reason,
        data=data,
        rules=rules,
    )
    return Draft(before=before, job=apply(before, told), events=(told,), lifecycles=lifecycles)
