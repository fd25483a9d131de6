"""Laws of requirements: the score is fair, and the unblocking set unblocks."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import combinations, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobkit.conditions import Vocabulary
from jobkit.requirements import Package, Review, compare, review

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
FLAGS = "abcde"
WORDS = "xyz"
VALUES: Mapping[str, tuple[Any, ...]] = {**dict.fromkeys(FLAGS, (True, False)), "s": (*WORDS, "other")}
VOCABULARY = Vocabulary.of({**dict.fromkeys(FLAGS, "bool"), "s": "code"})

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
    return Package.load({"id": "p", "requirements": data}, VOCABULARY)


def ways(deeds: Iterable[str], facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the facts after the deeds, in every way in which they can be done."""
    fitting: dict[str, set[Any]] = {}
    for text in deeds:
        name, _, value = text.removeprefix("not ").partition(" == ")
        meant = value == "true" if name in FLAGS else value.strip('"')
        keep = {choice for choice in VALUES[name] if (choice == meant) is not text.startswith("not ")}
        fitting[name] = fitting.get(name, {*VALUES[name]}) & keep
    for chosen in product(*fitting.values()):
        yield {**facts, **dict(zip(fitting, chosen, strict=True))}


def opens(package: Package, deeds: Iterable[str], facts: Mapping[str, Any]) -> bool:
    """Whether the deeds open the package, in whatever way they are done."""
    after = list(ways(deeds, facts))

    return bool(after) and all(review(package, way, NOW).open for way in after)


@given(packages(), facts)
def test_unblocking_set_unblocks(package: Package, facts: dict[str, Any]) -> None:
    """
    Doing every deed of the set opens the package, in whatever way each is done.
    """
    told = review(package, facts, NOW)

    if told.unblocking.possible:
        assert opens(package, [deed.text for deed in told.unblocking.deeds], facts)


@given(packages(), facts)
def test_no_deed_can_be_dropped(package: Package, facts: dict[str, Any]) -> None:
    """
    Without any one deed of the set, the others do not make sure that the package opens.
    """
    deeds = [deed.text for deed in review(package, facts, NOW).unblocking.deeds]

    assert [] == [left for left in deeds if opens(package, [deed for deed in deeds if deed != left], facts)]


@given(packages(applies=False), facts)
def test_proven_set_is_smallest(package: Package, facts: dict[str, Any]) -> None:
    """
    No smaller choice among the comparisons that the rules make opens the package.
    """
    told = review(package, facts, NOW).unblocking
    wanted = {literal for rule in package.rules for literal in rule.met.literals()}
    texts = sorted(f"{'' if one.wanted else 'not '}{one.atom.text}" for one in wanted)
    smaller = range(min(len(told.deeds), 4)) if told.possible else range(3)

    assert told.proven_smallest
    for size in smaller:
        assert not any(opens(package, chosen, facts) for chosen in combinations(texts, size))


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
    assert package.data == Package.load(package.to_data(), VOCABULARY).data


def test_review_is_a_value() -> None:
    """
    The same package, facts and instant give equal reviews.
    """
    package = Package.load({"id": "p", "requirements": [{"id": "a", "condition": "known(a)"}]})
    one, two = (review(package, {}, NOW) for _ in range(2))

    assert isinstance(one, Review)
    assert one == two
