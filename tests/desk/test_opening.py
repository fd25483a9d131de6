"""How jobs begin: submitted, adopted, and what nobody may give along."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from jobkit.desk import Desk
from jobkit.errors import Conflict, Invalid, JobkitError, NotFound, Refused
from jobkit.privacy import Redacted
from tests.desk.building import BOSS, DEALER, NOW, REQUEST, VISIT, is_whole, on_bench, submitted


def test_submit_opens_a_job_in_its_first_states(desk: Desk) -> None:
    """
    A submitted job stands in the first state of each lifecycle, pinned to it, with its history behind it.
    """
    job = submitted(desk)

    assert ("draft", "unknown", "open") == tuple(state.name for state in job.states.values())
    assert set(job.pins) == set(job.states)
    assert is_whole(desk, job.id)


def test_submit_chooses_among_initial_states(desk: Desk) -> None:
    """
    A caller may say in which of several initial states a job begins.
    """
    done = desk.submit("breakdown", REQUEST, by=DEALER, at=NOW, state="submitted", job_id="J-7")

    assert ("J-7", "submitted") == (done.job.id, done.job.state.name)


def test_a_job_begins_only_where_its_state_has_what_it_requires(desk: Desk) -> None:
    """
    Beginning further on does not pass by the fields that the state requires.
    """
    with pytest.raises(Refused) as refused:
        desk.submit("breakdown", {}, by=DEALER, at=NOW, state="submitted")

    assert [("lifecycle.required", "$.subject.customer")] == [
        (finding.code, finding.path) for finding in refused.value.findings
    ]


def test_a_required_field_is_not_taken_away(desk: Desk) -> None:
    """
    What the job's state requires can be corrected, and not be removed.
    """
    job = desk.submit("breakdown", REQUEST, by=DEALER, at=NOW, state="submitted").job
    desk.amend(job.id, {"$.subject.customer": "C-2"}, by=DEALER, at=NOW)

    with pytest.raises(Refused) as refused:
        desk.amend(job.id, {"$.subject.customer": None}, by=DEALER, at=NOW)

    assert "lifecycle.required" == refused.value.code


def test_an_adopted_job_may_lack_what_its_state_requires(trustful: Desk) -> None:
    """
    A job that lived elsewhere is taken as it is known; what it lacks is asked for at the next move.
    """
    adopted = {"type": "breakdown", "states": {"work": "approved"}}
    done = trustful.adopt(adopted, by=BOSS, at=NOW, since=NOW - timedelta(days=3), evidence="old system")

    assert "approved" == done.job.state.name


def test_submit_hides_personal_values(desk: Desk) -> None:
    """
    A contact's name is hidden from the moment it comes in, and still there for those who may see it.
    """
    name = submitted(desk).subject.contacts[0].name

    assert isinstance(name, Redacted)
    assert "Frieda Berg" == name.reveal()


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"states": {"work": {"name": "closed", "category": "closed"}}}, "$.states"),
        ({"version": 7}, "$.version"),
        ({"counts": {"reopened": 0}}, "$.counts"),
        ({"pins": {"work": "0"}}, "$.pins"),
        ({"visits": [{"id": "v1"}]}, "$.visits"),
        ({"assignments": [{"id": "a1", "person": "tom"}]}, "$.assignments"),
        ({"subject": {"colour": "red"}}, "$.subject.colour"),
        ({"work": {"crew_size": "2"}}, "$.work.crew_size"),
        ({"nothing": 1}, "$.nothing"),
        ({"subject": 7}, "$.subject"),
        ({"fields": {"x": float("nan")}}, "$.fields.x"),
    ],
)
def test_submit_refuses_what_is_not_for_the_caller(desk: Desk, request_: dict[str, Any], path: str) -> None:
    """
    States, counters, visits and data of the wrong shape are refused with their path, and nothing is written.
    """
    with pytest.raises(Invalid) as refused:
        desk.submit("warranty-repair", request_, by=DEALER, at=NOW, job_id="J-1")

    assert path.split(".")[1] in refused.value.path
    with pytest.raises(NotFound):
        desk.job("J-1")


def test_submit_refuses_deep_data(desk: Desk) -> None:
    """
    A request nested ten thousand levels deep is refused like any other that does not fit.
    """
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]

    with pytest.raises(Invalid):
        desk.submit("warranty-repair", {"fields": {"x": deep}}, by=DEALER, at=NOW, command_key="k")


def test_submit_refuses_unknown_types_and_states(desk: Desk) -> None:
    """
    A type that the catalog does not have, and a state in which no job begins, are refused.
    """
    with pytest.raises(NotFound) as unknown:
        desk.submit("repair", REQUEST, by=DEALER, at=NOW)
    with pytest.raises(Refused) as state:
        desk.submit("breakdown", REQUEST, by=DEALER, at=NOW, state="closed")

    assert ("catalog.unknown_type", "lifecycle.not_initial") == (unknown.value.code, state.value.code)


def test_submit_refuses_a_naive_instant(desk: Desk) -> None:
    """
    An instant without a zone is refused with its path.
    """
    with pytest.raises(Invalid) as refused:
        desk.submit("breakdown", REQUEST, by=DEALER, at=datetime(2026, 3, 10))

    assert "$.at" == refused.value.path


def test_submit_twice_under_one_id_conflicts(desk: Desk) -> None:
    """
    A second job cannot take an id that is taken.
    """
    desk.submit("breakdown", REQUEST, by=DEALER, at=NOW, job_id="J-1")

    with pytest.raises(Conflict):
        desk.submit("breakdown", REQUEST, by=DEALER, at=NOW, job_id="J-1")


def test_submit_refuses_an_active_task_without_owner(desk: Desk) -> None:
    """
    Invisible work is refused even when it comes along with a new job.
    """
    tasks = [{"id": "t1", "title": "Call", "status": "active"}]

    with pytest.raises(Refused) as refused:
        submitted(desk, tasks=tasks)

    assert {"$.tasks[t1].owner", "$.tasks[t1].due"} == {finding.path for finding in refused.value.findings}


def adopted(desk: Desk, **told: Any) -> Any:
    """Adopt a job that was confirmed in another system."""
    job = {"type": "warranty-repair", "states": {"work": "confirmed"}, **REQUEST, **told}
    return desk.adopt(job, by=BOSS, at=NOW, since=NOW - timedelta(days=3), evidence="ERP export of 9 March")


def test_adopt_opens_the_history_of_a_job_that_lived_before(trustful: Desk) -> None:
    """
    An adopted job stands where it stood, since when it stood there, and the evidence is on record.
    """
    visit = {"id": "v1", "planned": {"start": "2026-03-12T08:00:00Z", "end": "2026-03-12T10:00:00Z"}}
    done = adopted(trustful, visits=[visit], id="OLD-9")

    assert ("OLD-9", "confirmed", NOW - timedelta(days=3)) == (
        done.job.id,
        done.job.state.name,
        done.job.state.since,
    )
    assert VISIT == done.job.visits[0].planned
    assert "ERP export of 9 March" == trustful.history("OLD-9").events[0].data["evidence"]
    assert is_whole(trustful, "OLD-9")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"states": {"work": "gone"}}, "lifecycle.unknown_state"),
        ({"states": {"paint": "open"}}, "desk.no_facet"),
        ({"states": ["confirmed"]}, "documents.wrong_type"),
        ({"type": None}, "documents.wrong_type"),
        ({"type": "nothing"}, "catalog.unknown_type"),
        ({"id": 7}, "documents.wrong_type"),
        ({"counts": {"reopened": 1}}, "desk.not_given"),
    ],
)
def test_adopt_refuses_what_does_not_exist(desk: Desk, told: dict[str, Any], code: str) -> None:
    """
    A state, facet or type that is not there, and what jobkit itself counts, cannot be adopted.
    """
    with pytest.raises(JobkitError) as refused:
        adopted(desk, **told)

    assert code == refused.value.code


def test_adopt_refuses_a_state_from_the_future(desk: Desk) -> None:
    """
    A job cannot have been somewhere since an instant that is yet to come.
    """
    job = {"type": "warranty-repair", "states": {"work": "confirmed"}}

    with pytest.raises(Invalid) as refused:
        desk.adopt(job, by=BOSS, at=NOW, since=NOW + timedelta(hours=1), evidence="a guess")

    assert "desk.not_yet" == refused.value.code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"depth": "-1"}, "fields.too_small"),
        ({"depth": "much"}, "documents.not_decimal"),
        ({"serial": "ab1"}, "fields.pattern"),
    ],
)
def test_fields_of_the_type_are_checked(bench: Desk, fields: dict[str, Any], code: str) -> None:
    """
    What a job type adds is checked by its declaration when a job begins.
    """
    with pytest.raises(Refused) as refused:
        on_bench(bench, fields=fields)

    assert code == refused.value.code
