"""One version of a milestone, compiled: what its conditions say of the facts of a moment."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.clocks._aim import Aim, Facts
from jobkit.clocks._promise import Promise
from jobkit.clocks._ticks import ALWAYS
from jobkit.conditions import Condition

Test = Callable[[Any, datetime | None], bool | None]


@attrs.frozen(kw_only=True, eq=False)
class Edition:
    """One version of a milestone with its conditions compiled."""

    promise: Promise
    tests: Mapping[str, Test]
    pauses: tuple[tuple[Test, str], ...]
    calendars: tuple[tuple[Test | None, str], ...]
    aims: tuple[Aim, ...]
    shares: tuple[tuple[int, int] | None, ...]
    timed: tuple[Condition, ...]
    conditions: Mapping[str, Condition]

    def says(self, word: str, facts: Facts, now: datetime) -> bool:
        """Whether the condition behind *word* is true; unknown is not."""
        test = self.tests.get(word)
        return test is not None and test(facts, now) is True

    def pausing(self, facts: Facts, now: datetime) -> str | None:
        """Return the reason of the first pause that holds."""
        return next((reason for test, reason in self.pauses if test(facts, now) is True), None)

    def calendar(self, facts: Facts, now: datetime) -> str:
        """Return the first calendar that fits."""
        return next((name for test, name in self.calendars if _fits(test, facts, now)), ALWAYS)

    def aim(self, facts: Facts, now: datetime) -> Aim | None:
        """Return the first target that fits."""
        return next((aim for aim in self.aims if _fits(aim.when, facts, now)), None)


def _fits(test: Test | None, facts: Facts, now: datetime) -> bool:
    return test is None or test(facts, now) is True
