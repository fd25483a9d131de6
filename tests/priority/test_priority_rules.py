"""Promises of loading: what is wrong with published rules is said at once, with its place and a way out."""

from typing import Any

import pytest

from jobkit.conditions import FactSpec, Vocabulary
from jobkit.errors import Invalid
from jobkit.priority import Band, PriorityRules, RuleSet, Term
from jobkit.priority._values import Age
from jobkit.registry import Registry
from tests.priority.orders import BANDS, DAY, RULES, TERMS, load, simple

SCALE: dict[str, Any] = {"fact": "tier", "levels": ["gold", "basic"]}


def refused(**parts: Any) -> list[tuple[str, str]]:
    """Return code and path of what is wrong when the shared rules are loaded with other parts."""
    with pytest.raises(Invalid) as found:
        load(**parts)
    return [(finding.code.removeprefix("priority."), finding.path) for finding in found.value.findings]


def term(**parts: Any) -> list[tuple[str, str]]:
    """Return what is wrong with rules of a single term."""
    return refused(terms=[{"id": "t", **parts}])


def test_rules_load_from_toml() -> None:
    """
    Rules read from a TOML text are those read from data.
    """
    text = """
    id = "order"
    direction = "one_highest"
    tie_break = ["id"]

    [[bands]]
    id = "stopped"
    when = "stopped == true"

    [[bands]]
    id = "rest"

    [[terms]]
    id = "age"
    age = { since = "since", per = "1d", cap = 14 }
    """
    data = {
        "id": "order",
        "direction": "one_highest",
        "tie_break": ["id"],
        "bands": [{"id": "stopped", "when": "stopped == true"}, {"id": "rest"}],
        "terms": [{"id": "age", "age": {"since": "since", "per": "1d", "cap": 14}}],
    }

    assert PriorityRules.load(data).data == PriorityRules.load(text).data


def test_dump_loads_back() -> None:
    """
    Rules dump to plain data without loss, and equal rules have one digest.
    """
    rules = load()

    assert rules.data == PriorityRules.load(rules.dump()).data
    assert rules.digest == PriorityRules.load(rules.dump()).digest
    assert rules.digest != load(version="2").digest


def test_rules_built_in_python_are_the_same() -> None:
    """
    Values built in Python load like their data.
    """
    values = RuleSet(
        id="r",
        direction="larger_higher",
        tie_break=("id",),
        bands=(Band(id="all"),),
        terms=(Term(id="age", age=Age(since="since", per=DAY, cap=14)),),
    )

    assert PriorityRules.load(values).data == PriorityRules.load(PriorityRules.load(values).dump()).data


@pytest.mark.parametrize("key", ["direction", "tie_break", "bands"])
def test_direction_and_tie_break_are_declared(key: str) -> None:
    """
    Nobody guesses which end of the scale is up or who comes first of two equals.
    """
    with pytest.raises(Invalid) as found:
        PriorityRules.load({name: part for name, part in RULES.items() if name != key})

    assert ["documents.missing_key"] == [finding.code for finding in found.value.findings]


def test_unknown_keys_and_words_are_refused_together() -> None:
    """
    What the form of the data does not know is told all at once.
    """
    with pytest.raises(Invalid) as found:
        PriorityRules.load({**RULES, "direction": "up", "colour": "red", "bands": [{"id": "a", "wen": "x"}]})

    assert {"documents.not_one_of", "documents.unknown_key"} == {
        finding.code for finding in found.value.findings
    }
    assert 3 == len(found.value.findings)


def test_all_problems_come_at_once() -> None:
    """
    Mistakes in bands, terms, promotions and seasons are told together, each with its place.
    """
    found = refused(
        path="$.priority",
        bands=[{"id": "a", "when": "nosuch == 1"}, {"id": "b", "when": "stopped == true"}],
        terms=[{"id": "t", "weight": -1, "age": {"since": "sinse", "per": "0s", "cap": -3}}],
        promotions=[{"id": "p", "bands": ["a"], "to": "b"}],
        seasons=[{"id": "s", "begins": "13-01", "ends": "02-29"}],
    )

    assert [
        ("conditions.unknown_fact", "$.priority.bands[a].when"),
        ("weight", "$.priority.terms[t].weight"),
        ("conditions.unknown_fact", "$.priority.terms[t].age.since"),
        ("age_number", "$.priority.terms[t].age"),
        ("season_day", "$.priority.seasons[s].begins"),
        ("season_day", "$.priority.seasons[s].ends"),
        ("no_catch_all", "$.priority.bands[b]"),
        ("downwards", "$.priority.promotions[p]"),
    ] == found


def test_rules_without_a_band_are_refused() -> None:
    """
    An order of no bands orders nothing.
    """
    assert [("no_bands", "$.bands")] == refused(bands=[])


def test_every_job_needs_a_band() -> None:
    """
    The last band takes the rest, or some jobs belong nowhere.
    """
    assert [("no_catch_all", "$.bands[planned]")] == refused(bands=BANDS[:-1])


@pytest.mark.parametrize(
    ("before", "band"),
    [
        ({}, {"when": "hazard == true"}),
        ({"when": True}, {"when": "hazard == true"}),
        ({"when": "hazard == true"}, {"when": "hazard == true"}),
        ({"when": "hazard == true"}, {"when": "hazard == true and stopped == true"}),
        ({"when": "hazard == true or stopped == true"}, {"when": "stopped == true"}),
        ({"when": "hazard == true or stopped == true"}, {"when": "(stopped == true or hazard == true)"}),
        ({"when": 'kind in ["a", "b"]'}, {"when": 'kind == "b"'}),
        ({"when": 'kind in ["a", "b"]'}, {"when": 'kind in ["b", "a"]'}),
        ({"when": "known(kind)"}, {"when": 'kind == "b"'}),
        ({}, {"within": [{"due": "due", "left": "4h"}]}),
        ({"within": [{"due": "due", "left": "4h"}]}, {"within": [{"due": "due", "left": "4h"}]}),
        ({"when": "hazard == true"}, {"when": False}),
    ],
)
def test_a_band_that_nobody_reaches_is_found(before: dict[str, Any], band: dict[str, Any]) -> None:
    """
    A band whose jobs are all taken by those before it, or that takes none, is refused.
    """
    bands = [{"id": "before", **before}, {"id": "band", **band}, {"id": "rest"}]

    assert ("unreachable", "$.bands[band]") in refused(bands=bands)


@pytest.mark.parametrize(
    ("before", "band"),
    [
        ({"when": "hazard == true and stopped == true"}, {"when": "stopped == true"}),
        ({"when": 'kind == "b"'}, {"when": 'kind in ["a", "b"]'}),
        ({"when": 'kind == "b"'}, {"when": 'kind != "b"'}),
        ({"when": "known(kind)"}, {"when": "unknown(kind)"}),
        ({"when": 'some(parts[...].status == "a")'}, {"when": 'parts[...].status == "a"'}),
        ({"within": [{"due": "due", "left": "4h"}]}, {"within": [{"due": "due", "left": "8h"}]}),
        ({"when": "hazard == true", "within": [{"due": "due", "left": "4h"}]}, {"when": "hazard == true"}),
    ],
)
def test_a_band_that_is_reached_is_left_alone(before: dict[str, Any], band: dict[str, Any]) -> None:
    """
    A narrower band before a wider one takes nothing from what is left.
    """
    bands = [{"id": "before", **before}, {"id": "band", **band}, {"id": "rest"}]

    assert "band" in [found.id for found in load(bands=bands).data.bands]


def test_conditions_that_turn_at_no_computable_instant_are_refused() -> None:
    """
    A predicate that cannot say when its answer turns would make a place change unseen.
    """
    registry = Registry.of(predicate={"acme.mood": lambda facts, now: True})
    bands = [{"id": "moody", "when": {"call": "acme.mood"}}, {"id": "rest"}]

    assert [("time_opaque", "$.bands[moody].when")] == refused(registry=registry, bands=bands)


@pytest.mark.parametrize(
    ("parts", "codes"),
    [
        ({}, ["one_kind"]),
        ({"scale": SCALE, "age": {"since": "since", "per": "1d", "cap": 1}}, ["one_kind"]),
        ({"weight": 0, "scale": SCALE}, ["weight"]),
        ({"kind": "acme.none"}, ["registry.unknown"]),
        ({"scale": {"fact": "teir", "levels": ["gold"]}}, ["conditions.unknown_fact"]),
        ({"scale": {"fact": "parts[].status", "levels": ["a"]}}, ["many_values"]),
        ({"scale": {"fact": "since", "levels": ["a"]}}, ["kind"]),
        ({"scale": {"fact": "tier", "levels": []}}, ["no_levels"]),
        ({"scale": {"fact": "tier", "levels": ["gold", "gold"]}}, ["level_twice"]),
        ({"scale": {"fact": "tier", "levels": [{"a": 1}]}}, ["level_kind"]),
        ({"scale": {"fact": "tier", "levels": [7]}}, ["conditions.wrong_value"]),
        ({"scale": {"fact": "tier", "levels": ["a", "b"], "points": [1]}}, ["length"]),
        ({"scale": {"fact": "tier", "levels": ["a", "b"], "points": [1, 2]}}, ["not_monotone"]),
        ({"scale": {**SCALE, "otherwise": "bronze"}}, ["no_such_level"]),
        ({"table": {"rows": SCALE, "columns": SCALE, "cells": [[1, 0]]}}, ["length"]),
        ({"table": {"rows": SCALE, "columns": SCALE, "cells": [[2, 1], [1]]}}, ["length"]),
        ({"table": {"rows": SCALE, "columns": SCALE, "cells": [[2, 3], [1, 0]]}}, ["not_monotone"]),
        ({"table": {"rows": SCALE, "columns": SCALE, "cells": [[2, 1], [3, 0]]}}, ["not_monotone"]),
        ({"age": {"since": "since", "per": "1d"}}, ["no_cap"]),
        ({"age": {"since": "since", "per": "1d", "cap": -1}}, ["age_number"]),
        ({"age": {"since": "since", "per": "1d", "cap": 1, "points": 0}}, ["age_number"]),
        ({"age": {"since": "since", "per": "0s", "cap": 1}}, ["age_number"]),
        ({"age": {"since": "tier", "per": "1d", "cap": 1}}, ["kind"]),
        ({"age": {"since": "since", "per": "8 working hours", "cap": 1}}, ["working"]),
        ({"age": {"since": "since", "per": "1 working day", "cap": 1}}, ["working", "working_day"]),
        ({"age": {"since": "since", "per": "1h", "cap": 1, "calendar": "site"}}, ["no_calendar"]),
        ({"slack": {"due": "due", "steps": []}}, ["no_steps"]),
        ({"slack": {"steps": [{"left": "1h", "points": 1}]}}, ["one_source"]),
        ({"slack": {"due": "due", "left": "left", "steps": [{"left": "1h", "points": 1}]}}, ["one_source"]),
        ({"slack": {"due": "due", "steps": [{"points": 1}]}}, ["step"]),
        ({"slack": {"due": "due", "steps": [{"points": 1, "ratio": "1"}]}}, ["step"]),
        ({"slack": {"due": "due", "need": "work", "steps": [{"points": 1, "ratio": "-1"}]}}, ["step"]),
        ({"slack": {"due": "due", "steps": [{"points": -1, "left": "1h"}]}}, ["step_order"]),
    ],
)
def test_a_wrong_term_is_refused(parts: dict[str, Any], codes: list[str]) -> None:
    """
    What a term measures is checked against the declared facts, the direction and its own numbers.
    """
    found = term(**parts)

    assert codes == [code for code, _ in found]
    assert all(path.startswith("$.terms[t]") for _, path in found)


@pytest.mark.parametrize(
    "steps",
    [
        [{"left": "2h", "points": 1}, {"left": "1h", "points": 1}],
        [{"left": "1h", "points": 1}, {"left": "2h", "points": 2}],
        [{"left": "1h", "points": 1}, {"left": "1h", "points": 1}],
    ],
)
def test_steps_go_from_the_least_time_to_the_most(steps: list[dict[str, Any]]) -> None:
    """
    A step that cannot be reached, or that rewards more time left, is refused.
    """
    assert [("step_order", "$.terms[t].slack.steps[1]")] == term(slack={"due": "due", "steps": steps})


def test_steps_are_of_one_measure() -> None:
    """
    Times and ratios do not mix in one term.
    """
    steps = [{"left": "1h", "points": 2}, {"ratio": "2", "points": 1}]
    found = term(slack={"due": "due", "need": "work", "steps": steps})

    assert ["step", "step"] == [code for code, _ in found]


def test_private_facts_do_not_order() -> None:
    """
    A fact that is declared private cannot be a scale or a tie-break, as every explanation would tell it.
    """
    words = Vocabulary.of({"id": "text", "phone": FactSpec(kind="text", private=True)})
    with pytest.raises(Invalid) as found:
        PriorityRules.load(
            {
                "id": "r",
                "direction": "larger_higher",
                "tie_break": ["phone", "id"],
                "bands": [{"id": "all"}],
                "terms": [{"id": "t", "scale": {"fact": "phone", "levels": ["1"]}}],
            },
            words,
        )

    assert {"priority.private"} == {finding.code for finding in found.value.findings}
    assert 2 == len(found.value.findings)


def test_facts_that_move_by_themselves_only_tell_the_time_left() -> None:
    """
    A fact that changes with time is understood where it is the time left, and nowhere else.
    """
    words = Vocabulary.of({"id": "text", "left": FactSpec(kind="duration", moves=True)})
    steps = [{"left": "2h", "points": 30}]
    data = {"id": "r", "direction": "larger_higher", "bands": [{"id": "all"}]}
    slack = {"terms": [{"id": "t", "slack": {"left": "left", "steps": steps}}]}
    with pytest.raises(Invalid) as found:
        PriorityRules.load({**data, **slack, "tie_break": ["left", "id"]}, words)

    assert [("priority.moves", "$.tie_break[0]")] == [
        (finding.code, finding.path) for finding in found.value.findings
    ]
    assert "r" == PriorityRules.load({**data, **slack, "tie_break": ["id"]}, words).id


@pytest.mark.parametrize("tie_break", [[], ["since"], ["id", "since"]])
def test_tie_break_ends_in_the_id(tie_break: list[str]) -> None:
    """
    Only the id makes the order total.
    """
    assert [("tie_break", "$.tie_break")] == refused(tie_break=tie_break)


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"terms": [{**TERMS[1], "bands": ["nosuch"]}]}, "band"),
        ({"terms": [{**TERMS[1], "seasons": ["nosuch"]}]}, "season"),
        ({"promotions": [{"id": "p", "bands": ["nosuch"], "to": "stopped"}]}, "band"),
        ({"promotions": [{"id": "p", "bands": ["planned"], "to": "nosuch"}]}, "band"),
        ({"promotions": [{"id": "p", "bands": ["planned"], "to": "stopped", "seasons": ["x"]}]}, "season"),
        ({"seasons": [{"id": "s", "begins": "01-01", "ends": "02-01", "weights": {"x": 1}}]}, "term"),
        ({"escalations": [{"id": "e", "when": True, "reason": "r", "who": "w", "bands": ["x"]}]}, "band"),
    ],
)
def test_names_are_those_of_the_rules(parts: dict[str, Any], kind: str) -> None:
    """
    A band, season or term that is named somewhere must be there.
    """
    with pytest.raises(Invalid) as found:
        load(**parts)

    assert [("priority.unknown_name", kind)] == [
        (finding.code, finding.params["kind"]) for finding in found.value.findings
    ]


@pytest.mark.parametrize("to", ["planned", "deferred"])
def test_promotions_lead_up(to: str) -> None:
    """
    A promotion to the same band or to one below is none.
    """
    ways = [{"id": "p", "bands": ["planned"], "to": to}]

    assert ("downwards", "$.promotions[p]") in refused(promotions=ways)


def test_promotions_in_a_circle_are_named() -> None:
    """
    Bands that promotions lead through in a circle are told in their order.
    """
    ways = [
        {"id": "up", "bands": ["deferred"], "to": "repair"},
        {"id": "down", "bands": ["repair"], "to": "planned"},
        {"id": "on", "bands": ["planned"], "to": "deferred"},
    ]
    with pytest.raises(Invalid) as found:
        load(promotions=ways)

    circles = [finding for finding in found.value.findings if finding.code == "priority.circle"]
    assert ["Promotions lead in a circle: deferred → repair → planned → deferred."] == [
        finding.message for finding in circles
    ]


def test_promotions_name_the_bands_they_leave() -> None:
    """
    A promotion out of no band promotes nothing.
    """
    ways = [{"id": "p", "bands": [], "to": "stopped"}]

    assert [("no_source", "$.promotions[p]")] == refused(promotions=ways)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"begins": "2026-01-01", "ends": "03-01"}, "season_day"),
        ({"begins": "11-01", "ends": "11-01"}, "season_empty"),
        ({"begins": "11-01", "ends": "03-01", "weights": {"tier": -1}}, "weight"),
        ({"begins": "11-01", "ends": "03-01", "order": ["life_safety"]}, "season_order"),
        ({"begins": "11-01", "ends": "03-01", "order": [band["id"] for band in BANDS[::-1]]}, "season_order"),
    ],
)
def test_a_wrong_season_is_refused(parts: dict[str, Any], code: str) -> None:
    """
    A season has days of every year, weights that respect the direction, and all bands in its order.
    """
    assert code in [code for code, _ in refused(seasons=[{"id": "s", **parts}])]


def test_seasons_do_not_overlap() -> None:
    """
    On one day one season holds, across the turn of the year too.
    """
    seasons = [
        {"id": "winter", "begins": "11-01", "ends": "03-01"},
        {"id": "thaw", "begins": "02-28", "ends": "05-01"},
    ]

    assert [("seasons_overlap", "$.seasons[thaw]")] == refused(seasons=seasons)


def test_a_season_must_not_hide_a_band() -> None:
    """
    An order in which a wider band comes before a narrower one is refused for that season.
    """
    bands = [
        {"id": "gold", "when": 'tier == "gold" and stopped == true'},
        {"id": "stopped", "when": "stopped == true"},
        {"id": "rest"},
    ]
    seasons = [{"id": "s", "begins": "11-01", "ends": "03-01", "order": ["stopped", "gold", "rest"]}]

    assert [("unreachable", "$.bands[gold]")] == refused(bands=bands, seasons=seasons)


def test_a_promotion_leads_up_in_every_season_in_which_it_holds() -> None:
    """
    Where a season turns two bands round, a promotion between them must stay out of it.
    """
    order = ["life_safety", "stopped", "breach", "planned", "repair", "deferred"]
    parts: dict[str, Any] = {
        "seasons": [
            {"id": "s", "begins": "11-01", "ends": "03-01", "order": order},
            {"id": "t", "begins": "03-01", "ends": "04-01"},
        ]
    }
    way = {"id": "p", "bands": ["planned"], "to": "repair"}

    assert [("downwards", "$.promotions[p]")] == refused(promotions=[way], **parts)
    assert "p" == load(promotions=[{**way, "seasons": ["t"]}], **parts).data.promotions[0].id


def test_an_unknown_zone_is_refused() -> None:
    """
    Seasons begin at midnight of a zone that exists.
    """
    assert [("zone", "$.zone")] == refused(zone="Mars/Base")


@pytest.mark.parametrize("parts", [{"reason": "r"}, {"reason": " ", "who": "supervisor"}])
def test_an_escalation_says_whom_and_why(parts: dict[str, Any]) -> None:
    """
    Without somebody to bring a job before, or without a reason, nothing is escalated.
    """
    found = refused(escalations=[{"id": "e", "when": "stopped == true", **parts}])

    assert [("escalation", "$.escalations[e]")] == found


@pytest.mark.parametrize(
    ("default", "codes"),
    [
        ({"fact": "teir", "value": "gold"}, ["conditions.unknown_fact"]),
        ({"fact": "tier", "value": 7}, ["conditions.wrong_value"]),
        ({"fact": "parts[p1].status", "value": "open"}, ["default_fact"]),
    ],
)
def test_a_wrong_default_is_refused(default: dict[str, Any], codes: list[str]) -> None:
    """
    A default is for a declared fact, of its kind, and in a place that can be filled.
    """
    assert codes == [code for code, _ in refused(defaults=[{"id": "d", **default}])]


def test_a_default_behind_one_that_always_applies_is_idle() -> None:
    """
    The first default without a condition decides, so that none behind it ever applies.
    """
    defaults = [
        {"id": "first", "fact": "tier", "value": "basic"},
        {"id": "second", "fact": "tier", "value": "gold", "when": "stopped == true"},
    ]

    assert [("idle_default", "$.defaults[second]")] == refused(defaults=defaults)


def test_ids_are_given_once() -> None:
    """
    Two bands of one id could not be told apart.
    """
    assert [("documents.duplicate_id", "$.bands")] == refused(bands=[{"id": "a"}, {"id": "a"}])


def test_findings_of_odd_ids_have_readable_paths() -> None:
    """
    An id of any characters stands quoted in the path of what is wrong with it.
    """
    found = refused(bands=[{"id": 'say "hi"', "when": "nosuch == 1"}, {"id": "rest"}])

    assert [("conditions.unknown_fact", '$.bands["say \\"hi\\""].when')] == found


def test_simple_rules_are_enough() -> None:
    """
    One band and no terms are rules.
    """
    assert ["all"] == [band.id for band in simple().data.bands]
