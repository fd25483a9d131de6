"""Replaying a log at the prompt."""

import gzip
import json
from pathlib import Path

import pytest

from jobkit.cli import main
from jobkit.stores.sqlite import SQLiteStore
from tests.cli.running import LOG, MAPPING, written


def files(folder: Path, log: str = LOG, mapping: str = MAPPING) -> list[str]:
    """Write a log and its mapping and return the arguments that name them."""
    return [written(folder, "log.csv", log), "--map", written(folder, "map.toml", mapping)]


def test_replay_accounts_for_every_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Cases, events and the one move that the learned lifecycle refuses are told, with an example.
    """
    assert 0 == main(["replay", *files(tmp_path)])
    told = capsys.readouterr().out
    assert "1 moves of 1 kinds." in told
    assert "b (line 5)" in told
    assert "digest " in told


def test_report_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The report file holds the figures as JSON, and the sums agree.
    """
    report = tmp_path / "report.json"
    main(["replay", *files(tmp_path), "--report", str(report), "--check"])
    told = json.loads(report.read_text(encoding="utf-8"))

    assert (2, 4, True) == (told["cases"], told["events"], told["checked"])
    assert told["events"] == told["opened"] + told["moved"] + told["observed"]


def test_jobs_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    With --db the jobs stand in that file afterwards.
    """
    file = tmp_path / "jobs.db"

    assert 0 == main(["replay", *files(tmp_path), "--db", str(file)])
    with SQLiteStore(file) as store:
        assert ["done", "stuck"] == [job.state.name for job in store.jobs("", ["a", "b"]) if job]


def test_lifecycle_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A given lifecycle judges every case, and refuses what it does not know.
    """
    rules = """
id = "own"
version = "1"
states.new = { category = "open", initial = true }
states.done = { category = "closed", end = "closed" }
states.stuck = { category = "open" }
[[transitions]]
trigger = "done"
from = ["new", "stuck"]
to = "done"
"""
    assert 0 == main(["replay", *files(tmp_path), "--lifecycle", written(tmp_path, "own.toml", rules)])
    assert "1 moves of 1 kinds." in capsys.readouterr().out


def test_bad_rows_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A row without a time is told by its line, and the good rows are kept.
    """
    assert 0 == main(["replay", *files(tmp_path, LOG + "c,yesterday,new,ann\n")])
    told = capsys.readouterr().out
    assert "Line 6 is not a row of the log" in told
    assert "Rows left out" in told


def test_top_cuts_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A list longer than --top says how much more there is.
    """
    main(["replay", *files(tmp_path, LOG + "c,1,new,ann\nc,2,new,ann\n"), "--top", "1"])

    assert "and 1 more" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"log": "id,time,who\n"}, "replay.no_column"),
        ({"log": ""}, "replay.empty"),
        ({"log": "id,time,state,who\n"}, "replay.nothing"),
        ({"mapping": "case = 1"}, "documents."),
        ({"mapping": MAPPING + 'colour = "red"\n'}, "documents."),
        ({"mapping": MAPPING + 'delimiter = ";;"\n'}, "replay.delimiter"),
        ({"mapping": MAPPING + 'encoding = "klingon"\n'}, "documents.unreadable_file"),
        ({"log": "id" * 1_000_000}, "replay.long_line"),
    ],
    ids=["column", "empty", "headed", "typed", "foreign", "delimiter", "encoding", "endless"],
)
def test_unusable_input_gives_status_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, str], code: str
) -> None:
    """
    A log or mapping that cannot be used is refused with its code and what helps.
    """
    assert 2 == main(["replay", *files(tmp_path, **change)])
    assert code in capsys.readouterr().err


def test_damaged_archive_gives_status_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Whichever byte of a packed log is damaged, the replay ends with a status and a sentence.
    """
    packed = gzip.compress(LOG.encode() * 20)
    mapping = files(tmp_path)[1:]
    statuses = set()
    for place in range(0, len(packed), 5):
        damaged = bytes((*packed[:place], packed[place] ^ 0xFF, *packed[place + 1 :]))
        (tmp_path / "log.csv.gz").write_bytes(damaged)
        statuses.add(main(["replay", str(tmp_path / "log.csv.gz"), *mapping]))

    assert 2 in statuses <= {0, 2}


def test_unwritable_report_is_told_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A report that cannot be written is refused before anything is replayed.
    """
    nowhere = tmp_path / "no" / "report.json"

    assert 2 == main(["replay", *files(tmp_path), "--report", str(nowhere)])
    told = capsys.readouterr()
    assert "report.json cannot be written" in told.err
    assert "" == told.out


def test_lifecycle_or_learning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Giving a lifecycle and asking to learn one is a usage error.
    """
    with pytest.raises(SystemExit) as ended:
        main(["replay", *files(tmp_path), "--learn", "--lifecycle", "own.toml"])

    assert 2 == ended.value.code
