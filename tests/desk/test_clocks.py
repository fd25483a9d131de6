"""Clocks on a desk: carried, woken, told once, folded anew for late words, and explained."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from jobkit.desk import Desk, Logged, LoggedCase, Received, Store
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.history import Event, EventSet, FieldChange, Head, fold
from jobkit.model import Job
from tests.desk.building import BENCH, BOSS, DEALER, NOW, TECHNICIAN, is_whole, on_bench, seated
from tests.desk.clocks import DONE, DUE, HALF, HOUR, REPLY, promised, promising, told

GOLD: Mapping[str, Any] = {"terms": {"tier": "gold"}}


@pytest.fixture
def shop(store: Store, awaited: bool) -> Desk:
    """Return a desk of the workshop that promises something."""
    return promised(store, awaited)


def late(desk: Desk, job: Job, at: datetime, now: datetime, tier: str = "gold") -> None:
    """Let a device tell that the tier was another one earlier."""
    assert sent(desk, job, FieldChange("$.terms.tier", None, tier), at, now).applied


def sent(desk: Desk, job: Job, change: FieldChange, at: datetime, now: datetime) -> Received:
    """Let a device that knew the job from the beginning send an amendment."""
    event = Event(
        id="dev-1",
        job_id=job.id,
        kind="amended",
        actor=TECHNICIAN,
        origin="tablet",
        origin_seq=1,
        occurred_at=at,
        recorded_at=at,
        changes=(change,),
    )
    first = desk.history(job.id).events[0]
    base = Head(job.id, first.seq, first.hash)
    return desk.receive(job.id, [EventSet(origin="tablet", events=(event,), base=base)], at=now)


def test_due_tells_the_exact_next_instants(shop: Desk) -> None:
    """
    A warning rings at half the target, the breach at its end, and nothing in between.
    """
    job = on_bench(shop)

    names = [(each.name, each.at) for each in shop.due(DUE + 24 * HOUR) if each.kind == "clock"]
    shop.advance(HALF)
    then = [(each.name, each.at) for each in shop.due(DUE) if each.kind == "clock"]

    assert ("reply.half", HALF) in names
    assert () == tuple(each for each in shop.due(HALF) if each.kind == "clock")
    assert [("reply.breached", DUE)] == then
    assert is_whole(shop, job.id)


def test_points_are_told_when_time_is_looked_at(shop: Desk) -> None:
    """
    Each point becomes an event at its own instant and an effect that says which promise it is about.
    """
    job = on_bench(shop)

    shop.advance(HALF)
    shop.advance(HALF)
    shop.advance(DUE)
    shop.advance(DUE)

    effects = {effect.name: effect.data for effect in shop.outbox()}
    assert [("reply.half", HALF), ("reply.breached", DUE)] == told(shop, job.id)
    assert {"remind", "escalate"} == set(effects)
    assert {
        "clock": "reply",
        "point": "half",
        "label": "First reply",
        "cycle": 1,
        "target": "8h",
        "due": "2026-03-10T16:00:00.000000Z",
        "at": "2026-03-10T12:00:00.000000Z",
        "job": job.id,
    } == effects["remind"]


def test_late_look_tells_the_same_once(shop: Desk) -> None:
    """
    Looking days late tells the points at the instants at which they were reached, and never again.
    """
    job = on_bench(shop)

    shop.advance(DUE + timedelta(days=9))
    shop.advance(DUE + timedelta(days=10))

    reply = [point for point in told(shop, job.id) if point[0].startswith("reply")]
    assert [("reply.half", HALF), ("reply.breached", DUE)] == reply


def test_deed_that_comes_first_tells_what_it_comes_upon(shop: Desk) -> None:
    """
    A point that nobody looked at is told by the next command, before what that command does.
    """
    job = on_bench(shop)

    done = shop.fire(job.id, "begin", by=BOSS, at=HALF + HOUR)
    shop.advance(DUE + HOUR)

    assert [("clock", HALF), ("moved", HALF + HOUR)] == [
        (each.kind, each.occurred_at) for each in done.events
    ]
    assert ["remind"] == [effect.name for effect in done.effects]
    assert [("reply.half", HALF)] == told(shop, job.id)


def test_stop_at_exactly_the_due_instant_keeps_the_promise(shop: Desk) -> None:
    """
    A clock that stops at its due instant is met, and no breach is told.
    """
    job = on_bench(shop)

    shop.fire(job.id, "begin", by=BOSS, at=DUE)

    assert "met" == shop.clock(job.id, "reply", DUE + HOUR).state
    assert [("reply.half", HALF)] == told(shop, job.id)


def test_clocks_are_carried_and_not_recorded(shop: Desk) -> None:
    """
    A job carries its clocks in the store; no event holds them, and its history folds to the same job.
    """
    job = on_bench(shop)
    events = shop.history(job.id).events

    assert {"reply", "done"} == set(shop.job(job.id).clocks)
    assert shop.job(job.id).clocks == job.clocks
    assert job == fold(events)
    assert {} == dict(fold(events).clocks)
    assert not [change for event in events for change in event.changes if "clocks" in change.path]


def test_type_may_name_its_milestones(shop: Desk) -> None:
    """
    A job type that names milestones has the clocks of those alone.
    """
    job = shop.submit("polish", by=DEALER, at=NOW).job

    assert ["done"] == list(job.clocks)
    with pytest.raises(NotFound) as refused:
        shop.clock(job.id, "reply", NOW)
    assert "desk.no_clock" == refused.value.code


def test_clocks_are_nobodys_to_give(shop: Desk) -> None:
    """
    What a job carries of its clocks follows from its history, whatever a caller tells.
    """
    job = on_bench(shop)

    with pytest.raises(Invalid) as given:
        shop.submit("polish", {"clocks": {}}, by=DEALER, at=NOW)
    with pytest.raises(Refused) as amended:
        shop.amend(job.id, {"$.clocks[reply]": {"phase": "met"}}, by=BOSS, at=NOW)

    assert ("desk.not_given", "desk.protected") == (given.value.code, amended.value.code)


def test_event_of_a_device_holds_no_clock(shop: Desk) -> None:
    """
    A device that sends a clock along is told that no event changes one.
    """
    job = on_bench(shop)
    change = FieldChange("$.clocks[reply]", None, {"phase": "met"})

    received = sent(shop, job, change, NOW, NOW + HOUR)

    assert "met" != shop.clock(job.id, "reply", NOW + HOUR).state
    assert () == received.applied


def test_late_word_folds_the_clock_anew(shop: Desk) -> None:
    """
    A word about an hour that is past retargets the clock from that hour on, and the breach it brings is told.
    """
    job = on_bench(shop)
    shop.note(job.id, "Called.", by=BOSS, at=NOW + 3 * HOUR)
    shop.amend(job.id, {"$.work.symptom": "drops"}, by=BOSS, at=NOW + 3 * HOUR)

    late(shop, job, NOW + HOUR, NOW + 4 * HOUR)

    reading = shop.clock(job.id, "reply", NOW + 4 * HOUR)
    assert ("breached", NOW + 2 * HOUR) == (reading.state, reading.breached_at)
    assert [("reply.half", NOW + HOUR), ("reply.breached", NOW + 2 * HOUR)] == told(shop, job.id)
    assert is_whole(shop, job.id)


def test_late_word_tells_nothing_twice(shop: Desk) -> None:
    """
    What was told before a late word is not told again because the clock was folded anew.
    """
    job = on_bench(shop)
    shop.advance(HALF)
    shop.amend(job.id, {"$.work.symptom": "drops"}, by=BOSS, at=HALF + HOUR)

    late(shop, job, NOW + HOUR / 2, HALF + 2 * HOUR, tier="silver")

    assert [("reply.half", HALF)] == told(shop, job.id)


def test_claim_of_a_device_can_keep_a_promise(shop: Desk) -> None:
    """
    A stop that is recorded after the due instant and claimed before it keeps the promise; the claim is known.
    """
    job = on_bench(shop)
    shop.amend(job.id, {"$.work.symptom": "drops"}, by=BOSS, at=DUE - HOUR)

    shop.fire(job.id, "begin", by=BOSS, at=DUE + HOUR, claimed_at=DUE - 2 * HOUR)

    now = DUE + 2 * HOUR
    assert "met" == shop.clock(job.id, "reply", now).state
    assert "breached" == shop.clock(job.id, "reply", now, known_at=DUE).state
    assert [("reply.half", HALF)] == told(shop, job.id)


def test_dispute_is_settled_by_what_was_known_when(shop: Desk) -> None:
    """
    A device's word of yesterday that comes today changes what is known now, and not what was known yesterday.
    """
    job = on_bench(shop)
    shop.fire(job.id, "begin", by=BOSS, at=NOW + 5 * HOUR)
    evening, today = NOW + 10 * HOUR, NOW + 25 * HOUR

    before = shop.clock(job.id, "reply", evening)
    late(shop, job, NOW + HOUR, today)

    then, since = (shop.clock(job.id, "reply", evening, known_at=at) for at in (evening, today))
    assert before == then
    assert ("met", NOW + 8 * HOUR, None) == (then.state, then.due_at, then.breached_at)
    assert ("met_late", "urgent", NOW + 2 * HOUR) == (since.state, since.target_name, since.breached_at)
    assert since == shop.clock(job.id, "reply", evening)


def test_host_whose_clock_is_behind_is_served(shop: Desk) -> None:
    """
    An amendment dated before the last moment counts from its own date, and the clocks go on.
    """
    job = on_bench(shop)
    shop.amend(job.id, {"$.work.symptom": "drops"}, by=BOSS, at=NOW + 3 * HOUR)

    shop.amend(job.id, {"$.terms.tier": "gold"}, by=BOSS, at=NOW + HOUR)

    assert NOW + 2 * HOUR == shop.clock(job.id, "reply", NOW + HOUR).due_at
    assert is_whole(shop, job.id)


def test_changed_promise_is_read_anew_and_not_about_the_past(store: Store, awaited: bool) -> None:
    """
    Under other milestones a job has other clocks at once; what they reached before they came is not told.
    """
    old = promised(store, awaited)
    job = on_bench(old)
    old.note(job.id, "Called.", by=BOSS, at=NOW + 2 * HOUR)
    quick = {**REPLY, "targets": [{"within": "1h"}]}
    fresh = {**REPLY, "label": "Another", "targets": [{"within": "90min"}]}
    new = promised(store, awaited, {"milestones": {"reply": quick, "done": DONE, "other": fresh}})

    states = new.job(job.id).clocks
    new.note(job.id, "Called again.", by=BOSS, at=NOW + 3 * HOUR)

    assert {"reply", "done", "other"} == set(states)
    assert states["reply"].rules != job.clocks["reply"].rules
    assert [] == told(new, job.id)
    assert "breached" == new.clock(job.id, "other", NOW + 3 * HOUR).state


def test_adopted_job_counts_from_when_it_came_into_its_states(shop: Desk) -> None:
    """
    A job that lived elsewhere has clocks from then on; what was reached there is not told, what comes is.
    """
    old = {"id": "OLD-9", "type": "bench", "states": {"work": "open"}}
    job = shop.adopt(old, by=BOSS, at=NOW + 5 * HOUR, since=NOW, evidence="export").job

    shop.advance(DUE)

    assert DUE == shop.clock(job.id, "reply", NOW + 5 * HOUR).due_at
    assert [("reply.breached", DUE)] == told(shop, job.id)


def test_replayed_job_has_clocks_and_disturbs_nobody(shop: Desk) -> None:
    """
    A logged case is read by its own instants, and nothing of the past is told.
    """
    rows = (Logged(1, NOW, "open", BOSS), Logged(2, DUE + HOUR, "done", BOSS))

    shop.replay([LoggedCase("LOG-1", "bench", rows)], at=DUE + timedelta(days=30))

    reading = shop.clock("LOG-1", "reply", DUE + timedelta(days=30))
    assert ("met_late", DUE) == (reading.state, reading.breached_at)
    assert [] == told(shop, "LOG-1")
    assert () == shop.outbox()


def test_spawned_job_has_clocks(shop: Desk) -> None:
    """
    A job that another one sets off begins its clocks with its own opening.
    """
    job = on_bench(shop)

    done = shop.fire(job.id, "split", by=BOSS, at=NOW + HOUR)

    assert NOW + HOUR == shop.clock(done.jobs[1].id, "done", NOW + HOUR).started_at


def test_queues_ask_clocks(shop: Desk) -> None:
    """
    A queue fills at the very breach, in the order of what its clocks say, and empties when the clock ends.
    """
    jobs = [on_bench(shop, asset, work={"territory": region}) for asset, region in (("A", "b"), ("B", "a"))]

    shop.advance(DUE - HOUR)
    soon = [job.id for job in shop.queue("soon").jobs]
    early = shop.queue("late").jobs
    shop.advance(DUE)
    found = [job.id for job in shop.queue("late").jobs]
    shop.fire(jobs[1].id, "begin", by=BOSS, at=DUE + HOUR)

    assert {job.id for job in jobs} == set(soon)
    assert () == early
    assert [jobs[1].id, jobs[0].id] == found
    assert [jobs[0].id] == [job.id for job in shop.queue("late").jobs]
    assert () == shop.queue("soon").jobs


def test_breakdown_escalates_by_rule(shop: Desk) -> None:
    """
    A breach tells whom the rules name for a breakdown, and keeps the job in their queue while it lasts.
    """
    job = on_bench(shop, work={"work_type": "breakdown"})
    other = on_bench(shop, "A-2")

    shop.advance(DUE)
    hot = [each.id for each in shop.queue("hot").jobs]
    effects = [effect for effect in shop.outbox() if effect.data["point"] == "breached"]
    shop.fire(job.id, "begin", by=BOSS, at=DUE + HOUR)

    assert [job.id] == hot
    assert {(job.id, "escalate", "boss"), (job.id, "page", "crew"), (other.id, "escalate", None)} == {
        (effect.data["job"], effect.name, effect.data.get("who")) for effect in effects
    }
    assert len(effects) == len({(effect.event_id, effect.number) for effect in effects})
    assert ((), "boss") == (shop.queue("hot").jobs, shop.queue("hot").owner)


def test_guard_may_ask_a_clock(store: Store, awaited: bool) -> None:
    """
    A transition can be kept from jobs whose promise is broken, from the very instant on.
    """
    guard = {"id": "in_time", "when": "clock.reply.verdict != 'breached'"}
    ways = [{**way, "guards": [guard]} if way["trigger"] == "begin" else way for way in way_data()]
    desk = seated(promising(transitions=ways), store, awaited=awaited)
    job = on_bench(desk)

    before = desk.ask(job.id, "begin", by=BOSS, at=DUE - timedelta(microseconds=1))
    after = desk.ask(job.id, "begin", by=BOSS, at=DUE)

    assert (True, False) == (before.open, after.open)


def way_data() -> list[dict[str, Any]]:
    """Return the transitions of a bench job."""
    found: list[dict[str, Any]] = BENCH["transitions"]
    return found


def test_clock_explains_itself(shop: Desk) -> None:
    """
    A clock that is read off the history says span by span what counted and why.
    """
    job = on_bench(shop)
    shop.fire(job.id, "begin", by=BOSS, at=NOW + HOUR)

    text = str(shop.clock(job.id, "done", NOW + timedelta(hours=20)))

    assert "counted, open by shop" in text
    assert "closed by shop" in text
    assert {"reply", "done"} == set(shop.clocks(job.id, NOW))


def test_columns_tell_what_each_reading_tells(shop: Desk) -> None:
    """
    The columns of all open jobs have every clock's state, time left and due instant; ended jobs have no row.
    """
    jobs = [on_bench(shop, asset) for asset in ("A", "B", "C")]
    shop.fire(jobs[1].id, "begin", by=BOSS, at=NOW + HOUR)
    shop.fire(jobs[2].id, "finish", by=BOSS, at=NOW + HOUR)
    now = DUE + HOUR

    found = shop.clock_columns(now)

    assert {(jobs[0].id, "reply"), (jobs[0].id, "done"), (jobs[1].id, "reply"), (jobs[1].id, "done")} == {
        (row.job_id, row.clock) for row in found.rows
    }
    for place, row in enumerate(found.rows):
        reading = shop.clock(row.job_id, row.clock, now)
        assert (reading.state, reading.left, reading.due_at) == tuple(found.columns.row(place))


def test_at_risk_tells_the_nearest_first(shop: Desk) -> None:
    """
    Clocks that are broken or due soon come in the order in which they are due, of a region if one is asked.
    """
    slow = on_bench(shop, "A", work={"territory": "north"})
    fast = on_bench(shop, "B", work={"territory": "south"}, **GOLD)
    gone = on_bench(shop, "C", work={"territory": "south"})
    shop.fire(gone.id, "begin", by=BOSS, at=NOW)
    now = NOW + 3 * HOUR

    found = shop.at_risk(now, within="5h")
    south = shop.at_risk(now, within=timedelta(hours=5), region="south")

    assert [(fast.id, "breached"), (slow.id, "running")] == [
        (each.job.id, each.reading.state) for each in found
    ]
    assert [("south", fast.id)] == [(each.region, each.job.id) for each in south]
    assert () == shop.at_risk(now, within="1h", region="north")
    assert () == shop.at_risk(now, within="5h", milestones=["done"])
    assert 1 == len(shop.at_risk(now, within="5h", limit=1))


@pytest.mark.parametrize("within", ["2 working hours", -HOUR])
def test_at_risk_asks_for_elapsed_time_ahead(shop: Desk, within: Any) -> None:
    """
    Working time and time that lies back are no span in which clocks are due.
    """
    with pytest.raises(Invalid) as refused:
        shop.at_risk(NOW, within=within)

    assert "desk.not_elapsed" == refused.value.code


def test_job_without_clocks_gets_them(store: Store, awaited: bool) -> None:
    """
    A job that was stored before there were milestones has their clocks as soon as it is read.
    """
    bare = promised(
        store, awaited, {"milestones": {}, "queues": {}, "types": {"bench": {"lifecycles": ["bench"]}}}
    )
    job = on_bench(bare)
    desk = promised(store, awaited)

    found = desk.job(job.id).clocks

    assert {} == dict(job.clocks)
    assert ("running", None) == (found["reply"].phase, found["reply"].told)
    assert desk.ask(job.id, "begin", by=BOSS, at=NOW).open


def test_host_whose_clock_is_behind_takes_nothing_back(shop: Desk) -> None:
    """
    What was told stays told when the next command is dated earlier.
    """
    job = on_bench(shop)
    shop.advance(DUE + HOUR)
    shop.amend(job.id, {"$.work.symptom": "drops"}, by=BOSS, at=NOW + HOUR)

    shop.fire(job.id, "begin", by=BOSS, at=DUE + 2 * HOUR)

    assert [("reply.half", HALF), ("reply.breached", DUE)] == told(shop, job.id)


def test_host_whose_clock_is_behind_sees_the_last_moment(shop: Desk) -> None:
    """
    Looking at clocks before the last moment of a job tells that moment, and refuses nobody.
    """
    job = on_bench(shop)
    shop.amend(job.id, {"$.terms.tier": "gold"}, by=BOSS, at=NOW + HOUR)

    (risk,) = shop.at_risk(NOW, within="2h")
    found = shop.clock_columns(NOW)

    place = next(place for place, row in enumerate(found.rows) if row.clock == "reply")
    assert (NOW + HOUR, HOUR) == (risk.reading.now, risk.reading.left)
    assert (risk.reading.state, HOUR, NOW + 2 * HOUR) == tuple(found.columns.row(place))
