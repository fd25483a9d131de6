"""Promises of sets: together, either, and one without another, in any zones, by name or written out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobkit.calendars import AllOf, AnyOf, BusinessTime, Calendar, Policies, Without
from jobkit.calendars._loading import dump_calendars, load_calendar, load_calendars
from jobkit.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
SHOP = Calendar(id="shop", zone="Europe/Berlin", weekly={"mon-sat": "10:00-19:00"})
CREW = Calendar(id="crew", zone="Europe/Berlin", weekly={"mon-fri": "07:00-12:00 13:00-16:00"})
PORTO = Calendar(id="porto", zone="Europe/Lisbon", weekly={"mon-fri": "09:00-13:00"})
MONDAY = datetime(2026, 3, 23, tzinfo=BERLIN)
DAY = {"zone": "Europe/Berlin", "weekly": {"mon-fri": "08:00-16:00"}}


def hours_on(calendar: BusinessTime, day: datetime) -> list[str]:
    """Return the open hours of one date in Berlin, as people write them."""
    spans = calendar.intervals(day, day + timedelta(days=1))

    return ["-".join(f"{at.astimezone(BERLIN):%H:%M}" for at in span) for span in spans]


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        (SHOP & CREW, ["10:00-12:00", "13:00-16:00"]),
        (SHOP | CREW, ["07:00-19:00"]),
        (SHOP - CREW, ["12:00-13:00", "16:00-19:00"]),
        (CREW - SHOP, ["07:00-10:00"]),
        (SHOP & CREW & PORTO, ["10:00-12:00", "13:00-14:00"]),
        (CREW - SHOP - PORTO, ["07:00-10:00"]),
        (Without(parts=(SHOP, CREW, PORTO)), ["16:00-19:00"]),
        (Calendar.always() - SHOP, ["00:00-10:00", "19:00-00:00"]),
        (AllOf(parts=[SHOP]), ["10:00-19:00"]),
        (AllOf(parts=[SHOP, CREW, PORTO]), ["10:00-12:00", "13:00-14:00"]),
        (AnyOf(parts=[CREW, PORTO, SHOP]), ["07:00-19:00"]),
    ],
    ids=str,
)
def test_a_set_is_open_when_its_parts_say(calendar: BusinessTime, expected: list[str]) -> None:
    """
    Both, either and one without the other, each part by the clocks of its own zone.
    """
    assert expected == hours_on(calendar, MONDAY)


def test_lisbon_is_an_hour_behind_only_by_its_own_clock() -> None:
    """
    In the three weeks when New York has jumped and Berlin has not, the hours in common are longer.
    """
    york = Calendar(id="york", zone="America/New_York", weekly={"mon-fri": "09:00-17:00"})
    both = SHOP & york

    assert (["15:00-19:00"], ["14:00-19:00"]) == (
        hours_on(both, datetime(2026, 3, 2, tzinfo=BERLIN)),
        hours_on(both, datetime(2026, 3, 9, tzinfo=BERLIN)),
    )


def test_working_days_of_a_set_are_dates_with_any_opening() -> None:
    """
    Working days go by the first part's zone, and by another one that is named.
    """
    tokyo = Calendar(id="tokyo", zone="Asia/Tokyo", weekly={"mon-fri": "06:00-08:00"})
    friday_night = datetime(2026, 3, 27, 23, 30, tzinfo=BERLIN)

    assert datetime(2026, 3, 30, 10, tzinfo=BERLIN) == (CREW & SHOP).add(
        datetime(2026, 3, 27, 8, tzinfo=BERLIN), "1 working day"
    )
    # Tokyo opens on Monday at six, which is eleven on Sunday evening in Berlin.
    assert datetime(2026, 3, 29, 23, 30, tzinfo=BERLIN) == AnyOf(parts=[tokyo], zone="Europe/Berlin").add(
        friday_night, "1 working day"
    )


def test_a_set_takes_the_policies_of_its_first_part() -> None:
    """
    What the first part decides holds for the set, except that its days have their real length.
    """
    strict = Calendar(
        id="strict",
        zone="Europe/Berlin",
        weekly={"sat": "22:00-06:00"},
        policies=Policies(closing_instant="open", day_length="wall"),
    )
    joint = strict & Calendar.always()

    assert Policies(closing_instant="open") == joint.policies
    assert timedelta(hours=7) == joint.elapsed(
        datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)
    )


def test_a_set_has_a_name() -> None:
    """
    A set is called by its parts unless it is given a name; its repr tells parts by their names only.
    """
    named = AllOf(id="visits", parts=(SHOP, CREW))

    assert ("shop & crew", "shop | crew", "shop - crew", "visits") == (
        (SHOP & CREW).id,
        (SHOP | CREW).id,
        (SHOP - CREW).id,
        named.id,
    )


def test_the_digest_tells_sets_apart() -> None:
    """
    How parts are taken together, their order, their rules and the zone change the digest; names do not.
    """
    renamed = Calendar(id="store", zone=SHOP.zone, weekly=SHOP.weekly)
    sets = [
        SHOP & CREW,
        SHOP | CREW,
        SHOP - CREW,
        CREW - SHOP,
        SHOP & PORTO,
        AllOf(parts=(SHOP, CREW), zone="UTC"),
    ]

    assert len(sets) == len({one.digest for one in sets})
    assert (SHOP & CREW).digest == AllOf(id="visits", parts=(renamed, CREW)).digest


@pytest.mark.parametrize("kind", [AllOf, AnyOf, Without])
def test_a_set_without_parts_is_refused(kind: Any) -> None:
    """
    A set needs at least one part.
    """
    with pytest.raises(Invalid) as refused:
        kind(parts=())

    assert ("calendars.no_parts", "$.parts") == (refused.value.code, refused.value.path)


def test_a_set_in_no_zone_is_refused() -> None:
    """
    The zone of a set is an IANA zone.
    """
    with pytest.raises(Invalid) as refused:
        AnyOf(parts=(SHOP,), zone="Mars/Olympus")

    assert "calendars.zone" == refused.value.code


def test_a_set_that_never_opens_says_so() -> None:
    """
    Adding time where the parts have no hour in common names the set, instead of looking for ever.
    """
    with pytest.raises(Invalid) as refused:
        (SHOP - SHOP).add(MONDAY, "1 working hour")

    assert "calendars.never_open" == refused.value.code
    assert "shop - shop" in refused.value.message


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"all": ["shop", "crew"]}, SHOP & CREW),
        ({"any": ["shop", {"all": ["crew", "porto"]}]}, SHOP | (CREW & PORTO)),
        ({"base": "shop", "minus": ["crew", "porto"]}, Without(parts=(SHOP, CREW, PORTO))),
        ({"id": "visits", "all": ["shop"], "zone": "UTC"}, AllOf(id="visits", parts=(SHOP,), zone="UTC")),
        ("shop", SHOP),
        ({**DAY, "id": "own"}, Calendar.load({**DAY, "id": "own"})),
    ],
)
def test_a_set_is_data(data: Any, expected: BusinessTime) -> None:
    """
    Sets are read from names and from rules written out, and dumped with names and without.
    """
    named = {"shop": SHOP, "crew": CREW, "porto": PORTO}
    read = load_calendar(data, named=named)

    assert expected == read
    assert read == load_calendar(read.dump())
    assert read == load_calendar(read.dump(named), named=named)


def test_calendars_name_each_other_in_any_order() -> None:
    """
    A whole section of calendars is read by name, each once, and dumped with the same names.
    """
    data = {
        "visits": {"all": ["late", "shop"]},
        "late": {"base": "shop", "minus": [DAY]},
        "shop": DAY,
        "always": {"zone": "UTC", "weekly": {"mon-sun": "00:00-24:00"}},
        "changed": {
            "editions": [
                {"calendar": "shop"},
                {"calendar": "always", "effective_from": "2026-07-01T00:00:00.000000Z"},
            ]
        },
    }
    read = load_calendars(data)

    assert list(data) == [one.id for one in read.values()]
    assert data == dump_calendars(read)
    assert read == load_calendars(dump_calendars(read))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"a": {"all": ["b"]}}, [("calendars.unknown", "$[a].all[0]")]),
        ({"a": {"all": ["a"]}}, [("calendars.loop", "$[a].all[0]")]),
        (
            {"a": {"all": ["b"]}, "b": {"any": ["c"]}, "c": {"base": "a", "minus": []}},
            [("calendars.loop", "$[c].base")],
        ),
        ({"a": {"all": []}}, [("calendars.no_parts", "$[a].parts")]),
        ({"a": {"all": ["b"], "any": ["b"]}, "b": DAY}, [("documents.unknown_key", "$[a]")]),
        ({"a": {"base": "b"}, "b": DAY}, [("documents.missing_key", "$[a]")]),
        ({"a": {**DAY, "id": "b"}}, [("calendars.other_id", "$[a].id")]),
        ({"a": 7}, [("documents.wrong_type", "$[a]")]),
        (
            {"a": {"all": [7, None]}},
            [("documents.wrong_type", "$[a].all[0]"), ("documents.wrong_type", "$[a].all[1]")],
        ),
        ({"a": {"all": "b"}, "b": DAY}, [("documents.wrong_type", "$[a].all")]),
        ({"a": {"all": ["b"], "zone": "Mars"}, "b": DAY}, [("calendars.zone", "$[a].zone")]),
        (
            {"a": {"zone": "Mars"}, "b": {"any": ["a", "c"]}, "c": {"zone": "Venus"}},
            [("calendars.zone", "$[a].zone"), ("calendars.zone", "$[c].zone")],
        ),
        ([DAY], [("documents.wrong_type", "$")]),
    ],
)
def test_bad_data_is_refused_at_its_place(data: Any, expected: list[tuple[str, str]]) -> None:
    """
    All that is wrong with a section of calendars is told at once, each fault once, with its place.
    """
    with pytest.raises(Invalid) as refused:
        load_calendars(data)

    assert expected == [(finding.code, finding.path) for finding in refused.value.findings]


def test_a_long_chain_of_names_is_refused() -> None:
    """
    Calendars that are made of each other without end are an error, not an exhausted stack.
    """
    chain: dict[str, Any] = {f"c{number}": {"all": [f"c{number + 1}"]} for number in range(1000)}

    with pytest.raises(Invalid) as refused:
        load_calendars({**chain, "c1000": DAY})

    assert "calendars.too_deep" == refused.value.code


def test_sets_of_sets_are_written_out() -> None:
    """
    The largest set of sets that is read is counted, hashed, shown, compared and written out at once.
    """
    data: dict[str, Any] = {f"c{number}": {"all": [f"c{number - 1}"] * 10} for number in (1, 2)}
    read, again = (load_calendars({"c0": DAY, **data})["c2"] for _ in range(2))

    assert timedelta(hours=8) == read.elapsed(MONDAY, MONDAY + timedelta(days=1))
    assert (64, read.digest) == (len(read.digest), again.digest)
    assert (read, hash(read)) == (again, hash(again))
    assert read.digest == load_calendar(read.dump()).digest
    assert len(repr(read)) < 1000
