"""Assignments, tasks, and handing over everything of one who leaves."""

from datetime import timedelta

import pytest

from jobkit.catalog import Catalog
from jobkit.desk import Desk, Store
from jobkit.errors import Conflict, NotFound, Refused
from jobkit.model import Actor, Task
from jobkit.ports import Commit, Receipt
from jobkit.stores import MemoryStore
from tests.desk.building import (
    BOSS,
    LATER,
    NOW,
    PLANNER,
    TECHNICIAN,
    VISIT,
    approved,
    closed,
    completed,
    is_whole,
    on_bench,
    scheduled,
    submitted,
    workshop,
)

ANNA = Actor(id="anna", role="technician")


def test_assign_offers_work(desk: Desk) -> None:
    """
    A person is offered a visit in a role, and accepts it.
    """
    job = scheduled(desk)
    (offered,) = desk.assign(job.id, "tom", by=PLANNER, at=NOW, visit="v1").job.assignments

    (accepted,) = desk.accept(job.id, offered.id, by=TECHNICIAN, at=NOW).job.assignments

    assert ("offered", "tom", "v1", "technician") == (
        offered.status,
        offered.person,
        offered.visit,
        offered.role,
    )
    assert "accepted" == accepted.status
    assert is_whole(desk, job.id)


def test_assign_refuses_a_visit_that_is_not_there(desk: Desk) -> None:
    """
    Nobody is assigned to a visit that the job does not have.
    """
    job = scheduled(desk)

    with pytest.raises(NotFound) as refused:
        desk.assign(job.id, "tom", by=PLANNER, at=NOW, visit="v9")

    assert "desk.no_visit" == refused.value.code


def test_assign_heeds_the_state(desk: Desk) -> None:
    """
    Work that is performed is not offered to anybody any more.
    """
    job = completed(desk)

    with pytest.raises(Refused) as refused:
        desk.assign(job.id, "tom", by=PLANNER, at=VISIT.end)

    assert "lifecycle.state_forbids" == refused.value.code


def test_decline_needs_a_reason(desk: Desk) -> None:
    """
    Who declines says why, and an answer that was given is not given again.
    """
    job = scheduled(desk)
    (offered,) = desk.assign(job.id, "tom", by=PLANNER, at=NOW).job.assignments

    with pytest.raises(Refused) as silent:
        desk.decline(job.id, offered.id, by=TECHNICIAN, at=NOW, reason="")
    (declined,) = desk.decline(job.id, offered.id, by=TECHNICIAN, at=NOW, reason="ill").job.assignments
    with pytest.raises(Refused) as late:
        desk.accept(job.id, offered.id, by=TECHNICIAN, at=NOW)
    with pytest.raises(NotFound) as unknown:
        desk.accept(job.id, "a9", by=TECHNICIAN, at=NOW)

    assert ("declined", "ill") == (declined.status, declined.reason)
    assert ["desk.decline_reason", "desk.not_offered", "desk.no_assignment"] == [
        error.value.code for error in (silent, late, unknown)
    ]


def test_accepted_work_can_still_be_declined(desk: Desk) -> None:
    """
    Someone who accepted and falls ill gives the work back.
    """
    job = scheduled(desk)
    (offered,) = desk.assign(job.id, "tom", by=PLANNER, at=NOW).job.assignments
    desk.accept(job.id, offered.id, by=TECHNICIAN, at=NOW)

    (declined,) = desk.decline(job.id, offered.id, by=TECHNICIAN, at=NOW, reason="ill").job.assignments

    assert "declined" == declined.status


def test_reassign_hands_everything_over(desk: Desk) -> None:
    """
    Assignments are offered anew, open tasks and crews of visits to come change hands, and it is said why.
    """
    job = approved(desk)
    desk.plan_visit(job.id, VISIT, by=PLANNER, at=NOW, visit_id="v1", crew=("tom", "anna"))
    desk.assign(job.id, "tom", by=PLANNER, at=NOW, visit="v1")
    desk.add_task(job.id, Task(id="t1", title="Call", owner="tom"), by=PLANNER, at=NOW)

    (batch,) = desk.reassign("tom", "anna", by=BOSS, at=NOW, reason="left")

    after = batch.job
    assert [("tom", "released", "left"), ("anna", "offered", None)] == [
        (given.person, given.status, given.reason) for given in after.assignments
    ]
    assert ("anna",) == after.visits[0].crew
    assert "anna" == next(task.owner for task in after.tasks if task.id == "t1")
    assert ("reassigned", "left") == (batch.events[0].name, batch.events[0].reason)
    assert is_whole(desk, job.id)


def test_reassign_offers_nothing_twice(desk: Desk) -> None:
    """
    A successor who is on the job in the same role already is not asked again.
    """
    job = approved(desk)
    for person in ("tom", "anna"):
        desk.assign(job.id, person, by=PLANNER, at=NOW)

    (batch,) = desk.reassign("tom", "anna", by=BOSS, at=NOW, reason="left")

    assert ["released", "offered"] == [given.status for given in batch.job.assignments]


def test_reassign_leaves_what_is_over(desk: Desk) -> None:
    """
    Jobs that have ended, and people without work, have nothing to hand over.
    """
    closed(desk)

    assert () == desk.reassign("tom", "anna", by=BOSS, at=NOW, reason="left")


def test_reassign_to_the_same_person_is_refused(desk: Desk) -> None:
    """
    Handing over to oneself would never end.
    """
    with pytest.raises(Refused) as refused:
        desk.reassign("tom", "tom", by=BOSS, at=NOW, reason="left")

    assert "desk.same_person" == refused.value.code


class Disturbed(MemoryStore):
    """A store on which somebody else is quicker at the third commit."""

    commits = -1

    def commit(self, commit: Commit, /) -> Receipt:
        self.commits += 1
        if self.commits == 2:
            raise_for(self, commit)
        return super().commit(commit)


def raise_for(store: Disturbed, commit: Commit) -> None:
    """Let another desk note something on a job of this commit first."""
    store.commits = -1_000
    Desk(workshop(), store).note(commit.changes[0].job_id, "Me first.", by=BOSS, at=NOW)
    store.commits = 1_000


def test_reassign_of_many_jobs_goes_on_after_a_conflict() -> None:
    """
    Of 250 jobs a conflict leaves the batches before it done, and calling again finishes the rest.
    """
    store = Disturbed()
    store.commits = -1_000
    desk = Desk(workshop(), store)
    for number in range(250):
        job = on_bench(desk, asset=f"A-{number}")
        desk.assign(job.id, "tom", by=PLANNER, at=NOW)
    store.commits = 0

    with pytest.raises(Conflict):
        desk.reassign("tom", "anna", by=BOSS, at=NOW, reason="left")
    left = len(store.by_person("", "tom"))
    batches = desk.reassign("tom", "anna", by=BOSS, at=NOW, reason="left")

    assert (150, [100, 50]) == (left, [len(batch.jobs) for batch in batches])
    assert () == store.by_person("", "tom")
    assert 250 == len(store.by_person("", "anna"))


def test_task_runs_its_course(desk: Desk) -> None:
    """
    A task is added, made active once it has owner and due time, and completed at an instant.
    """
    job = submitted(desk)
    desk.add_task(job.id, Task(id="t1", title="Call the site"), by=PLANNER, at=NOW)

    with pytest.raises(Refused) as invisible:
        desk.activate_task(job.id, "t1", by=PLANNER, at=NOW)
    values = {"$.tasks[t1].owner": "dora", "$.tasks[t1].due": LATER.start}
    desk.amend(job.id, values, by=PLANNER, at=NOW)
    active = desk.activate_task(job.id, "t1", by=PLANNER, at=NOW).job.tasks[0]
    done = desk.complete_task(job.id, "t1", by=PLANNER, at=NOW + timedelta(hours=1)).job.tasks[0]

    assert ["$.tasks[t1].owner", "$.tasks[t1].due"] == [each.path for each in invisible.value.findings]
    assert ("active", "done", NOW + timedelta(hours=1)) == (active.status, done.status, done.completed)
    assert is_whole(desk, job.id)


def test_task_is_dropped_with_a_reason(desk: Desk) -> None:
    """
    What is not needed is dropped, and the history says why.
    """
    job = submitted(desk)
    desk.add_task(job.id, Task(id="t1", title="Call the site"), by=PLANNER, at=NOW)

    with pytest.raises(Refused) as silent:
        desk.drop_task(job.id, "t1", by=PLANNER, at=NOW, reason="")
    done = desk.drop_task(job.id, "t1", by=PLANNER, at=NOW, reason="solved")

    assert "desk.drop_reason" == silent.value.code
    assert ("dropped", "solved") == (done.job.tasks[0].status, done.events[0].reason)


def test_task_that_is_over_stays_over(desk: Desk) -> None:
    """
    A finished task is not activated, completed or dropped again.
    """
    job = submitted(desk)
    desk.add_task(job.id, Task(id="t1", title="Call", owner="dora", due=NOW), by=PLANNER, at=NOW)
    desk.complete_task(job.id, "t1", by=PLANNER, at=NOW)

    with pytest.raises(Refused) as active:
        desk.activate_task(job.id, "t1", by=PLANNER, at=NOW)
    with pytest.raises(Refused) as done:
        desk.complete_task(job.id, "t1", by=PLANNER, at=NOW)
    with pytest.raises(Refused) as dropped:
        desk.drop_task(job.id, "t1", by=PLANNER, at=NOW, reason="late")

    codes = [error.value.code for error in (active, done, dropped)]
    assert ["model.task_over", "desk.task_over", "desk.task_over"] == codes


def test_task_is_added_once_and_open(desk: Desk) -> None:
    """
    A task id stands once on a job, and no task is born active or done.
    """
    job = submitted(desk)
    desk.add_task(job.id, Task(id="t1", title="Call"), by=PLANNER, at=NOW)

    with pytest.raises(Refused) as twice:
        desk.add_task(job.id, Task(id="t1", title="Call"), by=PLANNER, at=NOW)
    with pytest.raises(Refused) as begun:
        desk.add_task(job.id, Task(id="t2", title="Call", status="done"), by=PLANNER, at=NOW)
    with pytest.raises(NotFound) as unknown:
        desk.complete_task(job.id, "t9", by=PLANNER, at=NOW)

    assert ["desk.same_task", "desk.task_begun", "desk.no_task"] == [
        error.value.code for error in (twice, begun, unknown)
    ]


def test_tasks_heed_the_state(bench: Desk) -> None:
    """
    A state that forbids tasks takes none.
    """
    job = on_bench(bench)
    bench.fire(job.id, "finish", by=BOSS, at=NOW)

    with pytest.raises(Refused) as refused:
        bench.add_task(job.id, Task(id="t1", title="Call"), by=PLANNER, at=NOW)

    assert "lifecycle.state_forbids" == refused.value.code


def test_people_of_other_tenants_stay(store: Store, after_sales: Catalog) -> None:
    """
    Handing over in one tenant leaves the same person's work in another alone.
    """
    ours, theirs = Desk(after_sales, store, tenant="a"), Desk(after_sales, store, tenant="b")
    for desk in (ours, theirs):
        desk.assign(approved(desk).id, "tom", by=PLANNER, at=NOW)

    ours.reassign("tom", "anna", by=BOSS, at=NOW, reason="left")

    assert 1 == len(store.by_person("b", "tom"))
