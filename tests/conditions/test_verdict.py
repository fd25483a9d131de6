"""The verdict names every leaf that decided, what was observed, and what would satisfy."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jobkit.conditions import Condition, LeafVerdict, Vocabulary
from jobkit.facts import declare, gather
from jobkit.model import Contact, Job, State, Subject
from jobkit.privacy import Erased, Redacted
from jobkit.registry import Registry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def leaves(rule: object, facts: dict[str, Any], **options: Any) -> list[tuple[str, Any, str, bool | None]]:
    """Return what the deciding leaves of a rule tell."""
    told = Condition.load(rule, **options).verdict(facts, NOON).leaves
    return [(leaf.field, leaf.observed, leaf.wanted, leaf.value) for leaf in told]


def test_false_all_names_only_what_is_false() -> None:
    """
    Of a conjunction that fails, the parts that hold or are unknown are no reason.
    """
    told = leaves('tier == "gold" and band <= 3 and held == false', {"tier": "silver", "band": 1})

    assert [("tier", "silver", "gold", False)] == told


def test_unknown_all_names_only_what_is_unknown() -> None:
    """
    Of a conjunction that cannot be decided, the missing facts are the reason.
    """
    assert [("held", None, "false", None)] == leaves("band <= 3 and held == false", {"band": 1})


def test_false_any_names_every_way_out() -> None:
    """
    Of a disjunction that fails, each part would be a way to satisfy it.
    """
    told = leaves('tier in ["gold", "silver"] or band < 2', {"tier": "none", "band": 3})

    assert [("tier", "none", 'one of "gold", "silver"', False), ("band", 3, "less than 2", False)] == told


def test_negation_wants_the_opposite() -> None:
    """
    Under not, what would satisfy is what makes the comparison false.
    """
    told = leaves('not (tier == "gold" or known(hold))', {"tier": "gold", "hold": "credit"})

    assert [("tier", "gold", "anything but gold", True), ("hold", "credit", "no value", True)] == told


def test_items_are_named_by_id() -> None:
    """
    Of a list, only the deciding items are named, each with its own path.
    """
    parts = [{"id": "p1", "status": "staged"}, {"id": "p-2", "status": "ordered"}]
    told = leaves('every(job.parts[...].status == "staged")', {"job": {"parts": parts}})

    assert [("job.parts[p-2].status", "ordered", "staged", False)] == told


def test_items_at_hand_are_named_by_id() -> None:
    """
    Within every and some, `item` is told as the path of the item at hand.
    """
    parts = [{"id": "p1", "staged": False, "expected": None}]
    told = leaves("every(parts, item.staged or known(item.expected))", {"parts": parts})

    assert [
        ("parts[p1].staged", False, "true", False),
        ("parts[p1].expected", None, "a value", False),
    ] == told


def test_other_fact_is_told_with_its_value() -> None:
    """
    A comparison of two facts tells both values.
    """
    words = Vocabulary.of({"a": "integer", "b": "integer"})

    assert [("a", 3, "less than b (2)", False)] == leaves("a < b", {"a": 3, "b": 2}, vocabulary=words)
    assert [("a", 3, "less than b (unknown)", None)] == leaves("a < b", {"a": 3}, vocabulary=words)


def test_sentence_reads_aloud() -> None:
    """
    A leaf tells what is and what is wanted in one sentence, however long the value.
    """
    verdict = Condition.load('note == "x"').verdict({"note": "y" * 500})

    assert f"note is {'y' * 80}…; wanted is x." == verdict.leaves[0].sentence
    assert "note" in str(verdict)


def test_private_value_is_not_shown() -> None:
    """
    A private value decides, yet neither the verdict nor its text shows it, and rejudging still agrees.
    """
    name = Redacted("Frieda Berg", salt="00" * 16)
    job = Job(
        id="j1",
        type="repair",
        states={"work": State(name="draft", category="draft")},
        subject=Subject(contacts=(Contact(id="c1", name=name, phone=Erased("digest")),)),
    )
    rule = Condition.load(
        'job.subject.contacts["c1"].name == "Nobody" or known(job.subject.contacts["c1"].phone)', declare()
    )
    verdict = rule.verdict(gather(job))

    assert ["Redacted", None] == [leaf.observed for leaf in verdict.leaves]
    assert "Frieda" not in f"{verdict} {verdict!r}"
    assert False is verdict.value is verdict.rejudge()


ODD: list[Any] = [
    object(), float("nan"), b"x", 10**400, {"a": 1}, [object()], datetime(2026, 1, 1), "x" * 10_000, 1j, len,
]  # fmt: skip


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize(
    "rule", ["x == 1", "x < 3", "count(x) == 1", '"x" in x', 'matches(x, "x+")', "known(x)", "x == x"]
)
@pytest.mark.parametrize("words", [Vocabulary.open(), Vocabulary.of({"x": "any"})])
def test_any_value_can_be_explained(value: object, rule: str, words: Vocabulary) -> None:
    """
    Whatever stands for a fact, the verdict is the compiled answer and follows from its explanation.
    """
    condition = Condition.load(rule, words)
    verdict = condition.verdict({"x": value})

    assert condition({"x": value}) is verdict.value
    assert verdict.value is verdict.rejudge()
    assert str(verdict)


def test_stored_explanation_can_be_doubted() -> None:
    """
    Rejudging looks at the observed value, so that an explanation that was tampered with is found out.
    """
    leaf = LeafVerdict(
        text="band < 3", field="band", operator="less", observed=2, against=3, kind="integer", value=False
    )

    assert True is leaf.rejudge(None)


def test_predicate_is_told_with_its_arguments() -> None:
    """
    A predicate's answer is a leaf that names the call.
    """
    registry = Registry.of(predicate={"acme.open": lambda facts, now, day: False})
    verdict = Condition.load('call("acme.open", day="mon")', registry=registry).verdict({})

    assert ['call("acme.open", day="mon") is false.'] == [leaf.sentence for leaf in verdict.leaves]
