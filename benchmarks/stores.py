"""Sealing and committing, each with its own figure: one event at a time, and in batches."""

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from benchmarks._measure import Line, each, rate, table
from jobkit.history import Event, FieldChange, event_document, seal
from jobkit.ports import Change, QueueKey
from jobkit.stores import MemoryStore, prepare
from jobkit.stores.sqlite import Durability, SQLiteStore
from jobkit.testing import Store, a_job, commit_of, index_of, notes, opening

_EVENTS_A_JOB: Final = 9
_JOBS_A_COMMIT: Final = 50
_JOBS: Final = 1_000
_SINGLE: Final = 300
_RUNS: Final = 3


def _whole_job(number: int) -> Change:
    """Return a job with nine sealed events, as a log brings it."""
    job = a_job(f"J-{number}")
    index = index_of(job, assets=(f"A-{number % 97}",), queues=(QueueKey("triage", str(number)),))
    first = opening(job, index)
    old, new = {"name": "open", "category": "open"}, {"name": "active", "category": "active"}
    moves = (FieldChange("$.states[work]", old, new),)
    rest = notes(first, _EVENTS_A_JOB - 1, kind="moved", name="start", changes=moves, reason="logged")
    return attrs.evolve(rest, expected_version=0, events=(*first.events, *rest.events))


def _one_by_one(count: int) -> list[Change]:
    """Return changes of one job with one event each."""
    changes = [opening(a_job())]
    while len(changes) < count:
        changes.append(notes(changes[-1], 1, kind="amended", reason="logged"))
    return changes


def _batches(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    return (changes[start : start + _JOBS_A_COMMIT] for start in range(0, len(changes), _JOBS_A_COMMIT))


def _elapsed(task: Callable[[Path], object]) -> float:
    """Return the wall-clock seconds of the best of several runs, each in a folder of its own."""
    best = float("inf")
    for _ in range(_RUNS):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            task(Path(folder))
            best = min(best, time.perf_counter() - start)
    return best


def _commit_all(store: Store, batches: Iterator[Sequence[Change]]) -> None:
    for batch in batches:
        store.commit(commit_of(*batch))


def _on_file(changes: Sequence[Change], durability: Durability, *, single: bool) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        with SQLiteStore(folder / "jobs.db", durability=durability) as store:
            _commit_all(store, iter([[change] for change in changes]) if single else _batches(changes))

    return run


def _plain_inserts(texts: Sequence[str], at_once: int, durability: Durability) -> Callable[[Path], None]:
    """Write texts into one bare table: what SQLite itself costs."""

    def run(folder: Path) -> None:
        connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {durability}")
        connection.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, document TEXT)")
        for start in range(0, len(texts), at_once):
            connection.execute("BEGIN IMMEDIATE")
            rows = ((text,) for text in texts[start : start + at_once])
            connection.executemany("INSERT INTO events (document) VALUES (?)", rows)
            connection.execute("COMMIT")
        connection.close()

    return run


def _unsealed(events: Sequence[Event]) -> list[Event]:
    return [attrs.evolve(event, seq=0, prev="", hash="") for event in events]


def run() -> None:
    """Print how many events a second are sealed, written as text and committed."""
    jobs = [_whole_job(number) for number in range(_JOBS)]
    singles = _one_by_one(_SINGLE)
    table("Sealing, by itself", _sealing_lines(jobs))
    table(f"Committing one event at a time, {_SINGLE} commits", _single_lines(singles))
    table(f"Committing {_JOBS_A_COMMIT} jobs of {_EVENTS_A_JOB} events at a time", _batch_lines(jobs))


def _sealing_lines(jobs: Sequence[Change]) -> list[Line]:
    events = [event for change in jobs[:100] for event in change.events]
    unsealed = _unsealed(jobs[0].events)
    bare = each(lambda: [json.dumps(event_document(event)) for event in events], len(events))
    return [
        Line(what="floor: the event as a document, written as JSON", figure=rate(bare)),
        _line("seal", each(lambda: seal(unsealed), len(unsealed)), bare),
        _line("texts for the store", each(lambda: [prepare(one) for one in jobs[:100]], len(events)), bare),
    ]


def _line(what: str, took: float, floor: float) -> Line:
    return Line(what=what, figure=rate(took), ratio=took / floor)


def _single_lines(singles: Sequence[Change]) -> list[Line]:
    texts = [json.dumps(event_document(change.events[0])) for change in singles]
    lines = []
    for durability in ("full", "normal"):
        floor = _elapsed(_plain_inserts(texts, 1, durability)) / len(texts)
        took = _elapsed(_on_file(singles, durability, single=True)) / len(texts)
        lines.append(Line(what=f"floor: plain inserts, {durability}", figure=rate(floor)))
        lines.append(_line(f"SQLiteStore, {durability}", took, floor))
    memory = _elapsed(lambda _: _commit_all(MemoryStore(), iter([[change] for change in singles])))
    return [*lines, Line(what="MemoryStore", figure=rate(memory / len(texts)))]


def _batch_lines(jobs: Sequence[Change]) -> list[Line]:
    texts = [json.dumps(event_document(event)) for change in jobs for event in change.events]
    at_once = _JOBS_A_COMMIT * _EVENTS_A_JOB
    lines = []
    for durability in ("full", "normal"):
        floor = _elapsed(_plain_inserts(texts, at_once, durability)) / len(texts)
        took = _elapsed(_on_file(jobs, durability, single=False)) / len(texts)
        lines.append(Line(what=f"floor: plain inserts, {durability}", figure=rate(floor)))
        lines.append(_line(f"SQLiteStore, {durability}, texts included", took, floor))
    memory = _elapsed(lambda _: _commit_all(MemoryStore(), _batches(jobs)))
    return [*lines, Line(what="MemoryStore", figure=rate(memory / len(texts)))]
