"""Promises of rescheduling: a visit keeps its slot within its day, and planned work never loses one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import attrs
import pytest

from jobkit.desk import Desk, Received, Store
from jobkit.documents import unstructure
from jobkit.errors import Refused
from jobkit.history import Event, FieldChange
from jobkit.model import BoardEntry, Job, SignOff, Window
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole, seated
from tests.desk.dispatch import (
    CAPACITY,
    DAY,
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
)
from tests.desk.test_devices import codes, sent, told

HOUR: Final = timedelta(hours=1)
ONE: Final = timedelta(days=1)
EVE: Final = DAY - ONE
YESTERDAY: Final = Window(WINDOW.start - ONE, WINDOW.end - ONE)
MINUTES: Final[dict[str, Any]] = {**CAPACITY, "pools": [{"id": "hours", "slots": 120, "unit": "minutes"}]}


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small regional service."""
    return seated(service(), store, awaited=awaited)


@pytest.fixture
def plain() -> Desk:
    """Return a desk of the service in memory."""
    return Desk(service(), MemoryStore())


def early(by: timedelta, longer: timedelta = timedelta(0)) -> Window:
    """Return the usual window so much earlier, and longer at its end."""
    return Window(WINDOW.start - by, WINDOW.end - by + longer)


def moved(desk: Desk, id: str, window: Window, **more: Any) -> Job:
    """Reschedule a visit."""
    return desk.fire(id, "reschedule", by=PAUL, at=NOW, data={"new_window": window}, **more).job


def place(job: Job) -> BoardEntry:
    """Return the place on a board that the first visit of a job has."""
    entry = job.visits[0].board
    assert entry is not None
    return entry


def refusal(desk: Desk, id: str, window: Window) -> list[str]:
    """Return why a visit is not rescheduled; asking says the same, and the board stays as it is."""
    before = on_board(desk)
    answer = desk.ask(id, "reschedule", by=PAUL, at=NOW, data={"new_window": window})
    with pytest.raises(Refused) as refused:
        moved(desk, id, window)
    assert answer.findings == refused.value.findings
    assert before == on_board(desk)
    return [each.code for each in refused.value.findings if each.blocks]


@pytest.mark.parametrize("kind", ["preventive", "repair"])
@pytest.mark.parametrize("by", [timedelta(minutes=1), timedelta(0), 9 * HOUR], ids=str)
def test_slot_stays_with_a_visit_within_its_day(desk: Desk, kind: str, by: timedelta) -> None:
    """
    A visit that is rescheduled within its day keeps slot, band and turn, and the event says so.
    """
    was = place(admitted(desk, "J-1", kind))
    admitted(desk, "J-2", kind)

    job = moved(desk, "J-1", early(by))

    assert attrs.evolve(was, window=early(by)) == place(job)
    assert ["J-1", "J-2"] == on_board(desk)
    last = desk.history("J-1").events[-1]
    if by:
        assert ("admitted", "rescheduled", "2026-03-12") == (last.kind, last.name, last.data["day"])
        assert "left" not in last.data
    assert is_whole(desk, "J-1")


def test_repair_goes_later_within_its_day(plain: Desk) -> None:
    """
    Work that no rule protects keeps its slot in either direction, and leaves the board with its day.
    """
    admitted(plain, "J-1")
    moved(plain, "J-1", early(-HOUR))
    standing = on_board(plain)
    moved(plain, "J-1", TOMORROW)

    assert (["J-1"], []) == (standing, on_board(plain))
    assert "rescheduled" == plain.history("J-1").events[-1].name
    assert "withdrawn" == plain.history("J-1").events[-1].kind


def test_repair_leaves_the_board_for_an_earlier_day(plain: Desk) -> None:
    """
    On an earlier day, too, work that no rule protects asks anew.
    """
    admitted(plain, "J-1")
    moved(plain, "J-1", YESTERDAY)

    assert ([], []) == (on_board(plain), on_board(plain, EVE))


@pytest.mark.parametrize(
    "window",
    [early(timedelta(minutes=1)), WINDOW, YESTERDAY],
    ids=["earlier", "the same", "the day before"],
)
def test_two_steps_do_not_put_off_in_silence(plain: Desk, window: Window) -> None:
    """
    Planned work that was moved first, by however little, still goes later by deferral only.
    """
    admitted(plain, "PM-1", "preventive")
    moved(plain, "PM-1", window)

    assert ["desk.put_off_in_silence"] == refusal(plain, "PM-1", early(-7 * ONE))
    assert ["desk.put_off_in_silence"] == refusal(plain, "PM-1", early(-HOUR))


def test_slot_that_was_firm_is_not_cut_off(plain: Desk) -> None:
    """
    A moved visit waits for its new confirmation on its own slot: neither time nor a new admission loosens it.
    """
    admitted(plain, "PM-1", "preventive")
    moved(plain, "PM-1", early(HOUR))
    with pytest.raises(Refused) as again:
        plain.admit("PM-1", by=PAUL, at=NOW)
    planned(plain, "J-2")
    plain.admit("J-2", by=PAUL, at=NOW)

    plain.advance(START - HOUR)

    assert "desk.admitted_before" == again.value.code
    assert ["PM-1"] == on_board(plain, now=START - HOUR)
    assert place(plain.job("PM-1")).confirmed


def test_buffer_stays_a_buffer(plain: Desk) -> None:
    """
    What stands unconfirmed keeps its place within the day, and is dropped at the cut-off like before.
    """
    planned(plain, "J-1")
    plain.admit("J-1", by=PAUL, at=NOW)
    moved(plain, "J-1", early(HOUR))
    waiting = [each.job for each in plain.board("north", DAY, now=NOW).buffered]

    plain.advance(START - HOUR)

    assert (["J-1"], []) == (waiting, on_board(plain, now=START - HOUR))
    assert "cut_off" == plain.history("J-1").events[-1].name


def test_buffer_moved_after_its_cut_off_is_dropped(plain: Desk) -> None:
    """
    A reschedule after the cut-off does not save what the wake-up had not dropped yet.
    """
    planned(plain, "J-1")
    plain.admit("J-1", by=PAUL, at=NOW)
    late: dict[str, Any] = {"by": PAUL, "at": START - 2 * HOUR, "data": {"new_window": early(-HOUR)}}

    plain.fire("J-1", "reschedule", **late)

    assert "cut_off" == plain.history("J-1").events[-1].name
    assert plain.job("J-1").visits[0].board is None


@pytest.mark.parametrize("kind", ["preventive", "repair"])
def test_longer_window_asks_for_the_difference(kind: str) -> None:
    """
    Where slots are minutes a longer window needs room for what it takes more, a shorter one gives it back.
    """
    desk = Desk(service(capacity=MINUTES), MemoryStore())
    admitted(desk, "J-1", kind)
    admitted(desk, "J-2", kind)

    full = refusal(desk, "J-1", early(HOUR, timedelta(minutes=30)))
    moved(desk, "J-2", early(HOUR, timedelta(minutes=-30)))
    moved(desk, "J-1", early(HOUR, timedelta(minutes=30)))

    (standing,) = desk.board("north", DAY, now=NOW).standing
    assert ["priority.board_full"] == full
    assert (120, 0) == (standing.booked, standing.free)


def test_planned_work_asks_the_board_of_an_earlier_day(desk: Desk) -> None:
    """
    On an earlier day with room it changes one firm slot for another in one commit, which the event tells.
    """
    admitted(desk, "PM-1", "preventive")

    job = moved(desk, "PM-1", YESTERDAY)

    assert ([], ["PM-1"]) == (on_board(desk), on_board(desk, EVE))
    entry, last = place(job), desk.history("PM-1").events[-1]
    assert ("2026-03-11", "preventive", True, YESTERDAY) == (
        entry.day,
        entry.band,
        entry.confirmed,
        entry.window,
    )
    assert ("admitted", "rescheduled", "2026-03-11") == (last.kind, last.name, last.data["day"])
    assert {"region": "north", "day": "2026-03-12"} == last.data["left"]
    assert is_whole(desk, "PM-1")


def test_earlier_day_without_room_refuses_planned_work(desk: Desk) -> None:
    """
    Without room the reschedule is refused with what the admission says, earlier days and the deferral.
    """
    for number in range(3):
        admitted(desk, f"PM-{number}", "preventive", YESTERDAY)
    admitted(desk, "PM-9", "preventive")

    assert ["priority.reserved", "desk.no_room_earlier"] == refusal(desk, "PM-9", YESTERDAY)
    findings = desk.ask("PM-9", "reschedule", by=PAUL, at=NOW, data={"new_window": YESTERDAY}).findings
    assert ["none known"] == findings[0].params["days"]
    assert findings[1].unblock == (
        "Reschedule it to another day before 2026-03-12, or put it off with defer by one of the rules storm."
    )
    assert {"$.visits[v1].board"} == {each.path for each in findings}
    assert ["PM-9"] == on_board(desk)


def test_days_between_are_named(plain: Desk) -> None:
    """
    The days with room that a refusal names lie before the day that planned work has already.
    """
    for number in range(3):
        admitted(plain, f"PM-{number}", "preventive", early(ONE))
    admitted(plain, "PM-9", "preventive", early(-2 * ONE))

    findings = plain.ask("PM-9", "reschedule", by=PAUL, at=NOW, data={"new_window": early(ONE)}).findings

    assert ["2026-03-12", "2026-03-13"] == findings[0].params["days"]


def test_day_that_is_over_takes_no_planned_work(plain: Desk) -> None:
    """
    Nobody moves planned work into the past to be rid of it.
    """
    admitted(plain, "PM-1", "preventive")

    assert ["priority.day_over", "desk.no_room_earlier"] == refusal(plain, "PM-1", early(5 * ONE))


def test_two_who_change_places_are_asked_one_after_the_other(plain: Desk) -> None:
    """
    A slot that frees on the earlier day goes to one; what frees on the later day is free for others at once.
    """
    for number in range(3):
        admitted(plain, f"PM-{number}", "preventive", YESTERDAY)
    admitted(plain, "PM-9", "preventive")
    plain.defer(
        "PM-0",
        rule="storm",
        until=START + ONE,
        reason="storm",
        told=said(plain, "PM-0"),
        by=PAUL,
        at=NOW,
    )

    moved(plain, "PM-9", YESTERDAY)

    assert ["PM-1", "PM-2", "PM-9"] == on_board(plain, EVE)
    assert [] == on_board(plain)


def test_day_of_a_deferral_holds_for_earlier_days(plain: Desk) -> None:
    """
    Work that was put off does not come before the day its customer was told; within that day it may move.
    """
    admitted(plain, "PM-1", "preventive")
    word = said(plain, "PM-1")
    plain.defer("PM-1", rule="storm", until=START, reason="storm", told=word, by=PAUL, at=NOW)
    plain.admit("PM-1", by=PAUL, at=NOW)

    against = refusal(plain, "PM-1", YESTERDAY)
    moved(plain, "PM-1", early(HOUR))

    assert ["priority.put_off_until", "desk.no_room_earlier"] == against
    assert ["PM-1"] == on_board(plain)


def test_agreed_day_holds_while_the_window_moves() -> None:
    """
    Who agreed to an earlier day than was told keeps that day when a longer window needs more of it.
    """
    desk = Desk(service(capacity=MINUTES), MemoryStore())
    admitted(desk, "PM-1", "preventive")
    word = said(desk, "PM-1")
    desk.defer("PM-1", rule="storm", until=START + ONE, reason="storm", told=word, by=PAUL, at=NOW)
    agreed = SignOff(id="s1", party="customer", window=WINDOW, by="paul", at=NOW + HOUR)
    desk.sign_off(["PM-1"], agreed, by=PAUL, at=NOW + HOUR)
    desk.admit("PM-1", by=PAUL, at=NOW + HOUR)
    longer = {"new_window": early(HOUR, HOUR)}

    desk.fire("PM-1", "reschedule", by=PAUL, at=NOW + 2 * HOUR, data=longer)

    assert ["PM-1"] == on_board(desk)


def test_values_that_come_with_a_reschedule_do_not_get_round_it(plain: Desk) -> None:
    """
    A reschedule that corrects the place in the same move takes planned work off no board either.
    """
    admitted(plain, "PM-1", "preventive")
    admitted(plain, "J-1")

    with pytest.raises(Refused) as refused:
        moved(plain, "PM-1", early(HOUR), values={"subject.postal_code": "80331"})
    moved(plain, "J-1", early(HOUR), values={"subject.postal_code": "80331"})

    assert "desk.put_off_by_place" == refused.value.code
    assert ["PM-1"] == on_board(plain)
    assert "withdrawn" == plain.history("J-1").events[-1].kind


ROUND: Final[dict[str, Callable[[Desk], object]]] = {
    "planned anew": lambda desk: desk.plan_visit("PM-1", YESTERDAY, by=PAUL, at=NOW, visit_id="v1"),
    "amended": lambda desk: desk.amend(
        "PM-1", {"visits[v1].planned": unstructure(YESTERDAY)}, by=PAUL, at=NOW
    ),
}


@pytest.mark.parametrize("way", ROUND)
def test_windows_move_by_reschedule_only(plain: Desk, way: str) -> None:
    """
    Planning anew and amending the window are refused, so that there is one way to move a visit.
    """
    admitted(plain, "PM-1", "preventive")

    with pytest.raises(Refused):
        ROUND[way](plain)

    assert ["PM-1"] == on_board(plain)


def test_adopted_slot_needs_its_confirmation(plain: Desk) -> None:
    """
    A job that comes with a firm place and no confirmation is off the board: nobody is let past the buffer.
    """
    window = unstructure(WINDOW)
    place = {"region": "north", "day": "2026-03-12", "band": "preventive", "pools": ["vans"]}
    board = {**place, "window": window, "confirmed": True, "at": NOW.isoformat()}
    job = {
        "type": "visit",
        "states": {"work": "open"},
        "subject": {"postal_code": "20095"},
        "visits": [{"id": "v1", "planned": window, "board": board}],
    }

    done = plain.adopt(job, by=PAUL, at=NOW, since=NOW, evidence="old system")

    assert [] == on_board(plain)
    assert "unconfirmed" == done.events[-1].name


def word(job: Job, window: Window, number: int = 1, was: Window = WINDOW, confirmed: bool = True) -> Event:
    """Return a device's word that a visit was rescheduled."""
    changes = (
        FieldChange("$.visits[v1].planned", unstructure(was), unstructure(window)),
        *((FieldChange("$.visits[v1].confirmed", unstructure(was), None),) if confirmed else ()),
        FieldChange("$.visits[v1].reschedules", number - 1, number),
    )
    data = {"new_window": unstructure(window)}
    return told(job, "moved", number, name="reschedule", by=PAUL, at=NOW, changes=changes, data=data)


def rescheduled(desk: Desk, kind: str, *windows: Window) -> Received:
    """Let a device reschedule an admitted visit, once for each window, and name itself on the set only."""
    job = admitted(desk, "J-1", kind)
    was = (WINDOW, *windows)
    events = [word(job, window, n + 1, was[n], confirmed=not n) for n, window in enumerate(windows)]
    return sent(desk, job, *(attrs.evolve(event, origin="") for event in events), at=NOW)


@pytest.mark.parametrize("kind", ["preventive", "repair"])
def test_device_keeps_the_slot_within_the_day(plain: Desk, kind: str) -> None:
    """
    A device that moves a visit within its day is taken at its word, and the slot stays.
    """
    received = rescheduled(plain, kind, early(HOUR))

    assert ([], ["J-1"]) == (codes(received), on_board(plain))
    assert early(HOUR) == place(plain.job("J-1")).window


def test_device_does_not_ask_an_earlier_board(plain: Desk) -> None:
    """
    A device's word that planned work goes to an earlier day is kept as refused, and the visit stays.
    """
    received = rescheduled(plain, "preventive", YESTERDAY)

    assert ["desk.earlier_unasked"] == codes(received)
    assert (["J-1"], []) == (on_board(plain), on_board(plain, EVE))


def test_device_does_not_put_off_in_two_steps(plain: Desk) -> None:
    """
    Of two words that come together the one that moves planned work later is refused, and the other holds.
    """
    received = rescheduled(plain, "preventive", early(HOUR), early(-7 * ONE))

    assert ["desk.put_off_in_silence"] == codes(received)
    assert early(HOUR) == place(plain.job("J-1")).window


@pytest.mark.parametrize("window", [YESTERDAY, TOMORROW], ids=["earlier", "later"])
def test_device_takes_a_repair_to_another_day(plain: Desk, window: Window) -> None:
    """
    Work that no rule protects leaves its board at a device's word.
    """
    received = rescheduled(plain, "repair", window)

    assert ([], []) == (codes(received), on_board(plain))


def test_longer_window_of_a_device_is_a_fact(plain: Desk) -> None:
    """
    What a device has made longer is recorded without room, and the day is listed as overbooked.
    """
    desk = Desk(service(capacity=MINUTES), MemoryStore())
    admitted(desk, "J-2")

    received = rescheduled(desk, "repair", early(HOUR, HOUR))

    assert [] == codes(received)
    assert [DAY] == [each.day for each in desk.overbooked(["north"], DAY, now=NOW)]
