"""Promises of triage: verdicts are facts, a person confirms suggestions, nothing is promised early."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jobkit.conditions import Condition
from jobkit.errors import Invalid, Refused
from jobkit.facts import declare, gather
from jobkit.history import FieldChange
from jobkit.intake import (
    IntakeRules,
    barred,
    confirmed,
    confirmed_part,
    declined,
    judged,
    judgement,
    judging,
    lapsed,
    promised_findings,
    verdict_findings,
)
from jobkit.model import (
    Actor,
    Entitlement,
    Job,
    Part,
    State,
    Suggestion,
    Terms,
    Triage,
    TriageVerdict,
    Visit,
    Window,
    Work,
    put_all,
)
from tests.intake._world import MACHINE, NOW, PERSON, job

RULES = IntakeRules.load({"id": "intake", "version": "2"})
STRICT = IntakeRules.load(
    {"id": "intake", "topics": [{"id": "safety", "person": True, "help": {"why": "Two burned hands."}}]}
)


def with_verdicts(**given: str) -> Job:
    """Return a job with a verdict on each topic."""
    told = tuple(
        TriageVerdict(id=topic, status=status, by="petra", at=NOW, reason="The contract ended.")  # type: ignore[arg-type]
        for topic, status in given.items()
    )
    return job(triage=Triage(verdicts=told))


# Verdicts


@pytest.mark.parametrize(
    ("path", "old", "new", "waiting"),
    [
        ("$.subject.asset", "A", "B", ["ownership", "entitlement", "duplicates", "parts"]),
        ("$.subject", {"asset": "A"}, {"asset": "B"}, ["ownership", "entitlement", "duplicates", "parts"]),
        ("$.terms.contract", "C-1", "C-2", ["entitlement"]),
        ("$.work.symptom", "LEAK", None, ["parts"]),
        ("$.work.symptom", None, "LEAK", []),
        ("$.subject.asset", "A", "A", []),
        ("$.subject.asset_group", "A", "B", []),
    ],
)
def test_verdict_lapses_with_what_it_was_about(path: str, old: Any, new: Any, waiting: list[str]) -> None:
    """
    What is told otherwise, as a whole or in part, lets the verdicts wait that were passed about it.
    """
    passed = with_verdicts(ownership="passed", entitlement="passed", duplicates="passed", parts="passed")
    told = lapsed(RULES, passed, [FieldChange(path, old, new)], at=NOW)

    assert waiting == [each.id for each in told]
    assert {"unavailable"} >= {each.status for each in told}


def test_only_what_passed_lapses() -> None:
    """
    What was refused stays refused, whatever is told otherwise: only another verdict settles it.
    """
    refused = with_verdicts(ownership="refused", entitlement="unavailable")

    assert () == lapsed(RULES, refused, [FieldChange("$.subject.asset", "A", "B")], at=NOW)


def test_every_topic_needs_a_verdict() -> None:
    """
    Each topic that nobody has judged is told, with who judges it and how.
    """
    told = verdict_findings(RULES, job())

    assert ["$.triage.verdicts[ownership]", "$.triage.verdicts[entitlement]"] == [
        each.path for each in told[:2]
    ]
    assert {("triage", "intake@2", "intake.no_verdict")} == {
        (each.who, each.source, each.code) for each in told
    }
    assert 4 == len(told)


def test_passed_verdicts_leave_nothing() -> None:
    """
    Four verdicts that passed leave nothing open.
    """
    passed = dict.fromkeys(("ownership", "entitlement", "duplicates", "parts"), "passed")

    assert () == verdict_findings(RULES, with_verdicts(**passed))


def test_refused_and_unavailable_are_two_things() -> None:
    """
    What was refused goes to a queue, what could not be found out waits.
    """
    passed = dict.fromkeys(("ownership", "duplicates"), "passed")
    told = verdict_findings(RULES, with_verdicts(**passed, entitlement="refused", parts="unavailable"))

    assert ["intake.verdict_refused", "intake.verdict_unavailable"] == [each.code for each in told]
    assert "queue entitlement" in told[0].unblock
    assert "waits in triage" in told[1].unblock


def test_help_of_a_topic_is_told() -> None:
    """
    A topic says why it is asked, where that is known.
    """
    assert "Two burned hands" in verdict_findings(STRICT, job())[0].unblock


def test_refused_entitlement_bars_for_good() -> None:
    """
    A refused entitlement, by verdict or by the job's terms, keeps the job from ever being scheduled.
    """
    refused = Terms(entitlement=Entitlement(status="refused", reason="Not paid."))

    assert ["intake.barred"] == [each.code for each in barred(RULES, with_verdicts(entitlement="refused"))]
    assert "Not paid" in barred(RULES, job(terms=refused))[0].message
    assert () == barred(RULES, with_verdicts(parts="refused", entitlement="unavailable"))


def test_verdict_is_recorded_and_changed() -> None:
    """
    A verdict becomes a fact of the job, and judging again replaces it.
    """
    first = put_all(
        job(), judged(RULES, job(), "parts", "unavailable", by=PERSON, at=NOW, reason="No stock list.")
    )
    second = put_all(first, judged(RULES, first, "parts", "passed", by=PERSON, at=NOW, source="erp"))

    assert ("unavailable", "No stock list.") == (
        first.triage.verdicts[0].status,
        first.triage.verdicts[0].reason,
    )
    assert [("passed", "erp", None)] == [
        (each.status, each.source, each.reason) for each in second.triage.verdicts
    ]


def test_conditions_name_a_verdict() -> None:
    """
    A condition can ask for the status of one topic's verdict.
    """
    asked = Condition.load('job.triage.verdicts["entitlement"].status == "refused"', declare())

    assert True is asked(gather(with_verdicts(entitlement="refused")))
    assert None is asked(gather(job()))


@pytest.mark.parametrize(
    ("rules", "topic", "status", "by", "reason", "codes"),
    [
        (RULES, "weather", "passed", PERSON, None, ["intake.unknown_topic"]),
        (RULES, "parts", "maybe", PERSON, "so", ["intake.unknown_status"]),
        (RULES, "parts", "refused", PERSON, " ", ["intake.no_reason"]),
        (RULES, "weather", "maybe", PERSON, None, ["intake.unknown_topic", "intake.unknown_status"]),
        (STRICT, "safety", "passed", MACHINE, None, ["intake.person_asked"]),
        (STRICT, "safety", "passed", PERSON, None, []),
        (RULES, "parts", "passed", MACHINE, None, []),
    ],
)
def test_impossible_verdict_is_refused(
    rules: IntakeRules, topic: str, status: str, by: Actor, reason: str | None, codes: list[str]
) -> None:
    """
    A verdict on an unknown topic, of an unknown kind, without a reason or by a machine is refused at once.
    """
    answer = judgement(rules, job(), topic, status, by=by, reason=reason)

    assert codes == [finding.code for finding in answer.findings]
    if codes:
        with pytest.raises(Refused):
            judged(rules, job(), topic, status, by=by, at=NOW, reason=reason)


def test_naive_verdict_is_refused() -> None:
    """
    When a verdict was given is an instant with a time zone.
    """
    with pytest.raises(Invalid, match="time zone"):
        judged(RULES, job(), "parts", "passed", by=PERSON, at=datetime(2026, 3, 10))


def test_machines_are_known_by_role() -> None:
    """
    An actor is a machine by the roles that the rules name.
    """
    assert RULES.is_machine(MACHINE)
    assert not RULES.is_machine(PERSON)
    assert not IntakeRules.load({"id": "i", "machines": ["robot"]}).is_machine(MACHINE)


# Suggestions


def suggestion(**told: Any) -> Suggestion:
    """Return an open suggestion."""
    usual: dict[str, Any] = {
        "id": "s1",
        "path": "$.work.symptom",
        "value": "LEAK.OIL",
        "source": "model",
        "at": NOW,
    }
    return Suggestion(**usual | told)


def suggested(*suggestions: Suggestion, **parts: Any) -> Job:
    """Return a job with suggestions."""
    return job(triage=Triage(suggestions=suggestions), **parts)


def test_confirmed_suggestion_is_told() -> None:
    """
    A person's word puts the suggested value in its place and says who confirmed it, and when.
    """
    before = suggested(suggestion())
    after = put_all(before, confirmed(before, "s1", by=PERSON, at=NOW))

    assert ("LEAK.OIL", "petra", NOW) == (
        after.work.symptom,
        after.triage.suggestions[0].confirmed_by,
        after.triage.suggestions[0].judged,
    )


def test_confirmed_skill_joins_the_list() -> None:
    """
    What is suggested for a list is added to it once.
    """
    before = suggested(
        suggestion(path="work.skills", value="hydraulics"),
        suggestion(id="s2", path="work.skills", value=["hydraulics", "welding"]),
        work=Work(skills=("welding",)),
    )
    first = put_all(before, confirmed(before, "s1", by=PERSON, at=NOW))
    second = put_all(first, confirmed(first, "s2", by=PERSON, at=NOW))

    assert ("welding", "hydraulics") == first.work.skills == second.work.skills


def test_suggested_part_is_added_whole() -> None:
    """
    A suggested part comes as a whole item, under the id that its path names.
    """
    before = suggested(suggestion(path="$.parts[p1]", value={"id": "p1", "number": "4711"}))

    assert (Part(id="p1", number="4711"),) == put_all(
        before, confirmed(before, "s1", by=PERSON, at=NOW)
    ).parts


def test_declined_suggestion_leaves_the_field() -> None:
    """
    Declining records who did, and changes nothing else.
    """
    before = suggested(suggestion())
    after = put_all(before, declined(before, "s1", by=PERSON, at=NOW))

    assert (None, "petra", False) == (
        after.work.symptom,
        after.triage.suggestions[0].declined_by,
        after.triage.suggestions[0].is_open,
    )


@pytest.mark.parametrize("verb", [confirmed, declined])
def test_only_a_person_judges_once(verb: Any) -> None:
    """
    A machine, an unknown suggestion, and one that was judged are refused, all at once.
    """
    over = suggested(suggestion(confirmed_by="anna"))

    for told, id, by, codes in (
        (suggested(suggestion()), "s1", MACHINE, ["intake.no_person"]),
        (suggested(suggestion()), "s9", MACHINE, ["intake.no_suggestion", "intake.no_person"]),
        (over, "s1", PERSON, ["intake.already_judged"]),
    ):
        with pytest.raises(Refused) as caught:
            verb(told, id, by=by, at=NOW)
        assert codes == [finding.code for finding in caught.value.findings]
    assert judging(suggested(suggestion()), "s1", PERSON, ("system",)).open


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("work.nowhere", "x"),
        ("work.symptom", 7),
        ("work.estimated", "soon"),
        ("$.states[work].name", "approved"),
        ("$.triage.passed", "2026-03-10T08:00:00Z"),
        ("parts[]", {}),
        ("[", "x"),
    ],
)
def test_value_without_a_place_is_refused(path: str, value: Any) -> None:
    """
    A suggestion that does not fit its field cannot be confirmed.
    """
    told = suggested(suggestion(path=path, value=value))

    with pytest.raises(Invalid):
        confirmed(told, "s1", by=PERSON, at=NOW)


def test_presumed_part_is_confirmed_by_a_person() -> None:
    """
    A presumed part is confirmed once, and only by a person.
    """
    before = job(parts=(Part(id="p1", number="4711", source="recall", confidence=Decimal("0.9")),))
    after = put_all(before, confirmed_part(before, "p1", by=PERSON))

    assert "petra" == after.parts[0].confirmed_by
    for told, by in ((before, MACHINE), (after, PERSON)):
        with pytest.raises(Refused):
            confirmed_part(told, "p1", by=by)


# Promises


def test_nothing_is_promised_before_approval() -> None:
    """
    A promised window is refused while a job is a draft or in triage, and may be given afterwards.
    """
    window = Window(start=NOW, end=NOW + timedelta(hours=2))
    promised = job(visits=(Visit(id="v1", promised=window), Visit(id="v2", requested=window)))
    approved = Job(
        id="J", type="repair", states={"work": State(name="open", category="open")}, visits=promised.visits
    )

    assert ["$.visits[v1].promised"] == [each.path for each in promised_findings(promised)]
    assert () == promised_findings(approved)
