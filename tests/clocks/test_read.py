"""Reading one clock from a plain timeline."""

import json
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from jobkit.calendars import Calendar, Policies
from jobkit.clocks import ClockState, Moment, advance, next_change, read, reading, refold
from jobkit.errors import Invalid, NotFound
from tests.clocks._checker import complaints
from tests.clocks.promises import CALENDARS, WORKSHOP, at, milestone, walk

APPROVED = walk((at(9, 8), "new"), (at(9, 9), "approved"))
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("moments", "now", "state"),
    [
        ([], at(9, 12), "not_started"),
        ([], at(9, 7), "not_started"),
        ([(at(9, 9), "approved")], at(9, 12), "running"),
        ([(at(9, 9), "approved"), (at(9, 10), "hold")], at(9, 12), "paused"),
        ([(at(9, 9), "approved"), (at(9, 12), "on_site")], at(9, 23), "met"),
        ([(at(9, 9), "approved")], at(9, 17), "breached"),
        ([(at(9, 9), "approved"), (at(9, 18), "on_site")], at(9, 23), "met_late"),
        ([(at(9, 9), "approved"), (at(9, 12), "cancelled")], at(9, 23), "cancelled"),
        ([(at(9, 9), "cancelled")], at(9, 23), "not_started"),
    ],
)
def test_verdict(moments: list[tuple[datetime, str]], now: datetime, state: str) -> None:
    """
    Each of the seven verdicts comes where its story says.
    """
    assert state == read(walk((at(9, 8), "new"), *moments), milestone(), now=now).state


def test_stop_at_exactly_the_due_instant_keeps_the_promise() -> None:
    """
    The due instant itself is in time; a tick later is not.
    """
    late = walk((at(9, 9), "approved"), (at(9, 17) + timedelta(microseconds=1), "on_site"))

    assert (
        "met" == read(walk((at(9, 9), "approved"), (at(9, 17), "on_site")), milestone(), now=at(10, 9)).state
    )
    assert "met_late" == read(late, milestone(), now=at(10, 9)).state


def test_reading_at_the_due_instant_without_a_stop_is_breached() -> None:
    """
    A reading breaks at due, and a tick before it does not.
    """
    before, due = (read(APPROVED, milestone(), now=now) for now in (at(9, 16, 59), at(9, 17)))

    assert ("running", None) == (before.state, before.breached_at)
    assert ("breached", at(9, 17), timedelta(0)) == (due.state, due.breached_at, due.left)


def test_unrelated_event_at_the_due_instant_does_not_break_the_promise() -> None:
    """
    Another event at the very instant at which the clock is stopped in time changes nothing.
    """
    story = walk((at(9, 9), "approved"), (at(9, 17), "planned"), (at(9, 17), "on_site"))

    assert "met" == read(story, milestone(), now=at(9, 20)).state


def test_pause_moves_the_due_instant() -> None:
    """
    While paused there is no due instant, only what it would be if the clock resumed now; then it moves on.
    """
    story = walk((at(9, 9), "approved"), (at(9, 10), "hold"), (at(9, 13), "planned"))
    paused, resumed = (read(story, milestone(), now=now) for now in (at(9, 12), at(9, 14)))

    assert (None, at(9, 19), "customer") == (paused.due_at, paused.due_if_resumed, paused.paused_for)
    assert (at(9, 20), None) == (resumed.due_at, resumed.due_if_resumed)
    assert (2 * HOUR, 6 * HOUR) == (resumed.elapsed, resumed.left)


def test_clock_breached_before_a_pause_stays_breached() -> None:
    """
    A pause after the breach explains what comes, and takes nothing back.
    """
    told = read(walk((at(9, 9), "approved"), (at(9, 18), "hold")), milestone(), now=at(9, 20))

    assert ("breached", at(9, 17), "customer", None) == (
        told.state, told.breached_at, told.paused_for, told.due_at,
    )  # fmt: skip


def test_working_hours_count_by_the_calendar() -> None:
    """
    A promise in working hours is due where the calendar has given them, nights and breaks left out.
    """
    promise = milestone(calendar="workshop", targets=[{"within": "8 working hours"}])
    told = read(APPROVED, promise, CALENDARS, now=at(9, 20))

    assert (at(10, 9), 7 * HOUR) == (told.due_at, told.elapsed)
    assert ["open", "closed", "open", "closed"] == [span.why for span in told.spans[1:]]
    assert at(10, 9) == WORKSHOP.add(at(9, 9), 8 * HOUR)


def test_working_days_are_fixed_when_the_target_is_chosen() -> None:
    """
    Two working days are the open time from the start to the end of the second day.
    """
    promise = milestone(calendar="workshop", targets=[{"within": "2 working days"}])
    told = read(walk((at(13, 9), "approved")), promise, CALENDARS, now=at(13, 10))

    assert (at(17, 9), 16 * HOUR) == (told.due_at, told.target)


def test_elapsed_time_is_counted_around_the_clock_beside_a_calendar() -> None:
    """
    The unit of a target tells what counts: 8h are eight hours, whatever the calendar of other targets.
    """
    targets = [{"within": "8h", "when": 'tier == "gold"'}, {"within": "8 working hours"}]
    promise = milestone(calendar="workshop", targets=targets)
    gold, basic = (
        read(walk((at(9, 16), "approved"), tier=tier), promise, CALENDARS, now=at(9, 18))
        for tier in ("gold", "basic")
    )

    assert (at(10, 0), 2 * HOUR, "always") == (gold.due_at, gold.elapsed, gold.calendar)
    assert (at(10, 16), HOUR, "workshop") == (basic.due_at, basic.elapsed, basic.calendar)


def test_clock_without_a_matching_target_only_measures() -> None:
    """
    Where no target fits the clock says so: it has no target, nothing left and nothing to break.
    """
    told = read(APPROVED, milestone(targets=[{"within": "8h", "when": 'tier == "gold"'}]), now=at(30, 9))

    assert (False, None, None, "running") == (told.has_target, told.left, told.target_name, told.state)
    assert "target none" in str(told)


def test_warnings_tell_when_they_were_reached() -> None:
    """
    A share and a time left give two instants; one that was reached before a pause keeps its own.
    """
    promise = milestone(warnings=[{"name": "half", "share": 0.5}, {"name": "hour", "left": "1h"}])
    story = walk((at(9, 9), "approved"), (at(9, 14), "hold"), (at(9, 16), "planned"))
    half, hour = read(story, promise, now=at(9, 17)).warnings

    assert ("half", at(9, 13), True) == (half.name, half.at, half.passed)
    assert ("hour", at(9, 18), False) == (hour.name, hour.at, hour.passed)
    assert None is read(story, promise, now=at(9, 15)).warnings[1].at


def test_warning_in_working_time_counts_open_time() -> None:
    """
    One working hour left is where one open hour remains, not one hour before the due instant.
    """
    promise = milestone(
        calendar="workshop",
        targets=[{"within": "8 working hours"}],
        warnings=[{"name": "hours", "left": "2 working hours"}, {"name": "day", "left": "1 working days"}],
    )
    hours, day = read(APPROVED, promise, CALENDARS, now=at(9, 10)).warnings

    assert (at(9, 16), at(9, 9)) == (hours.at, day.at)


def test_time_alone_starts_and_pauses() -> None:
    """
    The instants at which time turns a condition count to the microsecond, between two events.
    """
    promise = milestone(
        starts='older_than(reported, "2h")', pauses=[{"when": 'older_than(reported, "5h")', "reason": "lost"}]
    )
    told = read(walk((at(9, 8), "new"), reported=at(9, 8, 30)), promise, now=at(9, 20))

    assert (at(9, 10, 30), 3 * HOUR, "lost") == (told.started_at, told.elapsed, told.paused_for)


def test_known_at_leaves_out_what_came_in_later() -> None:
    """
    What was recorded late was not known: then the clock was broken, now it was stopped in time.
    """
    story: list[Moment] = [*APPROVED, (at(9, 12), {"state": "on_site"}, at(11, 9))]

    assert "met" == read(story, milestone(), now=at(9, 18)).state
    assert "breached" == read(story, milestone(), now=at(9, 18), known_at=at(9, 18)).state
    assert "met" == read(story, milestone(), now=at(9, 18), known_at=at(11, 9)).state


def test_instants_of_any_zone_are_one() -> None:
    """
    A timeline told in another zone, across its jump of the clock, gives the same reading.
    """
    zone = ZoneInfo("America/New_York")
    story = [(when.astimezone(zone), facts) for when, facts in APPROVED]
    now = at(9, 12)

    assert read(APPROVED, milestone(), now=now) == read(
        story, milestone(), now=now.astimezone(timezone(timedelta(hours=5, minutes=45)))
    )


def test_derivation_satisfies_the_checker() -> None:
    """
    The spans of a dispute add up for someone who has only them and the opening hours, and not if one lies.
    """
    promise = milestone(calendar="workshop", targets=[{"within": "8 working hours"}])
    story = walk((at(9, 9), "approved"), (at(9, 10), "hold"), (at(10, 8), "planned"), (at(10, 18), "on_site"))
    told = read(story, promise, CALENDARS, now=at(11, 9)).to_dict()
    hours = {"workshop": WORKSHOP.elapsed}

    assert [] == complaints(told, hours)
    told["spans"][1]["amount"] += 60
    assert [] != complaints(told, hours)


def test_reading_is_plain_data() -> None:
    """
    A reading in JSON holds instants as text and lengths in seconds.
    """
    told = json.loads(json.dumps(read(APPROVED, milestone(), now=at(9, 12)).to_dict()))

    assert ("2026-03-09T17:00:00.000000Z", 10_800, 18_000) == (told["due_at"], told["elapsed"], told["left"])
    assert {"start", "end", "counted", "why", "calendar", "cycle", "amount"} == set(told["spans"][1])


def test_printed_reading_settles_a_dispute() -> None:
    """
    A printed reading tells verdict, target, amounts, marks and every span with its reason.
    """
    story = walk((at(9, 9), "approved"), (at(9, 10), "hold"), (at(9, 13), "planned"), (at(9, 21), "on_site"))

    assert str(read(story, milestone(), now=at(10, 9))).splitlines() == [
        "Gold on site at 2026-03-10 09:00Z: met late",
        "  target gold",
        "  elapsed 9h, left -1h, by always",
        "  due 2026-03-09 20:00Z",
        "  breached 2026-03-09 20:00Z",
        "  stopped 2026-03-09 21:00Z",
        "2026-03-09 09:00Z  started target gold",
        "2026-03-09 10:00Z  paused (customer)",
        "2026-03-09 13:00Z  resumed",
        "2026-03-09 20:00Z  breached",
        "2026-03-09 21:00Z  met late",
        "2026-03-09 09:00Z to 2026-03-09 10:00Z  1h counted, open by always",
        "2026-03-09 10:00Z to 2026-03-09 13:00Z  paused: customer",
        "2026-03-09 13:00Z to 2026-03-09 21:00Z  8h counted, open by always",
        "2026-03-09 21:00Z to 2026-03-10 09:00Z  the clock had ended",
    ]
    assert "Gold on site at 2026-03-09 11:00Z: paused (customer)" in str(
        read(story, milestone(), now=at(9, 11))
    )


def test_carried_state_reads_like_the_timeline() -> None:
    """
    The state after the last event, with the facts since, gives the reading and the next change.
    """
    state = refold(APPROVED, milestone())
    facts = APPROVED[-1][1]

    assert "running" == reading(state, milestone(), {}, facts, at(9, 12)).state
    assert at(9, 17) == next_change(state, milestone(), {}, facts, at(9, 12))
    assert None is next_change(state, milestone(), {}, facts, at(9, 17))


def test_next_change_lies_after_now() -> None:
    """
    Asked at the very instant at which time turned a condition, the next change is the one after it.
    """
    promise = milestone(starts='older_than(reported, "2h")')
    facts = {"state": "new", "reported": at(9, 8)}
    state = refold([(at(9, 8), facts)], promise)
    times = [next_change(state, promise, {}, facts, now) for now in (at(9, 8), at(9, 10), at(9, 18))]

    assert [at(9, 10), at(9, 18), None] == times


def test_turn_that_nobody_sees_is_no_change() -> None:
    """
    A pause that time turns before the clock has started changes nothing that it says.
    """
    promise = milestone(pauses=[{"when": 'older_than(reported, "2h")', "reason": "lost"}])
    facts = {"state": "new", "reported": at(9, 8)}

    assert None is next_change(refold([(at(9, 8), facts)], promise), promise, {}, facts, at(9, 9))


def test_timeline_running_backwards_is_refused() -> None:
    """
    A moment before its predecessor is refused with its place and both instants.
    """
    with pytest.raises(Invalid, match=r"runs backwards: \$\.timeline\[1\]") as caught:
        read(walk((at(9, 9), "new"), (at(9, 8), "approved")), milestone(), now=at(9, 12))

    assert "clocks.backwards" == caught.value.code


def test_naive_instants_are_refused_with_their_place() -> None:
    """
    Neither a moment nor now may lack its zone.
    """
    naive = datetime(2026, 3, 9, 8)

    told: list[Moment] = [(naive, {})]
    nothing: list[Moment] = []

    for story, now, path in ((told, at(9, 9), "$.timeline[0]"), (nothing, naive, "$.now")):
        with pytest.raises(Invalid) as caught:
            read(story, milestone(), now=now)
        assert ("instants.naive", path) == (caught.value.code, caught.value.path)


def test_years_at_the_ends_of_the_range_are_refused() -> None:
    """
    An instant beyond the years that clocks count is a typed error, not an overflow.
    """
    for year in (1, 1799, 2200, 9999):
        with pytest.raises(Invalid) as caught:
            read([], milestone(), now=datetime(year, 6, 1, tzinfo=ZoneInfo("UTC")))
        assert "clocks.range" == caught.value.code


def test_something_else_than_a_moment_is_refused() -> None:
    """
    A timeline of anything but pairs says which entry is none.
    """
    with pytest.raises(Invalid) as caught:
        read([(at(9, 8),)], milestone(), now=at(9, 9))  # type: ignore[list-item]

    assert ("clocks.not_a_moment", "$.timeline[0]") == (caught.value.code, caught.value.path)


def test_calendar_that_nobody_gave_is_named() -> None:
    """
    A milestone that counts by a calendar needs it, and says which.
    """
    promise = milestone(calendar="workshop", targets=[{"within": "8 working hours"}])

    with pytest.raises(NotFound, match="No calendar workshop was given"):
        read(APPROVED, promise, {}, now=at(9, 12))


def test_calendar_that_never_opens_is_named() -> None:
    """
    Adding time by a calendar without hours is an error; a clock by it runs, is never due, and says why.
    """
    shut = Calendar(id="shut", zone="UTC", weekly={})
    promise = milestone(calendar="workshop", targets=[{"within": "8 working hours"}])

    with pytest.raises(Invalid, match="The calendar shut") as caught:
        shut.add(at(9, 8), "8 working hours")
    assert "calendars.never_open" == caught.value.code
    told = read(APPROVED, promise, {"workshop": shut}, now=at(9, 12))
    assert ("running", None, timedelta(hours=8)) == (told.state, told.due_at, told.left)
    assert ["clocks.no_hours"] == [finding.code for finding in told.findings]
    assert "The calendar workshop never gives the time" in str(told)


def test_wall_clock_lengths_add_up_across_a_gap() -> None:
    """
    Where shifts count their wall length, the half hour lost in the gap is in the derivation, and counted.
    """
    nights = Calendar(
        id="nights", zone="Europe/Berlin", weekly={"sun": "02:30-05:00"}, policies=Policies(day_length="wall")
    )
    promise = milestone(calendar="workshop", targets=[{"within": "2 working hours"}])
    told = read(walk((at(28, 12), "approved")), promise, {"workshop": nights}, now=at(29, 12))

    assert (
        2.5 * HOUR == told.elapsed == sum((span.amount for span in told.spans if span.counted), timedelta(0))
    )


def test_event_before_the_horizon_is_refused() -> None:
    """
    A late event does not slip in behind what was folded: the error says to fold anew.
    """
    state = refold(APPROVED, milestone())

    with pytest.raises(Invalid, match="comes before that") as caught:
        advance(state, milestone(), {}, {}, at(9, 8), {})
    assert "clocks.late" == caught.value.code
    assert "refold" in caught.value.unblock


def test_state_of_other_rules_is_refused() -> None:
    """
    A state that another version of the rules, or of a calendar, folded is not read by these.
    """
    state = refold(APPROVED, milestone(targets=[{"within": "4h"}]))

    with pytest.raises(Invalid) as caught:
        reading(state, milestone(), {}, {}, at(9, 12))
    assert "clocks.other_rules" == caught.value.code


def test_condition_that_turns_without_end_is_refused() -> None:
    """
    A predicate that promises a turn every microsecond is stopped, not followed for ever.
    """
    from jobkit.clocks import Milestone
    from jobkit.conditions import Predicate
    from jobkit.registry import Registry

    flicker = Predicate(
        test=lambda facts, now: now is not None and now.microsecond % 2 == 0,
        changes_at=lambda facts, now: now + timedelta(microseconds=1),
    )
    promise = Milestone.load(
        "flicker", {"starts": {"call": "flicker"}}, registry=Registry.of(predicate={"flicker": flicker})
    )

    with pytest.raises(Invalid) as caught:
        read([(at(9, 8), {})], promise, now=at(9, 9))
    assert "clocks.too_many_turns" == caught.value.code


def test_fresh_state_has_no_clock() -> None:
    """
    A state that nothing was folded into reads as not started.
    """
    assert "not_started" == reading(ClockState(), milestone(), {}, {}, at(9, 8)).state
