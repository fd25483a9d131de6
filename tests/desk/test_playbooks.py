"""Jobs started from playbooks: what they get and remember, and how they come to a later version."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs
import pytest

from jobkit.catalog import Catalog
from jobkit.desk import Desk, Store
from jobkit.errors import Conflict, Invalid, NotFound, Refused
from jobkit.history import verify
from jobkit.model import Task
from jobkit.playbooks import Playbook, Playbooks
from jobkit.stores import MemoryStore
from tests.desk.building import (
    BENCH,
    BOSS,
    DEALER,
    NOW,
    PLANNER,
    TRIAGE,
    is_whole,
    on_bench,
    seated,
    workshop,
)
from tests.desk.requesting import service

APRIL: Final = datetime(2026, 4, 1, tzinfo=UTC)
FIRST: Final = Playbook.load(
    {
        "id": "service",
        "version": "1",
        "effective_from": "2026-01-01T00:00:00Z",
        "job_type": "preventive-maintenance",
        "work": {"estimated": "3h", "skills": ["compressor"]},
        "tasks": [
            {"id": "stage", "title": "Stage the kit", "owner": "paul", "due": "2d"},
            {"id": "report", "title": "Send the report", "after": ["tight"]},
        ],
        "checklist": [{"id": "tight", "text": "Leak test passed", "stage": "finish"}],
        "parts": [{"id": "oil", "number": "OIL-46", "quantity": "12"}],
    }
)
SECOND: Final = Playbook.load(
    {
        **FIRST.to_data(),
        "version": "2",
        "effective_from": "2026-04-01T00:00:00Z",
        "because": "root_cause",
        "work": {"estimated": "4h", "skills": ["compressor"]},
        "parts": [{"id": "oil", "number": "OIL-46", "quantity": "12"}, {"id": "seal", "number": "SEAL-9"}],
    }
)


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk with both versions of the yearly service."""
    return service(store, awaited=awaited, playbooks=(FIRST, SECOND))


def started(desk: Desk, **more: Any) -> str:
    """Return the id of a job started from the first version."""
    request = {"subject": {"customer": "C-5", "asset": "K-1"}}
    return desk.start("service", request, by=DEALER, at=NOW, **more).job.id


def test_start_opens_a_job_with_all_of_it(desk: Desk) -> None:
    """
    One event opens the job with tasks, checklist, kit and skills, and names the playbook's hash.
    """
    job = desk.job(started(desk, state="submitted"))
    opening = desk.history(job.id).events[0]

    assert ["stage", "report", "tight"] == [task.id for task in job.tasks]
    assert ("OIL-46",) == tuple(part.number for part in job.parts)
    assert (FIRST.link, "submitted", "C-5") == (job.links.playbook, job.state.name, job.subject.customer)
    assert ("started", FIRST.hash) == (opening.name, opening.rules["playbook.service"])
    assert {"playbook": "service", "playbook_version": "1"} == dict(opening.data)
    assert is_whole(desk, job.id)


def test_request_has_the_last_word(desk: Desk) -> None:
    """
    What is told with the start stands, and the playbook adds the rest.
    """
    told = {"work": {"estimated": "5h", "skills": ["electrical"]}}

    job = desk.start("service", told, by=DEALER, at=NOW).job

    assert (timedelta(hours=5), ("electrical", "compressor")) == (job.work.estimated, job.work.skills)


def test_version_in_force_is_used_unless_one_is_named(desk: Desk) -> None:
    """
    The date of the start chooses the version; a version can be named for any day.
    """
    march, april = desk.start("service", by=DEALER, at=NOW), desk.start("service", by=DEALER, at=APRIL)
    named = desk.start("service", by=DEALER, at=APRIL, version="1")

    versions = [each.job.links.playbook.version for each in (march, april, named) if each.job.links.playbook]
    assert ["1", "2", "1"] == versions


def test_order_of_tasks_is_kept_to(desk: Desk) -> None:
    """
    A task of the playbook is completed after those that it waits for.
    """
    job_id = started(desk)

    with pytest.raises(Refused) as refused:
        desk.complete_task(job_id, "report", by=PLANNER, at=NOW)
    desk.complete_task(job_id, "tight", by=PLANNER, at=NOW)
    done = desk.complete_task(job_id, "report", by=PLANNER, at=NOW).job

    assert "desk.task_waits" == refused.value.code
    assert ["open", "done", "done"] == [task.status for task in done.tasks]


def test_repeated_start_opens_one_job(desk: Desk) -> None:
    """
    The same command key starts one job; another playbook with it is a conflict.
    """
    first = started(desk, command_key="k")

    assert first == started(desk, command_key="k")
    with pytest.raises(Conflict):
        started(desk, command_key="k", version="2")


def test_version_stays_readable_for_ever(store: Store) -> None:
    """
    A job's version is read from the archive once the catalog has forgotten it.
    """
    job_id = started(service(store, playbooks=(FIRST,)))
    later = service(store, playbooks=(SECOND,))

    assert FIRST == later.playbook_of(job_id)
    assert verify(later.history(job_id).events).ok


def test_job_without_a_playbook_remembers_none(desk: Desk) -> None:
    """
    A job that was submitted by hand has no playbook, and one whose text is lost says so.
    """
    plain = desk.submit("breakdown", {}, by=DEALER, at=NOW).job
    lost = {"id": "service", "version": "0", "hash": "0" * 64}
    told: dict[str, Any] = {"by": BOSS, "at": NOW, "since": NOW, "evidence": "the old system"}
    adopted = desk.adopt({"type": "preventive-maintenance", "links": {"playbook": lost}}, **told).job

    assert desk.playbook_of(plain.id) is None
    with pytest.raises(NotFound) as refused:
        desk.playbook_of(adopted.id)
    assert "desk.playbook_lost" == refused.value.code


def test_gains_name_what_open_jobs_lack(desk: Desk) -> None:
    """
    Each open job of an earlier version is told with what it would gain, and what else changed.
    """
    old, new = started(desk), desk.start("service", by=DEALER, at=APRIL).job.id
    over = started(desk)
    desk.fire(over, "submit", by=DEALER, at=NOW)
    desk.fire(over, "reject", by=TRIAGE, at=NOW, reason="not_a_job")

    page = desk.playbook_gains("service", at=APRIL)

    (told,) = page.jobs
    assert ("service", "2", None) == (page.playbook, page.version, page.after)
    assert (old, "1") == (told.job, told.version)
    assert ["parts[seal] is new: 1 of SEAL-9."] == [each.said for each in told.gains]
    assert told.diff is not None
    assert ["work.estimated changes from 3h to 4h."] == [each.said for each in told.diff.changed]
    assert new not in {each.job for each in page.jobs}


def test_gains_come_page_by_page(desk: Desk) -> None:
    """
    Following the cursor names every open job of the earlier version once.
    """
    ids = {started(desk) for _ in range(5)}
    desk.submit("breakdown", {}, by=DEALER, at=NOW)

    found: list[str] = []
    cursor = None
    while True:
        page = desk.playbook_gains("service", at=APRIL, after=cursor, limit=2)
        found += [each.job for each in page.jobs]
        cursor = page.after
        if cursor is None:
            break

    assert ids == set(found)
    assert len(ids) == len(found)


def test_nobody_gains_from_an_earlier_version(desk: Desk) -> None:
    """
    Jobs of a later version gain nothing from one before it.
    """
    desk.start("service", by=DEALER, at=APRIL)

    assert () == desk.playbook_gains("service", at=NOW).jobs


def test_gains_without_the_old_text_are_told_all_the_same(desk: Desk) -> None:
    """
    A job whose own version nobody holds is told with what it lacks, and without a comparison.
    """
    lost = {"id": "service", "version": "0", "hash": "0" * 64}
    told: dict[str, Any] = {"by": BOSS, "at": NOW, "since": NOW, "evidence": "the old system"}
    desk.adopt({"type": "preventive-maintenance", "links": {"playbook": lost}}, **told)

    (gains,) = desk.playbook_gains("service", at=APRIL).jobs

    assert ("0", None) == (gains.version, gains.diff)
    assert len(gains.gains) > 3


def test_adopting_adds_what_the_job_lacks(desk: Desk) -> None:
    """
    The job gets the new part, keeps its done task and its duration, remembers the version, and says why.
    """
    job_id = started(desk)
    desk.complete_task(job_id, "stage", by=PLANNER, at=NOW)

    done = desk.adopt_playbook(job_id, by=PLANNER, at=APRIL, reason="root_cause")

    event = done.events[0]
    assert ["OIL-46", "SEAL-9"] == [part.number for part in done.job.parts]
    assert ("done", timedelta(hours=3)) == (done.job.tasks[0].status, done.job.work.estimated)
    assert SECOND.link == done.job.links.playbook
    assert ("equipped", "service", "root_cause") == (event.kind, event.name, event.reason)
    assert ("service@1", "service@2", ["$.parts[seal]"]) == (
        event.data["from"],
        event.data["to"],
        list(event.data["added"]),
    )
    assert () == desk.playbook_gains("service", at=APRIL).jobs
    assert is_whole(desk, job_id)


def test_adopted_version_is_archived(store: Store) -> None:
    """
    The version that a job adopted is readable once the catalog has forgotten it.
    """
    desk = service(store, playbooks=(FIRST, SECOND))
    job_id = started(desk)
    desk.adopt_playbook(job_id, by=PLANNER, at=APRIL)

    assert SECOND == service(store, playbooks=(FIRST,)).playbook_of(job_id)


def test_running_job_adopts_a_first_playbook(desk: Desk) -> None:
    """
    A job that was submitted by hand can take one over when it is named.
    """
    told = {"tasks": [{"id": "own", "title": "Own", "status": "open"}]}
    job = desk.submit("preventive-maintenance", told, by=DEALER, at=NOW).job

    done = desk.adopt_playbook(job.id, "service", by=PLANNER, at=NOW, command_key="k")
    again = desk.adopt_playbook(job.id, "service", by=PLANNER, at=NOW, command_key="k")

    assert ["own", "stage", "report", "tight"] == [task.id for task in done.job.tasks]
    assert "from" not in done.events[0].data
    assert again.repeated


Try = Callable[[Desk], Any]

REFUSALS: dict[str, Try] = {
    "desk.playbook_adopted": lambda desk: desk.adopt_playbook(started(desk), by=PLANNER, at=NOW),
    "desk.playbook_earlier": lambda desk: desk.adopt_playbook(
        desk.start("service", by=DEALER, at=APRIL).job.id, by=PLANNER, at=APRIL, version="1"
    ),
    "desk.no_playbook": lambda desk: desk.adopt_playbook(
        desk.submit("breakdown", {}, by=DEALER, at=NOW).job.id, by=PLANNER, at=NOW
    ),
    "playbooks.other_type": lambda desk: desk.adopt_playbook(
        desk.submit("breakdown", {}, by=DEALER, at=NOW).job.id, "service", by=PLANNER, at=NOW
    ),
    "desk.ended": lambda desk: desk.adopt_playbook(_over(desk), by=PLANNER, at=APRIL),
    "playbooks.unknown": lambda desk: desk.start("haircut", by=DEALER, at=NOW),
    "playbooks.unknown_version": lambda desk: desk.start("service", by=DEALER, at=NOW, version="9"),
    "versions.not_yet": lambda desk: desk.start("service", by=DEALER, at=datetime(2020, 1, 1, tzinfo=UTC)),
    "desk.not_given": lambda desk: desk.start("service", {"visits": []}, by=DEALER, at=NOW),
    "instants.naive": lambda desk: desk.start("service", by=DEALER, at=datetime(2026, 3, 10)),
}


def _over(desk: Desk) -> str:
    job_id = started(desk)
    desk.fire(job_id, "submit", by=DEALER, at=NOW)
    desk.fire(job_id, "reject", by=TRIAGE, at=NOW, reason="not_a_job")
    return job_id


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_starting_and_adopting_are_refused(code: str) -> None:
    """
    What is unknown, over, for other jobs, earlier or already there is refused, and nothing is written.
    """
    desk = service(MemoryStore(), playbooks=(FIRST, SECOND))

    with pytest.raises((Refused, NotFound, Invalid)) as refused:
        REFUSALS[code](desk)

    assert code == refused.value.code
    assert [] == [event for event in desk.feed().events if event.kind == "equipped"]


def test_playbook_of_a_job_is_not_set_by_hand(desk: Desk) -> None:
    """
    Which playbook a job was started from follows from starting it: no amendment and no request says so.
    """
    job_id = started(desk)
    claimed = {"id": "service", "version": "9", "hash": "0" * 64}

    with pytest.raises(Refused):
        desk.amend(job_id, {"$.links.playbook": claimed}, by=PLANNER, at=NOW)
    with pytest.raises(Invalid):
        desk.submit("breakdown", {"links": {"playbook": claimed}}, by=DEALER, at=NOW)
    with pytest.raises(Invalid):
        desk.start("service", {"links": {"playbook": claimed}}, by=DEALER, at=NOW)


def test_own_task_of_the_same_id_stands_for_that_of_the_playbook(desk: Desk) -> None:
    """
    A task told with the start under the id of one of the playbook's is not doubled.
    """
    own = {"id": "stage", "title": "Stage it by night", "status": "open"}

    job = desk.start("service", {"tasks": [own]}, by=DEALER, at=NOW).job

    assert Task(id="stage", title="Stage it by night", status="open") == job.tasks[0]
    assert ["stage", "report", "tight"] == [task.id for task in job.tasks]


def spawning(store: Store, **data: Any) -> Desk:
    """Return a desk of the workshop whose bench jobs set off another job when they are followed up."""
    effect = {"name": "spawn_job", "data": {"relation": "follow_up", **data}, "outbound": False}
    way = {"trigger": "follow_up", "from": "open", "to": "@same", "effects": [effect]}
    catalog = workshop(changes={"transitions": [*BENCH["transitions"], way]})
    polish = attrs.evolve(FIRST, job_type="polish")
    return seated(catalog.with_playbooks([polish, attrs.evolve(SECOND, job_type="polish")]), store)


def test_job_that_is_set_off_begins_from_a_playbook(store: Store) -> None:
    """
    A transition can set a job off with a playbook: of its type, with all of it, and archived.
    """
    desk = spawning(store, playbook="service")
    parent = on_bench(desk)

    _, job = desk.fire(parent.id, "follow_up", by=BOSS, at=NOW).jobs

    assert ("polish", parent.id) == (job.type, job.links.spawned_from)
    assert ["stage", "report", "tight"] == [task.id for task in job.tasks]
    assert seated(workshop(), store).playbook_of(job.id) == attrs.evolve(FIRST, job_type="polish")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"playbook": "haircut"}, "playbooks.unknown"),
        ({"playbook": "service", "playbook_version": "9"}, "playbooks.unknown_version"),
        ({"playbook": "service", "type": "bench"}, "playbooks.other_type"),
    ],
    ids=str,
)
def test_playbook_that_does_not_fit_sets_nothing_off(data: dict[str, Any], code: str) -> None:
    """
    Asking says what is wrong with the playbook that a transition names, and firing writes nothing.
    """
    desk = spawning(MemoryStore(), **data)
    parent = on_bench(desk)

    answer = desk.ask(parent.id, "follow_up", by=BOSS, at=NOW)

    assert [code] == [finding.code for finding in answer.findings]


def test_preset_playbooks_start_jobs() -> None:
    """
    The ready playbooks are in force and start jobs of the preset's types.
    """
    desk = service(MemoryStore())
    books = Catalog.preset("after-sales").playbooks

    jobs = [desk.start(book.id, by=DEALER, at=NOW).job for book in books]

    assert ["preventive-maintenance", "installation", "inspection"] == [job.type for job in jobs]
    assert [book.link for book in books] == [job.links.playbook for job in jobs]
    assert all(job.tasks for job in jobs)


def test_playbooks_of_a_desk_can_be_replaced(store: Store) -> None:
    """
    Two versions of one number with other words are two playbooks: the hash tells them apart.
    """
    job_id = started(service(store, playbooks=(FIRST,)))
    reworded = attrs.evolve(FIRST, label="Yearly service")

    found = service(store, playbooks=Playbooks.of((reworded,))).playbook_of(job_id)

    assert FIRST == found != reworded
