"""How alike two values are, from 0 to 1: one function for each kind, on prepared values."""

from collections.abc import Callable
from functools import partial
from itertools import repeat
from math import asin, cos, fsum, radians, sin, sqrt
from typing import Any

from rapidfuzz.distance import OSA, Indel, JaroWinkler
from rapidfuzz.fuzz import token_set_ratio

from jobkit.duplicates._data import MatchRule, Terms
from jobkit.duplicates._prepare import Weighed
from jobkit.duplicates._text_address import address_likeness
from jobkit.instants import TICK

Similar = Callable[[Any, Any], float]
Alike = Callable[[Any], Callable[[Any], float]]
"""Makes of one value what compares others with it."""

_EARTH_METRES = 6_371_008.8
_edit = OSA.normalized_similarity
_jaro = JaroWinkler.similarity
_indel = Indel.normalized_similarity
_LEAST_DIGITS = 6


def _exact(left: Any, right: Any) -> float:
    return 1.0 if left == right else 0.0


def _serial(left: str, right: str) -> float:
    return 1.0 if left == right else _edit(left, right)


def _phone(left: str, right: str) -> float:
    """Return 0.95 where one number is the end of the other: a country or area code was left out."""
    if left == right:
        return 1.0
    short, long = sorted((left, right), key=len)
    if len(short) >= _LEAST_DIGITS and long.endswith(short):
        return 0.95
    return 0.9 * _edit(left, right)


def _name(left: str, right: str) -> float:
    """Return the better of both orders of the words: as written, and sorted, as names come swapped."""
    if left == right:
        return 1.0
    straight = _jaro(left, right)
    if " " not in left and " " not in right:
        return straight
    return max(straight, _jaro(" ".join(sorted(left.split())), " ".join(sorted(right.split()))))


def _phrase(left: str, right: str) -> float:
    """Return the mean of two likenesses: as written, and with words that one of both left out forgiven."""
    return float(_indel(left, right) + token_set_ratio(left, right) / 100) / 2


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    """Return the part of all texts that both have (Jaccard)."""
    return len(left & right) / len(left | right)


def _code(left: str, right: str) -> float:
    """Return twice the shared levels by the levels of both (Wu and Palmer 1994)."""
    if left == right:
        return 1.0
    ours, theirs = left.split("."), right.split(".")
    shared = 0
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            break
        shared += 1
    return 2 * shared / (len(ours) + len(theirs))


def metres(left: tuple[float, float], right: tuple[float, float]) -> float:
    """Return the great-circle distance of two (latitude, longitude) pairs in degrees (haversine)."""
    lat, lon = radians(left[0]), radians(left[1])
    other_lat, other_lon = radians(right[0]), radians(right[1])
    half = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return 2 * _EARTH_METRES * asin(min(1.0, sqrt(half)))


def _falling(reach: float, apart: Callable[[Any, Any], float]) -> Similar:
    return lambda left, right: max(0.0, 1.0 - apart(left, right) / reach)


def _difference(left: float, right: float) -> float:
    return abs(left - right)


def _relevance(terms: Terms) -> Alike:
    """
    Return the weight of the shared words by the geometric mean of the weights of both texts.

    That is the cosine of two sets of words of which each counts the square root of its weight: words in bits
    add up in it as evidence does.
    """
    weights, otherwise, nothing = terms.weights, terms.otherwise, repeat(0.0)

    def alike(left: Weighed) -> Callable[[Weighed], float]:
        words, whole = left
        weigh = {word: weights.get(word, otherwise) for word in words}.get

        def similar(right: Weighed) -> float:
            # An exact sum does not depend on the order of the words, nor on the side that is asked.
            shared = fsum(map(weigh, right[0], nothing))
            both = whole * right[1]
            return min(1.0, shared / sqrt(both)) if both else 0.0

        return similar

    return alike


def similar_for(rule: MatchRule, terms: Terms | None) -> Alike:
    """Return the function of the rule's kind; it must be one of the built-in kinds."""
    if rule.kind == "text":
        return _relevance(terms or Terms())
    return partial(partial, _pairwise(rule))


def _pairwise(rule: MatchRule) -> Similar:
    if rule.kind == "distance":
        return _falling(rule.reach or 1.0, metres)
    if rule.kind == "number":
        return _falling(rule.reach or 1.0, _difference)
    if rule.kind == "time":
        return _falling((rule.span or TICK) / TICK, _difference)
    return _BY_KIND[rule.kind]


_BY_KIND: dict[str, Similar] = {
    "exact": _exact,
    "serial": _serial,
    "phone": _phone,
    "address": address_likeness,
    "name": _name,
    "edit": _serial,
    "tokens": _indel,
    "phrase": _phrase,
    "overlap": _overlap,
    "code": _code,
}
