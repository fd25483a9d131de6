"""Late words of devices: merged, judged, set off what they must, and believed only as far as possible."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.desk import Desk
from jobkit.desk._devices import Received
from jobkit.errors import Invalid, NotFound
from jobkit.history import Event, EventSet, FieldChange, Head
from jobkit.instants import write_instant
from jobkit.lifecycle import state_wire
from jobkit.model import Actor, Job, State
from jobkit.privacy import Redacted
from tests.desk.building import BOSS, NOW, PLANNER, TECHNICIAN, VISIT, is_whole, on_site, scheduled

CLOSED = {"name": "closed", "category": "closed"}
SYNCED = VISIT.end + timedelta(hours=6)


def told(
    job: Job,
    kind: str = "noted",
    number: int = 1,
    *,
    name: str = "",
    at: datetime = VISIT.start + timedelta(minutes=10),
    by: Actor = TECHNICIAN,
    changes: tuple[FieldChange, ...] = (),
    **more: Any,
) -> Event:
    """Return an event as a device records it on its own."""
    return Event(
        id=f"dev-{number}",
        job_id=job.id,
        kind=kind,
        name=name,
        actor=by,
        occurred_at=at,
        recorded_at=at,
        claimed_at=at,
        origin="device-1",
        origin_seq=number,
        changes=changes,
        **more,
    )


def into(job: Job, state: str, category: Any = "active", at: datetime = VISIT.start) -> FieldChange:
    """Return the change of state that a device records."""
    entered = State(name=state, category=category, since=at)
    return FieldChange("$.states[work]", state_wire(job.state), state_wire(entered))


def started(job: Job, number: int = 1, at: datetime = VISIT.start + timedelta(minutes=10)) -> Event:
    """Return the start of work as a device records it."""
    return told(job, "moved", number, name="start", at=at, changes=(into(job, "in_progress", at=at),))


def sent(desk: Desk, job: Job, *events: Event, at: datetime = SYNCED) -> Received:
    """Let a device that knew the job as it is send its events."""
    base = Head(job.id, job.version, job.head)
    return desk.receive(job.id, (EventSet(origin="device-1", events=events, base=base),), at=at)


def codes(received: Received) -> list[str]:
    """Return why events were rejected."""
    return [finding.code for each in received.rejected for finding in each.findings]


def test_late_move_is_applied(desk: Desk) -> None:
    """
    A move that the technician made without a connection occurs when it was made, and is recorded now.
    """
    job = on_site(desk)

    received = sent(desk, job, started(job))

    after = desk.job(job.id)
    (event,) = received.applied
    assert ("in_progress", VISIT.start + timedelta(minutes=10)) == (after.state.name, after.state.since)
    assert SYNCED == event.recorded_at
    assert received.done is not None
    assert after == received.done.job
    assert is_whole(desk, job.id)


def test_same_words_again_change_nothing(desk: Desk) -> None:
    """
    What was received before is known as doubled, whatever the device's clock said.
    """
    job = on_site(desk)
    odd = started(job, at=VISIT.start + timedelta(days=400))
    sent(desk, job, odd, told(job, number=2, at=VISIT.start))
    before = desk.job(job.id)

    received = sent(desk, job, odd, told(job, number=2, at=VISIT.start))

    assert (None, 2, ()) == (received.done, len(received.doubled), received.conflicting)
    assert before == desk.job(job.id)


@pytest.mark.parametrize("days", [-400, 400])
def test_device_clock_does_not_move_a_state(desk: Desk, days: int) -> None:
    """
    A clock that is off by 400 days changes what is claimed and a flag, and not since when a state holds.
    """
    job = on_site(desk)
    claimed = VISIT.start + timedelta(days=days)

    received = sent(desk, job, started(job, at=claimed))

    since = desk.job(job.id).state.since
    assert since is not None
    assert VISIT.start <= since <= SYNCED
    (event,) = received.applied
    assert (claimed, 1) == (event.claimed_at, len(event.flags))
    assert is_whole(desk, job.id)


def test_late_move_sets_off_its_effects(desk: Desk) -> None:
    """
    Tasks and notices of a move that comes late are made all the same, numbered as if it had come in time.
    """
    job = on_site(desk)
    reached = VISIT.start + timedelta(minutes=5)
    visit = job.visits[0]
    ended = (
        into(job, "approved", "open", at=reached),
        FieldChange("$.visits[v1].outcome", None, "no_access"),
        FieldChange("$.visits[v1].outcome_reason", None, "site_closed"),
    )
    assert visit.outcome is None

    received = sent(
        desk, job, told(job, "moved", name="no_access", at=reached, changes=ended, reason="site_closed")
    )

    assert received.done is not None
    assert [("bill", 1), ("notify", 3)] == [(each.name, each.number) for each in received.done.effects]
    notice = received.done.effects[1].data
    assert ("site_closed", write_instant(VISIT.start)) == (notice["reason"], notice["window"]["start"])
    assert "follow_up" in {task.kind for task in received.done.job.tasks}
    assert "no_access" == received.done.job.visits[0].outcome
    assert is_whole(desk, job.id)


def test_move_without_its_deed_is_rejected(desk: Desk) -> None:
    """
    A device cannot report no access and leave the visit open: the move is kept as a fact, not applied.
    """
    job = on_site(desk)
    bare = told(
        job, "moved", name="no_access", changes=(into(job, "approved", "open"),), reason="site_closed"
    )

    received = sent(desk, job, bare)

    assert {"desk.not_the_deed"} == set(codes(received))
    assert "on_site" == desk.job(job.id).state.name
    assert "rejected" == desk.history(job.id).events[-1].kind


@pytest.mark.parametrize(
    ("name", "by", "state", "code"),
    [
        ("complete", TECHNICIAN, "completed", "lifecycle.wrong_state"),
        ("start", PLANNER, "in_progress", "lifecycle.role"),
        ("start", TECHNICIAN, "completed", "desk.other_state"),
        ("nothing", TECHNICIAN, "completed", "lifecycle.unknown_trigger"),
    ],
)
def test_late_move_is_judged(desk: Desk, name: str, by: Actor, state: str, code: str) -> None:
    """
    A late move is refused for what would have refused it in time, and for leading elsewhere than the rules.
    """
    job = on_site(desk)

    received = sent(desk, job, told(job, "moved", name=name, by=by, changes=(into(job, state),)))

    assert code in codes(received)
    assert "on_site" == desk.job(job.id).state.name
    assert is_whole(desk, job.id)


TWO_STATES = (
    FieldChange("$.states[billing]", None, {"name": "waived", "category": "closed", "end": "cancelled"}),
    FieldChange("$.states[work]", None, {"name": "closed", "category": "closed", "end": "closed"}),
    FieldChange("$.states[work].end", None, "closed"),
)


@pytest.mark.parametrize("second", TWO_STATES)
def test_move_brings_no_second_state(desk: Desk, second: FieldChange) -> None:
    """
    A move changes the one state that its rules lead to; a second change of states beside it is rejected.
    """
    job = on_site(desk)
    event = started(job)

    received = sent(desk, job, attrs.evolve(event, changes=(*event.changes, second)))

    assert () == received.applied
    assert job.states == desk.job(job.id).states


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("created", FieldChange("$.work.symptom", None, "x"), "desk.not_for_devices"),
        ("observed", FieldChange("$.work.symptom", None, "x"), "desk.not_for_devices"),
        ("noted", FieldChange("$.work.symptom", "bucket drops", "x"), "desk.not_the_deed"),
        (
            "noted",
            FieldChange("$.states[work]", None, {"name": "closed", "category": "closed"}),
            "desk.not_the_deed",
        ),
        ("amended", FieldChange("$.counts[reopened]", None, 7), "desk.protected"),
        ("amended", FieldChange("$.subject.site", "quarry", "pit"), "lifecycle.read_only"),
        ("visit_ended", FieldChange("$.visits[v1].planned", None, None), "desk.not_the_deed"),
        ("signed_off", FieldChange("$.visits[v1].outcome", None, "done"), "desk.not_the_deed"),
    ],
)
def test_devices_do_not_get_round_the_rules(desk: Desk, kind: str, change: FieldChange, code: str) -> None:
    """
    Each kind of event changes what it is for; everything else is rejected and kept as a fact.
    """
    job = on_site(desk)
    before = desk.job(job.id)
    change = attrs.evolve(change, old=known(before, change))

    received = sent(desk, job, told(job, kind, changes=(change,)))

    after = desk.job(job.id)
    assert code in codes(received)
    assert (before.states, before.work, before.visits, before.counts) == (
        after.states,
        after.work,
        after.visits,
        after.counts,
    )


def known(job: Job, change: FieldChange) -> Any:
    """Return the value that the device knew."""
    return state_wire(job.state) if change.path == "$.states[work]" else change.old


def test_amendments_and_visits_come_late(desk: Desk) -> None:
    """
    What a technician recorded on the way is applied in the order in which it occurred.
    """
    job = on_site(desk)
    start = VISIT.start

    received = sent(
        desk,
        job,
        told(
            job,
            "visit_ended",
            3,
            at=start + timedelta(minutes=50),
            changes=(FieldChange("$.visits[v1].outcome", None, "done"),),
        ),
        told(
            job,
            "amended",
            2,
            at=start + timedelta(minutes=20),
            changes=(FieldChange("$.outcome.notes", None, "Valve."),),
        ),
        told(job, "noted", 1, at=start, data={"text": "Arrived."}),
    )

    assert ["noted", "amended", "visit_ended"] == [event.kind for event in received.applied]
    after = desk.job(job.id)
    assert ("Valve.", "done") == (after.outcome.notes, after.visits[0].outcome)
    assert is_whole(desk, job.id)


def test_later_word_of_the_office_wins(desk: Desk) -> None:
    """
    When the office changed the same field after the device did, the device's value is kept as a conflict.
    """
    job = on_site(desk)
    desk.amend(job.id, {"$.outcome.notes": "By phone."}, by=BOSS, at=VISIT.end)

    change = FieldChange("$.outcome.notes", None, "Valve.")
    received = sent(desk, job, told(job, "amended", changes=(change,)))

    (conflict,) = received.conflicting
    assert not conflict.prevailed
    assert "By phone." == desk.job(job.id).outcome.notes
    assert is_whole(desk, job.id)


def test_private_text_in_the_open_is_refused(desk: Desk) -> None:
    """
    A device hides private values before it sends them; one that does not is told, without the value.
    """
    job = on_site(desk)
    change = FieldChange("$.subject.contacts[c1].name", None, "Hans Open")

    with pytest.raises(Invalid) as refused:
        sent(desk, job, told(job, "amended", changes=(change,)))

    assert "desk.private_in_the_open" == refused.value.code
    assert "Hans" not in str(refused.value)
    assert "Hans" not in repr(desk.history(job.id))


def test_hidden_values_come_from_devices(desk: Desk) -> None:
    """
    A private value that the device has hidden is applied, and still hidden.
    """
    job = on_site(desk)
    new = Redacted("Hans Hidden", salt="07" * 16)
    change = FieldChange("$.work.access_notes", None, new)

    received = sent(desk, job, told(job, "amended", changes=(change,)))

    assert (1, new) == (len(received.applied), desk.job(job.id).work.access_notes)


def test_odd_words_are_rejected_not_raised(desk: Desk) -> None:
    """
    Paths that lead nowhere and values of the wrong type are rejected one by one; the good ones are applied.
    """
    job = on_site(desk)
    changes: Mapping[str, Any] = {
        "$.work.colour": "red",
        "$.visits[v9].outcome": "done",
        "$.outcome.accepted": "yes",
    }
    events = [
        told(job, "amended", number, changes=(FieldChange(path, None, new),))
        for number, (path, new) in enumerate(changes.items(), 1)
    ]

    received = sent(desk, job, *events, told(job, "noted", 9, data={"text": "Fine."}))

    assert (3, ["noted"]) == (len(received.rejected), [event.kind for event in received.applied])
    assert is_whole(desk, job.id)


def test_unknown_job_is_refused(desk: Desk) -> None:
    """
    Words about a job that is not there are refused.
    """
    with pytest.raises(NotFound):
        desk.receive("J-0", (), at=SYNCED)


def test_nothing_received_is_nothing_done(desk: Desk) -> None:
    """
    A device that has nothing to say changes nothing.
    """
    job = scheduled(desk)

    assert desk.receive(job.id, (), at=SYNCED).done is None
    assert job == desk.job(job.id)
    assert write_instant(NOW) < write_instant(SYNCED)
