"""The ready milestones on the after-sales job: sound at load, and true on jobs that walk its states."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import attrs
import pytest

from jobkit.calendars import Calendar
from jobkit.clocks import Milestones, Place, Reading, check, read
from jobkit.errors import Invalid
from jobkit.facts import declare
from jobkit.model import Entitlement, Job, Window, put
from jobkit.presets import calendars, milestones, text
from tests.presets._jobs import NOW, ready, rules
from tests.presets.test_story import go

ZONE = "Europe/Berlin"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIELD = ("schedule", "confirm", "depart", "arrive", "start", "complete")
UNDOES = {"undoes": "e-close"}
LATER = {"start": "2026-03-20T08:00:00.000000Z", "end": "2026-03-20T10:00:00.000000Z"}

Step = tuple[timedelta, str] | tuple[timedelta, str, Mapping[str, Any]]


@cache
def loaded() -> tuple[Milestones, Mapping[str, Calendar]]:
    """Return the milestones and their calendars in Berlin, loaded once."""
    return milestones(calendars(ZONE)), calendars(ZONE)


def walked(job: Job, steps: Iterable[Step]) -> list[tuple[datetime, Mapping[str, Any]]]:
    """Fire triggers so long after NOW, Tuesday nine o'clock in Berlin, and return the moments of the job."""
    moments: list[tuple[datetime, Mapping[str, Any]]] = [(NOW, {"job": job})]
    for after, trigger, *told in steps:
        at = NOW + after
        job = go(job, trigger, at, **dict(*told)).job
        moments.append((at, {"job": job}))
    return moments


def told(name: str, job: Job, steps: Iterable[Step], after: timedelta) -> Reading:
    """Return what a milestone says so long after NOW."""
    known, hours = loaded()
    return read(walked(job, steps), known[name], hours, now=NOW + after)


def of_tier(tier: str | None, state: str = "triage") -> Job:
    """Return a job of a contract's tier that lacks nothing, in a state since NOW."""
    job = put(ready("work", state), "$.terms.tier", tier) if tier else ready("work", state)
    return attrs.evolve(job, states={**job.states, "work": attrs.evolve(job.state, since=NOW)})


def every_hour(triggers: Iterable[str], first: timedelta = HOUR) -> list[Step]:
    """Return steps an hour apart."""
    return [(first + number * HOUR, trigger) for number, trigger in enumerate(triggers)]


def places() -> Iterator[Place]:
    """Yield the states of the work as the analysis of milestones takes them."""
    work = rules()["work"]
    for name, rule in work.states.items():
        reaches = tuple(sorted({edge.target for edge in work.edges(name)}))
        yield Place(name=name, category=rule.category, end=rule.end, reaches=reaches)


def test_sound_on_the_lifecycle() -> None:
    """
    Nothing is found: every clock starts, ends in every end of the job, and runs or pauses by rule meanwhile.
    """
    assert () == check(loaded()[0], places(), vocabulary=declare())


def test_every_promise_of_the_trade_is_there() -> None:
    """
    Eleven milestones stand ready, each with a name that people read.
    """
    known = loaded()[0]

    assert [
        "on_site", "on_site_from_submission", "response", "resolution", "planned_maintenance",
        "warranty_claim", "closure_same_day", "closure_same_week", "closure_five_days", "confirmation",
        "visit_reminder",
    ] == list(known)  # fmt: skip
    assert all(milestone.label != name for name, milestone in known.items())


def test_loads_back_from_its_own_data() -> None:
    """
    Dumped and loaded again, every milestone is the same rule with the same hash.
    """
    known = loaded()[0]
    again = Milestones.load(known.dump(), vocabulary=declare())

    assert [each.hash for each in known.values()] == [each.hash for each in again.values()]


def test_a_missing_calendar_is_named() -> None:
    """
    Milestones that are loaded with calendars of other names are refused, each with its place.
    """
    with pytest.raises(Invalid) as refused:
        milestones({"office": calendars(ZONE)["business"]})

    assert {"clocks.no_calendar"} == {finding.code for finding in refused.value.findings}
    assert {"business", "day_end", "week_end"} == {each.params["calendar"] for each in refused.value.findings}


def test_calendars_stand_in_the_zone_asked_for() -> None:
    """
    Business opens at eight where the job is, and an unknown zone is refused.
    """
    opens = calendars("Asia/Tokyo")["business"].next_opening(datetime(2026, 3, 14, tzinfo=UTC))

    assert datetime(2026, 3, 15, 23, tzinfo=UTC) == opens
    with pytest.raises(Invalid):
        calendars("Mars/Olympus")
    assert "[day_end]" in text("milestones_calendars")


@pytest.mark.parametrize(
    ("tier", "due"),
    [("gold", 9 * HOUR), ("silver", 25 * HOUR), ("bronze", 3 * DAY + HOUR), (None, 3 * DAY + HOUR)],
)
def test_on_site_by_tier(tier: str | None, due: timedelta) -> None:
    """
    From approval on, gold has eight hours, silver twenty-four, and everybody else three working days.
    """
    reading = told("on_site", of_tier(tier), [(HOUR, "approve")], 2 * HOUR)

    assert ("running", NOW + due) == (reading.state, reading.due_at)


def test_on_site_is_met_on_site() -> None:
    """
    Arriving within eight hours keeps the promise, and what the visit comes to changes nothing in that.
    """
    steps: list[Step] = [(HOUR, "approve"), *every_hour(FIELD[:4], 2 * HOUR), (7 * HOUR, "no_access")]
    reading = told("on_site", of_tier("gold"), steps, 30 * HOUR)

    assert ("met", 4 * HOUR, NOW + 5 * HOUR) == (reading.state, reading.elapsed, reading.stopped_at)


def test_on_site_late() -> None:
    """
    Nine hours after approval the gold promise is broken, since the eighth hour, and arriving is met late.
    """
    steps: list[Step] = [(HOUR, "approve"), *every_hour(FIELD[:3], 2 * HOUR)]
    open_still = told("on_site", of_tier("gold"), steps, 10 * HOUR)
    done = told("on_site", of_tier("gold"), [*steps, (11 * HOUR, "arrive")], 12 * HOUR)

    assert ("breached", NOW + 9 * HOUR, -HOUR) == (open_still.state, open_still.breached_at, open_still.left)
    assert ("met_late", NOW + 9 * HOUR) == (done.state, done.breached_at)


def test_on_hold_pauses_with_a_reason() -> None:
    """
    While the job is on hold nothing is due, and the derivation tells the reason.
    """
    steps: list[Step] = [(HOUR, "approve"), (3 * HOUR, "hold")]
    held = told("on_site", of_tier("gold"), steps, 50 * HOUR)
    resumed = told("on_site", of_tier("gold"), [*steps, (50 * HOUR, "resume")], 51 * HOUR)

    assert ("paused", "customer", None, 2 * HOUR) == (held.state, held.paused_for, held.due_at, held.elapsed)
    assert NOW + 56 * HOUR == held.due_if_resumed == resumed.due_at
    assert "customer" in {span.reason for span in resumed.spans}


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("customer_decision", "paused"),
        ("weather", "paused"),
        ("parts", "breached"),
        ("engineering_approval", "breached"),
    ],
)
def test_hold_for_our_own_sake_stops_no_clock(reason: str, state: str) -> None:
    """
    Waiting for the customer or the weather pauses the promise; waiting for our own part or expert does not.
    """
    steps: list[Step] = [(HOUR, "approve"), (3 * HOUR, "hold", {"reason": reason})]

    assert state == told("on_site", of_tier("gold"), steps, 50 * HOUR).state


def test_deferral_pauses_and_cancelling_ends() -> None:
    """
    Deferred work waits with its reason, and a cancelled job has not broken its promise.
    """
    steps: list[Step] = [(HOUR, "approve"), (2 * HOUR, "defer")]
    waiting = told("on_site", of_tier("gold"), steps, 50 * HOUR)
    over = told("on_site", of_tier("gold"), [*steps, (60 * HOUR, "cancel")], 70 * HOUR)

    assert ("paused", "deferred") == (waiting.state, waiting.paused_for)
    assert ("cancelled", None) == (over.state, over.breached_at)


def test_a_slow_triage_shows_in_the_second_clock() -> None:
    """
    Approved after nine hours the first clock has just begun, and the one from submission is nearly used up.
    """
    steps: list[Step] = [(HOUR, "take_up"), (9 * HOUR, "approve")]
    job = of_tier("gold", "submitted")
    first = told("on_site", job, steps, 9 * HOUR)
    second = told("on_site_from_submission", job, steps, 9 * HOUR)

    assert (8 * HOUR, HOUR) == (first.left, second.left)


def test_sending_back_pauses_the_clock_from_submission() -> None:
    """
    What the dealer has to add is not the service's time.
    """
    steps: list[Step] = [(HOUR, "send_back"), (30 * HOUR, "submit")]
    waiting = told("on_site_from_submission", of_tier("gold", "submitted"), steps, 20 * HOUR)
    again = told("on_site_from_submission", of_tier("gold", "submitted"), steps, 31 * HOUR)

    assert ("paused", "sent_back") == (waiting.state, waiting.paused_for)
    assert ("running", 2 * HOUR) == (again.state, again.elapsed)


@pytest.mark.parametrize("answer", ["take_up", "reject"])
def test_response_is_an_answer_of_any_kind(answer: str) -> None:
    """
    Taking the request up and rejecting it both answer it, in working time.
    """
    before = told("response", of_tier(None, "submitted"), [], HOUR)
    reading = told("response", of_tier(None, "submitted"), [(3 * HOUR, answer)], 4 * HOUR)

    assert ("running", NOW + 4 * HOUR) == (before.state, before.due_at)
    assert ("met", 3 * HOUR) == (reading.state, reading.elapsed)


def test_gold_is_answered_within_a_working_hour() -> None:
    """
    A gold request of the evening is due an hour after the office opens.
    """
    evening = NOW + 10 * HOUR
    job = of_tier("gold", "submitted")
    known, hours = loaded()
    reading = read([(evening, {"job": job})], known["response"], hours, now=evening)

    assert datetime(2026, 3, 11, 8, tzinfo=UTC) == reading.due_at


def test_resolution_goes_on_after_reopening() -> None:
    """
    A job that is reopened is not resolved: its clock counts on where it stopped.
    """
    steps: list[Step] = [(HOUR, "approve"), *every_hour(FIELD, 2 * HOUR), (8 * HOUR, "close")]
    done = told("resolution", of_tier("gold"), steps, 20 * HOUR)
    again = told("resolution", of_tier("gold"), [*steps, (20 * HOUR, "reopen", UNDOES)], 22 * HOUR)

    assert ("met", 7 * HOUR) == (done.state, done.elapsed)
    assert ("running", 9 * HOUR) == (again.state, again.elapsed)


def planned(state: str = "approved") -> Job:
    """Return preventive work that the plan wants done within the next twenty days."""
    job = put(of_tier(None, state), "$.work.work_type", "preventive")
    return attrs.evolve(job, terms=attrs.evolve(job.terms, due=Window(NOW + DAY, NOW + 20 * DAY)))


def test_planned_maintenance_ends_with_its_window() -> None:
    """
    The window's end is the deadline, with two warnings on the way, and holding the work does not move it.
    """
    reading = told("planned_maintenance", planned(), [(HOUR, "hold")], 7 * DAY)
    warned = {warning.name: (warning.at, warning.passed) for warning in reading.warnings}

    assert ("running", NOW + 20 * DAY) == (reading.state, reading.due_at)
    assert {
        "two_weeks": (NOW + 6 * DAY, True),
        "three_days": (NOW + 17 * DAY, False),
    } == warned


def test_planned_maintenance_follows_a_moved_window() -> None:
    """
    When the plan moves the window the deadline moves with it; work of another kind has none.
    """
    known, hours = loaded()
    moved = put(planned(), "$.terms.due.end", NOW + 30 * DAY)
    moments = [(NOW, {"job": planned()}), (NOW + DAY, {"job": moved})]
    reading = read(moments, known["planned_maintenance"], hours, now=NOW + 2 * DAY)

    assert NOW + 30 * DAY == reading.due_at
    assert "not_started" == told("planned_maintenance", of_tier(None, "approved"), [], DAY).state


def under_warranty() -> Job:
    """Return warranty work in progress."""
    job = of_tier(None, "in_progress")
    terms = attrs.evolve(job.terms, entitlement=Entitlement(status="covered", kind="warranty"))
    return attrs.evolve(job, terms=terms)


def billed(job: Job, state: str) -> Job:
    """Return the job with its billing in another state."""
    return attrs.evolve(job, states={**job.states, "billing": rules()["billing"].state(state, NOW)})


def test_warranty_is_claimed_within_thirty_days_of_the_work() -> None:
    """
    The claim window begins when the work is done and is kept by handing the claim off.
    """
    known, hours = loaded()
    moments = walked(under_warranty(), [(HOUR, "complete")])
    done = moments[-1][1]["job"]
    waiting = read(moments, known["warranty_claim"], hours, now=NOW + 2 * DAY)
    claimed = [*moments, (NOW + 9 * DAY, {"job": billed(done, "handed_off")})]

    assert ("running", NOW + HOUR + 30 * DAY) == (waiting.state, waiting.due_at)
    assert "met" == read(claimed, known["warranty_claim"], hours, now=NOW + 40 * DAY).state
    assert "breached" == read(moments, known["warranty_claim"], hours, now=NOW + 31 * DAY).state


def test_a_reopened_warranty_job_is_claimed_for_anew() -> None:
    """
    Reopening ends the claim window, and completing the work again begins another one.
    """
    steps: list[Step] = [(HOUR, "complete"), (2 * HOUR, "close"), (DAY, "reopen_on_site", UNDOES)]
    reopened = told("warranty_claim", under_warranty(), steps, 2 * DAY)
    again = told("warranty_claim", under_warranty(), [*steps, (3 * DAY, "complete")], 4 * DAY)

    assert "cancelled" == reopened.state
    assert ("running", 2, NOW + 33 * DAY) == (again.state, again.cycle, again.due_at)


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("closure_same_day", datetime(2026, 3, 10, 23, tzinfo=UTC)),
        ("closure_same_week", datetime(2026, 3, 15, 23, tzinfo=UTC)),
        ("closure_five_days", NOW + HOUR + 5 * DAY),
    ],
)
def test_closure_by_age(name: str, due: datetime) -> None:
    """
    Work done on Tuesday is closed by midnight in Berlin, by the end of Sunday, or within five days.
    """
    job = of_tier(None, "in_progress")
    after = due - NOW
    waiting = told(name, job, [(HOUR, "complete"), (2 * HOUR, "await_documents")], 3 * HOUR)
    late = told(name, job, [(HOUR, "complete")], after)
    closed = told(name, job, [(HOUR, "complete"), (after, "close")], after)

    assert ("running", due) == (waiting.state, waiting.due_at)
    assert ("breached", "met") == (late.state, closed.state)


def test_confirmation_is_measured_for_each_window() -> None:
    """
    From a planned to a confirmed window there is one working day, and a reschedule is measured anew.
    """
    steps: list[Step] = [(HOUR, "schedule"), (5 * HOUR, "confirm")]
    first = told("confirmation", of_tier(None, "approved"), steps, 6 * HOUR)
    moved: Step = (DAY, "reschedule", {"new_window": LATER})
    second = told("confirmation", of_tier(None, "approved"), [*steps, moved], DAY + HOUR)

    assert ("met", 4 * HOUR) == (first.state, first.elapsed)
    assert ("running", 2, NOW + 2 * DAY) == (second.state, second.cycle, second.due_at)


def test_reminder_moves_with_the_window() -> None:
    """
    The reminder falls two days before the confirmed window, after a reschedule two days before the new one.
    """
    job = confirmed(NOW + 4 * DAY)
    known, hours = loaded()
    waiting = attrs.evolve(job, states=ready("work", "scheduled").states)
    again = confirmed(NOW + 9 * DAY)
    moments = [(NOW, {"job": job}), (NOW + DAY, {"job": waiting}), (NOW + 2 * DAY, {"job": again})]

    def reminder(after: timedelta) -> tuple[str, datetime | None]:
        reading = read(moments, known["visit_reminder"], hours, now=NOW + after)
        return reading.state, reading.warnings[0].at

    assert ("running", NOW + 2 * DAY) == reminder(HOUR)
    assert "cancelled" == reminder(DAY)[0]
    assert ("running", NOW + 7 * DAY) == reminder(2 * DAY)


def test_reminder_clock_is_kept_by_setting_out() -> None:
    """
    Somebody who is on the way before the window begins keeps the promise; nobody by then breaks it.
    """
    job = confirmed(NOW + 4 * DAY)

    assert "met" == told("visit_reminder", job, [(3 * DAY, "depart")], 5 * DAY).state
    assert "breached" == told("visit_reminder", job, [], 4 * DAY).state


def confirmed(start: datetime) -> Job:
    """Return a job with one confirmed visit that begins at *start*."""
    job = of_tier(None, "confirmed")
    visit = attrs.evolve(job.visits[0], confirmed=Window(start, start + 2 * HOUR))
    return attrs.evolve(job, visits=(visit,))
