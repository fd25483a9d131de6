"""A real incident log, folded into SQLite: each of its rows accounted for, each prefix as the log says."""

from pathlib import Path

import pytest

from jobkit.replay import LogMapping, Report, replay_log
from jobkit.stores.sqlite import SQLiteStore

HERE = Path(__file__).parents[2]
LOG = HERE.parent / "shared" / "data" / "bpic2013_incidents.csv.gz"
MAPPING = HERE / "examples" / "logs" / "incidents.toml"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The replay of the whole log, with every stored history checked at every prefix."""
    if not LOG.exists():
        pytest.skip("the incident log of the BPI Challenge 2013 is not here")
    store = SQLiteStore(str(tmp_path_factory.mktemp("replay") / "jobs.db"))
    try:
        return replay_log(LOG, LogMapping.load(MAPPING), store, check=True)
    finally:
        store.close()


def test_every_event_of_the_log_is_accounted_for(report: Report) -> None:
    """
    7,554 jobs hold 65,533 events, and each was opened, moved or observed.
    """
    assert (7_554, 65_533, 65_533, ()) == (
        report.cases,
        report.events,
        report.opened + report.moved + report.observed,
        report.bad_rows,
    )


def test_stored_histories_lead_to_the_stored_jobs(report: Report) -> None:
    """
    Every history was verified, and folding it gives the logged state at every prefix and the stored job.
    """
    assert report.checked


def test_moves_the_first_half_never_made_are_reported(report: Report) -> None:
    """
    The lifecycle learned from the first half refuses thirteen moves of the second, told with examples.
    """
    assert (3_777, 13, True) == (
        report.learned_cases,
        report.refused_moves,
        all(pair.examples for pair in report.refused),
    )


def test_reopened_cases_are_found(report: Report) -> None:
    """
    Cases that left a completed state again are counted, each once.
    """
    assert (580, 514) == (report.reopenings, report.reopened_cases)
