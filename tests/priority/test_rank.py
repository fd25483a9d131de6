"""Promises of a ranking: bands first, an explained score inside, one total order."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from jobkit.errors import Invalid, NotFound
from jobkit.facts import declare, gather
from jobkit.model import Job, State, Terms, put
from jobkit.priority import Mark, Override, Place, PriorityRules, compare, in_order, rank
from jobkit.privacy import Redacted
from jobkit.versions import Version, Versions
from tests.priority.orders import BANDS, DAY, HOUR, NOW, job, load, simple


def order(jobs: Sequence[Mapping[str, Any]], rules: PriorityRules, **more: Any) -> list[str]:
    """Return the ids of jobs in their order."""
    return [place.id for place in rank(jobs, rules, NOW, **more)]


def place(rules: PriorityRules, now: datetime = NOW, **facts: Any) -> Place:
    """Return the place of one job alone."""
    return rank([job("J1", **facts)], rules, now)[0]


def codes(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    """Return code and path of each finding."""
    return [(finding.code, finding.path) for finding in refused.value.findings]


def test_bands_come_before_any_score() -> None:
    """
    However much a job scores, it stays behind every job of the bands above its own.
    """
    jobs = [
        job("old-gold", kind="preventive", tier="gold", impact="high", urgency="high", since=NOW - 90 * DAY),
        job("deferred", since=NOW - 400 * DAY),
        job("breaching", due=NOW + 3 * HOUR),
        job("breached", due=NOW - HOUR, since=NOW - HOUR),
        job("stopped", stopped=True),
        job("gas", hazard=True),
        job("warranty", kind="warranty"),
    ]

    expected = ["gas", "stopped", "breached", "breaching", "warranty", "old-gold", "deferred"]
    assert expected == order(jobs, load())


def test_any_of_several_due_instants_is_enough() -> None:
    """
    A band may name several promises; the first that is near takes the job, and what is not due is not near.
    """
    near = [{"due": "due", "left": "4h"}, {"due": "deferred", "left": "1h"}]
    rules = load(bands=[{"id": "near", "when": 'tier == "gold"', "within": near}, {"id": "rest"}])
    found = [
        place(rules, tier=tier, **facts)
        for tier, facts in (
            ("gold", {"due": NOW + 4 * HOUR}),
            ("gold", {"deferred": NOW + HOUR, "due": NOW + DAY}),
            ("gold", {"deferred": NOW + 2 * HOUR}),
            ("basic", {"due": NOW}),
            (None, {"due": NOW}),
        )
    ]

    assert ["near", "near", "rest", "rest", "rest"] == [one.band for one in found]
    assert [(), (), (), (), ("near",)] == [one.doubts for one in found]


def test_score_is_told_term_by_term() -> None:
    """
    Each term of the score names the value seen, its points with the weight in them, and why.
    """
    found = place(load(), impact="high", urgency="medium", tier="gold", since=NOW - 3 * DAY - HOUR)

    assert 40 + 20 + 3 == found.score
    assert (
        Mark("matter", "high / medium", 40, "impact is high and urgency is medium, times 10"),
        Mark("tier", "gold", 20, "tier is gold"),
        Mark("age", "3d", 3, "since was 3d ago"),
    ) == found.terms


def test_explanation_reads_from_the_place() -> None:
    """
    The words of a place begin with its position and end with what could still lift it.
    """
    found = rank([{"id": "J1", "tier": "gold", "hazard": False, "kind": "contract"}], load(), NOW)[0]

    assert found.explain().splitlines() == [
        "1. J1: repair, score 30 (order@1)",
        "  matter: +10 (impact is not on the scale and counts as low"
        " and urgency is not on the scale and counts as low, times 10)",
        "  tier: +20 (tier is gold)",
        "  age: +0 (since is unknown)",
        "  would stand in stopped if more were known",
    ]


def test_positions_count_from_one() -> None:
    """
    The first job has position 1, and nobody shares a position.
    """
    places = rank([job("b"), job("a"), job("c")], load(), NOW)

    assert [(1, "a"), (2, "b"), (3, "c")] == [(found.position, found.id) for found in places]


def test_no_jobs_have_no_places() -> None:
    """
    Ranking nothing is nothing.
    """
    assert () == rank([], load(), NOW)


@pytest.mark.parametrize(
    ("direction", "numbers", "points"),
    [("one_highest", [1, 6], [1, 5, -14]), ("larger_higher", [6, 1], [5, 1, 14])],
)
def test_direction_turns_every_number(direction: str, numbers: list[int], points: list[int]) -> None:
    """
    Declared either way, the order is the same: band numbers, scales and age read in that direction.
    """
    levels = ["high", "medium", "low"]
    grid = {"rows": {"fact": "impact", "levels": levels}, "columns": {"fact": "urgency", "levels": levels}}
    terms = [
        {"id": "matter", "table": grid},
        {"id": "age", "age": {"since": "since", "per": "1d", "cap": 14}},
    ]
    rules = load(direction=direction, terms=terms)
    jobs = [
        job("low", since=NOW),
        job("high", impact="high", urgency="high"),
        job("old", since=NOW - 90 * DAY),
        job("gas", hazard=True),
    ]
    places = {found.id: found for found in rank(jobs, rules, NOW)}

    assert numbers == [places["gas"].number, places["low"].number]
    assert points == [
        places["high"].terms[0].points, places["low"].terms[0].points, places["old"].terms[1].points
    ]  # fmt: skip
    assert ["gas", "old", "high", "low"] == order(jobs, rules)


def test_itil_table_is_the_sum_less_one() -> None:
    """
    Impact and urgency of three levels give the five priorities of the ITIL table.
    """
    scale = ["high", "medium", "low"]
    grid = {"rows": {"fact": "impact", "levels": scale}, "columns": {"fact": "urgency", "levels": scale}}
    rules = simple({"id": "itil", "table": grid}, direction="one_highest")
    found = [[place(rules, impact=one, urgency=other).score for other in scale] for one in scale]

    assert [[1, 2, 3], [2, 3, 4], [3, 4, 5]] == found


def test_work_class_times_criticality() -> None:
    """
    The ranking index of maintenance expenditure multiplies class of work and criticality of the asset.
    """
    grid = {
        "rule": "product",
        "rows": {"fact": "asset_class", "levels": ["safety", "breakdown", "routine"], "points": [10, 8, 4]},
        "columns": {"fact": "criticality", "levels": [10, 5, 1], "points": [10, 5, 1]},
    }
    rules = simple({"id": "rime", "table": grid})

    assert 40 == place(rules, asset_class="breakdown", criticality=5).score
    assert 4 == place(rules, asset_class="unheard-of", criticality=None).score


def test_cells_say_each_pair_outright() -> None:
    """
    A table may give the points of every pair itself.
    """
    grid = {
        "rows": {"fact": "impact", "levels": ["high", "low"]},
        "columns": {"fact": "urgency", "levels": ["high", "low"]},
        "cells": [[9, 4], [3, 0]],
    }
    rules = simple({"id": "own", "table": grid})

    assert [9, 4, 3, 0] == [
        place(rules, impact=one, urgency=other).score for one in ("high", "low") for other in ("high", "low")
    ]


def test_otherwise_names_what_the_unknown_counts_as() -> None:
    """
    A value that is not on the scale counts as the level that the scale names for it.
    """
    rules = simple(
        {"id": "tier", "scale": {"fact": "tier", "levels": ["gold", "basic", "none"], "otherwise": "basic"}}
    )

    assert 2 == place(rules, tier="platinum").score == place(rules, tier=None).score


def test_true_is_not_one_on_a_scale() -> None:
    """
    A level of true and a level of 1 are two levels.
    """
    scale = {"fact": "flag", "levels": [True, 1, False], "points": [5, 3, 0]}
    rules = PriorityRules.load(
        {
            "id": "r",
            "direction": "larger_higher",
            "tie_break": ["id"],
            "bands": [{"id": "all"}],
            "terms": [{"id": "flag", "scale": scale}],
        }
    )
    scores = [rank([{"id": "J", "flag": flag}], rules, NOW)[0].score for flag in (True, 1, False, 0, [1])]

    assert [5, 3, 0, 0, 0] == scores


def test_age_counts_whole_steps_up_to_the_cap() -> None:
    """
    Age brings points for each whole step, none before it begins, and never more than the cap.
    """
    rules = simple(
        {"id": "age", "weight": 2, "age": {"since": "since", "points": 3, "per": "12h", "cap": 10}}
    )
    waits = [-DAY, timedelta(0), 12 * HOUR - timedelta(microseconds=1), 12 * HOUR, DAY, 2 * DAY, 900 * DAY]

    assert [0, 0, 0, 6, 12, 20, 20] == [place(rules, since=NOW - wait).score for wait in waits]
    assert 0 == place(rules, since=None).score


def test_slack_counts_the_first_step_that_holds() -> None:
    """
    The less time is left, the more points; at exactly a step's time it holds.
    """
    steps = [{"left": "0s", "points": 50}, {"left": "2h", "points": 30}, {"left": "8h", "points": 10}]
    rules = simple({"id": "slack", "slack": {"due": "due", "steps": steps}})
    left = [-HOUR, timedelta(0), HOUR, 2 * HOUR, 2 * HOUR + timedelta(microseconds=1), 8 * HOUR, 9 * HOUR]

    assert [50, 50, 30, 30, 10, 10, 0] == [place(rules, due=NOW + rest).score for rest in left]
    assert "due is unknown" == place(rules).terms[0].because


def test_time_left_may_be_told_outright() -> None:
    """
    The time left comes from the fact of a clock as well as from its due instant.
    """
    rules = simple({"id": "slack", "slack": {"left": "left", "steps": [{"left": "2h", "points": 30}]}})

    assert [30, 0] == [place(rules, left=rest).score for rest in (HOUR, "3h")]


def test_critical_ratio_measures_slack_by_the_work() -> None:
    """
    Time left over time needed decides, so that a long job becomes urgent before a short one; exactly.
    """
    steps = [{"ratio": "1", "points": 20}, {"ratio": "1.5", "points": 10}]
    rules = simple({"id": "ratio", "slack": {"due": "due", "need": "work", "steps": steps}})
    due = NOW + 6 * HOUR

    assert [20, 10, 0, 0] == [
        place(rules, due=due, work=work).score
        for work in (6 * HOUR, 4 * HOUR, 4 * HOUR - timedelta(microseconds=1), None)
    ]


def test_a_term_counts_only_in_its_bands() -> None:
    """
    A term that is narrowed to some bands is no part of the score elsewhere.
    """
    age = {"id": "waiting", "bands": ["deferred"], "age": {"since": "deferred", "per": "7d", "cap": 20}}
    rules = load(terms=[age])

    assert ["waiting"] == [mark.term for mark in place(rules, deferred=NOW - 30 * DAY).terms]
    assert () == place(rules, hazard=True, deferred=NOW - 30 * DAY).terms


def test_tie_break_puts_smaller_first_and_unknown_last() -> None:
    """
    Jobs of equal score stand by the tie-break, those of which it is not known behind the others.
    """
    rules = load(terms=[], bands=[{"id": "all"}], tie_break=["since", "tier", "id"])
    jobs = [
        job("c", since=None),
        job("b", since=NOW),
        job("z", since=NOW - DAY),
        job("a", since=NOW, tier="zinc"),
        job("y", since="2026-03-10T09:00:00+01:00", tier="argon"),
    ]

    assert ["z", "y", "b", "a", "c"] == order(jobs, rules)


def test_tie_break_reads_undeclared_instants_as_the_terms_do() -> None:
    """
    Without declared facts, what a term takes for an instant is one in the tie-break too, whatever its form.
    """
    rules = PriorityRules.load(
        {
            "id": "r",
            "direction": "larger_higher",
            "tie_break": ["since", "id"],
            "bands": [{"id": "all"}],
            "terms": [{"id": "age", "age": {"since": "since", "per": "1d", "cap": 3}}],
        }
    )
    jobs: list[dict[str, Any]] = [
        {"id": "a", "since": "2026-03-10T07:30:00Z"},
        {"id": "b", "since": NOW - HOUR},
        {"id": "c", "since": "2026-03-10T09:15:00+02:00"},
    ]

    assert ["b", "c", "a"] == order(jobs, rules)


def test_values_of_several_kinds_have_one_order() -> None:
    """
    A tie-break over undeclared values of every kind still orders all of them, what is no value last.
    """
    rules = PriorityRules.load(
        {"id": "r", "direction": "larger_higher", "tie_break": ["x", "id"], "bands": [{"id": "all"}]}
    )
    values = [
        "text", NOW, NOW.date(), DAY, 2, Decimal("1.5"), True, 1.7, [1], float("nan"), Decimal("NaN"), None
    ]  # fmt: skip
    jobs = [{"id": f"J{place:02}", "x": value} for place, value in enumerate(values)]

    expected = ["J06", "J05", "J07", "J04", "J01", "J02", "J03", "J00", "J08", "J09", "J10", "J11"]
    assert expected == order(jobs, rules) == order(jobs[::-1], rules)


def test_private_values_are_never_told() -> None:
    """
    A value that is hidden is not read, even where nobody declared it private.
    """
    rules = PriorityRules.load(
        {
            "id": "r",
            "direction": "larger_higher",
            "tie_break": ["id"],
            "bands": [{"id": "all"}],
            "terms": [{"id": "t", "scale": {"fact": "secret", "levels": ["x", "y"]}}],
        }
    )
    found = rank([{"id": "J", "secret": Redacted("x", salt="s")}], rules, NOW)[0]

    assert "secret is not on the scale and counts as y" == found.terms[0].because


def test_jobs_are_ranked_alone_or_with_facts() -> None:
    """
    A job needs no facts but its own; with facts of other namespaces these can be named.
    """
    rules = PriorityRules.load(
        {
            "id": "r",
            "direction": "one_highest",
            "tie_break": ["job.id"],
            "bands": [{"id": "storm", "when": 'host.weather == "storm"'}, {"id": "rest"}],
            "terms": [{"id": "tier", "scale": {"fact": "job.terms.tier", "levels": ["gold", "basic"]}}],
        },
        declare({"host.weather": "code"}),
    )
    plain = Job(
        id="J1",
        type="repair",
        states={"work": State(name="open", category="open")},
        terms=Terms(tier="gold"),
    )
    windy = gather(
        put(put(plain, "$.terms.tier", "basic"), "$.terms.channel", "phone"), host={"weather": "storm"}
    )

    assert ["J1", "rest"] == [rank([plain], rules, NOW)[0].id, rank([plain], rules, NOW)[0].band]
    assert "storm" == rank([windy], rules, NOW)[0].band


def test_rules_follow_their_versions() -> None:
    """
    Of several versions the one in force at the instant ranks; before the first there is no answer.
    """
    old = load(version="1")
    new = load(version="2", bands=[{"id": "all"}], terms=[])
    versions = Versions(
        [
            Version(effective_from=NOW - DAY, number="1", value=old),
            Version(effective_from=NOW + DAY, number="2", value=new),
        ]
    )
    jobs = [job("J1", hazard=True)]

    assert ["order@1", "order@2"] == [rank(jobs, versions, at)[0].rules for at in (NOW, NOW + DAY)]
    with pytest.raises(NotFound):
        rank(jobs, versions, NOW - 2 * DAY)


def test_now_in_any_zone_ranks_alike() -> None:
    """
    The same instant read in another zone gives the same places.
    """
    jobs = [job("a", since=NOW - DAY), job("b", due=NOW + 4 * HOUR)]
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))

    assert rank(jobs, load(), NOW) == rank(jobs, load(), elsewhere)


def test_jobs_without_an_id_are_refused_all_at_once() -> None:
    """
    A job that has no id, or the id of another, is refused with its place; nothing is ranked.
    """
    with pytest.raises(Invalid) as refused:
        rank([job("a"), {"tier": "gold"}, job(""), job("a"), {"id": 7}], load(), NOW)

    assert [
        ("priority.no_id", "$[1].id"),
        ("priority.no_id", "$[2].id"),
        ("priority.same_id", "$[a]"),
        ("priority.no_id", "$[4].id"),
    ] == codes(refused)


def test_a_naive_now_is_refused() -> None:
    """
    An instant without a zone is no instant.
    """
    with pytest.raises(Invalid) as refused:
        rank([], load(), NOW.replace(tzinfo=None))

    assert [("instants.naive", "$.now")] == codes(refused)


def test_what_is_no_job_is_a_type_error() -> None:
    """
    Handing over something that is neither job nor facts is a mistake in the program.
    """
    with pytest.raises(TypeError, match="not str"):
        rank(["J1"], load(), NOW)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({"hazard": True}, {"tier": "gold"}, "a comes before b, as life_safety outranks deferred."),
        (
            {"tier": "gold", "since": NOW - DAY},
            {"urgency": "medium"},
            "a comes before b, as its score in deferred is 31 and not 20: tier +20, matter -10, age +1.",
        ),
        ({}, {}, "a comes before b, as both score 10 in deferred, and the tie-break puts it first."),
    ],
)
def test_compare_says_why(one: dict[str, Any], other: dict[str, Any], reason: str) -> None:
    """
    One sentence tells why a job comes before another, whichever is named first.
    """
    first, second = rank([job("b", **other), job("a", **one)], load(), NOW)

    assert reason == compare(first, second) == compare(second, first)


def test_compare_tells_of_promotions_and_overrides() -> None:
    """
    Who stands in a band by promotion or by somebody's word is told with it.
    """
    rules = load(promotions=[{"id": "forgotten", "bands": ["deferred"], "to": "planned"}])
    word = Override(job="b", by="lena", reason="a promise", at=NOW, band="repair")
    places = rank([job("a"), job("b")], rules, NOW, overrides=[word])

    assert (
        "b comes before a, as repair (moved to repair by lena: a promise)"
        " outranks planned (promoted from deferred by forgotten)."
    ) == compare(*places)


def test_a_job_is_not_compared_with_itself() -> None:
    """
    One and the same job has no order.
    """
    found = place(load())

    assert "J1 is one and the same job." == compare(found, found)


def test_places_of_other_rules_have_no_order() -> None:
    """
    Comparing or joining places that other rules gave is refused.
    """
    one, other = place(load()), rank([job("J2")], load(version="2"), NOW)[0]
    for mixed in (lambda: compare(one, other), lambda: in_order([one, other])):
        with pytest.raises(Invalid) as refused:
            mixed()

        assert [("priority.other_rules", "$")] == codes(refused)


def test_pages_ranked_apart_join_into_one_order() -> None:
    """
    Places ranked page by page are the places ranked at once.
    """
    jobs = [job(f"J{number}", tier=tier) for number, tier in enumerate(["basic", "gold", "silver", "gold"])]
    pages = [*rank(jobs[:2], load(), NOW), *rank(jobs[2:], load(), NOW)]

    assert rank(jobs, load(), NOW) == in_order(pages)


def test_facts_are_left_as_they_are() -> None:
    """
    Ranking changes nothing in what it was handed.
    """
    rules = load(defaults=[{"id": "tier", "fact": "tier", "value": "gold"}])
    mine = job("J1", tier=None)
    before = dict(mine)
    rank([mine], rules, NOW)

    assert before == mine
    assert 6 == len(BANDS)
