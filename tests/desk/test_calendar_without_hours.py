"""A desk whose calendar has closed for good: jobs come in, move on and end, and the clock says why."""

from typing import Any

from jobkit.desk import Store
from tests.desk.building import BOSS, on_bench
from tests.desk.clocks import DUE, HOUR, promised, promising

SHUT: dict[str, Any] = {"calendars": {"shop": {"zone": "UTC", "weekly": {}}}}
FAR = DUE + 24 * 90 * HOUR


def test_no_verb_fails_by_a_calendar_without_hours(store: Store, awaited: bool) -> None:
    """
    By a calendar without hours a job is opened, moved and looked at, and its clock is never due.
    """
    desk = promised(store, awaited, SHUT)
    job = on_bench(desk)
    told = desk.clock(job.id, "done", now=DUE)
    desk.advance(FAR)

    assert ("running", None) == (told.state, told.due_at)
    assert ["clocks.no_hours"] == [finding.code for finding in told.findings]
    assert [] == [each.name for each in desk.due(FAR) if each.name.startswith("done")]


def test_calendar_closed_for_good_bricks_no_open_job(store: Store, awaited: bool) -> None:
    """
    A job that came in under a calendar with hours goes on under one that has none left, until its end.
    """
    job = on_bench(promised(store, awaited))
    desk = promised(store, awaited, SHUT)
    moved = desk.fire(job.id, "begin", by=BOSS, at=DUE).job
    told = desk.clock(job.id, "done", now=DUE)

    assert "busy" == moved.state.name
    assert ("running", None) == (told.state, told.due_at)


def test_catalog_tells_of_a_calendar_without_hours() -> None:
    """
    The catalog finds before any job comes in that a calendar never gives what is promised by it.
    """
    assert "clocks.not_enough_hours" in [finding.code for finding in promising(SHUT).findings]
