"""What learning found, told so that a person can judge it before the rules are used."""

from collections.abc import Iterable

import attrs

from jobkit.duplicates._em import Chances
from jobkit.duplicates._rules import MatchRules
from jobkit.findings import Finding, Template

NO_PAIRS = Template(
    "duplicates.no_pairs",
    "Learning found {count} pairs that share the key {key}, too few to learn from.",
    "Give more records, or a key that more of them share.",
)
NEVER_FREE = Template(
    "duplicates.never_free",
    "Every key that can teach reads what the rule {rule} compares, so its weights could not be learned.",
    "Add a key over other fields; until then the weights of {rule} stay as they were.",
)
NOT_SETTLED = Template(
    "duplicates.not_settled",
    "Learning by the key {key} had not settled after {rounds} rounds.",
    "Look at its weights before use, or learn from more records.",
)
FEW_RECORDS = Template(
    "duplicates.few_records",
    "There are {count} records to learn from; at least {least} are needed.",
    "Give more records, or keep weights by hand.",
)


@attrs.frozen(kw_only=True)
class Session:
    """One key's turn: how many pairs share it, and which share of them is the same thing."""

    key: str
    pairs: int
    share: float
    rounds: int
    settled: bool


@attrs.frozen(kw_only=True)
class RuleLearned:
    """The chances of each level of a rule, the best first, and the bits that follow from them."""

    rule: str
    chances: Chances
    weights: tuple[float, ...]
    keys: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Report:
    """
    What was learned and from what.

    `compared` counts the pairs that share a key, `drawn` those drawn by chance; `prior` is the log-odds in
    bits that any two records are the same, or, learned against neighbours, two that share a key; `expected`
    is how many pairs are the same by what was learned.
    """

    records: int
    compared: int
    drawn: int
    prior: float
    expected: float
    sessions: tuple[Session, ...]
    rules: tuple[RuleLearned, ...]
    findings: tuple[Finding, ...] = ()

    def explain(self) -> str:
        """Return the report in words, a line for each rule."""
        head = f"{self.records} records, {self.expected:.0f} pairs expected the same, prior {self.prior:+.1f}"
        lines = [f"  {each.rule}: {' '.join(f'{bits:+.1f}' for bits in each.weights)}" for each in self.rules]
        return "\n".join([head, *lines, *(f"  {finding.message}" for finding in self.findings)])


@attrs.frozen(kw_only=True)
class Learned:
    """Rules with learned weights, and the report on how they came about."""

    rules: MatchRules
    report: Report


def session_findings(sessions: Iterable[Session], least: int) -> Iterable[Finding]:
    """Yield what speaks against trusting a session."""
    for one in sessions:
        if one.pairs < least:
            yield Finding.of(NO_PAIRS, severity="warn", key=one.key, count=one.pairs)
        elif not one.settled:
            yield Finding.of(NOT_SETTLED, severity="info", key=one.key, rounds=one.rounds)
