"""What only one open job may have: on every path in, and when two come at once."""

from typing import Any

import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Conflict, Refused
from jobkit.ports import Commit, Receipt
from jobkit.stores import MemoryStore
from tests.desk.building import BOSS, DEALER, NOW, REQUEST, on_bench, submitted, workshop


def test_second_open_job_is_refused(bench: Desk) -> None:
    """
    Two open jobs of the type may not agree on asset and symptom; the other one is named.
    """
    first = on_bench(bench)

    with pytest.raises(Refused) as refused:
        on_bench(bench)
    other = on_bench(bench, symptom="leak")

    assert ("desk.already_open", first.id) == (refused.value.code, refused.value.first.params["job"])
    assert other.is_open


def test_amending_into_another_job_is_refused(bench: Desk) -> None:
    """
    Uniqueness cannot be got round by amending asset or symptom afterwards.
    """
    first, other = on_bench(bench), on_bench(bench, asset="A-2")

    with pytest.raises(Refused) as refused:
        bench.amend(other.id, {"$.subject.asset": "A-1"}, by=BOSS, at=NOW)
    answer = bench.ask(other.id, "begin", by=BOSS, at=NOW, values={"$.subject.asset": "A-1"})

    assert "desk.already_open" == refused.value.code
    assert [first.id] == [finding.params["job"] for finding in answer.findings]


def test_reopening_beside_another_job_is_refused(bench: Desk) -> None:
    """
    A closed job is not reopened while a new one does its work, and asking says so.
    """
    first = on_bench(bench)
    bench.fire(first.id, "finish", by=BOSS, at=NOW)
    second = on_bench(bench)

    answer = bench.ask(first.id, "again", by=BOSS, at=NOW)
    with pytest.raises(Refused) as refused:
        bench.fire(first.id, "again", by=BOSS, at=NOW)

    assert answer.findings == refused.value.findings
    assert second.id == answer.findings[0].params["job"]


def test_missing_values_are_not_alike(bench: Desk) -> None:
    """
    Two jobs of which nobody knows the symptom are not taken for the same.
    """
    assert on_bench(bench, symptom=None).id != on_bench(bench, symptom=None).id


def test_adopting_beside_another_job_is_refused(bench: Desk) -> None:
    """
    What another system knew as open does not come in twice either.
    """
    on_bench(bench)
    job = {"type": "bench", "subject": {"asset": "A-1"}, "work": {"symptom": "noise"}}

    with pytest.raises(Refused):
        bench.adopt(job, by=BOSS, at=NOW, since=NOW, evidence="ERP")


def known_as(id: str) -> dict[str, Any]:
    """Return a request that the ERP system knows."""
    return {**REQUEST, "links": {"external_ids": [{"system": "erp", "id": id}]}}


def test_external_id_belongs_to_one_job(desk: Desk) -> None:
    """
    Another system's id is neither submitted twice nor taken over by amending; asking tells it.
    """
    first = desk.submit("breakdown", known_as("4711"), by=DEALER, at=NOW).job
    other = submitted(desk)
    values = {"$.links.external_ids[erp:4711]": {"system": "erp", "id": "4711"}}

    with pytest.raises(Refused) as twice:
        desk.submit("breakdown", known_as("4711"), by=DEALER, at=NOW)
    with pytest.raises(Refused) as stolen:
        desk.amend(other.id, values, by=BOSS, at=NOW)
    answer = desk.ask(other.id, "submit", by=DEALER, at=NOW, values=values)

    assert {"desk.external_id_taken"} == {twice.value.code, stolen.value.code, answer.findings[0].code}
    assert first == desk.find("erp", "4711")


class Overtaken(MemoryStore):
    """A store on which, once, another desk submits the same thing between the question and the commit."""

    armed = False

    def commit(self, commit: Commit, /) -> Receipt:
        if self.armed:
            self.armed = False
            on_bench(Desk(workshop(), self))
        return super().commit(commit)


def test_of_two_at_once_one_wins() -> None:
    """
    Two desks both find the place free: one wins, the other gets a conflict and, asking again, a finding.
    """
    store = Overtaken()
    desk = Desk(workshop(), store)
    store.armed = True

    with pytest.raises(Conflict) as overtaken:
        on_bench(desk)
    with pytest.raises(Refused) as refused:
        on_bench(desk)

    assert "stores.scope_moved" == overtaken.value.code
    assert "desk.already_open" == refused.value.code
    assert 1 == len(desk.on_asset("A-1"))


def test_two_that_go_apart_do_not_meet(store: Store) -> None:
    """
    Another tenant's jobs, and another type's, leave the place free.
    """
    ours, theirs = Desk(workshop(), store, tenant="a"), Desk(workshop(), store, tenant="b")

    assert on_bench(ours).id != on_bench(theirs).id
    polish = {"subject": {"asset": "A-1"}, "work": {"symptom": "noise"}}
    assert ours.submit("polish", polish, by=BOSS, at=NOW).job.is_open
