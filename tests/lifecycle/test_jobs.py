"""Promises of lifecycles on whole jobs: the event says everything, and the job is what folding it gives."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jobkit.documents import unstructure
from jobkit.errors import NotFound, Refused
from jobkit.findings import Finding, Template
from jobkit.history import Event, FieldChange, apply, event_document, fold, opening, seal
from jobkit.lifecycle import (
    Lifecycle,
    ask,
    by_facet,
    editable,
    field_flags,
    initial_states,
    move,
    observe,
    options,
    pending,
    permits,
)
from jobkit.model import Job, Subject
from tests.lifecycle.orders import AT, DEALER, PLANNER, TRIAGE, WEEK, a_job, lifecycles, order

LATER = AT + timedelta(hours=1)
COVERED = {"covered": True}


def scheduled(**more: Any) -> Any:
    """Move a job from triage to scheduled."""
    return move(
        a_job("triage"), lifecycles(), "schedule", event_id="e-2", by=TRIAGE, at=LATER, facts=COVERED, **more
    )


def test_a_move_is_recorded_in_full() -> None:
    """
    The event names trigger, actor, both times, both states, the transition, its effects and the rule's hash.
    """
    event = scheduled(recorded_at=LATER + timedelta(minutes=5), note="by phone").event

    assert ("moved", "schedule", TRIAGE, "by phone") == (event.kind, event.name, event.actor, event.note)
    assert (LATER, LATER + timedelta(minutes=5)) == (event.occurred_at, event.recorded_at)
    assert {"lifecycle.work": order().hash} == event.rules
    assert {"transition": "schedule", "effects": ("notify",)} == event.data
    (change,) = event.changes
    assert ("$.states[work]", "triage", "scheduled") == (change.path, change.old["name"], change.new["name"])


def test_the_job_is_what_folding_the_event_gives() -> None:
    """
    The job handed back equals applying the event to the job before.
    """
    before = a_job("triage")

    moved = move(
        before,
        lifecycles(),
        "schedule",
        event_id="e-2",
        by=TRIAGE,
        at=LATER,
        facts=COVERED,
        changes=(FieldChange("$.subject.site", "hall-2", "hall-3"),),
    )

    assert apply(before, moved.event) == moved.job
    assert "hall-3" == moved.job.subject.site


def test_a_state_is_written_as_documents_write_it() -> None:
    """
    The change of state is the wire form of the state values, remembered origin included.
    """
    moved = move(a_job("scheduled"), lifecycles(), "hold", event_id="e", by=PLANNER, at=LATER)

    assert unstructure(a_job("scheduled").state) == moved.event.changes[0].old
    assert unstructure(moved.job.state) == moved.event.changes[0].new
    assert "scheduled" == moved.job.state.resume


def test_a_refused_move_tells_what_asking_tells() -> None:
    """
    Moving raises Refused with the findings of the same question and leaves the job alone.
    """
    job = a_job("triage")
    asked = ask(job, lifecycles(), "schedule", by=DEALER, at=AT)

    with pytest.raises(Refused) as refused:
        move(job, lifecycles(), "schedule", event_id="e", by=DEALER, at=AT)

    assert asked.findings == refused.value.findings
    assert a_job("triage") == job


def test_effects_carry_what_they_ask_for() -> None:
    """
    An effect takes from the move what its `carries` names, and nothing else.
    """
    moved = scheduled(data={"window": "Monday", "secret": "x"})

    assert {"audience": "customer", "carries": ("reason", "window"), "window": "Monday"} == moved.effects[
        0
    ].data
    assert "Monday" == moved.event.data["window"]


def test_acknowledged_warnings_are_recorded() -> None:
    """
    The event names the warnings there were and which of them the actor had seen.
    """
    job = a_job("triage", subject=Subject(asset="press-7"))
    source = "order@1/schedule/notes"

    moved = move(
        job,
        lifecycles(),
        "schedule",
        event_id="e",
        by=TRIAGE,
        at=LATER,
        facts=COVERED,
        acknowledged=[source, "other"],
    )

    assert [source] == list(moved.event.data["warnings"])
    assert [source] == list(moved.event.data["acknowledged"])
    json.dumps(event_document(moved.event))


UNPAID = Template("acme.unpaid", "Invoice {invoice} is unpaid.", "Pay invoice {invoice}.")


def test_other_capabilities_can_object() -> None:
    """
    Findings handed in by a neighbour close the answer and refuse the move like the lifecycle's own.
    """
    unpaid = Finding.of(UNPAID, invoice="R-1")

    answer = ask(a_job("triage"), lifecycles(), "schedule", by=TRIAGE, at=AT, facts=COVERED, also=(unpaid,))

    assert (unpaid,) == answer.findings
    with pytest.raises(Refused, match="R-1 is unpaid"):
        scheduled(also=(unpaid,))


def test_facets_move_side_by_side() -> None:
    """
    A move in one facet leaves the others as they are, and a guard may ask for another facet's state.
    """
    staged = move(
        a_job("scheduled"), lifecycles(), "stage", event_id="e", by=PLANNER, at=LATER, facet="parts"
    ).job
    closed = move(staged, lifecycles(), "finish", event_id="e", by=PLANNER, at=LATER).job

    assert ("scheduled", "staged") == (staged.states["work"].name, staged.states["parts"].name)
    assert ask(staged, lifecycles(), "unstage", by=PLANNER, at=LATER, facet="parts").open
    assert not ask(closed, lifecycles(), "unstage", by=PLANNER, at=LATER, facet="parts").open


def test_an_unknown_facet_is_refused() -> None:
    """
    A facet without a lifecycle, or one the job has no state in, is named with what there is.
    """
    alone = Job(id="J-2", type="repair", states={"work": order().state("draft")})

    with pytest.raises(NotFound, match="there are: parts, work"):
        options(a_job(), lifecycles(), by=PLANNER, at=AT, facet="billing")
    with pytest.raises(NotFound, match="J-2 has no state in the facet parts"):
        options(alone, lifecycles(), by=PLANNER, at=AT, facet="parts")


def test_two_lifecycles_of_one_facet_are_refused() -> None:
    """
    Each facet of a job type is moved by one lifecycle.
    """
    with pytest.raises(Refused, match="both move the facet work"):
        by_facet(order(), order())


def test_an_internal_trigger_is_recorded_without_a_change_of_state() -> None:
    """
    A same-state event exists in the history and carries its reason and its further changes.
    """
    change = FieldChange("$.subject.site", "hall-2", "hall-9")

    moved = move(
        a_job("scheduled"),
        lifecycles(),
        "reschedule",
        event_id="e",
        by=PLANNER,
        at=LATER,
        reason="weather",
        changes=(change,),
    )

    assert (change,) == moved.event.changes
    assert "weather" == moved.event.reason
    assert a_job("scheduled").state == moved.job.state
    assert "hall-9" == moved.job.subject.site


def test_a_history_of_moves_folds_to_the_job() -> None:
    """
    Sealed events of a whole walk fold to the states that the last move handed back.
    """
    job = a_job()
    created = Event(
        id="e-0",
        job_id=job.id,
        kind="created",
        actor=DEALER,
        occurred_at=AT,
        recorded_at=AT,
        changes=opening(job),
    )
    events = [created]
    for number, (trigger, by) in enumerate([("submit", DEALER), ("schedule", TRIAGE), ("finish", PLANNER)]):
        moved = move(job, lifecycles(), trigger, event_id=f"e-{number + 1}", by=by, at=LATER, facts=COVERED)
        job = moved.job
        events.append(moved.event)

    folded = fold(seal(events))

    assert job.states == folded.states
    assert 4 == folded.version


def test_an_observed_state_is_not_judged() -> None:
    """
    Another system's word is recorded as it stands, even where no transition leads.
    """
    seen = observe(a_job("draft"), lifecycles(), "closed", event_id="e", by=PLANNER, at=LATER, name="log")

    assert ("observed", "log") == (seen.event.kind, seen.event.name)
    assert "closed" == seen.job.state.name
    assert apply(a_job("draft"), seen.event) == seen.job


def test_an_unknown_state_cannot_be_observed() -> None:
    """
    Observing a state that the lifecycle does not have is refused.
    """
    with pytest.raises(NotFound, match="vanished"):
        observe(a_job(), lifecycles(), "vanished", event_id="e", by=PLANNER, at=AT)


def test_a_job_begins_in_initial_states_only() -> None:
    """
    The chosen or else the first initial state of each facet; others are refused with the choice.
    """
    begun = initial_states(lifecycles(), at=AT)

    assert {"work": "draft", "parts": "open"} == {facet: state.name for facet, state in begun.items()}
    assert AT == begun["work"].since
    with pytest.raises(Refused, match="cannot begin in closed of lifecycle order"):
        initial_states(lifecycles(), {"work": "closed"})
    with pytest.raises(Refused, match="facet billing"):
        initial_states(lifecycles(), {"billing": "open"})


def test_states_permit_and_forbid_operations() -> None:
    """
    A forbidden operation and one not on the list of permitted ones are refused with the states that allow it.
    """
    assert permits(a_job("scheduled"), lifecycles(), "plan_visit").open
    assert not permits(a_job("draft"), lifecycles(), "plan_visit").open
    assert permits(a_job("on_hold"), lifecycles(), "note").open
    (finding,) = permits(a_job("on_hold"), lifecycles(), "amend").findings
    assert ("lifecycle.state_forbids", "planner") == (finding.code, finding.who)
    assert "draft, triage, scheduled" in finding.unblock


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("$.terms.contract", "lifecycle.read_only"),
        ("$.terms", "lifecycle.read_only"),
        ("$.safety.notes", "lifecycle.hidden"),
        ("$.parts[p1].status", "lifecycle.read_only"),
        ("$.subject.asset", None),
        ("$.work.symptom", None),
    ],
)
def test_field_flags_guard_amendments(path: str, code: str | None) -> None:
    """
    A read-only or hidden value, a part of it, and what contains it do not change; the rest does.
    """
    finding = editable(a_job("scheduled"), lifecycles(), path)

    assert code == (finding and finding.code)


def test_a_nearer_flag_wins() -> None:
    """
    A flag on a part outweighs the flag on the whole.
    """
    data = order().definition.to_data()
    data["states"]["scheduled"]["fields"] = {"job.terms": "read_only", "job.terms.contract": "required"}
    narrow = by_facet(type(order()).load(data))

    assert editable(a_job("scheduled"), narrow, "$.terms.contract") is None
    assert editable(a_job("scheduled"), narrow, "$.terms.tier") is not None


def test_flags_of_all_facets_are_told_together() -> None:
    """
    Every facet's states say what is required, read-only and hidden now.
    """
    flags = field_flags(a_job("scheduled"), lifecycles())

    assert ("required", "read_only") == (flags["job.subject.asset"], flags["job.parts"])


def test_pending_says_what_is_left_and_with_whom() -> None:
    """
    Without naming an asker, roles are no obstacle: what is left is work, by the role that can do it.
    """
    left = pending(a_job("triage", subject=Subject()), lifecycles(), now=AT, calendar=WEEK)

    assert ("triage", "triage") == (left.state.name, left.owner)
    assert ["schedule", "hold", "cancel"] == [answer.subject.trigger for answer in left.options]
    assert {"triage": ["lifecycle.missing_field", "lifecycle.condition_unknown"]} == {
        role: [finding.code for finding in findings] for role, findings in left.left.items()
    }


def test_pending_leaves_out_what_only_gives_the_job_up() -> None:
    """
    What speaks against cancelling or parking is no work that is left, unless there is no other way.
    """
    data = order().definition.to_data()
    (cancel,) = [way for way in data["transitions"] if way["trigger"] == "cancel"]
    cancel["needs"] = ["job.outcome.notes"]
    strict = by_facet(Lifecycle.load(data))
    only = {**data, "transitions": [cancel], "reasons": {}, "facts": {}}

    left = pending(a_job("triage"), strict, now=AT, facts=COVERED, calendar=WEEK)
    stuck = pending(a_job("triage"), by_facet(Lifecycle.load(only)), now=AT, calendar=WEEK)

    assert {} == left.left
    assert ["$.outcome.notes"] == [finding.path for finding in stuck.left["triage"]]


def test_pending_for_someone_tells_their_roles() -> None:
    """
    Asked for a person, options that are not theirs stay closed.
    """
    left = pending(a_job("scheduled"), lifecycles(), now=AT, by=DEALER)

    assert ["lifecycle.role", "lifecycle.reason_missing"] == [
        finding.code for finding in left.options[0].findings
    ]
