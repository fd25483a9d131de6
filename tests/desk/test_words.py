"""Amending, noting and erasing: what may be said about a job, and what may not."""

from datetime import timedelta
from typing import Any

import pytest

from jobkit.desk import Desk
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.model import Task
from jobkit.privacy import Erased, Redacted
from tests.desk.building import (
    BOSS,
    DEALER,
    NOW,
    PLANNER,
    TECHNICIAN,
    TRIAGE,
    approved,
    closed,
    confirmed,
    is_whole,
    on_bench,
    scheduled,
    submitted,
)


def test_amend_sets_fields_by_path(desk: Desk) -> None:
    """
    An amendment changes the fields it names, in one event that tells old and new.
    """
    job = submitted(desk)

    done = desk.amend(
        job.id, {"$.work.symptom": "hums", "work.crew_size": 2}, by=TRIAGE, at=NOW, reason="call"
    )

    assert ("hums", 2) == (done.job.work.symptom, done.job.work.crew_size)
    (event,) = done.events
    assert [("$.work.symptom", "motion.drops", "hums"), ("$.work.crew_size", None, 2)] == [
        (change.path, change.old, change.new) for change in event.changes
    ]
    assert is_whole(desk, job.id)


@pytest.mark.parametrize(
    "path",
    [
        "$",
        "",
        '$["states"]',
        "$.states",
        "$.states[work]",
        "$.states.work.end",
        "$.counts[reopened]",
        "$.pins",
        "$.version",
        "$.head",
        "$.id",
        "$.type",
        "$.flags",
        "$.visits",
        "$.visits[]",
        "$.visits[v1]",
        "$.visits[v1].planned",
        "$.visits[v1].confirmed",
        "$.visits[v1].outcome",
        "$.visits[v1].sign_offs[s1]",
        "$.visits[v1].reschedules",
        "$.tasks[t1]",
        "$.tasks[t1].status",
        "$.tasks[t1].mandatory",
        "$.assignments[a1].status",
        "$.parts[].staged",
    ],
)
def test_amend_refuses_what_has_a_verb_of_its_own(desk: Desk, path: str) -> None:
    """
    States, counts, windows, sign-offs, outcomes and answers are not reached by amending, however it is spelt.
    """
    job = scheduled(desk)
    before = desk.job(job.id)

    with pytest.raises(Refused) as refused:
        desk.amend(job.id, {path: "closed"}, by=BOSS, at=NOW)
    with pytest.raises(Refused):
        desk.fire(job.id, "escalate", by=BOSS, at=NOW, reason="no_crew", values={path: "closed"})

    assert refused.value.code in ("desk.protected", "desk.no_place")
    assert before == desk.job(job.id)


def test_amend_reaches_what_is_said_about_a_visit(desk: Desk) -> None:
    """
    A permit that was granted is recorded by hand, and so is a date that was promised too early.
    """
    job = scheduled(desk)

    permit = {"id": "p1", "kind": "hot_work", "granted": True}
    done = desk.amend(job.id, {"$.visits[v1].permits[p1]": permit}, by=PLANNER, at=NOW)

    assert done.job.visits[0].permits[0].granted


@pytest.mark.parametrize(
    "values", [{"$.terms.contract": "K-1"}, {"$.subject.site": "pit"}, {"$.subject": {}}]
)
def test_amend_heeds_read_only_fields(desk: Desk, values: dict[str, Any]) -> None:
    """
    What a state makes read-only does not change, neither by itself nor as part of something larger.
    """
    job = confirmed(desk)

    with pytest.raises(Refused) as refused:
        desk.amend(job.id, values, by=PLANNER, at=NOW)

    assert "lifecycle.read_only" == refused.value.code


def test_amend_tells_everything_at_once(desk: Desk) -> None:
    """
    Each field that may not change is told, and so is each value that is no plain data.
    """
    job = approved(desk)
    values = {"$.terms.contract": "K-1", "$.states": {}, "$.work.crew_size": float("inf"), "$..x": 1}

    with pytest.raises(Refused) as refused:
        desk.amend(job.id, values, by=PLANNER, at=NOW)

    codes = {finding.code for finding in refused.value.findings}
    assert {"lifecycle.read_only", "desk.protected", "documents.not_finite", "paths.unreadable"} == codes


@pytest.mark.parametrize(
    "values", [{"$.work.crew_size": "2"}, {"$.work.colour": "red"}, {"$.parts[p1].staged": True}]
)
def test_amend_refuses_the_wrong_shape(desk: Desk, values: dict[str, Any]) -> None:
    """
    Data of another type, and a path that leads nowhere, are refused with the path.
    """
    job = submitted(desk)

    with pytest.raises(Invalid) as refused:
        desk.amend(job.id, values, by=TRIAGE, at=NOW)

    assert next(iter(values)) == refused.value.path


def test_amend_that_changes_nothing_is_refused(desk: Desk) -> None:
    """
    An event always says something: setting what stands there already is refused, and so is an empty one.
    """
    job = submitted(desk)

    for values in ({"$.work.symptom": "motion.drops"}, {}):
        with pytest.raises(Refused) as refused:
            desk.amend(job.id, values, by=TRIAGE, at=NOW)
        assert "desk.nothing_to_amend" == refused.value.code


def test_amend_of_a_job_that_is_not_there(desk: Desk) -> None:
    """
    An unknown job is not found, whatever is asked of it.
    """
    with pytest.raises(NotFound):
        desk.amend("J-0", {"$.work.symptom": "hums"}, by=TRIAGE, at=NOW)


def test_amend_cannot_take_an_active_task_its_owner(desk: Desk) -> None:
    """
    A task that is active keeps owner and due time, whichever way one comes.
    """
    due = "2026-03-12T08:00:00Z"
    task = {"id": "t1", "title": "Call", "status": "active", "owner": "dora", "due": due}
    job = submitted(desk, tasks=[task])

    with pytest.raises(Refused) as refused:
        desk.amend(job.id, {"$.tasks[t1].owner": None}, by=TRIAGE, at=NOW)

    assert "model.task_owner" == refused.value.code


def test_closed_job_takes_no_amendment(desk: Desk) -> None:
    """
    A closed job is not amended, and a move that stays there does not carry values past that.
    """
    job = closed(desk)
    values = {"$.outcome.notes": "Nothing was wrong."}

    with pytest.raises(Refused) as amended:
        desk.amend(job.id, values, by=BOSS, at=NOW)
    with pytest.raises(Refused) as fired:
        desk.fire(job.id, "call_back", by=BOSS, at=NOW, reason="fault_returned", values=values)

    assert "lifecycle.state_forbids" == amended.value.code == fired.value.code


def test_merged_job_takes_not_even_a_note(desk: Desk) -> None:
    """
    What was merged away is left alone: notes and amendments belong to the job that goes on.
    """
    job = submitted(desk)
    desk.merge(job.id, into=submitted(desk).id, by=TRIAGE, at=NOW)

    with pytest.raises(Refused):
        desk.note(job.id, "Called again.", by=DEALER, at=NOW)
    with pytest.raises(Refused):
        desk.amend(job.id, {"$.links.merged_into": None}, by=TRIAGE, at=NOW)
    with pytest.raises(Refused):
        desk.add_task(job.id, Task(id="t1", title="Call"), by=TRIAGE, at=NOW)


def test_note_keeps_what_was_said_private(desk: Desk) -> None:
    """
    A note is hidden from birth, with its channel and audience in the open.
    """
    job = submitted(desk)

    (event,) = desk.note(job.id, "Frieda called.", by=DEALER, at=NOW, channel="phone", audience="site").events

    text = event.data["text"]
    assert isinstance(text, Redacted)
    assert ("Frieda called.", "phone", "site") == (text.reveal(), event.name, event.data["audience"])
    assert "Frieda" not in repr(event)


def test_note_may_be_open(desk: Desk) -> None:
    """
    A note that is no secret is kept as plain text.
    """
    job = submitted(desk)

    (event,) = desk.note(job.id, "Gate 3 is closed.", by=DEALER, at=NOW, private=False).events

    assert "Gate 3 is closed." == event.data["text"]


def test_note_of_a_device_counts_from_when_it_says(desk: Desk) -> None:
    """
    A device's word about time is believed back to when the state was entered, and no further.
    """
    job = submitted(desk)
    at = NOW + timedelta(hours=6)

    (late,) = desk.note(job.id, "x", by=TECHNICIAN, at=at, claimed_at=NOW + timedelta(hours=2)).events
    (odd,) = desk.note(job.id, "y", by=TECHNICIAN, at=at, claimed_at=NOW - timedelta(days=400)).events
    (fast,) = desk.note(job.id, "z", by=TECHNICIAN, at=at, claimed_at=NOW + timedelta(days=400)).events

    assert (NOW + timedelta(hours=2), ()) == (late.occurred_at, late.flags)
    assert (NOW, ("clock_behind",)) == (odd.occurred_at, odd.flags)
    assert (at, ("clock_ahead",)) == (fast.occurred_at, fast.flags)
    assert NOW - timedelta(days=400) == odd.claimed_at


def test_erase_leaves_digests_only(desk: Desk) -> None:
    """
    After an erasure the private values are gone for good, the chain still verifies, and the deed is recorded.
    """
    job = submitted(desk)
    desk.note(job.id, "Frieda called.", by=DEALER, at=NOW)

    done = desk.erase(job.id, by=BOSS, at=NOW, reason="asked_to")

    assert isinstance(desk.job(job.id).subject.contacts[0].name, Erased)
    assert done.job == desk.job(job.id)
    history = desk.history(job.id)
    assert ("erased", "asked_to", 2) == (
        history.events[-1].kind,
        history.events[-1].reason,
        history.events[-1].data["count"],
    )
    assert is_whole(desk, job.id)


def test_erase_may_be_for_one_place(desk: Desk) -> None:
    """
    Erasing below a path leaves the other private values alone.
    """
    job = submitted(desk, work={"symptom": "hums", "access_notes": "Key under the mat."})

    desk.erase(job.id, by=BOSS, at=NOW, reason="asked_to", under="$.subject.contacts[c1]")

    kept = desk.job(job.id)
    assert isinstance(kept.subject.contacts[0].name, Erased)
    assert isinstance(kept.work.access_notes, Redacted)


def test_private_field_of_the_type_is_hidden(bench: Desk) -> None:
    """
    A field that its job type calls private is hidden wherever it comes in.
    """
    job = on_bench(bench, fields={"nurse": "Anna"})
    job = bench.amend(job.id, {"$.fields.nurse": "Berta"}, by=DEALER, at=NOW).job

    assert isinstance(job.fields["nurse"], Redacted)
    assert "Berta" == job.fields["nurse"].reveal()
