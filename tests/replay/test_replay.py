"""Promises of the replay: every row accounted for, bad rows listed, refused moves observed, one digest."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobkit.errors import Conflict, Invalid, JobkitError
from jobkit.lifecycle import Lifecycle
from jobkit.replay import LogMapping, Report, learn, replay_log
from jobkit.stores.sqlite import SQLiteStore

MAPPING = """
case = "ticket"
time = "at"
state = "status"
actor = "who"

[fields]
severity = "severity"

[states]
new = { category = "triage" }
doing = { category = "active" }
done = { category = "performed" }
closed = { category = "closed", end = "closed" }
"""

LOG = """ticket,at,status,who,severity
a,2026-01-01T08:00:00+01:00,new,ann,high
a,2026-01-01T09:00:00+01:00,doing,bob,high
a,2026-01-01T11:00:00+01:00,done,bob,low
a,2026-01-01T12:00:00+01:00,closed,ann,low
b,2026-01-02T08:00:00+01:00,new,ann,
b,2026-01-02T08:30:00+01:00,closed,ann,
b,2026-01-02T09:00:00+01:00,doing,ann,
b,2026-01-02T10:00:00+01:00,doing,ann,
"""

DRIVER = """
import sys
from pathlib import Path
from jobkit.replay import LogMapping, replay_log
from jobkit.stores.memory import MemoryStore
report = replay_log(Path(sys.argv[1]), LogMapping.load(Path(sys.argv[2])), MemoryStore())
print(report.digest)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    """An empty store on a file."""
    opened = SQLiteStore(str(tmp_path / "jobs.db"))
    yield opened
    opened.close()


def replayed(tmp_path: Path, store: SQLiteStore, log: str = LOG, mapping: str = MAPPING) -> Report:
    """Replay *log* with every check."""
    file = tmp_path / "log.csv"
    file.write_text(log, encoding="utf-8")
    return replay_log(file, LogMapping.load(mapping), store, check=True)


def test_every_row_becomes_one_event(tmp_path: Path, store: SQLiteStore) -> None:
    """
    Cases opened, moves done and moves observed add up to the rows of the log.
    """
    report = replayed(tmp_path, store)

    assert (2, 8, 2, 3, 3) == (
        report.cases,
        report.events,
        report.opened,
        report.moved,
        report.observed,
    )


def test_refused_moves_are_counted_with_examples(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A move that the learned half never made is reported with its line, and judged from the logged state.
    """
    report = replayed(tmp_path, store)

    assert [("closed", "doing", 8), ("doing", "doing", 9), ("new", "closed", 7)] == [
        (pair.source, pair.target, pair.examples[0][1]) for pair in report.refused
    ]


def test_a_refused_move_is_recorded_as_observed(tmp_path: Path, store: SQLiteStore) -> None:
    """
    The job stands where the log says, and its history tells that nobody allowed it.
    """
    replayed(tmp_path, store)

    kinds = [event.kind for event in store.history("", "b")]

    assert ["created", "observed", "observed", "observed"] == kinds


def test_reopenings_are_counted(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A move out of a closed or performed state is a reopening.
    """
    report = replayed(tmp_path, store)

    assert (1, 1) == (report.reopenings, report.reopened_cases)


def test_time_in_state_adds_up_what_lies_between_rows(tmp_path: Path, store: SQLiteStore) -> None:
    """
    Time in a state is exact, and staying in it is no new stay.
    """
    times = {each.state: (each.total, each.stays) for each in replayed(tmp_path, store).time_in_state}

    assert (timedelta(hours=3), 1) == times["doing"]


def test_fields_are_copied_and_their_changes_recorded(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A copied column is a change in the event of its row, with what it was before.
    """
    replayed(tmp_path, store)

    changes = store.history("", "a")[2].changes

    assert ("$.fields.severity", "high", "low") in [(one.path, one.old, one.new) for one in changes]


def test_bad_rows_are_listed_and_good_ones_kept(tmp_path: Path, store: SQLiteStore) -> None:
    """
    Rows with a wrong width, no zone, no case or unreadable bytes are told by line; the rest is replayed.
    """
    file = tmp_path / "log.csv"
    bad = (
        b"c,not a time,new,ann,\nd,2026-01-01T08:00:00,new,ann,\ne,2026-01-01\n,2026-01-01T08:00:00Z,new,x,\n"
    )
    file.write_bytes(LOG.encode() + bad + b"f,2026-01-01T08:00:00Z,n\xffew,x,\n")

    report = replay_log(file, LogMapping.load(MAPPING), store)

    assert (8, ["$.lines[10]", "$.lines[11]", "$.lines[12]", "$.lines[13]", "$.lines[14]"]) == (
        report.events,
        [finding.path for finding in report.bad_rows],
    )


def test_an_unclosed_quote_costs_its_row_only(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A broken quote at the end is one bad row, not a lost log.
    """
    report = replayed(tmp_path, store, LOG + 'g,2026-01-03T08:00:00Z,"new,ann,\n')

    assert (8, 1) == (report.events, len(report.bad_rows))


def test_packed_logs_are_read(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A log that ends in .gz is unpacked on the way.
    """
    file = tmp_path / "log.csv.gz"
    file.write_bytes(gzip.compress(LOG.encode()))

    assert replay_log(file, LogMapping.load(MAPPING), store).events == 8


def test_a_broken_archive_is_one_typed_error(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A file that only pretends to be packed is refused with its name.
    """
    file = tmp_path / "log.csv.gz"
    file.write_bytes(b"no gzip")

    with pytest.raises(Invalid, match=r"log\.csv\.gz"):
        replay_log(file, LogMapping.load(MAPPING), store)


@pytest.mark.parametrize(
    "log", ["", "\n", "ticket,at\n1,2\n", "ticket,at,status,who,severity\n", "\0\0,\0\n", '"'], ids=range(6)
)
def test_logs_without_a_readable_row_are_refused(tmp_path: Path, store: SQLiteStore, log: str) -> None:
    """
    An empty log, one without the mapped columns, and one without rows say so and tell the way out.
    """
    with pytest.raises(JobkitError) as refused:
        replayed(tmp_path, store, log)

    assert refused.value.unblock


@pytest.mark.parametrize(
    "mapping",
    ["", "case = 1", MAPPING + "\nunknown = 1", MAPPING.replace("triage", "somewhere"), "case = ["],
    ids=range(5),
)
def test_mappings_are_read_strictly(mapping: str) -> None:
    """
    A mapping with missing or unknown keys, wrong types or broken TOML is refused.
    """
    with pytest.raises(Invalid):
        LogMapping.load(mapping)


def test_local_times_need_a_format_and_a_zone(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A log without offsets is read by the mapping's format and zone.
    """
    mapping = 'time_format = "%d-%m-%Y %H:%M"\nzone = "Europe/Berlin"\n' + MAPPING
    log = "ticket,at,status,who,severity\na,01-07-2026 08:00,new,ann,\n"

    replayed(tmp_path, store, log, mapping)

    assert "2026-07-01T06:00:00+00:00" == store.history("", "a")[0].occurred_at.isoformat()


def test_a_second_replay_into_the_same_store_is_refused(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A case that is in the store already is a conflict, and nothing is written twice.
    """
    replayed(tmp_path, store)

    with pytest.raises(Conflict):
        replayed(tmp_path, store)

    assert 4 == len(store.history("", "a"))


def test_a_given_lifecycle_judges_every_case(tmp_path: Path, store: SQLiteStore) -> None:
    """
    With a lifecycle nothing is learned, and all rows are judged.
    """
    file = tmp_path / "log.csv"
    file.write_text(LOG, encoding="utf-8")
    mapping = LogMapping.load(MAPPING)
    rules = Lifecycle.from_definition(learn([["new", "doing", "done", "closed"]], mapping))

    report = replay_log(file, mapping, store, lifecycle=rules)

    assert (0, 8, 3) == (report.learned_cases, report.judged_events, report.refused_moves)


def test_a_learned_lifecycle_has_no_wildcards() -> None:
    """
    Each learned move names the states it was seen to leave.
    """
    learned = learn([["new", "doing"], ["new", "done", "doing"]], LogMapping.load(MAPPING))

    assert {"doing": ("new", "done"), "done": ("new",)} == {
        move.trigger: move.sources for move in learned.transitions
    }


def test_the_report_is_plain_data(tmp_path: Path, store: SQLiteStore) -> None:
    """
    A report can be written as JSON, and tells how many moves were refused.
    """
    told = json.loads(json.dumps(replayed(tmp_path, store).to_dict()))

    assert 3 == told["refused_moves"]


def test_the_same_log_gives_the_same_digest_everywhere(tmp_path: Path) -> None:
    """
    Hash seed, time zone and locale of the process leave no trace in the histories.
    """
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    settings = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "random", "TZ": "America/St_Johns", "LC_ALL": "POSIX"},
    ]
    digests = {
        subprocess.run(
            [sys.executable, "-c", DRIVER, str(tmp_path / "log.csv"), str(tmp_path / "map.toml")],
            env={**os.environ, **setting},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for setting in settings
    }

    assert 1 == len(digests)
