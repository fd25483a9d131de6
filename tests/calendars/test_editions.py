"""Promises of editions: what an edit changes begins on its date, and what was known can be asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobkit.calendars import Calendar, Policies
from jobkit.calendars._editions import Edition, Editions
from jobkit.calendars._loading import load_calendar
from jobkit.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
OLD = Calendar(id="old", zone="Europe/Berlin", weekly={"mon-fri": "08:00-16:00"})
LONGER = Calendar(id="longer", zone="Europe/Berlin", weekly={"mon-fri": "08:00-20:00"})
NIGHTS = Calendar(id="nights", zone="Europe/Berlin", weekly={"mon-fri": "22:00-06:00"})
JULY = datetime(2026, 7, 1, tzinfo=BERLIN)
JUNE = datetime(2026, 6, 1, tzinfo=BERLIN)
SHOP = Editions(id="shop", editions=[Edition(calendar=OLD)])
EDITED = SHOP.edited(LONGER, effective_from=JULY, known_from=JUNE)
DAY = timedelta(days=1)


def test_an_edit_begins_on_its_date() -> None:
    """
    The day before the effective date has its eight hours, the day itself twelve.
    """
    assert timedelta(hours=8) == EDITED.elapsed(JULY - DAY, JULY)
    assert timedelta(hours=12) == EDITED.elapsed(JULY, JULY + DAY)
    assert timedelta(hours=20) == EDITED.elapsed(JULY - DAY, JULY + DAY)


def test_an_edit_leaves_the_value_that_it_edits() -> None:
    """
    The calendar before the edit is still there, and both say which edition is in force.
    """
    assert timedelta(hours=16) == SHOP.elapsed(JULY - DAY, JULY + DAY)
    assert [OLD, OLD, LONGER] == [
        SHOP.at(JULY).calendar,
        EDITED.at(JULY - timedelta(microseconds=1)).calendar,
        EDITED.at(JULY).calendar,
    ]


def test_the_calendar_is_told_as_it_was_known() -> None:
    """
    Before the edit was recorded nobody knew of it, from its recording on everybody does.
    """
    before, since = EDITED.known_at(JUNE - DAY), EDITED.known_at(JUNE)

    assert SHOP == before
    assert EDITED == since
    assert datetime(2026, 7, 2, 10, tzinfo=BERLIN) == before.add(JULY, "10 working hours")
    assert datetime(2026, 7, 1, 18, tzinfo=BERLIN) == since.add(JULY, "10 working hours")


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    """
    Of two editions that begin together the one recorded later holds, and the other one until then.
    """
    corrected = EDITED.edited(OLD, effective_from=JULY, known_from=JUNE + DAY)

    assert timedelta(hours=8) == corrected.elapsed(JULY, JULY + DAY)
    assert timedelta(hours=12) == corrected.known_at(JUNE).elapsed(JULY, JULY + DAY)


def test_an_edit_between_holds_until_the_next() -> None:
    """
    An edit that begins before one already announced ends where that one begins.
    """
    squeezed = EDITED.edited(NIGHTS, effective_from=JULY - 2 * DAY, known_from=JUNE)

    assert timedelta(hours=2 + 6 + 2) == squeezed.elapsed(JULY - 2 * DAY, JULY)
    assert timedelta(hours=12) == squeezed.elapsed(JULY, JULY + DAY)


def test_an_open_shift_is_cut_where_its_edition_ends() -> None:
    """
    A night shift that is under way when day work takes effect ends at that instant.
    """
    nights = Editions(id="nights", editions=[Edition(calendar=NIGHTS)])
    changed = nights.edited(OLD, effective_from=datetime(2026, 7, 1, 3, tzinfo=BERLIN), known_from=JUNE)

    assert datetime(2026, 7, 1, 3, tzinfo=BERLIN) == changed.next_closing(JULY)


def test_hours_that_go_on_through_an_edit_are_one_span() -> None:
    """
    An edit in the middle of the day that changes only the closing does not close in between.
    """
    noon = datetime(2026, 7, 1, 12, tzinfo=BERLIN)
    changed = SHOP.edited(LONGER, effective_from=noon, known_from=noon)

    assert ((noon.replace(hour=8), noon.replace(hour=20)),) == changed.intervals(JULY, JULY + DAY)


def test_wall_length_holds_for_the_edition_that_has_it() -> None:
    """
    The night of the spring jump counts eight hours by the wall where its edition says so, else seven.
    """
    saturday = {"zone": "Europe/Berlin", "weekly": {"sat": "22:00-06:00"}}
    real = Calendar.load(saturday)
    wall = Calendar.load({**saturday, "policies": {"day_length": "wall"}})
    turned = Editions(id="n", editions=[Edition(calendar=wall)]).edited(
        real, effective_from=datetime(2026, 9, 1, tzinfo=UTC), known_from=JULY
    )
    nights = [datetime(year, 3, day, 12, tzinfo=UTC) for year, day in ((2026, 28), (2027, 27))]

    assert [timedelta(hours=8), timedelta(hours=7)] == [turned.elapsed(one, one + DAY) for one in nights]


def test_working_days_keep_the_zone_of_the_first_edition() -> None:
    """
    An edit that moves the calendar to another zone leaves the dates by which working days were counted.
    """
    moved = SHOP.edited(Calendar.always("east", "Asia/Tokyo"), effective_from=JULY, known_from=JUNE)

    assert ("Europe/Berlin", Policies()) == (moved.zone, moved.policies)
    assert datetime(2026, 6, 30, 10, tzinfo=BERLIN) == moved.add(
        datetime(2026, 6, 29, 10, tzinfo=BERLIN), "1 working day"
    )


def test_a_backdated_edit_must_say_so() -> None:
    """
    An edit that takes effect before it was recorded is refused, unless it says that it is meant.
    """
    edit: dict[str, Any] = {"effective_from": JUNE, "known_from": JULY}
    with pytest.raises(Invalid) as refused:
        SHOP.edited(LONGER, **edit)
    meant = SHOP.edited(LONGER, **edit, backdated=True)

    assert ("calendars.backdated", "$.effective_from") == (refused.value.code, refused.value.path)
    assert timedelta(hours=12) == meant.elapsed(JUNE, JUNE + DAY)
    assert timedelta(hours=8) == meant.known_at(JULY - DAY).elapsed(JUNE, JUNE + DAY)


def test_an_edit_says_when_it_was_recorded() -> None:
    """
    An edit of which nobody says when it was recorded would be known before it was made, and must say so.
    """
    with pytest.raises(Invalid) as refused:
        SHOP.edited(LONGER, effective_from=JULY)
    meant = SHOP.edited(LONGER, effective_from=JULY, backdated=True)

    assert ("calendars.edit_unrecorded", "$.known_from") == (refused.value.code, refused.value.path)
    assert meant == meant.known_at(JUNE - 9 * DAY)


def test_the_order_in_which_editions_are_given_does_not_matter() -> None:
    """
    Editions stand in the order of their dates.
    """
    twisted = Editions(id="shop", editions=reversed(EDITED.editions))

    assert (EDITED, EDITED.digest) == (twisted, twisted.digest)


@pytest.mark.parametrize(
    ("editions", "codes"),
    [
        ([], ["calendars.no_first_edition"]),
        ([{"effective_from": JULY}], ["calendars.no_first_edition"]),
        ([{"known_from": JULY}], ["calendars.no_first_edition"]),
        ([{}, {}], ["calendars.edition_twice"]),
        ([{"effective_from": JULY}] * 2, ["calendars.no_first_edition", "calendars.edition_twice"]),
        ([{}, *[{"effective_from": JULY, "known_from": JUNE}] * 2], ["calendars.edition_twice"]),
    ],
)
def test_editions_without_beginning_or_order_are_refused(editions: Any, codes: list[str]) -> None:
    """
    There is an edition from the beginning, and no two that begin and were recorded together.
    """
    with pytest.raises(Invalid) as refused:
        Editions(id="shop", editions=[Edition(calendar=OLD, **one) for one in editions])

    assert codes == [finding.code for finding in refused.value.findings]


@pytest.mark.parametrize("name", ["effective_from", "known_from"])
def test_naive_instants_are_refused(name: str) -> None:
    """
    An edition begins and is known from aware instants only.
    """
    instant: dict[str, Any] = {name: datetime(2026, 7, 1)}

    with pytest.raises(Invalid) as refused:
        Edition(calendar=OLD, **instant)

    assert "instants.naive" == refused.value.code


def test_the_digest_tells_editions_apart() -> None:
    """
    The rules, the date and the recording of every edition are in the digest; the name is not.
    """
    others = [
        SHOP.edited(NIGHTS, effective_from=JULY, known_from=JUNE),
        SHOP.edited(LONGER, effective_from=JULY + DAY, known_from=JUNE),
        SHOP.edited(LONGER, effective_from=JULY, backdated=True),
    ]
    renamed = Editions(id="store", editions=EDITED.editions)

    assert 5 == len({one.digest for one in (SHOP, EDITED, *others)})
    assert EDITED.digest == renamed.digest


def test_editions_are_data() -> None:
    """
    Editions are dumped and read without loss, with names and without; what is wrong is told at its place.
    """
    named = {"old": OLD, "longer": LONGER}
    told = EDITED.dump(named)

    assert {
        "id": "shop",
        "editions": [
            {"calendar": "old"},
            {
                "calendar": "longer",
                "effective_from": "2026-06-30T22:00:00.000000Z",
                "known_from": "2026-05-31T22:00:00.000000Z",
            },
        ],
    } == told
    assert EDITED == load_calendar(told, named=named) == load_calendar(EDITED.dump())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"id": "shop", "editions": []}, ("calendars.no_first_edition", "$.editions")),
        ({"editions": [{"calendar": "old"}]}, ("documents.missing_key", "$")),
        (
            {"id": "shop", "editions": [{"calendar": "old", "effective_from": "2026-07-01T00:00:00"}]},
            ("instants.naive", "$.editions[0].effective_from"),
        ),
        ({"id": "shop", "editions": [{"calendar": "new"}]}, ("calendars.unknown", "$.editions[0].calendar")),
        (
            {"id": "shop", "editions": [{"calendar": "old", "from": "now"}]},
            ("documents.unknown_key", "$.editions[0]"),
        ),
    ],
)
def test_bad_editions_are_refused_at_their_place(data: Any, expected: tuple[str, str]) -> None:
    """
    Whatever is wrong with the data of editions is told with its place.
    """
    with pytest.raises(Invalid) as refused:
        load_calendar(data, named={"old": OLD})

    assert expected == (refused.value.code, refused.value.path)


def test_naive_instants_ask_no_edition() -> None:
    """
    A naive instant is refused also where every edition was known from the beginning.
    """
    shop = Editions(id="shop", editions=[Edition(calendar=Calendar.always())])
    with pytest.raises(Invalid) as refused:
        shop.known_at(datetime(2026, 3, 10))

    assert "instants.naive" == refused.value.code
