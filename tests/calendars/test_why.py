"""Promises of reasons: which rule opened or closed an instant, by its name, in sets and editions too."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobkit.calendars import (
    AllOf,
    AnyOf,
    BusinessTime,
    Calendar,
    Edition,
    Editions,
    Holiday,
    OneOff,
    Policies,
    Why,
)
from jobkit.calendars._ticks import DAY
from jobkit.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a time of a day of December 2026 in Berlin; the 21st is a Monday."""
    return datetime(2026, 12, day, hour, minute, tzinfo=BERLIN)


RULES: dict[str, Any] = {
    "id": "shop",
    "zone": "Europe/Berlin",
    "weekly": {"mon-fri": "08:00-17:00", "sat": "22:00-06:00"},
    "breaks": {"mon-fri": "12:00-12:30"},
    "closed": [date(2026, 12, 28)],
    "holidays": [
        Holiday(name="Christmas Day", on="12-25"),
        Holiday(name="Christmas Eve", on="12-24", closed="14:00-24:00"),
        Holiday(name="Staff party", on="2026-12-24", closed="08:00-09:00 14:00-15:00"),
        Holiday(name="Nothing", on="12-23", open="00:00-24:00"),
    ],
    "openings": [
        OneOff(name="Fair", date=date(2026, 12, 25), hours="10:00-14:00"),
        OneOff(name="Rescue", start=at(30, 18), end=at(30, 20)),
        OneOff(name="Courier", start=at(29, 10), end=at(29, 11)),
    ],
    "closures": [
        OneOff(name="Stocktaking", date=date(2026, 12, 29)),
        OneOff(name="Strike", date=date(2026, 12, 25), hours="13:00-18:00"),
        OneOff(name="Flood", start=at(30, 9), end=at(30, 19)),
        OneOff(date=date(2026, 12, 31), hours="12:00-17:00"),
        OneOff(name="Rebuilding", start=at(31, 18), end=datetime(2027, 3, 1, tzinfo=UTC)),
    ],
}
SHOP = Calendar(**RULES)


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        (at(23, 9), "open: weekly hours (shop)"),
        (at(23, 12), "closed: a break (shop)"),
        (at(23, 17), "closed: outside of weekly hours (shop)"),
        (at(24, 8), "closed: Staff party (shop)"),
        (at(24, 14), "closed: Christmas Eve (shop)"),
        (at(24, 20), "closed: outside of weekly hours (shop)"),
        (at(25, 9), "closed: Christmas Day (shop)"),
        (at(25, 12), "open: Fair (shop)"),
        (at(25, 13), "closed: Strike (shop)"),
        (at(25, 15), "closed: Christmas Day (shop)"),
        (at(26, 23), "open: weekly hours (shop)"),
        (at(28, 9), "closed: 2026-12-28 (shop)"),
        (at(29, 9), "closed: Stocktaking (shop)"),
        (at(29, 10), "open: Courier (shop)"),
        (at(30, 9), "closed: Flood (shop)"),
        (at(30, 18), "closed: Flood (shop)"),
        (at(30, 19), "open: Rescue (shop)"),
        (at(31, 13), "closed: a single closure (shop)"),
        (datetime(2027, 2, 1, 9, tzinfo=BERLIN), "closed: Rebuilding (shop)"),
    ],
)
def test_the_rule_that_decided_is_named(instant: datetime, told: str) -> None:
    """
    Of all rules about an instant the last one that changed anything is the reason.
    """
    assert told == str(SHOP.why(instant))


def test_a_night_shift_is_closed_by_the_holiday_on_which_it_opens() -> None:
    """
    What lies after midnight of a shift that a holiday took away has that holiday as its reason.
    """
    saturday = Holiday(name="Boxing Day", on="12-26")
    by_date = Calendar(**{**RULES, "holidays": [saturday]})
    by_day = Calendar(**{**RULES, "holidays": [saturday], "policies": Policies(overnight="civil_day")})

    assert ("Boxing Day", "holiday") == (by_date.why(at(27, 3)).name, by_date.why(at(27, 3)).because)
    assert (True, "hours") == (by_day.why(at(27, 3)).open, by_day.why(at(27, 3)).because)


def test_a_moved_holiday_is_named_on_the_day_on_which_it_is_kept() -> None:
    """
    Two holidays on a weekend are named each on its own free weekday, in whatever order they are written.
    """
    christmas = Holiday(name="Christmas", on="12-25", observed="free_weekday")
    boxing = Holiday(name="Boxing", on="12-26", observed="free_weekday")
    for holidays in ([christmas, boxing], [boxing, christmas]):
        shop = Calendar(zone="Europe/Berlin", weekly={"mon-fri": "08:00-17:00"}, holidays=holidays)
        days = [datetime(2021, 12, day, 9, tzinfo=BERLIN) for day in (27, 28)]

        assert ["Christmas", "Boxing"] == [shop.why(day).name for day in days]


def test_the_closing_instant_has_the_reason_of_the_hours_before_it() -> None:
    """
    Where the closing instant is open by policy, its reason is that of what closes.
    """
    shop = Calendar(**{**RULES, "policies": Policies(closing_instant="open")})

    assert (True, "hours") == (shop.why(at(23, 17)).open, shop.why(at(23, 17)).because)
    assert not shop.why(at(23, 17) + timedelta(microseconds=1)).open


def test_explained_parts_lie_on_each_other() -> None:
    """
    A window is told part by part, each with a reason other than its neighbours'; a reversed one has none.
    """
    told = [
        f"{begin.astimezone(BERLIN):%d %H:%M} {why}" for begin, _, why in SHOP.explain(at(24, 7), at(25, 9))
    ]

    assert [
        "24 07:00 closed: outside of weekly hours (shop)",
        "24 08:00 closed: Staff party (shop)",
        "24 09:00 open: weekly hours (shop)",
        "24 12:00 closed: a break (shop)",
        "24 12:30 open: weekly hours (shop)",
        "24 14:00 closed: Christmas Eve (shop)",
        "24 17:00 closed: outside of weekly hours (shop)",
        "25 08:00 closed: Christmas Day (shop)",
    ] == told
    assert () == SHOP.explain(at(25, 9), at(24, 7)) == SHOP.explain(at(25, 9), at(25, 9))


def test_months_are_explained_as_one() -> None:
    """
    However long a window is, its parts are those of its days, and nothing is cut where months meet.
    """
    never = Calendar(id="never", zone="UTC")
    years = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))

    assert ((*years, Why(open=False, because="hours", calendar="never")),) == never.explain(*years)


CREW = Calendar(id="crew", zone="Europe/Berlin", weekly={"mon-sat": "07:00-15:00"})


@pytest.mark.parametrize(
    ("calendar", "instant", "expected"),
    [
        (SHOP & CREW, at(23, 9), Why(open=True, because="hours", calendar="shop")),
        (SHOP & CREW, at(23, 16), Why(open=False, because="hours", calendar="crew")),
        (
            SHOP & CREW,
            at(25, 16),
            Why(open=False, because="holiday", name="Christmas Day", calendar="shop"),
        ),
        (SHOP | CREW, at(23, 16), Why(open=True, because="hours", calendar="shop")),
        (SHOP | CREW, at(25, 9), Why(open=True, because="hours", calendar="crew")),
        (SHOP | CREW, at(25, 13), Why(open=True, because="hours", calendar="crew")),
        (CREW | SHOP, at(25, 16), Why(open=False, because="hours", calendar="crew")),
        (CREW - SHOP, at(23, 9), Why(open=False, because="excluded", calendar="shop")),
        (CREW - SHOP, at(25, 12), Why(open=False, because="excluded", name="Fair", calendar="shop")),
        (CREW - SHOP, at(25, 9), Why(open=True, because="hours", calendar="crew")),
        (CREW - SHOP, at(23, 16), Why(open=False, because="hours", calendar="crew")),
    ],
    ids=str,
)
def test_a_set_names_the_part_that_decided(calendar: BusinessTime, instant: datetime, expected: Why) -> None:
    """
    The first part that is closed, or open, or taken away is the reason, by way of the set.
    """
    assert expected.by_way_of(calendar.id) == calendar.why(instant)


def test_an_edition_is_named_with_the_instant_from_which_it_holds() -> None:
    """
    Before an edit the first edition is the reason, after it the second, within a set too.
    """
    shop = Editions(id="hours", editions=[Edition(calendar=CREW)]).edited(
        SHOP, effective_from=at(24, 0), known_from=at(20, 0)
    )
    both = AnyOf(id="both", parts=[shop])
    before, after = both.why(at(23, 6)), both.why(at(25, 9))

    assert ("crew", ("both", "hours"), None) == (before.calendar, before.through, before.effective_from)
    assert ("shop", ("both", "hours"), at(24, 0)) == (after.calendar, after.through, after.effective_from)
    assert ("Christmas Day", False) == (after.name, after.open)


def test_hours_left_by_a_moved_gap_are_their_own_reason() -> None:
    """
    Where a break moves an opening back before the jump, what opens there is hours, not the break.
    """
    night = Calendar(
        id="night",
        zone="Europe/Berlin",
        weekly={"sun": "02:30-05:00"},
        breaks={"sun": "02:40-03:05"},
        policies=Policies(gap="later"),
    )
    opened = night.why(datetime(2026, 3, 29, 1, 10, tzinfo=UTC))

    assert (True, "hours", "night") == (opened.open, opened.because, opened.calendar)


class Tides(BusinessTime):
    """Business time of one's own: open in the first half of each day."""

    id, zone, digest = "tides", "UTC", "0"

    def dump(self, named: Any = None) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return mornings."""
        days = range(start // DAY, end // DAY + 1)
        return [
            (max(day * DAY, start), min(day * DAY + DAY // 2, end))
            for day in days
            if day * DAY < end and start < day * DAY + DAY // 2
        ]


def test_business_time_of_one_s_own_has_reasons_too() -> None:
    """
    A kind of business time that only gives its spans is open and closed by its hours.
    """
    tides = Tides()

    assert "open: weekly hours (tides)" == str(tides.why(datetime(2026, 1, 1, 11, tzinfo=UTC)))
    assert Why(open=False, because="hours", calendar="tides") == tides.why(
        datetime(2026, 1, 1, 12, tzinfo=UTC)
    )
    assert "crew" == AllOf(parts=[CREW, tides]).why(at(23, 16)).calendar


@pytest.mark.parametrize("calendar", [SHOP, SHOP & CREW, Editions(id="e", editions=[Edition(calendar=SHOP)])])
def test_reasons_refuse_what_asking_refuses(calendar: BusinessTime) -> None:
    """
    Naive instants and other millennia are refused, in all kinds of business time.
    """
    with pytest.raises(Invalid, match="no time zone"):
        calendar.why(datetime(2026, 1, 1))
    with pytest.raises(Invalid, match="1800 to 2200"):
        calendar.why(datetime.max.replace(tzinfo=UTC))
    with pytest.raises(Invalid, match="1800 to 2200"):
        calendar.explain(datetime.min.replace(tzinfo=UTC), at(1, 1))
