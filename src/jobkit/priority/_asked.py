"""What bands, promotions and defaults ask of a job: a condition, the time that is left, or both."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.conditions import All, Condition
from jobkit.priority._bench import Bench
from jobkit.priority._measure import Facts
from jobkit.priority._times import Near, read_near
from jobkit.priority._values import Within

ALWAYS: Final = All(())

Test = Callable[[Facts, datetime], bool | None]


@attrs.frozen(kw_only=True)
class Asked:
    """True where the condition holds and one of the times left is short; without any always true."""

    condition: Condition | None = None
    within: tuple[Within, ...] = ()
    near: tuple[Near, ...] = ()

    def __call__(self, facts: Facts, now: datetime) -> bool | None:
        """Return True, False, or None where what is known does not decide."""
        answer = True if self.condition is None else self.condition(facts, now)
        if not self.near or answer is False:
            return answer
        for near in self.near:
            if near.holds(facts, now):
                return answer
        return False

    def bound(self) -> Test:
        """Return what answers the same for instants in UTC, with as few steps as there can be."""
        return self if self.condition is None or self.near else self.condition.compile()

    def turns(self, facts: Facts, now: datetime) -> datetime | None:
        """Return the next instant at which time alone may turn the answer."""
        turn = None if self.condition is None else self.condition.changes_at(facts, now)
        return earliest(turn, *(near.turns(facts, now) for near in self.near))

    @property
    def always(self) -> bool:
        """Whether nothing is asked."""
        return not self.within and (self.condition is None or self.condition.node == ALWAYS)


def read_asked(when: Any, within: tuple[Within, ...], bench: Bench, path: str) -> Asked:
    """Return the test at *path*, checked."""
    near = [read_near(one, bench, f"{path}.within[{place}]") for place, one in enumerate(within)]
    condition = None if when is None else bench.condition(when, f"{path}.when")
    return Asked(condition=condition, within=within, near=tuple(near))


def earliest(*instants: datetime | None) -> datetime | None:
    """Return the first of several instants, None if there is none."""
    return min((at for at in instants if at is not None), default=None)
