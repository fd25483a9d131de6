"""Seasons: days of each year on which other rules of order hold."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import attrs

from jobkit.calendars import zone_info
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.priority._bench import Bench
from jobkit.priority._values import RuleSet, Season

ZONE = Template("priority.zone", "{zone} is not a time zone.", "Name an IANA zone, such as Europe/Berlin.")
SEASON_DAY = Template(
    "priority.season_day",
    "{day} at {path} is not a day of every year.",
    "Write month and day as 11-01; for the end of February write 03-01.",
)
SEASON_EMPTY = Template(
    "priority.season_empty", "The season {season} begins and ends on {day}.", "Give it an end on another day."
)
SEASONS_OVERLAP = Template(
    "priority.seasons_overlap",
    "The seasons {one} and {other} both hold on {day}.",
    "Let one end on the day on which the other begins.",
)

_DAY: Final = timedelta(days=1)
# Any year without a leap day: 29 February is in no window of its own.
_YEAR: Final = 2001


@attrs.frozen
class Year:
    """The seasons of a year in one zone, each from a day to before another, which may be in the next year."""

    zone: str
    windows: tuple[tuple[str, tuple[int, int], tuple[int, int]], ...] = ()

    def season(self, now: datetime) -> str | None:
        """Return the id of the season at *now*, None outside of all."""
        today = self._today(now)
        return next((id for id, begin, end in self.windows if _inside(today, begin, end)), None)

    def turns(self, now: datetime) -> datetime | None:
        """Return the next instant after *now* at which a season begins or ends."""
        if not self.windows:
            return None
        year = self._local(now).year
        days = {day for _, *both in self.windows for day in both}
        coming = (self._midnight(each, *day) for each in (year - 1, year, year + 1) for day in days)
        return min((at for at in coming if at is not None and at > now), default=None)

    def _today(self, now: datetime) -> tuple[int, int]:
        local = self._local(now)
        return local.month, local.day

    def _local(self, now: datetime) -> datetime:
        try:
            return now.astimezone(zone_info(self.zone))
        except OverflowError:
            return now

    def _midnight(self, year: int, month: int, day: int) -> datetime | None:
        try:
            return datetime.combine(date(year, month, day), time(), zone_info(self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def _inside(today: tuple[int, int], begin: tuple[int, int], end: tuple[int, int]) -> bool:
    return begin <= today < end if begin < end else today >= begin or today < end


def read_year(rules: RuleSet, bench: Bench) -> Year:
    """Return the seasons of *rules*; unreadable days, empty and overlapping seasons are problems."""
    zone = _zone(rules.zone, bench, f"{bench.path}.zone")
    windows = [_window(season, bench, bench.at("seasons", season.id)) for season in rules.seasons]
    year = Year(zone, tuple(window for window in windows if window is not None))
    taken: dict[date, str] = {}
    for id, begin, end in year.windows:
        _claim(id, begin, end, taken, bench)
    return year


def _zone(name: str, bench: Bench, path: str) -> str:
    try:
        zone_info(name)
    except Invalid:
        bench.refuse(ZONE, path, zone=name[:50])
        return "UTC"
    return name


def _window(season: Season, bench: Bench, path: str) -> tuple[str, tuple[int, int], tuple[int, int]] | None:
    begin = _day(season.begins, bench, f"{path}.begins")
    end = _day(season.ends, bench, f"{path}.ends")
    if begin is None or end is None:
        return None
    if begin == end:
        bench.refuse(SEASON_EMPTY, path, season=season.id, day=season.begins)
        return None
    return season.id, begin, end


def _day(text: str, bench: Bench, path: str) -> tuple[int, int] | None:
    try:
        match = re.fullmatch(r"([0-9]{2})-([0-9]{2})", text)
        if match is not None:
            day = date(_YEAR, int(match[1]), int(match[2]))
            return day.month, day.day
    except ValueError:
        pass
    bench.refuse(SEASON_DAY, path, day=text[:20])
    return None


def _claim(
    id: str,
    begin: tuple[int, int],
    end: tuple[int, int],
    taken: dict[date, str],
    bench: Bench,
) -> None:
    """Mark the days of one season; the first that another has already is a problem."""
    first = date(_YEAR, 1, 1)
    mine = [
        day
        for day in (first + place * _DAY for place in range(365))
        if _inside((day.month, day.day), begin, end)
    ]
    for day in mine:
        if day in taken:
            told = {"one": taken[day], "other": id, "day": f"{day:%m-%d}"}
            bench.refuse(SEASONS_OVERLAP, bench.at("seasons", id), **told)
            return
    taken.update(dict.fromkeys(mine, id))
