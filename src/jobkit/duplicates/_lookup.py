"""Candidates from the host's own database, compared by the same rules with the same score."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from jobkit.duplicates._data import Record
from jobkit.duplicates._found import CAPPED, Found, finding_no_keys, found_of, scored
from jobkit.duplicates._keys import Key, keys_of
from jobkit.duplicates._rules import MatchRules
from jobkit.errors import Invalid
from jobkit.findings import Finding
from jobkit.paths import Item, write
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
    prepared = {id: _prepared(rules, id, one) for id, one in taken.items()}
    orders = [(scorer.tick(forms), id) for id, forms in prepared.items()]
    asked = scorer.prepare(record)
    found = scored(scorer, asked, orders, list(prepared.values()))
    return found_of(scorer, asked, found, limit, different, findings)


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
        return [(id, one) for id, one in map(_checked, some) if id not in exclude]

    pairs: list[tuple[str, Record]] = guarded("candidates", type(source).__name__, take)
    findings = [Finding.of(CAPPED, severity="warn", cap=cap, count=cap)] if len(pairs) > cap else []
    return dict(pairs[:cap]), findings


def _checked(pair: tuple[str, Record]) -> tuple[str, Record]:
    id, record = pair
    if not isinstance(id, str) or not isinstance(record, Mapping):
        raise TypeError("a candidate is a pair of an id and a record")
    return id, record


def _prepared(rules: MatchRules, id: str, record: Record) -> tuple[Any, ...]:
    """Return the normal forms of a candidate; what is wrong with it is told by its id."""
    try:
        return rules.scorer.prepare(record)
    except Invalid as error:
        head = write((Item(id),))
        raise Invalid(finding.at(head + finding.path[1:]) for finding in error.findings) from error
