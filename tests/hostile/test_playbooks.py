"""Hostile playbooks and requests: typed refusals, bounded, and nothing half-written."""

from typing import Any

import pytest

from jobkit.desk import Desk
from jobkit.errors import Invalid, JobkitError, Refused
from jobkit.model import order_problems
from jobkit.playbooks import Playbook, Playbooks
from jobkit.stores import MemoryStore
from tests.desk.building import NOW, TRIAGE
from tests.desk.requesting import asked, service

BARE: dict[str, Any] = {"version": "1", "effective_from": "2026-01-01T00:00:00Z", "job_type": "inspection"}


def deep(levels: int) -> Any:
    """Return data that is nested so many levels deep."""
    data: Any = "x"
    for _ in range(levels):
        data = {"scope": data}
    return data


def circle() -> dict[str, Any]:
    """Return data that contains itself."""
    data: dict[str, Any] = {**BARE, "id": "round"}
    data["work"] = data
    return data


HOSTILE: dict[str, Any] = {
    "circle": circle(),
    "deep": {**BARE, "id": "deep", "work": deep(500)},
    "long": {**BARE, "id": "long", "work": {"instructions": "x" * 20_000_000}},
    "surrogate": {**BARE, "id": "\ud800"},
    "number": {**BARE, "id": 7},
    "wide": {**BARE, "id": "wide", "constraints": ["x"] * 2_000_000},
    "keys": {**BARE, "id": "keys", 7: "seven"},
    "not a number": {**BARE, "id": "nan", "parts": [{"id": "p", "number": "N", "quantity": "NaN"}]},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_playbook_is_refused(name: str) -> None:
    """
    Data that is endless, too large or of another kind is an `Invalid` with a place, alone and on a shelf.
    """
    with pytest.raises(Invalid):
        Playbook.load(HOSTILE[name])
    with pytest.raises(Invalid):
        Playbooks.load({"some": [HOSTILE[name]]})


@pytest.mark.parametrize("text", ["", "{", "id = ", "[[a]]\n[[a", "{}", "[]", "\x00", "7", '{"a": 7}'])
def test_broken_text_is_refused(text: str) -> None:
    """
    Text that is no playbook is refused, whatever it is; an empty shelf is one.
    """
    with pytest.raises(JobkitError):
        Playbook.load(text)
    try:
        shelf = Playbooks.load(text)
    except JobkitError:
        return
    assert 0 == len(shelf)


def test_long_chain_of_tasks_is_read_and_a_circle_in_it_found() -> None:
    """
    Tens of thousands of tasks in a row are an order, and the same in a ring are a circle, told in short.
    """
    chain = {f"t{number}": [f"t{number + 1}"] for number in range(20_000)}
    row = {**chain, "t20000": []}
    ring = {**chain, "t20000": ["t0"]}

    assert [] == list(order_problems(row))
    (finding,) = order_problems(ring)
    assert "model.task_circle" == finding.code
    assert len(finding.message) < 500


@pytest.mark.parametrize(
    "told",
    [
        {"work": {"description": "x" * 20_000_000}},
        {"work": deep(500)},
        {"work": {"description": "\ud800"}},
        {"work": 7},
        {"subject": {"contacts": [{"id": "c1"}, {"id": "c1"}]}},
        {"subject": {"contacts": {"id": "c1"}}},
        {"colour": "red"},
        {"links": {"requests": "R-1"}},
    ],
    ids=["long", "deep", "surrogate", "number", "doubled", "table", "unknown", "text"],
)
def test_hostile_words_open_no_job(told: dict[str, Any]) -> None:
    """
    What is told with a promotion is held to the shape of a job; the request stays as it was.
    """
    desk = service(MemoryStore())
    request = asked(desk)

    with pytest.raises((Invalid, Refused)):
        desk.promote(request.id, "breakdown", told, by=TRIAGE, at=NOW)

    assert request == desk.job(request.id)
    assert _jobs(desk) == {request.id}


def _jobs(desk: Desk) -> set[str]:
    return {event.job_id for event in desk.feed().events}


def test_long_names_are_told_in_short() -> None:
    """
    A name of a million characters is refused in a sentence of ordinary length.
    """
    desk = service(MemoryStore())
    request = asked(desk)
    endless = "x" * 1_000_000

    for attempt in (
        {"needs": [endless]},
        {"playbook": endless},
        {"playbook": "commissioning", "version": endless},
    ):
        with pytest.raises(JobkitError) as refused:
            desk.promote(request.id, "breakdown", by=TRIAGE, at=NOW, **attempt)
        assert len(str(refused.value)) < 2_000
