"""Promises of doing: the new state, who and when, and the same findings as asking when it is refused."""

from datetime import datetime, timedelta

import pytest

from jobkit.errors import Invalid, NotFound, Refused
from jobkit.lifecycle import Lifecycle
from jobkit.model import State
from tests.lifecycle.orders import AT, DEALER, PLANNER, TRIAGE, one, order, tables

JOB = {"job": {"work": {"symptom": "no_heat"}, "subject": {"asset": "press-7", "site": "hall-2"}}}


def test_doing_gives_the_new_state_and_the_record() -> None:
    """
    A step tells the state entered and since when, where it came from, by whom and by which transition.
    """
    step = order().do(order().state("draft", AT), "submit", facts=JOB, by=DEALER, at=AT + timedelta(hours=1))

    assert State(name="triage", category="triage", since=AT + timedelta(hours=1)) == step.state
    assert ("draft", "submit", DEALER) == (step.source, step.transition.id, step.by)
    assert () == step.warnings


def test_a_refusal_carries_what_asking_tells() -> None:
    """
    Refused has exactly the findings of the same question.
    """
    asked = order().ask("triage", "schedule", by=DEALER, facts=JOB)

    with pytest.raises(Refused) as refused:
        order().do("triage", "schedule", by=DEALER, facts=JOB)

    assert asked.findings == refused.value.findings


def test_effects_come_with_the_step() -> None:
    """
    What a transition sets off is told as data; nothing is carried out.
    """
    step = order().do("triage", "schedule", facts={**JOB, "covered": True}, by=TRIAGE)

    assert ["notify"] == [effect.name for effect in step.effects]
    assert "customer" == step.effects[0].data["audience"]


def test_warnings_are_handed_over() -> None:
    """
    A step that was done despite warnings tells them.
    """
    facts = {"covered": True, "job": {"subject": {"asset": "press-7"}}}

    step = order().do("triage", "schedule", facts=facts, by=TRIAGE)

    assert ["No site is recorded."] == [finding.message for finding in step.warnings]


def test_an_internal_trigger_stays() -> None:
    """
    `@same` keeps the very state, with the time since which it lasts.
    """
    scheduled = order().state("scheduled", AT)

    step = order().do(scheduled, "reschedule", by=PLANNER, reason="weather", at=AT + timedelta(days=1))

    assert scheduled is step.state


def test_a_transition_into_its_own_state_begins_it_anew() -> None:
    """
    Naming the own state as target is a move: the time in the state starts again.
    """
    around = one(to="here")

    assert AT == around.do(around.state("here", AT - timedelta(days=1)), "go", at=AT).state.since


def test_resuming_returns_to_where_the_hold_began() -> None:
    """
    The state entered by a hold is remembered, and returning forgets it.
    """
    held = order().do("scheduled", "hold").state

    resumed = order().do(held, "resume", facts=JOB).state

    assert "scheduled" == held.resume
    assert State(name="scheduled", category="scheduled") == resumed


def test_a_hold_within_a_hold_remembers_the_first_origin() -> None:
    """
    Going from one waiting state to another keeps the state to return to.
    """
    nested = Lifecycle.load(
        tables(
            states={
                "work": {"category": "active", "initial": True},
                "parts": {"category": "waiting"},
                "customer": {"category": "waiting"},
                "done": {"category": "closed", "end": "closed"},
            },
            transitions=[
                {"trigger": "wait", "from": "work", "to": "parts"},
                {"trigger": "ask", "from": "parts", "to": "customer"},
                {"trigger": "resume", "from": "@waiting", "to": "@resume"},
            ],
        )
    )

    asked = nested.do(nested.do("work", "wait").state, "ask").state

    assert "work" == asked.resume
    assert "work" == nested.do(asked, "resume").state.name
    assert ("work",) == nested.edges("customer")[0].targets


def test_times_of_any_zone_are_kept_in_utc() -> None:
    """
    The instant given is the same instant in the state, as UTC.
    """
    local = datetime.fromisoformat("2026-03-29T03:30:00+02:00")

    since = order().do("draft", "hold", at=local).state.since

    assert local == since
    assert since is not None
    assert timedelta(0) == since.utcoffset()


def test_a_naive_time_is_refused() -> None:
    """
    A move at a time without a zone is refused before anything is judged.
    """
    with pytest.raises(Invalid, match="no time zone"):
        order().do("draft", "submit", at=datetime(2026, 3, 2, 8))


def test_a_state_value_is_made_only_of_known_states() -> None:
    """
    Asking the lifecycle for a state that it does not have is refused.
    """
    with pytest.raises(NotFound, match="elsewhere"):
        order().state("elsewhere")
