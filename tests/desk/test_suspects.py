"""Twins are looked for when a job comes in, whichever verb brings it, and kept with what was found."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from jobkit.catalog import Catalog
from jobkit.desk import Desk, Store
from jobkit.duplicates import MatchRules
from jobkit.errors import Invalid
from jobkit.history import fold
from jobkit.model import Job, blank
from jobkit.registry import Registry
from tests.desk.building import TRIAGE, is_whole, seated
from tests.desk.requesting import asked, opened
from tests.desk.twinned import CALLER, DAY, EASY, HOUR, JUDGE, NOW, RULES, reported, service


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the service in which reports may be twins."""
    return seated(service(), store, awaited=awaited)


def suspects(job: Job) -> list[tuple[str, str]]:
    """Return the suspects of a job with their bands."""
    return [(each.id, each.band) for each in job.triage.suspects]


def test_second_report(desk: Desk) -> None:
    """
    A second report on one asset with one symptom comes in with the first one as its twin, undecided.
    """
    first = reported(desk)

    second = reported(desk, at=NOW + HOUR)

    assert [(first.id, "ask")] == suspects(second)
    assert Decimal("9.000") == second.triage.suspects[0].score
    assert second.triage.suspects[0].decided is None
    assert () == desk.job(first.id).triage.suspects


def test_history_says_why(desk: Desk) -> None:
    """
    What was found stands in an event of jobkit's own, with the rules, their weights and their hash.
    """
    first = reported(desk)

    second = reported(desk, at=NOW + HOUR)

    born, told = desk.history(second.id).events
    weights = {each["rule"]: Decimal(each["weight"]) for each in told.data["because"][first.id]}
    assert ("submitted", CALLER.id) == (born.name, born.actor.id)
    assert ("compared", "jobkit") == (told.kind, told.actor.id)
    assert {"duplicates": MatchRules.load(RULES).digest} == told.rules
    assert second.triage.suspects[0].score == sum(weights.values())
    assert second == fold((born, told))


def test_first_report(desk: Desk) -> None:
    """
    A job without a twin has one event, and remembers when it came in.
    """
    job = reported(desk)

    assert NOW == job.triage.reported
    assert 1 == len(desk.history(job.id).events)


@pytest.mark.parametrize(
    "other",
    [{"asset": "EX-13"}, {"symptom": "noise", "at": NOW + 60 * DAY}, {"asset": None}],
    ids=["asset", "symptom and time", "no asset"],
)
def test_other_matters(desk: Desk, other: dict[str, Any]) -> None:
    """
    Another asset, another symptom long after, and no asset at all are no twins.
    """
    reported(desk)

    assert [] == suspects(reported(desk, **other))


def test_other_type_is_asked_about(desk: Desk) -> None:
    """
    A planned visit is never the same as a breakdown by itself, however alike they are.
    """
    planned = reported(desk, words="oil leak at the boom", job_type="maintenance")

    other = reported(desk, words="oil leak at the boom", at=NOW + HOUR)

    assert [(planned.id, "ask")] == suspects(other)


def test_same_band(desk: Desk) -> None:
    """
    What agrees in everything is in the band of the same, and still only asked about.
    """
    first = reported(desk, words="oil leak at the boom")

    second = reported(desk, words="oil leak at the boom", at=NOW + HOUR)

    assert [(first.id, "same")] == suspects(second)
    assert second.is_open


def test_closed_one_inside_the_window(desk: Desk) -> None:
    """
    A closed job stays a candidate for as long as the window reaches, and not for ever.
    """
    first = reported(desk)
    for trigger in ("take_up", "approve", "close"):
        desk.fire(first.id, trigger, by=JUDGE, at=NOW)

    assert [(first.id, "ask")] == suspects(reported(desk, at=NOW + 13 * DAY))
    assert first.id not in [id for id, _ in suspects(reported(desk, at=NOW + 30 * DAY))]


def test_amended_asset(desk: Desk) -> None:
    """
    Before the gate a job is compared again when its asset is corrected, and only then.
    """
    first = reported(desk)
    second = reported(desk, "EX-99", at=NOW + HOUR)

    desk.amend(second.id, {"$.work.instructions": "Bring a ladder."}, by=JUDGE, at=NOW + HOUR)
    same = desk.job(second.id)
    corrected = desk.amend(second.id, {"$.subject.asset": "EX-12"}, by=JUDGE, at=NOW + HOUR).job
    back = desk.amend(second.id, {"$.subject.asset": "EX-99"}, by=JUDGE, at=NOW + HOUR).job

    assert [] == suspects(same)
    assert [(first.id, "ask")] == suspects(corrected)
    assert [] == suspects(back)


def test_crossing_with_another_asset(desk: Desk) -> None:
    """
    The values of the very move that would approve a job are compared as well.
    """
    first = reported(desk)
    second = reported(desk, "EX-99", at=NOW + HOUR)
    desk.fire(second.id, "take_up", by=JUDGE, at=NOW + HOUR)

    answer = desk.ask(second.id, "approve", by=JUDGE, at=NOW + HOUR, values={"$.subject.asset": "EX-12"})

    assert not answer.open
    assert [first.id] == [each.params["other"] for each in answer.findings]


def test_adopted_job(desk: Desk) -> None:
    """
    A job that lived before is compared when it is adopted.
    """
    first = reported(desk)
    told = {"type": "breakdown", "subject": {"asset": "EX-12"}, "work": {"symptom": "leak"}}

    adopted = desk.adopt(told, by=JUDGE, at=NOW + HOUR, since=NOW, evidence="Old ledger.").job

    assert [(first.id, "ask")] == suspects(adopted)


def test_part_of_a_job(desk: Desk) -> None:
    """
    A job that another one sets off is no twin of it: everybody knows where it comes from.
    """
    first = reported(desk)
    for trigger in ("take_up", "approve"):
        desk.fire(first.id, trigger, by=JUDGE, at=NOW)

    spawned = desk.fire(first.id, "split", by=JUDGE, at=NOW).jobs[1]

    assert (first.id, []) == (spawned.links.spawned_from, suspects(spawned))


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (
            "triage",
            {"suspects": [{"id": "J-1", "score": "9", "band": "ask", "found": "2026-03-02T08:00:00Z"}]},
        ),
        ("triage", {"passed": "2026-03-02T08:00:00Z"}),
        ("links", {"merged_into": "J-1"}),
    ],
)
def test_nobody_brings_findings_along(desk: Desk, part: str, told: dict[str, Any]) -> None:
    """
    What jobkit finds out about a job is not for the caller to say of a new one.
    """
    with pytest.raises(Invalid) as caught:
        desk.submit("breakdown", {part: told}, by=CALLER, at=NOW)

    assert "desk.not_given" == caught.value.code


def test_shared_key_without_an_asset(desk: Desk) -> None:
    """
    Reports without an asset find each other by a blocking key, in whatever spelling.
    """
    told = {"symptom": "leak", "description": "oil leak at the boom"}
    request = {"subject": {"serial": "SN 00471"}, "work": told}
    first = desk.submit("breakdown", request, by=CALLER, at=NOW).job

    twin = {"subject": {"serial": "sn-471"}, "work": told}
    second = desk.submit("breakdown", twin, by=CALLER, at=NOW + HOUR).job
    other = {"subject": {"serial": "SN-900"}, "work": told}
    third = desk.submit("breakdown", other, by=CALLER, at=NOW + HOUR).job

    assert [(first.id, "ask")] == suspects(second)
    assert [] == suspects(third)


def test_private_values_are_no_keys(store: Store, awaited: bool) -> None:
    """
    What is private neither leads to twins nor stands in a place where it could not be erased.
    """
    phone = {"name": "phone", "parts": [{"field": "subject.contacts[c1].phone", "form": "phone"}]}
    desk = seated(service(rules={**RULES, "keys": [phone]}), store, awaited=awaited)
    contact = {"id": "c1", "name": "Frieda", "phone": "0170 1234567"}
    request = {"subject": {"asset": "EX-12", "contacts": [contact]}, "work": {"symptom": "leak"}}
    first = desk.submit("breakdown", request, by=CALLER, at=NOW).job

    second = desk.submit("breakdown", request, by=CALLER, at=NOW + HOUR).job

    (index,) = store.index("", [second.id])
    assert index is not None
    assert [(first.id, "ask")] == suspects(second)
    assert [] == [key.queue for key in index.queues if key.queue.startswith("~twins")]


def test_host_names_candidates(store: Store, awaited: bool) -> None:
    """
    What the host's own search names is compared as well, and what it names in vain is passed over.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    registry = Registry.of(candidates={"acme.rows": lambda record, keys: found})
    desk = seated(service(registry, EASY), store, awaited=awaited)
    first = reported(desk, None, words="oil leak at the boom")
    found += [(first.id, {}), ("nobody", {})]

    second = reported(desk, None, words="oil leak at the boom", at=NOW + HOUR)

    assert [(first.id, "ask")] == suspects(second)


def broken(record: object, keys: object) -> Iterator[tuple[str, object]]:
    """Name one candidate, then fail in the middle."""
    yield "J-1", {}
    raise KeyError("row")


def unreachable(record: object, keys: object) -> list[tuple[str, object]]:
    """Fail as a database that is away."""
    raise ConnectionError("db")


@pytest.mark.parametrize("source", [broken, unreachable, lambda record, keys: [None]])
def test_failing_source_keeps_the_request(store: Store, awaited: bool, source: Callable[..., Any]) -> None:
    """
    When the host's search fails, the request is taken in all the same, and waits for a verdict.
    """
    registry = Registry.of(candidates={"acme.rows": source})
    desk = seated(service(registry), store, awaited=awaited)
    first = reported(desk)

    second = reported(desk, at=NOW + HOUR)

    (verdict,) = second.triage.verdicts
    assert [(first.id, "ask")] == suspects(second)
    assert ("duplicates", "unavailable", "jobkit") == (verdict.id, verdict.status, verdict.by)
    assert "acme.rows" in str(verdict.reason)


def test_failing_comparator_keeps_the_request(store: Store, awaited: bool) -> None:
    """
    What a host's comparator raises does not lose the request: it waits, with the comparator's name.
    """
    registry = Registry.of(comparator={"acme.shape": lambda left, right: 1 / 0})
    rule = {
        "name": "shape",
        "field": "work.symptom",
        "kind": "acme.shape",
        "levels": [{"at": 1, "weight": 1}],
    }
    desk = seated(service(registry, {**RULES, "rules": [rule]}), store, awaited=awaited)
    reported(desk)

    second = reported(desk, at=NOW + HOUR)

    assert [] == suspects(second)
    assert "acme.shape" in str(second.triage.verdicts[0].reason)


def test_many_candidates(store: Store, awaited: bool) -> None:
    """
    A cap bounds how many jobs of an asset are compared, and the history tells that it bit.
    """
    desk = seated(service(rules={**RULES, "cap": 3}), store, awaited=awaited)
    jobs = [reported(desk, at=NOW + number * HOUR) for number in range(5)]

    last = desk.history(jobs[-1].id).events[1]
    third = desk.history(jobs[2].id).events[1]

    assert {job.id for job in jobs[1:4]} == {id for id, _ in suspects(jobs[-1])}
    assert (3, True) == (last.data["considered"], last.data["more"])
    assert "more" not in third.data


def test_ten_twins_at_most(desk: Desk) -> None:
    """
    The ten likeliest twins are told, and how many more there are.
    """
    jobs = [reported(desk, at=NOW + number * HOUR) for number in range(13)]

    told = desk.history(jobs[-1].id).events[1]

    assert 10 == len(jobs[-1].triage.suspects)
    assert 2 == told.data["left_out"]


def test_catalog_without_rules(store: Store, awaited: bool) -> None:
    """
    Without rules for duplicates nothing is compared and nothing is recorded beside the birth.
    """
    desk = seated(service(duplicates=None), store, awaited=awaited)
    reported(desk)

    second = reported(desk, at=NOW + HOUR)

    assert second.triage == blank(second.id).triage
    assert 1 == len(desk.history(second.id).events)


def test_circle_of_redirects(desk: Desk) -> None:
    """
    Jobs that loaded data merges into each other answer for nothing, and are no twins.
    """
    told: dict[str, Any] = {"type": "breakdown", "subject": {"asset": "EX-12"}, "work": {"symptom": "leak"}}
    for one, other in (("J-1", "J-2"), ("J-2", "J-1"), ("J-3", "J-4")):
        merged = {**told, "id": one, "states": {"work": "merged"}, "links": {"merged_into": other}}
        desk.adopt(merged, by=JUDGE, at=NOW, since=NOW, evidence="Old ledger.")

    assert [] == suspects(reported(desk, at=NOW + HOUR))


def test_adopted_job_came_in_when_it_did(desk: Desk) -> None:
    """
    A job that lived before was reported when it lived, not when it was adopted.
    """
    told = {"type": "breakdown", "subject": {"asset": "EX-12"}, "work": {"symptom": "leak"}}

    adopted = desk.adopt(told, by=JUDGE, at=NOW, since=NOW - 60 * DAY, evidence="Old ledger.").job

    assert NOW - 60 * DAY == adopted.triage.reported
    assert is_whole(desk, adopted.id)


def test_long_words(desk: Desk) -> None:
    """
    A description of a million characters and an asset of a thousand are compared like others.
    """
    for at in (NOW, NOW + HOUR):
        job = reported(desk, "X" * 1_000, words="leak " * 200_000, at=at)

    assert ["same"] == [band for _, band in suspects(job)]


def test_jobs_of_one_request(store: Store, awaited: bool, after_sales: Catalog) -> None:
    """
    Two jobs that a person opens for one request share its matter on purpose; a stranger's is their twin.
    """
    rules = MatchRules.load(RULES)
    desk = seated(after_sales.without_intake().with_intake(duplicates=rules), store, awaited=awaited)
    request = asked(desk)

    one, other = (opened(desk, request, number) for number in ("J-1", "J-2"))
    stranger = asked(desk, links={"number": "R-200"})

    assert [[], []] == [suspects(one), suspects(other)]
    assert {one.id, other.id} == {id for id, _ in suspects(stranger)}


def test_decision_about_the_request_holds_for_its_job(
    store: Store, awaited: bool, after_sales: Catalog
) -> None:
    """
    What was decided about a request is not asked again of the job that is opened for it.
    """
    rules = MatchRules.load(RULES)
    desk = seated(after_sales.without_intake().with_intake(duplicates=rules), store, awaited=awaited)
    first = asked(desk)
    second = asked(desk, links={"number": "R-200"})
    desk.decide_twin(second.id, first.id, "different", by=TRIAGE, at=NOW, reason="Two machines.")

    job = opened(desk, second, "J-2")

    assert [(first.id, "different")] == [(each.id, each.decided) for each in job.triage.suspects]


def test_new_keys(store: Store, awaited: bool) -> None:
    """
    After a change of the blocking keys, refreshing the open jobs lets them be found by the new ones.
    """
    old = seated(service(rules={**RULES, "keys": []}), store, awaited=awaited)
    told = {"symptom": "leak", "description": "oil leak at the boom"}
    request = {"subject": {"serial": "SN 00471"}, "work": told}
    first, second = (old.submit("breakdown", request, by=CALLER, at=NOW).job for _ in range(2))

    desk = seated(service(), store, awaited=awaited)
    desk.refresh(now=NOW)
    found = desk.look_for_twins(second.id, by=JUDGE, at=NOW + HOUR).job

    assert [] == suspects(second)
    assert [(first.id, "ask")] == suspects(found)
