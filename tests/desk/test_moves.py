"""Asking and firing: one path for both, and what a move sets off."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.calendars import Calendar
from jobkit.desk import SYSTEM, Desk, Store
from jobkit.errors import NotFound, Refused, RuleFailed, Unavailable
from jobkit.findings import Template
from jobkit.history import FieldChange
from jobkit.lifecycle import Deed, Lifecycle, Migration, Occasion
from jobkit.mappings import FrozenMap
from jobkit.model import PRIMARY, Job
from jobkit.privacy import Redacted
from jobkit.registry import Registry
from tests.desk.building import (
    BENCH,
    BOSS,
    DEALER,
    NOW,
    PLANNER,
    REQUEST,
    TECHNICIAN,
    TRIAGE,
    VISIT,
    approved,
    closed,
    completed,
    is_whole,
    on_bench,
    on_site,
    scheduled,
    seated,
    submitted,
    workshop,
)


def test_fire_raises_exactly_what_ask_tells(desk: Desk) -> None:
    """
    All that speaks against a move is told at once, the same by asking and by trying.
    """
    bare = {"subject": {"customer": "C-1"}}
    job = desk.submit("warranty-repair", bare, by=DEALER, at=NOW, state="submitted").job
    desk.fire(job.id, "take_up", by=TRIAGE, at=NOW)

    answer = desk.ask(job.id, "approve", by=DEALER, at=NOW)
    with pytest.raises(Refused) as refused:
        desk.fire(job.id, "approve", by=DEALER, at=NOW)

    assert answer.findings == refused.value.findings
    assert 5 <= len(answer.findings)


def test_ask_changes_nothing(desk: Desk, store: Store) -> None:
    """
    Asking writes no event, no receipt and no effect, and takes no id from the host.
    """
    job = on_site(desk)
    before = store.feed("").position, store.outbox(""), desk.job(job.id)

    desk.ask(job.id, "no_access", by=TECHNICIAN, at=VISIT.end, reason="site_closed")
    desk.ask_many((job.id,), "start", by=TECHNICIAN, at=VISIT.end)

    assert before == (store.feed("").position, store.outbox(""), desk.job(job.id))


def test_ask_takes_no_id_from_the_host(store: Store, awaited: bool) -> None:
    """
    The host's sources are for what is recorded: a question does not use them up.
    """
    taken: list[str] = []

    def next_id() -> str:
        taken.append("x")
        return f"id-{len(taken)}"

    desk = seated(workshop(), store, awaited=awaited, new_id=next_id)
    job = on_bench(desk)
    before = len(taken)

    desk.ask(job.id, "plan", by=DEALER, at=NOW, values={"$.fields.nurse": "Anna"})

    assert before == len(taken)


def test_fire_sets_values_in_the_same_event(desk: Desk) -> None:
    """
    Fields that a move needs come along with it, and are judged as if they stood there already.
    """
    job = on_site(desk)
    desk.fire(job.id, "start", by=TECHNICIAN, at=VISIT.start)

    done = desk.fire(
        job.id, "complete", by=TECHNICIAN, at=VISIT.end, values={"$.outcome.notes": "Valve replaced."}
    )

    assert ("completed", "Valve replaced.") == (done.job.state.name, done.job.outcome.notes)
    assert "$.outcome.notes" in {change.path for change in done.events[0].changes}


def test_ask_tells_what_is_wrong_with_values(desk: Desk) -> None:
    """
    Values of the wrong shape speak against a move like everything else.
    """
    job = on_site(desk)

    answer = desk.ask(job.id, "start", by=TECHNICIAN, at=VISIT.end, values={"$.work.crew_size": "two"})

    assert ["$.work.crew_size"] == [finding.path for finding in answer.findings]


def test_ask_tells_what_no_event_can_hold(bench: Desk) -> None:
    """
    Data that cannot be sealed is told by asking already, not only at the commit.
    """
    job = on_bench(bench)

    floats = bench.ask(job.id, "finish", by=BOSS, at=NOW, data={"ratio": 1.5})
    large = bench.ask(job.id, "finish", by=BOSS, at=NOW, data={"count": 2**60})

    assert (False, False) == (floats.open, large.open)
    with pytest.raises(Refused):
        bench.fire(job.id, "finish", by=BOSS, at=NOW, data={"ratio": 1.5})


def test_move_in_another_facet(desk: Desk) -> None:
    """
    Each facet of a job moves by its own lifecycle; one that is not there is refused.
    """
    job = closed(desk)

    done = desk.fire(job.id, "propose", by=BOSS, at=VISIT.end, facet="billing")

    assert ("ready", "closed") == (done.job.states["billing"].name, done.job.state.name)
    for verb in (desk.ask, desk.fire):
        with pytest.raises(NotFound) as refused:
            verb(job.id, "propose", by=BOSS, at=NOW, facet="paint")
        assert "lifecycle.no_facet" == refused.value.code


def test_reopen_names_the_closure_that_it_undoes(desk: Desk) -> None:
    """
    Who reopens a job need not know which event closed it: the history does.
    """
    job = closed(desk)
    closing = desk.history(job.id).events[-1]

    done = desk.fire(job.id, "reopen", by=BOSS, at=VISIT.end, reason="fault_returned")

    assert closing.id == done.events[0].data["undoes"]
    assert 1 == done.job.counts["reopened"]
    assert closing.id == done.effects[0].data["undoes"]
    assert is_whole(desk, job.id)


def test_reopen_twice_names_each_closure(desk: Desk) -> None:
    """
    After a second closing, reopening undoes the second one.
    """
    job = closed(desk)
    desk.fire(job.id, "reopen_on_site", by=BOSS, at=VISIT.end, reason="work_incomplete")
    values = {"$.outcome.accepted": True}
    desk.fire(job.id, "complete", by=TECHNICIAN, at=VISIT.end)
    (again,) = desk.fire(job.id, "close", by=BOSS, at=VISIT.end, values=values).events

    done = desk.fire(job.id, "reopen", by=BOSS, at=VISIT.end, reason="fault_returned")

    assert (again.id, 2) == (done.events[0].data["undoes"], done.job.counts["reopened"])


def test_device_says_when_a_move_was(desk: Desk) -> None:
    """
    A claimed time is taken as when the move occurred, within what is possible, and the state counts from it.
    """
    job = on_site(desk)
    claimed, at = VISIT.start + timedelta(minutes=5), VISIT.end

    done = desk.fire(job.id, "start", by=TECHNICIAN, at=at, claimed_at=claimed)
    odd = desk.fire(
        job.id, "hold", by=TECHNICIAN, at=at, reason="parts", claimed_at=NOW - timedelta(days=400)
    )

    (event,) = done.events
    assert (claimed, claimed, at, claimed) == (
        event.occurred_at,
        event.claimed_at,
        event.recorded_at,
        done.job.state.since,
    )
    assert (claimed, ("clock_behind",)) == (odd.events[0].occurred_at, odd.events[0].flags)


def test_callback_spawns_a_linked_job(desk: Desk) -> None:
    """
    A callback opens a job of its own about the same asset, which remembers where it comes from.
    """
    job = closed(desk)

    done = desk.fire(job.id, "call_back", by=DEALER, at=VISIT.end, reason="fault_returned")

    old, new = done.jobs
    assert (job.id, "submitted", job.id, "callback", job.subject.asset) == (
        old.id,
        new.state.name,
        new.links.spawned_from,
        new.links.spawned_because,
        new.subject.asset,
    )
    assert is_whole(desk, new.id)


def test_create_task_effects(bench: Desk) -> None:
    """
    A transition adds the tasks that its rule describes, and one for each recommendation, once.
    """
    recommended = [{"id": "r1", "text": "Check the seals.", "owner": "bob"}, {"id": "r2", "text": "Paint."}]
    job = on_bench(bench, outcome={"recommendations": recommended})

    bench.fire(job.id, "plan", by=BOSS, at=NOW)
    done = bench.fire(job.id, "plan", by=BOSS, at=NOW)

    assert [("call", "dora"), ("recommendation", "bob"), ("recommendation", "dora"), ("call", "dora")] == [
        (task.kind, task.owner) for task in done.job.tasks
    ]
    assert SYSTEM == done.events[-1].actor


def test_fire_effect_goes_on_in_the_same_commit(bench: Desk) -> None:
    """
    A move may set off another one; both are events of one commit, the second by the system.
    """
    job = on_bench(bench)

    done = bench.fire(job.id, "hurry", by=BOSS, at=NOW)

    assert [("hurry", BOSS), ("finish", SYSTEM)] == [(event.name, event.actor) for event in done.events]
    assert "done" == done.job.state.name
    assert is_whole(bench, job.id)


def test_unknown_internal_effect_is_told_by_the_event(bench: Desk) -> None:
    """
    An internal effect that nobody here carries out stands in the event, for whoever reads it.
    """
    job = on_bench(bench)

    done = bench.fire(job.id, "hurry", by=BOSS, at=NOW)

    assert "polish" in done.events[0].data["effects"]
    assert ["thank"] == [effect.name for effect in done.effects]


@pytest.mark.parametrize(
    ("trigger", "code"),
    [
        ("spin", "desk.too_deep"),
        ("trip", "lifecycle.wrong_state"),
        ("stray", "lifecycle.no_facet"),
        ("misspawn", "catalog.unknown_type"),
        ("misplan", "documents.wrong_type"),
        ("plan_never", "durations.unreadable"),
        ("plan_late", "desk.task_calendar"),
    ],
)
def test_effect_that_cannot_be_carried_out_refuses_the_move(bench: Desk, trigger: str, code: str) -> None:
    """
    A move whose effects loop, lead nowhere or make no sense is refused as a whole, and asking knows it.
    """
    job = on_bench(bench)

    answer = bench.ask(job.id, trigger, by=BOSS, at=NOW)
    with pytest.raises(Refused) as refused:
        bench.fire(job.id, trigger, by=BOSS, at=NOW)

    assert [code] == [finding.code for finding in answer.findings]
    assert answer.findings == refused.value.findings
    assert job == bench.job(job.id)


def test_made_task_is_due_and_can_be_activated(desk: Desk) -> None:
    """
    A task that a move makes is due as its rule says, so that it is no invisible work and can be made active.
    """
    job = approved(desk)
    slot = job.tasks[-1]

    done = desk.activate_task(job.id, slot.id, by=PLANNER, at=NOW)

    assert ("schedule_slot", NOW + timedelta(days=3)) == (slot.kind, slot.due)
    assert "active" == done.job.tasks[-1].status


def test_made_task_is_due_in_working_time(store: Store) -> None:
    """
    With a calendar, a task may be due after working time: nine hours from eight end on the next day.
    """
    catalog = attrs.evolve(workshop(), calendar=Calendar(zone="UTC", weekly={"mon-fri": "08:00-16:00"}))
    bench = Desk(catalog, store)
    job = on_bench(bench)

    (task,) = bench.fire(job.id, "plan_late", by=BOSS, at=NOW).job.tasks

    assert datetime(2026, 3, 11, 9, tzinfo=UTC) == task.due


def test_private_values_stay_out_of_effects(bench: Desk) -> None:
    """
    What an effect carries along goes to the outbox without private values; the event keeps them hidden.
    """
    job = on_bench(bench)
    who = {
        "name": Redacted("Frieda Berg", salt="00" * 16),
        "role": "site",
        "more": [Redacted("x", salt="01")],
    }

    done = bench.fire(job.id, "finish", by=BOSS, at=NOW, data={"who": who})

    (effect,) = done.effects
    assert {"role": "site", "more": []} == effect.data["who"]
    assert job.id == effect.data["job"]
    assert bench.outbox() == done.effects


NO_WEATHER = Template("tests.no_weather", "The weather is not to be had.", "Ask again later.")


def stamp(job: Job, occasion: Occasion) -> Deed:
    """Put a stamp on the job."""
    change = FieldChange("$.fields.stamp", None, "seen")
    return Deed(changes=(change,), data=FrozenMap(stamped=True))


def test_host_deed_is_done_with_the_move(store: Store, awaited: bool) -> None:
    """
    A deed that the host registered changes the job in the same event.
    """
    registry = Registry.of(deed={"acme.stamp": stamp})
    desk = seated(workshop(registry), store, awaited=awaited)
    job = on_bench(desk)

    done = desk.fire(job.id, "handle", by=BOSS, at=NOW)

    assert ("seen", True) == (done.job.fields["stamp"], done.events[0].data["stamped"])
    assert is_whole(desk, job.id)


def test_host_callables_fail_under_their_names(store: Store, awaited: bool) -> None:
    """
    What a host's deed or fact provider raises comes back as an error of ours that names it.
    """

    def broken(*given: object) -> Any:
        raise KeyError("x")

    deed = seated(workshop(Registry.of(deed={"acme.stamp": broken})), store, awaited=awaited)
    fact = seated(workshop(Registry.of(facts={"weather": broken})), store, awaited=awaited)
    job = on_bench(deed)

    with pytest.raises((RuleFailed, Refused)) as stamped:
        deed.fire(job.id, "handle", by=BOSS, at=NOW)
    with pytest.raises(RuleFailed) as asked:
        fact.ask(job.id, "begin", by=BOSS, at=NOW)

    assert "acme.stamp" in stamped.value.message
    assert "weather" in asked.value.message


def test_host_facts_reach_guards(store: Store, awaited: bool) -> None:
    """
    A guard may name what the host knows; when the host cannot tell, that is said as such.
    """
    guard = {"id": "dry", "when": "host.dry == True", "message": "It rains.", "unblock": "Wait."}
    rule = {"trigger": "paint", "from": "open", "to": "busy", "guards": [guard]}
    changes = {"facts": {"host.dry": "bool"}, "transitions": [*BENCH["transitions"], rule]}
    weather = {"dry": False}

    def told(job: Job) -> Mapping[str, bool]:
        if not weather:
            raise Unavailable.of(NO_WEATHER)
        return weather

    desk = seated(workshop(Registry.of(facts={"host": told}), changes), store, awaited=awaited)
    job = on_bench(desk)
    wet = desk.ask(job.id, "paint", by=BOSS, at=NOW)
    weather["dry"] = True
    dry = desk.ask(job.id, "paint", by=BOSS, at=NOW)
    weather.clear()

    assert (["It rains."], True) == ([finding.message for finding in wet.findings], dry.open)
    with pytest.raises(Unavailable):
        desk.ask(job.id, "paint", by=BOSS, at=NOW)


def test_warnings_may_be_acknowledged(store: Store, awaited: bool) -> None:
    """
    What only warns does not block; that it was seen is on record.
    """
    guard = {"id": "named", "when": "known(job.links.number)", "severity": "warn"}
    rule = {"trigger": "paint", "from": "open", "to": "busy", "guards": [guard]}
    changes = {"transitions": [*BENCH["transitions"], rule]}
    desk = seated(workshop(changes=changes), store, awaited=awaited)
    job = on_bench(desk)

    answer = desk.ask(job.id, "paint", by=BOSS, at=NOW)
    (warning,) = answer.warnings
    done = desk.fire(job.id, "paint", by=BOSS, at=NOW, acknowledged=(warning.code,))

    assert answer.open
    assert (warning.source,) == tuple(done.events[0].data["acknowledged"])


def test_ask_many_asks_about_each(desk: Desk) -> None:
    """
    One question about several jobs has an answer for each; unknown ids are refused together.
    """
    first, second = submitted(desk), scheduled(desk)

    answers = desk.ask_many((first.id, second.id, first.id), "submit", by=DEALER, at=NOW)

    assert {first.id: True, second.id: False} == {id: answer.open for id, answer in answers.items()}
    with pytest.raises(NotFound) as refused:
        desk.ask_many(("J-8", "J-9"), "submit", by=DEALER, at=NOW)
    assert ["J-8", "J-9"] == refused.value.first.params["job"]


def test_migrate_pins_a_job_to_the_present_rules(store: Store, awaited: bool) -> None:
    """
    A job follows the rules it is pinned to, out of the archive, until a recorded migration moves it on.
    """
    old = seated(workshop(), store, awaited=awaited)
    job = on_bench(old)
    old.fire(job.id, "begin", by=BOSS, at=NOW)
    states = {**BENCH["states"], "working": {"category": "active"}}
    del states["busy"]
    text = json.dumps(BENCH["transitions"]).replace("busy", "working")
    changes = {"version": "2", "states": states, "transitions": json.loads(text)}
    new = seated(workshop(changes=changes), store, awaited=awaited)
    before, after = (desk_rules(workshop(changes=each)) for each in ({}, changes))

    pinned = new.ask(job.id, "finish", by=BOSS, at=NOW)
    migration = Migration(
        from_hash=before.hash, to_hash=after.hash, mapping={"busy": "working"}, reason="new"
    )
    done = new.migrate(job.id, migration, by=BOSS, at=NOW, command_key="m")
    again = new.migrate(job.id, migration, by=BOSS, at=NOW, command_key="m")

    assert pinned.open
    assert ("working", after.hash, "migrated") == (
        done.job.state.name,
        done.job.pins[PRIMARY],
        done.events[0].kind,
    )
    assert again.repeated
    assert is_whole(new, job.id)
    with pytest.raises(Refused):
        new.migrate(job.id, migration, by=BOSS, at=NOW)
    with pytest.raises(NotFound) as refused:
        new.migrate(job.id, migration, by=BOSS, at=NOW, facet="paint")
    assert "desk.no_lifecycle" == refused.value.code


def desk_rules(catalog: Any) -> Lifecycle:
    """Return the bench lifecycle of a catalog."""
    found: Lifecycle = catalog.rules("bench").lifecycles[PRIMARY]
    return found


def test_unarchived_rules_are_missed(store: Store, awaited: bool) -> None:
    """
    A job pinned to rules that nobody has any more says so, and names them.
    """
    desk = seated(workshop(), store, awaited=awaited)
    job = on_bench(desk)
    other = seated(workshop(changes={"version": "2"}), Forgetful(store), awaited=awaited)

    with pytest.raises(NotFound) as refused:
        other.ask(job.id, "begin", by=BOSS, at=NOW)

    assert "desk.no_rules" == refused.value.code


class Forgetful:
    """A store whose archive is lost."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:
        return (lambda digest: None) if name == "rule" else getattr(self.store, name)


def test_pending_readiness_and_flags(desk: Desk) -> None:
    """
    Three views of one job: what is left with whom, what the technician lacks, and what is late.
    """
    job = scheduled(desk)
    late: datetime = VISIT.end + timedelta(hours=1)

    work, parts, billing = desk.pending(job.id, at=NOW)
    lacking = desk.readiness(job.id, NOW).subject.lacking
    up = desk.flags(job.id, late)

    assert ("work", "scheduled", "dispatcher") == (work.facet, work.state.name, work.owner)
    assert ("parts", "billing") == (parts.facet, billing.facet)
    assert "crew" in lacking
    assert ["delayed"] == [flag.name for flag in up]


def test_whole_life_is_whole(desk: Desk) -> None:
    """
    From request to closed, the stored job is what its history makes, and the history verifies.
    """
    job = closed(desk)

    assert ("closed", False) == (job.state.name, job.is_open)
    assert is_whole(desk, job.id)
    assert completed(desk, subject={**REQUEST["subject"], "asset": "EX-78"}).is_open
