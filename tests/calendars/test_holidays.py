"""Promises of holidays: each rule names its dates, whole or in part, and says where it is kept."""

import pickle
import sys
from datetime import date
from importlib import metadata
from typing import Any

import holidays as package
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.calendars._countries import holidays_of
from jobkit.calendars._holidays import WHOLE_DAY, Closure, Holiday, closures
from jobkit.calendars._recurring import easter, orthodox_easter, recurring
from jobkit.documents import structure, unstructure
from jobkit.errors import Invalid, Unsupported

YEARS = range(1991, 2060)


def day_of(text: str, year: int) -> str | None:
    """Return the date that *text* names in *year*, as text."""
    found = recurring(text)(year)

    return None if found is None else found.isoformat()


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("2026-12-24", 2026, "2026-12-24"),
        ("2026-12-24", 2027, None),
        ("12-25", 2027, "2027-12-25"),
        ("02-29", 2028, "2028-02-29"),
        ("02-29", 2027, None),
        ("first mon of sep", 2026, "2026-09-07"),
        ("fourth thu of nov", 2026, "2026-11-26"),
        ("last mon of may", 2027, "2027-05-31"),
        ("fifth sun of feb", 2032, "2032-02-29"),
        ("fifth sun of feb", 2026, None),
        ("wed before 11-23", 2022, "2022-11-16"),
        ("wed until 11-23", 2022, "2022-11-23"),
        ("sat from 06-20", 2026, "2026-06-20"),
        ("sat after 06-20", 2026, "2026-06-27"),
        ("mon before 05-25", 2026, "2026-05-18"),
        ("mon after 02-29", 2026, None),
        ("easter", 2024, "2024-03-31"),
        ("easter -2", 2026, "2026-04-03"),
        ("easter +39", 2008, "2008-05-01"),
        ("orthodox easter", 2024, "2024-05-05"),
        ("orthodox easter +1", 2027, "2027-05-03"),
        ("fourth thu of nov +1", 2026, "2026-11-27"),
        ("01-01 -1", 2026, "2025-12-31"),
        ("12-31 +1", 9999, None),
    ],
)
def test_a_rule_names_its_date(text: str, year: int, expected: str | None) -> None:
    """
    A line of text names one date of a year, or none in a year that has no such date.
    """
    assert expected == day_of(text, year)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "someday",
        "13-01",
        "02-30",
        "2026-02-29",
        "2026-12-24 +1",
        "sixth mon of may",
        "last mon of mai",
        "wed before 02-30",
        "easter + 1",
        "easter +0",
        "easter +301",
        "easter  +1",
        "Easter",
        "easter +1 +1",
        "12-25\n",
        "٢٠٢٦-12-24",
        "e" * 10_000,
    ],
)
def test_a_date_that_cannot_be_read_is_refused(text: str) -> None:
    """
    What names no date is one typed error at its place, with forms that would do.
    """
    with pytest.raises(Invalid) as refused:
        Holiday(name="Nothing", on=text)

    assert ("calendars.recurring", "$.on") == (refused.value.code, refused.value.path)


@pytest.mark.parametrize("year", YEARS)
def test_easter_is_that_of_the_churches(year: int) -> None:
    """
    Western and Orthodox Easter Mondays are those that the holidays of Germany and Greece name.
    """
    german = package.country_holidays("DE", years=year, language="en_US").get_named("Easter Monday")
    greek = package.country_holidays("GR", years=year, language="en_US").get_named("Easter Monday")

    assert [[day_of("easter +1", year)], [day_of("orthodox easter +1", year)]] == [
        [day.isoformat() for day in german],
        [day.isoformat() for day in greek],
    ]


@given(st.integers(1, 9998))
def test_easter_is_a_sunday(year: int) -> None:
    """
    In any year both Easters are Sundays, the Western one from 22 March to 25 April.
    """
    assert {6} == {easter(year).weekday(), orthodox_easter(year).weekday()}
    assert (3, 22) <= (easter(year).month, easter(year).day) <= (4, 25)


@pytest.mark.parametrize(
    ("observed", "saturday", "sunday"),
    [
        ("same_day", 4, 5),
        ("monday", 6, 6),
        ("sunday_to_monday", 4, 6),
        ("friday", 3, 3),
        ("nearest_weekday", 3, 6),
        ("free_weekday", 6, 6),
    ],
)
def test_a_weekend_moves_a_holiday(observed: Any, saturday: int, sunday: int) -> None:
    """
    Each setting moves a holiday on Saturday or Sunday 4 or 5 July 2026 to its own date.
    """
    kept = [
        [day.day for day in closures([Holiday(name="Day", on=on, observed=observed)], 2026)]
        for on in ("07-04", "07-05")
    ]

    assert [[saturday], [sunday]] == kept


def test_a_weekday_moves_no_holiday() -> None:
    """
    A holiday on a weekday is kept on that day under every setting.
    """
    settings = ("same_day", "monday", "sunday_to_monday", "friday", "nearest_weekday", "free_weekday")
    kept = [
        list(closures([Holiday(name="D", on="07-01", observed=one)], 2026))  # type: ignore[arg-type]
        for one in settings
    ]

    assert [[date(2026, 7, 1)]] * 6 == kept


def test_two_holidays_find_two_free_weekdays() -> None:
    """
    Christmas on Saturday and Boxing Day on Sunday are kept on Monday and Tuesday, and never on one day.
    """
    both = [
        Holiday(name="Boxing Day", on="12-26", observed="free_weekday"),
        Holiday(name="Christmas", on="12-25", observed="free_weekday"),
    ]
    names = {day.day: found[0].name for day, found in closures(both, 2021).items()}

    assert {27: "Christmas", 28: "Boxing Day"} == names
    assert [date(2022, 12, 26), date(2022, 12, 27)] == list(closures(both, 2022))


def test_a_free_weekday_looks_across_the_year() -> None:
    """
    Saturday 31 December takes Monday 2 January, so New Year's Day on Sunday is kept on Tuesday.
    """
    both = [
        Holiday(name="New Year", on="01-01", observed="free_weekday"),
        Holiday(name="Year's end", on="12-31", observed="free_weekday"),
    ]
    early = {day.day: found[0].name for day, found in closures(both, 2023).items() if day.month == 1}

    assert {2: "Year's end", 3: "New Year"} == early


def test_a_crowded_fortnight_moves_nothing() -> None:
    """
    A holiday that finds no free weekday within two weeks stays where it is.
    """
    crowd = [Holiday(name=f"Fair {day}", on=f"07-{day:02d}") for day in range(6, 27)]
    moved = Holiday(name="Day", on="07-04", observed="free_weekday")

    assert date(2026, 7, 4) in closures([*crowd, moved], 2026)


def test_a_holiday_may_be_kept_in_the_year_before() -> None:
    """
    New Year's Day on Saturday, kept on Friday, closes the last day of the old year and not of its own.
    """
    new_year = [Holiday(name="New Year", on="01-01", observed="nearest_weekday")]

    assert [date(2021, 1, 1), date(2021, 12, 31)] == list(closures(new_year, 2021))
    assert [] == list(closures(new_year, 2022))


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"years": (2025, 2027)}, [2025, 2027]),
        ({"effective_from": date(2026, 10, 3)}, [2026, 2027]),
        ({"effective_to": date(2026, 10, 3)}, [2024, 2025]),
        ({"effective_from": date(2026, 10, 4)}, [2027]),
        ({"effective_from": date(2025, 1, 1), "effective_to": date(2026, 1, 1)}, [2025]),
    ],
)
def test_a_holiday_is_kept_in_its_time(setting: dict[str, Any], expected: list[int]) -> None:
    """
    Named years, a first date and a first date no longer bound when a holiday is kept.
    """
    unity = Holiday(name="Unity", on="10-03", **setting)

    assert expected == [year for year in range(2024, 2028) if closures([unity], year)]


@pytest.mark.parametrize(
    ("setting", "spans"),
    [
        ({}, WHOLE_DAY),
        ({"closed": "12:00-24:00"}, ((720, 1440),)),
        ({"closed": "08:00-09:00 12:30-24:00"}, ((480, 540), (750, 1440))),
        ({"open": "09:00-12:00"}, ((0, 540), (720, 1440))),
        ({"open": "00:00-12:00"}, ((720, 1440),)),
        ({"open": "00:00-24:00"}, ()),
        ({"open": "08:00-10:00 10:00-12:00"}, ((0, 480), (720, 1440))),
    ],
)
def test_a_part_of_the_day_is_closed(setting: dict[str, Any], spans: object) -> None:
    """
    Closed hours, and all but the open ones, are told as minutes after midnight.
    """
    assert spans == Holiday(name="Christmas Eve", on="12-24", **setting).spans


@pytest.mark.parametrize("name", ["closed", "open"])
@pytest.mark.parametrize(
    "text", ["", "12:00", "12:00-12:00", "12:00-08:00", "8-12", "08:00-12:00 11:00-13:00", "23:00-24:30"]
)
def test_hours_of_a_holiday_are_refused(name: str, text: str) -> None:
    """
    Hours that are no hours of one day are refused at their place.
    """
    hours: dict[str, Any] = {name: text}

    with pytest.raises(Invalid) as refused:
        Holiday(name="Eve", on="12-24", **hours)

    assert ("calendars.holiday_hours", f"$.{name}") == (refused.value.code, refused.value.path)


def test_all_that_is_wrong_is_told_at_once() -> None:
    """
    A holiday with four faults is one error with a finding for each.
    """
    with pytest.raises(Invalid) as refused:
        Holiday(
            name="Muddle",
            on="never",
            closed="late",
            open="early",
            effective_from=date(2026, 1, 1),
            effective_to=date(2026, 1, 1),
        )

    assert [
        "calendars.recurring",
        "calendars.holiday_hours",
        "calendars.holiday_hours",
        "calendars.holiday_closed_and_open",
        "calendars.holiday_years",
    ] == [finding.code for finding in refused.value.findings]


def test_two_holidays_share_a_date() -> None:
    """
    Both names of a date are told, so that an explanation can name what closed it.
    """
    both = [Holiday(name="Labour Day", on="05-01"), Holiday(name="Ascension", on="easter +39")]

    assert (
        Closure(date=date(2008, 5, 1), name="Labour Day"),
        Closure(date=date(2008, 5, 1), name="Ascension"),
    ) == closures(both, 2008)[date(2008, 5, 1)]


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_time_have_holidays(year: int) -> None:
    """
    The first and the last year of dates have those holidays that fall into them, without an error.
    """
    rules = [
        Holiday(name="Eve", on="12-31", observed="monday"),
        Holiday(name="New Year", on="01-01", observed="friday"),
        Holiday(name="Before", on="01-01 -1"),
        Holiday(name="After", on="12-31 +1"),
        Holiday(name="Free", on="12-31", observed="free_weekday"),
    ]

    assert {year} == {day.year for day in closures(rules, year)}


def test_a_holiday_is_data() -> None:
    """
    A holiday reads back from its data and from its pickle, and unknown words in it are refused.
    """
    eve = Holiday(name="Christmas Eve", on="12-24", closed="12:00-24:00", years=(2026,), source="company")
    told = unstructure(eve)

    assert {
        "name": "Christmas Eve",
        "on": "12-24",
        "closed": "12:00-24:00",
        "years": [2026],
        "source": "company",
    } == told
    assert eve == structure(Holiday, told) == pickle.loads(pickle.dumps(eve))
    with pytest.raises(Invalid, match="one of the words"):
        structure(Holiday, {"name": "Eve", "on": "12-24", "observed": "tuesday"})


def test_holidays_of_a_region_are_plain_dates() -> None:
    """
    Bavaria keeps Epiphany and Berlin does not; both are dates that name the release they come from.
    """
    bavaria, berlin = (holidays_of("DE", region, years=[2026]) for region in ("BY", "BE"))

    assert Holiday(
        name="Epiphany", on="2026-01-06", source=f"holidays {metadata.version('holidays')} DE-BY"
    ) == next(one for one in bavaria if one.on == "2026-01-06")
    assert "2026-01-06" not in {one.on for one in berlin}
    assert {2026} == {year for year in range(2020, 2030) if closures(bavaria, year)}


def test_holidays_of_a_country_come_in_other_words_and_kinds() -> None:
    """
    The names follow the language that is asked for, and other categories than public ones are looked up.
    """
    german = {one.on: one.name for one in holidays_of("DE", years=[2026], language="de")}
    banks = {one.name for one in holidays_of("BE", years=[2026], categories=["bank"])}

    assert "Neujahr" == german["2026-01-01"]
    assert {"Friday after Ascension Day", "Bank Holiday"} <= banks


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        (("ZZ",), {}),
        (("DE", "XX"), {}),
        (("",), {}),
        (("DE",), {"categories": ["feasts"]}),
    ],
)
def test_an_unknown_place_is_refused(place: tuple[str, ...], asked: dict[str, Any]) -> None:
    """
    A country, region or category that is not known is a typed error with a way out.
    """
    with pytest.raises(Invalid) as refused:
        holidays_of(*place, years=[2026], **asked)

    assert "calendars.place" == refused.value.code


@pytest.mark.parametrize("years", [[], [0], [10_000], range(1, 10**12)])
def test_absurd_years_are_refused(years: Any) -> None:
    """
    No years, years that dates cannot have, and a million millions of them are refused at once.
    """
    with pytest.raises(Invalid) as refused:
        holidays_of("DE", years=years)

    assert "calendars.holiday_range" == refused.value.code


def test_a_missing_extra_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without the package that knows the holidays, the error names the extra that brings it.
    """
    monkeypatch.setitem(sys.modules, "holidays", None)

    with pytest.raises(Unsupported) as refused:
        holidays_of("DE", years=[2026])

    assert "jobkit[holidays]" in refused.value.unblock
