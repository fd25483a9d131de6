"""What bands, promotions and defaults ask of a job: a condition, the time that is left, or both."""

from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.conditions import All, Condition
from jobkit.priority._bench import Bench
from jobkit.priority._measure import Facts
from jobkit.priority._times import Holds, Turns, within_test
from jobkit.priority._values import Within

ALWAYS: Final = All(())


@attrs.frozen(kw_only=True)
class Asked:
    """True where the condition holds and no more than the named time is left; without both always true."""

    condition: Condition | None = None
    within: Within | None = None
    holds: Holds | None = None
    ends: Turns | None = None

    def __call__(self, facts: Facts, now: datetime) -> bool | None:
        """Return True, False, or None where what is known does not decide."""
        first = True if self.condition is None else self.condition(facts, now)
        if self.holds is None or first is False:
            return first
        second = self.holds(facts, now)
        return second if first or second is False else None

    def turns(self, facts: Facts, now: datetime) -> datetime | None:
        """Return the next instant at which time alone may turn the answer."""
        return earliest(
            None if self.condition is None else self.condition.changes_at(facts, now),
            None if self.ends is None else self.ends(facts, now),
        )

    @property
    def always(self) -> bool:
        """Whether nothing is asked."""
        return self.within is None and (self.condition is None or self.condition.node == ALWAYS)


def read_asked(when: Any, within: Within | None, bench: Bench, path: str) -> Asked:
    """Return the test at *path*, checked."""
    condition = None if when is None else bench.condition(when, f"{path}.when")
    if within is None:
        return Asked(condition=condition)
    holds, ends = within_test(within, bench, f"{path}.within")
    return Asked(condition=condition, within=within, holds=holds, ends=ends)


def earliest(*instants: datetime | None) -> datetime | None:
    """Return the first of several instants, None if there is none."""
    return min((at for at in instants if at is not None), default=None)
