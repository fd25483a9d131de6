"""What engines decide differently: retargeting, reopening, resets, order, versions."""

from datetime import timedelta
from typing import Any

import pytest

from jobkit.clocks import Milestone, Moment, Reading, read
from tests.clocks.promises import CALENDARS, ON_SITE, at, milestone, walk

HOUR = timedelta(hours=1)
TIERS = [{"name": "gold", "within": "4h", "when": 'tier == "gold"'}, {"name": "basic", "within": "12h"}]
UPGRADE = [
    (at(9, 8), {"state": "approved", "tier": "basic"}),
    (at(9, 9), {"state": "hold", "tier": "basic"}),
    (at(9, 11), {"state": "hold", "tier": "gold"}),
    (at(9, 12), {"state": "planned", "tier": "gold"}),
]


def whats(told: Reading) -> list[str]:
    """Return what happened, in order."""
    return [mark.what for mark in told.marks]


def test_retargeting_while_paused_keeps_elapsed_time_and_the_pause() -> None:
    """
    An upgrade during a pause gives another target and loses neither what was counted nor the pause.
    """
    promise = milestone(targets=TIERS)
    paused, running = (read(UPGRADE, promise, now=now) for now in (at(9, 11), at(9, 13)))

    assert ("paused", "customer", HOUR, 3 * HOUR) == (
        paused.state, paused.paused_for, paused.elapsed, paused.left,
    )  # fmt: skip
    assert at(9, 15) == running.due_at
    assert ["started", "paused", "retargeted", "resumed"] == whats(running)
    assert [HOUR, HOUR] == [span.amount for span in running.spans if span.counted]


def test_retargeting_below_what_has_counted_breaks_at_that_moment() -> None:
    """
    A shorter target that is used up already is broken when it is chosen, not before.
    """
    story = [
        (at(9, 8), {"state": "approved", "tier": "basic"}),
        (at(9, 14), {"state": "planned", "tier": "gold"}),
    ]

    assert at(9, 14) == read(story, milestone(targets=TIERS), now=at(9, 14)).breached_at


def test_retargeting_can_restart() -> None:
    """
    With restart the new target counts from its choice, a pause goes on, and the old spans say so.
    """
    told = read(UPGRADE, milestone(targets=TIERS, policies={"retarget": "restart"}), now=at(9, 13))

    assert (2, at(9, 11), HOUR) == (told.cycle, told.started_at, told.elapsed)
    assert ["earlier_cycle", "paused", "paused", "open"] == [span.why for span in told.spans]


def test_retargeting_can_clear() -> None:
    """
    With clear the clock ends where another target is chosen, with no verdict on the old one.
    """
    told = read(UPGRADE, milestone(targets=TIERS, policies={"retarget": "clear"}), now=at(9, 13))

    assert ("cancelled", at(9, 11)) == (told.state, told.stopped_at)


@pytest.mark.parametrize(
    ("policy", "state", "breached"), [("keep", "breached", at(9, 12)), ("forget", "running", None)]
)
def test_past_breach_is_kept_unless_forgotten(policy: str, state: str, breached: Any) -> None:
    """
    A longer target does not take a breach back, except where the milestone says so.
    """
    story = [
        (at(9, 8), {"state": "approved", "tier": "gold"}),
        (at(9, 13), {"state": "planned", "tier": "basic"}),
    ]
    told = read(story, milestone(targets=TIERS, policies={"past_breach": policy}), now=at(9, 14))

    assert (state, breached) == (told.state, told.breached_at)
    assert ("cleared_breach" in whats(told)) is (policy == "forget")


@pytest.mark.parametrize(
    ("policy", "state", "elapsed", "cycle"),
    [("stay", "met", 2 * HOUR, 1), ("resume", "running", 3 * HOUR, 1), ("restart", "running", HOUR, 2)],
)
def test_reopening(policy: str, state: str, elapsed: timedelta, cycle: int) -> None:
    """
    Approved again after the stop, a clock stays ended, counts on, or begins anew.
    """
    story = walk((at(9, 8), "approved"), (at(9, 10), "on_site"), (at(9, 12), "approved"))
    told = read(story, milestone(policies={"reopen": policy}), now=at(9, 13))

    assert (state, elapsed, cycle) == (told.state, told.elapsed, told.cycle)


def test_reset_begins_a_new_cycle_once() -> None:
    """
    A reset counts when it becomes true, not for as long as it is.
    """
    promise = milestone(resets='state == "reply"')
    story = walk((at(9, 8), "approved"), (at(9, 10), "reply"), (at(9, 11), "reply"))
    told = read(story, promise, now=at(9, 12))

    assert (2, at(9, 10), 2 * HOUR) == (told.cycle, told.started_at, told.elapsed)


def test_repeat_begins_a_cycle_of_an_ended_clock() -> None:
    """
    Every new question of the customer starts the answer's clock again.
    """
    promise = milestone(starts="asked", stops="not asked", repeats="asked", cancels=None, pauses=None)
    story = [
        (at(9, hour), {"asked": asked})
        for hour, asked in ((8, True), (9, False), (10, True), (11, False), (12, True))
    ]
    told = read(story, promise, now=at(9, 13))

    assert (3, at(9, 12), HOUR) == (told.cycle, told.started_at, told.elapsed)


def test_declared_order_decides_between_stop_and_cancel() -> None:
    """
    Where stop and cancel are true at once, the order that the milestone declares decides.
    """
    story = walk((at(9, 8), "approved"), (at(9, 9), "both"))
    both = {"stops": 'state == "both"', "cancels": 'state == "both"'}
    order = ["stop", "cancel", "reset", "start", "pause"]

    assert "cancelled" == read(story, milestone(**both), now=at(9, 10)).state
    assert "met" == read(story, milestone(**both, policies={"order": order}), now=at(9, 10)).state


def test_start_waits_for_the_pause_where_pauses_come_first() -> None:
    """
    With pauses ahead of the start a clock begins when the pause ends, not paused.
    """
    promise = {"starts": "known(state)", "stops": None, "cancels": None}
    order = ["cancel", "stop", "reset", "pause", "start"]
    story = walk((at(9, 8), "hold"), (at(9, 10), "planned"))

    assert at(9, 8) == read(story, milestone(**promise), now=at(9, 11)).started_at
    assert at(9, 10) == read(story, milestone(**promise, policies={"order": order}), now=at(9, 11)).started_at


def test_states_passed_through_in_no_time_count() -> None:
    """
    A log with coarse times may pass the stop within one instant: every moment counts, in its order.
    """
    story = walk((at(9, 8), "approved"), (at(9, 10), "on_site"), (at(9, 10), "done"))

    assert ("met", at(9, 10)) == (
        (told := read(story, milestone(), now=at(9, 12))).state,
        told.stopped_at,
    )


def test_pause_with_another_reason_goes_on() -> None:
    """
    From one reason to the next the clock stays paused, and the derivation tells both.
    """
    pauses = [
        {"when": 'state == "hold"', "reason": "customer"},
        {"when": 'state == "parts"', "reason": "parts"},
    ]
    story = walk((at(9, 8), "approved"), (at(9, 9), "hold"), (at(9, 10), "parts"), (at(9, 11), "planned"))
    told = read(story, milestone(pauses=pauses), now=at(9, 12))

    assert ["customer", "parts"] == [span.reason for span in told.spans if span.why == "paused"]
    assert 2 * HOUR == told.elapsed


def versions() -> Milestone:
    """Return a promise that is tightened from the 10th on."""
    old = {**ON_SITE, "version": "1"}
    new = {**ON_SITE, "version": "2", "effective_from": "2026-03-10T00:00:00Z", "targets": [{"within": "4h"}]}
    return Milestone.load("on_site", [old, new], calendars=CALENDARS)


def test_version_is_chosen_when_the_cycle_starts_and_kept() -> None:
    """
    A promise given under the old terms is read by them, after the new ones came into force.
    """
    old, new = (read(walk((at(day, 20), "approved")), versions(), now=at(11, 9)) for day in (9, 10))

    assert ("1", at(10, 4)) == (old.version, old.due_at)
    assert ("2", at(11, 0)) == (new.version, new.due_at)


def test_new_version_leaves_old_verdicts_alone() -> None:
    """
    With a version added for the future, everything before it reads as it did.
    """
    alone = Milestone.load("on_site", {**ON_SITE, "version": "1"}, calendars=CALENDARS)
    story = walk((at(8, 20), "approved"), (at(9, 3), "hold"), (at(9, 5), "on_site"))

    for hour in range(24):
        assert read(story, alone, now=at(9, hour)) == read(story, versions(), now=at(9, hour))


def test_reopened_cycle_takes_the_version_of_its_own_start() -> None:
    """
    A cycle begun again after the change is promised by the new version from its first moment on.
    """
    reopening = [
        {**each, "policies": {"reopen": "restart"}} for each in versions().to_data() if isinstance(each, dict)
    ]
    promise = Milestone.load("on_site", reopening, calendars=CALENDARS)
    story = walk((at(9, 20), "approved"), (at(9, 22), "on_site"), (at(10, 9), "approved"))

    assert ("2", at(10, 13)) == ((told := read(story, promise, now=at(10, 10))).version, told.due_at)


def test_version_that_comes_into_force_can_start_a_clock() -> None:
    """
    Where the new version starts what the old one did not, the clock starts at the effective instant.
    """
    old = {**ON_SITE, "version": "1", "starts": 'state == "never"'}
    new = {**ON_SITE, "version": "2", "effective_from": "2026-03-10T00:00:00Z"}
    promise = Milestone.load("on_site", [old, new], calendars=CALENDARS)

    assert at(10, 0) == read(walk((at(9, 20), "approved")), promise, now=at(10, 9)).started_at


def test_nothing_runs_before_the_first_version() -> None:
    """
    A milestone that begins on a day has no clock before it.
    """
    new = {**ON_SITE, "effective_from": "2026-03-10T00:00:00Z"}
    promise = Milestone.load("on_site", new, calendars=CALENDARS)

    assert "not_started" == read(walk((at(9, 20), "approved")), promise, now=at(9, 23)).state


def stages(*moments: tuple[Any, str, str]) -> list[tuple[Any, dict[str, Any]]]:
    """Return a timeline of states and tiers."""
    return [(when, {"state": state, "tier": tier}) for when, state, tier in moments]


def test_breach_is_not_forgotten_for_a_target_that_is_just_used_up() -> None:
    """
    A new target that is used up at the very moment of its choice takes nothing back.
    """
    targets = [TIERS[0], {"name": "six", "within": "6h"}]
    story = stages((at(9, 8), "approved", "gold"), (at(9, 14), "planned", "basic"))
    promise = milestone(targets=targets, policies={"past_breach": "forget"})

    assert at(9, 12) == read(story, promise, now=at(9, 15)).breached_at


def test_cleared_clock_starts_again_only_when_its_start_becomes_true_again() -> None:
    """
    Where the start still holds at the moment of clearing, it has to end first.
    """
    policies = {"retarget": "clear", "reopen": "restart"}
    promise = milestone(targets=TIERS, policies=policies)
    cleared = stages((at(9, 8), "approved", "gold"), (at(9, 9), "approved", "basic"))
    again = stages(
        (at(9, 10), "approved", "basic"), (at(9, 11), "planned", "basic"), (at(9, 12), "approved", "basic")
    )

    assert "cancelled" == read(cleared + again[:2], promise, now=at(9, 12)).state
    assert ("running", 2) == ((told := read(cleared + again, promise, now=at(9, 13))).state, told.cycle)


def test_reset_waits_for_the_pause_where_pauses_come_first() -> None:
    """
    A reset that is true while a pause stands ahead of it comes when the pause ends.
    """
    order = ["cancel", "stop", "pause", "reset", "start"]
    promise = milestone(
        resets="known(reply)", pauses=[{"when": "held", "reason": "customer"}], policies={"order": order}
    )
    approved = {"state": "approved"}
    story: list[Moment] = [
        (at(9, 8), approved),
        (at(9, 9), {**approved, "held": True, "reply": 1}),
        (at(9, 11), {**approved, "held": False, "reply": 1}),
        (at(9, 12), {**approved, "reply": 1}),
    ]
    paused, told = (read(story, promise, now=now) for now in (at(9, 10), at(9, 13)))

    assert (1, HOUR) == (paused.cycle, paused.elapsed)
    assert (2, at(9, 11)) == (told.cycle, told.started_at)


def test_cancelled_clock_stays_so_while_the_cancellation_holds() -> None:
    """
    Even where the start is heard first, an ended clock is not begun again to be ended at once.
    """
    order = ["start", "cancel", "stop", "reset", "pause"]
    promise = milestone(starts="known(state)", stops=None, policies={"reopen": "restart", "order": order})
    story = walk((at(9, 8), "new"), (at(9, 9), "cancelled"), (at(9, 10), "cancelled"), (at(9, 11), "new"))

    assert ("cancelled", 1) == ((told := read(story, promise, now=at(9, 10))).state, told.cycle)
    assert ("running", 2) == ((told := read(story, promise, now=at(9, 12))).state, told.cycle)


def test_warning_that_was_given_keeps_its_instant_under_a_shorter_target() -> None:
    """
    A warning reached before an upgrade, and reached under the new target as well, is not given twice.
    """
    targets = [{"name": "gold", "within": "6h", "when": 'tier == "gold"'}, {"name": "basic", "within": "8h"}]
    promise = milestone(targets=targets, warnings=[{"name": "half", "share": 0.5}])
    story = stages((at(9, 8), "approved", "basic"), (at(9, 13), "planned", "gold"))

    assert at(9, 12) == read(story, promise, now=at(9, 13, 30)).warnings[0].at


def test_warning_at_the_instant_of_a_pause_is_reached() -> None:
    """
    What has counted up to the pause has counted, its last instant too.
    """
    promise = milestone(warnings=[{"name": "half", "share": 0.5}])
    story = walk((at(9, 8), "approved"), (at(9, 12), "hold"), (at(9, 14), "planned"))
    (half,) = read(story, promise, now=at(9, 15)).warnings

    assert (at(9, 12), True) == (half.at, half.passed)


@pytest.mark.parametrize(("policy", "state"), [("keep", "breached"), ("forget", "running")])
def test_restart_keeps_a_past_breach_unless_forgotten(policy: str, state: str) -> None:
    """
    A clock that begins anew under another target has still broken its promise.
    """
    story = stages((at(9, 8), "approved", "gold"), (at(9, 13), "planned", "basic"))
    promise = milestone(targets=TIERS, policies={"retarget": "restart", "past_breach": policy})
    told = read(story, promise, now=at(9, 14))

    assert (state, 2, HOUR) == (told.state, told.cycle, told.elapsed)
    assert (at(9, 12) if policy == "keep" else None) == told.breached_at


def test_another_calendar_is_another_target() -> None:
    """
    The same hours by another calendar are chosen anew, and the policy says what becomes of the count.
    """
    calendars = [{"calendar": "always_open", "when": 'state == "planned"'}, {"calendar": "workshop"}]
    data = {**ON_SITE, "calendars": calendars, "targets": [{"name": "one", "within": "8 working hours"}]}
    both = {**CALENDARS, "always_open": CALENDARS["workshop"]}
    story = walk((at(9, 8), "approved"), (at(9, 10), "planned"))

    for policy, cycle in (("keep", 1), ("restart", 2)):
        rules = {**data, "policies": {"retarget": policy}}
        promise = Milestone.load("on_site", rules, calendars=both)
        assert cycle == read(story, promise, both, now=at(9, 11)).cycle


def test_new_version_judges_a_cycle_from_its_first_moment() -> None:
    """
    A cycle that a reset begins under the new version is paused by the new version's rules at once.
    """
    old = {**ON_SITE, "version": "1", "resets": "reset", "pauses": []}
    late = {"version": "2", "effective_from": "2026-03-10T00:00:00Z"}
    new = {**ON_SITE, **late, "pauses": [{"when": "known(state)", "reason": "new"}]}
    promise = Milestone.load("on_site", [old, new], calendars=CALENDARS)
    story: list[Moment] = [
        (at(9, 20), {"state": "approved"}),
        (at(10, 9), {"state": "approved", "reset": True}),
    ]

    assert ("2", "new") == ((told := read(story, promise, now=at(10, 10))).version, told.paused_for)
