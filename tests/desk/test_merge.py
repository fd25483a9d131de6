"""Merging jobs: one answers from then on, nothing of the other is lost, and nobody writes on it any more."""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from jobkit.catalog import Catalog, TypeRules
from jobkit.clocks import reading
from jobkit.desk import Desk
from jobkit.desk._commands import NO_COMMAND
from jobkit.desk._draft import Draft
from jobkit.desk._record import Done, committed, made_ready
from jobkit.desk._redirects import RESERVED_MARK
from jobkit.desk._steps import Steps, run
from jobkit.documents import unstructure
from jobkit.duplicates import MatchRules, MergeRules
from jobkit.errors import Conflict, Invalid, JobkitError, NotFound, Refused
from jobkit.history import Event, EventSet, FieldChange
from jobkit.lifecycle import Lifecycle, Migration
from jobkit.model import Job, JobType, Suspect, Task, Window
from jobkit.ports import Commit
from jobkit.stores import MemoryStore
from tests.desk.building import counted, is_whole
from tests.desk.merging import AGENT, DEALER, MACHINE, OTHER, WORK, dispatch, hour, office, repair

DAY = hour(24)


@pytest.fixture(params=["at once", "awaited"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Return a desk of the office, or its twin behind the same verbs."""
    return dispatch(awaited=request.param == "awaited")


def pair(desk: Desk, **told: Any) -> tuple[Job, Job]:
    """Return an older job and a younger one about the same."""
    return repair(desk, "N-1", after=0, **told), repair(desk, "N-2", after=1, **told)


def codes(error: pytest.ExceptionInfo[JobkitError]) -> list[str]:
    """Return the codes of everything that an error tells."""
    return [finding.code for finding in error.value.findings]


def with_suspect(desk: Desk, job: Job, other: Job, **told: Any) -> Job:
    """Return a job that has *other* among its suspects, as the search for twins would leave it."""
    suspect = Suspect(**{"id": other.id, "score": Decimal(5), "band": "ask", "found": hour(0), **told})
    known = desk.job(job.id)
    event = Event(
        id=f"twin-{job.id}-{other.id}", job_id=job.id, kind="compared", actor=AGENT,
        occurred_at=hour(2), recorded_at=hour(2),
        changes=(FieldChange(f"$.triage.suspects[{other.id}]", None, unstructure(suspect)),),
    )  # fmt: skip
    return recorded(desk, known, event)


def recorded(desk: Desk, before: Job, event: Event) -> Job:
    """Write one event of another hand into the store."""
    from jobkit.history import apply

    seat: Any = getattr(desk, "desk", desk)
    store = getattr(seat.store, "inner", seat.store)

    def written() -> Steps[Done]:
        lifecycles = yield from seat.office.lifecycles(before)
        draft = Draft(before=before, job=apply(before, event), events=(event,), lifecycles=lifecycles)
        ready = yield from made_ready(seat.office, (draft,), event.recorded_at)
        return (yield from committed(seat.office, ready, NO_COMMAND))

    return run(written(), store).job


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


def test_number_belongs_to_one_job_for_ever(desk: Desk) -> None:
    """
    A second job with a number that somebody quotes already is refused, also of a job merged away.
    """
    one, other = pair(desk)
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))

    with pytest.raises(Refused) as refused:
        repair(desk, "N-2", after=3)
    assert ["desk.number_taken"] == codes(refused)


def test_systems_of_jobkit_are_not_for_hosts(desk: Desk) -> None:
    """
    An external id in a system that begins as jobkit's own do is refused.
    """
    links = {"external_ids": [{"system": f"{RESERVED_MARK}number", "id": "N-9"}]}

    with pytest.raises(Refused) as refused:
        repair(desk, links=links)
    assert ["desk.reserved_system"] == codes(refused)


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


def test_of_two_opposite_merges_one_wins() -> None:
    """
    Two agents who merge in opposite directions at once collide; the loser asks again and finds it done.
    """
    store = _Colliding()
    desk = dispatch(store)
    one, other = pair(desk)
    store.first = lambda: desk.merge(one.id, into=other.id, by=OTHER, at=hour(2))

    with pytest.raises(Conflict):
        desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))
    done = desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))
    assert ((), other.id) == (done.events, done.job.id)


class _Colliding(MemoryStore):
    """A store in which somebody is quicker once."""

    first: Any = None

    def commit(self, commit: Commit, /) -> Any:
        quicker, self.first = self.first, None
        if quicker is not None:
            quicker()
        return super().commit(commit)


def test_job_is_not_merged_into_itself(desk: Desk) -> None:
    """
    Merging a job into itself is refused.
    """
    one, _ = pair(desk)

    with pytest.raises(Refused) as refused:
        desk.merge(one.id, into=one.id, by=AGENT, at=hour(2))
    assert ["desk.merge_itself"] == codes(refused)


def test_what_was_decided_different_is_never_merged(desk: Desk) -> None:
    """
    A pair decided to be different is not merged by anybody, nor through others that belong to one of them.
    """
    one, other = pair(desk)
    third = repair(desk, "N-3", after=2)
    with_suspect(desk, other, one, decided="different", by="tina", at=hour(2))
    for loser, survivor in ((one, other), (other, one)):
        with pytest.raises(Refused) as refused:
            desk.merge(loser.id, into=survivor.id, by=AGENT, at=hour(3))
        assert ["desk.declared_different"] == codes(refused)

    desk.merge(other.id, into=third.id, by=AGENT, at=hour(3))
    with pytest.raises(Refused) as refused:
        desk.merge(third.id, into=one.id, by=AGENT, at=hour(4))
    assert ["desk.declared_different"] == codes(refused)
    assert other.id in str(refused.value)

    desk.decide_twin(third.id, one.id, "same", by=AGENT, at=hour(5), reason="seen on site")
    assert one.id == desk.merge(third.id, into=one.id, by=AGENT, at=hour(6)).job.id


def test_request_is_not_merged_into_a_job(desk: Desk) -> None:
    """
    A customer's request and a job are two things: one answers the other.
    """
    ticket = repair(desk, type="ticket")

    with pytest.raises(Refused) as refused:
        desk.merge(ticket.id, into=repair(desk).id, by=AGENT, at=hour(2))
    assert "desk.merge_other_kind" in codes(refused)


def test_survivor_must_be_open(desk: Desk) -> None:
    """
    A job that has ended takes over nothing until it is reopened.
    """
    one, other = pair(desk)
    desk.fire(one.id, "close", by=AGENT, at=hour(2))

    with pytest.raises(Refused) as refused:
        desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))
    assert ["desk.merge_into_ended"] == codes(refused)


def test_job_with_a_visit_to_come_is_not_merged_away(desk: Desk) -> None:
    """
    A job to which somebody is to drive goes on, or its visit is withdrawn first.
    """
    one, other = pair(desk)
    desk.plan_visit(other.id, Window(DAY, hour(26)), by=AGENT, at=hour(2), visit_id="v1")

    with pytest.raises(Refused) as refused:
        desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))
    assert ["desk.merge_visits_open"] == codes(refused)
    assert other.id == desk.merge(one.id, into=other.id, by=AGENT, at=hour(3)).job.id


def test_lifecycle_says_from_where_and_by_whom(desk: Desk) -> None:
    """
    The lifecycle's own way to the end merged is asked: from which states it leads and who may go it.
    """
    one, other = pair(desk)
    with pytest.raises(Refused) as refused:
        desk.merge(other.id, into=one.id, by=DEALER, at=hour(2))
    assert ["lifecycle.role"] == codes(refused)

    desk.fire(other.id, "plan", by=AGENT, at=hour(2))
    desk.fire(other.id, "begin", by=AGENT, at=hour(2))
    with pytest.raises(Refused) as refused:
        desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))
    assert ["desk.no_way_to_merged"] == codes(refused)
    assert "new, planned, held" in str(refused.value)


AUTO = {"id": "twins", "version": "1", "auto_merge": True, "bands": {"same": 8, "ask": 2}, "rules": [
    {"name": "asset", "field": "subject.asset", "levels": [{"at": 1, "weight": 12}]}
]}  # fmt: skip


def test_machine_merges_only_what_rules_call_the_same() -> None:
    """
    A machine is refused without rules that allow it, for another type, a pair not called the same, or parted.
    """
    plain = dispatch()
    refusals = [machine_refused(plain, *pair(plain))]
    rules = MatchRules.load(AUTO)
    desk = dispatch(duplicates=rules)
    one, other = pair(desk)
    refusals.append(machine_refused(desk, one, repair(desk, after=2, type="inspection")))
    refusals.append(machine_refused(desk, one, other))
    assert [["desk.merge_by_machine"]] * 3 == refusals

    with_suspect(desk, other, one, band="same", rules=rules.digest)
    with pytest.raises(Refused) as refused:
        desk.merge(other.id, into=one.id, by=MACHINE, at=hour(3))
    assert ["lifecycle.role"] == codes(refused)
    robot = attrs.evolve(AGENT, org_type="system")
    assert one.id == desk.merge(other.id, into=one.id, by=robot, at=hour(3)).job.id

    desk.unmerge(other.id, by=AGENT, at=hour(4), reason="two machines")
    assert ["desk.merge_by_machine"] == machine_refused(desk, one, other)


def machine_refused(desk: Desk, one: Job, other: Job) -> list[str]:
    """Return what a machine is told that would merge *other* into *one*."""
    with pytest.raises(Refused) as refused:
        desk.merge(other.id, into=one.id, by=attrs.evolve(AGENT, org_type="system"), at=hour(3))
    return codes(refused)


def test_merged_job_is_left_as_it_is(desk: Desk) -> None:
    """
    Whoever wants to write on a merged job is told which job answers now, on every path but erasing.
    """
    one, other = pair(desk)
    desk.assign(other.id, "tom", by=AGENT, at=hour(1))
    base = desk.history(other.id).head
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))
    who: dict[str, Any] = {"by": AGENT, "at": hour(3)}
    given = desk.job(other.id).assignments[0].id
    pin = desk.job(other.id).pins["work"]
    late = Event(
        id="late", job_id=other.id, kind="noted", actor=AGENT, occurred_at=hour(1), recorded_at=hour(1),
        origin="tablet", origin_seq=1,
    )  # fmt: skip
    paths = (
        lambda: desk.amend(other.id, {"$.work.symptom": "x"}, **who),
        lambda: desk.note(other.id, "x", **who),
        lambda: desk.fire(other.id, "plan", **who),
        lambda: desk.fire(other.id, "propose", facet="billing", **who),
        lambda: desk.add_task(other.id, Task(id="t", title="x"), **who),
        lambda: desk.plan_visit(other.id, Window(DAY, hour(26)), **who),
        lambda: desk.assign(other.id, "tina", **who),
        lambda: desk.accept(other.id, given, **who),
        lambda: desk.migrate(other.id, Migration(from_hash=pin, to_hash=pin), **who),
        lambda: desk.receive(other.id, [EventSet(origin="tablet", events=(late,), base=base)], at=hour(3)),
        lambda: desk.merge(other.id, into=repair(desk, after=3).id, **who),
    )

    for path in paths:
        with pytest.raises(Refused) as refused:
            path()
        assert "desk.merged_away" in codes(refused)
        assert f"{one.id} (number N-1)" in str(refused.value)
    assert desk.erase(other.id, **who, reason="asked for").events
    assert not desk.ask(other.id, "plan", **who).open


def test_merged_job_wakes_nobody(desk: Desk) -> None:
    """
    A merged job stands in no queue and waits for no instant: its promises are the survivor's.
    """
    one, other = pair(desk)
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(2))

    assert {one.id} == {wakeup.job_id for wakeup in desk.due(hour(1000))}
    assert {one.id} == {done.job.id for done in desk.advance(hour(1000)).done}


def test_no_other_way_leads_to_the_end_merged(desk: Desk) -> None:
    """
    Firing the lifecycle's transition to the end merged is refused with the verb that is made for it.
    """
    one, _ = pair(desk)
    answer = desk.ask(one.id, "fold", by=AGENT, at=hour(2))

    assert ["desk.only_by_merging"] == [finding.code for finding in answer.findings]
    with pytest.raises(Refused):
        desk.fire(one.id, "fold", by=AGENT, at=hour(2))
    for value in (
        {"$.links.merged_into": "x"},
        {"$.links.members[x]": {"id": "x"}},
        {"$.triage.passed": None},
    ):
        with pytest.raises(Refused) as refused:
            desk.amend(one.id, value, by=AGENT, at=hour(2))
        assert ["desk.protected"] == codes(refused)
    with pytest.raises(Refused) as refused:
        desk.amend(one.id, {"$.links": {"merged_into": "x"}}, by=AGENT, at=hour(2))
    assert ["desk.no_place"] == codes(refused)


def test_rules_that_fire_by_themselves_do_not_merge() -> None:
    """
    An effect that fires the way to the end merged is refused as a person is.
    """
    hasty = {
        "trigger": "hurry", "from": "new", "to": "planned",
        "effects": [{"name": "fire", "data": {"trigger": "drop"}, "outbound": False}],
    }  # fmt: skip
    drop = {"trigger": "drop", "from": "planned", "to": "merged"}
    work = Lifecycle.load({**WORK, "transitions": [*WORK["transitions"], hasty, drop]})
    catalog = Catalog.of("hasty", [TypeRules(type=JobType(id="repair"), lifecycles={"work": work})])
    desk = Desk(catalog, MemoryStore(), **counted())

    with pytest.raises(Refused) as refused:
        desk.fire(repair(desk).id, "hurry", by=AGENT, at=hour(1))
    assert ["desk.only_by_merging"] == codes(refused)


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


def test_circle_in_loaded_data_is_named() -> None:
    """
    Jobs that data from elsewhere merged into each other in a circle are told by name, not followed for ever.
    """
    desk = dispatch()
    one, other = adopted(desk, "L-1", "L-2"), adopted(desk, "L-2", "L-1")

    with pytest.raises(Invalid) as refused:
        desk.resolve(one)
    assert ["desk.merge_circle"] == codes(refused)
    assert f"{one}, {other}" in str(refused.value)
    with pytest.raises(Refused) as written:
        desk.note(one, "x", by=AGENT, at=hour(3))
    assert ["desk.merge_circle"] == codes(written)


def test_missing_survivor_in_loaded_data_is_named() -> None:
    """
    A job that data from elsewhere merged into one that was never loaded says which one is missing.
    """
    desk = dispatch()
    lost = adopted(desk, "L-1", "L-7")

    with pytest.raises(NotFound) as refused:
        desk.resolve(lost)
    assert ["desk.merge_dangling"] == codes(refused)


def adopted(desk: Desk, id: str, into: str) -> str:
    """Return the id of a job that had been merged where it lived before."""
    told = {"type": "repair", "id": id, "states": {"work": "merged"}, "links": {"merged_into": into}}
    return desk.adopt(told, by=AGENT, at=hour(1), since=hour(0), evidence="ledger").job.id


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
