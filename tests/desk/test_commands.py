"""Commands that come more than once, for several jobs, and in what order their jobs are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobkit.desk import Desk, Done, Store
from jobkit.errors import Conflict
from jobkit.model import Task
from tests.desk.building import (
    BOSS,
    DEALER,
    LATER,
    NOW,
    PLANNER,
    REQUEST,
    TECHNICIAN,
    TRIAGE,
    VISIT,
    approved,
    closed,
    on_site,
    scheduled,
    submitted,
    word,
)

Command = Callable[[Desk, str, str, int], Done]


def later(times: int) -> Any:
    """Return the instant of the n-th delivery: repeating takes time, and that is no other command."""
    return VISIT.end + timedelta(minutes=times)


def amend(desk: Desk, job: str, key: str, times: int) -> Done:
    """Amend a field, open and private."""
    values = {"$.work.symptom": "hums", "$.work.access_notes": f"Key {times}"}
    return desk.amend(job, values, by=TRIAGE, at=later(times), command_key=key)


def note(desk: Desk, job: str, key: str, times: int) -> Done:
    """Note something."""
    return desk.note(job, "Frieda called.", by=DEALER, at=later(times), command_key=key)


def task(desk: Desk, job: str, key: str, times: int) -> Done:
    """Add a task."""
    added = Task(id="t1", title="Call")
    return desk.add_task(job, added, by=PLANNER, at=later(times), command_key=key)


def fire(desk: Desk, job: str, key: str, times: int) -> Done:
    """Escalate."""
    return desk.fire(job, "escalate", by=BOSS, at=later(times), reason="no_crew", command_key=key)


def assign(desk: Desk, job: str, key: str, times: int) -> Done:
    """Assign somebody."""
    return desk.assign(job, "tom", by=PLANNER, at=later(times), command_key=key)


@pytest.mark.parametrize("times", [2, 5])
@pytest.mark.parametrize("command", [amend, note, task, fire, assign])
def test_command_delivered_again_changes_nothing(
    desk: Desk, store: Store, command: Command, times: int
) -> None:
    """
    A command with its key is done once, however often it arrives; the later ones say so.
    """
    job = scheduled(desk)
    first = command(desk, job.id, "k", 1)
    position = store.feed("").position

    again = [command(desk, job.id, "k", number) for number in range(2, times + 1)]

    assert [True] * (times - 1) == [done.repeated for done in again]
    assert position == store.feed("").position
    assert [first.job] * (times - 1) == [done.job for done in again]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"reason": "no_crew"}, {"reason": "breakdown"}),
        ({}, {"note": "urgent"}),
        ({}, {"values": {"$.work.symptom": "hums"}}),
        ({}, {"data": {"x": 1}}),
        ({}, {"acknowledged": ("x",)}),
    ],
)
def test_key_of_another_command_conflicts(desk: Desk, first: dict[str, Any], second: dict[str, Any]) -> None:
    """
    One key with other arguments is a conflict, whichever argument differs.
    """
    job = scheduled(desk)
    told: dict[str, Any] = {"by": BOSS, "at": NOW, "command_key": "k", "reason": "no_crew"}
    desk.fire(job.id, "escalate", **{**told, **first})

    with pytest.raises(Conflict) as refused:
        desk.fire(job.id, "escalate", **{**told, **second})

    assert "stores.key_reused" == refused.value.code


def test_key_of_another_facet_or_job_conflicts(desk: Desk) -> None:
    """
    The facet and the job belong to the command.
    """
    job, other = closed(desk), closed(desk)
    told: dict[str, Any] = {"by": BOSS, "at": VISIT.end, "command_key": "k"}
    desk.fire(job.id, "propose", facet="billing", **told)

    with pytest.raises(Conflict):
        desk.fire(job.id, "propose", **told)
    with pytest.raises(Conflict):
        desk.fire(other.id, "propose", facet="billing", **told)


def test_submitting_again_gives_the_same_job(desk: Desk) -> None:
    """
    A request sent twice with its key is one job.
    """
    first = desk.submit("breakdown", REQUEST, by=DEALER, at=NOW, command_key="k")
    second = desk.submit("breakdown", REQUEST, by=DEALER, at=NOW, command_key="k")

    assert (first.job, True) == (second.job, second.repeated)


def test_other_private_text_is_not_another_command(desk: Desk) -> None:
    """
    Private values leave no trace in a command's digest: the same request with another name is the same.
    """
    subject = {**REQUEST["subject"], "contacts": [{"id": "c1", "role": "site", "name": "Somebody"}]}
    first = desk.submit("breakdown", REQUEST, by=DEALER, at=NOW, command_key="k")
    second = desk.submit("breakdown", {**REQUEST, "subject": subject}, by=DEALER, at=NOW, command_key="k")

    assert first.job == second.job


def test_repeated_command_tells_its_own_job_first(desk: Desk) -> None:
    """
    When a command made further jobs, the one it was about comes first, the second time too.
    """
    for _ in range(4):
        job = closed(desk)
        told: dict[str, Any] = {
            "by": DEALER,
            "at": VISIT.end,
            "reason": "fault_returned",
            "command_key": job.id,
        }
        desk.fire(job.id, "call_back", **told)

        again = desk.fire(job.id, "call_back", **told)

        assert job.id == again.job.id
        assert 2 == len(again.jobs)


def test_key_is_looked_up_before_anything_else(desk: Desk) -> None:
    """
    A command that was done is told as done, even if it could not be done any more.
    """
    job = on_site(desk)
    told: dict[str, Any] = {"by": TECHNICIAN, "at": VISIT.end, "reason": "site_closed", "command_key": "k"}
    desk.fire(job.id, "no_access", **told)

    assert desk.fire(job.id, "no_access", **told).repeated


def test_visits_and_sign_offs_are_commands_too(desk: Desk) -> None:
    """
    Planning and signing off twice with their keys happens once; another window is another command.
    """
    job = approved(desk)
    desk.plan_visit(job.id, VISIT, by=PLANNER, at=NOW, command_key="p")
    desk.plan_visit(job.id, VISIT, by=PLANNER, at=NOW, command_key="p")
    desk.sign_off((job.id,), word(), by=PLANNER, at=NOW, command_key="s")
    done = desk.sign_off((job.id,), word(), by=PLANNER, at=NOW, command_key="s")

    assert (1, 1) == (len(done.job.visits), len(done.job.visits[0].sign_offs))
    with pytest.raises(Conflict):
        desk.plan_visit(job.id, LATER, by=PLANNER, at=NOW, command_key="p")
    with pytest.raises(Conflict):
        desk.plan_visit(job.id, VISIT, by=PLANNER, at=NOW, crew=("tom",), command_key="p")


def test_keys_of_tenants_are_apart(store: Store, after_sales: Any) -> None:
    """
    Two tenants may use the same key for their own commands.
    """
    ours, theirs = Desk(after_sales, store, tenant="a"), Desk(after_sales, store, tenant="b")

    first = ours.submit("breakdown", REQUEST, by=DEALER, at=NOW, command_key="k")
    second = theirs.submit("breakdown", {}, by=DEALER, at=NOW, command_key="k")

    assert (False, False) == (first.repeated, second.repeated)
    assert submitted(ours).id != second.job.id
