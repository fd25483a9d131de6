"""Laws of requirements: the score is fair, and the unblocking set unblocks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobkit.conditions import Vocabulary
from jobkit.requirements import Deed, Package, Review, compare, review

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
FLAGS = "abcde"
WORDS = "xyz"

literals = st.one_of(
    st.builds("{} == {}".format, st.sampled_from(FLAGS), st.sampled_from(["true", "false"])),
    st.builds('s == "{}"'.format, st.sampled_from(WORDS)),
)
conditions = st.recursive(
    literals,
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)
facts = st.fixed_dictionaries(
    {}, optional={"s": st.sampled_from(WORDS), **{flag: st.booleans() for flag in FLAGS}}
)


@st.composite
def packages(draw: st.DrawFn, applies: bool = True) -> Package:
    """Draw a package of one to four requirements."""
    chosen = draw(
        st.lists(st.tuples(conditions, st.none() | conditions, st.integers(1, 5)), min_size=1, max_size=4)
    )
    data = [
        {"id": f"r{place}", "condition": condition, "weight": weight}
        | ({"applies_when": when} if applies and when else {})
        for place, (condition, when, weight) in enumerate(chosen)
    ]
    return Package.load({"id": "p", "requirements": data}, Vocabulary.open())


def done(deeds: tuple[Deed, ...], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts after the deeds: each says which fact is to be what."""
    after = dict(facts)
    for deed in deeds:
        negated = deed.text.startswith("not ")
        name, _, value = deed.text.removeprefix("not ").partition(" == ")
        after[name] = _meant(value, negated)
    return after


def _meant(value: str, negated: bool) -> Any:
    if value in ("true", "false"):
        return (value == "true") is not negated
    return "other" if negated else value.strip('"')


@given(packages(), facts)
def test_unblocking_set_unblocks(package: Package, facts: dict[str, Any]) -> None:
    """
    Doing every deed of the set opens the package.
    """
    told = review(package, facts, NOW)

    if told.unblocking.possible:
        assert review(package, done(told.unblocking.deeds, facts), NOW).open


@given(packages(), facts)
def test_no_deed_can_be_dropped(package: Package, facts: dict[str, Any]) -> None:
    """
    Leaving out any deed of the set leaves the package closed.
    """
    deeds = review(package, facts, NOW).unblocking.deeds
    partial = [tuple(deed for deed in deeds if deed is not left) for left in deeds]

    assert [] == [left for left in partial if review(package, done(left, facts), NOW).open]


@given(packages(applies=False), facts)
def test_proven_set_is_smallest(package: Package, facts: dict[str, Any]) -> None:
    """
    No way of setting fewer facts than a proven set has opens the package.
    """
    told = review(package, facts, NOW).unblocking
    values: dict[str, tuple[Any, ...]] = {"s": tuple(WORDS), **dict.fromkeys(FLAGS, (True, False))}
    single = [(name, value) for name, choices in values.items() for value in choices]
    fewer = len(told.deeds) - 1

    assert told.proven_smallest
    for changes in combinations(single, max(fewer, 0)) if told.possible and fewer >= 0 else ():
        assert not review(package, {**facts, **dict(changes)}, NOW).open


@given(packages(), facts)
def test_score_is_one_exactly_when_nothing_is_unmet(package: Package, facts: dict[str, Any]) -> None:
    """
    A full score means that no applicable requirement is open, and the other way round.
    """
    told = review(package, facts, NOW)

    assert 0 <= told.score <= 1
    assert (told.score == 1) is (not told.unmet)
    assert told.open is (not told.unmet)


@given(packages(), facts, facts)
def test_score_rises_with_every_requirement_met(
    package: Package, some: dict[str, Any], more: dict[str, Any]
) -> None:
    """
    For the same applicable requirements, meeting those met before and more never lowers the score.
    """
    before, after = review(package, some, NOW), review(package, more, NOW)
    same = {*before.met, *before.unmet} == {*after.met, *after.unmet}

    if same and set(before.met) <= set(after.met):
        assert before.score <= after.score


@given(packages(), facts, facts)
def test_every_fall_has_a_cause(package: Package, some: dict[str, Any], more: dict[str, Any]) -> None:
    """
    When the score falls, the comparison names what pulled it down.
    """
    told = compare(review(package, some, NOW), review(package, more, NOW))

    assert bool(told.fell_because) is (told.change < 0)


@given(packages(), facts)
def test_every_requirement_is_somewhere_once(package: Package, facts: dict[str, Any]) -> None:
    """
    Each requirement in force is met, unmet, waived or idle, and only one of these.
    """
    told = review(package, facts, NOW)
    named = [*told.met, *told.unmet, *told.waived, *told.idle]

    assert sorted(rule.requirement.id for rule in package.rules) == sorted(named)


@given(packages(), facts, st.sampled_from(FLAGS))
def test_unknown_never_opens(package: Package, facts: dict[str, Any], flag: str) -> None:
    """
    Forgetting a fact never makes a review open that was closed because of what is known.
    """
    known = {name: value for name, value in facts.items() if name != flag}
    forgotten = review(package, known, NOW)

    if forgotten.open:
        assert all(review(package, {**known, flag: value}, NOW).open for value in (True, False))


@given(packages())
def test_package_loads_from_its_data(package: Package) -> None:
    """
    What a package dumps loads to the same package.
    """
    assert package.data == Package.load(package.to_data(), Vocabulary.open()).data


def test_review_is_a_value() -> None:
    """
    The same package, facts and instant give equal reviews.
    """
    package = Package.load({"id": "p", "requirements": [{"id": "a", "condition": "known(a)"}]})
    one, two = (review(package, {}, NOW) for _ in range(2))

    assert isinstance(one, Review)
    assert one == two
