"""What every term of the score comes down to: points with a reason, their range, and when they turn."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import attrs

Facts = Mapping[str, Any]


class Points(NamedTuple):
    """What a term found: the value seen, its points in the declared direction, and one clause why."""

    value: str
    points: int
    because: str


@attrs.frozen
class Mark:
    """One line of a score: the term, the value seen, the points with the weight in them, and why."""

    term: str
    value: str
    points: int
    because: str


def never(facts: Facts, now: datetime) -> datetime | None:
    """Tell that time alone does not change the points."""
    return None


@attrs.frozen(kw_only=True)
class Ageing:
    """Points that grow with age, as the bound on overtaking knows them: each whole `per`, up to a cap."""

    since: str
    per: timedelta
    points: int
    cap: int
    calendar: str | None = None

    def steps(self, age: timedelta) -> int:
        """Return how many whole steps an *age* has, none before it began, and no more than count."""
        return min(max(0, age // self.per), -(-self.cap // self.points))

    def after(self, age: timedelta) -> int:
        """Return the points of a job of this *age*, weight not counted."""
        return min(self.cap, self.points * self.steps(age))


@attrs.frozen(kw_only=True)
class Measure:
    """
    One term, ready to judge: `read` gives its points, never outside of `low` to `high`, weight not counted.

    `turns` tells the next instant at which time alone may change them, None if it never does.
    """

    read: Callable[[Facts, datetime], Points]
    low: int
    high: int
    turns: Callable[[Facts, datetime], datetime | None] = never
    ageing: Ageing | None = None
