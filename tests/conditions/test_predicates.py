"""Registered predicates: called with facts and instant, guarded, and honest about time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.conditions import UNKNOWN, Condition, Predicate
from jobkit.errors import Invalid, RuleFailed, Unavailable
from jobkit.findings import Template
from jobkit.registry import Registry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def load(function: Any, rule: str = 'call("acme.rule")') -> Condition:
    """Load a rule with *function* registered as `acme.rule`."""
    return Condition.load(rule, registry=Registry.of(predicate={"acme.rule": function}))


def test_predicate_gets_facts_instant_and_arguments() -> None:
    """
    A predicate is called with the facts, the instant, and its arguments by name.
    """

    def larger(facts: Mapping[str, Any], now: datetime | None, than: int) -> bool:
        return now == NOON and facts["band"] > than

    rule = load(larger, 'call("acme.rule", than=2)')

    assert True is rule({"band": 3}, NOON)
    assert False is rule({"band": 2}, NOON)


@pytest.mark.parametrize("answer", [True, False, None])
def test_predicate_answers_with_three_values(answer: bool | None) -> None:
    """
    True, False and None are the answers of a predicate.
    """
    assert answer is load(lambda facts, now: answer)({})


def test_predicate_may_hand_on_unknown() -> None:
    """
    A predicate that returns `UNKNOWN` is unknown.
    """
    assert load(lambda facts, now: UNKNOWN)({}) is None


def broken(facts: Mapping[str, Any], now: datetime | None) -> bool:
    """Raise what a careless predicate raises, with a private value in its text."""
    raise KeyError("Frieda Berg")


def test_raising_predicate_fails_the_rule() -> None:
    """
    What a predicate raises is a failed rule that names the predicate, without the words of the exception.
    """
    with pytest.raises(RuleFailed) as failed:
        load(broken)({})

    assert "acme.rule" in failed.value.message
    assert "Frieda" not in str(failed.value)


def test_raising_predicate_is_an_unknown_leaf_of_the_verdict() -> None:
    """
    A verdict goes on past a predicate that raises and says so.
    """
    verdict = load(broken, 'call("acme.rule") or a == 1').verdict({"a": 2})

    assert verdict.value is None
    assert ["KeyError"] == [leaf.failed for leaf in verdict.failed]


def test_answer_that_is_no_truth_fails_the_rule() -> None:
    """
    A predicate that returns anything else is mended, not believed.
    """
    with pytest.raises(RuleFailed, match="int"):
        load(lambda facts, now: 1)({})


def test_unreachable_look_up_is_unknown() -> None:
    """
    A predicate whose look-up is unavailable leaves the condition unknown.
    """

    def away(facts: Mapping[str, Any], now: datetime | None) -> bool:
        raise Unavailable.of(Template("acme.away", "The register is away.", "Try again later."))

    assert load(away)({}) is None
    assert ["Unavailable"] == [leaf.failed for leaf in load(away).verdict({}).failed]


def test_unknown_predicate_is_refused() -> None:
    """
    A name that is not registered is refused at load with the nearest names.
    """
    with pytest.raises(Invalid, match=r"acme\.rule"):
        load(broken, 'call("acme.rlue")')


def test_property_that_raises_fails_the_rule() -> None:
    """
    What a host's own value raises is wrapped with the fact's path, and is an unknown leaf of the verdict.
    """

    class Asset:
        @property
        def kind(self) -> str:
            raise ValueError("Frieda Berg")

    rule = Condition.load('host.kind == "pump"')

    with pytest.raises(RuleFailed, match=r"host\.kind"):
        rule({"host": Asset()})
    assert "ValueError" == rule.verdict({"host": Asset()}).leaves[0].failed


def test_bare_predicate_is_opaque_to_time() -> None:
    """
    Nobody can tell when time turns a predicate that promises nothing.
    """
    assert load(lambda facts, now: True).time_opaque


def test_predicate_may_promise_to_be_timeless() -> None:
    """
    A predicate that time never turns is not opaque, and names what it reads.
    """
    rule = load(Predicate(test=lambda facts, now: True, reads=("job.type",)))

    assert not rule.time_opaque
    assert ("job.type",) == rule.fields_read


def test_predicate_may_tell_when_it_turns() -> None:
    """
    The instants that a predicate tells are tried in turn until the whole condition answers otherwise.
    """

    def even(facts: Mapping[str, Any], now: datetime) -> bool:
        return now.hour % 2 == 0

    def next_hour(facts: Mapping[str, Any], now: datetime) -> datetime:
        return now.replace(minute=0, second=0, microsecond=0) + HOUR

    rule = load(Predicate(test=even, changes_at=next_hour), 'call("acme.rule") or younger_than(since, "3h")')

    assert NOON + 3 * HOUR == rule.changes_at({"since": NOON}, NOON)
