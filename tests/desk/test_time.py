"""What time alone sets off, and the queues that jobs stand in meanwhile."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from jobkit.catalog import Queue
from jobkit.desk import SYSTEM, Desk, Store
from jobkit.desk._sorting import order_key, sortable
from jobkit.errors import Invalid, NotFound
from jobkit.model import Job, State
from tests.desk.building import (
    BENCH,
    BOSS,
    DEALER,
    NOW,
    PLANNER,
    VISIT,
    approved,
    completed,
    confirmed,
    is_whole,
    on_bench,
    scheduled,
    seated,
    submitted,
    workshop,
)


def test_advance_moves_at_the_due_instant(desk: Desk) -> None:
    """
    An automatic move is made by the system and occurs when it was due, however late time is looked at.
    """
    job = submitted(desk)
    late = NOW + timedelta(days=45)

    advanced = desk.advance(late)

    (done,) = advanced.done
    (event,) = done.events
    assert ("cancelled", "expire", SYSTEM) == (done.job.state.name, event.name, event.actor)
    assert (NOW + timedelta(days=30), late) == (event.occurred_at, event.recorded_at)
    assert () == desk.due(late)
    assert is_whole(desk, job.id)


def test_board_of_tomorrow_fills_by_time(desk: Desk) -> None:
    """
    A confirmed job stands on the board at once, and on tomorrow's a day and a half before its visit.
    """
    job = confirmed(desk)
    soon = VISIT.start - timedelta(hours=36)
    boards = [desk.queue(name).jobs for name in ("board", "tomorrow")]

    desk.advance(soon - timedelta(seconds=1))
    early = desk.queue("tomorrow").jobs
    desk.advance(soon)

    assert [(job,), ()] == boards
    assert () == early
    assert [job.id] == [each.id for each in desk.queue("tomorrow").jobs]


def test_age_limit_leads_to_its_queue(desk: Desk) -> None:
    """
    A job that stays too long turns up in the queue of its limit, with an event that says what woke it.
    """
    job = approved(desk)
    now = NOW + timedelta(days=4)
    before = desk.queue("unscheduled").jobs

    (done,) = desk.advance(now).done
    page = desk.queue("unscheduled")

    assert ((), [job.id], "planner") == (before, [each.id for each in page.jobs], page.owner)
    assert "woken" == done.events[-1].kind
    assert "work.approved" in {each["name"] for each in done.events[-1].data["wakeups"]}
    assert () == desk.due(now)
    assert is_whole(desk, job.id)


def test_advance_goes_on_where_it_stopped(desk: Desk) -> None:
    """
    A limited sweep takes the earliest first, and calling again takes the rest.
    """
    jobs = [submitted(desk) for _ in range(3)]
    now = NOW + timedelta(days=45)

    sweeps = 0
    while desk.due(now):
        desk.advance(now, limit=2)
        sweeps += 1

    assert 2 <= sweeps <= 5
    assert {"cancelled"} == {desk.job(job.id).state.name for job in jobs}


TIMED: dict[str, Any] = {
    "trigger": "ripen",
    "from": "open",
    "to": "busy",
    "after": "1d",
    "guards": [{"id": "asked", "when": "known(job.links.number)"}],
}


def timed(store: Store, awaited: bool, *rules: dict[str, Any]) -> Desk:
    """Return a desk whose bench jobs move by themselves."""
    changes = {"transitions": [*BENCH["transitions"], *rules]}
    return seated(workshop(changes=changes), store, awaited=awaited)


def test_blocked_timer_is_told_and_sleeps(store: Store, awaited: bool) -> None:
    """
    A due move that is not open is told once; it is due again when the job has changed so that it is open.
    """
    desk = timed(store, awaited, TIMED)
    job = on_bench(desk)
    now = NOW + timedelta(days=2)

    advanced = desk.advance(now)
    asleep = desk.due(now)
    desk.amend(job.id, {"$.links.number": "N-1"}, by=BOSS, at=now)
    awake = desk.due(now)
    desk.advance(now)

    assert ["lifecycle.condition_false"] == [finding.code for finding in advanced.findings]
    assert ((), 1) == (asleep, len(awake))
    after = desk.job(job.id)
    assert ("busy", NOW + timedelta(days=1)) == (after.state.name, after.state.since)


def test_timer_that_fails_further_on_starves_nobody(store: Store, awaited: bool) -> None:
    """
    A due move whose effects cannot be carried out is told, and the other jobs are seen to all the same.
    """
    effect = {"name": "fire", "data": {"trigger": "begin"}, "outbound": False}
    desk = timed(store, awaited, {**TIMED, "guards": [], "effects": [effect]})
    first, second = on_bench(desk), on_bench(desk, asset="A-2")
    now = NOW + timedelta(days=2)

    advanced = desk.advance(now)

    assert {"lifecycle.wrong_state"} == {finding.code for finding in advanced.findings}
    assert {first.id, second.id} == {done.job.id for done in advanced.done}
    assert () == desk.due(now)


def test_timers_one_after_the_other(store: Store, awaited: bool) -> None:
    """
    A move may make the next one due: each happens at its own instant, in one commit.
    """
    onward = {"trigger": "rot", "from": "busy", "to": "done", "after": "2d"}
    desk = timed(store, awaited, {**TIMED, "guards": []}, onward)
    job = on_bench(desk)

    (done,) = desk.advance(NOW + timedelta(days=9)).done

    assert [NOW + timedelta(days=1), NOW + timedelta(days=3)] == [event.occurred_at for event in done.events]
    assert is_whole(desk, job.id)


def test_jobs_leave_queues_when_they_move(desk: Desk) -> None:
    """
    A job stands in the queues whose conditions hold for it now, and in no other.
    """
    job = scheduled(desk)
    waiting = [each.id for each in desk.queue("to_confirm").jobs]

    desk.fire(job.id, "hold", by=PLANNER, at=NOW, reason="parts")

    assert [job.id] == waiting
    assert () == desk.queue("to_confirm").jobs
    assert [job.id] == [each.id for each in desk.queue("waiting").jobs]


def test_queue_in_pages(bench: Desk) -> None:
    """
    Pages follow one another in the queue's order, numbers by their size and missing values last.
    """
    depths = ("10", "9.5", None, "0.5", "100")
    for number, depth in enumerate(depths):
        on_bench(bench, asset=f"A-{number}", fields={} if depth is None else {"depth": depth})

    seen, after = [], None
    while True:
        page = bench.queue("deep", after=after, limit=2)
        seen += [job.fields.get("depth") for job in page.jobs]
        after = page.after
        if after is None:
            break

    assert ["0.5", "9.5", "10", "100", None] == seen


def test_unknown_queue_is_refused(desk: Desk) -> None:
    """
    A queue that nobody declared is not found, and the known ones are named.
    """
    with pytest.raises(NotFound) as refused:
        desk.queue("nothing")

    assert "triage" in refused.value.unblock


@pytest.mark.parametrize(
    "values",
    [
        [Decimal("-1e20"), -7, Decimal("-0.5"), 0, Decimal("0.000001"), 3, Decimal("1e12")],
        [timedelta(minutes=-1), timedelta(), timedelta(minutes=30), timedelta(hours=2), timedelta(days=10)],
        [NOW - timedelta(days=400), NOW, NOW + timedelta(microseconds=1)],
        [False, True],
        ["", "a", "a b", "ab", "z", "é", "漢"],
        [-1.5, 0.25, 1e10],
    ],
)
def test_sortable_keeps_the_order_of_values(values: list[Any]) -> None:
    """
    Texts made of values sort like the values, and nothing at all comes after everything.
    """
    texts = [sortable(value) for value in (*values, None)]

    assert sorted(texts) == texts


def test_order_key_reads_typed_values() -> None:
    """
    Durations, instants and list items are read off the job itself, not as text.
    """
    catalog = workshop()
    states = {"work": State(name="open", category="open", since=NOW)}
    jobs = [Job(id=text, type="bench", states=states, fields={"depth": text}) for text in ("9", "10")]
    queue = Queue(
        name="q", owner="boss", order=("job.fields.depth", "job.states[work].since", "job.parts[p].number")
    )

    first, second = (order_key(catalog, job, queue) for job in jobs)

    assert first < second
    assert "2026-03-10T08:00:00" in first


def test_due_refuses_a_naive_instant(desk: Desk) -> None:
    """
    Time is looked at with its zone.
    """
    for verb in (desk.due, desk.advance):
        with pytest.raises(Invalid) as refused:
            verb(NOW.replace(tzinfo=None))
        assert "$.now" == refused.value.path


def test_completed_work_waits_for_documents(desk: Desk) -> None:
    """
    Work that is done turns to awaiting its documents by itself after a day.
    """
    job = completed(desk)

    desk.advance(VISIT.end + timedelta(days=2))

    assert "awaiting_documentation" == desk.job(job.id).state.name


def test_feed_outbox_and_asset(desk: Desk) -> None:
    """
    Events are fed in the order of their commits, effects wait until they are delivered, assets find jobs.
    """
    job = submitted(desk)
    done = desk.fire(job.id, "submit", by=DEALER, at=NOW)

    feed = desk.feed()
    (effect,) = desk.outbox()
    desk.delivered([(effect.event_id, effect.number)])

    assert ["created", "prioritised", "moved", "tasked"] == [event.kind for event in feed.events]
    assert done.effects == (effect,)
    assert ((), ()) == (desk.outbox(), desk.feed(after=feed.position).events)
    assert [job.id] == [each.id for each in desk.on_asset("EX-77")]
    assert desk.find("erp", "0") is None
