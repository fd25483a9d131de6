"""What a clock takes over from the same promise on another job: the earlier start, and the time counted."""

from collections.abc import Mapping
from typing import Final

import attrs

from jobkit.mappings import EMPTY, FrozenMap

CARRIED: Final = "carried"
"""The name among the facts of a moment under which it brings the starts that clocks take over there."""


@attrs.frozen(kw_only=True)
class Start:
    """How far a promise had run elsewhere: since which tick, how many open ticks, and when it was broken."""

    started: int
    used: int
    breached: int | None = None


@attrs.frozen(kw_only=True)
class Carried:
    """The starts that clocks take over at the tick `at`, by milestone."""

    at: int
    starts: Mapping[str, Start] = attrs.field(default=EMPTY, converter=FrozenMap)

    def start(self, milestone: str, at: int) -> Start | None:
        """Return what a clock takes over at *at*; facts hold on, and a start is taken over once."""
        return self.starts.get(milestone) if at == self.at else None
