"""Which records are compared where many share a key: those of rarer and more shared keys, then the newest."""

from collections.abc import Collection
from itertools import chain
from math import log2
from typing import Final

from jobkit.duplicates._found import CAPPED, TRIMMED
from jobkit.duplicates._posting import UNDATED, Entry, Posting
from jobkit.findings import Finding

WORK: Final = 10
"""How many entries are looked at for one record at most, as a multiple of the cap."""

Choice = tuple[Posting, int, int | None]
"""What stands under one key, where the window begins in it, and how many of the newest count at most."""


def choose(
    choices: list[Choice], cap: int, size: int, exclude: Collection[str]
) -> tuple[Collection[Entry], list[Finding]]:
    """Return at most *cap* entries out of an index of *size*, and findings where some were left out."""
    findings = _trimmed(choices)
    if sum([_length(*choice) for choice in choices]) <= cap:
        chosen = dict.fromkeys(chain.from_iterable([_part(*choice) for choice in choices]))
        return _without(chosen, exclude), findings
    weights, whole = _weighed(choices, WORK * cap, size)
    left = _without(weights, exclude)
    if whole and len(left) <= cap:
        return left, findings
    # The sort is stable, and of each list the newest came first.
    best = sorted(left, key=weights.__getitem__, reverse=True)
    told = Finding.of(CAPPED, severity="warn", cap=cap, count=min(cap, len(best)))
    return best[:cap], [*findings, told]


def _without(entries: Collection[Entry], exclude: Collection[str]) -> Collection[Entry]:
    return [entry for entry in entries if entry.order[1] not in exclude] if exclude else entries


def _trimmed(choices: list[Choice]) -> list[Finding]:
    """Return one finding for the keys of which only the newest entries count."""
    over = [posting for posting, _, most in choices if most is not None and len(posting.entries) > most]
    if not over:
        return []
    names = list(dict.fromkeys(posting.name for posting in over))
    return [Finding.of(TRIMMED, severity="info", keys=names, count=max(len(one.entries) for one in over))]


def _length(posting: Posting, since: int, most: int | None) -> int:
    length = len(posting.entries) - since + (posting.undated() if since else 0)
    return length if most is None else min(length, most)


def _part(posting: Posting, since: int, most: int | None) -> list[Entry]:
    """Return the entries that count: inside the window or without a date, and the newest of them."""
    entries = posting.entries
    if since and entries[0].order[0] == UNDATED:
        entries = entries[: posting.undated()] + entries[since:]
    elif since:
        entries = entries[since:]
    return entries if most is None or len(entries) <= most else entries[-most:]


def _weighed(choices: list[Choice], work: int, size: int) -> tuple[dict[Entry, float], bool]:
    """
    Return how much the shared keys of each entry tell, in bits, and whether every entry was looked at.

    The rarest keys come first, so that the work, when it is used up, was spent on those that tell most.
    """
    weights: dict[Entry, float] = {}
    for posting, since, most in sorted(choices, key=_rarest_first):
        if work <= 0:
            return weights, False
        told = log2(1 + size / len(posting.entries))
        part = _part(posting, since, most if most is not None and most < work else work)
        for entry in reversed(part):
            weights[entry] = weights.get(entry, 0.0) + told
        whole = len(part) >= _length(posting, since, most)
        work -= len(part)
        if not whole:
            return weights, False
    return weights, True


def _rarest_first(choice: Choice) -> tuple[int, str, str]:
    posting = choice[0]
    return len(posting.entries), posting.name, posting.value
