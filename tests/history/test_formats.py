"""Stored formats: frozen logs of every format read, fold and verify for ever."""

from pathlib import Path

import attrs
import pytest

from jobkit.history import FORMAT, fold, head, read_line, verify, write_line
from jobkit.history import upcast as upcast_document

FIXTURES = Path(__file__).parent.parent / "fixtures" / "history"
LOGS = sorted(FIXTURES.glob("format_*.jsonl"))


def lines_of(log: Path) -> list[bytes]:
    """
    The lines of a frozen log.
    """
    return log.read_bytes().splitlines()


def test_every_format_has_a_frozen_log() -> None:
    """
    No format is without a log that was written when it was current.
    """
    assert [f"format_{number}.jsonl" for number in range(FORMAT + 1)] == [log.name for log in LOGS]


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_frozen_logs_verify_and_write_back(log: Path) -> None:
    """
    A log verifies by the seals of its own format, and is written back byte for byte.
    """
    events = tuple(read_line(line) for line in lines_of(log))

    assert () == verify(events, head(events)).findings
    assert lines_of(log) == [write_line(event).encode() for event in events]


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_frozen_logs_fold_to_the_same_job(log: Path) -> None:
    """
    The same story, told in every format, makes the same job.
    """
    job = fold(tuple(read_line(line) for line in lines_of(log)))

    assert ("repair", "approved", "leak", ("t-9",), 4) == (
        job.type,
        job.state.name,
        job.work.symptom,
        job.visits[0].crew,
        job.version,
    )


def test_an_older_event_reads_in_the_words_of_today() -> None:
    """
    Format 0 wrote the actor as text and one time; both read as today, and the number tells the difference.
    """
    event = read_line(lines_of(LOGS[0])[1])

    assert ("anna", event.recorded_at, 0) == (event.actor.id, event.occurred_at, event.format)


def test_a_changed_value_of_an_older_event_is_found() -> None:
    """
    An event that no longer says what its original document says is found, though that document is untouched.
    """
    first, second, *rest = (read_line(line) for line in lines_of(LOGS[0]))

    findings = verify((first, attrs.evolve(second, note="never said"), *rest)).findings

    assert [("history.changed", 2)] == [(finding.code, finding.params["seq"]) for finding in findings]


def test_an_older_event_with_a_private_value_verifies() -> None:
    """
    Digests stand in old documents as in new ones, and a value at hand takes its place.
    """
    last = lines_of(LOGS[0])[3]
    digest = next(iter(read_line(last).data.values())).digest

    told = read_line(last, {digest: ("5a" * 16, "call Frieda after four")})

    assert "call Frieda after four" == told.data["words"].reveal()
    assert [] == [finding for finding in verify((told,)).findings if finding.code == "history.changed"]


def test_upcasting_leaves_the_document_as_it_is() -> None:
    """
    An upcaster is pure: what it is given is not changed, and what is current passes unchanged.
    """
    old = {
        "format": 0,
        "actor": "anna",
        "at": "2026-01-05T08:00:00.000000Z",
        "changes": [["$.type", None, "x"]],
    }
    kept = {**old}

    current = upcast_document(old)

    assert kept == old
    assert current == upcast_document(current)
    assert [{"path": "$.type", "old": None, "new": "x"}] == current["changes"]
