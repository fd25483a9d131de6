"""Promises of boards on the desk: the last slot goes once, and capacity comes back on every path."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Conflict, Invalid, NotFound, Refused
from jobkit.history import FieldChange
from jobkit.model import Window
from jobkit.stores import MemoryStore
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.building import is_whole, seated
from tests.desk.dispatch import (
    CAPACITY,
    DAY,
    NOW,
    PAUL,
    TOM,
    TOMORROW,
    WINDOW,
    admitted,
    on_board,
    opened,
    planned,
    service,
    sure,
    unrouted,
)
from tests.desk.test_devices import sent, told


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small regional service."""
    return seated(service(), store, awaited=awaited)


@pytest.fixture
def plain() -> Desk:
    """Return a desk of the service in memory, for promises that no store can break."""
    return Desk(service(), MemoryStore())


def full(desk: Desk) -> None:
    """Fill the day as far as repairs may: two of four slots are kept."""
    admitted(desk, "J-1")
    admitted(desk, "J-2")


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    """Return the codes of what blocks."""
    return [finding.code for finding in error.value.findings if finding.blocks]


def test_admitted_visit_stands_on_its_board(desk: Desk) -> None:
    """
    Admission is recorded on the visit by an event, and the board of its region and day shows it.
    """
    job = admitted(desk, "J-1")

    entry = job.visits[0].board
    assert entry is not None
    assert ("north", "2026-03-12", "standard", ("vans",), WINDOW, True) == (
        entry.region,
        entry.day,
        entry.band,
        entry.pools,
        entry.window,
        entry.confirmed,
    )
    found = desk.board("north", DAY, now=NOW)
    assert (["J-1"], ["J-1"], ()) == (
        [each.job for each in found.board.bookings],
        [each.id for each in found.jobs],
        found.buffered,
    )
    assert (1, 3) == (found.standing[0].booked, found.standing[0].free)
    assert [] == on_board(desk, region="south")
    assert is_whole(desk, "J-1")


def test_last_slot_goes_once(desk: Desk) -> None:
    """
    What a reserve keeps is refused with its name and days that have room; asking and doing say the same.
    """
    full(desk)
    sure(desk, "J-3")

    answer = desk.admission("J-3", by=PAUL, at=NOW)
    with pytest.raises(Refused) as refused:
        desk.admit("J-3", by=PAUL, at=NOW)

    assert ["priority.reserved", "priority.reserved"] == codes(refused)
    assert answer.findings == refused.value.findings
    assert ["flex", "pm"] == [each.params["reserve"] for each in answer.findings]
    assert "2026-03-13" == answer.findings[0].params["days"][0]
    assert "$.visits[v1].board" == answer.findings[0].path
    assert admitted(desk, "J-4", "breakdown").visits[0].board is not None


def test_open_answer_means_it_is_done(desk: Desk) -> None:
    """
    Where nothing speaks against it, the answer is open, and asking leaves the board as it was.
    """
    sure(desk, "J-1")

    assert desk.admission("J-1", by=PAUL, at=NOW).open
    assert [] == on_board(desk)


Freeing = Callable[[Desk], object]

FREEING: dict[str, Freeing] = {
    "withdraw": lambda desk: desk.withdraw("J-1", reason="asked", by=PAUL, at=NOW),
    "reschedule": lambda desk: desk.fire(
        "J-1", "reschedule", by=PAUL, at=NOW, data={"new_window": TOMORROW}, reason="weather"
    ),
    "unplan": lambda desk: desk.fire("J-1", "unplan", by=PAUL, at=NOW),
    "no access": lambda desk: desk.fire("J-1", "no_access", by=TOM, at=NOW),
    "cancel": lambda desk: desk.fire("J-1", "cancel", by=PAUL, at=NOW),
    "end of the visit": lambda desk: desk.record_visit("J-1", "v1", "done", by=TOM, at=NOW),
    "another region": lambda desk: desk.amend("J-1", {"subject.postal_code": "80331"}, by=PAUL, at=NOW),
}


@pytest.mark.parametrize("way", FREEING)
def test_capacity_comes_back(plain: Desk, way: str) -> None:
    """
    Whatever takes a visit away gives its slot back, with an event that says why.
    """
    full(plain)
    sure(plain, "J-3")

    FREEING[way](plain)

    assert ["J-2"] == on_board(plain)
    assert plain.job("J-1").visits[0].board is None
    assert "withdrawn" == plain.history("J-1").events[-1].kind
    assert plain.admit("J-3", by=PAUL, at=NOW).job.visits[0].board is not None
    assert is_whole(plain, "J-1")


def test_reopened_job_is_not_back_on_its_board(plain: Desk) -> None:
    """
    A cancelled job that comes back asks anew: its slot may have been given away.
    """
    admitted(plain, "J-1")
    plain.fire("J-1", "cancel", by=PAUL, at=NOW)
    plain.fire("J-1", "again", by=PAUL, at=NOW)

    assert [] == on_board(plain)


def test_unchanged_visit_keeps_its_place(plain: Desk) -> None:
    """
    What does not concern the visit leaves it on the board, also a move and an amended note.
    """
    admitted(plain, "J-1")

    plain.amend("J-1", {"work.site_notes": "Ring twice.", "subject.postal_code": "20097"}, by=PAUL, at=NOW)
    plain.note("J-1", "Called.", by=PAUL, at=NOW)
    plain.fire("J-1", "confirm", by=PAUL, at=NOW)

    assert ["J-1"] == on_board(plain)


def test_device_frees_the_slot(plain: Desk) -> None:
    """
    A visit that a device reports as ended leaves the board when the word arrives.
    """
    job = admitted(plain, "J-1")
    ended = FieldChange("$.visits[v1].outcome", None, "no_access")

    received = sent(plain, job, told(job, "visit_ended", by=TOM, at=NOW, changes=(ended,)), at=NOW)

    assert 1 == len(received.applied)
    assert [] == on_board(plain)


@pytest.mark.parametrize("confirmed", [True, False])
def test_adopted_place_is_judged(plain: Desk, confirmed: bool) -> None:
    """
    A job that comes in from elsewhere with a place on a board is asked like any other.
    """
    full(plain)
    window = {"start": WINDOW.start.isoformat(), "end": WINDOW.end.isoformat()}
    entry = {
        "region": "north",
        "day": "2026-03-12",
        "band": "standard",
        "pools": ["vans"],
        "window": window,
        "confirmed": confirmed,
        "at": NOW.isoformat(),
    }
    visit = {"id": "v1", "planned": window, "confirmed": window, "board": entry}
    job = {
        "type": "visit",
        "states": {"work": "open"},
        "subject": {"postal_code": "20095"},
        "visits": [visit],
    }

    with pytest.raises(Refused) as refused:
        plain.adopt(job, by=PAUL, at=NOW, since=NOW, evidence="old system")

    assert {"priority.reserved"} == set(codes(refused))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"day": "2026-03-13"}, "desk.board_of_other_day"),
        ({"region": "south"}, "desk.board_of_other_region"),
        ({"band": "gold"}, "priority.booking_band"),
    ],
)
def test_adopted_place_must_be_the_right_one(plain: Desk, entry: dict[str, Any], code: str) -> None:
    """
    A place on another day, in another region or in a band that there is not is refused.
    """
    window = {"start": WINDOW.start.isoformat(), "end": WINDOW.end.isoformat()}
    place = {"region": "north", "day": "2026-03-12", "band": "standard", "pools": [], "window": window}
    board = {**place, "confirmed": True, "at": NOW.isoformat(), **entry}
    visit = {"id": "v1", "planned": window, "confirmed": window, "board": board}
    job = {"type": "visit", "states": {"work": "open"}, "subject": {"postal_code": "20095"}}

    with pytest.raises(Refused) as refused:
        plain.adopt({**job, "visits": [visit]}, by=PAUL, at=NOW, since=NOW, evidence="old system")

    assert [code] == codes(refused)


def test_board_is_not_set_by_hand(plain: Desk) -> None:
    """
    Nobody amends a visit onto a board.
    """
    sure(plain, "J-1")

    with pytest.raises(Refused) as refused:
        plain.amend("J-1", {"visits[v1].board": None}, by=PAUL, at=NOW)

    assert ["desk.protected"] == codes(refused)


MINUTES: dict[str, Any] = {
    "capacity": {**CAPACITY, "pools": [{"id": "hours", "slots": 120, "unit": "minutes"}]}
}


def test_longer_work_needs_room(store: Store) -> None:
    """
    Work that turns out longer is asked again where its slots are minutes; shorter work gives some back.
    """
    desk = Desk(service(**MINUTES), store)
    admitted(desk, "J-1")
    admitted(desk, "J-2")

    with pytest.raises(Refused) as refused:
        desk.amend("J-1", {"work.estimated": "90min"}, by=PAUL, at=NOW)
    desk.amend("J-2", {"work.estimated": "30min"}, by=PAUL, at=NOW)
    desk.amend("J-1", {"work.estimated": "90min"}, by=PAUL, at=NOW)

    assert ["priority.board_full"] == codes(refused)
    assert (120, 0) == (
        desk.board("north", DAY, now=NOW).standing[0].booked,
        desk.board("north", DAY, now=NOW).standing[0].free,
    )


def test_buffer_is_flagged_and_confirmed(desk: Desk) -> None:
    """
    One unconfirmed visit stands in the buffer; once it is confirmed another may.
    """
    planned(desk, "J-1")
    planned(desk, "J-2")
    answer = desk.admission("J-1", by=PAUL, at=NOW)
    desk.admit("J-1", by=PAUL, at=NOW)

    with pytest.raises(Refused) as refused:
        desk.admit("J-2", by=PAUL, at=NOW)
    buffered = desk.board("north", DAY, now=NOW).buffered
    job = desk.fire("J-1", "confirm", by=PAUL, at=NOW).job
    desk.admit("J-2", by=PAUL, at=NOW)

    assert ["priority.buffered"] == [finding.code for finding in answer.findings]
    assert ["priority.buffer_full"] == codes(refused)
    assert ["J-1"] == [each.job for each in buffered]
    assert job.visits[0].board is not None
    assert job.visits[0].board.confirmed


def test_buffer_is_dropped_by_time_alone(desk: Desk) -> None:
    """
    At the cut-off, 18 hours before the day, an unconfirmed visit leaves the board; a wake-up sees to it.
    """
    planned(desk, "J-1")
    desk.admit("J-1", by=PAUL, at=NOW)
    admitted(desk, "J-2")
    (wakeup,) = desk.due(NOW + timedelta(days=30))

    before = on_board(desk, now=wakeup.at - timedelta(seconds=1))
    read_later = desk.board("north", DAY, now=wakeup.at).standing[0].booked
    desk.advance(wakeup.at)

    assert ("board", "J-1") == (wakeup.kind, wakeup.job_id)
    assert (["J-1", "J-2"], 1) == (before, read_later)
    assert ["J-2"] == on_board(desk)
    assert "cut_off" == desk.history("J-1").events[-1].name
    assert () == desk.due(NOW + timedelta(days=30))


def test_late_confirmation_does_not_bring_a_slot_back(desk: Desk) -> None:
    """
    After the cut-off the slot of a buffer may be another's: who is confirmed then is off the board and asks.
    """
    planned(desk, "J-1")
    desk.admit("J-1", by=PAUL, at=NOW)
    admitted(desk, "J-2")
    sure(desk, "J-3")
    cut_off = datetime(2026, 3, 11, 5, tzinfo=UTC)

    desk.admit("J-3", by=PAUL, at=cut_off)
    job = desk.fire("J-1", "confirm", by=PAUL, at=cut_off).job

    assert job.visits[0].board is None
    assert ["J-2", "J-3"] == on_board(desk, now=cut_off)
    assert {"priority.reserved"} == {
        each.code for each in desk.admission("J-1", by=PAUL, at=cut_off).findings
    }


def test_two_visits_of_one_commit_are_asked_one_after_the_other(store: Store) -> None:
    """
    A job that is adopted with two visits for one slot gets neither.
    """
    pools = [{"id": "vans", "slots": 1}]
    desk = Desk(service(capacity={**CAPACITY, "pools": pools}), store)
    window = {"start": WINDOW.start.isoformat(), "end": WINDOW.end.isoformat()}
    place = {"region": "north", "day": "2026-03-12", "band": "standard", "pools": ["vans"]}
    board = {**place, "window": window, "confirmed": True, "at": NOW.isoformat()}
    visits = [{"id": id, "planned": window, "confirmed": window, "board": board} for id in ("v1", "v2")]
    job = {"type": "visit", "states": {"work": "open"}, "subject": {"postal_code": "20095"}}

    with pytest.raises(Refused) as refused:
        desk.adopt({**job, "visits": visits}, by=PAUL, at=NOW, since=NOW, evidence="old system")

    assert ["priority.board_full"] == codes(refused)


@pytest.mark.parametrize("verb", ["admission", "admit"])
def test_visit_without_a_place_is_refused(plain: Desk, verb: str) -> None:
    """
    Without a planned window, and without a region, there is no board to ask.
    """
    opened(plain, "J-1")
    planned(plain, "J-2", code="99999")

    found = []
    for id in ("J-1", "J-2"):
        try:
            found.append(getattr(plain, verb)(id, by=PAUL, at=NOW).findings[0].code)
        except Refused as error:
            found.append(error.code)

    assert ["desk.no_window_to_admit", "desk.no_region"] == found


def test_territory_stands_for_the_region_without_routing() -> None:
    """
    A catalog that does not route takes the territory of the work for the region.
    """
    desk = Desk(unrouted(), MemoryStore())
    opened(desk, "J-1", work={"territory": "west", "work_type": "repair"}, terms={"band": 2})
    desk.plan_visit("J-1", WINDOW, by=PAUL, at=NOW, visit_id="v1")
    desk.fire("J-1", "confirm", by=PAUL, at=NOW)

    entry = desk.admit("J-1", by=PAUL, at=NOW).job.visits[0].board

    assert entry is not None
    assert ("west", "standard") == (entry.region, entry.band)


def test_nothing_is_withdrawn_twice(plain: Desk) -> None:
    """
    A visit that stands on no board cannot be withdrawn, and a reason is asked for.
    """
    sure(plain, "J-1")

    with pytest.raises(Refused) as nowhere:
        plain.withdraw("J-1", reason="asked", by=PAUL, at=NOW)
    with pytest.raises(Refused) as blank:
        plain.withdraw("J-1", reason=" ", by=PAUL, at=NOW)

    assert (["desk.not_admitted"], ["desk.blank"]) == (codes(nowhere), codes(blank))


def test_place_is_not_taken_twice(plain: Desk) -> None:
    """
    A visit that stands there is refused its own place; once its band is another it is asked anew.
    """
    full(plain)

    with pytest.raises(Refused) as refused:
        plain.admit("J-1", by=PAUL, at=NOW)
    plain.override_priority("J-1", band="emergency", reason="flooded", by=PAUL, at=NOW)
    entry = plain.admit("J-1", by=PAUL, at=NOW).job.visits[0].board

    assert ["desk.admitted_before"] == codes(refused)
    assert entry is not None
    assert "emergency" == entry.band
    assert sure(plain, "J-3").visits[0].board is None
    assert not plain.admission("J-3", by=PAUL, at=NOW).open


def test_repeated_admission_is_done_once(desk: Desk) -> None:
    """
    The same command delivered twice admits once.
    """
    sure(desk, "J-1")

    desk.admit("J-1", by=PAUL, at=NOW, command_key="k")
    again = desk.admit("J-1", by=PAUL, at=NOW, command_key="k")

    assert again.repeated
    assert ["J-1"] == on_board(desk)


def test_overbooked_days_are_listed(store: Store) -> None:
    """
    Days on which rules that changed left too much admitted are listed, with by how much.
    """
    desk = Desk(service(), store)
    for number in range(2):
        admitted(desk, f"J-{number}")
    small = Desk(service(capacity={**CAPACITY, "pools": [{"id": "vans", "slots": 1}]}), store)

    (found,) = small.overbooked(["south", "north"], DAY, now=NOW)

    assert ("north", DAY, 2, 1, 1) == (found.region, found.day, found.booked, found.over, found.beyond)
    assert () == desk.overbooked(["north"], DAY, now=NOW)
    with pytest.raises(Invalid) as none:
        desk.overbooked(["north"], DAY, now=NOW, days=0)
    assert "desk.days" == none.value.code
    with pytest.raises(TypeError):
        desk.overbooked("north", DAY, now=NOW)


@pytest.mark.parametrize("year", [1, 9999])
def test_ends_of_the_calendar_have_no_boards(plain: Desk, year: int) -> None:
    """
    Days at the ends of the calendar are refused by a typed error, whatever is asked about them.
    """
    day = date(year, 1, 1) if year == 1 else date(year, 12, 31)
    start = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    sure(plain, "J-1", window=Window(start, start + timedelta(hours=1)))

    for ask in (
        lambda: plain.admit("J-1", by=PAUL, at=NOW),
        lambda: plain.overbooked(["north"], day, now=NOW),
        lambda: plain.board("north", day, now=NOW),
    ):
        with suppress(Refused, Invalid):
            ask()
    assert not plain.admission("J-1", by=PAUL, at=NOW).open


def test_catalog_without_capacity_has_no_boards() -> None:
    """
    The verbs on boards are refused where there are no rules for them.
    """
    desk = Desk(service(capacity=None), MemoryStore())
    sure(desk, "J-1")

    with pytest.raises(NotFound) as error:
        desk.admit("J-1", by=PAUL, at=NOW)

    assert "desk.no_capacity" == error.value.code


def test_of_many_threads_one_gets_the_last_slot(tmp_path: Path) -> None:
    """
    Threads that race for the last slot on one file: exactly one wins, and the others, asking again, are told.
    """
    with SQLiteStore(tmp_path / "jobs.db", durability="normal") as store:
        desk = Desk(service(), store)
        admitted(desk, "first")
        ids = [f"J-{number}" for number in range(6)]
        for id in ids:
            sure(desk, id)
        start = Barrier(len(ids))

        def run(id: str) -> str:
            start.wait(30)
            while True:
                try:
                    desk.admit(id, by=PAUL, at=NOW)
                except Conflict:
                    continue
                except Refused as error:
                    return error.code
                return "admitted"

        with ThreadPoolExecutor(len(ids)) as crowd:
            told = list(crowd.map(run, ids))

        assert ["admitted"] + ["priority.reserved"] * 5 == sorted(told)
        assert 2 == len(on_board(desk))


class Overtaken(MemoryStore):
    """A store on which, once, another desk admits the same board between the question and the commit."""

    armed = False

    def commit(self, commit: Any, /) -> Any:
        if self.armed:
            self.armed = False
            Desk(service(), self).admit("J-2", by=PAUL, at=NOW)
        return super().commit(commit)


def test_of_two_at_once_the_loser_asks_again() -> None:
    """
    Both found the slot free: one wins, the other meets a conflict and then an ordinary finding.
    """
    store = Overtaken()
    desk = Desk(service(), store)
    admitted(desk, "first")
    sure(desk, "J-1")
    sure(desk, "J-2")
    store.armed = True

    with pytest.raises(Conflict) as overtaken:
        desk.admit("J-1", by=PAUL, at=NOW)
    with pytest.raises(Refused) as refused:
        desk.admit("J-1", by=PAUL, at=NOW)

    assert "stores.scope_moved" == overtaken.value.code
    assert {"priority.reserved"} == set(codes(refused))
