"""What is not merged, and what is not done on a merged job: each with the way that is open."""

from typing import Any

import pytest

from jobkit.catalog import Catalog, TypeRules
from jobkit.desk import Desk
from jobkit.desk._redirects import RESERVED_MARK
from jobkit.errors import Conflict, Invalid, NotFound, Refused
from jobkit.history import Event, EventSet, FieldChange
from jobkit.lifecycle import Lifecycle, Migration
from jobkit.model import JobType, Task, Window
from jobkit.ports import Commit
from jobkit.stores import MemoryStore
from tests.desk.building import counted
from tests.desk.merging import (
    AGENT,
    DEALER,
    OTHER,
    WORK,
    codes,
    dispatch,
    hour,
    pair,
    repair,
    with_suspect,
)

DAY = hour(24)


@pytest.fixture(params=["at once", "awaited"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Return a desk of the office, or its twin behind the same verbs."""
    return dispatch(awaited=request.param == "awaited")


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


def test_survivor_that_is_merged_meanwhile_is_followed() -> None:
    """
    Who is merged at the moment when a number leads to it does not answer for it any more.
    """
    store = _Moving()
    desk = dispatch(store)
    one, other = pair(desk)
    third = repair(desk, "N-3", after=2)
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))
    store.read = one.id
    store.then = lambda: desk.merge(one.id, into=third.id, by=AGENT, at=hour(4))

    assert third.id == desk.resolve("N-2").id


class _Moving(MemoryStore):
    """A store in which something happens once a certain job was read."""

    then: Any = None
    read: str | None = None

    def jobs(self, tenant: str, job_ids: Any, /) -> Any:
        found = super().jobs(tenant, job_ids)
        if self.then is not None and tuple(job_ids) == (self.read,):
            then, self.then = self.then, None
            then()
        return found


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
        lambda: desk.decide_twin(other.id, repair(desk, after=3).id, "different", reason="seen", **who),
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


def test_device_does_not_merge(desk: Desk) -> None:
    """
    What a device records as a merge is kept as rejected, in whatever kind, and the rest of its words count.
    """
    one, other = pair(desk)
    end = {"name": "merged", "category": "closed", "end": "merged"}
    moved = FieldChange("$.states[work]", {"name": "new", "category": "triage"}, end)
    words = (
        ("moved", "fold", (moved,)),
        ("merged", "fold", (moved,)),
        ("absorbed", one.id, ()),
        ("noted", "", ()),
    )
    events = [
        Event(
            id=kind, job_id=other.id, kind=kind, name=name, actor=AGENT, occurred_at=hour(2),
            recorded_at=hour(2), origin="tablet", origin_seq=number, changes=changes,
        )
        for number, (kind, name, changes) in enumerate(words)
    ]  # fmt: skip
    base = desk.history(other.id).head
    done = desk.receive(other.id, [EventSet(origin="tablet", events=tuple(events), base=base)], at=hour(3))

    assert {
        "moved": "desk.only_by_merging", "merged": "desk.not_for_devices", "absorbed": "desk.not_for_devices"
    } == {each.event.kind: each.findings[0].code for each in done.rejected}  # fmt: skip
    assert ["noted"] == [event.kind for event in done.applied]
    assert desk.job(other.id).is_open


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
