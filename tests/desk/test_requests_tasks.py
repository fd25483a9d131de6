"""Tasks before any job, whose turn it is, and which task waits for which."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.model import Task
from jobkit.ports import Commit, Receipt
from jobkit.stores import MemoryStore
from tests.desk.building import DEALER, NOW, TRIAGE, is_whole, seated, submitted, workshop
from tests.desk.requesting import asked, service

CALL = Task(id="call", title="Call back", owner="tina")


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk that takes requests."""
    return service(store, awaited=awaited)


def test_task_about_a_customer_needs_no_job(desk: Desk) -> None:
    """
    A task stands on a record about its customer, which is not a request that somebody waits for.
    """
    done = desk.open_task("customer", "C-5", CALL, by=TRIAGE, at=NOW)

    (task,) = done.job.tasks
    assert ("customer", "C-5", "open") == (task.subject_kind, task.subject_id, task.status)
    assert ("C-5", "noted") == (done.job.subject.customer, done.job.state.name)
    assert "noted" == desk.request_status(done.job.id).standing
    assert () == desk.queue("requests").jobs
    assert is_whole(desk, done.job.id)


@pytest.mark.parametrize("kind", ["customer", "site", "asset", "conversation"])
def test_record_of_a_subject_is_found_again(desk: Desk, kind: str) -> None:
    """
    The second task about the same subject stands on the same record, another subject has its own.
    """
    first = desk.open_task(kind, "X-1", CALL, by=TRIAGE, at=NOW).job
    second = desk.open_task(kind, "X-1", attrs.evolve(CALL, id="t2"), by=TRIAGE, at=NOW).job
    other = desk.open_task(kind, "X-2", CALL, by=TRIAGE, at=NOW).job

    assert first.id == second.id != other.id
    assert ["call", "t2"] == [task.id for task in second.tasks]


def test_record_that_ended_is_followed_by_another(desk: Desk) -> None:
    """
    A task about a customer whose record has ended stands on a new one, and that is found from then on.
    """
    first = desk.open_task("customer", "C-5", CALL, by=TRIAGE, at=NOW).job
    desk.fire(first.id, "withdraw", by=TRIAGE, at=NOW, reason="created_by_mistake")

    second = desk.open_task("customer", "C-5", CALL, by=TRIAGE, at=NOW).job
    third = desk.open_task("customer", "C-5", attrs.evolve(CALL, id="t2"), by=TRIAGE, at=NOW).job

    assert first.id != second.id == third.id


def test_task_stands_on_a_request(desk: Desk) -> None:
    """
    A task about a request stands on it, and on nothing else.
    """
    request = asked(desk)

    done = desk.open_task("request", request.id, CALL, by=TRIAGE, at=NOW)

    assert request.id == done.job.id
    assert ("request", request.id) == (done.job.tasks[0].subject_kind, done.job.tasks[0].subject_id)


def test_repeated_task_is_opened_once(desk: Desk) -> None:
    """
    The same command key adds one task, on whichever record it stands.
    """
    told: dict[str, Any] = {"by": TRIAGE, "at": NOW, "command_key": "k"}

    first = desk.open_task("customer", "C-5", CALL, **told)
    again = desk.open_task("customer", "C-5", CALL, **told)

    assert (again.repeated, first.job.id) == (True, again.job.id)
    assert 1 == len(again.job.tasks)


class Interrupting(MemoryStore):
    """A store in which somebody else is quicker, once, before the next commit."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Callable[[], Any]] = []

    def commit(self, commit: Commit, /) -> Receipt:
        """Let the other one go first."""
        while self.before:
            self.before.pop()()
        return super().commit(commit)


@pytest.mark.parametrize("known", [False, True], ids=["first task", "another task"])
def test_two_tasks_at_one_moment_stand_on_one_record(known: bool) -> None:
    """
    Who is beaten by another task about the same customer looks again, and both stand on one record.
    """
    store = Interrupting()
    desk = service(store)
    if known:
        desk.open_task("customer", "C-5", attrs.evolve(CALL, id="known"), by=TRIAGE, at=NOW)
    other = attrs.evolve(CALL, id="other")
    store.before.append(lambda: service(store).open_task("customer", "C-5", other, by=TRIAGE, at=NOW))

    done = desk.open_task("customer", "C-5", CALL, by=TRIAGE, at=NOW)

    assert ["other", "call"] == [task.id for task in done.job.tasks if task.id != "known"]


def test_what_cannot_carry_a_task_is_refused(desk: Desk) -> None:
    """
    Other kinds of subjects, jobs given as requests, blank ids and a task id that is taken are refused.
    """
    job = submitted(desk)
    desk.open_task("customer", "C-5", CALL, by=TRIAGE, at=NOW)

    for kind, id, error, code in (
        ("weather", "X", Invalid, "desk.task_subject"),
        ("request", job.id, Refused, "desk.no_request"),
        ("request", "R-404", NotFound, "desk.no_job"),
        ("customer", " ", Refused, "desk.blank"),
        ("customer", "C-5", Refused, "desk.same_task"),
    ):
        with pytest.raises(error) as refused:
            desk.open_task(kind, id, CALL, by=TRIAGE, at=NOW)
        assert code == refused.value.code


def test_catalog_without_requests_keeps_no_tasks_before_jobs() -> None:
    """
    A catalog must have a type of requests, and with several of them it must be said which.
    """
    bench = seated(workshop(), MemoryStore())

    with pytest.raises(NotFound) as refused:
        bench.open_task("customer", "C-5", CALL, by=TRIAGE, at=NOW)
    with pytest.raises(NotFound):
        service(MemoryStore()).open_task("customer", "C", CALL, by=TRIAGE, at=NOW, request_type="breakdown")

    assert "desk.no_request_type" == refused.value.code


def test_tasks_of_a_person_are_found_wherever_they_stand(desk: Desk) -> None:
    """
    One look tells what somebody has to do on jobs, requests and customers, the first due first.
    """
    job = submitted(desk)
    request = asked(desk)
    desk.add_task(job.id, attrs.evolve(CALL, id="late", due=NOW + timedelta(days=2)), by=TRIAGE, at=NOW)
    desk.add_task(request.id, attrs.evolve(CALL, id="soon", due=NOW + timedelta(days=1)), by=TRIAGE, at=NOW)
    desk.add_task(request.id, attrs.evolve(CALL, id="other", owner="paul"), by=TRIAGE, at=NOW)
    desk.open_task("customer", "C-5", attrs.evolve(CALL, id="some day"), by=TRIAGE, at=NOW)
    desk.add_task(job.id, attrs.evolve(CALL, id="over"), by=TRIAGE, at=NOW)
    desk.complete_task(job.id, "over", by=TRIAGE, at=NOW)

    found = desk.tasks_of("tina")

    assert ["soon", "late", "some day"] == [each.task.id for each in found]
    assert [True, False, True] == [each.is_request for each in found]
    assert () == desk.tasks_of("nobody")


def test_task_waits_for_others(desk: Desk) -> None:
    """
    A task is completed only when those that it waits for are done or dropped; all that are left are told.
    """
    job = submitted(desk)
    for task in (
        CALL,
        attrs.evolve(CALL, id="look"),
        attrs.evolve(CALL, id="go", after=("call", "look")),
    ):
        desk.add_task(job.id, task, by=TRIAGE, at=NOW)

    with pytest.raises(Refused) as refused:
        desk.complete_task(job.id, "go", by=TRIAGE, at=NOW)
    desk.complete_task(job.id, "call", by=TRIAGE, at=NOW)
    desk.drop_task(job.id, "look", by=TRIAGE, at=NOW, reason="not_needed")
    done = desk.complete_task(job.id, "go", by=TRIAGE, at=NOW).job

    assert ["call", "look"] == [finding.params["waits_for"] for finding in refused.value.findings]
    assert {"desk.task_waits"} == {finding.code for finding in refused.value.findings}
    assert "done" == done.tasks[-1].status


def test_waiting_task_may_be_dropped(desk: Desk) -> None:
    """
    Dropping asks for a reason, and for no order.
    """
    job = submitted(desk)
    desk.add_task(job.id, CALL, by=TRIAGE, at=NOW)
    desk.add_task(job.id, attrs.evolve(CALL, id="go", after=("call",)), by=TRIAGE, at=NOW)

    dropped = desk.drop_task(job.id, "go", by=TRIAGE, at=NOW, reason="not_needed").job

    assert "dropped" == dropped.tasks[-1].status


@pytest.mark.parametrize(("after", "code"), [("ghost", "model.task_after"), ("go", "model.task_circle")])
def test_task_that_waits_in_vain_is_not_added(desk: Desk, after: str, code: str) -> None:
    """
    A task waits for tasks of its job, and not for itself.
    """
    job = submitted(desk)

    with pytest.raises(Refused) as refused:
        desk.add_task(job.id, attrs.evolve(CALL, id="go", after=(after,)), by=TRIAGE, at=NOW)

    assert (code, "$.tasks[go].after") == (refused.value.code, refused.value.path)


def test_job_is_not_born_with_tasks_in_a_circle(desk: Desk) -> None:
    """
    Tasks told with a new job wait for each other in no circle, and for none that is not there.
    """
    told = [
        {"id": "a", "title": "A", "status": "open", "after": ["b"]},
        {"id": "b", "title": "B", "status": "open", "after": ["a"]},
        {"id": "c", "title": "C", "status": "open", "after": ["ghost"]},
    ]

    with pytest.raises(Refused) as refused:
        desk.submit("breakdown", {"tasks": told}, by=DEALER, at=NOW)

    assert {"model.task_after", "model.task_circle"} == {each.code for each in refused.value.findings}
