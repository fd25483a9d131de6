"""Twins as people settle them: shown with what speaks for each, decided on both jobs, never by a machine."""

from decimal import Decimal
from typing import Any

import pytest

from jobkit.desk import Desk, Store
from jobkit.desk._twins import decide_twin
from jobkit.errors import Conflict, Invalid, NotFound, Refused, StoreFailed
from jobkit.findings import Template
from jobkit.model import Job, TwinDecision
from jobkit.ports import Commit, Receipt
from jobkit.registry import Registry
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole, seated
from tests.desk.twinned import CALLER, DAY, EASY, HOUR, JUDGE, NOW, RULES, SENSOR, reported, service


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


def test_twins_are_explained(desk: Desk) -> None:
    """
    Each twin is shown with what speaks for and against it, rule by rule, and the sum is its score.
    """
    first, second = pair(desk)

    shown = desk.twins(second.id)

    (twin,) = shown.undecided
    assert twin.match is not None
    assert (first.id, Decimal("9.000")) == (twin.job.id, twin.suspect.score)
    assert 9.0 == twin.match.score == sum(each.weight for each in twin.match.contributions)
    assert "subject.asset" in twin.match.explain() or "asset" in twin.match.explain()
    assert () == shown.findings


def test_twins_compare_as_of_today(desk: Desk) -> None:
    """
    What is shown follows the jobs as they are now; what was found at intake stays as it was told.
    """
    first, second = pair(desk)
    desk.amend(first.id, {"$.work.symptom": "noise"}, by=JUDGE, at=NOW + HOUR)

    (twin,) = desk.twins(second.id).twins

    assert twin.match is not None
    assert (Decimal("9.000"), 1.0) == (twin.suspect.score, twin.match.score)


def test_nothing_to_compare_is_told(desk: Desk) -> None:
    """
    A job with neither asset nor key says that nothing was compared, and what would help.
    """
    job = reported(desk, None)

    (finding,) = desk.twins(job.id).findings

    assert ("desk.nothing_to_compare", "info") == (finding.code, finding.severity)


def test_no_rules_are_told(store: Store, awaited: bool) -> None:
    """
    Without rules for duplicates the twins of a job are none, and it is said why.
    """
    desk = seated(service(duplicates=None), store, awaited=awaited)

    shown = desk.twins(reported(desk).id)

    assert ((), ["desk.no_match_rules"]) == (shown.twins, [each.code for each in shown.findings])


def test_cap_is_told(store: Store, awaited: bool) -> None:
    """
    When more jobs may be twins than are compared, the view says so.
    """
    desk = seated(service(rules={**RULES, "cap": 2}), store, awaited=awaited)
    jobs = [reported(desk, at=NOW + number * HOUR) for number in range(4)]

    assert ["desk.more_candidates"] == [each.code for each in desk.twins(jobs[-1].id).findings]


def test_failing_search_is_told(store: Store, awaited: bool) -> None:
    """
    A source that cannot answer is named among the findings, and blocks nothing that can be shown.
    """

    def away(record: object, keys: object) -> list[tuple[str, object]]:
        raise TimeoutError

    desk = seated(service(Registry.of(candidates={"acme.rows": away})), store, awaited=awaited)
    first, second = pair(desk)

    shown = desk.twins(second.id)

    assert [first.id] == [twin.job.id for twin in shown.twins]
    assert [("registry.unreachable", "warn")] == [(each.code, each.severity) for each in shown.findings]


@pytest.mark.parametrize("decision", ["different", "same"])
def test_decision_stands_on_both(desk: Desk, decision: TwinDecision) -> None:
    """
    A person's decision is recorded on both jobs in one commit, with who, when and why.
    """
    first, second = pair(desk)

    done = desk.decide_twin(second.id, first.id, decision, by=JUDGE, at=NOW + DAY, reason="Looked at both.")

    assert [(first.id, decision)] == decided(desk.job(second.id))
    assert [(second.id, decision)] == decided(desk.job(first.id))
    assert {first.id, second.id} == {job.id for job in done.jobs}
    told = desk.job(first.id).triage.suspects[0]
    assert (JUDGE.id, NOW + DAY, "Looked at both.") == (told.by, told.at, told.reason)
    assert is_whole(desk, first.id)
    assert is_whole(desk, second.id)


def test_undecided_twin_keeps_the_gate_shut(desk: Desk) -> None:
    """
    A job is not approved while somebody has yet to say whether it is another one; then it is.
    """
    first, second = pair(desk)
    desk.fire(second.id, "take_up", by=JUDGE, at=NOW + HOUR)

    shut = desk.ask(second.id, "approve", by=JUDGE, at=NOW + HOUR)
    desk.decide_twin(second.id, first.id, "different", by=JUDGE, at=NOW + HOUR, reason="Two machines.")

    assert ["desk.undecided_twin"] == [each.code for each in shut.findings]
    assert desk.ask(second.id, "approve", by=JUDGE, at=NOW + HOUR).open


def test_same_job_is_not_approved_twice(desk: Desk) -> None:
    """
    A job that is the same as another one is not approved beside it; merged, the one that goes on is.
    """
    first, second = pair(desk)
    desk.decide_twin(second.id, first.id, "same", by=JUDGE, at=NOW + HOUR, reason="One machine.")
    for job in (first, second):
        desk.fire(job.id, "take_up", by=JUDGE, at=NOW + HOUR)
    shut = [desk.ask(job.id, "approve", by=JUDGE, at=NOW + HOUR) for job in (first, second)]

    desk.merge(second.id, into=first.id, by=JUDGE, at=NOW + HOUR)

    assert [["desk.same_not_merged"]] * 2 == [[each.code for each in answer.findings] for answer in shut]
    assert desk.ask(first.id, "approve", by=JUDGE, at=NOW + HOUR).open


def test_machine_does_not_decide(desk: Desk) -> None:
    """
    Whether two jobs are the same is for a person to say.
    """
    first, second = pair(desk)

    with pytest.raises(Refused) as caught:
        desk.decide_twin(second.id, first.id, "same", by=SENSOR, at=NOW + DAY, reason="Score.")

    assert "desk.twin_by_machine" == caught.value.code
    assert [(first.id, None)] == decided(desk.job(second.id))


def test_decision_that_is_none(desk: Desk) -> None:
    """
    A job with itself, an unknown job and a decision without a reason are refused.
    """
    first, second = pair(desk)

    with pytest.raises(Refused, match=r"desk\.twin_of_itself"):
        desk.decide_twin(first.id, first.id, "same", by=JUDGE, at=NOW, reason="The same.")
    with pytest.raises(NotFound):
        desk.decide_twin(first.id, "J-0", "same", by=JUDGE, at=NOW, reason="The same.")
    with pytest.raises(Refused, match=r"desk\.blank"):
        desk.decide_twin(first.id, second.id, "same", by=JUDGE, at=NOW, reason=" ")
    with pytest.raises(Refused, match=r"desk\.blank"):
        desk.decide_twin(first.id, (), "same", by=JUDGE, at=NOW, reason="The same.")
    with pytest.raises(Invalid, match=r"desk\.no_decision"):
        desk.decide_twin(first.id, second.id, "maybe", by=JUDGE, at=NOW, reason="Hm.")  # type: ignore[arg-type]


def test_decided_and_merged(desk: Desk) -> None:
    """
    Whoever says so has what is the same merged at once; said again with the key, it stays as it is.
    """
    first, second = pair(desk)
    told: dict[str, Any] = {"by": JUDGE, "at": NOW + DAY, "reason": "One machine.", "command_key": "k-1"}

    done = desk.decide_twin(second.id, first.id, "same", merge=True, **told)
    again = desk.decide_twin(second.id, first.id, "same", merge=True, **told)

    assert first.id == done.job.id == again.job.id == desk.job(second.id).links.merged_into
    assert () == again.events


def test_several_at_once(desk: Desk) -> None:
    """
    Several twins are decided about in one go, all or none.
    """
    jobs = [reported(desk, at=NOW + number * HOUR) for number in range(4)]
    *others, last = jobs
    ids = [job.id for job in others]

    desk.decide_twin(last.id, ids, "different", by=JUDGE, at=NOW + DAY, reason="Four machines.")

    assert dict.fromkeys(ids, "different") == dict(decided(desk.job(last.id)))
    assert all((last.id, "different") in decided(desk.job(id)) for id in ids)


def test_decided_otherwise_later(desk: Desk) -> None:
    """
    A decision may be revised by another one; both stand in the history.
    """
    first, second = pair(desk)
    decisions: tuple[TwinDecision, ...] = ("different", "same")
    for decision in decisions:
        desk.decide_twin(second.id, first.id, decision, by=JUDGE, at=NOW + DAY, reason="Looked.")

    told = [event.name for event in desk.history(first.id).events if event.kind == "judged"]
    assert [(second.id, "same")] == decided(desk.job(first.id))
    assert ["twin_different", "twin_same"] == told


def test_repeated_decision(desk: Desk) -> None:
    """
    A decision repeated with its key does nothing twice.
    """
    first, second = pair(desk)
    for _ in range(2):
        done = desk.decide_twin(
            second.id, first.id, "different", by=JUDGE, at=NOW + DAY, reason="Two.", command_key="k-1"
        )

    assert done.repeated
    assert 2 == len(desk.history(first.id).events)


def test_decision_outlasts_new_words(desk: Desk) -> None:
    """
    What a person decided is not asked again when the job is compared anew.
    """
    first, second = pair(desk)
    desk.decide_twin(second.id, first.id, "different", by=JUDGE, at=NOW + HOUR, reason="Two machines.")

    amended = desk.amend(second.id, {"$.work.description": "Leak."}, by=JUDGE, at=NOW + DAY).job

    assert [(first.id, "different")] == decided(amended)


def test_named_by_a_person(desk: Desk) -> None:
    """
    Two jobs that no rule suspects may be told apart, or together, all the same.
    """
    first, second = reported(desk), reported(desk, "EX-77", "noise")

    desk.decide_twin(second.id, first.id, "same", by=JUDGE, at=NOW + DAY, reason="One caller.")

    (told,) = desk.job(second.id).triage.suspects
    assert (first.id, "same") == (told.id, told.decided)
    assert told.score < 0


def test_looking_again(store: Store, awaited: bool) -> None:
    """
    When a source that failed answers again, looking anew finds the twin and takes the waiting verdict away.
    """
    up: list[bool] = []

    def rows(record: object, keys: object) -> list[tuple[str, object]]:
        if not up:
            raise ConnectionError
        return [(ids[0], {})]

    ids: list[str] = []
    registry = Registry.of(candidates={"acme.rows": rows})
    desk = seated(service(registry, EASY), store, awaited=awaited)
    ids += [reported(desk, None, words="oil leak").id]
    second = reported(desk, None, words="oil leak", at=NOW + HOUR)
    up.append(True)

    found = desk.look_for_twins(second.id, by=JUDGE, at=NOW + HOUR).job

    assert ["unavailable"] == [each.status for each in second.triage.verdicts]
    assert ([(ids[0], None)], ()) == (decided(found), found.triage.verdicts)


def test_looking_again_at_what_has_ended(desk: Desk) -> None:
    """
    For a job that has ended nobody looks again.
    """
    job = reported(desk)
    desk.fire(job.id, "take_up", by=JUDGE, at=NOW)
    desk.fire(job.id, "reject", by=JUDGE, at=NOW, reason="false_alarm")

    with pytest.raises(Refused, match=r"desk\.ended"):
        desk.look_for_twins(job.id, by=JUDGE, at=NOW)


def test_opposite_decisions_at_one_moment(store: Store) -> None:
    """
    Of two people who decide about one pair at one moment, one is told of the conflict.
    """
    desk = seated(service(), store)
    first, second = pair(desk)
    steps = decide_twin(
        desk.office, first.id, second.id, "same", by=JUDGE, at=NOW + DAY, reason="One.", command_key=None
    )
    call = next(steps)
    while call.method != "commit":
        call = steps.send(getattr(store, call.method)(*call.args, **call.options))
    desk.decide_twin(second.id, first.id, "different", by=CALLER, at=NOW + DAY, reason="Two.")

    with pytest.raises(Conflict):
        store.commit(*call.args)
    assert [(first.id, "different")] == decided(desk.job(second.id))


WORDS = "oil leak at the boom cylinder"


def automatic(store: Store, awaited: bool) -> Desk:
    """Return a desk whose rules let the machine merge what is the same."""
    return seated(service(rules={**RULES, "auto_merge": True}), store, awaited=awaited)


def test_machine_merges_where_rules_say_so(store: Store, awaited: bool) -> None:
    """
    With rules that say so, a report that is the same as one other is merged with it, as a step of its own.
    """
    desk = automatic(store, awaited)
    first = reported(desk, words=WORDS)

    second = reported(desk, words=WORDS, at=NOW + HOUR)

    assert ("merged", first.id) == (second.state.end, second.links.merged_into)
    assert ["created", "compared", "merged"] == [event.kind for event in desk.history(second.id).events]
    assert "jobkit" == desk.history(second.id).events[-1].actor.id
    assert is_whole(desk, first.id)


class OutOfRoom(MemoryStore):
    """A store whose disk is full as soon as two jobs are to change at once."""

    def commit(self, commit: Commit, /) -> Receipt:
        if len(commit.changes) > 1:
            raise StoreFailed.of(Template("test.full", "The disk is full.", "Make room."))
        return super().commit(commit)


def test_failed_merge_loses_no_report(awaited: bool) -> None:
    """
    A report that was taken in is told as such, even if the store fails when the machine would merge it.
    """
    desk = automatic(OutOfRoom(), awaited)
    first = reported(desk, words=WORDS)

    second = reported(desk, words=WORDS, at=NOW + HOUR)

    assert second.is_open
    assert [(first.id, None)] == decided(desk.job(second.id))


def test_machine_does_not_merge_by_default(desk: Desk) -> None:
    """
    Without that word of the rules what is the same is asked about.
    """
    reported(desk, words=WORDS)

    second = reported(desk, words=WORDS, at=NOW + HOUR)

    assert ("same", True) == (second.triage.suspects[0].band, second.is_open)


@pytest.mark.parametrize(
    "other",
    [{"words": "something else"}, {"words": WORDS, "job_type": "maintenance"}],
    ids=["ask", "other type"],
)
def test_machine_merges_nothing_else(store: Store, awaited: bool, other: dict[str, str]) -> None:
    """
    What is only alike, and what is of another type, is never merged by machine.
    """
    desk = automatic(store, awaited)
    reported(desk, words=WORDS)

    assert reported(desk, at=NOW + HOUR, **other).is_open


def test_machine_does_not_choose(store: Store, awaited: bool) -> None:
    """
    Where several jobs may be the same, a person chooses.
    """
    desk = automatic(store, awaited)
    first = reported(desk, words="oil leak")
    reported(desk, words=WORDS, at=NOW + HOUR)

    third = reported(desk, words=WORDS, at=NOW + HOUR)

    assert first.id in [twin.job.id for twin in desk.twins(third.id).undecided]
    assert third.is_open
