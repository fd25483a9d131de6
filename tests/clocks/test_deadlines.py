"""Deadlines and timers by a fact: they move when the fact moves."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from jobkit.clocks import Milestone, Moment, Promise, Target, WarningPoint, next_change, read, refold
from jobkit.model import Job, State, Visit, Window
from tests.clocks.promises import CALENDARS, at, walk

HOUR = timedelta(hours=1)
REMINDER: dict[str, Any] = {
    "starts": "known(start)",
    "targets": [{"by": "start"}],
    "warnings": [{"name": "remind", "left": "48h"}],
    "policies": {"past_breach": "forget"},
}


def reminder(**changes: Any) -> Milestone:
    """Return the reminder before a confirmed window, with *changes*."""
    return Milestone.load("reminder", {**REMINDER, **changes}, calendars=CALENDARS)


def test_reminder_comes_before_the_confirmed_window() -> None:
    """
    A warning 48 hours before a fact has its instant from the fact alone.
    """
    told = read([(at(9, 8), {"start": at(13, 10)})], reminder(), now=at(9, 9))

    assert (at(13, 10), at(11, 10)) == (told.due_at, told.warnings[0].at)


def test_reminder_moves_with_the_window() -> None:
    """
    After a reschedule the reminder is computed anew, though the old one had been due.
    """
    story = [(at(9, 8), {"start": at(13, 10)}), (at(12, 8), {"start": at(20, 10)})]
    told = read(story, reminder(), now=at(12, 9))

    assert (at(18, 10), False) == (told.warnings[0].at, told.warnings[0].passed)
    assert "moved" == told.marks[-1].what


def test_reminder_of_a_window_close_by_is_due_at_once() -> None:
    """
    A window confirmed for tomorrow is reminded of when it is confirmed.
    """
    told = read([(at(9, 8), {"start": at(10, 8)})], reminder(), now=at(9, 8))

    assert (at(9, 8), True) == (told.warnings[0].at, told.warnings[0].passed)


def test_fact_that_vanishes_leaves_no_due_instant() -> None:
    """
    Without its date the clock has no target, and says so.
    """
    told = read([(at(9, 8), {"start": at(13, 10)}), (at(9, 9), {})], reminder(), now=at(14, 9))

    assert (None, None, False, "running") == (told.due_at, told.left, told.has_target, told.state)


def test_deadline_reads_stored_text() -> None:
    """
    An instant as text, as JSON gives it, is as good as a datetime; other text is no date.
    """
    story = [(at(9, 8), {"start": "2026-03-13T10:00:00Z"})]

    assert at(13, 10) == read(story, reminder(), now=at(9, 9)).due_at
    assert None is read([(at(9, 8), {"start": "soon"})], reminder(), now=at(9, 9)).due_at


def test_warranty_window_lies_after_its_fact() -> None:
    """
    The claim window ends thirty days after completion.
    """
    claim = reminder(
        starts="known(done)", stops="known(claimed)", targets=[{"by": "done", "after": "30d"}], warnings=[]
    )
    told = read([(at(1, 8), {"done": at(1, 8)})], claim, now=at(2, 8))

    assert (at(31, 8), 29 * 24 * HOUR) == (told.due_at, told.left)
    assert (
        "met" == read([(at(1, 8), {"done": at(1, 8)}), (at(3, 8), {"claimed": 1})], claim, now=at(4, 8)).state
    )


@pytest.mark.parametrize(
    ("moved", "due"),
    [({"after": "4 working hours"}, at(16, 9)), ({"before": "1 working days"}, at(12, 14))],
)
def test_deadline_moves_in_working_time(moved: dict[str, str], due: Any) -> None:
    """
    A working offset counts by the calendar that the milestone chooses, forward and back.
    """
    promise = reminder(targets=[{"by": "start", **moved}], calendar="workshop", warnings=[])
    story = [(at(9, 8), {"start": at(13, 14)})]

    assert due == read(story, promise, CALENDARS, now=at(9, 9)).due_at


def test_date_in_the_past_is_broken_at_the_start() -> None:
    """
    A deadline that had passed when the clock started is broken then, not before.
    """
    told = read([(at(9, 8), {"start": at(2, 8)})], reminder(), now=at(9, 9))

    assert (at(2, 8), at(9, 8)) == (told.due_at, told.breached_at)


def test_pause_holds_a_deadline_and_does_not_move_it() -> None:
    """
    While paused a date does not break the promise; resumed after it, the clock is broken at once.
    """
    promise = reminder(pauses=[{"when": "held", "reason": "customer"}])
    story: list[Moment] = [(at(9, 8), {"start": at(10, 8)}), (at(9, 9), {"start": at(10, 8), "held": True})]
    later = [*story, (at(11, 9), {"start": at(10, 8)})]

    assert ("paused", None, at(10, 8)) == (
        (told := read(story, promise, now=at(11, 8))).state, told.due_at, told.due_if_resumed,
    )  # fmt: skip
    assert at(11, 9) == read(later, promise, now=at(11, 10)).breached_at


def visits(**starts: Any) -> dict[str, Any]:
    """Return facts with visits by id: an instant each, and no access for those called gone."""
    return {
        "visits": [
            {"id": name, "start": start, "outcome": "no_access" if name.startswith("gone") else None}
            for name, start in starts.items()
        ]
    }


@pytest.mark.parametrize(("pick", "due"), [("first", at(11, 8)), ("last", at(13, 8)), ("next", at(12, 8))])
def test_pick_chooses_among_the_items_of_a_list(pick: str, due: Any) -> None:
    """
    Of several instants the first, the last, or the next one that is not past is taken.
    """
    promise = reminder(starts="known(visits)", targets=[{"by": "visits[].start", "pick": pick}], warnings=[])
    told = read([(at(11, 9), visits(a=at(12, 8), b=at(11, 8), c=at(13, 8)))], promise, now=at(11, 9))

    assert due == told.due_at


def test_next_one_follows_when_an_instant_has_passed() -> None:
    """
    When the picked instant is past the following one is aimed at, without an event.
    """
    promise = reminder(
        starts="known(visits)", targets=[{"by": "visits[].start", "pick": "next"}], warnings=[]
    )
    story = [(at(9, 8), visits(a=at(10, 8), b=at(12, 8)))]

    assert at(12, 8) == read(story, promise, now=at(10, 9)).due_at


def test_next_one_is_not_past_at_its_own_instant() -> None:
    """
    A moment at the picked instant still aims at it, and the promise is broken there.
    """
    promise = reminder(
        starts="known(visits)",
        targets=[{"by": "visits[].start", "pick": "next"}],
        warnings=[],
        policies={"past_breach": "keep"},
    )
    facts = visits(a=at(10, 8), b=at(12, 8))

    assert at(10, 8) == read([(at(9, 8), facts), (at(10, 8), facts)], promise, now=at(10, 9)).breached_at


def test_where_leaves_items_out() -> None:
    """
    Only visits without an outcome are aimed at.
    """
    target = {"by": "visits[].start", "where": "not known(item.outcome)"}
    promise = reminder(starts="known(visits)", targets=[target], warnings=[])

    assert at(12, 8) == read([(at(9, 8), visits(gone=at(11, 8), b=at(12, 8)))], promise, now=at(9, 9)).due_at


def test_deadline_is_read_off_a_job() -> None:
    """
    The path leads through the values of a job as it does through plain data.
    """
    promise = reminder(
        starts="job.state.name == 'scheduled'",
        targets=[{"by": "job.visits[].confirmed.start", "where": "not known(item.outcome)"}],
    )
    visit = Visit(id="v1", confirmed=Window(at(13, 8), at(13, 12)))
    job = Job(id="J-1", type="repair", states={"work": State(name="scheduled", category="scheduled")})
    gone = attrs.evolve(visit, id="v0", confirmed=Window(at(10, 8), at(10, 12)), outcome="no_access")
    facts = {"job": attrs.evolve(job, visits=(gone, visit))}

    assert at(13, 8) == read([(at(9, 8), facts)], promise, now=at(9, 9)).due_at


def test_timer_tells_when_it_rings() -> None:
    """
    The next change of a reminder is its warning, then the window itself, then nothing.
    """
    facts = {"start": at(13, 10)}
    state = refold([(at(9, 8), facts)], reminder())
    times = [next_change(state, reminder(), {}, facts, now) for now in (at(9, 8), at(11, 10), at(13, 10))]

    assert [at(11, 10), at(13, 10), None] == times


def test_share_of_the_way_to_a_date() -> None:
    """
    A share of a deadline is that part of the time from the start to the date.
    """
    promise = reminder(warnings=[{"name": "half", "share": 0.5}])

    assert at(11, 8) == read([(at(9, 8), {"start": at(13, 8)})], promise, now=at(9, 9)).warnings[0].at


def test_date_beyond_the_counted_years_is_no_deadline() -> None:
    """
    The year 9999, by which some systems say never, is no date to break.
    """
    assert None is read([(at(9, 8), {"start": "9999-12-31T00:00:00Z"})], reminder(), now=at(9, 9)).due_at


@pytest.mark.parametrize("target", [{"by": "start"}, {"within": "24h"}])
def test_pause_at_exactly_the_due_instant_comes_too_late(target: dict[str, str]) -> None:
    """
    Only a stop keeps the promise at its last instant: a clock paused just then is broken then.
    """
    promise = reminder(targets=[target], pauses=[{"when": "held", "reason": "customer"}], warnings=[])
    story: list[Moment] = [
        (at(9, 8), {"start": at(10, 8)}),
        (at(10, 8), {"start": at(10, 8), "held": True}),
        (at(11, 8), {"start": at(10, 8), "held": False}),
    ]

    for now in (at(10, 9), at(12, 8)):
        assert ("breached", at(10, 8)) == ((told := read(story, promise, now=now)).state, told.breached_at)


def test_shortest_target_is_kept_and_broken_to_the_microsecond() -> None:
    """
    A promise of one second is kept by a stop at the second, and broken a microsecond later.
    """
    second, tick, begun = timedelta(seconds=1), timedelta(microseconds=1), at(9, 8)
    short = Milestone.load(
        "short",
        Promise(
            starts='state == "approved"',
            stops='state == "on_site"',
            targets=(Target(within=second),),
            warnings=(WarningPoint(name="now", left=HOUR),),
        ),
    )
    stops = [begun, begun + second, begun + second + tick]
    ends = [read(walk((begun, "approved"), (stop, "on_site")), short, now=at(9, 9)).state for stop in stops]
    started = read(walk((begun, "approved")), short, now=begun)
    broken = read(walk((begun, "approved")), short, now=begun + second)

    assert ["met", "met", "met_late"] == ends
    assert ("running", begun + second, True) == (started.state, started.due_at, started.warnings[0].passed)
    assert ("breached", begun + second) == (broken.state, broken.breached_at)
