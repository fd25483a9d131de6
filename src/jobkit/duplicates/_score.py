"""The comparison of two records by rules that were compiled once."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from math import fsum
from operator import itemgetter
from typing import Any, Final

from jobkit.duplicates import _normal as normal
from jobkit.duplicates._data import Band, MatchRulesData, Record, Scope
from jobkit.duplicates._judge import Judge, Measured, judge_for, reader_for
from jobkit.duplicates._keys import key_readers
from jobkit.duplicates._match import Contribution, Match
from jobkit.duplicates._posting import UNDATED
from jobkit.duplicates._prepare import TEXTS, Reader, text_of
from jobkit.duplicates._window import gap_of, span_reader, window_judge
from jobkit.findings import Finding, Template
from jobkit.instants import TICK
from jobkit.registry import Registry

CUT = Template(
    "duplicates.cut",
    "Of the text in {field} only the first {limit} characters are compared.",
    "Move what matters to the beginning, or hand over the part that is to be compared.",
)

Prepared = tuple[Any, ...]
"""The normal forms of a record in the order of the rules, then its span, its scope and what was cut."""

_EVERY: Final = "~"
_weight = itemgetter(0)


class Scorer:
    """Match rules, compiled: the same numbers for one pair, the index, a look-up and a batch."""

    def __init__(self, data: MatchRulesData, registry: Registry) -> None:
        self.data = data
        self._readers: list[Reader] = [reader_for(rule, data.terms) for rule in data.rules]
        self._judges: list[Judge] = [
            judge_for(rule, registry, data.terms, _table(data, rule.name, rule.frequency), data.frequency_cap)
            for rule in data.rules
        ]
        if data.window is not None:
            self._readers.append(span_reader(data.window))
            self._judges.append(window_judge(data.window))
        self.keys = key_readers(data)
        self._prior = Contribution(
            rule="prior", level=None, similarity=None, weight=data.prior, said="Before anything is compared."
        )
        self._span = len(data.rules)
        self._group = len(self._readers)
        self._read_group = _group_reader(data.scope)
        self._across = _across(data.scope)
        self._cut = None if data.window is None or data.window.cut is None else data.window.cut // TICK
        self._texts = tuple(dict.fromkeys(rule.reads for rule in data.rules if rule.kind in TEXTS))
        self._text_fields = tuple(dict.fromkeys(chain.from_iterable(self._texts)))
        self._short = normal.LONGEST // max(map(len, self._texts), default=1)

    def prepare(self, record: Record) -> Prepared:
        """Return the normal forms of *record*; values of a wrong kind are refused with their field."""
        if type(record) is not dict and not isinstance(record, Mapping):
            raise TypeError(f"a record is a mapping of values by field, not a {type(record).__name__}")
        cut = self._cut_fields(record)
        forms = [read(record) for read in self._readers]
        return (*forms, self._read_group(record), cut)

    def _cut_fields(self, record: Record) -> tuple[str, ...]:
        """Return the first field of each text, joined of several or not, that is longer than what is read."""
        told = [value for value in map(record.get, self._text_fields) if value is not None]
        if not [value for value in told if type(value) is not str or len(value) > self._short]:
            return ()
        lengths = ((fields[0], sum(_length(record.get(field)) for field in fields)) for fields in self._texts)
        return tuple([field for field, length in lengths if length > normal.LONGEST])

    def tick(self, prepared: Prepared) -> int:
        """Return when a record was last reported, in microseconds since 1970; `UNDATED` if nobody knows."""
        span = None if self.data.window is None else prepared[self._span]
        return UNDATED if span is None else int(span[1])

    def measure(self, left: Prepared, rights: Sequence[Prepared]) -> list[tuple[Measured, ...]]:
        """Compare one record with others: for each what every rule weighs and has measured."""
        # What follows the values of the rules in a prepared record is not weighed.
        columns = zip(self._judges, left, zip(*rights, strict=True), strict=False)
        return list(zip(*[judge.measure(value, column) for judge, value, column in columns], strict=True))

    def total(self, measured: Sequence[Measured]) -> float:
        """Return the score: the exact sum of all weights and the prior, whatever their order."""
        return fsum([self.data.prior, *map(_weight, measured)])

    def levels(self, left: Prepared, right: Prepared) -> tuple[int | None, ...]:
        """Return the level that a pair reaches under each rule: 0 the best, the last one disagreement."""
        rules = zip(self._judges[: self._span], left, right, strict=False)
        return tuple([judge.tell(judge.measure(one, (other,))[0][1]).level for judge, one, other in rules])

    def match(self, left: Prepared, right: Prepared, measured: Sequence[Measured] | None = None) -> Match:
        """Return the explained comparison of two prepared records."""
        known = self.measure(left, [right])[0] if measured is None else measured
        score = self.total(known)
        band, lowered = self.band(left, right, score)
        told = [judge.tell(one) for judge, (_, one) in zip(self._judges, known, strict=True)]
        return Match(
            score=score,
            band=band,
            contributions=(self._prior, *told) if lowered is None else (self._prior, *told, lowered),
            automatic=self.data.auto_merge and band == "same",
            findings=_cut_findings((*left[-1], *right[-1])) if left[-1] or right[-1] else (),
        )

    def band(self, left: Prepared, right: Prepared, score: float) -> tuple[Band, Contribution | None]:
        """Return the band of a score, and what lowered it, if anything did."""
        band: Band = "ask"
        if score >= self.data.bands.same:
            band = "same"
        elif score < self.data.bands.ask:
            band = "different"
        if self._cut is not None and _gap(left[self._span], right[self._span]) > self._cut:
            return "different", _BEYOND
        if self._across is None or left[self._group] == right[self._group] != _EVERY:
            return band, None
        return self._across_band(band, _EVERY in (left[self._group], right[self._group]))

    def _across_band(self, band: Band, unknown: bool) -> tuple[Band, Contribution | None]:
        if not unknown and self._across == "never":
            return "different", _NEVER
        return ("ask", _UNKNOWN if unknown else _ASKED) if band == "same" else (band, None)


def _table(data: MatchRulesData, name: str, used: bool) -> Any:
    return data.frequencies.get(name) if used else None


def _gap(left: Any, right: Any) -> int:
    return gap_of(left, right) if left and right else 0


def _length(value: object) -> int:
    if type(value) is str:
        return len(value)
    if not isinstance(value, (list, tuple, set, frozenset)):
        return 0
    longest = max((len(one) for one in value if type(one) is str), default=0)
    return normal.LONGEST + 1 if len(value) > normal.MOST_TEXTS else longest


def _cut_findings(fields: tuple[str, ...]) -> tuple[Finding, ...]:
    return tuple(
        Finding.of(CUT, path=f"$.{field}", severity="info", field=field, limit=normal.LONGEST)
        for field in dict.fromkeys(fields)
    )


def _group_reader(scope: Scope | None) -> Callable[[Record], str]:
    if scope is None:
        return lambda record: _EVERY
    field = scope.field
    groups = {value: f"group {place}" for place, group in enumerate(scope.groups) for value in group}

    def read(record: Record) -> str:
        value = text_of(record, field)
        return _EVERY if value is None else groups.get(value, f"value {value}")

    return read


def _across(scope: Scope | None) -> str | None:
    return None if scope is None else scope.across


def _lowered(rule: str, said: str) -> Contribution:
    return Contribution(rule=rule, level=None, similarity=None, weight=0.0, said=said)


_BEYOND = _lowered("window", "The reports lie farther apart than the window is wide.")
_NEVER = _lowered("scope", "Records of their two kinds are never compared.")
_ASKED = _lowered("scope", "Records of their two kinds are never merged by machine.")
_UNKNOWN = _lowered("scope", "The kind of one of both is not known, so a person is asked.")
