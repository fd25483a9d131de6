"""Two records side by side."""

from jobkit.duplicates._data import Record
from jobkit.duplicates._match import Match
from jobkit.duplicates._rules import MatchRules


def compare(rules: MatchRules, left: Record, right: Record) -> Match:
    """
    Compare two records and explain the score.

    Values of a wrong kind are refused with their field; what a host's comparator raises comes back as
    `RuleFailed` with its name.

    >>> rules = MatchRules.load({
    ...     "id": "requests", "bands": {"same": 8, "ask": 4}, "prior": -2,
    ...     "rules": [{"name": "asset", "field": "asset", "kind": "serial",
    ...                "levels": [{"at": 1, "weight": 7}], "otherwise": -4}],
    ... })
    >>> print(compare(rules, {"asset": "EX-0012"}, {"asset": "ex 12"}).explain())
    +5.0 bits: ask
        -2.0  Before anything is compared.
        +7.0  asset agrees.
    """
    scorer = rules.scorer
    return scorer.match(scorer.prepare(left), scorer.prepare(right))
