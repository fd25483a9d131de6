"""Promises of the gate: nothing is approved while package, verdicts or twins are open, on any path."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import attrs
import pytest

from jobkit.catalog import Catalog
from jobkit.desk import Desk, Logged, LoggedCase, Store
from jobkit.errors import Refused
from jobkit.history import Event, EventSet, FieldChange, verify
from jobkit.lifecycle import Lifecycle, Migration
from jobkit.model import Actor, Window
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole, seated
from tests.desk.gated import (
    CALLER,
    COMPLETE,
    DAY,
    HOUR,
    NOW,
    SENSOR,
    TINA,
    WORK,
    approved,
    complete,
    inside,
    judged,
    service,
    sneaked,
    told,
)

OPEN_POINTS = {"requirements.missing", "intake.no_verdict"}


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small service with a gate."""
    return seated(service(), store, awaited=awaited)


@pytest.fixture
def plain() -> Desk:
    """Return the same desk in memory."""
    return Desk(service(), MemoryStore())


def codes(refused: Refused) -> set[str]:
    """Return what is said against something."""
    return {finding.code for finding in refused.findings}


def test_ask_tells_everything_at_once(desk: Desk) -> None:
    """
    Package and verdicts are told together, and doing raises exactly what asking tells.
    """
    told(desk)

    answer = desk.ask("J", "approve", by=TINA, at=NOW)
    with pytest.raises(Refused) as refused:
        desk.fire("J", "approve", by=TINA, at=NOW)

    assert [
        ("requirements.missing", "$.subject.asset"),
        ("requirements.missing", "$.work.symptom"),
        ("intake.no_verdict", "$.triage.verdicts[ownership]"),
        ("intake.no_verdict", "$.triage.verdicts[entitlement]"),
    ] == [(finding.code, finding.path) for finding in answer.findings]
    assert answer.findings == refused.value.findings


def with_work(catalog: Catalog, work: Mapping[str, Any]) -> Catalog:
    """Return the catalog with another lifecycle of work, and the one before among the earlier ones."""
    repair = catalog.types["repair"]
    before = repair.lifecycles["work"]
    lifecycles = {**repair.lifecycles, "work": Lifecycle.load(work)}
    types = {"repair": attrs.evolve(repair, lifecycles=lifecycles)}
    return attrs.evolve(catalog, types=types, earlier={before.hash: before})


def test_ask_tells_the_gate_beside_the_lifecycle() -> None:
    """
    What the transition lacks and what the gate asks are told in one answer.
    """
    strict = {"trigger": "approve", "from": "triage", "to": "approved", "needs": ["job.subject.site"]}
    others = [each for each in WORK["transitions"] if each["trigger"] != "approve"]
    desk = Desk(with_work(service(), {**WORK, "transitions": [*others, strict]}), MemoryStore())
    told(desk)

    answer = desk.ask("J", "approve", by=TINA, at=NOW)

    assert {"lifecycle.missing_field", *OPEN_POINTS} == {finding.code for finding in answer.findings}


def test_complete_job_passes_and_says_so(desk: Desk) -> None:
    """
    What is complete and judged passes; when, and by which rules, is recorded in an event of its own.
    """
    job = approved(desk)

    *_, passed = desk.history("J").events
    rules = service().intake
    assert NOW == job.triage.passed
    assert ("triaged", "passed") == (passed.kind, passed.name)
    assert rules is not None
    assert rules.digest == passed.rules["intake"]
    assert is_whole(desk, "J")


def test_rules_that_were_asked_are_kept(store: Store) -> None:
    """
    The text of all rules that judged a job is in the archive under the hash that its history names.
    """
    desk = Desk(service(), store)
    approved(desk)

    desk.submit("repair", COMPLETE, by=CALLER, at=NOW, state="triage", job_id="K")
    desk.alarm("EX-78", "E-TEMP", by=SENSOR, at=NOW)
    named = {
        name: digest
        for job in ("J", "K", desk.on_asset("EX-78")[0].id)
        for event in desk.history(job).events
        for name, digest in event.rules.items()
    }

    assert {"intake", "duplicates", "telemetry"} < named.keys()
    assert all(store.rule(digest) for digest in named.values())


def test_customer_is_told_once(plain: Desk) -> None:
    """
    Passing sends one notice over the job's channel; what comes after sends none.
    """
    plain.submit(
        "repair", {**COMPLETE, "terms": {"channel": "portal"}}, by=CALLER, at=NOW, state="triage", job_id="J"
    )
    judged(plain)
    plain.fire("J", "approve", by=TINA, at=NOW)
    for trigger in ("hold", "replan", "book"):
        plain.fire("J", trigger, by=TINA, at=NOW)

    assert [("triage_complete", "portal")] == [
        (effect.data["about"], effect.data["channel"]) for effect in plain.outbox()
    ]


def test_second_passage_is_told_anew(plain: Desk) -> None:
    """
    A job sent back to triage has to pass again, and the customer is told again.
    """
    approved(plain)
    back = plain.fire("J", "back", by=TINA, at=NOW + HOUR).job
    plain.judge("J", "ownership", "unavailable", by=TINA, at=NOW + HOUR, reason="sold last week")

    assert back.triage.passed is None
    with pytest.raises(Refused) as refused:
        plain.fire("J", "approve", by=TINA, at=NOW + 2 * HOUR)
    judged(plain, at=NOW + 2 * HOUR)
    again = plain.fire("J", "approve", by=TINA, at=NOW + 3 * HOUR).job

    assert {"intake.verdict_unavailable"} == codes(refused.value)
    assert NOW + 3 * HOUR == again.triage.passed
    assert 2 == sum(effect.data["about"] == "triage_complete" for effect in plain.outbox())


@pytest.mark.parametrize("trigger", ["approve", "leap", "skip", "nudge"])
def test_no_transition_leads_past_it(desk: Desk, trigger: str) -> None:
    """
    Whatever a transition is called and wherever it leads, also by what it sets off, the gate is asked.
    """
    told(desk)

    with pytest.raises(Refused) as refused:
        desk.fire("J", trigger, by=TINA, at=NOW)

    assert codes(refused.value) >= OPEN_POINTS
    assert not inside(desk)


@pytest.mark.parametrize("state", ["approved", "booked"])
def test_nothing_is_born_behind_it(desk: Desk, state: str) -> None:
    """
    A job cannot begin behind the gate unless it could have passed.
    """
    with pytest.raises(Refused) as refused:
        told(desk, state=state)

    assert codes(refused.value) == OPEN_POINTS


def test_other_facets_set_off_nothing_more(desk: Desk) -> None:
    """
    A move of another facet that sets off an approval is refused as a whole.
    """
    told(desk)

    with pytest.raises(Refused) as refused:
        desk.fire("J", "stage", by=TINA, at=NOW, facet="parts")

    assert codes(refused.value) >= OPEN_POINTS
    assert "unknown" == desk.job("J").states["parts"].name


def test_values_of_a_move_count(desk: Desk) -> None:
    """
    What is missing may be brought along by the move itself, and asking with the values says so.
    """
    told(desk)
    judged(desk)
    values = {"$.subject.asset": "EX-77", "$.work.symptom": "leak"}

    assert not desk.ask("J", "approve", by=TINA, at=NOW).open
    assert desk.ask("J", "approve", by=TINA, at=NOW, values=values).open
    assert "approved" == desk.fire("J", "approve", by=TINA, at=NOW, values=values).job.state.name


def test_spawned_jobs_begin_before_it(desk: Desk) -> None:
    """
    What a move spawns may begin in triage; behind the gate it may not, for no person decided it.
    """
    approved(desk)

    with pytest.raises(Refused) as refused:
        desk.fire("J", "split", by=TINA, at=NOW)
    born = desk.fire("J", "follow_up", by=TINA, at=NOW).jobs[1]

    assert {"desk.machine_past_draft", *OPEN_POINTS} <= codes(refused.value) | {"requirements.missing"}
    assert "triage" == born.state.name


def test_time_leads_nobody_past_it(desk: Desk) -> None:
    """
    A due move that the gate refuses is told, and other jobs are moved all the same.
    """
    told(desk)
    told(desk, "D", state="draft")

    done = desk.advance(NOW + 3 * DAY)

    assert {*OPEN_POINTS, "desk.machine_past_draft"} == {finding.code for finding in done.findings}
    assert not inside(desk)
    assert not desk.advance(NOW + 4 * DAY).done


def test_waiting_is_no_way_around(desk: Desk) -> None:
    """
    An incomplete job may wait and come back; from waiting it gets no further than from triage.
    """
    told(desk)
    desk.fire("J", "hold", by=TINA, at=NOW)

    with pytest.raises(Refused) as refused:
        desk.fire("J", "replan", by=TINA, at=NOW)
    resumed = desk.fire("J", "resume", by=TINA, at=NOW).job

    assert codes(refused.value) == OPEN_POINTS
    assert "triage" == resumed.state.name


@pytest.mark.parametrize("trigger", ["reopen", "reopen_at_work"])
def test_end_is_no_way_around(desk: Desk, trigger: str) -> None:
    """
    A job that ended in triage never passed: reopening it asks what approving it would have asked.
    """
    told(desk)
    desk.fire("J", "reject", by=TINA, at=NOW)

    with pytest.raises(Refused) as refused:
        desk.fire("J", trigger, by=TINA, at=NOW)

    assert codes(refused.value) == OPEN_POINTS


def test_passed_job_is_reopened_without_asking_again(desk: Desk) -> None:
    """
    What passed once is not asked for what it had when it comes back from an end.
    """
    approved(desk)
    desk.fire("J", "close", by=TINA, at=NOW)

    assert "approved" == desk.fire("J", "reopen", by=TINA, at=NOW + DAY).job.state.name


def test_migration_is_no_way_around(plain: Desk) -> None:
    """
    Another version of the rules, in which triage is something else, does not approve what is in it.
    """
    told(plain)
    states = {**WORK["states"], "triage": {"category": "open", "initial": True}}
    catalog = with_work(service(), {**WORK, "version": "2", "states": states})
    (before,) = catalog.earlier
    moved = Desk(catalog, plain.store)
    later = catalog.types["repair"].lifecycles["work"].hash
    migration = Migration(from_hash=before, to_hash=later, mapping={"triage": "triage"})

    with pytest.raises(Refused) as refused:
        moved.migrate("J", migration, by=TINA, at=NOW)

    assert codes(refused.value) == OPEN_POINTS


def adopted(desk: Desk, **more: Any) -> Any:
    """Adopt a job that another system had approved."""
    job = {"id": "J", "type": "repair", "states": {"work": "booked"}, **more}
    return desk.adopt(job, by=TINA, at=NOW, since=NOW - DAY, evidence="old system")


def test_adopted_job_is_asked_as_well(desk: Desk) -> None:
    """
    What another system approved is asked like everything else, unless the rules trust it.
    """
    with pytest.raises(Refused) as refused:
        adopted(desk)

    assert codes(refused.value) == OPEN_POINTS


@pytest.mark.parametrize(
    "triage",
    [
        {"passed": "2026-03-09T08:00:00Z"},
        {"verdicts": [{"id": "ownership", "status": "passed", "by": "x", "at": "2026-03-09T08:00:00Z"}]},
        {"suspects": [{"id": "K", "score": "9", "band": "ask", "found": "2026-03-09T08:00:00Z"}]},
    ],
)
@pytest.mark.parametrize("state", ["draft", "triage", "held", "closed"])
def test_adopted_job_brings_no_triage_along(plain: Desk, triage: dict[str, Any], state: str) -> None:
    """
    That a job passed, was judged or compared is found out here, and not told by whoever brings it.
    """
    with pytest.raises(Refused) as refused:
        adopted(plain, states={"work": state}, triage=triage)

    assert {"desk.not_given"} == codes(refused.value)


def test_trusted_adoption_is_recorded(store: Store) -> None:
    """
    Where the rules trust other systems, the job is taken in, its history says so, and no notice is sent.
    """
    desk = Desk(service({"adopted": "trusted"}), store)

    job = adopted(desk).job

    assert NOW == job.triage.passed
    assert ("triaged", "trusted") == (desk.history("J").events[-1].kind, desk.history("J").events[-1].name)
    assert not desk.outbox()
    assert is_whole(desk, "J")


def test_replayed_log_is_asked_as_well(plain: Desk) -> None:
    """
    Replaying a log does not approve what never was complete, whatever was observed.
    """
    rows = (
        Logged(1, NOW, "triage", CALLER),
        Logged(2, NOW + HOUR, "approved", CALLER),
        Logged(3, NOW + DAY, "closed", CALLER),
    )

    with pytest.raises(Refused) as refused:
        plain.replay([LoggedCase("J", "repair", rows)], at=NOW + DAY)

    assert codes(refused.value) == OPEN_POINTS


def test_trusted_log_is_replayed() -> None:
    """
    Where the rules trust other systems, a log is replayed as it stands.
    """
    desk = Desk(service({"adopted": "trusted"}), MemoryStore())
    rows = (Logged(1, NOW, "triage", CALLER), Logged(2, NOW + HOUR, "approved", CALLER))

    done = desk.replay([LoggedCase("J", "repair", rows)], at=NOW + DAY).done

    assert "approved" == done.job.state.name
    assert verify(desk.history("J").events).ok


def test_device_leads_nobody_past_it(desk: Desk) -> None:
    """
    A move that a device recorded on its own is kept as a fact with every reason, and moves nothing.
    """
    told(desk)
    head = desk.history("J").head
    state = {"name": "approved", "category": "open", "since": "2026-03-10T09:00:00.000000Z"}
    change = FieldChange("$.states[work]", None, state)
    event = Event(
        id="d1",
        job_id="J",
        kind="moved",
        name="approve",
        actor=TINA,
        occurred_at=NOW + HOUR,
        recorded_at=NOW + HOUR,
        changes=(change,),
    )

    received = desk.receive("J", [EventSet(origin="tablet", events=(event,), base=head)], at=NOW + DAY)

    assert {*OPEN_POINTS} == {finding.code for each in received.rejected for finding in each.findings}
    assert not inside(desk)


def test_machine_never_gets_past_draft(desk: Desk) -> None:
    """
    A machine may open a draft and end it; moving it on, or opening it further along, is a person's.
    """
    draft = desk.submit("repair", COMPLETE, by=SENSOR, at=NOW, state="draft", job_id="J")

    with pytest.raises(Refused) as moved:
        desk.fire("J", "take_up", by=SENSOR, at=NOW)
    with pytest.raises(Refused) as born:
        desk.submit("repair", COMPLETE, by=SENSOR, at=NOW, state="triage")

    assert {"desk.machine_past_draft"} == codes(moved.value) == codes(born.value)
    assert "draft" == draft.job.state.name
    assert "rejected" == desk.fire("J", "reject", by=SENSOR, at=NOW).job.state.name


def test_machine_never_approves(desk: Desk) -> None:
    """
    Complete or not, approving is a person's word.
    """
    complete(desk)

    with pytest.raises(Refused) as refused:
        desk.fire("J", "approve", by=Actor(id="bot", role="system"), at=NOW)

    assert {"desk.machine_past_draft"} == codes(refused.value)


def test_undecided_twin_keeps_it_shut(desk: Desk) -> None:
    """
    A job that may be the same as another one waits until somebody has said whether it is.
    """
    approved(desk)
    complete(desk, "K")

    answer = desk.ask("K", "approve", by=TINA, at=NOW)
    desk.decide_twin("K", "J", "different", by=TINA, at=NOW, reason="another fault")

    assert ["desk.undecided_twin"] == [finding.code for finding in answer.findings]
    assert desk.ask("K", "approve", by=TINA, at=NOW).open


def test_born_twin_keeps_it_shut(desk: Desk) -> None:
    """
    A birth behind the gate is looked at for twins before it counts as born.
    """
    catalog = service({"topics": [], "packages": []})
    bare = seated(catalog, MemoryStore())
    told(bare, subject={"asset": "EX-77"})

    with pytest.raises(Refused) as refused:
        told(bare, "K", "approved", subject={"asset": "EX-77"})

    assert {"desk.undecided_twin"} == {finding.code for finding in refused.value.findings if finding.blocks}


STATUS = "$.terms.entitlement.status"


def refused_by_verdict(desk: Desk) -> None:
    """Let triage refuse the entitlement."""
    desk.judge("J", "entitlement", "refused", by=TINA, at=NOW, reason="contract lapsed")


def refused_by_terms(desk: Desk) -> None:
    """Let the terms say that nothing is covered."""
    desk.amend("J", {STATUS: "refused"}, by=TINA, at=NOW)


def waiting_in_terms(desk: Desk) -> None:
    """Let the terms say that nobody could find out."""
    desk.amend("J", {STATUS: "unavailable"}, by=TINA, at=NOW)


@pytest.mark.parametrize("settle", [refused_by_verdict, refused_by_terms, waiting_in_terms])
@pytest.mark.parametrize("way", [("book",), ("hold", "replan", "book"), ("close", "reopen_at_work")])
def test_refused_entitlement_never_reaches_scheduled(
    plain: Desk, settle: Callable[[Desk], None], way: tuple[str, ...]
) -> None:
    """
    However late it comes out, and by whatever way, what is not entitled is neither scheduled nor worked on.
    """
    approved(plain)
    settle(plain)

    *before, last = way
    for trigger in before:
        plain.fire("J", trigger, by=TINA, at=NOW)
    with pytest.raises(Refused) as refused:
        plain.fire("J", last, by=TINA, at=NOW)

    assert codes(refused.value) <= {"intake.barred", "desk.not_entitled"}
    assert plain.job("J").state.category not in ("scheduled", "active")


def test_refused_entitlement_is_not_taken_away(plain: Desk) -> None:
    """
    A refusal is answered by another status; leaving it out is no answer.
    """
    approved(plain)
    refused_by_terms(plain)

    with pytest.raises(Refused) as refused:
        plain.amend("J", {STATUS: None}, by=TINA, at=NOW)
    plain.amend("J", {STATUS: "covered"}, by=TINA, at=NOW)

    assert {"desk.entitlement_taken_away"} == codes(refused.value)
    assert "booked" == plain.fire("J", "book", by=TINA, at=NOW).job.state.name


@pytest.mark.parametrize("field", ["promised", "planned", "confirmed"])
def test_nothing_is_promised_before_it(plain: Desk, field: str) -> None:
    """
    A window that is promised, planned or confirmed before approval is refused at once, whoever sets it.
    """
    window = {"start": "2026-03-12T08:00:00Z", "end": "2026-03-12T10:00:00Z"}
    visits = [{"id": "v1", field: window}]

    with pytest.raises(Refused) as refused:
        plain.adopt(
            {"type": "repair", "states": {"work": "triage"}, "visits": visits},
            by=TINA,
            at=NOW,
            since=NOW,
            evidence="mail",
        )

    assert "desk.planned_before_approval" in codes(refused.value)


def test_wish_is_taken_before_it(plain: Desk) -> None:
    """
    What the customer wishes is no promise, and approved work is planned freely.
    """
    window = {"start": "2026-03-12T08:00:00Z", "end": "2026-03-12T10:00:00Z"}
    told(plain, terms={"requested": window})
    approved(plain, "K", "EX-78")

    planned = plain.plan_visit("K", Window(NOW + DAY, NOW + DAY + HOUR), by=TINA, at=NOW).job

    assert plain.job("J").terms.requested is not None
    assert planned.visits[0].planned is not None


def test_catalog_without_rules_has_no_gate(plain: Desk) -> None:
    """
    Without rules of intake and twins every lifecycle leads where it leads, and nothing is recorded beside.
    """
    desk = Desk(service().without_intake(), MemoryStore())

    job = told(desk, state="booked")

    assert job.triage.passed is None
    assert 1 == len(desk.history("J").events)


def test_work_from_before_the_gate_goes_on(store: Store) -> None:
    """
    A job that was approved before its catalog had a gate is not sent back by it.
    """
    told(Desk(service().without_intake(), store), state="approved")
    desk = Desk(service(), store)

    assert "booked" == desk.fire("J", "book", by=TINA, at=NOW + timedelta(days=1)).job.state.name
    assert ("J",) == sneaked(desk)
