"""Merging jobs: one answers from then on, and nothing of the other is lost."""

import pytest

from jobkit.catalog import Catalog, TypeRules
from jobkit.clocks import reading
from jobkit.desk import Desk
from jobkit.duplicates import MergeRules
from jobkit.errors import NotFound, Refused
from jobkit.history import Event, FieldChange
from jobkit.lifecycle import Lifecycle
from jobkit.model import JobType, Task
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole
from tests.desk.merging import (
    AGENT,
    DEALER,
    OTHER,
    WORK,
    codes,
    dispatch,
    hour,
    office,
    pair,
    recorded,
    repair,
    with_suspect,
)

DAY = hour(24)


@pytest.fixture(params=["at once", "awaited"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Return a desk of the office, or its twin behind the same verbs."""
    return dispatch(awaited=request.param == "awaited")


def test_merge_ends_the_one_and_tells_the_other(desk: Desk) -> None:
    """
    A merge ends the loser as merged into the survivor, which names it among its members, in one commit.
    """
    one, other = pair(desk, terms={"channel": "phone"}, subject={"customer": "C-5"})
    done = desk.merge(other.id, into=one.id, by=AGENT, at=hour(2), reason="duplicate")

    assert [one.id, other.id] == [job.id for job in done.jobs]
    assert ["absorbed", "merged"] == [
        event.kind for event in done.events if event.kind in ("absorbed", "merged")
    ]
    survivor, loser = done.jobs
    assert ("merged", one.id) == (loser.state.end, loser.links.merged_into)
    (member,) = survivor.links.members
    assert (other.id, "N-2", "phone", "C-5") == (member.id, member.number, member.channel, member.customer)
    assert ("N-2",) == survivor.links.former_numbers
    assert is_whole(desk, one.id)
    assert is_whole(desk, other.id)


def test_numbers_and_ids_lead_on(desk: Desk) -> None:
    """
    Old numbers and ids lead to the job that answers now, through any number of merges.
    """
    one, other = pair(desk)
    third = repair(desk, "N-3", after=2)
    desk.merge(third.id, into=other.id, by=AGENT, at=hour(3))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(4))

    assert {one.id} == {desk.resolve(name).id for name in ("N-1", "N-2", "N-3", one.id, other.id, third.id)}
    assert ("N-3", "N-2") == tuple(sorted(desk.job(one.id).links.former_numbers, reverse=True))
    with pytest.raises(NotFound):
        desk.resolve("N-4")


def test_open_work_is_taken_over(desk: Desk) -> None:
    """
    Open tasks, parts with their holds, attachments, watchers, requests and skills are the survivor's as well.
    """
    seal = {"id": "p1", "number": "SEAL-9", "hold": "price"}
    photo = {"id": "a1", "purpose": "photo", "media_type": "image/png", "hash": "h", "ref": "r"}
    one = repair(desk, work={"skills": ["hydraulics"]})
    other = repair(
        desk,
        after=1,
        parts=[seal],
        work={"skills": ["hydraulics", "welding"], "description": "Bucket drops."},
        evidence={"attachments": [photo]},
        links={"watchers": [{"id": "w1", "channel": "sms"}], "requests": [{"id": "R-1", "channel": "phone"}]},
    )
    desk.add_task(other.id, Task(id="t1", title="Call"), by=AGENT, at=hour(2))
    desk.add_task(other.id, Task(id="t2", title="Write"), by=AGENT, at=hour(2))
    desk.complete_task(other.id, "t2", by=AGENT, at=hour(2))

    survivor = desk.merge(other.id, into=one.id, by=AGENT, at=hour(3)).job
    assert ["t1"] == [task.id for task in survivor.tasks]
    assert [("p1", "price")] == [(part.id, part.hold) for part in survivor.parts]
    assert ["a1"] == [each.id for each in survivor.evidence.attachments]
    assert (["w1"], ["R-1"]) == (
        [each.id for each in survivor.links.watchers], [each.id for each in survivor.links.requests]
    )  # fmt: skip
    assert (("hydraulics", "welding"), "Bucket drops.") == (survivor.work.skills, survivor.work.description)


def test_flags_and_hazards_are_kept(desk: Desk) -> None:
    """
    What makes the member urgent or dangerous does so on the survivor: its flags, hazards and safety signal.
    """
    one, _ = pair(desk, safety={"hazards_left": ["open pit"]})
    third = repair(desk, after=2, safety={"hazards_left": ["live wire"], "signal": "injury"})
    for job, flag in ((one, "again"), (third, "life_safety")):
        told = FieldChange("$.flags", None, [flag])
        event = Event(
            id=f"flag-{job.id}", job_id=job.id, kind="flagged", actor=AGENT, occurred_at=hour(2),
            recorded_at=hour(2), changes=(told,),
        )  # fmt: skip
        recorded(desk, desk.job(job.id), event)
    survivor = desk.merge(third.id, into=one.id, by=AGENT, at=hour(3)).job

    assert (("again", "life_safety"), ("open pit", "live wire"), "injury") == (
        survivor.flags, survivor.safety.hazards_left, survivor.safety.signal
    )  # fmt: skip
    left = desk.unmerge(third.id, by=AGENT, at=hour(4), reason="two machines").jobs[1]
    assert (("again",), ("open pit",), None) == (
        left.flags, left.safety.hazards_left, left.safety.signal
    )  # fmt: skip


def test_equal_ids_are_told_apart(desk: Desk) -> None:
    """
    Items of one id but other content stay two, the one taken over with its owner's id before it.
    """
    one = repair(desk, parts=[{"id": "p1", "number": "SEAL-9"}])
    other = repair(desk, after=1, parts=[{"id": "p1", "number": "PUMP-2"}])
    same = repair(desk, after=2, parts=[{"id": "p1", "number": "SEAL-9"}])
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))

    survivor = desk.merge(same.id, into=one.id, by=AGENT, at=hour(4)).job
    assert [("p1", "SEAL-9"), (f"{other.id}.p1", "PUMP-2")] == [
        (each.id, each.number) for each in survivor.parts
    ]


def test_private_values_stay_with_the_member(desk: Desk) -> None:
    """
    Names and addresses are not taken over, whatever the rules say: they stay where they can be erased.
    """
    rules = MergeRules.load({"id": "all", "version": "1", "fields": {"subject.contacts": "union"}})
    seated = dispatch(merging=rules)
    contacts = [{"id": "c1", "name": "Frieda"}, {"id": "c2", "role": "site"}]
    one, other = repair(seated), repair(seated, after=1, subject={"contacts": contacts})

    survivor = seated.merge(other.id, into=one.id, by=AGENT, at=hour(2)).job
    assert ["c2"] == [contact.id for contact in survivor.subject.contacts]
    assert "Frieda" == str(seated.job(other.id).subject.contacts[0].name.reveal())  # type: ignore[union-attr]


def test_rules_choose_who_goes_on(desk: Desk) -> None:
    """
    Without a direction the job that is further along goes on, of two alike the older one.
    """
    one, other = pair(desk)
    assert one.id == desk.merge(one.id, twin=other.id, by=AGENT, at=hour(2)).job.id

    third, fourth = repair(desk, after=3), repair(desk, after=4)
    desk.fire(fourth.id, "plan", by=AGENT, at=hour(5))
    assert fourth.id == desk.merge(third.id, twin=fourth.id, by=AGENT, at=hour(6)).job.id


def test_only_suspect_is_meant(desk: Desk) -> None:
    """
    A job with one suspect is merged with that one; with none or several, the caller has to say which.
    """
    one, other = pair(desk)
    with pytest.raises(Refused) as refused:
        desk.merge(other.id, by=AGENT, at=hour(3))
    assert ["desk.merge_with_whom"] == codes(refused)

    with_suspect(desk, other, one)
    done = desk.merge(other.id, by=AGENT, at=hour(3))
    assert one.id == done.job.id


def test_merge_answers_the_question_of_the_pair(desk: Desk) -> None:
    """
    The suspect is decided as the same, and open suspects of the member are the survivor's question.
    """
    one, other = pair(desk)
    third = repair(desk, "N-3", after=2)
    with_suspect(desk, one, other)
    with_suspect(desk, other, third)

    survivor = desk.merge(other.id, into=one.id, by=AGENT, at=hour(3)).job
    assert {other.id: "same", third.id: None} == {each.id: each.decided for each in survivor.triage.suspects}


def test_merge_leaves_a_decision_with_whoever_made_it(desk: Desk) -> None:
    """
    That a pair is the same stays decided by whom and when it was, when somebody else merges it.
    """
    one, other = pair(desk)
    with_suspect(desk, one, other, decided="same", by="tina", at=hour(2))

    (suspect,) = desk.merge(other.id, into=one.id, by=AGENT, at=hour(3)).job.triage.suspects
    assert ("same", "tina", hour(2)) == (suspect.decided, suspect.by, suspect.at)


def test_question_about_what_is_one_already_is_no_question(desk: Desk) -> None:
    """
    An open question of the member about a job that the survivor has taken over before is not carried along.
    """
    one, other = pair(desk)
    third = repair(desk, "N-3", after=2)
    with_suspect(desk, other, third)
    desk.merge(third.id, into=one.id, by=AGENT, at=hour(3))

    assert () == desk.merge(other.id, into=one.id, by=AGENT, at=hour(4)).job.triage.suspects


def test_task_does_not_wait_for_what_stays_behind(desk: Desk) -> None:
    """
    A task that is taken over waits for no task that was done already and stays with the member.
    """
    one, other = pair(desk)
    desk.add_task(other.id, Task(id="t1", title="Look"), by=AGENT, at=hour(2))
    desk.add_task(other.id, Task(id="t2", title="Call", after=("t1",)), by=AGENT, at=hour(2))
    desk.complete_task(other.id, "t1", by=AGENT, at=hour(2))

    survivor = desk.merge(other.id, into=one.id, by=AGENT, at=hour(3)).job
    assert {"t2": ()} == {task.id: task.after for task in survivor.tasks}


def test_way_that_is_open_is_taken() -> None:
    """
    Of several ways to the end merged the first that is open to whoever merges is gone.
    """
    drop = {"trigger": "drop", "from": "new", "to": "merged", "roles": ["dealer"]}
    work = Lifecycle.load({**WORK, "transitions": [drop, *WORK["transitions"]]})
    rules = TypeRules(type=JobType(id="repair"), lifecycles={"work": work})
    desk = Desk(Catalog.of("two ways", [rules]), MemoryStore())
    one, other, third = (repair(desk) for _ in range(3))

    assert one.id == desk.merge(other.id, into=one.id, by=AGENT, at=hour(2)).job.id
    assert one.id == desk.merge(third.id, into=one.id, by=DEALER, at=hour(2)).job.id


def test_merge_by_a_host_whose_clock_is_behind(desk: Desk) -> None:
    """
    A merge that is dated before the last word on the member counts its promises as far as they were told.
    """
    older, newer = repair(desk), repair(desk, after=1)
    desk.amend(older.id, {"$.terms.tier": "gold"}, by=AGENT, at=hour(6))
    desk.amend(older.id, {"$.terms.tier": None}, by=AGENT, at=hour(8))
    desk.merge(older.id, into=newer.id, by=AGENT, at=hour(3))

    assert is_whole(desk, newer.id)
    seen = desk.clock(newer.id, "answer", hour(9))
    assert (hour(0), hour(24 - 5)) == (seen.started_at, seen.due_at)


def test_merging_again_changes_nothing(desk: Desk) -> None:
    """
    What is one already is merged into either direction without writing anything.
    """
    one, other = pair(desk)
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))
    versions = [desk.job(job.id).version for job in (one, other)]

    for loser, survivor in ((other, one), (one, other)):
        done = desk.merge(loser.id, into=survivor.id, by=OTHER, at=hour(3))
        assert ((), one.id, None) == (done.events, done.job.id, done.receipt)
    assert versions == [desk.job(job.id).version for job in (one, other)]


def test_repeated_command_tells_the_survivor_first(desk: Desk) -> None:
    """
    A command that comes again does nothing twice, and tells the jobs in the same order.
    """
    one, other = pair(desk)
    first = desk.merge(one.id, twin=other.id, by=AGENT, at=hour(2), command_key="k")
    again = desk.merge(one.id, twin=other.id, by=AGENT, at=hour(3), command_key="k")

    assert again.repeated
    assert [job.id for job in first.jobs] == [job.id for job in again.jobs]


def test_closing_the_survivor_tells_every_member(desk: Desk) -> None:
    """
    When the survivor ends, each member's channel is told, also that of a member's member.
    """
    one, other = pair(desk, terms={"channel": "portal"})
    third = repair(desk, "N-3", after=2, terms={"channel": "phone"}, subject={"customer": "C-9"})
    desk.merge(third.id, into=other.id, by=AGENT, at=hour(3))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(4))

    done = desk.fire(one.id, "close", by=AGENT, at=hour(5), reason=None)
    told = [effect.data for effect in done.effects if effect.data.get("answered_by") == one.id]
    assert {("N-2", "portal", "C-9"), ("N-3", "phone", "C-9")} == {
        (each["number"], each["channel"], each.get("customer")) for each in told
    }
    keys = [(effect.event_id, effect.number) for effect in done.effects]
    assert len(keys) == len(set(keys))


def test_members_are_told_of_the_end_and_of_no_merge(desk: Desk) -> None:
    """
    That the survivor is merged itself is no end for its members: they are told when the last one ends.
    """
    one, other = pair(desk)
    third = repair(desk, "N-3", after=2)
    desk.merge(third.id, into=other.id, by=AGENT, at=hour(3))
    done = desk.merge(other.id, into=one.id, by=AGENT, at=hour(4))

    assert [] == [effect for effect in done.effects if effect.data.get("about") == "closed"]


def test_earlier_start_of_a_promise_is_kept(desk: Desk) -> None:
    """
    The survivor's promise counts from the member's earlier start, and its history alone tells so.
    """
    older, newer = repair(desk), repair(desk, after=10)
    survivor = desk.merge(older.id, into=newer.id, by=AGENT, at=hour(12)).job

    promise = (
        desk.office.catalog.milestones["answer"] if isinstance(desk, Desk) else office().milestones["answer"]
    )
    seen = reading(survivor.clocks["answer"], promise, {}, {"job": survivor}, hour(12))
    assert (hour(0), hour(24)) == (seen.started_at, seen.due_at)
    assert hour(24) == desk.clock(newer.id, "answer", hour(12)).due_at


def test_broken_promise_stays_broken(desk: Desk) -> None:
    """
    A promise that was broken to the member is broken on the survivor since the same instant.
    """
    older, newer = repair(desk), repair(desk, after=30)
    desk.merge(older.id, into=newer.id, by=AGENT, at=hour(31))

    seen = desk.clock(newer.id, "answer", hour(32))
    assert ("breached", hour(24)) == (seen.state, seen.breached_at)


def test_promise_not_begun_begins_with_the_member(desk: Desk) -> None:
    """
    A promise that runs on the member alone runs on the survivor from then on, counted from its start.
    """
    one, other = pair(desk)
    desk.fire(other.id, "plan", by=AGENT, at=hour(2))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(5))

    seen = desk.clock(one.id, "visit", hour(6))
    assert (hour(2), hour(50)) == (seen.started_at, seen.due_at)


def test_better_tier_goes_on(after_sales: Catalog) -> None:
    """
    The ready rules keep what was promised to the member: the better tier, the higher urgency, its signal.
    """
    desk = dispatch(merging=after_sales.merging)
    one = repair(desk, terms={"tier": "bronze", "urgency": "low"})
    other = repair(desk, after=1, terms={"tier": "gold", "urgency": "high"}, safety={"signal": "near_miss"})
    survivor = desk.merge(other.id, into=one.id, by=AGENT, at=hour(2)).job

    assert ("gold", "high", "near_miss") == (
        survivor.terms.tier, survivor.terms.urgency, survivor.safety.signal
    )  # fmt: skip
    assert hour(4) == desk.clock(one.id, "answer", hour(3)).due_at
    _, left = desk.unmerge(other.id, by=AGENT, at=hour(3), reason="two machines").jobs
    assert ("bronze", None, hour(24)) == (
        left.terms.tier, left.safety.signal, desk.clock(one.id, "answer", hour(3)).due_at
    )  # fmt: skip


def test_numbers_from_elsewhere_lead_on(desk: Desk) -> None:
    """
    Numbers under which a job was known where it lived before resolve to it, and on through a merge.
    """
    told = {"type": "repair", "states": {"work": "new"}, "links": {"number": "A", "former_numbers": ["Z"]}}
    old = desk.adopt(told, by=AGENT, at=hour(1), since=hour(0), evidence="ledger").job
    one, _ = pair(desk)
    assert old.id == desk.resolve("Z").id

    desk.merge(old.id, into=one.id, by=AGENT, at=hour(2))
    assert {one.id} == {desk.resolve(name).id for name in ("A", "Z")}


def test_merged_requests_have_the_jobs_of_both(desk: Desk) -> None:
    """
    Requests that are one stand as the jobs of both do, whichever of them is asked for, and apart as before.
    """
    one, other = (repair(desk, type="ticket", triage={"needs": ["dispatch"]}) for _ in range(2))
    jobs = [desk.promote(each.id, "repair", by=AGENT, at=hour(1)).job.id for each in (one, other)]
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))
    for each in (one, other):
        assert set(jobs) == {job.id for job in desk.request_status(each.id).jobs}

    desk.unmerge(other.id, by=AGENT, at=hour(3), reason="two matters")
    assert jobs == [desk.request_status(each.id).jobs[0].id for each in (one, other)]
    assert 1 == len(desk.request_status(one.id).jobs)


def test_conversation_is_one_line_of_time(desk: Desk) -> None:
    """
    What was said on all jobs that are one is told in order, with the channel and number of each word.
    """
    one, other = pair(desk, terms={"channel": "portal"})
    desk.note(other.id, "Still standing.", by=AGENT, at=hour(2), channel="phone")
    desk.note(one.id, "Who is on site?", by=AGENT, at=hour(3))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(4))

    told = desk.conversation(other.id)
    said = [(line.number, line.channel) for line in told.lines if line.event.kind == "noted"]
    assert [("N-2", "phone"), ("N-1", "portal")] == said
    assert one.id == told.job.id
    assert sorted(line.at for line in told.lines) == [line.at for line in told.lines]


def test_organisation_sees_what_it_saw_before(desk: Desk) -> None:
    """
    An organisation sees its own jobs and what its own people did, and nothing of the other's for the merge.
    """
    one = repair(desk, "N-1", by=DEALER)
    other = repair(desk, "N-2", after=1, subject={"parties": [{"id": "south", "role": "dealer"}]})
    desk.note(one.id, "North said.", by=DEALER, at=hour(2))
    desk.note(other.id, "South said.", by=AGENT, at=hour(2))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))

    assert {one.id} == {line.job_id for line in desk.conversation(one.id, org="north").lines}
    assert {other.id} == {line.job_id for line in desk.conversation(one.id, org="south").lines}
    assert () == desk.conversation(one.id, org="east").lines
    assert {one.id, other.id} == {line.job_id for line in desk.conversation(one.id, org="maker").lines}
