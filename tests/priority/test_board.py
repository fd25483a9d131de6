"""Promises of a board: reserves are kept, every refusal names them and the way out, buffers are governed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.errors import Invalid, NotFound, Refused
from jobkit.findings import Finding
from jobkit.priority import (
    Board,
    Booking,
    CapacityRules,
    admission,
    admit,
    days_with_room,
    lapsed,
    overbooked,
    standing,
    withdraw,
)
from tests.priority.boards import BLOCK, DAY, FLEX, NOW, board, booking, rules, several

ALLOW: dict[str, Any] = {
    "overbooking": [{"id": "o", "policy": "allow", "percent": 50}],
    "cancels": [{"route": "north", "planned": 100, "cancelled": 20, "effective_from": "2026-01-01"}],
}


def against(found: Board, asked: Booking, by: CapacityRules, now: datetime = NOW) -> tuple[Finding, ...]:
    """Return what speaks against a booking."""
    return admission(found, asked, by, now=now).findings


def codes(findings: tuple[Finding, ...]) -> list[str]:
    """Return the codes of findings."""
    return [finding.code for finding in findings]


def test_lower_band_is_refused_while_free_slots_are_no_more_than_the_reserve() -> None:
    """
    With two of six kept, a standard job gets the fourth slot and not the fifth; an emergency gets it.
    """
    by = rules(FLEX)
    four = board(*several(4))

    assert () == against(board(*several(3)), booking("J-1"), by)
    assert ["priority.reserved"] == codes(against(four, booking("J-1"), by))
    assert () == against(four, booking("J-1", "emergency"), by)


def test_refusal_names_reserve_days_release_and_bands() -> None:
    """
    Whoever is refused reads who keeps the slots, which days have room, and when the reserve opens.
    """
    by = rules({**FLEX, "released": "12h"})
    tomorrow = board(day=DAY + timedelta(days=1))

    answer = admission(board(*several(4)), booking("J-1"), by, now=NOW, others=(tomorrow,))

    (finding,) = answer.findings
    assert not answer.open
    assert "boards@3" == finding.source
    assert (
        "Job J-1 needs 1 slot of vans in north on 2026-03-12; free: 2, kept by flex for emergency: 2."
        == finding.message
    )
    assert (
        "Choose a day with room: 2026-03-13; or ask again from 2026-03-11T11:00:00.000000Z, when flex is"
        " released; or have job J-1 promoted to one of: emergency." == finding.unblock
    )


def test_released_reserve_is_for_everybody() -> None:
    """
    From its release on, half a day before the day begins, a reserve keeps nothing.
    """
    by = rules({**FLEX, "released": "12h"})
    release = datetime(2026, 3, 11, 11, tzinfo=UTC)
    four = board(*several(4))

    assert ["priority.reserved"] == codes(against(four, booking("J-1"), by, release - timedelta(seconds=1)))
    assert () == against(four, booking("J-1"), by, release)
    assert [(0, True)] == [(each.left, each.released) for each in standing(four, by, now=release)[0].kept]


def test_trunk_reserve_stays_whatever_its_bands_took() -> None:
    """
    Two emergencies that are there do not use the reserve up: two more could come.
    """
    there = board(*several(2, "emergency"), *several(2))

    assert ["priority.reserved"] == codes(against(there, booking("J-1"), rules(FLEX)))


def test_block_is_used_up_by_its_bands() -> None:
    """
    A protected block keeps only what its bands have not yet taken, also from more urgent work.
    """
    by = rules(BLOCK)

    assert ["priority.reserved"] == codes(against(board(*several(4)), booking("J-1", "emergency"), by))
    assert () == against(board(*several(3), booking("p", "preventive")), booking("J-1", "emergency"), by)
    assert () == against(board(*several(4)), booking("J-1", "preventive"), by)


def test_full_board_tells_days_with_room() -> None:
    """
    A full day is refused with the first days that have room, in order, at most five.
    """
    by = rules()
    others = [
        board(*several(count), day=DAY + timedelta(days=ahead)) for ahead, count in ((2, 0), (1, 5), (3, 6))
    ]
    many = [board(day=DAY + timedelta(days=ahead)) for ahead in range(9)]

    answer = admission(board(*several(6)), booking("J-1"), by, now=NOW, others=others)

    assert ["priority.board_full"] == codes(answer.findings)
    assert ["2026-03-13", "2026-03-14"] == answer.findings[0].params["days"]
    assert 5 == len(days_with_room(booking("J-1"), many, by, now=NOW))


def test_visit_draws_on_every_pool_that_is_for_it() -> None:
    """
    Work that needs a scarce skill takes a slot of its region and one of the skill, other work the former.
    """
    by = rules(
        pools=[
            {"id": "vans", "slots": 6},
            {"id": "cooling", "slots": 1, "skills": ["cooling"]},
            {"id": "crew", "slots": 60, "unit": "minutes", "crews": ["c-7"], "by_person": True},
        ]
    )
    one = board(booking("a", skills=("cooling",), crew=("c-7",), minutes=20, people=2))

    assert [("vans", 1, 5), ("cooling", 1, 0), ("crew", 40, 20)] == [
        (each.pool.id, each.booked, each.free) for each in standing(one, by, now=NOW)
    ]
    assert () == against(one, booking("b"), by)
    assert ["cooling"] == [
        finding.params["pool"] for finding in against(one, booking("b", skills=("cooling", "lift")), by)
    ]
    assert ["crew"] == [finding.params["pool"] for finding in against(one, booking("b", crew=("c-7",)), by)]


def test_day_without_a_pool_takes_nothing() -> None:
    """
    Where no pool stands for the work, the refusal says so.
    """
    away = rules(pools=[{"id": "away", "slots": 1, "regions": ["south"]}])

    assert ["priority.no_pool"] == codes(against(board(), booking("J-1"), away))


def test_day_that_is_over_takes_nothing() -> None:
    """
    A board is closed when its day has ended in its zone, and not before.
    """
    end = datetime(2026, 3, 12, 23, tzinfo=UTC)

    assert () == against(board(), booking("J-1"), rules(), end - timedelta(seconds=1))
    assert ["priority.day_over"] == codes(against(board(), booking("J-1"), rules(), end))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (booking("J-1", "gold"), "priority.booking_band"),
        (booking("J-1", minutes=0), "priority.booking_length"),
        (booking("J-1", people=0), "priority.booking_length"),
        (booking("standard-0"), "priority.on_board"),
    ],
)
def test_what_no_board_takes_is_refused(asked: Booking, code: str) -> None:
    """
    An unknown band, a visit of no length and one that stands there already are refused.
    """
    assert [code] == codes(against(board(*several(1)), asked, rules()))


def test_admitting_succeeds_when_the_answer_is_open() -> None:
    """
    What was asked is done: the booking stands last on the board, and a refusal raises the same findings.
    """
    by = rules(FLEX)
    four = board(*several(4))

    admitted = admit(four, booking("J-1", "emergency"), by, now=NOW)
    with pytest.raises(Refused) as refused:
        admit(four, booking("J-1"), by, now=NOW)

    assert booking("J-1", "emergency") == admitted.bookings[-1]
    assert against(four, booking("J-1"), by) == refused.value.findings


def test_withdrawing_gives_the_slot_back() -> None:
    """
    What is withdrawn is free again; what does not stand there is refused.
    """
    full = board(*several(6))

    left = withdraw(full, "standard-3", "v1")

    assert () == against(left, booking("J-1"), rules())
    with pytest.raises(NotFound) as error:
        withdraw(left, "standard-3", "v1")
    assert "priority.not_on_board" == error.value.code


def test_unconfirmed_work_needs_a_buffer() -> None:
    """
    Without a rule only confirmed visits are admitted.
    """
    found = against(board(), booking("J-1", confirmed=False), rules())

    assert ["priority.unconfirmed"] == codes(found)


def buffered(**more: Any) -> CapacityRules:
    """Return rules with a buffer of a third of the vans, until 18 hours before the day."""
    return rules(buffers=[{"id": "waiting", "share": 34, "cutoff": "18h", **more}])


def test_buffer_is_governed_and_flagged() -> None:
    """
    Two of six may be unconfirmed: they are flagged with the instant by which to confirm, a third is refused.
    """
    asked = booking("J-1", confirmed=False)
    one, two = (board(*several(count, confirmed=False)) for count in (1, 2))

    flagged = admission(one, asked, buffered(), now=NOW)

    assert flagged.open
    assert [("priority.buffered", "info")] == [(each.code, each.severity) for each in flagged.findings]
    assert "2026-03-11T05:00:00.000000Z" == flagged.findings[0].params["cutoff"]
    assert ["priority.buffer_full"] == codes(against(two, asked, buffered()))
    assert () == against(two, booking("J-1"), buffered())
    assert 2 == standing(two, buffered(), now=NOW)[0].waiting


def test_buffer_may_be_a_number() -> None:
    """
    A buffer of one slot takes one unconfirmed visit.
    """
    by = rules(buffers=[{"id": "waiting", "slots": 1}])

    assert admission(board(), booking("a", confirmed=False), by, now=NOW).open
    assert ["priority.buffer_full"] == codes(
        against(board(booking("a", confirmed=False)), booking("b", confirmed=False), by)
    )


def test_buffer_is_dropped_at_its_cut_off() -> None:
    """
    From the cut-off on nothing unconfirmed is admitted, and what stands there gives its slots back.
    """
    cutoff = datetime(2026, 3, 11, 5, tzinfo=UTC)
    there = board(*several(2, confirmed=False), booking("sure"))

    assert () == lapsed(there, buffered(), now=cutoff - timedelta(seconds=1))
    assert several(2, confirmed=False) == lapsed(there, buffered(), now=cutoff)
    assert 1 == standing(there, buffered(), now=cutoff)[0].booked
    assert () == lapsed(there, buffered(late="keep"), now=cutoff)
    assert ["priority.buffer_closed"] == codes(
        against(board(), booking("J-1", confirmed=False), buffered(), cutoff)
    )


def test_buffer_may_be_for_some_work_only() -> None:
    """
    A buffer's condition is asked about each booking, and its region and dates too.
    """
    by = buffered(when='job.terms.tier == "gold"')
    gold = booking("J-1", confirmed=False, facts={"job": {"terms": {"tier": "gold"}}})

    assert admission(board(), gold, by, now=NOW).open
    assert ["priority.unconfirmed"] == codes(against(board(), attrs.evolve(gold, facts=None), by))
    assert ["priority.unconfirmed"] == codes(against(board(), gold, buffered(regions=["south"])))
    assert ["priority.unconfirmed"] == codes(against(board(), gold, buffered(effective_to="2026-03-12")))


def test_overbooking_is_flagged_and_listed() -> None:
    """
    What is admitted beyond the slots says so, the day is listed, and beyond the policy nothing is admitted.
    """
    by = rules(**ALLOW)
    seven = admit(board(*several(6)), booking("J-1"), by, now=NOW)

    answer = admission(board(*several(6)), booking("J-1"), by, now=NOW)

    assert [("priority.overbooks", "info")] == [(each.code, each.severity) for each in answer.findings]
    assert ["priority.board_full"] == codes(against(seven, booking("J-2"), by))
    assert [(1, 0)] == [(each.over, each.beyond) for each in overbooked((seven,), by, now=NOW)]
    assert () == overbooked((board(*several(6)),), by, now=NOW)


def test_board_that_rules_shrank_is_listed() -> None:
    """
    Where rules changed after admissions, the list says by how much more than the policy lets pass.
    """
    eight = board(*several(8))

    (found,) = overbooked((eight,), rules(**ALLOW), now=NOW)

    assert (6, 8, 2, 1) == (found.slots, found.booked, found.over, found.beyond)
    assert 0 == standing(eight, rules(FLEX), now=NOW)[0].room("emergency")


def test_naive_now_is_refused() -> None:
    """
    Boards are asked at instants with a zone.
    """
    with pytest.raises(Invalid) as error:
        admission(board(), booking("J-1"), rules(), now=datetime(2026, 3, 10))

    assert "instants.naive" == error.value.code


@pytest.mark.parametrize(
    ("until", "days"),
    [
        (datetime(2026, 3, 12, 22, 59, tzinfo=UTC), ["2026-03-12", "2026-03-13"]),
        (datetime(2026, 3, 12, 23, tzinfo=UTC), ["2026-03-13"]),
        (datetime(2026, 3, 14, tzinfo=UTC), []),
    ],
)
def test_what_was_put_off_has_no_room_before(until: datetime, days: list[str]) -> None:
    """
    A day that ends before the instant until which a job was put off is none of the days with room for it.
    """
    asked = booking("PM-1", "preventive", not_before=until)
    boards = [board(day=date(2026, 3, day)) for day in (12, 13)]

    assert days == [each.isoformat() for each in days_with_room(asked, boards, rules(), now=NOW)]
