"""Laws of clocks: carried states equal replays, derivations add up, and changes come when told."""

from datetime import datetime, timedelta
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.clocks import ClockState, Milestone, Reading, advance, next_change, read, reading, refold
from jobkit.documents import structure, unstructure
from jobkit.instants import write_instant
from tests.clocks._checker import complaints
from tests.laws import _clocks as clocks
from tests.laws._clocks import CALENDARS, START, STEP, STEPS

END = START + (STEPS + 50) * STEP
TICK = timedelta(microseconds=1)
HOURS: dict[str, Any] = {name: calendar.elapsed for name, calendar in CALENDARS.items()}
HOURS["always"] = lambda start, end: end - start
Timeline = list[tuple[datetime, dict[str, Any]]]

nows = st.integers(0, STEPS + 50).map(lambda number: START + number * STEP)


def bare(told: Reading) -> Reading:
    """Return a reading without its derivation."""
    return attrs.evolve(told, spans=(), marks=())


def said(told: Reading) -> tuple[Any, ...]:
    """Return what time alone must not change between two changes."""
    passed = tuple((warned.name, warned.passed) for warned in told.warnings)
    return told.state, told.cycle, told.paused_for, told.breached_at, told.target_name, told.target, passed


@given(data=clocks.rules(), timeline=clocks.timelines(), now=nows)
def test_reading_agrees_with_the_walked_reference(
    data: dict[str, Any], timeline: Timeline, now: datetime
) -> None:
    """
    State, pause, elapsed time and breach are those of a reference that asks every rule every half hour.
    """
    told = read(timeline, Milestone.load("clock", data, calendars=CALENDARS), CALENDARS, now=now)

    assert clocks.walked(data, timeline, now) == (
        told.state, told.paused_for, told.elapsed, told.breached_at,
    )  # fmt: skip


@given(milestone=clocks.milestones, timeline=clocks.timelines(), later=nows)
def test_carried_state_equals_replay_at_every_prefix(
    milestone: Milestone, timeline: Timeline, later: datetime
) -> None:
    """
    Folding event by event, through the stored form, gives the state and the reading of a full replay.
    """
    state, known = ClockState(), dict[str, Any]()
    for place, (at, following) in enumerate(timeline):
        state = advance(state, milestone, CALENDARS, known, at, following)
        state, known = structure(ClockState, unstructure(state)), following
        now = max(at, later)

        assert refold(timeline[: place + 1], milestone, CALENDARS) == state
        whole = read(timeline[: place + 1], milestone, CALENDARS, now=now)
        assert bare(whole) == reading(state, milestone, CALENDARS, known, now)


@given(milestone=clocks.milestones, timeline=clocks.timelines(), now=nows)
def test_derivation_makes_the_verdict(milestone: Milestone, timeline: Timeline, now: datetime) -> None:
    """
    An independent checker computes the verdict again from the spans and the opening hours alone.
    """
    told = read(timeline, milestone, CALENDARS, now=now).to_dict()

    assert [] == complaints(told, HOURS)


@given(data=clocks.rules(), timeline=clocks.timelines(), later=nows)
def test_due_if_resumed_is_due_when_it_resumes(
    data: dict[str, Any], timeline: Timeline, later: datetime
) -> None:
    """
    What a paused clock tells of its due instant is what it tells when the pause is lifted at that instant.
    """
    pauses = [{**pause, "when": f"({pause['when']}) and unknown(lifted)"} for pause in data["pauses"]]
    # A word that stands behind pause in the order waits for the pause to end, and changes more than that.
    policies = {**data["policies"], "order": ("cancel", "stop", "reset", "start", "pause")}
    milestone = Milestone.load("clock", {**data, "pauses": pauses, "policies": policies}, calendars=CALENDARS)
    last, facts = timeline[-1]
    now = max(last, later)
    held = read(timeline, milestone, CALENDARS, now=now)
    resumed = read([*timeline, (now, {**facts, "lifted": True})], milestone, CALENDARS, now=now)

    assert held.paused_for is None or held.due_if_resumed == resumed.due_at


@given(milestone=clocks.milestones, timeline=clocks.timelines(), now=nows)
def test_left_and_elapsed_make_the_target(milestone: Milestone, timeline: Timeline, now: datetime) -> None:
    """
    What is left and what has counted are the target, and what has counted is the sum of the spans.
    """
    told = read(timeline, milestone, CALENDARS, now=now)

    assert told.elapsed == sum((span.amount for span in told.spans), timedelta(0))
    assert told.target is None or (told.left is not None and told.target == told.elapsed + told.left)
    assert not any(span.amount for span in told.spans if not span.counted)


@given(milestone=clocks.milestones, timeline=clocks.timelines(), now=nows)
def test_nothing_changes_before_the_next_change(
    milestone: Milestone, timeline: Timeline, now: datetime
) -> None:
    """
    The next change is exact: a tick before it the clock says what it said, and at it something else.
    """
    state, known, now = refold(timeline, milestone, CALENDARS), timeline[-1][1], max(now, timeline[-1][0])
    before = said(reading(state, milestone, CALENDARS, known, now))
    change = next_change(state, milestone, CALENDARS, known, now)

    if change is None:
        assert before == said(reading(state, milestone, CALENDARS, known, END + timedelta(days=30)))
        return
    assert change > now
    assert before == said(reading(state, milestone, CALENDARS, known, change - TICK))
    assert before != said(reading(state, milestone, CALENDARS, known, change)) or moved(
        state, milestone, known, now, change
    )


def moved(state: ClockState, milestone: Milestone, known: Any, now: datetime, change: datetime) -> bool:
    """Whether the calendar or the date changed."""
    one, two = (reading(state, milestone, CALENDARS, known, at) for at in (now, change))
    return (one.calendar, one.due_at) != (two.calendar, two.due_at)


@given(milestone=clocks.milestones, timeline=clocks.timelines(), now=nows)
def test_due_is_where_the_breach_begins(milestone: Milestone, timeline: Timeline, now: datetime) -> None:
    """
    While no condition turns, a running clock is unbroken a tick before its due instant and broken at it.
    """
    state, known, now = refold(timeline, milestone, CALENDARS), timeline[-1][1], max(now, timeline[-1][0])
    told = reading(state, milestone, CALENDARS, known, now)
    change = next_change(state, milestone, CALENDARS, known, now)
    if told.state != "running" or told.due_at is None or change is None or told.due_at != change:
        return

    assert "running" == reading(state, milestone, CALENDARS, known, told.due_at - TICK).state
    broken = reading(state, milestone, CALENDARS, known, told.due_at)
    assert broken.state != "breached" or told.due_at == broken.breached_at


@given(milestone=clocks.milestones, timeline=clocks.timelines(), extra=nows, now=nows)
def test_a_moment_without_news_changes_nothing(
    milestone: Milestone, timeline: Timeline, extra: datetime, now: datetime
) -> None:
    """
    Telling the same facts once more, or facts that no rule names, leaves the reading as it is.
    """
    place = sum(at <= extra for at, _ in timeline)
    if not place:
        return
    news = (extra, timeline[place - 1][1] | {"unrelated": str(extra)})
    longer = [*timeline[:place], news, *timeline[place:]]

    assert read(timeline, milestone, CALENDARS, now=now) == read(longer, milestone, CALENDARS, now=now)


@given(milestone=clocks.milestones, timeline=clocks.timelines(), now=nows, later=nows)
def test_elapsed_never_falls_between_events(
    milestone: Milestone, timeline: Timeline, now: datetime, later: datetime
) -> None:
    """
    Within one cycle time only adds to what has counted, and a breach is never taken back by waiting.
    """
    first, second = sorted((max(now, timeline[-1][0]), max(later, timeline[-1][0])))
    one, two = (read(timeline, milestone, CALENDARS, now=at) for at in (first, second))

    assert one.cycle != two.cycle or one.elapsed <= two.elapsed


@given(old=clocks.rules(), new=clocks.rules(), begins=clocks.instants, timeline=clocks.timelines(), now=nows)
def test_a_new_version_rewrites_no_verdict(
    old: dict[str, Any], new: dict[str, Any], begins: datetime, timeline: Timeline, now: datetime
) -> None:
    """
    What was read before a version came into force, and any cycle begun before it, reads as without it.
    """
    later = {**new, "version": "2", "effective_from": write_instant(begins)}
    alone = Milestone.load("clock", old, calendars=CALENDARS)
    both = Milestone.load("clock", [old, later], calendars=CALENDARS)
    told = read(timeline, alone, CALENDARS, now=now)

    if now < begins or (told.started_at is not None and told.started_at < begins):
        assert told == read(timeline, both, CALENDARS, now=now)


@given(data=clocks.rules())
def test_milestone_survives_dumping(data: dict[str, Any]) -> None:
    """
    A milestone loads back from its own data to the same seal.
    """
    milestone = Milestone.load("clock", data, calendars=CALENDARS)

    assert milestone == Milestone.load("clock", milestone.to_data(), calendars=CALENDARS)


@given(milestone=clocks.milestones, timeline=clocks.timelines(), now=nows)
def test_knowing_everything_is_knowing_by_the_end(
    milestone: Milestone, timeline: Timeline, now: datetime
) -> None:
    """
    Read with all that was ever recorded, a timeline says what it says without asking when it was known.
    """
    told = read(timeline, milestone, CALENDARS, now=now)

    assert told == read(timeline, milestone, CALENDARS, now=now, known_at=END)
