"""A place in the order of work: where a job stands, and why."""

from typing import Any

import attrs

from jobkit.priority._defaults import Defaulted
from jobkit.priority._measure import Mark
from jobkit.priority._override import Override


@attrs.frozen(kw_only=True)
class Place:
    """
    Where one job stands: the first is at position 1.

    `band` is where it stands and `natural` where its facts alone put it; `number` is the band's number in
    the declared direction. `score` is the sum of the `terms`. `promoted_by` names the promotions on the way,
    `defaulted` what was assumed, `override` who decided otherwise, and `doubts` the bands above for which
    too little is known. Places of the same rules and instant sort by `key`.
    """

    position: int
    id: str
    band: str
    number: int
    score: int
    terms: tuple[Mark, ...]
    natural: str
    promoted_by: tuple[str, ...] = ()
    defaulted: tuple[Defaulted, ...] = ()
    override: Override | None = None
    doubts: tuple[str, ...] = ()
    season: str | None = None
    rules: str
    key: tuple[Any, ...] = attrs.field(repr=False)

    def explain(self) -> str:
        """Return the place in words: band and way there, score term by term, and what was assumed."""
        return "\n".join([self._head(), *(f"  {line}" for line in self._lines())])

    def _head(self) -> str:
        return f"{self.position}. {self.id}: {self.band}, score {self.score} ({self.rules})"

    def _lines(self) -> list[str]:
        lines = [f"{mark.term}: {mark.points:+} ({mark.because})" for mark in self.terms]
        if self.promoted_by:
            lines.insert(0, f"promoted from {self.natural} by {', then '.join(self.promoted_by)}")
        if self.override is not None:
            lines.insert(0, str(self.override))
        lines += [f"defaulted: {one.because}" for one in self.defaulted]
        lines += [f"would stand in {band} if more were known" for band in self.doubts]
        return lines
