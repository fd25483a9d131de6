"""What devices did to visits and tasks: held to what the verbs are held to, one word at a time."""

from datetime import timedelta
from typing import Any, cast

import attrs
import pytest

from jobkit.desk import Desk
from jobkit.desk._devices import Received
from jobkit.errors import Invalid, Unsupported
from jobkit.history import Event, EventSet, FieldChange
from jobkit.instants import write_instant
from jobkit.model import Actor, Job, Task
from jobkit.stores import MemoryStore
from tests.desk.building import BOSS, LATER, NOW, TECHNICIAN, VISIT, is_whole, on_bench, seated, workshop

SYNCED = VISIT.end + timedelta(hours=6)


@pytest.fixture
def desk() -> Desk:
    """Return a desk over bench jobs, whose lifecycle forbids little."""
    return seated(workshop(), MemoryStore())


def visited(desk: Desk) -> Job:
    """Return a bench job with a planned visit and two tasks, one of them done and one without an owner."""
    job = on_bench(desk)
    desk.plan_visit(job.id, VISIT, by=BOSS, at=NOW, visit_id="v1")
    due = NOW + timedelta(days=1)
    for task in (Task(id="t1", title="Call", owner="dora", due=due), Task(id="t2", title="Tidy up")):
        desk.add_task(job.id, task, by=BOSS, at=NOW)
    return desk.complete_task(job.id, "t1", by=BOSS, at=NOW).job


def word(job: Job, kind: str, *changes: FieldChange, number: int = 1, reason: str | None = None) -> Event:
    """Return a device's event during the visit."""
    at = VISIT.start + timedelta(minutes=number)
    return Event(
        id=f"dev-{number}",
        job_id=job.id,
        kind=kind,
        actor=TECHNICIAN,
        occurred_at=at,
        recorded_at=at,
        claimed_at=at,
        origin="device-1",
        origin_seq=number,
        changes=changes,
        reason=reason,
    )


def sent(desk: Desk, job: Job, *events: Event) -> Received:
    """Let the device send its events."""
    return desk.receive(job.id, (EventSet(origin="device-1", events=events),), at=SYNCED)


def codes(received: Received) -> list[str]:
    """Return why events were rejected."""
    return [finding.code for each in received.rejected for finding in each.findings]


def signed(window: Any, site: str | None = None) -> FieldChange:
    """Return a sign-off for *window* as a device records it."""
    told = {"start": write_instant(window.start), "end": write_instant(window.end)}
    given = {"id": "s1", "party": "site", "window": told, "by": "Frieda", "at": write_instant(NOW)}
    return FieldChange("$.visits[v1].sign_offs[s1]", None, {**given, "site": site} if site else given)


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("tasked", FieldChange("$.tasks[t1].status", "done", "open"), "desk.unlike_the_verb"),
        ("tasked", FieldChange("$.tasks[t1].status", "done", "active"), "model.task_over"),
        ("tasked", FieldChange("$.tasks[t1].status", "done", "dropped"), "desk.task_over"),
        ("tasked", FieldChange("$.tasks[t2].status", "open", "active"), "model.task_owner"),
        ("tasked", FieldChange("$.tasks[t2].status", "open", "dropped"), "desk.drop_reason"),
        (
            "tasked",
            FieldChange("$.tasks[t2].completed", None, "2026-03-10T08:00:00.000000Z"),
            "desk.unlike_the_verb",
        ),
        ("signed_off", signed(LATER), "desk.nothing_to_sign"),
        ("signed_off", signed(VISIT, "elsewhere"), "lifecycle.sign_off_site"),
        ("visit_ended", FieldChange("$.visits[v1].outcome_reason", None, "rain"), "desk.unlike_the_verb"),
    ],
)
def test_device_does_only_what_verbs_do(desk: Desk, kind: str, change: FieldChange, code: str) -> None:
    """
    A device's answer about a task, sign-off or end of a visit is rejected for what the verb would refuse.
    """
    job = visited(desk)

    received = sent(desk, job, word(job, kind, change))

    assert code in codes(received)
    after = desk.job(job.id)
    assert (job.tasks, job.visits) == (after.tasks, after.visits)
    assert is_whole(desk, job.id)


@pytest.mark.parametrize("outcome", ["no_access", None])
def test_ended_visit_keeps_its_outcome(desk: Desk, outcome: str | None) -> None:
    """
    No device changes the outcome of a visit that has ended, nor takes it away.
    """
    job = visited(desk)
    desk.record_visit(job.id, "v1", "done", by=BOSS, at=VISIT.start)

    received = sent(desk, job, word(job, "visit_ended", FieldChange("$.visits[v1].outcome", "done", outcome)))

    assert 1 == len(received.rejected)
    assert "done" == desk.job(job.id).visits[0].outcome


def test_ended_job_takes_no_visit_from_a_device(desk: Desk) -> None:
    """
    A visit is not ended on a job that has ended, whatever its lifecycle forgot to forbid.
    """
    job = visited(desk)
    desk.fire(job.id, "finish", by=BOSS, at=VISIT.start)

    received = sent(desk, job, word(job, "visit_ended", FieldChange("$.visits[v1].outcome", None, "done")))

    assert ["desk.ended"] == codes(received)


def test_what_the_verbs_do_is_applied(desk: Desk) -> None:
    """
    Deeds that the verbs would do as well are applied, each with what the device says of it.
    """
    job = visited(desk)
    actual = {"start": write_instant(VISIT.start), "end": write_instant(VISIT.end)}

    received = sent(
        desk,
        job,
        word(job, "signed_off", signed(VISIT), number=1),
        word(
            job, "tasked", FieldChange("$.tasks[t2].status", "open", "dropped"), number=2, reason="not needed"
        ),
        word(
            job,
            "visit_ended",
            FieldChange("$.visits[v1].outcome", None, "done"),
            FieldChange("$.visits[v1].actual", None, actual),
            number=3,
        ),
    )

    after = desk.job(job.id)
    assert (3, []) == (len(received.applied), codes(received))
    assert ("done", VISIT, 1) == (
        after.visits[0].outcome,
        after.visits[0].actual,
        len(after.visits[0].sign_offs),
    )
    assert ["done", "dropped"] == [task.status for task in after.tasks]
    assert is_whole(desk, job.id)


def test_one_unsound_word_does_not_hold_up_the_others(desk: Desk) -> None:
    """
    A value that its field does not take is kept as a fact with the reason; the device's other words stand.
    """
    job = visited(desk)

    received = sent(
        desk,
        job,
        word(job, "amended", FieldChange("$.fields.depth", None, "-5"), number=1),
        word(job, "amended", FieldChange("$.fields.serial", None, "AB123"), number=2),
    )

    assert ["fields.too_small"] == codes(received)
    assert {"serial": "AB123"} == dict(desk.job(job.id).fields)
    assert is_whole(desk, job.id)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "", "desk.unreadable_event"),
        ("kind", "", "desk.unreadable_event"),
        ("actor", Actor(id=""), "desk.unreadable_event"),
        ("origin_seq", -4, "desk.unreadable_event"),
        ("rules", {"work": 7}, "desk.unreadable_event"),
        ("claimed_at", NOW.replace(tzinfo=None), "instants.naive"),
    ],
)
def test_what_no_reader_takes_is_not_recorded(desk: Desk, field: str, value: Any, code: str) -> None:
    """
    An event that could not be read back is refused at the door: the history can be read as before.
    """
    job = visited(desk)
    odd = attrs.evolve(word(job, "noted"), **{field: value})

    with pytest.raises(Invalid) as refused:
        sent(desk, job, odd)

    assert code == refused.value.code
    assert job == desk.job(job.id)
    assert is_whole(desk, job.id)


def test_event_of_a_newer_release_is_refused(desk: Desk) -> None:
    """
    A device with a newer release is told so, and nothing of its words is recorded under a false format.
    """
    job = visited(desk)

    with pytest.raises(Unsupported):
        sent(desk, job, attrs.evolve(word(job, "noted"), format=99))

    assert is_whole(desk, job.id)


def test_nobody_does_nothing(desk: Desk) -> None:
    """
    A deed by an actor without an id is refused, as asking tells: its event could not be read back.
    """
    job = visited(desk)
    nobody = Actor(id="", role="dealer")

    with pytest.raises(Invalid) as refused:
        desk.note(job.id, "Hello.", by=nobody, at=NOW)

    assert ("desk.nameless", "$.actor.id") == (refused.value.code, refused.value.path)
    assert not desk.ask(job.id, "begin", by=nobody, at=NOW).open
    assert is_whole(desk, job.id)


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("actor.id", {"by": Actor(id=cast(str, 7))}),
        ("actor.role", {"by": Actor(id="dora", role=cast(str, 7))}),
        ("name", {"channel": 7}),
    ],
)
def test_numbers_are_not_taken_for_names(desk: Desk, field: str, options: dict[str, Any]) -> None:
    """
    A number where text belongs, such as a database key for a person, is refused: it could not be read back.
    """
    job = visited(desk)

    with pytest.raises(Invalid) as refused:
        desk.note(job.id, "Hello.", **{"by": BOSS, "at": NOW, **options})

    assert ("desk.not_text", f"$.{field}") == (refused.value.code, refused.value.path)
    assert is_whole(desk, job.id)


def test_crew_is_not_one_text(desk: Desk) -> None:
    """
    A single name given as the crew is a mistake of the program, not a crew of letters.
    """
    job = on_bench(desk)

    with pytest.raises(TypeError):
        desk.plan_visit(job.id, VISIT, by=BOSS, at=NOW, crew="tom")
