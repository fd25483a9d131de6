"""What comes late holds the gate as well: other words, other rules, a search that failed, a look-up's no."""

from collections.abc import Mapping
from typing import Any

import pytest

from jobkit.catalog import Catalog
from jobkit.desk import Desk, Store
from jobkit.errors import Refused
from jobkit.mappings import EMPTY
from jobkit.model import Actor, Job, Window
from jobkit.registry import Registry
from jobkit.stores.memory import MemoryStore
from tests.desk.gated import (
    CALLER,
    COMPLETE,
    HOUR,
    NOW,
    SENSOR,
    TINA,
    WORK,
    complete,
    fires,
    judged,
    service,
    told,
)
from tests.desk.test_gate import with_work

Words = Mapping[str, Any]

UNASKED = {"topics": ()}
OTHER_WORDS = {"$.subject.asset": "EX-77", "$.work.symptom": "leak"}


def codes(desk: Desk, trigger: str = "approve", by: Actor = TINA, values: Words = EMPTY) -> list[str]:
    """Return what keeps J from going where a trigger leads, and that firing it is refused for the same."""
    answer = desk.ask("J", trigger, by=by, at=NOW + HOUR, values=values)
    with pytest.raises(Refused) as refused:
        desk.fire("J", trigger, by=by, at=NOW + HOUR, values=values)
    found = [finding.code for finding in answer.findings if finding.blocks]
    assert found == [finding.code for finding in refused.value.findings if finding.blocks]
    return found


@pytest.mark.parametrize(("there", "trigger"), [("hold", "replan"), ("reject", "reopen")])
@pytest.mark.parametrize("amended", [True, False], ids=["amended there", "told with the move"])
def test_words_told_elsewhere_are_compared(there: str, trigger: str, amended: bool) -> None:
    """
    A job that never passed is compared when its words change, whether it waits, ended or comes back.
    """
    desk = Desk(service(UNASKED), MemoryStore())
    told(desk, "T", **COMPLETE)
    told(desk)
    desk.fire("J", there, by=TINA, at=NOW)
    if amended and there == "hold":
        desk.amend("J", OTHER_WORDS, by=TINA, at=NOW)
        assert ["desk.undecided_twin"] == codes(desk, trigger)
    else:
        assert ["desk.undecided_twin"] == codes(desk, trigger, values=OTHER_WORDS)


def test_way_back_is_compared() -> None:
    """
    A job that was told otherwise behind the gate is compared when it comes back before it.
    """
    desk = Desk(service(UNASKED), MemoryStore())
    told(desk, "T", **COMPLETE)
    told(desk, subject={"asset": "EX-13"}, work={"symptom": "leak"})
    desk.fire("J", "approve", by=TINA, at=NOW)
    desk.amend("J", OTHER_WORDS, by=TINA, at=NOW)
    desk.fire("J", "back", by=TINA, at=NOW)

    assert ["desk.undecided_twin"] == codes(desk)


def test_rules_that_come_later_compare_before_approval(store: Store) -> None:
    """
    A job that was taken in before there were rules for twins is compared before it passes.
    """
    before = Desk(service(UNASKED, duplicates=None), store)
    for name in ("T", "J"):
        told(before, name, **COMPLETE)

    assert ["desk.undecided_twin"] == codes(Desk(service(UNASKED), store))


def down(record: Any, keys: Any) -> Any:
    """Be a source of candidates that cannot answer."""
    raise ConnectionError("the installed base is down")


def searching(catalog_kind: str) -> Catalog:
    """Return a catalog whose search for twins fails, and that asks for no verdict on it."""
    catalog = service(UNASKED, registry=Registry.of(candidates={"base": down}))
    if catalog_kind == "with intake":
        return catalog
    return catalog.without_intake().with_intake(duplicates=catalog.duplicates)


@pytest.mark.parametrize("kind", ["with intake", "twins only"])
def test_search_that_failed_holds_the_gate(kind: str) -> None:
    """
    While twins cannot be looked for, nothing passes, whatever triage is asked to judge; then it does.
    """
    store = MemoryStore()
    desk = Desk(searching(kind), store)
    told(desk, **COMPLETE)
    found = codes(desk)

    mended = Desk(service(UNASKED), store)
    mended.look_for_twins("J", by=TINA, at=NOW)

    assert ["desk.twins_not_compared"] == found
    assert mended.ask("J", "approve", by=TINA, at=NOW).open


def test_search_that_failed_is_told_once() -> None:
    """
    Where triage judges duplicates anyway, that verdict speaks for the search, and a person may settle it.
    """
    topics = {"topics": [{"id": "duplicates"}]}
    desk = Desk(service(topics, registry=Registry.of(candidates={"base": down})), MemoryStore())
    told(desk, **COMPLETE)

    assert ["intake.verdict_unavailable"] == codes(desk)
    desk.judge("J", "duplicates", "passed", by=TINA, at=NOW)
    assert desk.ask("J", "approve", by=TINA, at=NOW).open


COVER: dict[str, Any] = {
    "lookups": [
        {
            "id": "cover",
            "needs": ["job.subject.asset"],
            "facts": {"covered": "bool"},
            "topic": "entitlement",
            "passed_when": "lookup.cover.covered == True",
            "refused_when": "lookup.cover.covered == False",
        }
    ]
}


def covering() -> tuple[Desk, dict[str, bool]]:
    """Return a desk whose look-up says whether a job is covered, and what it says, for tests to change."""
    answer = {"covered": True}

    def cover(job: Job, now: Any) -> dict[str, bool]:
        return dict(answer)

    desk = Desk(service(COVER, registry=Registry.of(lookup={"cover": cover})), MemoryStore())
    told(desk, **COMPLETE)
    desk.judge("J", "ownership", "passed", by=TINA, at=NOW)
    return desk, answer


def test_look_up_that_refuses_by_now_holds_the_gate() -> None:
    """
    What a look-up let pass once and refuses by now does not pass; what it never recorded does not either.
    """
    desk, answer = covering()
    unrecorded = codes(desk)
    desk.look_up("J", by=TINA, at=NOW)
    answer["covered"] = False

    assert ["intake.no_verdict"] == unrecorded
    assert ["intake.verdict_refused"] == codes(desk)


def test_person_overrules_a_look_up() -> None:
    """
    What a person judged stays, whatever look-ups say afterwards.
    """
    desk, answer = covering()
    answer["covered"] = False
    desk.judge("J", "entitlement", "passed", by=TINA, at=NOW)

    assert desk.ask("J", "approve", by=TINA, at=NOW).open


def test_machines_are_those_that_the_rules_name() -> None:
    """
    A role that the rules of intake call a machine is one at the gate, and no rule makes a machine a person.
    """
    robot = Actor(id="rob", role="robot")
    desk = Desk(service({"machines": ["robot"]}), MemoryStore())
    complete(desk)

    assert ["desk.machine_past_draft"] == codes(desk, by=robot) == codes(desk, by=SENSOR)


def test_machine_brings_no_ended_draft_back() -> None:
    """
    A machine that ended a draft does not get past it by opening the job again further on.
    """
    desk = Desk(service(), MemoryStore())
    desk.submit("repair", COMPLETE, by=CALLER, at=NOW, state="draft", job_id="J")
    judged(desk)
    desk.fire("J", "reject", by=SENSOR, at=NOW)

    assert ["desk.machine_past_draft"] == codes(desk, "reopen", by=SENSOR)


PROMISED = {"start": "2026-03-12T08:00:00Z", "end": "2026-03-12T10:00:00Z"}
ABOUT: dict[str, Any] = {"topics": [{"id": "ownership", "about": ["subject.asset"]}, {"id": "parts"}]}


def owned() -> Desk:
    """Return a desk with a job whose ownership and parts were judged by a person."""
    desk = Desk(service(ABOUT), MemoryStore())
    told(desk, **COMPLETE)
    desk.judge("J", ("ownership", "parts"), "passed", by=TINA, at=NOW)
    return desk


def test_verdict_on_something_else_waits() -> None:
    """
    A verdict that was passed about another asset holds the gate until it is given again, and says why.
    """
    desk = owned()
    desk.amend("J", {"$.subject.asset": "EX-13"}, by=TINA, at=NOW + HOUR)

    (waits,) = desk.ask("J", "approve", by=TINA, at=NOW + HOUR).findings
    *_, event = desk.history("J").events
    desk.judge("J", "ownership", "passed", by=TINA, at=NOW + HOUR)

    assert ("intake.verdict_unavailable", "$.triage.verdicts[ownership]") == (waits.code, waits.path)
    assert "subject.asset was told otherwise after tina had judged it" in waits.message
    assert ("verdict_lapsed", "ownership", "jobkit") == (event.kind, event.name, event.actor.id)
    assert "approved" == desk.fire("J", "approve", by=TINA, at=NOW + HOUR).job.state.name


def test_verdict_waits_when_the_move_tells_otherwise() -> None:
    """
    Telling something else with the move itself leads nobody past a verdict on what was told before.
    """
    assert ["intake.verdict_unavailable"] == codes(owned(), values={"$.subject.asset": "EX-13"})


def test_verdict_stays_about_what_it_was_about() -> None:
    """
    Other fields, and fields that nobody had told, leave verdicts as they are; so do those of passed jobs.
    """
    desk = owned()
    desk.amend("J", {"$.work.symptom": "noise", "$.subject.site": "quarry"}, by=TINA, at=NOW)
    desk.fire("J", "approve", by=TINA, at=NOW)
    job = desk.amend("J", {"$.subject.asset": "EX-13"}, by=TINA, at=NOW).job

    assert ["passed", "passed"] == [each.status for each in job.triage.verdicts]


def test_plan_from_before_is_nobodys_fault() -> None:
    """
    What is said about a visit that was planned before its job came back is no new plan; another window is.
    """
    desk = Desk(service(UNASKED), MemoryStore())
    told(desk, **COMPLETE)
    desk.fire("J", "approve", by=TINA, at=NOW)
    desk.plan_visit("J", Window(NOW + HOUR, NOW + 2 * HOUR), by=TINA, at=NOW, visit_id="v1")
    desk.fire("J", "back", by=TINA, at=NOW)

    job = desk.amend("J", {"$.visits[v1].note": "Ring twice."}, by=TINA, at=NOW).job

    with pytest.raises(Refused) as refused:
        desk.amend("J", {"$.visits[v1].promised": PROMISED}, by=TINA, at=NOW)

    assert "Ring twice." == job.visits[0].note
    assert "desk.planned_before_approval" in {each.code for each in refused.value.findings}


def test_way_back_and_on_in_one_breath_is_asked() -> None:
    """
    A move that sends a passed job back and sets off its approval at once leads past nothing.
    """
    bounce = {"trigger": "bounce", "from": "approved", "to": "triage", "effects": [fires("approve")]}
    catalog = with_work(service(UNASKED), {**WORK, "transitions": [*WORK["transitions"], bounce]})
    desk = Desk(catalog, MemoryStore())
    told(desk, **COMPLETE)
    desk.fire("J", "approve", by=TINA, at=NOW)
    desk.amend("J", {"$.work.symptom": None}, by=TINA, at=NOW)

    assert ["desk.machine_past_draft", "requirements.missing"] == codes(desk, "bounce")
