"""Promises of asking: every reason at once, told apart, and nothing is changed by a question."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from jobkit.errors import Invalid, NotFound
from jobkit.findings import Finding, Template
from jobkit.lifecycle import Lifecycle
from jobkit.model import Actor, State
from jobkit.registry import Registry
from tests.lifecycle.orders import AT, DEALER, PLANNER, TRIAGE, one, order, tables

JOB = {"job": {"work": {"symptom": "no_heat"}, "subject": {"asset": "press-7", "site": "hall-2"}}}


def codes(findings: tuple[Finding, ...]) -> list[str]:
    """Return the codes of findings without their room."""
    return [finding.code.removeprefix("lifecycle.") for finding in findings]


def test_an_open_transition_says_where_it_leads() -> None:
    """
    The answer names trigger, transition and target, and is open when nothing speaks against it.
    """
    answer = order().ask("draft", "submit", facts=JOB, by=DEALER, at=AT)

    assert answer.open
    assert ("submit", "submit", "triage") == (
        answer.subject.trigger,
        answer.subject.transition,
        answer.subject.target,
    )
    assert "submit is open" == str(answer)


def test_an_unknown_trigger_is_told_from_a_wrong_state() -> None:
    """
    A misspelt trigger and one that works elsewhere have different codes; both list what is allowed now.
    """
    (unknown,) = order().ask("draft", "sbmit", by=DEALER).findings
    (elsewhere,) = order().ask("draft", "finish", by=PLANNER).findings

    assert ["unknown_trigger", "wrong_state"] == codes((unknown, elsewhere))
    assert "it works from: scheduled" in elsewhere.message
    assert "submit, expire, hold, cancel" in elsewhere.unblock
    assert "submit, expire, hold, cancel" in unknown.unblock


def test_an_unknown_state_is_a_finding() -> None:
    """
    A job left in a state that the lifecycle no longer has gets a reason, not an exception.
    """
    answer = order().ask("gone", "submit", by=DEALER)

    assert ["unknown_state"] == codes(answer.findings)
    assert not answer.open


def test_the_wrong_role_is_told_with_the_right_ones() -> None:
    """
    A finding on roles names who asked, as what, and who may.
    """
    (finding,) = order().ask("draft", "submit", facts=JOB, by=PLANNER).findings

    assert "lifecycle.role" == finding.code
    assert "submit is not for p-1 in the role planner." == finding.message
    assert "dealer" == finding.who


def test_nobody_has_no_role() -> None:
    """
    Where roles are demanded, asking as nobody is refused like any wrong role.
    """
    assert ["role"] == codes(order().ask("draft", "submit", facts=JOB).findings)


def test_a_missing_field_is_told_with_its_path() -> None:
    """
    What a transition needs and what its target state requires are both asked for.
    """
    (need,) = order().ask("draft", "submit", by=DEALER, facts={"job": {}}).findings
    entered = order().ask("triage", "schedule", by=TRIAGE, facts={"covered": True, "job": {}}).findings

    assert ("lifecycle.missing_field", "$.work.symptom") == (need.code, need.path)
    assert "Record work.symptom." == need.unblock
    assert ["missing_field", "condition_false"] == codes(entered)
    assert "$.subject.asset" == entered[0].path


@pytest.mark.parametrize("value", [0, False, ""])
def test_a_value_that_python_takes_for_nothing_is_there(value: object) -> None:
    """
    0, False and the empty text are values; only absence is missing.
    """
    small = one(needs=["ready"])
    loose = Lifecycle.load(
        tables(facts={"ready": "any"}, transitions=[small.definition.transitions[0].to_data()])
    )

    assert loose.ask("here", "go", facts={"ready": value}).open
    assert not loose.ask("here", "go", facts={"ready": None}).open


def test_a_reason_must_be_given_and_known() -> None:
    """
    A missing reason and a foreign one are told apart, both with the list to choose from.
    """
    missing = order().ask("scheduled", "reschedule", by=PLANNER).findings
    foreign = order().ask("scheduled", "reschedule", by=PLANNER, reason="bored").findings

    assert ["reason_missing"] == codes(missing)
    assert ["reason_unknown"] == codes(foreign)
    assert "weather, illness" in missing[0].unblock
    assert order().ask("scheduled", "reschedule", by=PLANNER, reason="weather").open


def test_false_is_told_from_unknown() -> None:
    """
    A guard that does not hold and one that cannot be judged have different codes and the guard's own words.
    """
    false = order().ask("triage", "schedule", by=TRIAGE, facts={**JOB, "covered": False}).findings
    unknown = order().ask("triage", "schedule", by=TRIAGE, facts=JOB).findings

    assert ["condition_false"] == codes(false)
    assert ["condition_unknown"] == codes(unknown)
    assert ("The asset is not covered.", "Record covered.", "triage") == (
        false[0].message,
        false[0].unblock,
        false[0].who,
    )
    assert "order@1/schedule/entitled" == false[0].source


def test_a_guard_without_words_tells_what_it_saw() -> None:
    """
    The deciding comparison, the observed value and what would satisfy it are in the message.
    """
    small = one(guards=[{"id": "ready", "when": "ready == True and size > 3"}])

    (finding,) = small.ask("here", "go", facts={"ready": True, "size": 2}).findings

    assert "size is 2" in finding.message
    assert "size is more than 3" in finding.unblock
    assert "$.size" == finding.path


def test_a_warning_does_not_close() -> None:
    """
    A guard of severity warn is told and leaves the answer open.
    """
    facts = {"covered": True, "job": {"subject": {"asset": "press-7"}}}

    answer = order().ask("triage", "schedule", by=TRIAGE, facts=facts)

    assert answer.open
    assert ["No site is recorded."] == [finding.message for finding in answer.warnings]


def test_all_reasons_come_at_once() -> None:
    """
    Role, field, reason and guard are told together, so that one round of work opens the way.
    """
    small = one(
        roles=["planner"], needs=["seen"], reason="why", guards=[{"id": "a", "when": "ready == True"}]
    )

    found = codes(small.ask("here", "go", facts={"ready": False}).findings)

    assert ["role", "reason_missing", "missing_field", "condition_false"] == found


def raising(facts: Mapping[str, Any], now: datetime | None) -> bool:
    """Fail like a host's rule with a bug in it."""
    raise ZeroDivisionError("private text")


def holding(facts: Mapping[str, Any], now: datetime | None) -> bool:
    """Hold, whatever is asked."""
    return True


def guarded(*names: str) -> Lifecycle:
    """Return a lifecycle whose one transition calls these predicates."""
    registry = Registry.of(predicate={"acme.raising": raising, "acme.holding": holding})
    guards = [{"id": name.partition(".")[2], "when": {"call": name}} for name in names]
    ways = [{"trigger": "go", "from": "here", "to": "there", "guards": guards}]
    return Lifecycle.load(tables(transitions=ways), registry=registry)


def test_a_rule_that_raises_is_a_finding_of_its_own() -> None:
    """
    A guard's failure closes the way, is told by its type only, and leaves the other guards judged.
    """
    answer = guarded("acme.raising", "acme.holding").ask("here", "go")

    assert ["rule_raised"] == codes(answer.findings)
    assert "Guard raising of go raised" in answer.findings[0].message
    assert "ZeroDivisionError" in answer.findings[0].message
    assert "private text" not in str(answer)


NOT_SIGNED = Template("acme.not_signed", "Party {party} has not signed.", "Record a sign-off of {party}.")


class SignedByAll:
    """A predicate that can say which parties are missing."""

    def __call__(self, facts: Mapping[str, Any], now: datetime | None) -> bool:
        """Answer whether nobody is missing."""
        return not self.explain(facts, now)

    def explain(self, facts: Mapping[str, Any], now: datetime | None) -> tuple[Finding, ...]:
        """Return one finding for each missing party."""
        return tuple(Finding.of(NOT_SIGNED, party=party) for party in facts.get("missing", ()))


def test_a_predicate_that_explains_speaks_for_the_guard() -> None:
    """
    What a predicate can tell in detail replaces the guard's one sentence, with the guard's helper.
    """
    registry = Registry.of(predicate={"acme.signed": SignedByAll()})
    guards = [{"id": "signed", "when": {"call": "acme.signed"}, "who": "planner", "message": "Not signed."}]
    ways = [{"trigger": "go", "from": "here", "to": "there", "guards": guards}]
    small = Lifecycle.load(tables(transitions=ways), registry=registry)

    findings = small.ask("here", "go", facts={"missing": ("site", "dealer")}).findings

    assert ["Party site has not signed.", "Party dealer has not signed."] == [
        each.message for each in findings
    ]
    assert {"planner"} == {finding.who for finding in findings}
    assert small.ask("here", "go").open


AMBIGUOUS: list[dict[str, Any]] = [
    {
        "id": "a",
        "trigger": "go",
        "from": "here",
        "to": "there",
        "guards": [{"id": "a", "when": "ready == True"}],
    },
    {"id": "b", "trigger": "go", "from": "*", "to": "there"},
]


def test_two_open_transitions_for_one_trigger_are_ambiguous() -> None:
    """
    Neither the first nor the more specific one wins silently.
    """
    both = Lifecycle.load(tables(transitions=AMBIGUOUS))

    answer = both.ask("here", "go", facts={"ready": True})

    assert ["ambiguous"] == codes(answer.findings)
    assert "a, b" in answer.findings[0].message
    assert ["ambiguous", "ambiguous"] == [
        codes(option.findings)[0] for option in both.options("here", facts={"ready": True})
    ]
    assert both.ask("here", "go", facts={"ready": False}).open


def test_order_decides_between_open_transitions() -> None:
    """
    With orders the smallest open one is done, and the other says that it gives way.
    """
    first, second = AMBIGUOUS
    ordered = Lifecycle.load(tables(transitions=[{**first, "order": 2}, {**second, "order": 1}]))

    answers = ordered.options("here", facts={"ready": True})

    assert "b" == ordered.ask("here", "go", facts={"ready": True}).subject.transition
    assert [["outranked"], []] == [codes(answer.findings) for answer in answers]


def test_options_cover_every_way_out() -> None:
    """
    Every transition that leaves a state is answered, open or not, the most specific first.
    """
    answers = order().options("draft", facts={"job": {}}, by=DEALER, at=AT)

    assert ["submit", "expire", "hold", "cancel"] == [answer.subject.trigger for answer in answers]
    assert [["missing_field"], ["role"], [], ["role"]] == [codes(answer.findings) for answer in answers]


def test_options_of_an_ended_state_are_none() -> None:
    """
    Nothing leads out of an end unless a transition says so.
    """
    assert () == order().options("closed", by=PLANNER)


def test_options_of_an_unknown_state_are_refused() -> None:
    """
    There is no list of ways out of a state that does not exist.
    """
    with pytest.raises(NotFound, match="gone is no state of lifecycle order"):
        order().options("gone")


def test_resuming_needs_a_memory() -> None:
    """
    A hold that does not know where it was entered from, or whose origin is gone, cannot be resumed.
    """
    lost = State(name="on_hold", category="waiting")
    stale = State(name="on_hold", category="waiting", resume="elsewhere")

    assert ["nothing_to_resume"] == codes(order().ask(lost, "resume").findings)
    assert ["resume_gone"] == codes(order().ask(stale, "resume").findings)
    assert "elsewhere" in order().ask(stale, "resume").findings[0].message


def test_resuming_demands_what_the_state_returned_to_demands() -> None:
    """
    Required fields of the state to return to are judged when returning.
    """
    held = State(name="on_hold", category="waiting", resume="scheduled")

    answer = order().ask(held, "resume", facts={"job": {}})

    assert "scheduled" == answer.subject.target
    assert ["missing_field"] == codes(answer.findings)


def test_a_timer_is_not_fired_early_by_the_system() -> None:
    """
    An automatic transition opens to the system at its very instant and to nobody else without a role.
    """
    draft, system = order().state("draft", AT), Actor(id="jobkit", role="system")

    early = order().ask(draft, "expire", by=system, at=AT + timedelta(days=14, microseconds=-1))

    assert ["too_early"] == codes(early.findings)
    assert order().ask(draft, "expire", by=system, at=AT + timedelta(days=14)).open
    assert ["role"] == codes(order().ask(draft, "expire", by=PLANNER, at=AT + timedelta(days=15)).findings)


def test_guards_may_ask_who_acts() -> None:
    """
    `actor.*` is known to guards without being handed in.
    """
    small = one(guards=[{"id": "own", "when": 'actor.org == "acme"'}])

    assert small.ask("here", "go", by=Actor(id="a", org="acme")).open
    assert ["condition_false"] == codes(small.ask("here", "go", by=Actor(id="b", org="zen")).findings)
    assert ["condition_unknown"] == codes(small.ask("here", "go").findings)


def test_guards_may_ask_the_time() -> None:
    """
    A condition on time is judged at the instant of the question.
    """
    small = one(guards=[{"id": "fresh", "when": 'younger_than(seen, "8h")'}])
    seen = {"seen": AT}

    assert small.ask("here", "go", facts=seen, at=AT + timedelta(hours=7)).open
    assert not small.ask("here", "go", facts=seen, at=AT + timedelta(hours=9)).open


def test_a_naive_time_is_refused() -> None:
    """
    A question at a time without a zone is refused with its path.
    """
    with pytest.raises(Invalid, match="no time zone"):
        order().ask("draft", "submit", at=datetime(2026, 3, 2, 8))


def test_asking_changes_nothing() -> None:
    """
    The same question gets the same answer however often it is put, and its facts are left alone.
    """
    facts = {**JOB, "covered": True}
    before = str(facts)
    lifecycle = order()

    answers = {str(lifecycle.options("triage", facts=facts, by=TRIAGE, at=AT)) for _ in range(3)}

    assert 1 == len(answers)
    assert before == str(facts)


@pytest.mark.parametrize("facts", [{}, {"job": None}, {"job": 7}, {"job": {"work": []}}, {"covered": "yes"}])
def test_odd_facts_are_unknown_not_errors(facts: dict[str, Any]) -> None:
    """
    Facts of another shape than declared leave guards undecided and raise nothing.
    """
    answers = order().options("triage", facts=facts, by=TRIAGE, at=AT)

    assert not answers[0].open
