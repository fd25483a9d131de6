"""
How much a word tells: the relevance weight of Robertson and Spärck Jones (1976), as BM25 uses it.

Of N texts, n have the word; without any relevance known, sharing it is evidence of
log2((N - n + ½) / (n + ½)) bits, kept positive by adding one inside (Robertson and Zaragoza 2009, "The
probabilistic relevance framework: BM25 and beyond"). Inflected forms of a word are counted together by a
light stem.
"""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from math import log2
from typing import Final

from jobkit.duplicates._data import Terms
from jobkit.duplicates._normal import words
from jobkit.mappings import FrozenMap

_DIGITS: Final = 3
_ENDINGS: Final = ("ing", "ed", "es", "s")
_SHORTEST: Final = 4


@lru_cache(maxsize=32_768)
def stem(word: str) -> str:
    """
    Return a word without one English ending of inflection, where four letters or more remain.

    Lighter than Porter's rules on purpose: what is cut is the same for all forms, and names and numbers stay.

    >>> stem("leaking"), stem("leaks"), stem("gas"), stem("e1205")
    ('leak', 'leak', 'gas', 'e1205')
    """
    if not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def terms_of(text: str) -> tuple[str, ...]:
    """
    Return the different stems of the words of a text in alphabetical order.

    >>> terms_of("Pump leaks; the pumps leaked.")
    ('leak', 'pump', 'the')
    """
    return tuple(sorted(set(map(stem, words(text)))))


def term_weights(texts: Iterable[Iterable[str]], *, most: int = 50_000) -> Terms:
    """
    Return the bits of each term of *texts*, each given by its terms.

    Terms that occur in one text share one figure with those never seen, as do those beyond the *most* common.

    >>> weights = term_weights([("leak", "pump"), ("noise", "pump"), ("belt", "pump")])
    >>> weights.weights["pump"] < weights.otherwise
    True
    """
    counts: Counter[str] = Counter()
    total = 0
    for terms in texts:
        counts.update(set(terms))
        total += 1
    told = sorted(
        ((term, count) for term, count in counts.items() if count > 1), key=lambda item: (-item[1], item[0])
    )[:most]
    return Terms(
        weights=FrozenMap({term: _bits(total, count) for term, count in told}), otherwise=_bits(total, 1)
    )


def _bits(total: int, count: int) -> float:
    return round(log2(1 + max(0.0, total - count + 0.5) / (count + 0.5)), _DIGITS)
