"""Draws that anybody can repeat: numbers from a seed and a counter, the same on every machine and version."""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import combinations, count, islice

_WORD = 8
_BITS = 64


def numbers(seed: int) -> Iterator[int]:
    """Yield evenly spread whole numbers of 64 bits, a stream of its own for each *seed*."""
    for block in count():
        words = blake2b(f"{seed}:{block}".encode()).digest()
        for place in range(0, len(words), _WORD):
            yield int.from_bytes(words[place : place + _WORD], "big")


def pairs(ids: list[str], most: int, seed: int) -> Iterator[tuple[str, str]]:
    """
    Yield pairs of different *ids*: all of them where they are at most *most*, else so many drawn with *seed*.

    Drawn pairs may repeat; they come with the id first that stands first in *ids*.
    """
    size = len(ids)
    if size * (size - 1) // 2 <= most:
        yield from combinations(ids, 2)
        return
    stream = numbers(seed)
    for one, other in islice(zip(stream, stream, strict=False), most):
        # Multiplying and shifting spreads 64 bits over a small range without a remainder's bias.
        left, right = one * size >> _BITS, other * (size - 1) >> _BITS
        right += right >= left
        yield ids[min(left, right)], ids[max(left, right)]
