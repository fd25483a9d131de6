"""What is found about milestones before they run."""

from typing import Any

import pytest

from jobkit.clocks import Milestone, Place, check
from jobkit.conditions import FactSpec, Vocabulary

STATES = (
    Place(name="new", category="triage", reaches=("approved", "rejected")),
    Place(name="approved", category="open", reaches=("hold", "on_site")),
    Place(name="hold", category="waiting", reaches=("approved",)),
    Place(name="on_site", category="active", reaches=("approved", "done")),
    Place(name="done", category="closed", end="closed"),
    Place(name="rejected", category="closed", end="rejected"),
)
NAME, CATEGORY = "job.state.name", "job.state.category"
SOUND = {
    "starts": f'{NAME} == "approved"',
    "stops": f'{NAME} in ["on_site", "done"]',
    "pauses": [{"when": f'{NAME} == "hold"', "reason": "parts"}],
    "targets": [{"within": "8h"}],
}


def found(
    states: tuple[Place, ...] = STATES, vocabulary: Vocabulary | None = None, **changes: Any
) -> set[Any]:
    """Return code and severity of what is found about a sound milestone with *changes*."""
    data = {name: value for name, value in {**SOUND, **changes}.items() if value is not None}
    milestone = Milestone.load("visit", data, vocabulary=vocabulary)

    return {(finding.code, finding.severity) for finding in check([milestone], states, vocabulary=vocabulary)}


def test_sound_milestone_has_no_findings() -> None:
    """
    Nothing is found where start, pause, stop and target fit the states.
    """
    assert set() == found() == found(states=())


@pytest.mark.parametrize("states", [(), STATES])
def test_start_inside_stop_never_attaches(states: tuple[Place, ...]) -> None:
    """
    A start that implies the stop blocks, with and without a lifecycle.
    """
    assert ("clocks.start_in_stop", "block") in found(states, stops=f'{NAME} in ["approved", "on_site"]')


def test_start_inside_cancel_never_attaches() -> None:
    """
    A start that implies the cancellation blocks as well.
    """
    assert ("clocks.start_in_stop", "block") in found(cancels=f'{NAME} != "new"')


def test_pause_around_the_whole_life_pauses_for_ever() -> None:
    """
    A pause that holds wherever the clock lives blocks.
    """
    pauses = [{"when": f'{NAME} in ["approved", "hold"]', "reason": "parts"}]

    assert ("clocks.paused_for_ever", "block") in found(pauses=pauses)


def test_pause_around_the_start_is_told() -> None:
    """
    A clock that always starts paused is doubtful, and no more where the pause can end.
    """
    pauses = [{"when": f'{NAME} == "approved"', "reason": "parts"}]

    assert ("clocks.starts_paused", "warn") in found(pauses=pauses)


def test_pause_outside_the_life_is_told() -> None:
    """
    A pause that excludes everywhere the clock lives never holds.
    """
    pauses = [{"when": f'{NAME} == "new"', "reason": "triage"}]

    assert ("clocks.never_pauses", "warn") in found(pauses=pauses)


def test_misspelt_state_never_starts_or_stops() -> None:
    """
    A start and a stop that name no state of the lifecycle are found.
    """
    assert ("clocks.never_starts", "block") in found(starts=f'{NAME} == "aproved"')
    assert ("clocks.never_stops", "warn") in found(stops=f'{NAME} == "onsite"')


def test_terminal_state_that_does_not_stop_is_told() -> None:
    """
    A state that ends the job and leaves the clock alive is told by its name.
    """
    assert ("clocks.not_stopped", "warn") in found(stops=f'{NAME} == "paid"')


def test_clock_that_starts_at_the_end_may_live_there() -> None:
    """
    A window that opens when the job closes is meant to outlive it.
    """
    window = found(starts=f'{NAME} == "done"', stops="known(job.fields.claimed)", pauses=[])

    assert set() == {code for code, _ in window if code.endswith("stopped")}


def test_terminal_state_that_stops_by_more_than_itself_is_info() -> None:
    """
    Where the end also depends on another fact, that is said and no more.
    """
    stops = f'{NAME} == "on_site" and job.fields.signed'

    assert ("clocks.may_not_stop", "info") in found(
        stops=f'({stops}) or ({NAME} == "done" and job.fields.signed)'
    )


def test_state_without_rule_is_told() -> None:
    """
    Where a milestone says in which states it runs, one that is neither there nor paused is told.
    """
    assert ("clocks.neither", "warn") in found(runs=f'{NAME} == "approved"', stops=f'{CATEGORY} == "closed"')
    assert set() == found(runs=f'{NAME} == "approved"')


def test_waiting_state_that_counts_is_info() -> None:
    """
    A waiting state without a pause is mentioned, unless the milestone says that it runs there.
    """
    assert {("clocks.waiting_counts", "info")} == found(pauses=[])
    assert set() == found(pauses=[], runs=f'{NAME} in ["approved", "hold"]')


def test_missing_tier_is_told_with_the_value() -> None:
    """
    A declared tier without a target is named.
    """
    words = Vocabulary.of(
        {"tier": FactSpec(kind="code", choices=("gold", "silver", "basic")), f"{NAME}": "code"}
    )
    targets = [{"within": "8h", "when": 'tier == "gold"'}, {"within": "16h", "when": 'tier == "silver"'}]
    milestone = Milestone.load("visit", {**SOUND, "targets": targets}, vocabulary=words)
    (told,) = check([milestone], STATES, vocabulary=words)

    assert "The clock visit has no target where tier is basic." == told.message
    assert "warn" == told.severity
    assert "$[visit].targets" == told.path


def test_only_an_unknown_tier_without_target_is_info() -> None:
    """
    Where every declared tier has its target, a tier that is not known is worth a word.
    """
    words = Vocabulary.of({"tier": FactSpec(kind="code", choices=("gold",)), NAME: "code"})

    assert {("clocks.no_target", "info")} == found(
        vocabulary=words, targets=[{"within": "8h", "when": 'tier == "gold"'}]
    )


def test_target_by_an_amount_cannot_be_told() -> None:
    """
    Where a target hangs on a comparison of amounts, only the doubt is told.
    """
    targets = [{"within": "8h", "when": "value > 10"}, {"within": "9h", "when": "value <= 10"}]

    assert {("clocks.maybe_no_target", "info")} == found(targets=targets)


def test_target_behind_one_that_always_fits_is_told() -> None:
    """
    A target after one without a condition is never chosen.
    """
    targets = [{"within": "8h"}, {"within": "4h", "when": 'tier == "gold"'}]

    assert {("clocks.shadowed_target", "warn")} == found(targets=targets)


@pytest.mark.parametrize(
    ("left", "within", "early"),
    [
        ("9h", "8h", True),
        ("8h", "8h", False),
        ("2 working days", "1 working day", True),
        ("1 working day", "1 working day", False),
        ("90 working minutes", "1 working hour", True),
        ("45 working minutes", "1 working hour", False),
        ("9 working hours", "1 working day", False),
        ("9h", "8 working hours", False),
    ],
)
def test_warning_that_leaves_more_than_the_target_is_told(left: str, within: str, early: bool) -> None:
    """
    A warning with more time left than its target has rings at once; what only a calendar tells is silent.
    """
    warnings = [{"name": "soon", "left": left}]
    wanted = {("clocks.early_warning", "warn")} if early else set()

    assert wanted == found(targets=[{"within": within}], warnings=warnings, calendars=[{"calendar": "week"}])


def test_early_warning_names_warning_and_target() -> None:
    """
    Of several targets the one that is too short is named, at the warning's place.
    """
    targets = [{"within": "8h", "when": 'tier == "gold"'}, {"within": "24h"}]
    warnings = [{"name": "half", "share": 0.5}, {"name": "soon", "left": "9h"}]
    milestone = Milestone.load("visit", {**SOUND, "targets": targets, "warnings": warnings})
    (finding,) = check([milestone])

    assert "$[visit].warnings[1]" == finding.path
    assert (
        "The warning soon of the clock visit rings at the start of the target 8h, which never has as much as "
        "9h left."
    ) == finding.message


def test_too_many_cases_are_told_not_tried() -> None:
    """
    Conditions that tell more cases apart than are tried give one word about it.
    """
    many = " or ".join(f'f{number} == "x"' for number in range(12))

    assert {("clocks.cannot_tell", "info")} == found(cancels=many)


def test_findings_name_the_version() -> None:
    """
    Each version of a milestone is examined, and its findings say which it is.
    """
    versions = [
        {**SOUND, "version": "1"},
        {**SOUND, "version": "2", "effective_from": "2026-01-01T00:00:00Z", "starts": f'{NAME} == "x"'},
    ]

    assert {"$[visit][2].starts"} == {
        each.path for each in check([Milestone.load("visit", versions)], STATES)
    }
