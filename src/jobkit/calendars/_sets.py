"""Sets of calendars: what is open in all of them, in any of them, or in one and in none of the others."""

import hashlib
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, reduce
from itertools import chain
from typing import Any, ClassVar, Final

import attrs

from jobkit.calendars._base import BusinessTime
from jobkit.calendars._policies import Policies
from jobkit.calendars._spans import Span, common, joined, without
from jobkit.calendars._why import Reason, Why, chosen
from jobkit.calendars._zones import zone_of
from jobkit.documents import Wire, write_json
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.mappings import EMPTY

NO_PARTS = Template(
    "calendars.no_parts",
    "The set of calendars at {path} has no parts.",
    "Name at least one calendar in it.",
)

TOO_LARGE = Template(
    "calendars.too_large",
    "Written out, the calendar at {path} is made of {count} others, and at most {most} are taken together.",
    "Write what always goes together as one calendar with the hours of all.",
)

MOST_PARTS: Final = 100

Named = Mapping[str, BusinessTime]
"""Calendars by the names that data may use for them."""


def part_data(part: BusinessTime, named: Named) -> Wire:
    """Return a part as data: its name if *named* has this very calendar under it, else all of its rules."""
    return part.id if named.get(part.id) == part else part.dump(named)


def digest_of(*rules: object) -> str:
    """Return the hash of plain rules."""
    return hashlib.sha256(write_json(list(rules)).encode()).hexdigest()


def _parts(parts: Iterable[BusinessTime]) -> tuple[BusinessTime, ...]:
    kept = tuple(parts)
    if not kept:
        raise Invalid.of(NO_PARTS, path="$.parts")
    count = sum(part.size for part in kept)
    # Names and texts of a set spell its parts out, so that ten sets of ten would have ten thousand million.
    if count > MOST_PARTS:
        raise Invalid.of(TOO_LARGE, path="$.parts", count=count, most=MOST_PARTS)
    return kept


def _ids(parts: tuple[BusinessTime, ...]) -> str:
    return f"({', '.join(part.id for part in parts)})"


def _joint_id(one: "_Combined") -> str:
    return f" {one.sign} ".join(part.id for part in one.parts)


def _first_zone(one: "_Combined") -> str:
    return one.parts[0].zone


@attrs.frozen(kw_only=True)
class _Combined(BusinessTime):
    """
    Calendars of any zones, taken together in real seconds.

    Working days are the dates of `zone`, the first part's unless another is named, that have any opening.
    The other policies are the first part's too, except that a set always counts real seconds: what a part
    adds for wall-length days is left out. No parts at all, more than a hundred calendars, parts of parts
    counted, and an unknown zone are refused.
    """

    parts: tuple[BusinessTime, ...] = attrs.field(converter=_parts, repr=_ids)
    id: str = attrs.field(default=attrs.Factory(_joint_id, takes_self=True))
    zone: str = attrs.field(default=attrs.Factory(_first_zone, takes_self=True))
    sign: ClassVar[str]

    def __attrs_post_init__(self) -> None:
        zone_of(self.zone)

    @cached_property
    def size(self) -> int:
        """How many calendars it is made of, parts of parts among them."""
        return sum(part.size for part in self.parts)

    @cached_property
    def digest(self) -> str:
        """The hash of the rules of all parts, of how they are taken together, and of the zone."""
        return digest_of(self.sign, self.zone, [part.digest for part in self.parts])

    @property
    def policies(self) -> Policies:
        """The settings of the first part, with days of real length."""
        return attrs.evolve(self.parts[0].policies, day_length="real")

    def spans(self, start: int, end: int) -> list[Span]:
        """Return the open spans of [start, end) in ticks."""
        return self._taken([part.hours.spans(start, end) for part in self.parts])

    def reasons(self, start: int, end: int) -> list[Reason]:
        """Return why each part of [start, end) is open or closed: what one of the parts says."""
        parts = [part.reasons(start, end) for part in self.parts]
        return chosen(parts, lambda whys: self._deciding(whys).by_way_of(self.id))

    def dump(self, named: Named = EMPTY) -> dict[str, Any]:
        """Return the set as data that `load_calendar` reads back; parts that are *named* by their names."""
        told: dict[str, Any] = {}
        if self.id != _joint_id(self):
            told["id"] = self.id
        if self.zone != _first_zone(self):
            told["zone"] = self.zone
        return told | self._told([part_data(part, named) for part in self.parts])

    @abstractmethod
    def _taken(self, parts: list[list[Span]]) -> list[Span]:
        """Return what is open, given the open spans of the parts."""

    @abstractmethod
    def _deciding(self, whys: Sequence[Why]) -> Why:
        """Return which of the reasons that the parts have decides, the first of several."""

    @abstractmethod
    def _told(self, parts: list[Wire]) -> dict[str, Any]:
        """Return how data says it."""


@attrs.frozen(kw_only=True)
class AllOf(_Combined):
    """
    Open when every part is open, as when a customer can be visited while a provider works.

    >>> from jobkit.calendars import Calendar
    >>> shop = Calendar(id="shop", zone="Europe/Berlin", weekly={"mon-fri": "10:00-19:00"})
    >>> crew = Calendar(id="crew", zone="Europe/Berlin", weekly={"mon-fri": "07:00-15:30"})
    >>> (shop & crew).dump(named={"shop": shop, "crew": crew})
    {'all': ['shop', 'crew']}
    """

    sign: ClassVar[str] = "&"

    def _taken(self, parts: list[list[Span]]) -> list[Span]:
        return reduce(common, parts)

    def _deciding(self, whys: Sequence[Why]) -> Why:
        return next((why for why in whys if not why.open), whys[0])

    def _told(self, parts: list[Wire]) -> dict[str, Any]:
        return {"all": parts}


@attrs.frozen(kw_only=True)
class AnyOf(_Combined):
    """Open when at least one part is open, as when two crews share a promise."""

    sign: ClassVar[str] = "|"

    def _taken(self, parts: list[list[Span]]) -> list[Span]:
        return joined(chain.from_iterable(parts))

    def _deciding(self, whys: Sequence[Why]) -> Why:
        return next((why for why in whys if why.open), whys[0])

    def _told(self, parts: list[Wire]) -> dict[str, Any]:
        return {"any": parts}


@attrs.frozen(kw_only=True)
class Without(_Combined):
    """Open when the first part is open and none of the others is, as outside of quiet hours."""

    sign: ClassVar[str] = "-"

    def _taken(self, parts: list[list[Span]]) -> list[Span]:
        return reduce(without, parts)

    def _deciding(self, whys: Sequence[Why]) -> Why:
        base, *others = whys
        less = next((why for why in others if why.open), None)
        if not base.open or less is None:
            return base
        return attrs.evolve(less, open=False, because="excluded")

    def _told(self, parts: list[Wire]) -> dict[str, Any]:
        return {"base": parts[0], "minus": parts[1:]}
