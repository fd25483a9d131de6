"""The online index: candidates of one record among many, found by their keys and scored by the rules."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from jobkit.duplicates._choose import Choice, choose
from jobkit.duplicates._data import Record
from jobkit.duplicates._found import Found, finding_no_keys, found_of, scored
from jobkit.duplicates._posting import Entry, Posting
from jobkit.duplicates._rules import MatchRules
from jobkit.instants import TICK


class Index:
    """
    Records to be compared with: an engine, mutable, of one owner, and rebuildable from its records.

    >>> rules = MatchRules.load({
    ...     "id": "requests", "bands": {"same": 8, "ask": 4},
    ...     "rules": [{"name": "asset", "field": "asset", "kind": "serial",
    ...                "levels": [{"at": 1, "weight": 6}], "otherwise": -4}],
    ...     "keys": [{"name": "asset", "parts": [{"field": "asset", "form": "serial"}]}],
    ... })
    >>> index = Index(rules)
    >>> index.add("J-1", {"asset": "EX-0012"})
    >>> [(one.id, one.match.score) for one in index.find({"asset": "ex 12"}).matches]
    [('J-1', 6.0)]
    """

    def __init__(self, rules: MatchRules) -> None:
        self.rules: Final = rules
        self._scorer = rules.scorer
        window = rules.data.window
        self._span = None if window is None else len(rules.data.rules)
        self._cut = None if window is None or window.cut is None else window.cut // TICK
        self._entries: dict[str, Entry] = {}
        self._postings: dict[str, dict[str, Posting]] = {key.name: {} for key in rules.data.keys}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, id: object) -> bool:
        return id in self._entries

    def add(self, id: str, record: Record) -> None:
        """
        Take *record* in under *id*, in place of what stood there; the record itself is not kept.

        Values of a wrong kind are refused with their field, and the index stays as it was.
        """
        prepared = self._scorer.prepare(record)
        keys = [
            (reader.rule.name, value)
            for reader in self._scorer.keys
            for value in reader.values(record, prepared)
        ]
        self.remove(id)
        postings = tuple([self._posting(name, value) for name, value in keys])
        entry = Entry((self._scorer.tick(prepared), id), prepared, postings)
        self._entries[id] = entry
        for posting in postings:
            posting.insert(entry)

    def remove(self, id: str) -> None:
        """Forget the record *id*; one that is not there is no error."""
        entry = self._entries.pop(id, None)
        for posting in () if entry is None else entry.postings:
            posting.remove(entry)  # type: ignore[arg-type]
            if not posting.entries:
                del self._postings[posting.name][posting.value]

    def find(
        self,
        record: Record,
        *,
        limit: int = 10,
        exclude: Collection[str] = (),
        different: bool = False,
        within: timedelta | None = None,
    ) -> Found:
        """
        Return the *limit* best candidates for *record*, explained; with *different*, those that differ too.

        A record that is in the index itself stands in *exclude*. Of what was last reported more than *within*
        before *record* nothing is looked at, and the scores of all else are as without it. Where more than
        the cap share a key, those that share rarer and more keys are compared, then the newest, and a finding
        tells so.
        """
        prepared = self._scorer.prepare(record)
        choices = self._looked_up(record, prepared, exclude, self._since(prepared, within))
        if not choices and not self._has_keys(record, prepared):
            return Found(matches=(), considered=0, findings=(finding_no_keys(self._postings),))
        chosen, findings = choose(choices, self.rules.data.cap, len(self._entries), exclude)
        orders, forms = [entry.order for entry in chosen], [entry.prepared for entry in chosen]
        candidates = scored(self._scorer, prepared, orders, forms)
        return found_of(self._scorer, prepared, candidates, limit, different, findings)

    def _posting(self, name: str, value: str) -> Posting:
        postings = self._postings[name]
        posting = postings.get(value)
        if posting is None:
            posting = postings[value] = Posting(name, value)
        return posting

    def _has_keys(self, record: Record, prepared: tuple[Any, ...]) -> bool:
        return any(reader.values(record, prepared) for reader in self._scorer.keys)

    def _looked_up(
        self, record: Record, prepared: tuple[Any, ...], exclude: Collection[str], since: int | None
    ) -> list[Choice]:
        """Return what stands under the keys of a record, and was reported at *since* or later."""
        found: list[Choice] = []
        named: set[str] = set()
        for reader in self._scorer.keys:
            rule = reader.rule
            if rule.unless and not named.isdisjoint(rule.unless):
                continue
            postings = self._postings[rule.name]
            for value in reader.values(record, prepared):
                posting = postings.get(value)
                if posting is None:
                    continue
                place = posting.place(since)
                if posting.leads_on(place, exclude):
                    named.add(rule.name)
                    found.append((posting, place, rule.most))
        return found

    def _since(self, prepared: tuple[Any, ...], within: timedelta | None) -> int | None:
        """Return the instant before which nothing is looked at for a record, None if there is no such."""
        if self._span is None or prepared[self._span] is None:
            return None
        ends = [end for end in (self._cut, None if within is None else within // TICK) if end is not None]
        return int(prepared[self._span][0]) - min(ends) if ends else None
