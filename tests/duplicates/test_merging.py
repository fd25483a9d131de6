"""Merge rules on plain records: who goes on, what each field becomes, and which rules are refused."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jobkit.conditions import Condition, Vocabulary
from jobkit.duplicates import MergeRules, MergeRulesData, choose_survivor, merged_fields
from jobkit.errors import Invalid

DAY = datetime(2026, 3, 10, tzinfo=UTC)


def rules(**told: Any) -> MergeRules:
    """Return merge rules of some tickets."""
    return MergeRules.load({"id": "tickets", "version": "1", **told})


def merged(rule: str, one: Any, other: Any, **more: Any) -> dict[str, Any]:
    """Return what the field `it` becomes under *rule*, if it changes."""
    records = ({"it": one, **more.get("own", {})}, {"m": {"it": other, **more.get("theirs", {})}})
    return dict(merged_fields(rules(fields={"it": rule}), *records).values)


@pytest.mark.parametrize(
    ("rule", "one", "other", "expected"),
    [
        ("survivor", "a", "b", {}),
        ("survivor", None, "b", {}),
        ("filled", "a", "b", {}),
        ("filled", "", "b", {"it": "b"}),
        ("longest", "short", "a longer word", {"it": "a longer word"}),
        ("longest", "one", "two", {}),
        ("highest", 2, Decimal("2.5"), {"it": Decimal("2.5")}),
        ("lowest", 2, 1.5, {"it": 1.5}),
        ("highest", float("nan"), 1, {"it": 1}),
        ("lowest", DAY, DAY - timedelta(days=1), {"it": DAY - timedelta(days=1)}),
        ("highest", timedelta(hours=1), timedelta(hours=2), {"it": timedelta(hours=2)}),
        ("highest", object, object, {}),
        ("union", ["a"], ["b", "a"], {"it": ["a", "b"]}),
        ("union", ["a"], None, {}),
        ("union", None, None, {}),
        ("union", None, ("a",), {"it": ["a"]}),
        ("union", "a", "b", {"it": ["a", "b"]}),
        ("union", [], [{"id": "1"}], {"it": [{"id": "1"}]}),
    ],
)
def test_field_by_rule(rule: str, one: Any, other: Any, expected: dict[str, Any]) -> None:
    """
    Each rule gives the value that its name says, and nothing where the survivor's stays.
    """
    assert expected == merged(rule, one, other)


@pytest.mark.parametrize(("rule", "expected"), [("oldest", {"it": "b"}), ("newest", {})])
def test_field_by_date(rule: str, expected: dict[str, Any]) -> None:
    """
    The oldest and the newest are told by the date of their records.
    """
    own, theirs = {"created": DAY}, {"created": DAY - timedelta(days=1)}

    assert expected == merged(rule, "a", "b", own=own, theirs=theirs)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("bronze", "gold", {"it": "gold"}),
        ("gold", "bronze", {}),
        (None, "bronze", {"it": "bronze"}),
        ("copper", "bronze", {"it": "bronze"}),
        ("copper", "tin", {}),
        (["gold"], "gold", {"it": "gold"}),
        (None, None, {}),
    ],
)
def test_field_by_order(one: Any, other: Any, expected: dict[str, Any]) -> None:
    """
    Of a ranked field the value named first goes on; values that nobody named come after all others.
    """
    loaded = rules(fields={"it": "ranked"}, orders={"it": ["gold", "bronze"]})

    assert expected == dict(merged_fields(loaded, {"it": one}, {"m": {"it": other}}).values)
    assert loaded.digest == MergeRules.load(loaded.to_data()).digest


@pytest.mark.parametrize(
    ("told", "code", "path"),
    [
        ({"fields": {"a": "ranked"}}, "merging.no_order", "$.fields[a]"),
        ({"fields": {"a": "ranked"}, "orders": {"a": []}}, "merging.no_order", "$.fields[a]"),
        ({"orders": {"a": ["x"]}}, "merging.idle_order", "$.orders[a]"),
        ({"fields": {"a": "filled"}, "orders": {"a": ["x"]}}, "merging.idle_order", "$.orders[a]"),
        ({"otherwise": "ranked"}, "merging.no_order", "$.otherwise"),
    ],
)
def test_ranked_fields_and_orders_belong_together(told: dict[str, Any], code: str, path: str) -> None:
    """
    A ranked field without an order is refused, and an order by which nothing is chosen.
    """
    with pytest.raises(Invalid) as refused:
        rules(**told)
    assert [(code, path)] == [(each.code, each.path) for each in refused.value.findings]


def test_undated_record_is_neither_oldest_nor_newest() -> None:
    """
    A record without a date decides nothing by it.
    """
    assert {} == merged("oldest", "a", "b", own={"created": DAY})
    assert {} == merged("newest", "a", "b")


def test_items_of_one_id_are_told_apart() -> None:
    """
    An item that meets another one of its id is named after its owner, and again if that is taken too.
    """
    own = [{"id": "1", "v": 0}, {"id": "m.1", "v": 1}, {"id": "2", "v": 2}]
    theirs = [{"id": "1", "v": 9}, {"id": "2", "v": 2}, {"id": "3", "v": 3}]
    found = merged_fields(rules(fields={"it": "union"}), {"it": own}, {"m": {"it": theirs}})

    assert ["1", "m.1", "2", "m.1.2", "3"] == [item["id"] for item in found.values["it"]]
    assert {"m.1.2": ("m", "1"), "3": ("m", "3")} == {
        id: (taken.member, taken.id) for id, taken in found.taken["it"].items()
    }


def test_all_other_fields_have_a_rule_too() -> None:
    """
    What no rule names follows the rule of all others.
    """
    loaded = rules(otherwise="filled", fields={"kept": "survivor"})
    found = merged_fields(loaded, {"a": 1}, {"m": {"a": 2, "b": 3, "kept": 4}})

    assert {"b": 3} == dict(found.values)


def test_survivor_by_criteria_in_order() -> None:
    """
    Criteria are asked in order, a missing value comes last, and the lower id decides in the end.
    """
    loaded = rules(
        survivor=[
            {"field": "state", "order": ["busy", "new"]},
            {"field": "value", "prefer": "highest"},
            {"field": "created"},
        ]
    )
    busy = {"state": "busy", "value": 1, "created": DAY}

    assert "b" == choose_survivor(loaded, {"a": {"state": "new", "value": 9}, "b": busy})
    assert "b" == choose_survivor(loaded, {"a": {"state": "odd"}, "b": {"state": "new"}})
    assert "a" == choose_survivor(loaded, {"b": busy, "a": {**busy, "value": 2}})
    assert "a" == choose_survivor(loaded, {"b": {**busy, "value": None}, "a": busy})
    assert "b" == choose_survivor(loaded, {"a": busy, "b": {**busy, "created": DAY - timedelta(1)}})
    assert "a" == choose_survivor(loaded, {"b": busy, "a": busy})
    assert "b" == choose_survivor(loaded, {"b": {**busy, "value": "text"}, "a": busy})


def test_nobody_survives_among_none() -> None:
    """
    Choosing among no records is refused.
    """
    with pytest.raises(Invalid) as refused:
        choose_survivor(rules(), {})
    assert "merging.nobody" == refused.value.code


def test_naive_instant_is_refused() -> None:
    """
    A date without a zone is refused with its field, for nobody can say whether it is older.
    """
    with pytest.raises(Invalid) as refused:
        choose_survivor(rules(survivor=[{"field": "created"}]), {"a": {"created": datetime(2026, 1, 1)}})
    assert "$.created" == refused.value.path


def test_rules_load_back_to_themselves() -> None:
    """
    Rules dump to data that loads to equal rules, with conditions built in Python as well.
    """
    loaded = rules(fields={"a": "union"}, survivor=[{"field": "b"}], handoff="job.fields.sold == True")
    again = MergeRules.load(loaded.to_data())
    built = MergeRules.load(loaded.data)

    assert loaded.digest == again.digest == built.digest
    assert ("tickets", "1") == (loaded.id, loaded.version)
    made = MergeRules.load(MergeRulesData(id="x", version="1", handoff=Condition.load("a == 1")))
    assert made.handed_off({"a": 1})


def test_handoff_that_is_unknown_is_none() -> None:
    """
    A record of which nobody knows whether it was handed on is not taken to be.
    """
    loaded = rules(handoff="sold == True")

    assert loaded.handed_off({"sold": True})
    assert not loaded.handed_off({"sold": False})
    assert not loaded.handed_off({})
    assert not rules().handed_off({"sold": True})


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """
    Unknown fields, one field asked for twice and a condition that cannot be read are refused together.
    """
    words = Vocabulary.of({"job.tags": "any"})
    told = {
        "id": "t",
        "version": "1",
        "fields": {"tags": "union", "tugs": "union"},
        "survivor": [{"field": "a"}, {"field": "a"}],
        "handoff": "nonsense ==",
    }

    with pytest.raises(Invalid) as refused:
        MergeRules.load(told, words)
    found = [(each.code, each.path) for each in refused.value.findings]
    assert ("merging.doubled_criterion", "$.survivor") == found[0]
    assert ("merging.unknown_field", "$.fields[tugs]") == found[1]
    assert "$.handoff" == found[2][1][:9]


@pytest.mark.parametrize(
    "wrong", [{"fields": {"a": "best"}}, {"survivor": [{"field": "a", "prefer": "first"}]}, {"extra": 1}]
)
def test_unknown_words_are_refused(wrong: dict[str, Any]) -> None:
    """
    A rule, an order or a key that nobody knows is refused at its place.
    """
    with pytest.raises(Invalid):
        rules(**wrong)
