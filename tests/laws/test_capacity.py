"""Laws of protected capacity: reserves are kept, slots are conserved, and asking means what doing does."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.desk import Desk
from jobkit.errors import Refused
from jobkit.model import Job, Window
from jobkit.priority import (
    Board,
    Booking,
    CapacityRules,
    RoutingRules,
    Where,
    admission,
    admit,
    allowance,
    demand,
    displace,
    route,
    standing,
    withdraw,
)
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole
from tests.desk.dispatch import DAY as DESK_DAY
from tests.desk.dispatch import NOW as DESK_NOW
from tests.desk.dispatch import PAUL, TOMORROW, WINDOW, on_board, service, sure

DAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
BANDS = ("emergency", "standard", "preventive")

reserves = st.lists(
    st.builds(
        lambda number, bands, slots, kept: {
            "id": f"r{number}",
            "bands": sorted(bands),
            "slots": slots,
            "kept": kept,
        },
        st.integers(0, 10**6),
        st.sets(st.sampled_from(BANDS), min_size=1, max_size=2),
        st.integers(1, 4),
        st.sampled_from(["always", "until_used"]),
    ),
    max_size=3,
    unique_by=lambda reserve: reserve["id"],
)


@st.composite
def rules(draw: st.DrawFn) -> CapacityRules:
    """Return rules of one or two pools with reserves, a buffer and overbooking."""
    pools = []
    for number in range(draw(st.integers(1, 2))):
        kept: list[dict[str, Any]] = []
        blocked: set[str] = set()
        for reserve in draw(reserves):
            bands = set(reserve["bands"])
            if reserve["kept"] == "until_used" and bands & blocked:
                continue
            blocked |= bands if reserve["kept"] == "until_used" else set()
            kept.append(reserve)
        slots = max(1, sum(reserve["slots"] for reserve in kept) + draw(st.integers(0, 8)))
        skills = ["cooling"] if number else []
        unit = draw(st.sampled_from(["count", "minutes"]))
        pools.append({"id": f"p{number}", "slots": slots, "unit": unit, "skills": skills, "reserves": kept})
    data = {
        "id": "boards",
        "zone": "Europe/Berlin",
        "bands": list(BANDS),
        "pools": pools,
        "buffers": [{"id": "b", "slots": draw(st.integers(0, 3))}],
        "overbooking": [{"id": "o", "policy": "allow", "percent": draw(st.integers(0, 60))}],
        "cancels": [
            {
                "route": "north",
                "planned": 100,
                "cancelled": draw(st.integers(0, 100)),
                "effective_from": "2026-01-01",
            }
        ],
        "deferrals": [{"id": "d", "bands": ["preventive"], "favours": ["emergency"]}],
    }
    return CapacityRules.load(data)


@st.composite
def asked(draw: st.DrawFn) -> tuple[Booking, ...]:
    """Return bookings that come one after the other."""
    each = st.builds(
        Booking,
        job=st.just(""),
        band=st.sampled_from(BANDS),
        confirmed=st.booleans(),
        minutes=st.integers(1, 4),
        skills=st.sampled_from([(), ("cooling",)]),
    )
    found = draw(st.lists(each, max_size=14))
    return tuple(attrs.evolve(one, job=f"J-{number}") for number, one in enumerate(found))


def filled(bookings: tuple[Booking, ...], by: CapacityRules) -> Board:
    """Admit what may be admitted, in order."""
    board = Board(region="north", day=DAY)
    for booking in bookings:
        if admission(board, booking, by, now=NOW).open:
            board = admit(board, booking, by, now=NOW)
    return board


@given(rules(), asked())
def test_slots_are_conserved(by: CapacityRules, bookings: tuple[Booking, ...]) -> None:
    """
    What is booked and what is free is always what may be booked, counted here once more by hand.
    """
    board = filled(bookings, by)

    for each in standing(board, by, now=NOW):
        booked = sum(demand(each.pool, booking) for booking in board.bookings)
        extra = allowance(each.pool, "north", DAY, by).extra
        assert (booked, each.pool.slots + extra) == (each.booked, each.booked + each.free)


@given(rules(), asked())
def test_nothing_is_admitted_beyond_the_policy(by: CapacityRules, bookings: tuple[Booking, ...]) -> None:
    """
    However visits come, a pool never holds more than its slots and the overbooking that is allowed.
    """
    for each in standing(filled(bookings, by), by, now=NOW):
        most = each.pool.slots * by.data.overbooking[0].percent // 100
        assert 0 <= each.free
        assert each.booked <= each.pool.slots + most


@given(rules(), asked(), st.data())
def test_reserve_is_never_eaten_by_another_band(
    by: CapacityRules, bookings: tuple[Booking, ...], data: st.DataObject
) -> None:
    """
    At any time what a reserve still keeps is free, as far as its own bands have not gone beyond it.

    Said without the rules' own sums: another band's admission leaves at least what all reserves against it
    keep; and visits that leave in between change nothing about that.
    """
    board = Board(region="north", day=DAY)
    for booking in bookings:
        leaving = data.draw(st.integers(0, 2 * len(board.bookings)))
        if leaving < len(board.bookings):
            gone = board.bookings[leaving]
            board = withdraw(board, gone.job, gone.visit)
        if not admission(board, booking, by, now=NOW).open:
            continue
        board = admit(board, booking, by, now=NOW)
        for each in standing(board, by, now=NOW):
            if demand(each.pool, booking):
                kept = sum(_kept(reserve, each.pool, board, booking.band) for reserve in each.pool.reserves)
                assert kept <= each.free


def _kept(reserve: Any, pool: Any, board: Board, band: str) -> int:
    """Return what a reserve keeps from a band, counted from the board alone."""
    if band in reserve.bands:
        return 0
    used = sum(demand(pool, each) for each in board.bookings if each.band in reserve.bands)
    return int(reserve.slots) if reserve.kept == "always" else max(0, reserve.slots - used)


@given(rules(), asked())
def test_admission_is_open_exactly_when_admitting_succeeds(
    by: CapacityRules, bookings: tuple[Booking, ...]
) -> None:
    """
    Asking and doing never differ, and a refusal raises exactly the findings that asking tells.
    """
    board = Board(region="north", day=DAY)
    for booking in bookings:
        answer = admission(board, booking, by, now=NOW)
        if answer.open:
            board = admit(board, booking, by, now=NOW)
            continue
        with pytest.raises(Refused) as refused:
            admit(board, booking, by, now=NOW)
        assert answer.findings == refused.value.findings


@given(rules(), asked(), st.randoms(use_true_random=False))
def test_order_on_the_board_does_not_matter(
    by: CapacityRules, bookings: tuple[Booking, ...], chance: Any
) -> None:
    """
    How a board stands, and who may still come, depends on what stands there and not on the order.
    """
    board = filled(bookings, by)
    shuffled = list(board.bookings)
    chance.shuffle(shuffled)
    other = attrs.evolve(board, bookings=tuple(shuffled))

    assert standing(board, by, now=NOW) == standing(other, by, now=NOW)
    for band in BANDS:
        one = Booking(job="late", band=band, minutes=2)
        assert admission(board, one, by, now=NOW) == admission(other, one, by, now=NOW)


@given(rules(), asked(), st.sampled_from(BANDS))
def test_what_leaves_makes_room_for_no_fewer(
    by: CapacityRules, bookings: tuple[Booking, ...], band: str
) -> None:
    """
    Whoever may come to a board may come as well when something has left it.
    """
    board = filled(bookings, by)
    late = Booking(job="late", band=band, minutes=2)

    if admission(board, late, by, now=NOW).open:
        for gone in board.bookings:
            assert admission(withdraw(board, gone.job, gone.visit), late, by, now=NOW).open


@given(rules(), asked())
def test_displaced_work_is_enough_and_not_too_much(by: CapacityRules, bookings: tuple[Booking, ...]) -> None:
    """
    With what is named gone the emergency has room; with any one of them staying it has not.
    """
    board = filled(bookings, by)
    late = Booking(job="late", band="emergency", minutes=3)

    answer = displace(board, late, by, rule="d", now=NOW)

    if answer.open:
        gone = answer.subject
        assert {each.band for each in gone.bookings} <= {"preventive"}
        assert admission(board, late, by, now=NOW, displaced=gone).open
        for each in gone.bookings:
            fewer = tuple(other for other in gone.bookings if other is not each)
            rest = attrs.evolve(gone, bookings=fewer)
            assert not admission(board, late, by, now=NOW, displaced=rest).open


prefixes = st.text("0123", min_size=1, max_size=4)


@given(
    st.sets(prefixes, min_size=1, max_size=8), st.text("0123", max_size=6), st.randoms(use_true_random=False)
)
def test_longest_prefix_decides_whatever_the_order(known: set[str], code: str, chance: Any) -> None:
    """
    The narrowest prefix of a code routes it, wherever its rule stands, as a plain search over all finds it.
    """
    rules = [{"id": prefix, "queue": "q", "region": "r", "prefixes": [prefix]} for prefix in sorted(known)]
    chance.shuffle(rules)
    loaded = RoutingRules.load({"id": "r", "unmatched": "none", "rules": rules})

    found = route(Where(postal_code=code), loaded, now=NOW).rule

    fitting = [prefix for prefix in known if code.startswith(prefix)]
    assert max(fitting, key=len, default=None) == found


VERBS = ("admit", "cancel", "reschedule", "within", "earlier", "withdraw", "no_access")
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 5)), max_size=14)


@given(steps)
def test_desk_and_values_agree(walk: list[tuple[str, int]]) -> None:
    """
    On random walks through the desk the board is what the values say, asked and done alike.
    """
    desk, by = Desk(service(), MemoryStore()), service().capacity
    assert by is not None
    kinds = ("breakdown", "repair", "repair", "repair", "preventive", "preventive")
    for number, kind in enumerate(kinds):
        sure(desk, f"J-{number}", kind)
    for verb, number in walk:
        _step(desk, verb, f"J-{number}")
        for day in (DESK_DAY, DESK_DAY - timedelta(days=1)):
            for each in desk.board("north", day, now=DESK_NOW).standing:
                assert 0 <= each.free
                assert each.booked == len(on_board(desk, day))
    for number in range(6):
        assert is_whole(desk, f"J-{number}")


def _step(desk: Desk, verb: str, id: str) -> None:
    """Take one step as far as it is allowed; admitting is asked first, and done as it was answered."""
    told: dict[str, Any] = {"by": PAUL, "at": DESK_NOW}
    deeds: dict[str, Callable[[], object]] = {
        "withdraw": lambda: desk.withdraw(id, reason="asked", **told),
        "reschedule": lambda: _moved(desk, id, TOMORROW),
        "within": lambda: _moved(desk, id, _sooner(timedelta(minutes=1))),
        "earlier": lambda: _moved(desk, id, _sooner(timedelta(days=1))),
    }
    if verb != "admit":
        with suppress(Refused):
            deeds.get(verb, lambda: desk.fire(id, verb, **told))()
        return
    answer = desk.admission(id, **told)
    if answer.open:
        desk.admit(id, **told)
        return
    with pytest.raises(Refused) as refused:
        desk.admit(id, **told)
    assert answer.findings == refused.value.findings


def _moved(desk: Desk, id: str, window: Window) -> Job:
    return desk.fire(id, "reschedule", by=PAUL, at=DESK_NOW, data={"new_window": window}).job


def _sooner(by: timedelta) -> Window:
    return Window(WINDOW.start - by, WINDOW.end - by)


def _local(window: Window) -> date:
    """Return the day in Berlin, which is an hour ahead in these weeks of March."""
    return (window.start + timedelta(hours=1)).date()


moves = st.lists(st.integers(-3 * 24 * 60, 24 * 60), max_size=6)


@given(moves, st.sampled_from(["preventive", "repair"]))
def test_no_row_of_reschedules_puts_planned_work_off(row: list[int], kind: str) -> None:
    """
    However planned work is moved, it never goes later without a deferral, and never stands on no board.

    A repair stands on its board for as long as it is moved within the day.
    """
    desk = Desk(service(), MemoryStore())
    sure(desk, "J", kind)
    job = desk.admit("J", by=PAUL, at=DESK_NOW).job
    for minutes in row:
        window = _sooner(timedelta(minutes=-minutes))
        before, board = job.visits[0].planned, job.visits[0].board
        with suppress(Refused):
            job = _moved(desk, "J", window)
        visit = job.visits[0]
        assert before is not None
        assert visit.planned is not None
        if kind == "preventive":
            assert visit.planned.start <= before.start
            assert visit.board is not None
        elif board is not None:
            assert (visit.board is None) == (_local(visit.planned) != _local(before))
        assert visit.board is None or visit.board.window == visit.planned
    assert is_whole(desk, "J")


def test_day_after_day_is_apart() -> None:
    """
    What stands on one day takes nothing from the next.
    """
    by = CapacityRules.load({"id": "b", "zone": "UTC", "bands": ["a"], "pools": [{"id": "p", "slots": 1}]})
    board = admit(Board(region="n", day=DAY), Booking(job="J", band="a"), by, now=NOW)
    other = Board(region="n", day=DAY + timedelta(days=1))

    assert not admission(board, Booking(job="K", band="a"), by, now=NOW).open
    assert admission(other, Booking(job="K", band="a"), by, now=NOW).open
