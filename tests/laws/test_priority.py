"""Laws of the order of work: the same for everybody, fair inside a band, and never crossed without a name."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from jobkit.conditions import Vocabulary
from jobkit.priority import (
    Override,
    PriorityRules,
    check,
    compare,
    in_order,
    next_change,
    overtaking_bound,
    rank,
)

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
HIGH, TIERS, KINDS = (
    ("high", "medium", "low"),
    ("gold", "silver", "basic"),
    ("stop", "repair", "planned", "other"),
)
WORDS = Vocabulary.of(
    {"id": "text", "impact": "code", "urgency": "code", "tier": "code", "kind": "code"}
    | dict.fromkeys(("since", "due", "put_off"), "instant")
)
DIRECTIONS = st.sampled_from(["one_highest", "larger_higher"])


def falling(draw: st.DrawFn, count: int, direction: str, most: int = 9) -> list[int]:
    """Draw numbers that never get more urgent, in the declared direction."""
    numbers = sorted(draw(st.lists(st.integers(-most, most), min_size=count, max_size=count)))
    return numbers[::-1] if direction == "larger_higher" else numbers


WHENS = (
    *(f'{fact} == "{level}"' for fact in ("impact", "urgency") for level in HIGH),
    *(f'tier != "{tier}"' for tier in TIERS),
    'urgency in ["high", "low"] and tier == "silver"',
    'not older_than(since, "30h")',
    'older_than(since, "10h") or urgency == "low"',
    'younger_than(since, "2d") and kind == "other"',
    'within(due, "5h")',
    "known(urgency)",
)
"""Questions about what the terms order, some of which favour the less urgent."""


@st.composite
def any_rules(draw: st.DrawFn) -> PriorityRules:
    """Draw loaded rules whose bands and promotions may ask anything of what the terms order."""
    data = draw(rule_data())
    bands = list(data["bands"])
    for place, when in enumerate(draw(st.lists(st.sampled_from(WHENS), max_size=2, unique=True))):
        bands.insert(draw(st.integers(0, len(bands) - 1)), {"id": f"more{place}", "when": when})
    ids = [band["id"] for band in bands]
    for place, when in enumerate(draw(st.lists(st.sampled_from(WHENS), max_size=1))):
        to = draw(st.integers(0, len(ids) - 2))
        sources = draw(st.lists(st.sampled_from(ids[to + 1 :]), min_size=1, unique=True))
        way = {"id": f"way{place}", "bands": sources, "to": ids[to], "when": when}
        data["promotions"] = [*data["promotions"], way]
    return PriorityRules.load({**data, "bands": bands}, WORDS)


@st.composite
def rule_data(draw: st.DrawFn, promotions: bool = True) -> dict[str, Any]:
    """Draw rules over the declared facts: weights, points, caps, steps, seasons, defaults, promotions."""
    direction = draw(DIRECTIONS)
    weights = st.integers(1, 5)
    spans = st.integers(1, 60).map("{}h".format)
    cap = draw(st.integers(3, 12))
    steps = sorted(draw(st.sets(st.integers(0, 60), min_size=1, max_size=3)))
    worth = sorted(draw(st.lists(st.integers(0, 9), min_size=len(steps), max_size=len(steps))))[::-1]
    rows, columns = (
        {"fact": fact, "levels": HIGH, "points": falling(draw, 3, direction)}
        for fact in ("impact", "urgency")
    )
    tier = {"fact": "tier", "levels": TIERS, "points": falling(draw, 3, direction)}
    age = {"since": "since", "points": draw(st.integers(1, 3)), "per": draw(spans), "cap": cap}
    due = [{"left": f"{left}h", "points": points} for left, points in zip(steps, worth, strict=True)]
    tables = [{"id": "matter", "weight": draw(weights), "table": {"rows": rows, "columns": columns}}]
    ways = [
        {"id": "gold", "bands": ["planned", "rest"], "to": "repair", "when": 'tier == "gold"'},
        {"id": "waited", "bands": ["rest"], "to": "planned", "when": 'older_than(put_off, "20h")'},
    ]
    return {
        "id": "law",
        "direction": direction,
        "tie_break": draw(st.sampled_from([["id"], ["since", "id"], ["tier", "due", "id"]])),
        "bands": [
            {"id": "stop", "when": 'kind == "stop"'},
            {"id": "near", "within": [{"due": "due", "left": "2h"}]},
            {"id": "repair", "when": 'kind == "repair"'},
            {"id": "planned", "when": 'kind == "planned"'},
            {"id": "rest"},
        ],
        "terms": [
            *tables,
            {"id": "tier", "weight": draw(weights), "scale": tier},
            {"id": "age", "weight": draw(weights), "age": age},
            {"id": "slack", "weight": draw(weights), "slack": {"due": "due", "steps": due}},
        ],
        "promotions": draw(st.lists(st.sampled_from(ways), unique_by=str)) if promotions else [],
        "defaults": draw(st.sampled_from([[], [{"id": "d", "fact": "urgency", "value": "medium"}]])),
        "seasons": draw(
            st.sampled_from([[], [{"id": "s", "begins": "03-10", "ends": "03-12", "weights": {"tier": 2}}]])
        ),
    }


@st.composite
def rules(draw: st.DrawFn, promotions: bool = True) -> PriorityRules:
    """Draw loaded rules."""
    return PriorityRules.load(draw(rule_data(promotions)), WORDS)


instants = st.integers(-100 * 60, 100 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
facts = st.fixed_dictionaries(
    {},
    optional={
        "impact": st.sampled_from((*HIGH, "odd")),
        "urgency": st.sampled_from(HIGH),
        "tier": st.sampled_from(TIERS),
        "kind": st.sampled_from(KINDS),
        "since": instants,
        "due": instants,
        "put_off": instants,
    },
)
jobs = st.lists(facts, max_size=8).map(
    lambda many: [{"id": f"J{place}", **each} for place, each in enumerate(many)]
)


@given(rules(), jobs, st.randoms(use_true_random=False))
def test_rank_ignores_input_order(rules: PriorityRules, jobs: list[dict[str, Any]], chance: Any) -> None:
    """
    However the jobs are shuffled, every dispatcher sees the same places.
    """
    shuffled = list(jobs)
    chance.shuffle(shuffled)

    assert rank(jobs, rules, NOW) == rank(shuffled, rules, NOW)


@given(rules(), jobs, st.integers(0, 8))
def test_order_of_two_jobs_depends_on_no_other(
    rules: PriorityRules, jobs: list[dict[str, Any]], cut: int
) -> None:
    """
    Leaving jobs out changes nothing among those that stay, and pages ranked apart join into the whole.
    """
    whole = rank(jobs, rules, NOW)
    part = rank(jobs[:cut], rules, NOW)
    kept = {place.id for place in part}

    assert [place.id for place in whole if place.id in kept] == [place.id for place in part]
    assert whole == in_order([*rank(jobs[cut:], rules, NOW), *part])


@given(rules(), jobs)
def test_order_is_total_and_told(rules: PriorityRules, jobs: list[dict[str, Any]]) -> None:
    """
    Any two jobs have an order, the same whichever is asked first, and a sentence that says it.
    """
    places = rank(jobs, rules, NOW)

    assert list(range(1, len(jobs) + 1)) == [place.position for place in places]
    for first, second in pairwise(places):
        assert first.key < second.key
        told = compare(second, first)
        assert told == compare(first, second)
        assert told.startswith(f"{first.id} comes before {second.id}, as ")


@given(rules(), facts)
def test_score_is_the_sum_of_its_terms(rules: PriorityRules, facts: dict[str, Any]) -> None:
    """
    A score is whole and made of nothing but the terms that are told.
    """
    (place,) = rank([{"id": "J", **facts}], rules, NOW)

    assert type(place.score) is int
    assert place.score == sum(mark.points for mark in place.terms)


def better(rules: PriorityRules, facts: Mapping[str, Any], more: Mapping[str, Any]) -> bool:
    """Whether a job with *more* on top of *facts* stands no lower; ids favour the other."""
    first = rank([{"id": "B", **facts, **more}, {"id": "A", **facts}], rules, NOW)
    one, other = (next(place for place in first if place.id == id) for id in "BA")
    return one.key[:2] <= other.key[:2]


def told(rules: PriorityRules, fact: str) -> bool:
    """Whether checking the rules tells that they bring the less urgent first by this fact."""
    return fact in {finding.params["fact"] for finding in check(rules)}


@given(rules() | any_rules(), facts, st.sampled_from(HIGH), st.sampled_from(HIGH))
def test_more_urgent_never_ranks_lower(
    rules: PriorityRules, facts: dict[str, Any], one: str, other: str
) -> None:
    """
    All else equal, a more urgent impact or urgency never brings a job behind, or a finding says so.
    """
    high, low = sorted((one, other), key=HIGH.index)

    for fact in ("impact", "urgency"):
        assert better(rules, {**facts, fact: low}, {fact: high}) or told(rules, fact)


@given(rules() | any_rules(), facts, st.sampled_from(TIERS), st.sampled_from(TIERS))
def test_higher_tier_never_ranks_lower(
    rules: PriorityRules, facts: dict[str, Any], one: str, other: str
) -> None:
    """
    All else equal, a higher tier never brings a job behind, or a finding says so.
    """
    high, low = sorted((one, other), key=TIERS.index)

    assert better(rules, {**facts, "tier": low}, {"tier": high}) or told(rules, "tier")


@given(rules() | any_rules(), facts, instants, instants)
def test_older_never_ranks_lower(
    rules: PriorityRules, facts: dict[str, Any], one: datetime, other: datetime
) -> None:
    """
    All else equal, an older job, or one with less time left, never stands behind, or a finding says so.
    """
    old, young = sorted((one, other))

    assert better(rules, {**facts, "since": young}, {"since": old}) or told(rules, "since")
    assert better(rules, {**facts, "due": young}, {"due": old}) or told(rules, "due")


@given(rules())
def test_sound_rules_have_no_finding(rules: PriorityRules) -> None:
    """
    Rules whose bands and promotions favour what their terms favour are told nothing.
    """
    assert () == check(rules)


@given(rules(), jobs)
def test_bands_invert_only_by_a_named_promotion(rules: PriorityRules, jobs: list[dict[str, Any]]) -> None:
    """
    If a job comes before one of a higher natural band, a promotion of the rules stands in its place.
    """
    places = rank(jobs, rules, NOW)
    order = [band.id for band in rules.data.bands]
    names = {way.id for way in rules.data.promotions}

    for place in places:
        assert (place.band == place.natural) is (place.promoted_by == ())
        assert set(place.promoted_by) <= names
        assert order.index(place.band) <= order.index(place.natural)
    assert sorted(order.index(place.band) for place in places) == [
        order.index(place.band) for place in places
    ]
    for first, second in pairwise(places):
        if order.index(first.natural) > order.index(second.natural):
            assert first.promoted_by


@given(rules(promotions=False), facts, facts)
def test_ageing_never_leaves_a_band(rules: PriorityRules, one: dict[str, Any], other: dict[str, Any]) -> None:
    """
    However long a job waits, without a promotion it stays behind a new one of a higher band.
    """
    ancient = {"id": "A", **one, "since": NOW - timedelta(days=9_000)}
    fresh = {"id": "B", **other, "since": NOW}
    first, second = rank([ancient, fresh], rules, NOW)
    order = [band.id for band in rules.data.bands]

    assert order.index(first.natural) <= order.index(second.natural)


@given(rules(), facts, st.integers(0, 3))
def test_nothing_changes_before_the_next_change(
    rules: PriorityRules, facts: dict[str, Any], jumps: int
) -> None:
    """
    Band, score and key stay as they are until the instant that was told, also seen from a later one.
    """
    job, at = {"id": "J", **facts}, NOW
    for _ in range(jumps):
        at = next_change(job, rules, at) or at
    until = next_change(job, rules, at)
    last = at + timedelta(days=300) if until is None else until - TICK
    assume(last > at)

    seen = {
        (place.band, place.score, place.season)
        for moment in (at, at + (last - at) / 3, at + (last - at) / 2, last)
        for place in rank([job], rules, moment)
    }
    assert 1 == len(seen)
    assert until is None or until > at


@given(rule_data())
def test_dump_loads_back(data: dict[str, Any]) -> None:
    """
    Rules survive being dumped and loaded, with their digest.
    """
    rules = PriorityRules.load(data, WORDS)
    again = PriorityRules.load(rules.dump(), WORDS)

    assert (rules.data, rules.digest, rules.dump()) == (again.data, again.digest, again.dump())


@given(rules(), jobs, st.sampled_from(["stop", "repair", "rest"]))
def test_override_moves_no_other_job(rules: PriorityRules, jobs: list[dict[str, Any]], band: str) -> None:
    """
    A word about one job leaves the order of all others as it was.
    """
    word = Override(job="J0", by="lena", reason="said so", at=NOW, band=band)
    plain, moved = rank(jobs, rules, NOW), rank(jobs, rules, NOW, overrides=[word])

    assert [place.id for place in plain if place.id != "J0"] == [
        place.id for place in moved if place.id != "J0"
    ]
    assert all(place.band == band for place in moved if place.id == "J0")


# How many later arrivals overtake


@st.composite
def contests(draw: st.DrawFn) -> tuple[PriorityRules, timedelta, int, timedelta]:
    """Draw rules of one band with terms of age, how long a job waits, how many arrive in which time."""
    direction = draw(DIRECTIONS)
    points = draw(st.integers(1, 3))
    cap = points + draw(st.integers(0, 12))
    age = {"since": "since", "points": points, "per": f"{draw(st.integers(1, 5))}h", "cap": cap}
    second = {**age, "per": f"{draw(st.integers(1, 5))}h"}
    levels = sorted(draw(st.lists(st.integers(0, 8), min_size=3, max_size=3)))
    ordered = levels if direction == "one_highest" else levels[::-1]
    tier = {"fact": "tier", "levels": TIERS, "points": ordered}
    terms: list[dict[str, Any]] = [
        {"id": "tier", "weight": draw(st.integers(1, 3)), "scale": tier},
        {"id": "age", "weight": draw(st.integers(1, 2)), "age": age},
    ]
    if draw(st.booleans()):
        terms.append({"id": "more", "age": second})
    loaded = PriorityRules.load(
        {
            "id": "bound",
            "direction": direction,
            "tie_break": draw(st.sampled_from([["id"], ["since", "id"]])),
            "bands": [{"id": "all"}],
            "terms": terms,
        },
        WORDS,
    )
    return loaded, draw(st.integers(1, 24)) * HOUR, draw(st.integers(1, 3)), draw(st.integers(1, 8)) * HOUR


def overtakes(rules: PriorityRules, tier: str, delay: timedelta, rival: str, within: timedelta) -> bool:
    """Whether a rival that came *delay* later stands before the job at some time while it waits."""
    job = {"id": "J", "tier": tier, "since": NOW}
    later = {"id": "A", "tier": rival, "since": NOW + delay}
    # Scores change at whole hours of either age.
    hours = [hour * HOUR for hour in range(-(-within // HOUR) + 1)]
    moments = {NOW + delay, NOW + within, *(NOW + hour for hour in hours)}
    moments |= {NOW + delay + hour for hour in hours}
    return any(
        rank([job, later], rules, at)[0].id == "A" for at in moments if NOW + delay <= at <= NOW + within
    )


@given(contests(), st.data())
def test_no_more_than_the_bound_overtake(
    contest: tuple[PriorityRules, timedelta, int, timedelta], data: st.DataObject
) -> None:
    """
    Whatever arrives later and whenever, those that come before a job are within the window, and no more.
    """
    rules, within, arrivals, per = contest
    bound = overtaking_bound(rules, "all", arrivals=arrivals, per=per, within=within, now=NOW)
    tier = data.draw(st.sampled_from(TIERS))
    delays = data.draw(st.lists(st.integers(1, within // TICK).map(lambda ticks: ticks * TICK), max_size=4))
    edges = [bound.window + TICK, bound.window + HOUR]

    for delay in [*delays, *(edge for edge in edges if edge <= within)]:
        for rival in TIERS:
            if overtakes(rules, tier, delay, rival, within):
                assert delay <= bound.window


@given(contests())
def test_the_bound_is_reached(contest: tuple[PriorityRules, timedelta, int, timedelta]) -> None:
    """
    With one term of age, a job of the lowest tier is overtaken by as many as the bound says.
    """
    rules, within, arrivals, per = contest
    assume(len(rules.data.terms) == 2)
    bound = overtaking_bound(rules, "all", arrivals=arrivals, per=per, within=within, now=NOW)
    delays = [TICK + place * per for place in range(1_000) if TICK + place * per <= bound.window]

    assert bound.jobs == arrivals * len(delays)
    assert all(overtakes(rules, "basic", delay, "gold", within) for delay in delays)
    if bound.window:
        assert overtakes(rules, "basic", bound.window, "gold", within)
