"""Replaying a whole log: read, learn or load a lifecycle, fold case by case into a store, report."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from jobkit.catalog import Catalog, TypeRules
from jobkit.desk import Desk, Logged, LoggedCase, RefusedMove
from jobkit.errors import Invalid, Tampered
from jobkit.findings import Template
from jobkit.history import apply, fold, verify
from jobkit.lifecycle import Lifecycle
from jobkit.mappings import FrozenMap
from jobkit.model import Actor, JobType, blank
from jobkit.replay._learn import learn
from jobkit.replay._mapping import LogMapping
from jobkit.replay._report import Report, pairs, reopenings, time_in_state
from jobkit.replay._rows import Row, Rows

NOTHING = Template(
    "replay.nothing",
    "{file} holds no readable row; {bad} rows were bad.",
    "Check the mapping's columns, time format and delimiter against the log.",
)
UNEQUAL = Template(
    "replay.unequal",
    "The stored history of job {job} does not lead to what the log says at event {seq}.",
    "Restore the store from a backup, and replay the log into an empty one.",
)

Progress = Callable[[str, int, int], None]
"""Told the stage (read, replay, check), how far it is, and how much there is (0 when unknown)."""

_BATCH = 100
_READ_STEP = 5_000


def _silent(stage: str, done: int, total: int) -> None:
    return None


def replay_log(
    file: Path,
    mapping: LogMapping,
    store: Any,
    *,
    lifecycle: Lifecycle | None = None,
    check: bool = False,
    progress: Progress = _silent,
    batch: int = _BATCH,
) -> Report:
    """
    Fold the log in *file* into jobs on *store* and report.

    Without a *lifecycle* one is learned from the first half of the cases, by the instant they begin, and
    moves are reported on the second half. Bad rows are listed and the good ones kept. With *check* every
    stored history is verified and folded again, and compared with the log at every prefix. A log without
    any readable row or with more than 100,000 lost lines is refused, and so is a store that already holds
    one of its cases.
    """
    clock = _Clock()
    rows = Rows(file, mapping)
    cases = _cases(_told(rows, progress), mapping)
    if not cases:
        raise Invalid.of(NOTHING, file=file.name, bad=len(rows.bad))
    clock.lap("read")
    taught = len(cases) // 2 if lifecycle is None else 0
    rules = lifecycle or _learned(cases[: taught or 1], cases, mapping)
    desk = Desk(_catalog(rules, mapping), store)
    refused = _fold(desk, cases, batch, progress)
    clock.lap("replay")
    if check:
        _check(desk, cases, progress)
        clock.lap("check")
    return _report(cases, taught, rules, refused, rows, desk, checked=check, seconds=clock.laps)


class _Clock:
    """Wall-clock seconds per stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, stage: str) -> None:
        now = perf_counter()
        self.laps[stage] = now - self._last
        self._last = now


def _told(rows: Rows, progress: Progress) -> Iterator[Row]:
    count = 0
    for count, row in enumerate(rows, start=1):
        if count % _READ_STEP == 0:
            progress("read", count, 0)
        yield row
    progress("read", count, count)


def _cases(rows: Iterable[Row], mapping: LogMapping) -> list[LoggedCase]:
    """Group rows by case, each ordered by time, then line; cases in the order in which they begin."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.case, []).append(row)
    actors: dict[tuple[str, str | None, str | None], Actor] = {}
    found = []
    for case, own in grouped.items():
        own.sort(key=lambda row: (row.at, row.line))
        logged = tuple(_logged(row, actors) for row in own)
        found.append(LoggedCase(job_id=case, job_type=mapping.job_type, rows=logged))
    found.sort(key=lambda case: (case.rows[0].at, case.job_id))
    return found


def _logged(row: Row, actors: dict[tuple[str, str | None, str | None], Actor]) -> Logged:
    who = (row.actor, row.role, row.org)
    by = actors.get(who)
    if by is None:
        by = actors[who] = Actor(id=row.actor, role=row.role, org=row.org)
    return Logged(line=row.line, at=row.at, state=row.state, by=by, fields=dict(row.fields))


def _learned(taught: Sequence[LoggedCase], cases: Sequence[LoggedCase], mapping: LogMapping) -> Lifecycle:
    seen = dict.fromkeys(row.state for case in cases for row in case.rows)
    paths = [[row.state for row in case.rows] for case in taught]
    return Lifecycle.from_definition(learn(paths, mapping, also=seen))


def _catalog(rules: Lifecycle, mapping: LogMapping) -> Catalog:
    job_type = JobType(id=mapping.job_type, label=mapping.job_type)
    return Catalog.of("replay", [TypeRules(type=job_type, lifecycles=FrozenMap({rules.facet: rules}))])


def _fold(desk: Desk, cases: Sequence[LoggedCase], batch: int, progress: Progress) -> list[RefusedMove]:
    refused: list[RefusedMove] = []
    ends = max(case.rows[-1].at for case in cases)
    for start in range(0, len(cases), batch):
        share = cases[start : start + batch]
        refused += desk.replay(share, at=ends).refused
        progress("replay", min(start + batch, len(cases)), len(cases))
    return refused


def _check(desk: Desk, cases: Sequence[LoggedCase], progress: Progress) -> None:
    """Verify each stored history and compare it with the log at every prefix, and with the stored job."""
    for number, case in enumerate(cases, start=1):
        events = desk.history(case.job_id).events
        found = verify(events)
        if not found.ok:
            raise Tampered(found.findings)
        job = blank(case.job_id)
        for event, row in zip(events, case.rows, strict=True):
            job = apply(job, event)
            if job.state.name != row.state or job.state.since is None or job != fold(events[: event.seq]):
                raise Tampered.of(UNEQUAL, job=case.job_id, seq=event.seq)
        if job != desk.job(case.job_id):
            raise Tampered.of(UNEQUAL, job=case.job_id, seq=len(events))
        progress("check", number, len(cases))


def _report(
    cases: Sequence[LoggedCase],
    taught: int,
    rules: Lifecycle,
    refused: Sequence[RefusedMove],
    rows: Rows,
    desk: Desk,
    *,
    checked: bool,
    seconds: dict[str, float],
) -> Report:
    done = frozenset(name for name, rule in rules.states.items() if rule.category in ("performed", "closed"))
    again, in_cases = reopenings(cases, done)
    events = sum(len(case.rows) for case in cases)
    observed = sum(move.source != "" for move in refused)
    judged = {case.job_id for case in cases[taught:]}
    return Report(
        cases=len(cases),
        events=events,
        opened=len(cases),
        moved=events - len(cases) - observed,
        observed=observed,
        learned_cases=taught,
        judged_events=sum(len(case.rows) for case in cases[taught:]),
        refused=pairs(move for move in refused if move.job_id in judged),
        reopenings=again,
        reopened_cases=in_cases,
        time_in_state=time_in_state(cases),
        bad_rows=tuple(rows.bad),
        digest=_digest(desk, cases),
        checked=checked,
        seconds=FrozenMap(seconds),
    )


def _digest(desk: Desk, cases: Sequence[LoggedCase]) -> str:
    told = hashlib.sha256()
    for case in sorted(cases, key=lambda case: case.job_id):
        told.update(f"{case.job_id}\0{desk.job(case.job_id).head}\n".encode())
    return told.hexdigest()
