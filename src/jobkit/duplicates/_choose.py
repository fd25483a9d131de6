"""Which records are compared where many share a key: those of rarer and more shared keys, then the newest."""

from collections.abc import Collection
from itertools import chain, repeat
from math import log2
from typing import Final

from jobkit.duplicates._found import CAPPED, TRIMMED
from jobkit.duplicates._posting import Entry, Posting
from jobkit.findings import Finding

WORK: Final = 4
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
    left = _without(_gathered(choices, WORK * cap, len(exclude)), exclude)
    if len(left) <= cap:
        return left, findings
    best = _likeliest(left, choices, size)[:cap]
    return best, [*findings, Finding.of(CAPPED, severity="warn", cap=cap, count=len(best))]


def _likeliest(entries: Collection[Entry], choices: list[Choice], size: int) -> list[Entry]:
    """Return the entries by what the shared keys tell in bits, of equal ones the newest first."""
    told = {posting: log2(1 + size / len(posting.entries)) for posting, _, _ in choices}.get
    nothing = repeat(0.0)
    weights = {entry: sum(map(told, entry.postings, nothing)) for entry in entries}
    # The sort is stable, and of those that share the same keys the newest were gathered first.
    return sorted(entries, key=weights.__getitem__, reverse=True)


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
    undated = posting.undated() if since else 0
    # A word of a million texts is never copied whole, only what is read of it.
    begin = since if most is None else max(since, len(entries) - most)
    dated = entries[begin:] if begin else entries
    if not undated or (most is not None and len(dated) >= most):
        return dated
    return entries[:undated][-(most - len(dated)) if most is not None else 0 :] + dated


def _gathered(choices: list[Choice], work: int, spare: int) -> dict[Entry, None]:
    """
    Return the newest entries under the keys, about *work* of them and *spare* for those to be left out.

    The rarest keys come first. Each takes at most half of the work that is left, so that one that misleads,
    such as a word that only its writer uses, leaves room for the others.
    """
    gathered: dict[Entry, None] = {}
    for posting, since, most in sorted(choices, key=_rarest_first):
        # As the work is twice the cap and more until the cap is reached, what stays unread is told by it.
        room = max(1, (work - len(gathered)) // 2) + spare
        part = _part(posting, since, room if most is None else min(most, room))
        gathered.update(dict.fromkeys(reversed(part)))
        if len(gathered) >= work + spare:
            break
    return gathered


def _rarest_first(choice: Choice) -> tuple[int, str, str]:
    posting = choice[0]
    return len(posting.entries), posting.name, posting.value
