"""Promises of term weights: rare words tell more, and the forms of one word are one."""

from math import log2

import pytest

from jobkit.duplicates._text import stem, term_weights, terms_of


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("leaking", "leak"),
        ("leaked", "leak"),
        ("leaks", "leak"),
        ("boxes", "boxe"),
        ("gas", "gas"),
        ("king", "king"),
        ("e1205s", "e1205s"),
        ("störungen", "störungen"),
        ("", ""),
    ],
)
def test_stem(word: str, expected: str) -> None:
    """
    One English ending goes where four letters remain; short words, codes and other languages stay.
    """
    assert expected == stem(word)


def test_terms_are_each_told_once() -> None:
    """
    A text becomes its different stems in a fixed order, whatever the case and the signs.
    """
    assert ("engine", "leak", "oil") == terms_of("Oil LEAKS, leaking oil (engine)!")


def test_weights_follow_the_formula() -> None:
    """
    A term weighs by how many texts have it; what is in one text only weighs like what was never seen.
    """
    found = term_weights([("pump", "leak"), ("pump", "noise"), ("pump", "noise"), ("belt",)])

    assert found.weights["pump"] == pytest.approx(log2(1 + 1.5 / 3.5), abs=0.001)
    assert found.weights["noise"] == pytest.approx(log2(1 + 2.5 / 2.5), abs=0.001)
    assert found.otherwise == pytest.approx(log2(1 + 3.5 / 1.5), abs=0.001)
    assert {"pump", "noise"} == set(found.weights)


def test_term_in_every_text_still_weighs_something() -> None:
    """
    No weight is negative, so a shared word never speaks against a pair.
    """
    found = term_weights([("a",), ("a",), ("a",)])

    assert 0 < found.weights["a"] < 0.5


def test_vocabulary_is_bounded() -> None:
    """
    Of a huge vocabulary only the most common terms are listed, which are those that must weigh little.
    """
    texts = [(f"w{number}", "common") for number in range(50) for _ in range(2)]
    found = term_weights(texts, most=5)

    assert 5 == len(found.weights)
    assert "common" in found.weights


def test_no_texts_weigh_alike() -> None:
    """
    Without a corpus every term weighs the same.
    """
    found = term_weights([])

    assert {} == dict(found.weights)
    assert found.otherwise >= 0
