"""Promises under odd input: whatever the data, one error of ours or an answer, never a crash."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.errors import Invalid, JobkitError, RuleFailed
from jobkit.model import Job, State
from jobkit.priority import Measure, Override, Points, PriorityRules, escalations, next_change, publish, rank
from jobkit.registry import Registry
from tests.priority.orders import NOW, RULES, job, load, simple

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
EVERYTHING = load(
    terms=[
        *RULES["terms"],
        {"id": "slack", "slack": {"due": "due", "steps": [{"left": "2h", "points": 30}]}},
        {"id": "ratio", "slack": {"left": "left", "need": "work", "steps": [{"ratio": "1.5", "points": 3}]}},
    ],
    defaults=[{"id": "d", "fact": "tier", "value": "gold"}],
    seasons=[{"id": "s", "begins": "11-01", "ends": "03-01"}],
    promotions=[{"id": "p", "bands": ["deferred"], "to": "planned", "when": 'older_than(deferred, "30d")'}],
    escalations=[{"id": "e", "when": 'older_than(since, "1d")', "who": "w", "reason": "r"}],
)
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.decimals(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.timedeltas(),
    st.lists(st.integers(), max_size=2),
    st.sampled_from(["gold", "high", "warranty", "2h", "2026-03-10T08:00:00Z", FIRST, LAST, Decimal("NaN")]),
)


@given(st.dictionaries(st.sampled_from(sorted(job("J"))), odd), st.sampled_from([FIRST, NOW, LAST]))
def test_odd_facts_have_a_place(facts: dict[str, Any], now: datetime) -> None:
    """
    Values of any kind in the facts are read or unknown: the job is ranked, explained, and its change told.
    """
    mine = {**facts, "id": "J1"}
    (place,) = rank([mine], EVERYTHING, now)
    turn = next_change(mine, EVERYTHING, now)

    assert place.explain().startswith("1. J1: ")
    assert turn is None or turn > now
    assert isinstance(escalations(mine, EVERYTHING, now), tuple)


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=4), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "fact", "levels", "due", "left", "points", "when"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(EVERYTHING.dump())), plain)
def test_odd_rules_are_refused_or_loaded(part: str, value: Any) -> None:
    """
    Whatever stands in place of a part of the rules, they load and publish, or one error says why not.
    """
    try:
        page = publish(PriorityRules.load({**EVERYTHING.dump(), part: value}))
    except JobkitError:
        page = "# refused"

    assert page.startswith("# ")


@pytest.mark.parametrize("source", [None, 7, [], "= nonsense", {}])
def test_what_is_no_rules_is_refused(source: Any) -> None:
    """
    Something else than rules is refused with our error.
    """
    with pytest.raises(Invalid):
        PriorityRules.load(source)


@pytest.mark.parametrize("points", [1.5, float("nan"), True, 2**60, None])
def test_points_of_an_override_are_whole(points: Any) -> None:
    """
    A score stays exact whatever a person says.
    """
    with pytest.raises(Invalid) as refused:
        Override(job="J1", by="lena", reason="so", at=NOW, points=points)

    assert "priority.override_points" == refused.value.code


def test_a_default_that_does_not_fit_names_itself() -> None:
    """
    Without declared facts a default may not fit its place; what comes of it is ours and names the default.
    """
    rules = PriorityRules.load(
        {
            "id": "r",
            "direction": "larger_higher",
            "tie_break": ["job.id"],
            "bands": [{"id": "all"}],
            "defaults": [{"id": "odd", "fact": "job.terms.urgency", "value": "high"}],
        }
    )

    class Terms(Mapping[str, Any]):
        """Terms that cannot be read through."""

        def __getitem__(self, key: str) -> Any:
            raise KeyError(key)

        def __iter__(self) -> Any:
            raise ValueError("broken")

        def __len__(self) -> int:
            return 0

    with pytest.raises(RuleFailed) as failed:
        rank([{"job": {"id": "J1", "terms": Terms()}}], rules, NOW)
    assert "The default odd raised ValueError." == failed.value.message


def test_a_registered_turn_carries_a_zone() -> None:
    """
    An instant without a zone from a host's term is refused with the term's place.
    """
    naive = Measure(
        read=lambda facts, now: Points("x", 1, "x"),
        low=0,
        high=1,
        turns=lambda facts, now: datetime(2030, 1, 1),
    )
    registry = Registry.of(ranking_term={"acme.x": lambda term, bench, path: naive})
    rules = simple({"id": "x", "kind": "acme.x"}, registry=registry)
    with pytest.raises(Invalid) as refused:
        next_change(job("J1"), rules, NOW)

    assert ("instants.naive", "$.terms[x].turns") == (refused.value.code, refused.value.path)


def test_the_ends_of_time_are_ranked() -> None:
    """
    At the first and the last instant there is, seasons, ages and changes still have an answer.
    """
    rules = load(seasons=[{"id": "s", "begins": "12-31", "ends": "01-02"}], zone="Pacific/Kiritimati")

    for at in (FIRST, LAST):
        assert 1 == len(rank([job("J1", since=LAST, due=FIRST)], rules, at))
        assert next_change(job("J1", since=LAST - timedelta(hours=1)), rules, LAST) is None


def test_a_job_as_a_value_needs_nothing_more() -> None:
    """
    A job without any of the facts that the rules name is ranked all the same.
    """
    rules = PriorityRules.load({**RULES, "tie_break": ["job.id"]})
    bare = Job(id="J1", type="repair", states={"work": State(name="open", category="open")})

    assert "deferred" == rank([bare], rules, NOW)[0].band
