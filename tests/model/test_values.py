"""Promises of the model's values: frozen, quiet about private things, and complete."""

import copy
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from jobkit import model
from jobkit.errors import Invalid, Refused
from jobkit.fields import FieldSpec
from jobkit.model import (
    WORK_TYPES,
    Contact,
    ExternalId,
    Job,
    JobType,
    Part,
    State,
    Subject,
    Task,
    Visit,
    Window,
    activate,
    activation,
    best_window,
    is_there_by,
    next_visit,
    parts_missing,
    put,
)
from jobkit.privacy import Redacted

START = datetime(2026, 3, 10, 8, tzinfo=UTC)


def window(hours: int) -> Window:
    """Build a window of an hour, so many hours after the start."""
    return Window(START + timedelta(hours=hours), START + timedelta(hours=hours + 1))


def job(*visits: Visit, parts: tuple[Part, ...] = ()) -> Job:
    """Build a job with just these visits and parts."""
    draft = State(name="draft", category="draft")
    return Job(id="J-1", type="repair", states={"work": draft}, visits=visits, parts=parts)


CLASSES = [getattr(model, name) for name in model.__all__ if attrs.has(getattr(model, name))]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_values_are_frozen(kind: type) -> None:
    """
    No value of the model can be changed in place.
    """
    assert attrs.fields(kind)
    value: Any = object.__new__(kind)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, attrs.fields(kind)[0].name, None)


def test_only_id_type_and_state_are_mandatory() -> None:
    """
    What else a job must have is said by rules, not by the value.
    """
    mandatory = [field.name for field in attrs.fields(Job) if field.default is attrs.NOTHING]

    assert ["id", "type", "states"] == mandatory


def test_job_is_quiet() -> None:
    """
    Printing a job shows its id, type and states, and no private value on it shows itself.
    """
    contact = Contact(id="c1", name=Redacted("Frieda Berg", salt="00" * 16))
    private = attrs.evolve(job(), subject=Subject(contacts=(contact,)))

    assert "Job(J-1, repair, work=draft)" == repr(private)
    assert "Frieda" not in repr(private.subject)


def test_job_shares_nothing_that_changes() -> None:
    """
    Maps and data given to a job cannot be changed through it or behind its back.
    """
    data = {"sizes": [1, 2]}
    one = attrs.evolve(job(), fields={"x": data, "gone": None})
    data["sizes"].append(3)

    assert {"x": {"sizes": (1, 2)}} == one.fields
    assert hash(one) == hash(copy.deepcopy(one))
    assert one == pickle.loads(pickle.dumps(one))
    with pytest.raises(TypeError):
        one.states["work"] = State(name="x", category="open")  # type: ignore[index]


def test_window_is_half_open_and_in_utc() -> None:
    """
    A window holds its start and not its end, and is kept in UTC.
    """
    berlin = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    one = Window(berlin, berlin + timedelta(hours=2))

    assert (START, UTC) == (one.start, one.start.tzinfo)
    assert [True, True, False] == [one.holds(START + timedelta(hours=hours)) for hours in (0, 1, 2)]


@pytest.mark.parametrize("end", [START, START - timedelta(seconds=1), datetime(2027, 1, 1)])
def test_window_without_length_is_refused(end: datetime) -> None:
    """
    A window that ends where it starts or before, or at a naive instant, is refused.
    """
    with pytest.raises(Invalid):
        Window(START, end)


def test_best_window_is_what_was_agreed_last() -> None:
    """
    What happened says more than what was confirmed, that more than the plan, and so on.
    """
    kinds = ("requested", "promised", "planned", "confirmed", "actual")
    windows: dict[str, Any] = {kind: window(place) for place, kind in enumerate(kinds)}
    visit = Visit(id="v1", **windows)
    seen = []
    for kind in reversed(kinds):
        seen.append(best_window(visit))
        visit = put(visit, kind, None)

    assert [window(place) for place in (4, 3, 2, 1, 0)] == seen
    assert best_window(visit) is None


def test_next_visit_is_the_earliest_without_outcome() -> None:
    """
    A visit that is over does not come next, and one without a window comes after those with one.
    """
    over = Visit(id="v0", actual=window(0), outcome="no_access")
    early, late, open_ = Visit(id="v1", planned=window(1)), Visit(id="v2", promised=window(2)), Visit(id="v3")

    assert early == next_visit(job(over, open_, late, early))
    assert open_ == next_visit(job(over, open_))
    assert next_visit(job(over)) is None


@pytest.mark.parametrize(
    ("part", "there"),
    [
        (Part(id="p", number="1", availability="on_van"), True),
        (Part(id="p", number="1", availability="depot"), True),
        (Part(id="p", number="1", staged=True), True),
        (Part(id="p", number="1", availability="ordered", expected=START), True),
        (Part(id="p", number="1", availability="ordered", expected=START + timedelta(seconds=1)), False),
        (Part(id="p", number="1", availability="back_order"), None),
        (Part(id="p", number="1"), None),
        (Part(id="p", number="1", staged=True, hold="credit"), False),
        (Part(id="p", number="1", staged=True, hold="credit", hold_released=START), True),
    ],
)
def test_part_is_there_or_not_or_unknown(part: Part, there: bool | None) -> None:
    """
    A part is at hand when staged, stocked or in time; on hold it is not, and sometimes nobody knows.
    """
    assert there is is_there_by(part, START)
    assert (() if there else (part,)) == parts_missing(job(parts=(part,)), START)


TASK = Task(id="t1", title="Call the site", owner="dispatch", due=START, status="open")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"owner": None}, "model.task_owner"),
        ({"owner": ""}, "model.task_owner"),
        ({"due": None}, "model.task_due"),
        ({"status": None}, "model.task_status"),
        ({"status": "done"}, "model.task_over"),
    ],
)
def test_task_needs_owner_due_and_status(change: dict[str, Any], code: str) -> None:
    """
    A task that nobody owns, that is due never, or has no status cannot be activated.
    """
    task = attrs.evolve(TASK, **change)

    assert [code] == [finding.code for finding in activation(task).findings]
    with pytest.raises(Refused):
        activate(task)


def test_whole_task_is_activated() -> None:
    """
    With owner, due time and status a task becomes active; all that is missing is told at once.
    """
    assert "active" == activate(TASK).status
    assert 3 == len(activation(Task(id="t1", title="x")).findings)


def test_incident_is_a_category_of_its_own() -> None:
    """
    A near miss is a job of its own kind and not a remark on another job.
    """
    miss = JobType(
        id="near-miss", category="incident", fields=(FieldSpec(name="who", type="text", private=True),)
    )

    assert miss.is_incident
    assert not JobType(id="repair").is_incident
    assert {"who"} == miss.private


def test_ordinary_work_types_are_ten() -> None:
    """
    The kinds of work that the trade tells apart are there by name.
    """
    assert 10 == len(set(WORK_TYPES))
    assert {"preventive", "breakdown", "warranty", "commissioning"} < set(WORK_TYPES)


def test_external_id_is_named_by_system_and_id() -> None:
    """
    Two systems may use the same number for one job.
    """
    assert "erp:7" == ExternalId(system="erp", id="7").key
