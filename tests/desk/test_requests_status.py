"""How a request stands: derived from its jobs, wherever they are and whatever they were merged into."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from jobkit.desk import Desk, JobStanding, Standing, Store, request_status
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.model import Job, Links, State, Visit
from jobkit.stores import MemoryStore
from tests.desk.building import BOSS, DEALER, NOW, PLANNER, TRIAGE, VISIT, word
from tests.desk.requesting import ASKED, CUSTOMER, asked, opened, service, standing


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk that takes requests."""
    return service(store, awaited=awaited)


def test_standing_follows_the_job(desk: Desk) -> None:
    """
    Without a word on the request itself, it is promoted, planned, in work, done and closed as its job is.
    """
    request = asked(desk)
    told = [standing(desk, request)]
    desk.fire(request.id, "take_up", by=TRIAGE, at=NOW)
    told.append(standing(desk, request))

    job = opened(desk, request, "J-1")
    told.append(standing(desk, request))
    desk.fire(job.id, "take_up", by=TRIAGE, at=NOW)
    desk.fire(job.id, "approve", by=TRIAGE, at=NOW)
    desk.plan_visit(job.id, VISIT, by=PLANNER, at=NOW, visit_id="v1")
    desk.amend(job.id, {"$.work.skills": ["hydraulics"], "$.work.estimated": "2h"}, by=PLANNER, at=NOW)
    desk.fire(job.id, "schedule", by=PLANNER, at=NOW)
    told.append(standing(desk, request))
    desk.sign_off((job.id,), word(), by=PLANNER, at=NOW)
    desk.fire(job.id, "confirm", by=PLANNER, at=NOW)
    crew = desk.assign(job.id, "tom", by=PLANNER, at=NOW).job.assignments[-1]
    desk.accept(job.id, crew.id, by=attrs.evolve(PLANNER, id="tom", role="technician"), at=NOW)
    desk.fire(job.id, "arrive", by=attrs.evolve(PLANNER, id="tom", role="technician"), at=VISIT.start)
    told.append(standing(desk, request))

    assert ["received", "in_triage", "promoted", "planned", "in_work"] == told
    assert "promoted" == desk.job(request.id).state.name


def test_request_waits_for_information_until_it_comes(desk: Desk) -> None:
    """
    What the customer is asked for and tells changes how the request stands.
    """
    request = asked(desk)

    desk.fire(request.id, "ask_back", by=TRIAGE, at=NOW, reason="photos_missing")
    waiting = standing(desk, request)
    desk.fire(request.id, "inform", by=CUSTOMER, at=NOW)

    assert ("waiting_for_information", "in_triage") == (waiting, standing(desk, request))


def test_customer_may_quote_every_number(desk: Desk) -> None:
    """
    The request's own number comes first, then those of its jobs.
    """
    request = asked(desk)
    opened(desk, request, "J-1")
    opened(desk, request, "J-2")

    told = desk.request_status(request.id)

    assert ("R-100", "J-1", "J-2") == told.numbers
    assert "It was accepted, and work is being prepared." == told.said


def test_unknown_request_and_other_records_are_refused(desk: Desk) -> None:
    """
    Only requests stand in the customer's words.
    """
    job = desk.submit("breakdown", {}, by=DEALER, at=NOW).job

    with pytest.raises(NotFound):
        desk.request_status("R-404")
    with pytest.raises(Refused) as refused:
        desk.request_status(job.id)

    assert "desk.no_request" == refused.value.code


def record(id: str, category: str, end: str | None = None, **more: Any) -> Job:
    """Return a record in a state of some category."""
    state = State(name=category, category=category, end=end)  # type: ignore[arg-type]
    return Job(id=id, type="repair", states={"work": state}, **more)


def envelope(*jobs: str, category: str = "open", end: str | None = None) -> Job:
    """Return a request for which *jobs* were opened."""
    return record("R", category, end, links=Links(number="R-1", fulfilled_by=jobs))


def work(id: str, category: str, end: str | None = None, **more: Any) -> Job:
    """Return a job with a number."""
    return record(id, category, end, links=Links(number=f"N-{id}", **more))


def half_done(id: str, category: str) -> Job:
    """Return a job of which one visit was done in part."""
    return record(id, category, visits=(Visit(id="v1", outcome="partial"),))


ALONE: dict[tuple[str, str | None], Standing] = {
    ("draft", None): "received",
    ("open", None): "noted",
    ("triage", None): "in_triage",
    ("waiting", None): "waiting_for_information",
    ("closed", "closed"): "answered",
    ("closed", "cancelled"): "cancelled",
    ("closed", "rejected"): "declined",
}


@pytest.mark.parametrize("state", ALONE, ids=str)
def test_request_without_jobs_stands_as_its_state_says(state: tuple[str, str | None]) -> None:
    """
    Before there is any job, the request's own state decides.
    """
    category, end = state

    assert ALONE[state] == request_status(envelope(category=category, end=end), ()).standing


TOGETHER: dict[Standing, list[Job]] = {
    "promoted": [work("a", "triage"), work("b", "closed", "cancelled")],
    "planned": [work("a", "scheduled"), work("b", "open")],
    "in_work": [work("a", "active"), work("b", "closed", "closed")],
    "partly_done": [work("a", "closed", "closed"), work("b", "scheduled")],
    "done": [work("a", "closed", "closed"), work("b", "performed")],
    "closed": [work("a", "closed", "closed_incomplete"), work("b", "closed", "cancelled")],
    "cancelled": [work("a", "closed", "rejected"), work("b", "closed", "cancelled")],
}


@pytest.mark.parametrize("standing", TOGETHER)
def test_several_jobs_make_one_standing(standing: Standing) -> None:
    """
    Jobs called off count only when all of them are, and part of the work done is told as such.
    """
    jobs = TOGETHER[standing]

    assert standing == request_status(envelope("a", "b"), jobs).standing
    assert standing == request_status(envelope("b", "a"), reversed(jobs)).standing


@pytest.mark.parametrize("category", ["waiting", "open", "scheduled"])
def test_job_that_waits_after_a_first_visit_is_partly_done(category: str) -> None:
    """
    Once a visit did some of the work, a job that goes on later is partly done, and not merely planned.
    """
    assert "partly_done" == request_status(envelope("a"), [half_done("a", category)]).standing


def test_job_on_hold_before_any_visit_is_promoted() -> None:
    """
    A job that waits for parts before anybody came is still being prepared.
    """
    assert "promoted" == request_status(envelope("a"), [work("a", "waiting")]).standing


def test_merged_jobs_count_as_the_one_that_answers() -> None:
    """
    Two jobs of a request that ended in one survivor are told as one, under all their numbers.
    """
    merged = [
        work("a", "closed", "merged", merged_into="b"),
        work("b", "closed", "merged", merged_into="c"),
        work("c", "active"),
    ]

    told = request_status(envelope("a", "b"), merged)

    assert "in_work" == told.standing
    assert (
        JobStanding(
            id="c",
            type="repair",
            standing="in_work",
            numbers=("N-c", "N-a", "N-b"),
            instead_of=("a", "b"),
        ),
    ) == told.jobs
    assert ("R-1", "N-c", "N-a", "N-b") == told.numbers


def test_jobs_merged_in_a_circle_are_refused() -> None:
    """
    Loaded data in which jobs are merged into each other is told with the jobs of the circle.
    """
    merged = [work("a", "closed", "merged", merged_into="b"), work("b", "closed", "merged", merged_into="a")]

    with pytest.raises(Invalid) as refused:
        request_status(envelope("a"), merged)

    assert "The jobs a, b are merged" in str(refused.value)


def test_merged_requests_and_jobs_are_told_as_what_answers_now(desk: Desk) -> None:
    """
    After merging the request into another, and its job into another job, every number is still told.
    """
    first, twin = asked(desk), asked(desk, links={"number": "R-200"})
    desk.merge(twin.id, into=first.id, by=TRIAGE, at=NOW)
    job = opened(desk, first, "J-1")
    told = {"subject": ASKED["subject"], "links": {"number": "J-2"}}
    other = desk.submit("breakdown", told, by=DEALER, at=NOW, state="submitted").job
    desk.merge(job.id, into=other.id, by=TRIAGE, at=NOW)

    status = desk.request_status(twin.id)

    assert (first.id, "promoted") == (status.id, status.standing)
    assert [(other.id, (job.id,))] == [(each.id, each.instead_of) for each in status.jobs]
    assert {"R-100", "R-200", "J-1", "J-2"} == set(status.numbers)


def test_survivors_are_fetched() -> None:
    """
    The desk follows where jobs and the request itself were merged into.
    """
    desk = service(MemoryStore())
    job = {"type": "breakdown", "states": {"work": "merged"}, "id": "J-old", "links": {"number": "N-old"}}
    told: dict[str, Any] = {"by": BOSS, "at": NOW, "since": NOW, "evidence": "the old system"}
    desk.submit("breakdown", {"links": {"number": "N-new"}}, by=DEALER, at=NOW, job_id="J-new")
    desk.adopt({**job, "links": {**job["links"], "merged_into": "J-new"}}, **told)  # type: ignore[dict-item]
    desk.adopt(
        {
            "type": "request",
            "id": "R-old",
            "states": {"work": "promoted"},
            "links": {"fulfilled_by": ["J-old"], "number": "R-1"},
        },
        **{**told, "at": NOW + timedelta(hours=1)},
    )

    status = desk.request_status("R-old")

    assert [("J-new", ("J-old",))] == [(each.id, each.instead_of) for each in status.jobs]
    assert ("R-1", "N-new", "N-old") == status.numbers
