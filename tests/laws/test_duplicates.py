"""Laws of matching: one score wherever two records meet, whatever came first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from math import fsum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.duplicates import Found, Index, Key, MatchRules, Record, compare, look_up, match_all, normal
from jobkit.duplicates._prepare import READERS
from jobkit.errors import Invalid
from tests.duplicates.policies import KEYS, NOW, WINDOW, load, one_rule

ASSETS = ("EX-0012", "ex 12", "EX12", "EX13", "PC-9", "pc9/O1", None, "")
WORDS = ("pump", "leaks", "leaking", "the", "Won't", "start", "NO", "power", "гидравлика")
PHONES = ("0151 234567", "+49 151 234567", "312 555 0123", None)
TYPES = ("breakdown", "repair", "planned", "survey", None)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ANY_FORM = (normal.exact, normal.serial, normal.phone, normal.address, normal.name, normal.plain, normal.code)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Draw a request in which anything may be missing."""
    opened = draw(st.none() | st.integers(0, 40 * 24))
    heard = draw(st.none() | st.integers(0, 40 * 24))
    return {
        "asset": draw(st.sampled_from(ASSETS)),
        "text": " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=5))) or None,
        "phone": draw(st.sampled_from(PHONES)),
        "type": draw(st.sampled_from(TYPES)),
        "opened": None if opened is None else NOW - timedelta(hours=opened),
        "latest": None if heard is None else NOW - timedelta(hours=heard),
    }


BATCHES = st.lists(records(), max_size=12).map(lambda drawn: {f"J-{n}": one for n, one in enumerate(drawn)})
CUT = {**WINDOW, "cut": "20d"}
NEWEST = [{**key, "most": 2} for key in KEYS]
POLICIES = st.sampled_from(
    [
        load(),
        load(cap=2),
        load(window=CUT),
        load(window=CUT, cap=1),
        load(window=None, cap=3, scope=None),
        load(window=CUT, cap=2, keys=NEWEST),
    ]
)
NO_CAP = st.sampled_from([load(), load(window=CUT), load(window={**WINDOW, "smooth": True})])


def indexed(rules: MatchRules, batch: Mapping[str, Record]) -> Index:
    """Return an index built at once."""
    index = Index(rules)
    for id, record in batch.items():
        index.add(id, record)
    return index


@given(records(), records(), POLICIES)
def test_comparing_is_symmetric(left: Record, right: Record, rules: MatchRules) -> None:
    """
    It does not matter which of two records is asked about.
    """
    assert compare(rules, left, right) == compare(rules, right, left)


@given(records(), records(), POLICIES)
def test_contributions_sum_to_the_score(left: Record, right: Record, rules: MatchRules) -> None:
    """
    The score is the exact sum of what is told, in any order.
    """
    match = compare(rules, left, right)
    told = [one.weight for one in match.contributions]

    assert match.score == fsum(told) == fsum(reversed(told))


@given(records(), records(), NO_CAP)
def test_band_is_never_above_the_score(left: Record, right: Record, rules: MatchRules) -> None:
    """
    Window and scope lower a band and never raise one.
    """
    match, bands = compare(rules, left, right), rules.data.bands
    reached = 2 if match.score >= bands.same else 1 if match.score >= bands.ask else 0

    assert ("different", "ask", "same").index(match.band) <= reached


class Rows:
    """A host's table that brings all it has."""

    def __init__(self, rows: Mapping[str, Record]) -> None:
        self.rows = rows

    def candidates(self, record: Record, keys: Sequence[Key]) -> Iterable[tuple[str, Record]]:
        """Return every row."""
        return self.rows.items()


def scores(found: Found) -> dict[str, tuple[float, str]]:
    """Return score and band by id."""
    return {one.id: (one.match.score, one.match.band) for one in found.matches}


@given(records(), BATCHES, NO_CAP)
def test_one_policy_gives_one_score(asked: Record, batch: Mapping[str, Record], rules: MatchRules) -> None:
    """
    Index, look-up, batch and the two records alone give the same score and band.
    """
    everything = {**batch, "asked": asked}
    online = indexed(rules, batch).find(asked, limit=99, different=True)
    from_host = look_up(rules, asked, Rows(batch), limit=99, different=True)
    alone = {id: compare(rules, asked, record) for id, record in batch.items()}
    together = {
        (pair.right if pair.left == "asked" else pair.left): (pair.score, pair.band)
        for pair in match_all(rules, everything).pairs
        if "asked" in (pair.left, pair.right)
    }

    expected = {id: (match.score, match.band) for id, match in alone.items()}
    assert all(expected[id] == told for id, told in scores(online).items())
    assert all(expected[id] == told for id, told in together.items())
    assert scores(online).keys() <= together.keys()
    if from_host.considered:
        assert expected == scores(from_host)


@given(BATCHES, BATCHES, st.lists(st.integers(0, 11)), records(), POLICIES)
def test_index_equals_rebuilt(
    first: Mapping[str, Record],
    second: Mapping[str, Record],
    removed: list[int],
    asked: Record,
    rules: MatchRules,
) -> None:
    """
    After any adding, replacing and removing, an index answers as one built from what is left, cap and all.
    """
    index = indexed(rules, {**first, **second})
    left = {**first, **second}
    for id, record in first.items():
        index.add(id, record)
        left[id] = record
    for number in removed:
        index.remove(f"J-{number}")
        left.pop(f"J-{number}", None)

    assert indexed(rules, left).find(asked, different=True) == index.find(asked, different=True)
    assert len(left) == len(index)


@given(
    BATCHES.flatmap(lambda batch: st.tuples(st.just(batch), st.permutations(list(batch)))),
    records(),
    POLICIES,
)
def test_order_of_arrival_does_not_matter(
    drawn: tuple[Mapping[str, Record], list[str]], asked: Record, rules: MatchRules
) -> None:
    """
    Whatever was taken in first, the same candidates are chosen and told in the same order.
    """
    batch, order = drawn
    again = {id: batch[id] for id in order}

    assert indexed(rules, batch).find(asked) == indexed(rules, again).find(asked)


@given(records(), BATCHES, NO_CAP)
def test_excluded_is_as_if_it_were_not_there(
    asked: Record, batch: Mapping[str, Record], rules: MatchRules
) -> None:
    """
    A search that excludes some records is the search of an index without them, and all excluded is none.
    """
    left = {id: record for id, record in batch.items() if id not in ("J-0", "J-2")}
    index = indexed(rules, batch)

    assert indexed(rules, left).find(asked, different=True).matches == (
        index.find(asked, exclude=["J-0", "J-2"], different=True).matches
    )
    assert 0 == index.find(asked, exclude=batch.keys(), different=True).considered


@given(records(), POLICIES)
def test_record_agrees_with_itself(record: Record, rules: MatchRules) -> None:
    """
    Compared with itself, each value of a record agrees or is missing.
    """
    told = {one.similarity for one in compare(rules, record, record).contributions}

    assert told <= {1.0, None}


@given(records(), records())
def test_dumped_rules_give_the_same_score(left: Record, right: Record) -> None:
    """
    Rules that were written out and read back compare as before.
    """
    assert compare(load(), left, right) == compare(MatchRules.load(load().to_data()), left, right)


@pytest.mark.parametrize("form", ANY_FORM)
@given(text=ANY_TEXT)
def test_every_text_has_a_normal_form(form: Callable[[str], str], text: str) -> None:
    """
    No text is too odd for a normal form, and none grows beyond the limit.
    """
    assert normal.LONGEST >= len(form(text))


@pytest.mark.parametrize("kind", sorted(set(READERS) - {"number", "distance", "time", "overlap"}))
@given(left=ANY_TEXT, right=ANY_TEXT)
def test_every_comparator_is_symmetric_and_within_bounds(kind: str, left: str, right: str) -> None:
    """
    Whatever two texts are compared, the likeness is the same from both sides and lies from 0 to 1.
    """
    rules = one_rule(kind=kind)
    there, back = (compare(rules, {"it": a}, {"it": b}) for a, b in ((left, right), (right, left)))

    assert there == back
    likeness = there.contributions[1].similarity
    assert likeness is None or 0 <= likeness <= 1


ANY_VALUE = st.integers() | st.floats() | ANY_TEXT | st.binary() | st.lists(st.integers() | ANY_TEXT)


@given(st.dictionaries(st.sampled_from(["asset", "text", "phone", "opened", "type"]), ANY_VALUE))
def test_any_record_is_compared_or_refused(record: dict[str, Any]) -> None:
    """
    A record with whatever values is compared, or refused with a finding; nothing else escapes.
    """
    other = {"asset": "A", "text": "pump", "phone": "1", "opened": NOW}
    refusal, score = None, 0.0
    try:
        score = compare(load(), record, other).score
    except Invalid as error:
        refusal = error

    assert refusal is not None or -100 < score < 100
    assert refusal is None or refusal.path.removeprefix("$.") in record
