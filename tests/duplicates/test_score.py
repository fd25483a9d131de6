"""Promises of the score: it is the sum of named contributions, and falls into one of three bands."""

from datetime import timedelta
from math import fsum
from typing import Any

import pytest

from jobkit.duplicates import Contribution, Match, Record, compare
from jobkit.errors import Invalid, RuleFailed, Unavailable
from jobkit.registry import Registry
from tests.duplicates.policies import ASSET, DAY, HOUR, KEYS, NOW, TEXT, load, one_rule, request


def weights(match: Match) -> dict[str, float]:
    """Return the weight of every contribution by its name."""
    return {one.rule: one.weight for one in match.contributions}


def test_score_is_the_sum_of_what_is_told() -> None:
    """
    Prior, rules and window add up to the score, each under its name.
    """
    match = compare(
        load(),
        request(phone="0151 234567"),
        request("ex 12", "start won't", phone="+49 151 234567", opened=NOW - 3 * HOUR),
    )

    expected = {"prior": -3, "asset": 7, "text": 5, "phone": -0.5, "window": 2}
    assert expected == weights(match)
    assert 10.5 == match.score
    assert "same" == match.band


def test_missing_value_counts_what_the_rule_says() -> None:
    """
    A value that a side lacks counts as missing, never as disagreement.
    """
    match = compare(load(), request(None, "no power"), request(text="no power"))

    assert {"asset": 0, "phone": -0.25, "text": 5} == {
        name: weights(match)[name] for name in ("asset", "phone", "text")
    }
    assert None is next(one for one in match.contributions if one.rule == "asset").level


def test_empty_text_is_missing() -> None:
    """
    Blanks and signs without a letter say nothing, on either side.
    """
    match = compare(load(), request("--", "  "), request("--", "  "))

    assert {"asset": 0, "text": 0} == {name: weights(match)[name] for name in ("asset", "text")}


def test_level_is_the_highest_that_is_reached() -> None:
    """
    One wrong digit of a serial number is similar, several are a difference.
    """
    rules = load(keys=[], rules=[ASSET])

    found = [compare(rules, request("AB1234"), request(other)) for other in ("ab-1234", "AB1235", "CD7777")]

    assert [7, 2, -5] == [weights(match)["asset"] for match in found]
    assert [0, 1, 2] == [match.contributions[1].level for match in found]


def test_smooth_weights_lie_on_the_line_between_two_levels() -> None:
    """
    With smooth, half way between two levels counts half way between their weights.
    """
    rules = one_rule(
        kind="number",
        reach=100,
        smooth=True,
        levels=[{"at": 1, "weight": 4}, {"at": 0.5, "weight": 2}],
        otherwise=-2,
    )

    found = [compare(rules, {"it": 0}, {"it": apart}).score for apart in (0, 25, 50, 75, 100, 200)]

    assert [4, 3, 2, 0, -2, -2] == found


@pytest.mark.parametrize(
    ("parts", "score", "band"),
    [
        ({}, 8, "same"),
        ({"same": 8.5}, 8, "ask"),
        ({"ask": 8}, 8, "same"),
        ({"same": 20, "ask": 8.25}, 8, "different"),
        ({"same": 20, "ask": 8}, 8, "ask"),
    ],
)
def test_bands_begin_at_their_bits(parts: dict[str, float], score: float, band: str) -> None:
    """
    A score that reaches a band's bits is in it.
    """
    rules = load(bands={"same": 8, "ask": 4, **parts}, rules=[ASSET], keys=[], window=None, prior=1)

    match = compare(rules, request(), request())

    assert (score, band) == (match.score, match.band)


def test_nothing_is_merged_by_machine_unless_the_rules_say_so() -> None:
    """
    Review is the default: the surest match is automatic only under auto_merge.
    """
    twin = request()

    assert (False, True) == tuple(
        compare(load(auto_merge=allowed), twin, twin).automatic for allowed in (False, True)
    )


@pytest.mark.parametrize("across", ["ask", "never"])
@pytest.mark.parametrize(
    ("left", "right", "bands"),
    [
        ("breakdown", "repair", {"ask": "same", "never": "same"}),
        ("breakdown", "planned", {"ask": "ask", "never": "different"}),
        ("breakdown", "survey", {"ask": "ask", "never": "different"}),
        ("survey", "survey", {"ask": "same", "never": "same"}),
        ("survey", "audit", {"ask": "ask", "never": "different"}),
        (None, "breakdown", {"ask": "ask", "never": "ask"}),
        (None, None, {"ask": "ask", "never": "ask"}),
    ],
)
def test_planned_visit_is_never_the_same_as_a_breakdown(
    left: str | None, right: str | None, bands: dict[str, str], across: str
) -> None:
    """
    Across the groups of a scope, or where a kind is unknown, no machine merges, whatever the score.
    """
    rules = load(
        auto_merge=True, scope={"field": "type", "groups": [["breakdown", "repair"]], "across": across}
    )

    match = compare(rules, request(type=left), request(type=right))

    assert 10 <= match.score
    assert bands[across] == match.band
    assert match.automatic is (match.band == "same")
    assert ("scope" in weights(match)) is (match.band != "same")


def test_scope_does_not_raise_a_band() -> None:
    """
    What differs stays different across groups.
    """
    match = compare(load(), request("A1", "smoke"), request("ZZZ9", "water", type="planned"))

    assert "different" == match.band
    assert "scope" not in weights(match)


@pytest.mark.parametrize(
    ("opened", "latest", "weight"),
    [
        (timedelta(), None, 2),
        (DAY, None, 2),
        (DAY + HOUR, None, 0),
        (14 * DAY, None, 0),
        (15 * DAY, None, -3),
        (60 * DAY, 20 * HOUR, 2),
        (60 * DAY, 13 * DAY, 0),
        (60 * DAY, -5 * DAY, 2),
        (-2 * DAY, None, 0),
        (HOUR, 30 * DAY, 2),
    ],
)
def test_window_slides_with_the_latest_report(
    opened: timedelta, latest: timedelta | None, weight: float
) -> None:
    """
    The gap counts from the latest report of a thread, not from the day on which it was opened.
    """
    thread = request(opened=NOW - opened, latest=None if latest is None else NOW - latest)

    assert weight == weights(compare(load(), request(), thread))["window"]


def test_unknown_time_counts_as_missing() -> None:
    """
    Where nobody knows when a side was reported, the window weighs what it says for missing.
    """
    rules = load(window={**load().to_data()["window"], "missing": -0.5})

    assert -0.5 == weights(compare(rules, request(), request(opened=None)))["window"]


def test_soft_window_separates_nothing() -> None:
    """
    Without a cut, age alone never makes two records different.
    """
    old = request(opened=NOW - 4_000 * DAY)

    assert "ask" == compare(load(), request(), old).band


def test_cut_separates_what_lies_beyond() -> None:
    """
    A declared cut makes records different by their gap alone, and the explanation says so.
    """
    rules = load(window={**load().to_data()["window"], "cut": "30d"})

    bands = [compare(rules, request(), request(opened=NOW - age)).band for age in (30 * DAY, 31 * DAY)]

    assert ["ask", "different"] == bands


def test_smooth_window_loses_weight_by_and_by() -> None:
    """
    With smooth, the weight falls on a line from one age to the next.
    """
    ages = [{"within": "0s", "weight": 4}, {"within": "10d", "weight": -1}]
    rules = load(window={"field": "opened", "ages": ages, "otherwise": -2, "smooth": True})

    found = [
        weights(compare(rules, request(), request(opened=NOW - age * DAY)))["window"]
        for age in (0, 2, 10, 11)
    ]

    assert [4, 3, -1, -2] == found


def test_rare_value_weighs_more_than_a_common_one() -> None:
    """
    With frequencies, agreement adds what the table has for the value, up to the cap either way.
    """
    rule = {
        "name": "it",
        "field": "it",
        "kind": "name",
        "levels": [{"at": 1, "weight": 5}],
        "frequency": True,
    }
    table = {"bits": {"smith": -3, "zygmunt": 2.5, "miller": -90}, "otherwise": 9}
    rules = load(rules=[rule], keys=[], window=None, scope=None, prior=0, frequencies={"it": table})

    names = ("Smith", "ZYGMUNT", "Miller", "Unlisted")
    assert [2, 7.5, -1, 11] == [compare(rules, {"it": name}, {"it": name}).score for name in names]
    assert 0 == compare(rules, {"it": "Smith"}, {"it": "Zygmunt"}).score


def test_words_weigh_by_how_much_they_tell() -> None:
    """
    Two texts that share a rare word are more alike than two that share a common one.
    """
    rules = one_rule(kind="text", smooth=True)
    data = {**rules.to_data(), "terms": {"weights": {"pump": 1, "the": 0.1}, "otherwise": 1}}
    weighed = type(rules).load(data)

    shared = compare(weighed, {"it": "the pump"}, {"it": "a pump"}).score
    common = compare(weighed, {"it": "the pump"}, {"it": "the hose"}).score

    assert shared == pytest.approx(1 / (1.1 * 2) ** 0.5)
    assert common == pytest.approx(0.1 / 1.1)
    assert shared > 7 * common


def test_explanation_holds_no_value() -> None:
    """
    What is said names rules and likeness, never what stood in the record.
    """
    match = compare(load(), request("SECRET99", "secret words"), request("SECRET98", "secret words too"))

    assert "secret" not in match.explain().lower()
    assert match.explain().splitlines()[0].endswith(f"bits: {match.band}")
    assert len(match.contributions) + 1 == len(match.explain().splitlines())


def test_label_is_what_people_read() -> None:
    """
    A rule's label stands in its sentences in place of its name.
    """
    match = compare(one_rule(label="Serial number"), {"it": "A"}, {"it": "A"})

    assert "Serial number agrees." == match.contributions[1].said


def test_host_comparator_is_asked_with_the_raw_values() -> None:
    """
    A registered comparator gets what stands in the field and answers from 0 to 1, or None for missing.
    """
    answers = {("a", "b"): 1, ("a", "c"): None, ("a", "d"): 0.2}
    registry = Registry.of(comparator={"acme.likes": lambda left, right: answers[left, right]})
    rules = one_rule(registry, kind="acme.likes", missing=-0.5, otherwise=-2)

    assert [1, -0.5, -2, -0.5] == [
        compare(rules, {"it": "a"}, {"it": other}).score for other in ("b", "c", "d", None)
    ]


@pytest.mark.parametrize("answer", [1.5, -0.1, float("nan"), "yes", True])
def test_host_comparator_must_answer_within_bounds(answer: Any) -> None:
    """
    An answer that is no likeness comes back typed, with the comparator's name.
    """
    rules = one_rule(Registry.of(comparator={"acme.odd": lambda left, right: answer}), kind="acme.odd")

    with pytest.raises(RuleFailed) as found:
        compare(rules, {"it": 1}, {"it": 2})

    assert "duplicates.comparator" == found.value.code
    assert "acme.odd" in str(found.value)


@pytest.mark.parametrize(
    ("error", "kind"), [(ValueError("SECRET"), RuleFailed), (TimeoutError(), Unavailable)]
)
def test_what_a_comparator_raises_comes_back_with_its_name(error: Exception, kind: type[Exception]) -> None:
    """
    A comparator that fails is told by its name, and its words stay inside.
    """

    def fails(left: object, right: object) -> float:
        raise error

    with pytest.raises(kind) as found:
        compare(
            one_rule(Registry.of(comparator={"acme.fails": fails}), kind="acme.fails"), {"it": 1}, {"it": 2}
        )

    assert "acme.fails" in str(found.value)
    assert "SECRET" not in str(found.value)


def test_contributions_are_values() -> None:
    """
    Two comparisons of the same records are equal in every part.
    """
    assert compare(load(), request(), request("EX 13")) == compare(load(), request(), request("EX 13"))
    assert isinstance(compare(load(), request(), request()).contributions[0], Contribution)


def test_score_stays_exact_with_weights_of_every_size() -> None:
    """
    The sum does not lose small weights beside large ones.
    """
    rules = [
        {"name": f"r{place}", "field": "it", "levels": [{"at": 1, "weight": weight}], "otherwise": -1000}
        for place, weight in enumerate((1000, 1e-9, -1000, 1e-9))
    ]
    match = compare(load(rules=rules, keys=[], window=None, prior=0), {"it": "a"}, {"it": "a"})

    assert fsum((1e-9, 1e-9)) == match.score


@pytest.mark.parametrize(
    ("record", "path"),
    [
        ({"asset": 1.5}, "$.asset"),
        ({"asset": {"id": 1}}, "$.asset"),
        ({"text": ["a", 1]}, "$.text"),
        ({"phone": b"12"}, "$.phone"),
        ({"opened": "2026-03-01"}, "$.opened"),
        ({"opened": NOW.replace(tzinfo=None)}, "$.opened"),
        ({"asset": "half \ud800"}, "$.asset"),
        ({"text": ["half \ud800"]}, "$.text"),
        ({"type": 2.5}, "$.type"),
    ],
)
def test_values_of_a_wrong_kind_are_refused_with_their_field(record: Record, path: str) -> None:
    """
    What cannot be compared is told by its field, without the value.
    """
    for pair in ((record, request()), (request(), record)):
        with pytest.raises(Invalid) as found:
            compare(load(), *pair)
        assert path == found.value.path
        assert "half" not in found.value.message.replace("holds half of a character", "")


def test_keys_do_not_change_the_score() -> None:
    """
    Which keys bring two records together has no say in how they compare.
    """
    assert compare(load(), request(), request()) == compare(load(keys=KEYS[:1]), request(), request())


def test_record_must_be_a_mapping() -> None:
    """
    Anything but a mapping is a programming mistake.
    """
    with pytest.raises(TypeError, match="mapping"):
        compare(load(rules=[TEXT]), ["asset"], request())  # type: ignore[arg-type]
