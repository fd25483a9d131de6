"""Replaying an incident log through SQLite, sealed, against plain inserts of the same number of rows."""

import gzip
import json
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from benchmarks._measure import Line, table
from jobkit.replay import LogMapping, replay_log
from jobkit.stores.sqlite import SQLiteStore

HERE = Path(__file__).parents[1]
REAL = HERE.parent / "shared" / "data" / "bpic2013_incidents.csv.gz"
MAPPING = HERE / "examples" / "logs" / "incidents.toml"
_PER_CASE = 9
_CASES = 7_000


def run() -> None:
    """Print events per second of the replay and of plain inserts, nine rows a transaction."""
    with tempfile.TemporaryDirectory() as folder:
        log = REAL if REAL.exists() else _synthetic(Path(folder) / "log.csv.gz")
        lines = _lines(log, Path(folder))
    table(f"Replay of {log.name} ({'real' if log is REAL else 'synthetic'}) through SQLite, FULL", lines)


def _lines(log: Path, folder: Path) -> list[Line]:
    store = SQLiteStore(str(folder / "jobs.db"))
    report = replay_log(log, LogMapping.load(MAPPING), store)
    store.close()
    took = report.seconds["replay"] / report.events
    floor = _plain(folder / "plain.db", report.events)
    return [
        Line(what="plain inserts, 9 rows a transaction (floor)", figure=f"{1 / floor:,.0f}/s"),
        Line(
            what=f"replayed: asked, moved, sealed, committed ({report.events:,} events)",
            figure=f"{1 / took:,.0f}/s",
            ratio=took / floor,
        ),
        Line(
            what="at least 10,000 events/s here",
            figure="yes" if took < 1e-4 else "NO",
            ratio=took / 1e-4,
            limit=1,
        ),
    ]


def _plain(file: Path, count: int) -> float:
    """Insert *count* rows that look like stored events, nine a transaction; return seconds per row."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE event (job TEXT, seq INTEGER, document TEXT, PRIMARY KEY (job, seq))")
    document = json.dumps({"kind": "moved", "name": "In Progress", "text": "x" * 500})
    start = perf_counter()
    for case in range(count // _PER_CASE):
        connection.execute("BEGIN IMMEDIATE")
        rows = [(f"case-{case}", seq, document) for seq in range(_PER_CASE)]
        connection.executemany("INSERT INTO event VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")
    took = perf_counter() - start
    connection.close()
    return took / count


def _synthetic(file: Path) -> Path:
    """Write a log of the real one's shape, for machines that do not have it."""
    walk = ("Awaiting Assignment", *("In Progress", "Wait - User") * 3, "Resolved", "Closed")
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    columns = "case:concept:name,org:group,org:resource,org:role,concept:name,impact,product"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.write(f"{columns},lifecycle:transition,time:timestamp\n")
        for case in range(_CASES):
            for step, state in enumerate(walk):
                at = begin + timedelta(minutes=case, hours=step)
                out.write(f"c{case},L1,ann,A2,Open,Low,P{case % 9},{state},{at.isoformat()}\n")
    return file
