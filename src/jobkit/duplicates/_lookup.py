"""Candidates from the host's own database, compared by the same rules with the same score."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Protocol

from jobkit.duplicates._data import Record
from jobkit.duplicates._found import CAPPED, Found, finding_no_keys, found_of, scored
from jobkit.duplicates._keys import Key, keys_of
from jobkit.duplicates._rules import MatchRules
from jobkit.findings import Finding
from jobkit.registry import guarded


class Candidates(Protocol):
    """A host's database, as far as looking for twins needs one."""

    def candidates(self, record: Record, keys: Sequence[Key], /) -> Iterable[tuple[str, Record]]:
        """Return the records that share a key with *record*, each with its id, the likeliest first."""


def look_up(
    rules: MatchRules,
    record: Record,
    source: Candidates,
    *,
    limit: int = 10,
    exclude: Collection[str] = (),
    different: bool = False,
) -> Found:
    """
    Return the *limit* best of the candidates that *source* hands over, explained.

    At most the cap of the rules is taken from the source, and a finding tells if there were more. What the
    source raises comes back as `RuleFailed` or `Unavailable`; values of a wrong kind are refused.
    """
    keys = keys_of(rules, record)
    if rules.data.keys and not keys:
        return Found(
            matches=(), considered=0, findings=(finding_no_keys(key.name for key in rules.data.keys),)
        )
    taken, findings = _taken(rules, record, keys, source, exclude)
    scorer = rules.scorer
    prepared = {id: scorer.prepare(one) for id, one in taken.items()}
    orders = [((scorer.tick(forms), id), forms) for id, forms in prepared.items()]
    asked = scorer.prepare(record)
    return found_of(scorer, asked, scored(scorer, asked, orders), limit, different, findings)


def _taken(
    rules: MatchRules,
    record: Record,
    keys: Sequence[Key],
    source: Candidates,
    exclude: Collection[str],
) -> tuple[dict[str, Record], list[Finding]]:
    """Return what the source has, by id, at most the cap, and a finding where there was more."""
    cap = rules.data.cap

    def take() -> list[tuple[str, Record]]:
        some = islice(source.candidates(record, keys), cap + 1 + len(exclude))
        return [(id, one) for id, one in some if id not in exclude]

    pairs: list[tuple[str, Record]] = guarded("candidates", type(source).__name__, take)
    findings = [Finding.of(CAPPED, severity="warn", cap=cap)] if len(pairs) > cap else []
    return dict(pairs[:cap]), findings
