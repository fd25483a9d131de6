"""Replaying logged cases: every logged move is asked, then done or recorded as merely observed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from jobkit.catalog import TypeRules
from jobkit.desk._draft import Draft
from jobkit.desk._office import Office
from jobkit.desk._record import Done, record
from jobkit.desk._steps import Steps
from jobkit.errors import Refused
from jobkit.findings import Finding
from jobkit.history import Event, FieldChange
from jobkit.lifecycle import Lifecycle, initial_states, move, observe, state_wire
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Actor, Job, State, blank, put_all


@attrs.frozen
class Logged:
    """One row of a log: when the case was seen in which state, by whom, and fields to copy onto the job."""

    line: int
    at: datetime
    state: str
    by: Actor
    fields: Mapping[str, str | None] = EMPTY


@attrs.frozen
class LoggedCase:
    """One case of a log: the id its job gets, its type, and its rows in order; at least one."""

    job_id: str
    job_type: str
    rows: tuple[Logged, ...]


@attrs.frozen
class RefusedMove:
    """A logged move that the lifecycle refuses: the job was observed in the new state all the same."""

    job_id: str
    line: int
    source: str
    target: str
    findings: tuple[Finding, ...]


@attrs.frozen(kw_only=True)
class Replayed:
    """What one batch of cases came to."""

    done: Done
    refused: tuple[RefusedMove, ...]


def replay(office: Office, cases: Sequence[LoggedCase], *, at: datetime) -> Steps[Replayed]:
    """
    Fold logged cases into new jobs, in one commit: one event for each row, none left out.

    The first row opens the job in the state it names, each further row fires the trigger named like its
    state. What the lifecycle refuses is recorded as *observed*, so that each move is judged on its own.
    Events are recorded at the instants the log gives; *at* is when queues and wake-ups are computed.
    """
    refused: list[RefusedMove] = []
    drafts = [_folded(office, case, refused) for case in cases]
    done = yield from record(office, drafts, at=at)
    return Replayed(done=done, refused=tuple(refused))


def _folded(office: Office, case: LoggedCase, refused: list[RefusedMove]) -> Draft:
    rules = office.catalog.rules(case.job_type)
    first, *rest = case.rows
    job, opened = _opened(rules, case, first, refused)
    events = [opened]
    for row in rest:
        job, event = _stepped(job, rules.lifecycles, row, refused)
        events.append(event)
    return Draft(before=None, job=job, events=tuple(events), lifecycles=rules.lifecycles)


def _opened(rules: TypeRules, case: LoggedCase, row: Logged, refused: list[RefusedMove]) -> tuple[Job, Event]:
    work = rules.lifecycles[PRIMARY]
    if row.state not in work.initial:
        findings = _not_initial(rules, row.state)
        refused.append(RefusedMove(case.job_id, row.line, "", row.state, findings))
    state = work.state(row.state, row.at)
    pins = FrozenMap({PRIMARY: work.hash})
    job = put_all(
        blank(case.job_id),
        _copied(EMPTY, row.fields),
        type=case.job_type,
        states=FrozenMap({PRIMARY: state}),
        pins=pins,
    )
    changes = (
        FieldChange("$.type", "", case.job_type),
        _into(state),
        FieldChange("$.pins", None, dict(pins)),
        *_changes(EMPTY, row.fields),
    )
    event = _event(case.job_id, "created", row, changes, work, name="replayed")
    return job, event


def _not_initial(rules: TypeRules, state: str) -> tuple[Finding, ...]:
    try:
        initial_states(rules.lifecycles, {PRIMARY: state})
    except Refused as error:
        return error.findings
    return ()


def _into(state: State) -> FieldChange:
    return FieldChange(f"$.states[{PRIMARY}]", None, state_wire(state))


def _stepped(
    job: Job,
    lifecycles: Mapping[str, Lifecycle],
    row: Logged,
    refused: list[RefusedMove],
) -> tuple[Job, Event]:
    changes = _changes(job.fields, row.fields)
    data = FrozenMap(line=row.line)
    try:
        moved = move(
            job,
            lifecycles,
            row.state,
            event_id=f"{job.id}#{row.line}",
            by=row.by,
            at=row.at,
            changes=changes,
            data=data,
        )
    except Refused as error:
        refused.append(RefusedMove(job.id, row.line, job.state.name, row.state, error.findings))
        moved = observe(
            job,
            lifecycles,
            row.state,
            event_id=f"{job.id}#{row.line}",
            by=row.by,
            at=row.at,
            name=row.state,
            changes=changes,
            data=data,
        )
    return moved.job, moved.event


def _event(
    job_id: str,
    kind: str,
    row: Logged,
    changes: tuple[FieldChange, ...],
    work: Lifecycle,
    *,
    name: str,
) -> Event:
    return Event(
        id=f"{job_id}#{row.line}",
        job_id=job_id,
        kind=kind,
        name=name,
        actor=row.by,
        occurred_at=row.at,
        recorded_at=row.at,
        changes=changes,
        data=FrozenMap(line=row.line),
        rules=work.seal,
    )


def _changes(known: Mapping[str, Any], given: Mapping[str, str | None]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(f"$.fields.{name}", known.get(name), value)
        for name, value in given.items()
        if known.get(name) != value
    )


def _copied(known: Mapping[str, Any], given: Mapping[str, str | None]) -> list[tuple[str, Any]]:
    return [(change.path, change.new) for change in _changes(known, given)]
