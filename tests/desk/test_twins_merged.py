"""Twins and merging: what is different stays apart, what is merged is one twin, and no question is lost."""

import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Refused
from jobkit.model import Job
from tests.desk.building import seated
from tests.desk.twinned import DAY, HOUR, JUDGE, NOW, reported, service

WORDS = "oil leak at the boom cylinder"


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the service in which reports may be twins."""
    return seated(service(), store, awaited=awaited)


def pair(desk: Desk) -> tuple[Job, Job]:
    """Return two reports of one matter."""
    return reported(desk), reported(desk, at=NOW + HOUR)


def decided(job: Job) -> list[tuple[str, str | None]]:
    """Return what was decided about the suspects of a job."""
    return [(each.id, each.decided) for each in job.triage.suspects]


def test_different_is_never_merged(desk: Desk) -> None:
    """
    What was decided to be different is merged by nobody, not even by way of a third job.
    """
    first, second = pair(desk)
    third = reported(desk, at=NOW + 2 * HOUR)
    desk.decide_twin(second.id, first.id, "different", by=JUDGE, at=NOW + DAY, reason="Two machines.")
    desk.merge(third.id, into=first.id, by=JUDGE, at=NOW + DAY)

    with pytest.raises(Refused, match=r"desk\.declared_different"):
        desk.merge(second.id, into=first.id, by=JUDGE, at=NOW + DAY)
    with pytest.raises(Refused, match=r"desk\.declared_different"):
        desk.merge(first.id, into=second.id, by=JUDGE, at=NOW + DAY)


def test_merged_twin_is_followed(desk: Desk) -> None:
    """
    A twin that was merged elsewhere meanwhile is shown and decided about as the job that answers for it now.
    """
    first = reported(desk)
    second = reported(desk, at=NOW + HOUR)
    other = reported(desk, "EX-50", "noise")
    desk.merge(first.id, into=other.id, by=JUDGE, at=NOW + HOUR)

    (twin,) = desk.twins(second.id).twins
    desk.decide_twin(second.id, first.id, "different", by=JUDGE, at=NOW + DAY, reason="Two machines.")

    assert (first.id, other.id) == (twin.suspect.id, twin.job.id)
    assert {first.id: "different", other.id: "different"} == dict(decided(desk.job(second.id)))
    assert (second.id, "different") in decided(desk.job(other.id))


def test_merged_thread_is_one_twin(desk: Desk) -> None:
    """
    Reports that were merged are one twin, the job that answers, by whichever of them is most alike.
    """
    first = reported(desk, symptom="noise", words="hums")
    second = reported(desk, words=WORDS, at=NOW + HOUR)
    desk.merge(second.id, into=first.id, by=JUDGE, at=NOW + HOUR)

    third = reported(desk, words=WORDS, at=NOW + DAY)

    assert [(first.id, "same")] == [(each.id, each.band) for each in third.triage.suspects]


def test_different_from_a_merged_job_outlasts_its_unmerge(desk: Desk) -> None:
    """
    Who is declared different while another job answers for it stays so once it answers for itself again.
    """
    one, other, inner = (reported(desk, asset, at=NOW) for asset in ("EX-1", "EX-2", "EX-3"))
    desk.merge(inner.id, into=other.id, by=JUDGE, at=NOW + HOUR)
    desk.decide_twin(one.id, inner.id, "different", by=JUDGE, at=NOW + HOUR, reason="two machines")
    desk.unmerge(inner.id, by=JUDGE, at=NOW + 2 * HOUR, reason="not the same")

    for twin in (other, inner):
        with pytest.raises(Refused) as refused:
            desk.merge(one.id, into=twin.id, by=JUDGE, at=NOW + 3 * HOUR)
        assert ["desk.declared_different"] == [finding.code for finding in refused.value.findings]


@pytest.mark.parametrize("way", [("take_up", "approve"), ("take_up", "approve", "hold")])
def test_open_question_does_not_slip_past_the_gate(desk: Desk, way: tuple[str, ...]) -> None:
    """
    A report whose twin is not decided is not merged into work that was approved: nobody would ask any more.
    """
    approved = reported(desk, "EX-1")
    for trigger in way:
        desk.fire(approved.id, trigger, by=JUDGE, at=NOW)
    first, second = pair(desk)

    with pytest.raises(Refused) as refused:
        desk.merge(second.id, into=approved.id, by=JUDGE, at=NOW + HOUR)
    assert ["desk.merge_undecided_twin"] == [finding.code for finding in refused.value.findings]
    desk.decide_twin(second.id, first.id, "different", by=JUDGE, at=NOW + HOUR, reason="two machines")
    assert approved.id == desk.merge(second.id, into=approved.id, by=JUDGE, at=NOW + HOUR).job.id


def test_work_from_before_the_rules_takes_over_no_open_question(store: Store) -> None:
    """
    Work that was approved before anybody compared is approved, and takes over no report with an open twin.
    """
    before = Desk(service(duplicates=None), store)
    approved = reported(before, "EX-1")
    for trigger in ("take_up", "approve"):
        before.fire(approved.id, trigger, by=JUDGE, at=NOW)
    desk = Desk(service(), store)
    _, second = pair(desk)

    assert before.job(approved.id).triage.passed is None
    with pytest.raises(Refused) as refused:
        desk.merge(second.id, into=approved.id, by=JUDGE, at=NOW + HOUR)
    assert ["desk.merge_undecided_twin"] == [finding.code for finding in refused.value.findings]


def test_question_goes_along_where_nothing_is_gated(store: Store) -> None:
    """
    Without rules of intake and twins there is no gate, and an open question goes on with the survivor.
    """
    asking = Desk(service(), store)
    first, second = pair(asking)
    desk = Desk(service(duplicates=None), store)
    other = reported(desk, "EX-1")
    for trigger in ("take_up", "approve"):
        desk.fire(other.id, trigger, by=JUDGE, at=NOW)

    assert [(first.id, None)] == decided(desk.merge(second.id, into=other.id, by=JUDGE, at=NOW + HOUR).job)


def test_same_was_said_before_the_other_one_joined(desk: Desk) -> None:
    """
    That two jobs are the same overrules nothing about a third that joins one of them only later.
    """
    one, other, inner = (reported(desk, asset, at=NOW) for asset in ("EX-1", "EX-2", "EX-3"))
    desk.decide_twin(one.id, inner.id, "different", by=JUDGE, at=NOW + HOUR, reason="two machines")
    desk.decide_twin(one.id, other.id, "same", by=JUDGE, at=NOW + 2 * HOUR, reason="one press")
    desk.merge(inner.id, into=other.id, by=JUDGE, at=NOW + 3 * HOUR)

    with pytest.raises(Refused) as refused:
        desk.merge(one.id, into=other.id, by=JUDGE, at=NOW + 4 * HOUR)
    assert "desk.declared_different" in [finding.code for finding in refused.value.findings]
    desk.decide_twin(one.id, other.id, "same", by=JUDGE, at=NOW + 5 * HOUR, reason="all one press")
    assert other.id == desk.merge(one.id, into=other.id, by=JUDGE, at=NOW + 6 * HOUR).job.id
