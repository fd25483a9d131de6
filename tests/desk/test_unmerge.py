"""Undoing a merge: each job is what its own events make, and what it did meanwhile goes along."""

from typing import Any

import pytest

from jobkit.desk import Desk
from jobkit.duplicates import MergeRules
from jobkit.errors import JobkitError, Refused
from jobkit.model import Job, Task, Window
from tests.desk.building import is_whole
from tests.desk.merging import AGENT, MACHINE, dispatch, hour, repair


@pytest.fixture(params=["at once", "awaited"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Return a desk of the office, or its twin behind the same verbs."""
    return dispatch(awaited=request.param == "awaited")


def merged(desk: Desk, **told: Any) -> tuple[Job, Job]:
    """Return a survivor and the job that was merged into it."""
    one, other = repair(desk, "N-1"), repair(desk, "N-2", after=1, **told)
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))
    return one, other


def codes(error: pytest.ExceptionInfo[JobkitError]) -> list[str]:
    """Return the codes of everything that an error tells."""
    return [finding.code for finding in error.value.findings]


def test_both_jobs_are_as_before(desk: Desk) -> None:
    """
    Nothing of an undone merge is left on either job but its record, and both histories verify.
    """
    one, other = merged(desk, work={"skills": ["welding"]}, subject={"site": "quarry"})
    done = desk.unmerge(other.id, by=AGENT, at=hour(3), reason="two machines")

    assert [other.id, one.id] == [job.id for job in done.jobs]
    for before, after in ((other, done.jobs[0]), (one, done.jobs[1])):
        assert (before.states, before.work, before.subject, before.links, before.parts) == (
            after.states, after.work, after.subject, after.links, after.parts
        )  # fmt: skip
        assert is_whole(desk, after.id)
    assert other.id == desk.resolve("N-2").id


def test_item_goes_with_its_owner(desk: Desk) -> None:
    """
    What was done meanwhile on an item that was taken over belongs to the job that had it.
    """
    one, other = merged(desk, parts=[{"id": "p1", "number": "SEAL"}])
    desk.amend(one.id, {"$.parts[p1].location": "van", "$.work.symptom": "noise"}, by=AGENT, at=hour(3))
    desk.add_task(one.id, Task(id="t1", title="Call"), by=AGENT, at=hour(3))

    freed, left = desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines").jobs
    assert [("p1", "van")] == [(part.id, part.location) for part in freed.parts]
    assert (None, (), "noise", ["t1"]) == (
        freed.work.symptom, left.parts, left.work.symptom, [task.id for task in left.tasks]
    )  # fmt: skip


def test_item_under_another_id_goes_home_under_its_own(desk: Desk) -> None:
    """
    An item that had to be renamed on the survivor has its own id again at its owner.
    """
    one = repair(desk, parts=[{"id": "p1", "number": "SEAL"}])
    other = repair(desk, after=1, parts=[{"id": "p1", "number": "PUMP"}])
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))
    desk.amend(one.id, {f"$.parts[{other.id}.p1].hold": "price"}, by=AGENT, at=hour(3))

    freed, left = desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines").jobs
    assert [("p1", "PUMP", "price")] == [(part.id, part.number, part.hold) for part in freed.parts]
    assert [("p1", "SEAL", None)] == [(part.id, part.number, part.hold) for part in left.parts]


def test_tasks_wait_for_each_other_again(desk: Desk) -> None:
    """
    Tasks that wait for each other do so under the ids that they have on either side.
    """
    one, other = repair(desk), repair(desk, after=1)
    for job in (one, other):
        desk.add_task(job.id, Task(id="t1", title=f"Look at {job.id}"), by=AGENT, at=hour(1))
    desk.add_task(other.id, Task(id="t2", title="Call", after=("t1",)), by=AGENT, at=hour(1))

    survivor = desk.merge(other.id, into=one.id, by=AGENT, at=hour(2)).job
    assert {"t1": (), f"{other.id}.t1": (), "t2": (f"{other.id}.t1",)} == {
        task.id: task.after for task in survivor.tasks
    }
    freed = desk.unmerge(other.id, by=AGENT, at=hour(3), reason="two machines").job
    assert {"t1": (), "t2": ("t1",)} == {task.id: task.after for task in freed.tasks}


def test_task_that_waited_for_one_that_leaves(desk: Desk) -> None:
    """
    A task that waits for one which goes back to its owner waits for it no more, or goes along with it.
    """
    one, other = repair(desk), repair(desk, after=1)
    for job in (one, other):
        desk.add_task(job.id, Task(id="t1", title=f"Look at {job.id}"), by=AGENT, at=hour(1))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))
    theirs, told = f"{other.id}.t1", dict[str, Any](by=AGENT, at=hour(3))
    desk.add_task(one.id, Task(id="t2", title="Call", after=("t1", theirs)), **told)
    given = desk.add_task(one.id, Task(id="t3", title="Write", after=(theirs,)), **told).events[0]

    freed, left = desk.unmerge(
        other.id, by=AGENT, at=hour(4), reason="two machines", owned={given.id: other.id}
    ).jobs
    assert {"t1": (), "t2": ("t1",)} == {task.id: task.after for task in left.tasks}
    assert {"t1": (), "t3": ("t1",)} == {task.id: task.after for task in freed.tasks}
    assert is_whole(desk, one.id)
    assert is_whole(desk, other.id)


def test_declared_event_goes_along(desk: Desk) -> None:
    """
    A word that is declared to belong to the member is its own afterwards, in its conversation too.
    """
    one, other = merged(desk)
    noted = desk.note(one.id, "Nameplate read.", by=AGENT, at=hour(3)).events[0]
    told = desk.amend(one.id, {"$.work.symptom": "leaks"}, by=AGENT, at=hour(3)).events[0]
    owned = {noted.id: other.id, told.id: other.id}

    freed, left = desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines", owned=owned).jobs
    assert ("leaks", None) == (freed.work.symptom, left.work.symptom)
    said = {line.event.id for line in desk.conversation(other.id).lines}
    assert {noted.id, told.id} <= said
    assert not {noted.id, told.id} & {line.event.id for line in desk.conversation(one.id).lines}


def test_later_word_counts_from_when_it_was_said(desk: Desk) -> None:
    """
    What a job owns of the time of the merge moves its clocks from that instant on, as without the merge.
    """
    one, other = merged(desk)
    told = desk.amend(one.id, {"$.terms.tier": "gold"}, by=AGENT, at=hour(3)).events[-1]
    desk.unmerge(other.id, by=AGENT, at=hour(9), reason="two machines", owned={told.id: other.id})

    assert ("breached", hour(5)) == told_of(desk, other)
    assert ("running", hour(24)) == told_of(desk, one)


def told_of(desk: Desk, job: Job) -> tuple[str, Any]:
    """Return how a job's answer stands, and when it is or was due."""
    seen = desk.clock(job.id, "answer", hour(10))
    return seen.state, seen.due_at


def test_list_keeps_what_another_member_brought(desk: Desk) -> None:
    """
    Of a plain list only what the parted job alone had brought is taken away again.
    """
    one = repair(desk, "N-1", work={"skills": ["a"]})
    other = repair(desk, "N-2", after=1, work={"skills": ["b", "c"]})
    third = repair(desk, "N-3", after=2, work={"skills": ["c", "d"]})
    for job in (other, third):
        desk.merge(job.id, into=one.id, by=AGENT, at=hour(3))

    left = desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines").jobs[1]
    assert (("a", "c", "d"), ("N-3",)) == (left.work.skills, left.links.former_numbers)


def test_chain_is_undone_from_its_end(desk: Desk) -> None:
    """
    A job whose survivor was merged itself is parted after that one, and is told which.
    """
    one, other = merged(desk)
    third = repair(desk, "N-3", after=2)
    desk.merge(one.id, into=third.id, by=AGENT, at=hour(3))

    with pytest.raises(Refused) as refused:
        desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines")
    assert ["desk.unmerge_chain"] == codes(refused)
    assert f"Unmerge job {one.id} first." in str(refused.value)
    desk.unmerge(one.id, by=AGENT, at=hour(4), reason="two machines")
    desk.unmerge(other.id, by=AGENT, at=hour(5), reason="two machines")
    assert {other.id: (), one.id: (), third.id: ()} == {
        job.id: desk.job(job.id).links.members for job in (other, one, third)
    }


def test_merge_after_an_unmerge(desk: Desk) -> None:
    """
    What was parted can be merged again, and parted again, without a trace of the first time.
    """
    one, other = merged(desk, parts=[{"id": "p1", "number": "SEAL"}])
    desk.unmerge(other.id, by=AGENT, at=hour(3), reason="two machines")
    again = desk.merge(other.id, into=one.id, by=AGENT, at=hour(4)).job
    assert ["p1"] == [part.id for part in again.parts]

    freed, left = desk.unmerge(other.id, by=AGENT, at=hour(5), reason="two machines").jobs
    assert (1, 0) == (len(freed.parts), len(left.parts))
    assert is_whole(desk, one.id)
    assert is_whole(desk, other.id)


def test_repeated_command_parts_once(desk: Desk) -> None:
    """
    The same command again does nothing twice.
    """
    _, other = merged(desk)
    told: dict[str, Any] = {"by": AGENT, "reason": "two machines", "command_key": "k"}
    desk.unmerge(other.id, at=hour(3), **told)

    assert desk.unmerge(other.id, at=hour(4), **told).repeated


def test_job_that_is_not_merged_is_refused(desk: Desk) -> None:
    """
    Parting a job that answers for itself is refused with its members.
    """
    one, other = merged(desk)

    with pytest.raises(Refused) as refused:
        desk.unmerge(one.id, by=AGENT, at=hour(3), reason="two machines")
    assert ["desk.not_merged"] == codes(refused)
    assert other.id in str(refused.value)


def test_unmerge_needs_a_person_and_a_reason(desk: Desk) -> None:
    """
    A machine parts nothing, and nobody without saying why.
    """
    _, other = merged(desk)

    with pytest.raises(Refused) as refused:
        desk.unmerge(other.id, by=MACHINE, at=hour(3), reason="two machines")
    assert ["desk.unmerge_by_machine"] == codes(refused)
    with pytest.raises(Refused) as refused:
        desk.unmerge(other.id, by=AGENT, at=hour(3), reason=" ")
    assert ["desk.blank"] == codes(refused)


def test_what_was_handed_on_stays_merged(desk: Desk) -> None:
    """
    Once the bill of either side has left its first state, the merge stands until that is taken back.
    """
    one, other = merged(desk)
    desk.fire(one.id, "propose", facet="billing", by=AGENT, at=hour(3))

    with pytest.raises(Refused) as refused:
        desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines")
    assert ["desk.unmerge_handed_off"] == codes(refused)
    desk.fire(one.id, "take_back", facet="billing", by=AGENT, at=hour(5))
    assert desk.unmerge(other.id, by=AGENT, at=hour(6), reason="two machines").job.is_open


def test_member_that_was_handed_on_before_stays_merged(desk: Desk) -> None:
    """
    A job whose own bill was on its way when it was merged is not parted either.
    """
    one, other = repair(desk, "N-1"), repair(desk, "N-2", after=1)
    desk.fire(other.id, "propose", facet="billing", by=AGENT, at=hour(2))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))

    with pytest.raises(Refused) as refused:
        desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines")
    assert ["desk.unmerge_handed_off"] == codes(refused)


def test_host_says_what_handed_on_means() -> None:
    """
    The condition of a handoff is data: another catalog parts jobs until something else holds.
    """
    rules = {"id": "ours", "version": "1", "handoff": "job.work.symptom == 'sold'"}
    desk = dispatch(merging=MergeRules.load(rules))
    one, other = merged(desk)
    desk.fire(one.id, "propose", facet="billing", by=AGENT, at=hour(3))
    desk.amend(one.id, {"$.work.symptom": "sold"}, by=AGENT, at=hour(3))

    with pytest.raises(Refused) as refused:
        desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines")
    assert ["desk.unmerge_handed_off"] == codes(refused)


def test_merge_from_elsewhere_cannot_be_parted(desk: Desk) -> None:
    """
    A merge of which the histories tell nothing is refused, not guessed at.
    """
    one = repair(desk, "N-1")
    told = {"type": "repair", "id": "L-1", "states": {"work": "merged"}, "links": {"merged_into": one.id}}
    desk.adopt(told, by=AGENT, at=hour(1), since=hour(0), evidence="ledger")

    with pytest.raises(Refused) as refused:
        desk.unmerge("L-1", by=AGENT, at=hour(2), reason="two machines")
    assert ["desk.unmerge_unrecorded"] == codes(refused)


def test_owned_names_later_events_and_one_of_the_two(desk: Desk) -> None:
    """
    Declared are only events of the survivor since the merge, to one of the two jobs.
    """
    one, other = merged(desk)
    first = desk.history(one.id).events[0]
    noted = desk.note(one.id, "x", by=AGENT, at=hour(3)).events[0]

    owned = {first.id: other.id, "nothing": one.id, noted.id: "J-9"}

    with pytest.raises(Refused) as refused:
        desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines", owned=owned)
    assert ["desk.unmerge_not_later", "desk.unmerge_not_later", "desk.unmerge_no_owner"] == codes(refused)


def test_some_events_cannot_be_given_away(desk: Desk) -> None:
    """
    Moves are the survivor's, what concerns the member's items is the member's, and private values stay.
    """
    one, other = merged(desk, parts=[{"id": "p1", "number": "SEAL"}])
    third = repair(desk, after=2)
    name = {"$.subject.contacts[c1]": {"id": "c1", "name": "Frieda"}}
    given = {
        desk.fire(one.id, "plan", by=AGENT, at=hour(3)).events[0].id: other.id,
        desk.amend(one.id, {"$.parts[p1].hold": "price"}, by=AGENT, at=hour(3)).events[0].id: one.id,
        desk.amend(one.id, name, by=AGENT, at=hour(3)).events[0].id: other.id,
        desk.merge(third.id, into=one.id, by=AGENT, at=hour(3)).events[0].id: other.id,
    }

    for event, owner in given.items():
        with pytest.raises(Refused) as refused:
            desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines", owned={event: owner})
        assert ["desk.unmerge_not_theirs"] == codes(refused)


def test_event_that_does_not_fit_is_told(desk: Desk) -> None:
    """
    An event declared to belong to a job on which it makes no sense is refused with why.
    """
    one, other = merged(desk)
    desk.plan_visit(one.id, Window(hour(24), hour(26)), by=AGENT, at=hour(3), visit_id="v1")
    told = desk.amend(one.id, {"$.visits[v1].note": "Ring twice."}, by=AGENT, at=hour(3)).events[0]

    with pytest.raises(Refused) as refused:
        desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines", owned={told.id: other.id})
    assert ["desk.unmerge_unfit"] == codes(refused)


def test_reopened_question_of_the_pair(desk: Desk) -> None:
    """
    Once parted, a pair that was declared different is not merged again.
    """
    one, other = merged(desk)
    desk.unmerge(other.id, by=AGENT, at=hour(3), reason="two machines")
    desk.decide_twin(other.id, one.id, "different", by=AGENT, at=hour(4), reason="two machines")

    with pytest.raises(Refused) as refused:
        desk.merge(other.id, into=one.id, by=AGENT, at=hour(5))
    assert ["desk.declared_different"] == codes(refused)
