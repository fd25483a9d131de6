"""Promises to a customer who was put off: nobody comes before the day that was told, unless agreed anew."""

from datetime import date, timedelta

import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Refused
from jobkit.model import SignOff, Window
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole, seated
from tests.desk.dispatch import (
    NOW,
    PAUL,
    START,
    TOMORROW,
    WINDOW,
    admitted,
    on_board,
    planned,
    said,
    service,
    sure,
)

LATER = START + timedelta(days=1)
CODE = "priority.put_off_until"


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small regional service."""
    return seated(service(), store, awaited=awaited)


@pytest.fixture
def plain() -> Desk:
    """Return a desk of the service in memory."""
    return Desk(service(), MemoryStore())


def put_off(desk: Desk, id: str = "PM-1") -> None:
    """Put a job off to the day after its visit, and tell its customer."""
    word = said(desk, id)
    desk.defer(id, rule="storm", until=LATER, reason="storm", told=word, by=PAUL, at=NOW)


def sign(desk: Desk, id: str = "PM-1", minutes: int = 5, window: Window = WINDOW) -> None:
    """Sign the visit off so many minutes after the deferral."""
    at = NOW + timedelta(minutes=minutes)
    given = SignOff(id=f"s{minutes}", party="customer", window=window, by="paul", at=at)
    desk.sign_off([id], given, by=PAUL, at=max(at, NOW))


def refused(desk: Desk, id: str = "PM-1") -> set[str]:
    """Return why a job does not come onto its board; asking and doing say the same."""
    told = desk.admission(id, by=PAUL, at=NOW + timedelta(hours=1)).findings
    with pytest.raises(Refused) as error:
        desk.admit(id, by=PAUL, at=NOW + timedelta(hours=1))
    assert [each.code for each in told] == [each.code for each in error.value.findings]
    return {each.code for each in error.value.findings}


def test_customer_who_was_put_off_is_not_visited_before(desk: Desk) -> None:
    """
    A job that was put off does not come back onto a board before the day that its customer was told.
    """
    admitted(desk, "PM-1", "preventive")
    put_off(desk)

    assert {CODE} == refused(desk)
    assert [] == on_board(desk)


def test_word_of_the_customer_brings_it_back(desk: Desk) -> None:
    """
    Once the visit has been signed off anew for its window it is admitted before that day.
    """
    admitted(desk, "PM-1", "preventive")
    put_off(desk)
    sign(desk)

    desk.admit("PM-1", by=PAUL, at=NOW + timedelta(hours=1))

    assert ["PM-1"] == on_board(desk)
    assert is_whole(desk, "PM-1")


def test_on_its_new_day_it_is_admitted(plain: Desk) -> None:
    """
    The day on which the time of the deferral ends takes the job, the day before does not.
    """
    sure(plain, "PM-1", "preventive", TOMORROW)
    put_off(plain)

    plain.admit("PM-1", by=PAUL, at=NOW)

    assert ["PM-1"] == on_board(plain, date(2026, 3, 13))


@pytest.mark.parametrize("minutes", [-5, 0], ids=["before", "with"])
def test_earlier_word_does_not_count(plain: Desk, minutes: int) -> None:
    """
    What was signed off before the job was put off agrees to nothing afterwards.
    """
    planned(plain, "PM-1", "preventive")
    sign(plain, minutes=minutes)
    put_off(plain)

    assert CODE in refused(plain)


def test_word_for_another_window_does_not_count(plain: Desk) -> None:
    """
    A sign-off that a reschedule has voided agrees to no later window.
    """
    planned(plain, "PM-1", "preventive", Window(START - timedelta(hours=1), START))
    put_off(plain)
    sign(plain, window=Window(START - timedelta(hours=1), START))
    plain.fire("PM-1", "reschedule", by=PAUL, at=NOW + timedelta(minutes=9), data={"new_window": WINDOW})

    assert CODE in refused(plain)


def test_the_last_deferral_counts(plain: Desk) -> None:
    """
    A second deferral moves the day again, whatever was agreed to after the first one.
    """
    admitted(plain, "PM-1", "preventive")
    put_off(plain)
    sign(plain)
    word = said(plain, "PM-1")
    until, at = START + timedelta(days=3), NOW + timedelta(minutes=9)
    plain.defer("PM-1", rule="storm", until=until, reason="storm", told=word, by=PAUL, at=at)

    assert {CODE} == refused(plain)


def test_adopting_does_not_get_round_it(plain: Desk) -> None:
    """
    A job that is adopted with a deferral and a place on an earlier board is refused that place.
    """
    window = {"start": WINDOW.start.isoformat(), "end": WINDOW.end.isoformat()}
    place = {
        "region": "north",
        "day": "2026-03-12",
        "band": "preventive",
        "pools": ["vans"],
        "window": window,
    }
    board = {**place, "confirmed": True, "at": NOW.isoformat()}
    deferral = {
        "id": "d1",
        "reason": "storm",
        "until": LATER.isoformat(),
        "by": "lena",
        "at": NOW.isoformat(),
    }
    told = {
        "type": "visit",
        "states": {"work": "open"},
        "subject": {"postal_code": "20095"},
        "work": {"work_type": "preventive"},
        "terms": {"deferrals": [{**deferral, "at": NOW.isoformat()}]},
        "visits": [{"id": "v1", "planned": window, "confirmed": window, "board": board}],
    }

    with pytest.raises(Refused) as error:
        plain.adopt(told, by=PAUL, at=NOW, since=NOW, evidence="the old system")

    assert [CODE] == [each.code for each in error.value.findings]
