"""The algebra of half-open spans: sorted lists of pairs that neither overlap nor touch."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import Final

Span = tuple[int, int]
"""A half-open pair of whole numbers: ticks, or ticks on a zone's wall axis."""

_START: Final = itemgetter(0)
_END: Final = itemgetter(1)


def joined(spans: Iterable[Span]) -> list[Span]:
    """
    Return the union of any spans: sorted, without empty ones, touching ones as one.

    >>> joined([(5, 7), (1, 3), (3, 4), (9, 9)])
    [(1, 4), (5, 7)]
    """
    found: list[Span] = []
    last = None
    for start, end in sorted(spans):
        if start >= end:
            continue
        if last is not None and start <= last:
            if end > last:
                found[-1] = (found[-1][0], end)
                last = end
        else:
            found.append((start, end))
            last = end
    return found


def common(these: list[Span], those: list[Span]) -> list[Span]:
    """
    Return what lies in both of two joined lists.

    >>> common([(1, 5), (8, 9)], [(4, 10)])
    [(4, 5), (8, 9)]
    """
    found = []
    here = there = 0
    while here < len(these) and there < len(those):
        start = max(these[here][0], those[there][0])
        end = min(these[here][1], those[there][1])
        if start < end:
            found.append((start, end))
        if these[here][1] < those[there][1]:
            here += 1
        else:
            there += 1
    return found


def without(spans: list[Span], less: list[Span]) -> list[Span]:
    """
    Return what lies in the first of two joined lists and not in the second.

    >>> without([(1, 5), (8, 9)], [(2, 3), (4, 8)])
    [(1, 2), (3, 4), (8, 9)]
    """
    found = []
    place = 0
    for opens, closes in spans:
        start = opens
        while place < len(less) and less[place][1] <= start:
            place += 1
        cut = place
        while cut < len(less) and less[cut][0] < closes:
            if start < less[cut][0]:
                found.append((start, less[cut][0]))
            start = less[cut][1]
            cut += 1
        if start < closes:
            found.append((start, closes))
    return found


def near(spans: list[Span], start: int, end: int) -> list[Span]:
    """
    Return the spans of a joined list that lie in [start, end) with any part, whole.

    >>> near([(1, 5), (8, 9), (12, 13)], 4, 12)
    [(1, 5), (8, 9)]
    """
    first = bisect_right(spans, start, key=_END)
    return spans[first : bisect_left(spans, end, lo=first, key=_START)]


def clipped(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """
    Return the parts of spans that lie in [start, end), none where it is empty or reversed.

    >>> clipped([(1, 5), (8, 9)], 4, 8), clipped([(1, 5)], 4, 3)
    ([(4, 5)], [])
    """
    if start >= end:
        return []
    return [
        (max(opens, start), min(closes, end)) for opens, closes in spans if closes > start and opens < end
    ]


def within(spans: list[Span], at: int) -> bool:
    """
    Say whether one of the joined spans holds a number.

    >>> [within([(1, 5), (8, 9)], at) for at in (4, 5, 8)]
    [True, False, True]
    """
    place = bisect_right(spans, at, key=_START) - 1
    return place >= 0 and at < spans[place][1]
