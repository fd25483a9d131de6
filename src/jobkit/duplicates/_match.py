"""What a comparison says: a score that is the sum of its named contributions, and the band it falls into."""

import attrs

from jobkit.duplicates._data import Band
from jobkit.findings import Finding


@attrs.frozen(kw_only=True)
class Contribution:
    """
    What one rule adds to a score: its `weight` in bits, and why, as a sentence without the values themselves.

    `level` counts from 0, the best; the one after the last is disagreement, None that a value is missing.
    """

    rule: str
    level: int | None
    similarity: float | None
    weight: float
    said: str


@attrs.frozen(kw_only=True)
class Match:
    """
    How two records compare.

    The score is the sum of the contributions in bits: 10 bits are odds of a thousand to one. `automatic`
    says that the rules let a machine merge the two; without `auto_merge` no rules ever do. `findings` tell
    what was left out of the comparison.
    """

    score: float
    band: Band
    contributions: tuple[Contribution, ...]
    automatic: bool = False
    findings: tuple[Finding, ...] = ()

    def explain(self) -> str:
        """Return the comparison in words: the score and the band, then a line for each contribution."""
        head = f"{self.score:+.1f} bits: {self.band}"
        return "\n".join([head, *(f"  {one.weight:+6.1f}  {one.said}" for one in self.contributions)])
