"""The two computed flags go up for a reason and come down when it is gone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.lifecycle import Lifecycle, flags
from jobkit.model import Job, Outcome, Recommendation, State, Visit, VisitOutcome, Window

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
RULES = {
    "work": Lifecycle.load(
        {
            "id": "order",
            "version": "1",
            "roles": ["clerk"],
            "states": {
                "open": {"category": "open", "initial": True, "owner": "clerk", "limit": {"after": "5d"}},
                "done": {"category": "closed", "end": "closed"},
            },
            "transitions": [{"trigger": "finish", "from": "open", "to": "done"}],
        }
    )
}


def job(**facts: Any) -> Job:
    """Return an open job that is one day old."""
    state = State(name="open", category="open", since=NOW - timedelta(days=1))
    return attrs.evolve(Job(id="J1", type="order", states={"work": state}), **facts)


def told(live: Job, now: datetime = NOW) -> dict[str, list[str]]:
    """Return the codes behind each flag that is up."""
    return {
        flag.name: [finding.code.removeprefix("lifecycle.") for finding in flag.findings]
        for flag in flags(live, RULES, now)
    }


def visit(id: str, begin: timedelta, outcome: VisitOutcome | None = None) -> Visit:
    """Return a visit of two hours that begins some time after now."""
    return Visit(id=id, planned=Window(NOW + begin, NOW + begin + timedelta(hours=2)), outcome=outcome)


def test_no_flag() -> None:
    """
    A young job with a visit ahead has no flag up.
    """
    assert {} == told(job(visits=(visit("v1", timedelta(days=1)),)))


def test_late_visit() -> None:
    """
    A job is delayed from the very end of a window that passed without an outcome.
    """
    live = job(visits=(visit("v1", timedelta(hours=-2)),))

    assert {"delayed": ["visit_overdue"]} == told(live)
    assert {} == told(live, NOW - timedelta(seconds=1))


def test_old_state() -> None:
    """
    A job is delayed once its state is older than the limit, and its owner is told.
    """
    (flag,) = flags(job(), RULES, NOW + timedelta(days=4))

    assert ("delayed", "clerk") == (flag.name, flag.findings[0].who)
    assert "J1 is still in state open" in str(flag)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("no_access", "visit_without_access"),
        ("partial", "visit_left_partial"),
        ("aborted", "visit_was_aborted"),
    ],
)
def test_unfinished_visit(outcome: VisitOutcome, code: str) -> None:
    """
    A visit that left something undone needs a follow-up until another visit is planned.
    """
    left = visit("v1", timedelta(days=-1), outcome)

    assert {"follow_up_needed": [code]} == told(job(visits=(left,)))
    assert {} == told(job(visits=(left, visit("v2", timedelta(days=1)))))


def test_finished_visit_needs_no_follow_up() -> None:
    """
    A visit that was done leaves no flag.
    """
    assert {} == told(job(visits=(visit("v1", timedelta(days=-1), "done"),)))


def test_open_recommendation() -> None:
    """
    A recommendation needs somebody to see to it, and that somebody to be in time.
    """
    ownerless = Recommendation(id="r1", text="Change the belt.")
    overdue = Recommendation(id="r2", text="Check the oil.", owner="kay", target=NOW)
    fine = Recommendation(id="r3", text="Grease it.", owner="kay", target=NOW + timedelta(days=1))
    live = job(outcome=Outcome(recommendations=(ownerless, overdue, fine)))

    assert {"follow_up_needed": ["recommendation_open", "recommendation_overdue"]} == told(live)


def test_ended_job_needs_no_visit() -> None:
    """
    A job that has ended is neither late nor in need of a further visit.
    """
    done = {"work": State(name="done", category="closed", end="closed", since=NOW)}
    visits = (visit("v1", timedelta(days=-2), "partial"),)

    assert {} == told(job(states=done, visits=visits))
    assert {} == told(job(states=done, visits=(visit("v1", timedelta(days=-2)),)))
