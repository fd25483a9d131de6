"""Visits, their sign-offs and how they end."""

from datetime import timedelta

import pytest

from jobkit.desk import Desk
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.model import Permit, Window
from tests.desk.building import (
    LATER,
    NOW,
    PLANNER,
    REQUEST,
    TECHNICIAN,
    TRIAGE,
    VISIT,
    approved,
    closed,
    confirmed,
    is_whole,
    on_site,
    scheduled,
    submitted,
    word,
)


def test_plan_visit_adds_an_appointment(desk: Desk) -> None:
    """
    A planned visit has its window, its crew and the permits that it needs.
    """
    job = approved(desk)
    permit = Permit(id="p1", kind="hot_work")

    done = desk.plan_visit(job.id, VISIT, by=PLANNER, at=NOW, crew=("tom",), permits_needed=(permit,))

    (visit,) = done.job.visits
    assert (VISIT, ("tom",), (permit,)) == (visit.planned, visit.crew, visit.permits)
    assert "visit_planned" == done.events[0].kind
    assert is_whole(desk, job.id)


def test_plan_visit_again_takes_a_visit_without_window(desk: Desk) -> None:
    """
    A visit whose window was withdrawn is planned again, in its place among the others.
    """
    job = scheduled(desk)
    desk.fire(job.id, "unschedule", by=PLANNER, at=NOW, reason="weather")
    desk.plan_visit(job.id, LATER, by=PLANNER, at=NOW, visit_id="v2")

    done = desk.plan_visit(job.id, LATER, by=PLANNER, at=NOW, visit_id="v1")

    assert [("v1", LATER), ("v2", LATER)] == [(visit.id, visit.planned) for visit in done.job.visits]


def test_plan_visit_refuses_a_second_window(desk: Desk) -> None:
    """
    A planned visit is not planned again: that is a reschedule, which has a reason.
    """
    job = scheduled(desk)

    with pytest.raises(Refused) as refused:
        desk.plan_visit(job.id, LATER, by=PLANNER, at=NOW, visit_id="v1")

    assert "desk.visit_planned" == refused.value.code


def test_plan_visit_refuses_a_visit_that_has_ended(desk: Desk) -> None:
    """
    A visit that is over stays as it was.
    """
    job = on_site(desk)
    desk.fire(job.id, "no_access", by=TECHNICIAN, at=VISIT.start, reason="site_closed")

    with pytest.raises(Refused) as refused:
        desk.plan_visit(job.id, LATER, by=PLANNER, at=VISIT.end, visit_id="v1")

    assert "desk.visit_over" == refused.value.code


def test_visits_are_not_for_every_state(desk: Desk) -> None:
    """
    A draft is not planned, and a closed job has no further visits.
    """
    for job in (submitted(desk), closed(desk)):
        with pytest.raises(Refused) as refused:
            desk.plan_visit(job.id, VISIT, by=PLANNER, at=NOW)
        assert "lifecycle.state_forbids" == refused.value.code


def test_ended_job_has_no_visits_even_if_nothing_forbids_it(bench: Desk) -> None:
    """
    A lifecycle that forgets to forbid visits on ended jobs does not let them in.
    """
    job = bench.submit("polish", by=PLANNER, at=NOW).job
    bench.plan_visit(job.id, VISIT, by=PLANNER, at=NOW, visit_id="v1")
    bench.fire(job.id, "finish", by=PLANNER, at=NOW)

    with pytest.raises(Refused) as planned:
        bench.plan_visit(job.id, LATER, by=PLANNER, at=NOW)
    with pytest.raises(Refused) as signed:
        bench.sign_off((job.id,), word(), by=PLANNER, at=NOW)
    with pytest.raises(Refused) as ended:
        bench.record_visit(job.id, "v1", "done", by=PLANNER, at=NOW)
    with pytest.raises(Refused) as assigned:
        bench.assign(job.id, "tom", by=PLANNER, at=NOW)

    assert {"desk.ended"} == {error.value.code for error in (planned, signed, ended, assigned)}


def test_record_visit_keeps_the_job_where_it_is(desk: Desk) -> None:
    """
    How a visit ended is a fact about the visit; the job stays in its state.
    """
    job = on_site(desk)
    actual = Window(VISIT.start, VISIT.start + timedelta(minutes=20))

    done = desk.record_visit(
        job.id, "v1", "no_access", by=TECHNICIAN, at=VISIT.end, actual=actual, reason="site_closed"
    )

    (visit,) = done.job.visits
    assert ("no_access", actual, "site_closed", "on_site") == (
        visit.outcome,
        visit.actual,
        visit.outcome_reason,
        done.job.state.name,
    )
    assert is_whole(desk, job.id)


def test_record_visit_refuses_unknown_and_ended_visits(desk: Desk) -> None:
    """
    An outcome is recorded once, for a visit that is there.
    """
    job = on_site(desk)
    desk.record_visit(job.id, "v1", "done", by=TECHNICIAN, at=VISIT.end)

    with pytest.raises(NotFound):
        desk.record_visit(job.id, "v9", "done", by=TECHNICIAN, at=VISIT.end)
    with pytest.raises(Invalid):
        desk.record_visit(job.id, "v1", "aborted", by=TECHNICIAN, at=VISIT.end)


def test_record_visit_believes_a_device_in_bounds(desk: Desk) -> None:
    """
    The technician's device says when the visit ended, back to the arrival.
    """
    job = on_site(desk)
    claimed = VISIT.start + timedelta(minutes=30)

    (event,) = desk.record_visit(job.id, "v1", "done", by=TECHNICIAN, at=VISIT.end, claimed_at=claimed).events

    assert (claimed, VISIT.end) == (event.occurred_at, event.recorded_at)


def test_one_sign_off_serves_several_jobs(desk: Desk) -> None:
    """
    The site's word is recorded on every job named, once each, in one commit.
    """
    first, second = scheduled(desk), scheduled(desk)

    done = desk.sign_off((first.id, second.id, first.id), word(), by=PLANNER, at=NOW)

    assert [first.id, second.id] == [job.id for job in done.jobs]
    assert all("s1" == job.visits[0].sign_offs[0].id for job in done.jobs)
    assert 1 == len({done.receipt and done.receipt.position})


def test_sign_off_is_all_or_nothing(desk: Desk) -> None:
    """
    When the window does not hold one of the visits, no job gets the word.
    """
    first, second = scheduled(desk), approved(desk)

    with pytest.raises(Refused) as refused:
        desk.sign_off((first.id, second.id), word(), by=PLANNER, at=NOW)

    assert "desk.nothing_to_sign" == refused.value.code
    assert () == desk.job(first.id).visits[0].sign_offs


def test_sign_off_of_another_site_is_refused(desk: Desk) -> None:
    """
    A site's word does not count for a job elsewhere.
    """
    job = scheduled(desk, subject={**REQUEST["subject"], "site": "harbour"})

    with pytest.raises(Invalid) as refused:
        desk.sign_off((job.id,), word(), by=PLANNER, at=NOW)

    assert "lifecycle.sign_off_site" == refused.value.code


def test_reschedule_without_a_window_is_refused(desk: Desk) -> None:
    """
    Nobody reschedules without saying when instead; asking says so too.
    """
    job = confirmed(desk)

    answer = desk.ask(job.id, "reschedule", by=PLANNER, at=NOW, reason="weather")
    with pytest.raises(Refused) as refused:
        desk.fire(job.id, "reschedule", by=PLANNER, at=NOW, reason="weather")

    assert answer.findings == refused.value.findings
    assert ["lifecycle.no_new_window"] == [finding.code for finding in answer.findings]


def test_reschedule_voids_what_was_signed_off(desk: Desk) -> None:
    """
    The old window's sign-offs are void, and the notices carry both windows and the reason.
    """
    job = confirmed(desk)

    done = desk.fire(job.id, "reschedule", by=PLANNER, at=NOW, reason="weather", data={"new_window": LATER})

    (visit,) = done.job.visits
    assert (LATER, None, 1, ["weather"]) == (
        visit.planned,
        visit.confirmed,
        visit.reschedules,
        [given.voided for given in visit.sign_offs],
    )
    customer, site = done.effects
    assert ("2026-03-12T08:00:00.000000Z", "2026-03-14T08:00:00.000000Z", "weather") == (
        customer.data["old_window"]["start"],
        customer.data["new_window"]["start"],
        customer.data["reason"],
    )
    assert ("s1",) == tuple(site.data["voided"])
    assert not desk.ask(job.id, "confirm", by=PLANNER, at=NOW).open


@pytest.mark.parametrize(
    ("trigger", "reason", "outcome"),
    [("no_access", "site_closed", "no_access"), ("abort", "wrong_tool", "aborted")],
)
def test_moves_end_the_visit(desk: Desk, trigger: str, reason: str, outcome: str) -> None:
    """
    A move out of the field says how the visit ended, in the same event.
    """
    job = on_site(desk)

    done = desk.fire(job.id, trigger, by=TECHNICIAN, at=VISIT.end, reason=reason)

    assert ("approved", outcome, reason) == (
        done.job.state.name,
        done.job.visits[0].outcome,
        done.job.visits[0].outcome_reason,
    )
    assert is_whole(desk, job.id)


def test_confirm_takes_the_planned_window(desk: Desk) -> None:
    """
    Confirming records the window that was confirmed.
    """
    assert VISIT == confirmed(desk).visits[0].confirmed


def test_triage_does_not_plan(desk: Desk) -> None:
    """
    Before approval no visit is planned, by anybody.
    """
    job = submitted(desk)
    desk.fire(job.id, "submit", by=TRIAGE, at=NOW)

    with pytest.raises(Refused):
        desk.plan_visit(job.id, VISIT, by=TRIAGE, at=NOW)
