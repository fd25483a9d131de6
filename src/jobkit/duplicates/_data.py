"""Match rules as data: what is compared, how much it weighs, who is compared with whom, and what follows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import attrs

from jobkit.mappings import EMPTY

Record = Mapping[str, Any]
"""Plain values by field: text, number, aware datetime, (lat, lon), a sequence of texts; None is missing."""

Band = Literal["same", "ask", "different"]


@attrs.frozen(kw_only=True)
class Level:
    """A similarity of at least `at` (0 to 1) counts `weight` bits."""

    at: float
    weight: float


@attrs.frozen(kw_only=True)
class MatchRule:
    """
    How one thing is compared and what its agreement and disagreement weigh, in bits.

    The highest of `levels` that the similarity reaches counts, below all of them `otherwise`, and `missing`
    where either side has no value. With `smooth`, weights between two levels lie on a line. Texts of several
    `fields` are joined; `reach` (metres, or the unit of a number) and `span` (time) are the difference at
    which the similarity of a distance, number or time ends at 0. With `frequency`, agreement on a value adds
    what the table of the rule's name in `frequencies` has for it.
    """

    name: str
    field: str | None = None
    fields: tuple[str, ...] = ()
    kind: str = "exact"
    levels: tuple[Level, ...]
    otherwise: float = 0.0
    missing: float = 0.0
    smooth: bool = False
    frequency: bool = False
    reach: float | None = None
    span: timedelta | None = None
    label: str | None = None

    @property
    def key(self) -> str:
        """What names the rule among the others."""
        return self.name

    @property
    def reads(self) -> tuple[str, ...]:
        """The fields that the rule reads."""
        return self.fields if self.field is None else (self.field, *self.fields)


@attrs.frozen(kw_only=True)
class KeyPart:
    """
    One part of a blocking key: a field in a normal form, its `first` or `last` characters.

    With `each`, every word of the form (or every text of a sequence) makes a key of its own.
    """

    field: str
    form: str = "exact"
    first: int | None = None
    last: int | None = None
    each: bool = False


@attrs.frozen(kw_only=True)
class KeyRule:
    """
    Two records that agree on all `parts` of one key rule are compared; several key rules are joined by *or*.

    A record in which a part is missing has no such key. Of the records that share a value only the newest
    `most` are candidates. A key is not looked up where one of the keys named by `unless` found a record: the
    words of a text, which many share, are asked only when nobody knows the asset.
    """

    name: str
    parts: tuple[KeyPart, ...]
    most: int | None = None
    unless: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What names the key rule among the others."""
        return self.name


@attrs.frozen(kw_only=True)
class Age:
    """A gap of at most `within` counts `weight` bits."""

    within: timedelta
    weight: float


@attrs.frozen(kw_only=True)
class Window:
    """
    What the time between two reports weighs.

    A record spans from `field`, when it was opened, to `anchor`, the latest report of its thread, which moves
    on as reports are merged into it and stays when it is closed. The gap is the time between two spans, none
    where they overlap. Beyond all `ages` it counts `otherwise`; only a `cut` makes two records different by
    their gap alone.
    """

    field: str
    anchor: str | None = None
    ages: tuple[Age, ...] = ()
    otherwise: float = 0.0
    missing: float = 0.0
    smooth: bool = False
    cut: timedelta | None = None


@attrs.frozen(kw_only=True)
class Scope:
    """
    Groups of the values of a field that may be merged with each other; any other value is a group of its own.

    Across groups two records are at most asked about, or, with `across = "never"`, different. Where the field
    is missing on a side they are at most asked about.
    """

    field: str
    groups: tuple[tuple[str, ...], ...] = ()
    across: Literal["ask", "never"] = "ask"


@attrs.frozen(kw_only=True)
class Bands:
    """From `same` bits on two records are the same, from `ask` on a person is asked, below they differ."""

    same: float
    ask: float


@attrs.frozen(kw_only=True)
class Frequencies:
    """Bits that agreement on a value adds, by its normal form; `otherwise` for every other value."""

    bits: Mapping[str, float] = EMPTY
    otherwise: float = 0.0


@attrs.frozen(kw_only=True)
class Terms:
    """How much each word of a text tells, by its normal form; `otherwise` for words that are not listed."""

    weights: Mapping[str, float] = EMPTY
    otherwise: float = 1.0


@attrs.frozen(kw_only=True)
class MatchRulesData:
    """
    A whole policy of matching; every number is in bits, log-odds to the base 2.

    `prior` is what a pair has before anything is compared. `cap` is how many candidates of one request are
    compared at most. `one_to_one` names a field such as the source: at most one record of each in a cluster.
    """

    id: str
    version: str = "1"
    bands: Bands
    auto_merge: bool = False
    prior: float = 0.0
    rules: tuple[MatchRule, ...]
    keys: tuple[KeyRule, ...] = ()
    window: Window | None = None
    scope: Scope | None = None
    cap: int = 500
    one_to_one: str | None = None
    frequencies: Mapping[str, Frequencies] = EMPTY
    frequency_cap: float = 6.0
    terms: Terms | None = None
