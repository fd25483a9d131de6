"""Promises of the page of milestones: all that moves a clock stands in it, and no word breaks it."""

from typing import Any

from jobkit.clocks import Milestone, Milestones, publish

FULL: dict[str, Any] = {
    "label": "First answer",
    "starts": "known(asked)",
    "stops": "known(answered)",
    "cancels": "gone == true",
    "resets": "asked_again == true",
    "repeats": "reopened == true",
    "calendars": [{"calendar": "night", "when": "shift == 'night'"}, {"calendar": "day"}],
    "pauses": [{"when": "held == true", "reason": "customer", "label": "Waiting for a word"}],
    "targets": [
        {"name": "gold", "when": "tier == 'gold'", "within": "8h"},
        {"name": "slow", "when": "tier == 'slow'", "within": "2 working days"},
        {
            "name": "date",
            "by": "visits[].start",
            "before": "1d",
            "where": "item.kept == true",
            "pick": "next",
            "when": "known(visits)",
        },
        {"name": "grace", "by": "wanted", "after": "1h", "when": "known(wanted)"},
        {"name": "due", "by": "due"},
    ],
    "warnings": [{"name": "half", "share": 0.125}, {"name": "soon", "left": "2h"}],
    "policies": {"reopen": "resume", "order": ["stop", "cancel", "reset", "start", "pause"]},
}
PAGE = """\
# What is promised

Each promise has a clock of its own, which anybody can read again.

## First answer (reply)

- Starts when `known(asked)`.
- Stops when `known(answered)`.
- Is cancelled when `gone == true`.
- Begins anew while it lives when `asked_again == true`.
- Begins again after its end when `reopened == true`.
- Counts by the calendar night when `shift == "night"`, else day.
- Promises, the first that fits:
    - **gold**: within 8h around the clock, when `tier == "gold"`.
    - **slow**: within 2 working days, when `tier == "slow"`.
    - **date**: 1d before `visits[].start` (next of them), of those with `item.kept == true`, \
when `known(visits)`.
    - **grace**: 1h after `wanted`, when `known(wanted)`.
    - **due**: by `due`.
- Stands still:
    - **customer** (Waiting for a word): when `held == true`.
- Warns:
    - **half**: when 12.5 % are used up.
    - **soon**: when 2h are left.
- Policy reopen: resume.
- Policy order: stop, cancel, reset, start, pause.
"""


def test_everything_that_moves_a_clock_stands_in_the_page() -> None:
    """
    Words, calendars, targets, pauses, warnings and policies other than usual are published in full.
    """
    assert PAGE == publish([Milestone.load("reply", FULL)])


def test_versions_are_told_apart() -> None:
    """
    Each version of a milestone stands under the instant from which it is in force.
    """
    first = {"version": "1", "starts": "known(asked)"}
    second = {"version": "2", "starts": "known(sent)", "effective_from": "2026-04-01T00:00:00Z"}

    page = publish([Milestone.load("reply", [second, first])]).splitlines()

    assert ["### Version 1, from the beginning", "### Version 2, from 2026-04-01T00:00:00.000000Z"] == [
        line for line in page if line.startswith("###")
    ]
    assert page.index("- Starts when `known(asked)`.") < page.index("- Starts when `known(sent)`.")


def test_the_page_is_the_same_for_equal_milestones() -> None:
    """
    Milestones that were dumped and loaded again publish the same page, whatever form their data had.
    """
    clocks = Milestones.load({"reply": FULL})

    assert publish(clocks.values()) == publish(Milestones.load(clocks.dump()).values())


def test_words_of_milestones_do_not_break_the_page() -> None:
    """
    Signs that mean something in Markdown, and line breaks, are only text in the page.
    """
    told = {"label": "a|b\n# c", "starts": "x == 'a`b'", "pauses": [{"when": "y == 1", "reason": "*z*"}]}
    page = publish([Milestone.load("reply", told)]).splitlines()

    assert "## a\\|b \\# c (reply)" in page
    assert '- Starts when `x == "a\'b"`.' in page
    assert "    - **\\*z\\***: when `y == 1`." in page
