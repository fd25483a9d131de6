"""The published rules of order as data: bands, terms, promotions, defaults, seasons and escalations."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs

from jobkit.durations import Duration
from jobkit.mappings import EMPTY

Direction = Literal["one_highest", "larger_higher"]
"""How every number of the rules reads: 1 is the most urgent, or the larger the more urgent."""


@attrs.frozen(kw_only=True)
class Within:
    """
    That at most `left` remains until the instant in the fact `due`, in open time if a `calendar` is named.

    With `left = "0s"` it holds from the due instant on.
    """

    due: str
    left: Duration
    calendar: str | None = None


@attrs.frozen(kw_only=True)
class Band:
    """
    One rank of work: jobs of an earlier band come before all jobs of a later one.

    A job belongs to the first band for which `when` holds and, if there are any, one of `within` too; a band
    with neither takes the rest.
    """

    id: str
    when: Any = None
    within: tuple[Within, ...] = ()
    label: str | None = None
    why: str | None = None


@attrs.frozen(kw_only=True)
class Scale:
    """
    The values of one fact from the most urgent to the least, with the points of each.

    Without `points` they are numbered in the declared direction: 1, 2, 3 where 1 is highest, else 3, 2, 1.
    An unknown or unlisted value counts as the level `otherwise`, by default the least urgent.
    """

    fact: str
    levels: tuple[Any, ...]
    points: tuple[int, ...] = ()
    otherwise: Any = None


@attrs.frozen(kw_only=True)
class Table:
    """
    Two scales together: impact and urgency, work class and criticality of the asset.

    The rule `itil` is the sum of both less one, `product` is both multiplied; `cells` say each pair outright,
    a row for each level of `rows`.
    """

    rows: Scale
    columns: Scale
    rule: Literal["itil", "product"] = "itil"
    cells: tuple[tuple[int, ...], ...] = ()


@attrs.frozen(kw_only=True)
class Age:
    """
    `points` for each whole `per` that passed since the instant in the fact `since`, and at most `cap` in all.

    Open time is counted if a `calendar` is named. A job whose fact is unknown has no age.
    """

    since: str
    per: Duration
    points: int = 1
    cap: int | None = None
    calendar: str | None = None


@attrs.frozen(kw_only=True)
class Step:
    """`points` when at most `left` remains, or at most `ratio` times the work that is still needed."""

    points: int
    left: Duration | None = None
    ratio: Decimal | None = None


@attrs.frozen(kw_only=True)
class Slack:
    """
    Points by the time that is left: until the instant in the fact `due`, or as the fact `left` tells it.

    The first of `steps` that holds counts, so they go from the least time to the most; none is no points.
    With `need`, the fact that tells how long the work takes, steps may be ratios (the critical ratio).
    """

    steps: tuple[Step, ...]
    due: str | None = None
    left: str | None = None
    need: str | None = None
    calendar: str | None = None


@attrs.frozen(kw_only=True)
class Term:
    """
    One part of the score, multiplied by `weight`; exactly one of `table`, `scale`, `age`, `slack`, `kind`.

    `kind` names a registered term, to which `options` go. `bands` and `seasons` narrow where it counts.
    """

    id: str
    weight: int = 1
    table: Table | None = None
    scale: Scale | None = None
    age: Age | None = None
    slack: Slack | None = None
    kind: str | None = None
    options: Mapping[str, Any] = EMPTY
    bands: tuple[str, ...] = ()
    seasons: tuple[str, ...] = ()
    label: str | None = None
    why: str | None = None


@attrs.frozen(kw_only=True)
class Promotion:
    """The published way up: jobs of `bands` for which `when` and one of `within` hold go to the band `to`."""

    id: str
    bands: tuple[str, ...]
    to: str
    when: Any = None
    within: tuple[Within, ...] = ()
    seasons: tuple[str, ...] = ()
    why: str | None = None


@attrs.frozen(kw_only=True)
class Default:
    """What a fact counts as while it is unknown, when `when` holds; shown as defaulted, never recorded."""

    id: str
    fact: str
    value: Any
    when: Any = None
    why: str | None = None


@attrs.frozen(kw_only=True)
class Season:
    """
    Days of each year, `begins` to before `ends` as month-day (11-01), in which other rules hold.

    `weights` replaces the weight of terms (0 leaves one out); `order` names all bands in the season's order.
    """

    id: str
    begins: str
    ends: str
    weights: Mapping[str, int] = EMPTY
    order: tuple[str, ...] = ()
    why: str | None = None


@attrs.frozen(kw_only=True)
class Escalation:
    """Whom or which queue a job is brought before when `when` holds, for a named reason."""

    id: str
    reason: str
    when: Any
    queue: str | None = None
    who: str | None = None
    bands: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class RuleSet:
    """
    The published order of work as data, with id and version.

    `direction` and `tie_break` have no default, so that nobody guesses: jobs of equal score are ordered by
    the facts of `tie_break`, smaller first and unknown last, and the last of these is the job's id. Seasons
    begin and end at midnight in `zone`.
    """

    id: str
    version: str = "1"
    direction: Direction
    tie_break: tuple[str, ...]
    bands: tuple[Band, ...]
    terms: tuple[Term, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    defaults: tuple[Default, ...] = ()
    seasons: tuple[Season, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    zone: str = "UTC"
    title: str | None = None

    @property
    def source(self) -> str:
        """What explanations name as the rules that spoke: id and version."""
        return f"{self.id}@{self.version}"
