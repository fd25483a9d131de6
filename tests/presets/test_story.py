"""What moves of the after-sales job change and announce: visits, sign-offs, reopenings, billing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.errors import JobkitError
from jobkit.lifecycle import EffectRule, Moved, Occasion, Transition, done_deeds, flags, move, permits
from jobkit.model import Job, Visit, Window, put
from tests.presets._jobs import NOW, WINDOW, actor, ready, reason, rules, sign_off, transition

LATER = {"start": "2026-03-20T08:00:00.000000Z", "end": "2026-03-20T10:00:00.000000Z"}
PLANNED = {"start": "2026-03-12T08:00:00.000000Z", "end": "2026-03-12T10:00:00.000000Z"}


def go(job: Job, trigger: str, at: datetime = NOW, facet: str = "work", **told: Any) -> Moved:
    """Fire a trigger with the deeds that its transition names, as a host does."""
    way = transition(facet, trigger)
    why = told.pop("reason", reason(facet, way))
    deed = done_deeds(job, way.effects, Occasion(at=at, reason=why, told=told))
    return move(
        job,
        rules(),
        trigger,
        event_id=f"e-{trigger}",
        by=actor(way),
        at=at,
        reason=why,
        facet=facet,
        changes=deed.changes,
        data={**told, **deed.data},
    )


def notice(moved: Moved, about: str) -> Mapping[str, Any]:
    """Return the data of the notice about something."""
    (found,) = [effect for effect in moved.effects if effect.data.get("about") == about]
    return found.data


def internal(moved: Moved) -> list[EffectRule]:
    """Return the effects that stay inside."""
    return [effect for effect in moved.effects if not effect.outbound]


def test_reschedule_tells_the_customer_why_and_when() -> None:
    """
    The notice of a reschedule names the old window, the new one and the reason.
    """
    moved = go(ready("work", "confirmed"), "reschedule", reason="weather", new_window=LATER)
    told = notice(moved, "rescheduled")

    assert (PLANNED, LATER, "weather") == (told["old_window"], told["new_window"], told["reason"])
    assert ("weather", "scheduled") == (moved.event.reason, moved.job.state.name)


def test_reschedule_asks_everybody_again() -> None:
    """
    After a reschedule nothing is signed off, so confirming is refused for each party until it signs again.
    """
    job = go(ready("work", "confirmed"), "reschedule", reason="parts_delay", new_window=LATER).job
    with pytest.raises(JobkitError) as refused:
        go(job, "confirm")
    new = Window(WINDOW.start + timedelta(days=8), WINDOW.end + timedelta(days=8))
    again = tuple(attrs.evolve(sign_off(f"n-{party}", party), window=new) for party in ("owner", "operator"))
    signed = attrs.evolve(job, visits=(attrs.evolve(job.visits[0], sign_offs=again),))

    assert ["owner", "operator"] == [finding.params["party"] for finding in refused.value.findings]
    assert new == go(signed, "confirm").job.visits[0].confirmed


@pytest.mark.parametrize("trigger", sorted({way.trigger for way in rules()["work"].definition.transitions}))
def test_notices_carry_what_they_promise(trigger: str) -> None:
    """
    Whatever a notice of a transition says that it carries, it carries, from every state that it leads out of.
    """
    way = transition("work", trigger)
    begins = [state for state in rules()["work"].states if way in left_by(state)]
    signalled = put(ready(), "$.safety.signal", "injury") if trigger == "report_signal" else ready()
    for state in begins:
        job = attrs.evolve(signalled, states=ready("work", state).states)
        held = attrs.evolve(job.state, resume="approved") if state == "on_hold" else job.state
        job = attrs.evolve(job, states={**job.states, "work": held})
        late = NOW + timedelta(days=400) if way.after is not None and not way.roles else NOW
        moved = go(job, trigger, at=late, new_window=LATER, undoes="e-close")
        for effect in moved.effects:
            assert set() == {*effect.data.get("carries", ())} - {*effect.data}


def left_by(state: str) -> list[Transition]:
    """Return the transitions that lead out of a state."""
    return [edge.transition for edge in rules()["work"].edges(state)]


def test_appointment_is_proposed_with_its_window() -> None:
    """
    Who is asked for a word learns for which window, and who is told of a merge or new scope learns which.
    """
    merged, changed = go(ready("work", "triage"), "merge"), go(ready("work", "on_site"), "change_scope")

    assert PLANNED == notice(go(ready("work", "approved"), "schedule"), "appointment_proposed")["window"]
    assert "J2" == notice(merged, "merged")["merged_into"]
    assert "It squeals." == notice(changed, "scope_changed")["description"]


def test_confirming_sends_preparation() -> None:
    """
    A confirmed visit has a confirmed window and instructions for the customer; the reminder is its clock's.
    """
    moved = go(ready("work", "scheduled"), "confirm")

    assert WINDOW == moved.job.visits[0].confirmed
    assert PLANNED == notice(moved, "preparation_instructions")["window"]
    assert "remind" not in [effect.name for effect in moved.effects]


def test_no_access_ends_the_visit_and_not_the_job() -> None:
    """
    Without access the visit ends, the trip is billed by policy, and the job waits for its next visit.
    """
    moved = go(ready("work", "on_site"), "no_access", reason="nobody_on_site")
    (charge,) = [effect for effect in moved.effects if effect.name == "bill"]

    assert ("approved", "no_access") == (moved.job.state.name, moved.job.visits[0].outcome)
    assert ("trip_charge", "nobody_on_site") == (charge.data["item"], charge.data["reason"])
    assert ["follow_up_needed"] == [flag.name for flag in flags(moved.job, rules(), NOW)]


def test_second_visit_after_no_access() -> None:
    """
    After a visit without access the job takes a second visit through to completed.
    """
    job = go(ready("work", "on_site"), "no_access").job
    signed = (sign_off("s3", "owner"), sign_off("s4", "operator"))
    job = attrs.evolve(job, visits=(*job.visits, Visit(id="v2", planned=WINDOW, sign_offs=signed)))
    job = put(job, "$.assignments[a2]", {"id": "a2", "person": "tom", "visit": "v2", "status": "accepted"})
    for trigger in ("schedule", "confirm", "depart", "arrive", "start", "complete"):
        job = go(job, trigger).job

    assert ("completed", ["no_access", "done"]) == (job.state.name, [visit.outcome for visit in job.visits])


def test_completing_makes_tasks_of_recommendations() -> None:
    """
    Completing asks for a follow-up with the customer and for a task per recommendation.
    """
    effects = {effect.name: effect.data for effect in internal(go(ready("work", "in_progress"), "complete"))}

    assert "follow_up" == effects["create_task"]["kind"]
    assert "outcome.recommendations" == effects["create_tasks"]["from"]


def test_closing_hands_over_and_asks_for_a_review() -> None:
    """
    Closing proposes an invoice, updates the asset's history and asks the customer for a review.
    """
    moved = go(ready("work", "awaiting_documentation"), "close")

    assert ["handoff", "update_asset_history", "notify"] == [effect.name for effect in moved.effects]
    assert "customer" == notice(moved, "review_request")["audience"]


def test_reopening_is_counted_and_undoes_a_closure() -> None:
    """
    Each reopening adds one, names the event that it undoes, and asks the customer to accept anew.
    """
    once = go(ready("work", "closed"), "reopen", undoes="e-close")
    done = attrs.evolve(once.job, states={**once.job.states, "work": rules()["work"].state("closed", NOW)})
    twice = go(done, "reopen_on_site", undoes="e-close-2")

    assert ("e-close", "fault_returned") == (
        notice(once, "reopened")["undoes"],
        notice(once, "reopened")["reason"],
    )
    assert (2, None) == (twice.job.counts["reopened"], twice.job.outcome.accepted)
    assert "e-close-2" == twice.event.data["undoes"]


def test_reopening_without_the_closure_is_refused() -> None:
    """
    A reopening that does not say which closure it undoes is refused.
    """
    with pytest.raises(JobkitError) as refused:
        go(ready("work", "closed"), "reopen")

    assert "lifecycle.undoes_missing" == refused.value.code


def test_hold_returns_to_where_it_began() -> None:
    """
    A job put on hold in the middle of the work goes on there.
    """
    held = go(ready("work", "in_progress"), "hold", reason="parts").job

    assert ("on_hold", "in_progress") == (held.state.name, held.state.resume)
    assert "in_progress" == go(held, "resume").job.state.name


def test_safety_signal_stops_the_work() -> None:
    """
    A safety signal stops the work, reaches the safety officer, and nobody goes on before it is cleared.
    """
    signalled = put(ready("work", "in_progress"), "$.safety.signal", "injury")
    stopped = go(signalled, "report_signal")
    with pytest.raises(JobkitError):
        go(stopped.job, "resume")

    assert "safety_officer" == notice(stopped, "safety_signal")["audience"]
    assert "in_progress" == go(put(stopped.job, "$.safety.signal", None), "resume").job.state.name


def test_merged_job_takes_no_more_writes() -> None:
    """
    What was merged into another job is neither amended nor annotated any more.
    """
    merged = go(ready("work", "triage"), "merge").job

    assert ["amend", "assign", "note", "plan_visit", "record_visit"] == [
        operation
        for operation in ("amend", "assign", "note", "plan_visit", "record_visit")
        if not permits(merged, rules(), operation).open
    ]


def test_no_visit_is_planned_before_approval() -> None:
    """
    During intake nobody plans a visit; once approved somebody may.
    """
    for state in ("draft", "submitted", "triage"):
        assert not permits(ready("work", state), rules(), "plan_visit").open
    assert permits(ready("work", "approved"), rules(), "plan_visit").open


def test_billing_waits_for_the_work() -> None:
    """
    An invoice is proposed once the work has ended, held for a reason, released, and handed off.
    """
    job = ready("billing", "open")
    job = go(job, "propose", facet="billing").job
    held = go(job, "put_on_hold", facet="billing", reason="price_open").job
    released = go(held, "release", facet="billing").job

    assert "ready" == released.states["billing"].name
    assert "handed_off" == go(released, "hand_off", facet="billing").job.states["billing"].name


def test_triage_tells_the_customer() -> None:
    """
    The customer is told that triage is complete when the job is approved, and promised no date.
    """
    told = notice(go(ready("work", "triage"), "approve"), "triage_complete")

    assert {"audience": "customer", "about": "triage_complete"} == dict(told)
