"""The laws of conditions, over any condition and any facts."""

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobkit.conditions import All, Any_, Condition, Each, Leaf, Node, Not
from tests.laws._conditions import HOUR, START, WORDS, facts, filled, moments, nodes

instants = moments | st.none()


def load(rule: object) -> Condition:
    """Load a rule over the laws' vocabulary."""
    return Condition.load(rule, WORDS)


@given(nodes())
def test_values_data_and_text_are_one_condition(node: Node) -> None:
    """
    A condition built in Python reads back the same from its text, and from its data by way of JSON.
    """
    condition = load(node)

    assert node == condition.node
    assert node == load(json.loads(json.dumps(condition.to_data()))).node
    assert node == load(condition.to_text()).node
    assert condition.to_text() == load(condition.to_text()).to_text()


@given(nodes(), facts(), instants)
def test_explanation_alone_yields_the_verdict(
    node: Node, known: dict[str, Any], now: datetime | None
) -> None:
    """
    The verdict is what the compiled condition answers, and its explanation alone leads there again.
    """
    condition = load(node)
    verdict = condition.verdict(known, now)

    assert condition(known, now) is verdict.value
    assert verdict.value is verdict.rejudge()


@given(nodes(knows=False), filled(), moments)
def test_filling_a_gap_never_turns_a_decided_verdict(
    node: Node, pair: tuple[dict[str, Any], dict[str, Any]], now: datetime
) -> None:
    """
    A verdict that stands while facts are missing stands whatever they turn out to be.
    """
    condition = load(node)
    before, after = (condition(known, now) for known in pair)

    assert before is None or before is after


@given(nodes(), facts(), instants)
def test_double_negation_changes_nothing(node: Node, known: dict[str, Any], now: datetime | None) -> None:
    """
    Not of not is the condition itself, also where it is unknown.
    """
    assert load(node)(known, now) is load(Not(Not(node)))(known, now)


@given(st.lists(nodes(), max_size=3), facts(), instants)
def test_de_morgan(parts: list[Node], known: dict[str, Any], now: datetime | None) -> None:
    """
    Not all is any not, and not any is all not.
    """
    opposite = [Not(part) for part in parts]

    assert load(Not(All(parts)))(known, now) is load(Any_(opposite))(known, now)
    assert load(Not(Any_(parts)))(known, now) is load(All(opposite))(known, now)


@given(nodes(), facts(), moments)
def test_changes_at_is_exact(node: Node, known: dict[str, Any], now: datetime) -> None:
    """
    Until the instant that is told the verdict stays as it is, and at that instant it is another.
    """
    condition = load(node)
    verdict, turn = condition(known, now), condition.changes_at(known, now)
    end = turn or START + 100 * HOUR
    tick = timedelta(microseconds=1)

    assert turn is None or condition(known, turn) is not verdict
    quiet = {now + tick, end - tick, *(now + half * HOUR / 2 for half in range(60))}
    assert {verdict} == {condition(known, at) for at in quiet if now <= at < end} | {verdict}


@given(nodes(), facts(), moments, st.randoms(use_true_random=False))
def test_order_of_parts_does_not_matter(
    node: Node, known: dict[str, Any], now: datetime, chance: Any
) -> None:
    """
    Shuffling the parts of every group leaves the verdict as it is.
    """
    assert load(node)(known, now) is load(shuffled(node, chance))(known, now)


def shuffled(node: Node, chance: Any) -> Node:
    """Return *node* with the parts of its groups in another order."""
    if isinstance(node, (All, Any_)):
        parts = [shuffled(part, chance) for part in node.parts]
        chance.shuffle(parts)
        return type(node)(parts)
    return Not(shuffled(node.part, chance)) if isinstance(node, Not) else node


@given(nodes(), facts())
def test_fields_read_are_all_that_is_read(node: Node, known: dict[str, Any]) -> None:
    """
    Facts that a condition does not name among those it reads cannot change its verdict.
    """
    condition = load(node)
    roots = {field.partition(".")[0].removesuffix("[]") for field in condition.fields_read}

    assert condition(known, START) is condition({name: known[name] for name in roots}, START)


@given(nodes(), facts())
def test_some_is_the_opposite_of_every_not(node: Node, known: dict[str, Any]) -> None:
    """
    Some item is so exactly when not every item is not so.
    """
    of_item = Leaf(field="item.ready", operator="is", value=True)
    either = Any_((of_item, node))
    some = Each(field="parts", part=either, quantifier="some")
    every = Each(field="parts", part=Not(either), quantifier="every")

    assert load(some)(known, START) is load(Not(every))(known, START)
