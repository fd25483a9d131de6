"""Promises of calendars as data: read strictly, written without loss, hashed, compiled."""

import copy
import pickle
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from jobkit.calendars import Calendar, Compiled, Holiday, OneOff, Policies, tzdata_version, verify
from jobkit.calendars import _compiled as compiling
from jobkit.errors import Invalid, Unsupported

BERLIN = ZoneInfo("Europe/Berlin")
TEXT = """
id = "workshop"
zone = "Europe/Berlin"
closed = [2026-12-24]

[weekly]
mon-fri = "08:00-12:00 13:00-17:00"
sat = "22:00-06:00"

[breaks]
"mon,wed" = "10:00-10:15"

[policies]
overnight = "civil_day"

[[holidays]]
name = "Easter Monday"
on = "easter +1"

[[openings]]
date = 2026-11-29
hours = "13:00-18:00"
name = "Advent Sunday"

[[closures]]
start = 2026-06-01T10:00:00+02:00
end = 2026-06-01T12:00:00+02:00
"""
WORKSHOP = Calendar(
    id="workshop",
    zone="Europe/Berlin",
    weekly={"mon-fri": "08:00-12:00 13:00-17:00", "sat": "22:00-06:00"},
    breaks={"mon,wed": "10:00-10:15"},
    closed=[date(2026, 12, 24)],
    holidays=[Holiday(name="Easter Monday", on="easter +1")],
    openings=[OneOff(date=date(2026, 11, 29), hours="13:00-18:00", name="Advent Sunday")],
    closures=[
        OneOff(start=datetime(2026, 6, 1, 8, tzinfo=UTC), end=datetime(2026, 6, 1, 10, tzinfo=UTC)),
    ],
    policies=Policies(overnight="civil_day"),
)
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))


def test_a_calendar_loads_from_text_a_file_and_data(tmp_path: Path) -> None:
    """
    TOML text, a file of it and plain data give the calendar that Python would build.
    """
    file = tmp_path / "workshop.toml"
    file.write_text(TEXT, "utf-8")

    assert WORKSHOP == Calendar.load(TEXT) == Calendar.load(file) == Calendar.load(WORKSHOP.dump())


def test_what_is_dumped_is_plain_and_short() -> None:
    """
    Defaults are left out of the data.
    """
    assert {"id": "always", "zone": "UTC", "weekly": {"mon-sun": "00:00-24:00"}} == Calendar.always().dump()


def test_the_digest_is_that_of_the_rules() -> None:
    """
    Another name keeps the digest, any other rule changes it.
    """
    assert WORKSHOP.digest == Calendar.load(TEXT).digest == attrs.evolve(WORKSHOP, id="other").digest
    others = [
        attrs.evolve(WORKSHOP, closed=()),
        attrs.evolve(WORKSHOP, zone="Europe/Paris"),
        attrs.evolve(WORKSHOP, breaks={}),
        attrs.evolve(WORKSHOP, holidays=()),
        attrs.evolve(WORKSHOP, policies=Policies()),
    ]

    assert 6 == len({WORKSHOP.digest, *(other.digest for other in others)})


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_calendar_travels(twin: Any) -> None:
    """
    A copy, also of a calendar that has compiled years already, is equal and counts the same.
    """
    expected = WORKSHOP.elapsed(*YEAR)
    other = twin(WORKSHOP)

    assert (WORKSHOP, expected) == (other, other.elapsed(*YEAR))
    assert hash(WORKSHOP) == hash(other)


@pytest.mark.parametrize(
    ("rules", "paths"),
    [
        ({"zone": 7}, ["$.zone"]),
        ({}, ["$"]),
        ({"zone": "UTC", "shifts": {}}, ["$"]),
        ({"zone": "UTC", "weekly": {"mon": 8}}, ["$.weekly[mon]"]),
        ({"zone": "UTC", "closed": ["2026-02-30"]}, ["$.closed[0]"]),
        ({"zone": "UTC", "policies": {"gap": "skip"}}, ["$.policies.gap"]),
        ({"zone": "UTC", "policies": {"gap": "later", "day_length": "wall"}}, ["$.policies.gap"]),
        ({"zone": "UTC", "openings": [{"hours": "08:00-09:00"}]}, ["$.openings[0]"]),
        (
            {
                "zone": "Mars/Olympus",
                "weekly": {"mon": "8-9", "someday": "08:00-09:00"},
                "breaks": {"tue": "x"},
            },
            ["$.zone", "$.weekly[mon]", "$.weekly[someday]", "$.breaks[tue]"],
        ),
    ],
)
def test_wrong_data_is_refused_with_its_places(rules: dict[str, Any], paths: list[str]) -> None:
    """
    Everything that is wrong is said at once, each with its place below the given path.
    """
    with pytest.raises(Invalid) as refused:
        Calendar.load(rules, "$.calendars[x]")

    assert [f"$.calendars[x]{path[1:]}" for path in paths] == [found.path for found in refused.value.findings]
    assert all(found.unblock for found in refused.value.findings)


@pytest.mark.parametrize(
    ("weekly", "code"),
    [
        ({"mon": "08:00-12:00 11:00-13:00"}, "calendars.overlap"),
        ({"mon": "22:00-06:00", "tue": "05:00-09:00"}, "calendars.overlap"),
        ({"sun": "22:00-06:00", "mon": "05:00-09:00"}, "calendars.overlap"),
        ({"mon-fri": "08:00-12:00", "wed": "08:00-10:00"}, "calendars.day_twice"),
        ({"mon,mon": "08:00-12:00"}, "calendars.day_twice"),
        ({"mon": "24:00-25:00"}, "calendars.hours"),
        ({"mon": "08:00-24:30"}, "calendars.hours"),
        ({"mon": "8:00-9:00"}, "calendars.hours"),
        ({"mon": "٠٨:00-09:00"}, "calendars.hours"),
        ({"Mon": "08:00-09:00"}, "calendars.days"),
        ({"mon-": "08:00-09:00"}, "calendars.days"),
        ({"": "08:00-09:00"}, "calendars.days"),
    ],
)
def test_weekly_hours_are_read_strictly(weekly: dict[str, str], code: str) -> None:
    """
    Overlaps, also across midnight and the week's end, doubled days and odd texts are refused by name.
    """
    with pytest.raises(Invalid) as refused:
        Calendar(zone="UTC", weekly=weekly)

    assert [code] == [found.code for found in refused.value.findings]


@pytest.mark.parametrize(
    ("weekly", "hours"),
    [
        ({"fri-mon": "08:00-09:00"}, 4),
        ({"mon, wed": "08:00-09:00"}, 2),
        ({"mon": "08:00-08:00"}, 24),
        ({"mon-sun": "08:00-08:00"}, 168),
        ({"mon": "13:00-14:00 08:00-12:00"}, 5),
        ({"mon": "08:00:30-09:00:30"}, 1),
        ({"mon": ""}, 0),
        ({}, 0),
    ],
)
def test_weekly_hours_may_be_written_in_many_ways(weekly: dict[str, str], hours: int) -> None:
    """
    Days may wrap around the week and be listed; shifts may last 24 hours, have seconds and any order.
    """
    week = (datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 9, 12, tzinfo=UTC))

    assert hours * 3600 == Calendar(zone="UTC", weekly=weekly).elapsed(*week).total_seconds()


def test_a_compiled_calendar_names_what_it_was_compiled_with() -> None:
    """
    Zone, version of the zone data, digest of the rules and window stand beside the hash of the segments.
    """
    form = WORKSHOP.compile(*YEAR)

    assert ("workshop", "Europe/Berlin", tzdata_version()) == (form.calendar, form.zone, form.tzdata)
    assert (WORKSHOP.digest, *YEAR) == (form.rules, form.start, form.end)
    assert (64, 36) == (len(form.digest), len(form.marks))
    assert form.segments


@pytest.mark.parametrize("segments", [True, False])
def test_a_compiled_calendar_loads_as_it_was_dumped(segments: bool) -> None:
    """
    With and without its segments the form is plain data, and a calendar that did not change verifies.
    """
    form = WORKSHOP.compile(*YEAR, segments=segments)

    assert form == Compiled.load(form.dump())
    assert () == verify(form, WORKSHOP) == verify(form, Calendar.load(TEXT))


@pytest.mark.parametrize(
    ("segments", "first"),
    [(True, "2027-05-05T06:00:00.000000Z"), (False, "2027-05-01T00:00:00.000000Z")],
)
def test_other_hours_are_found_with_their_first_instant(segments: bool, first: str) -> None:
    """
    A closed date of 2027 is found: to the instant if segments were kept, else to the month.
    """
    edited = attrs.evolve(WORKSHOP, closed={*WORKSHOP.closed, date(2027, 5, 5)})
    (found,) = verify(WORKSHOP.compile(*YEAR, segments=segments), edited)

    assert ("calendars.segments_changed", first) == (found.code, found.params["instant"])
    assert f"first {'at' if segments else 'in the month from'} {first}" in found.message
    assert WORKSHOP.digest[:12] in found.message


@pytest.mark.parametrize(
    ("weekly", "first"),
    [
        ({"mon-fri": "07:00-12:00 13:00-17:00"}, "2026-01-01T06:00:00.000000Z"),
        ({"mon-fri": "08:00-11:00 13:00-17:00"}, "2026-01-01T10:00:00.000000Z"),
        ({"mon-fri": "08:00-12:00 13:00-18:00"}, "2026-01-01T16:00:00.000000Z"),
        ({}, "2026-01-01T07:00:00.000000Z"),
    ],
)
def test_the_first_instant_is_where_the_hours_part(weekly: dict[str, str], first: str) -> None:
    """
    An earlier opening, an earlier or later closing and no hours at all differ first at their own instant.
    """
    former = Calendar(zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})
    (found,) = verify(former.compile(*YEAR), Calendar(zone="Europe/Berlin", weekly=weekly))

    assert first == found.params["instant"]


def test_other_zone_data_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    If a new tzdata gives other hours, the finding names both versions; if it gives the same, there is none.
    """
    form = WORKSHOP.compile(*YEAR)
    moved = attrs.evolve(WORKSHOP, zone="Europe/London").compile(*YEAR)
    monkeypatch.setattr(compiling, "tzdata_version", lambda: "2199z")

    assert () == verify(form, WORKSHOP)
    (found,) = verify(attrs.evolve(moved, rules=WORKSHOP.digest), WORKSHOP)
    assert f"zone data {form.tzdata} became 2199z" in found.message
    assert "became 2199z, rules" not in found.message


def test_hours_that_changed_without_a_known_cause_are_told() -> None:
    """
    A form whose segments were changed by hand is found, and nothing else is blamed.
    """
    form = WORKSHOP.compile(*YEAR)
    assert form.segments
    changed = attrs.evolve(form, digest="0" * 64, segments=form.segments[1:])

    assert "neither the rules nor" in verify(changed, WORKSHOP)[0].message


def test_a_newer_form_is_refused() -> None:
    """
    A form of a later format is a typed refusal, and so is a window that ends before it begins.
    """
    with pytest.raises(Unsupported, match="format 2"):
        Compiled.load({**WORKSHOP.compile(*YEAR).dump(), "format": 2})
    with pytest.raises(Invalid, match="before it begins"):
        WORKSHOP.compile(YEAR[1], YEAR[0])
    with pytest.raises(Invalid, match="1800 to 2200"):
        WORKSHOP.compile(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    with pytest.raises(Invalid):
        Compiled.load({"format": 1, "calendar": 3})
