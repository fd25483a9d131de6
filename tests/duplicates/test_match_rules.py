"""Promises of loading match rules: what is wrong is said at once, with its place and a way out."""

import copy
import pickle
import sys
from subprocess import run
from typing import Any

import pytest

from jobkit.duplicates import (
    Bands,
    Frequencies,
    KeyPart,
    KeyRule,
    Level,
    MatchRule,
    MatchRules,
    MatchRulesData,
    Terms,
    Window,
    compare,
)
from jobkit.errors import Invalid
from jobkit.registry import Registry
from tests.duplicates.policies import ASSET, RULES, WINDOW, load, one_rule, request


def refused(**parts: Any) -> list[tuple[str, str]]:
    """Return code and path of what is wrong when the shared rules are loaded with other parts."""
    with pytest.raises(Invalid) as found:
        load(**parts)
    assert all(finding.unblock for finding in found.value.findings)
    return [(finding.code.removeprefix("duplicates."), finding.path) for finding in found.value.findings]


def rule(**parts: Any) -> list[tuple[str, str]]:
    """Return what is wrong with rules of a single rule."""
    return refused(rules=[{**ASSET, **parts}])


def test_rules_load_from_toml() -> None:
    """
    Rules read from a TOML text are those read from data.
    """
    text = """
    id = "requests"
    bands = { same = 10, ask = 4 }

    [[rules]]
    name = "asset"
    field = "asset"
    kind = "serial"
    levels = [{ at = 1, weight = 7 }, { at = 0.8, weight = 2 }]
    otherwise = -5

    [[keys]]
    name = "asset"
    parts = [{ field = "asset", form = "serial" }]

    [window]
    field = "opened"
    ages = [{ within = "1d", weight = 2 }]
    """
    data = MatchRulesData(
        id="requests",
        bands=Bands(same=10, ask=4),
        rules=(
            MatchRule(
                name="asset",
                field="asset",
                kind="serial",
                levels=(Level(at=1, weight=7), Level(at=0.8, weight=2)),
                otherwise=-5,
            ),
        ),
        keys=(KeyRule(name="asset", parts=(KeyPart(field="asset", form="serial"),)),),
        window=MatchRules.load({**RULES, "window": {**WINDOW, "anchor": None}}).data.window,
    )

    from_text = MatchRules.load(text)

    assert data.rules == from_text.data.rules
    assert data.keys == from_text.data.keys
    assert isinstance(from_text.data.window, Window)


def test_dump_loads_back() -> None:
    """
    Rules written as plain data load back to the same rules, with the same digest.
    """
    rules = load(frequencies={}, terms={"weights": {"pump": 2.5}, "otherwise": 1})

    again = MatchRules.load(rules.to_data())

    assert rules.data == again.data
    assert rules.digest == again.digest
    assert rules.data == MatchRules.load(rules.data).data


def test_digest_tells_rules_apart() -> None:
    """
    Rules that weigh otherwise have another digest.
    """
    assert load().digest != load(prior=-2).digest


def test_two_rules_of_one_name_are_refused() -> None:
    """
    Each name of a rule or a key stands for one part of the explanation.
    """
    double = [RULES["keys"][0], RULES["keys"][0]]

    assert [("documents.duplicate_id", "$.rules")] == refused(rules=[ASSET, ASSET])
    assert [("documents.duplicate_id", "$.keys")] == refused(keys=double)


def test_unknown_kinds_and_forms_are_refused_with_the_nearest() -> None:
    """
    A comparison or normal form that nobody registered is an error where the rules load.
    """
    with pytest.raises(Invalid) as found:
        load(rules=[{**ASSET, "kind": "serail"}])

    assert "serial" in found.value.unblock
    assert [("kind", "$.rules[asset].kind")] == rule(kind="acme.odd")
    assert [("form", "$.keys[k]")] == refused(
        keys=[{"name": "k", "parts": [{"field": "a", "form": "sound"}]}]
    )


def test_rule_must_read_fields_that_fit_its_kind() -> None:
    """
    A rule reads a field; those that compare one value read only one, a distance at most two.
    """
    two = {"field": None, "fields": ["a", "b"]}

    assert [("no_field", "$.rules[asset]")] == rule(field=None)
    assert [("fields", "$.rules[asset]")] == rule(kind="number", reach=1, **two)
    assert [("fields", "$.rules[asset]")] == rule(kind="distance", reach=1, fields=["b", "c"])
    assert 1 == len(load(rules=[{**ASSET, "kind": "distance", "reach": 9, **two}]).data.rules)


@pytest.mark.parametrize(
    "parts",
    [{"kind": "distance"}, {"kind": "number", "reach": 0}, {"kind": "number", "reach": -1}, {"kind": "time"}],
)
def test_differences_must_end_somewhere(parts: dict[str, Any]) -> None:
    """
    A distance, a number and a time need the difference at which nothing of the likeness is left.
    """
    assert [("needs_reach", "$.rules[asset]")] == rule(**parts)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"levels": []}, [("no_levels", "$.rules[asset]"), ("not_falling", "$.rules[asset].levels")]),
        ({"levels": [{"at": 1.1, "weight": 1}]}, [("out_of_range", "$.rules[asset].levels")]),
        ({"levels": [{"at": 1, "weight": 5_000}]}, [("out_of_range", "$.rules[asset]")]),
        ({"levels": [{"at": 1, "weight": 1}], "otherwise": 2}, [("not_falling", "$.rules[asset].levels")]),
        (
            {"levels": [{"at": 0.5, "weight": 2}, {"at": 1, "weight": 1}]},
            [("not_falling", "$.rules[asset].levels")],
        ),
        ({"name": "prior"}, [("taken", "$.rules[prior]")]),
    ],
)
def test_weights_fall_with_the_likeness(parts: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """
    Levels go from the highest to the lowest, and no likeness counts less than a lower one.
    """
    found = rule(**parts)

    assert expected[: len(found)] == found
    assert found


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"bands": {"same": 1, "ask": 2}}, ("bands", "$.bands")),
        ({"bands": {"same": 1e9, "ask": 2}}, ("out_of_range", "$.bands")),
        ({"prior": -1e9}, ("out_of_range", "$.prior")),
        ({"frequency_cap": -1}, ("out_of_range", "$.frequency_cap")),
        ({"cap": 0}, ("out_of_range", "$.cap")),
        ({"cap": 10**6}, ("out_of_range", "$.cap")),
        ({"keys": [{"name": "k", "parts": []}]}, ("no_parts", "$.keys[k]")),
        ({"keys": [{"name": "k", "parts": [{"field": "a"}], "most": 0}]}, ("out_of_range", "$.keys[k].most")),
        ({"keys": [{"name": "k", "parts": [{"field": "a", "first": 0}]}]}, ("out_of_range", "$.keys[k]")),
        (
            {"keys": [{"name": "k", "parts": [{"field": "a"}], "unless": ["z"]}]},
            ("no_key", "$.keys[k].unless"),
        ),
        (
            {"keys": [{"name": "k", "parts": [{"field": "a", "each": True}, {"field": "b", "each": True}]}]},
            ("each_twice", "$.keys[k]"),
        ),
        ({"window": {"field": "opened", "otherwise": 5_000}}, ("out_of_range", "$.window")),
        (
            {
                "window": {
                    "field": "o",
                    "ages": [{"within": "2d", "weight": 1}, {"within": "1d", "weight": 0}],
                }
            },
            ("not_falling", "$.window.ages"),
        ),
        ({"scope": {"field": "type", "groups": [["a"], ["b", "a"]]}}, ("scope_twice", "$.scope.groups")),
        ({"frequencies": {"asset": {"otherwise": 1}}}, ("no_table", "$.frequencies[asset]")),
        ({"terms": {"weights": {"pump": -1}}}, ("out_of_range", "$.terms")),
    ],
)
def test_rules_are_refused_at_their_place(parts: dict[str, Any], expected: tuple[str, str]) -> None:
    """
    Each promise that rules break is told at the part that breaks it.
    """
    assert expected in refused(**parts)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("serial", {"reach": 5}),
        ("number", {"reach": 5, "span": "1d"}),
        ("time", {"span": "1d", "frequency": True}),
        ("text", {"frequency": True}),
    ],
)
def test_option_without_use_is_refused(kind: str, parts: dict[str, Any]) -> None:
    """
    What a kind would silently pass over is refused.
    """
    assert [("unused", "$.rules[asset]")] == rule(kind=kind, **parts)


def test_name_of_a_built_in_kind_is_taken() -> None:
    """
    A host's comparator cannot stand under the name of a built-in kind.
    """
    with pytest.raises(Invalid, match="registered twice"):
        one_rule(Registry.of(comparator={"exact": lambda left, right: 1}))


def test_everything_is_told_at_once() -> None:
    """
    One load tells all that is wrong, under the path that was given.
    """
    data = {**RULES, "prior": 1e9, "cap": 0, "rules": [{**ASSET, "kind": "odd"}]}
    with pytest.raises(Invalid) as found:
        MatchRules.load(data, path="$.duplicates")

    paths = [finding.path for finding in found.value.findings]
    assert ["$.duplicates.prior", "$.duplicates.cap", "$.duplicates.rules[asset].kind"] == paths


def test_words_that_do_not_exist_are_refused() -> None:
    """
    An unknown key of the data is an error with the nearest, never ignored.
    """
    assert [("documents.unknown_key", "$")] == refused(automerge=True)


def test_host_kind_is_known_through_its_registry_only() -> None:
    """
    A comparator of the host loads where its registry is handed over, and nowhere else.
    """
    registry = Registry.of(comparator={"acme.likes": lambda left, right: 1})

    assert "acme.likes" == one_rule(registry, kind="acme.likes").data.rules[0].kind
    assert [("kind", "$.rules[asset].kind")] == rule(kind="acme.likes")


def test_fields_lists_all_that_is_read() -> None:
    """
    A host that loads records learns which fields the rules read, each once.
    """
    expected = ("asset", "text", "phone", "opened", "latest", "type", "source")

    assert expected == load(one_to_one="source").fields()


def test_rules_copy_and_their_data_travels() -> None:
    """
    Rules can be copied, and their data pickled, without losing what they say.
    """
    rules = load()

    assert rules.data == pickle.loads(pickle.dumps(rules.data))
    assert compare(rules, request(), request()) == compare(copy.copy(rules), request(), request())


def test_tables_are_values() -> None:
    """
    Frequencies and terms built in Python are those read from data.
    """
    data = load(terms={"weights": {"pump": 2}}).data

    assert Terms(weights={"pump": 2.0}) == data.terms
    assert 0.0 == Frequencies().otherwise


def test_metrics_are_imported_by_the_first_comparison_only() -> None:
    """
    Loading rules does not import the library of string metrics; comparing does.
    """
    code = (
        "import sys; from jobkit.duplicates import MatchRules, compare;"
        "rules = MatchRules.load({'id': 'r', 'bands': {'same': 2, 'ask': 1}, 'rules': "
        "[{'name': 'a', 'field': 'a', 'levels': [{'at': 1, 'weight': 1}]}]});"
        "assert rules.digest and 'rapidfuzz' not in sys.modules;"
        "compare(rules, {'a': 'x'}, {'a': 'x'}); assert 'rapidfuzz' in sys.modules"
    )

    assert 0 == run([sys.executable, "-c", code], check=False).returncode
