"""Zones from the tzdata package alone, as the instants at which their offsets change."""

import struct
from bisect import bisect_right
from functools import lru_cache
from importlib import import_module, resources
from itertools import pairwise
from typing import IO, Final
from zoneinfo import ZoneInfo

from jobkit.calendars._ticks import DAY, FIRST, LAST, SECOND
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import EPOCH, TICK

ZONE = Template(
    "calendars.zone",
    "{zone} is not a time zone.",
    "Name an IANA zone, such as Europe/Berlin.",
)

Stretch = tuple[int, int]
"""A tick and the offset from UTC, in ticks, that holds from then until the next stretch."""

_HEADER: Final = struct.Struct(">4s16x6l")
_MARGIN: Final = 30 * DAY
_STEP: Final = 7 * DAY


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all zones of the installed tzdata."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def tzdata_version() -> str:
    """Return the version of the zone data that every calendar of this process is compiled with."""
    return str(import_module("tzdata").IANA_VERSION)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> "Zone":
    """
    Return the zone of an IANA name, always from the tzdata package, so that every host reads the same.

    A name that tzdata does not list is refused; the machine's own zone files are never read.
    """
    # The list of names is asked first: a name from data must never become a path.
    if not isinstance(name, str) or name not in zone_names():
        raise Invalid.of(ZONE, path="$.zone", zone=str(name)[:50])
    file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with file.open("rb") as stream:
        return Zone(name, stream)


def zone_info(name: str) -> ZoneInfo:
    """
    Return the ZoneInfo of an IANA name as tzdata has it; other names are refused.

    Whoever needs days of a zone takes them from here: ZoneInfo(name) reads the machine's own files first.

    >>> zone_info("Europe/Berlin").key
    'Europe/Berlin'
    """
    return zone_of(name).info


class Zone:
    """One zone: its ZoneInfo for people's eyes, and its stretches of constant offset for counting."""

    __slots__ = ("_known", "_rule_from", "info", "name")

    def __init__(self, name: str, stream: IO[bytes]) -> None:
        self.name = name
        raw = stream.read()
        stream.seek(0)
        self.info = ZoneInfo.from_file(stream, key=name)
        instants, by_rule = _listed(raw)
        kept = [at for at in instants if FIRST - _MARGIN < at < LAST + _MARGIN]
        self._rule_from = max(kept, default=FIRST) if by_rule else LAST + _MARGIN
        self._known = (self._changes(kept), self._rule_from)

    def offset(self, at: int) -> int:
        """Return the offset from UTC, in ticks, that holds at a tick."""
        found = (EPOCH + at * TICK).astimezone(self.info).utcoffset()
        assert found is not None
        return found // TICK

    def label(self, at: int) -> int:
        """Return what the wall reads at a tick: days since 1970-01-01 times 24 hours, and the time."""
        return at + self.offset(at)

    def stretches(self, start: int, end: int) -> list[Stretch]:
        """Return the stretches that touch [start, end), the first one cut to begin at *start*."""
        changes, until = self._known
        if end > until:
            changes = self._extend(end)
        first = bisect_right(changes, start, key=_instant)
        last = bisect_right(changes, end, key=_instant)
        return [(start, self.offset(start)), *changes[first:last]]

    def _extend(self, end: int) -> list[Stretch]:
        """Find the changes that a yearly rule makes, to beyond *end*: such rules hold for weeks at least."""
        changes, begun = self._known
        until = end + 366 * DAY
        probes = [*range(begun, until, _STEP), until]
        found = []
        for before, after in pairwise(probes):
            old = self.offset(before)
            if self.offset(after) != old:
                found.append(self._change(before, after, old))
        # A new pair is put in place at once, so that threads see the old list or the new one.
        self._known = ([*changes, *found], until)
        return self._known[0]

    def _change(self, before: int, after: int, old: int) -> Stretch:
        while after - before > SECOND:
            middle = (before + after) // 2 // SECOND * SECOND
            if self.offset(middle) == old:
                before = middle
            else:
                after = middle
        return after, self.offset(after)

    def _changes(self, instants: list[int]) -> list[Stretch]:
        """Keep of the *instants* those at which the offset really changes."""
        pairs = [(at, self.offset(at)) for at in sorted(set(instants))]
        return [(at, offset) for at, offset in pairs if self.offset(at - 1) != offset]


def _instant(stretch: Stretch) -> int:
    return stretch[0]


def _listed(raw: bytes) -> tuple[list[int], bool]:
    """Read the instants that a TZif file (RFC 8536) lists, and whether a yearly rule goes on after them."""
    _, isutc, isstd, leap, times, types, letters = _HEADER.unpack_from(raw)
    second = _HEADER.size + times * 5 + types * 6 + letters + leap * 8 + isstd + isutc
    _, isutc, isstd, leap, times, types, letters = _HEADER.unpack_from(raw, second)
    body = second + _HEADER.size
    footer = body + times * 9 + types * 6 + letters + leap * 12 + isstd + isutc
    seconds = struct.unpack_from(f">{times}q", raw, body)
    return [at * SECOND for at in seconds], b"," in raw[footer:]
