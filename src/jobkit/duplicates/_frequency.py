"""
How much more agreement tells on a rare value than on a common one.

Two strangers agree on the value v with its relative frequency f(v), on any value with the sum of f(v)²;
agreement on v therefore weighs log2(sum / f(v)) more than agreement at large (Fellegi and Sunter 1969,
section 3.3.1; Winkler 2000, "Frequency-based matching in Fellegi-Sunter model of record linkage").
"""

from collections import Counter
from collections.abc import Iterable
from math import log2
from typing import Final

from jobkit.duplicates._data import Frequencies
from jobkit.mappings import EMPTY, FrozenMap

_DIGITS: Final = 3


def frequencies_of(values: Iterable[str | None], *, most: int = 5_000) -> Frequencies:
    """
    Return the bits that agreement on each of *values* adds, in their normal form; None is a missing value.

    Values that occur once share one figure, as do those beyond the *most* frequent ones.

    >>> table = frequencies_of(["smith"] * 6 + ["jones"] * 2 + ["zyx"])
    >>> table.bits["smith"] < table.bits["jones"] < table.otherwise
    True
    """
    counts = Counter(value for value in values if value is not None)
    total = sum(counts.values())
    if not total:
        return Frequencies(bits=EMPTY, otherwise=0.0)
    agreement = sum((count / total) ** 2 for count in counts.values())
    told = sorted(
        ((value, count) for value, count in counts.items() if count > 1), key=lambda item: (-item[1], item[0])
    )[:most]
    left = sum(counts.values()) - sum(count for _, count in told)
    usual = left / (len(counts) - len(told)) if len(counts) > len(told) else 1.0
    return Frequencies(
        bits=FrozenMap({value: _bits(agreement, count / total) for value, count in told}),
        otherwise=_bits(agreement, usual / total),
    )


def _bits(agreement: float, frequency: float) -> float:
    return round(log2(agreement / frequency), _DIGITS)
