"""What loading a milestone may find wrong, each with the deed that helps."""

from typing import Final

from jobkit.findings import Template

TIME_OPAQUE: Final = Template(
    "clocks.time_opaque",
    "Time alone may turn the condition at {path} at an instant that nobody can compute.",
    "Compare an instant with now, or let the predicate tell changes_at.",
)
NO_VERSION: Final = Template(
    "clocks.no_version", "The milestone {milestone} has no version.", "Give at least one version of it."
)
SAME_START: Final = Template(
    "clocks.same_start",
    "Two versions of the milestone {milestone} begin at {instant}.",
    "Give each version an effective_from of its own; only the first may leave it out.",
)
SAME_VERSION: Final = Template(
    "clocks.same_version",
    "Two versions of the milestone {milestone} are called {version}.",
    "Give each version a name of its own under version.",
)
SAME_NAME: Final = Template(
    "clocks.same_name", "Two {kind} are called {name}.", "Give each of the {kind} a name of its own."
)
NO_FACT: Final = Template(
    "clocks.no_fact",
    "There is no fact {fact}, by which the target at {path} is due.",
    "Name a declared instant, such as: {near}.",
)
NO_INSTANT: Final = Template(
    "clocks.no_instant",
    "The fact {fact}, by which the target at {path} is due, is no fixed instant but of kind {kind}.",
    "Name a fact of kind instant that time alone does not move.",
)
NO_LIST: Final = Template(
    "clocks.no_list",
    "The target at {path} chooses among items, and {fact} names no list.",
    "Name a list with [], such as job.visits[].confirmed.start, or leave where out.",
)
TIMED_WHERE: Final = Template(
    "clocks.timed_where",
    "The items at {path} are chosen by a condition that time alone may turn.",
    "Choose items by what was recorded of them, and use pick = next for the coming one.",
)
ONE_AIM: Final = Template(
    "clocks.one_aim",
    "The target at {path} needs either a length or a date, and has both or none.",
    "Write within = a duration, or by = the path of an instant.",
)
NO_DATE: Final = Template(
    "clocks.no_date",
    "The target at {path} moves a date and names none.",
    "Write by = the path of an instant, or leave before and after out.",
)
BOTH_WAYS: Final = Template(
    "clocks.both_ways",
    "The target at {path} is moved both before and after its date.",
    "Write before or after, not both.",
)
NOT_POSITIVE: Final = Template(
    "clocks.not_positive",
    "The amount {amount} at {path} is not more than nothing.",
    "Give a duration longer than zero.",
)
TOO_LONG: Final = Template(
    "clocks.too_long",
    "The target at {path} is longer than a hundred years.",
    "Promise something shorter.",
)
BEYOND: Final = Template(
    "clocks.beyond",
    "The version {version} at {path} comes into force in a year that clocks do not count.",
    "Give an effective_from before the year 2200.",
)
NO_REASON: Final = Template(
    "clocks.no_reason",
    "The pause at {path} gives no reason.",
    "Write the reason code by which the delay is explained.",
)
NO_CALENDAR: Final = Template(
    "clocks.no_calendar",
    "There is no calendar {calendar}, by which {path} counts.",
    "Add the calendar {calendar}, or name one of: {known}.",
)
NO_LAST_CALENDAR: Final = Template(
    "clocks.no_last_calendar",
    "Working time is promised, and {path} may choose no calendar.",
    "End the list with a calendar that has no condition.",
)
ALWAYS_WORKING: Final = Template(
    "clocks.always_working",
    "Working time is promised, and {path} may choose the calendar that is open around the clock.",
    "Promise elapsed time such as 8h where every hour counts, or name a calendar with hours.",
)
SHARE: Final = Template(
    "clocks.share",
    "The share {share} at {path} does not lie between 0 and 1.",
    "Give a share such as 0.75, or warn by the time left.",
)
ONE_POINT: Final = Template(
    "clocks.one_point",
    "The warning at {path} needs either a share or a time left, and has both or none.",
    "Write share = a number between 0 and 1, or left = a duration.",
)
WARNS_OF_NOTHING: Final = Template(
    "clocks.warns_of_nothing",
    "There are warnings at {path} and no targets to warn of.",
    "Add a target, or leave the warnings out.",
)
MIXED_UNITS: Final = Template(
    "clocks.mixed_units",
    "The warning at {path} counts {amount}, and a target of the milestone is not in working time.",
    "Warn by elapsed time or by a share, or promise working time in every target.",
)
ORDER: Final = Template(
    "clocks.order",
    "The order at {path} does not name each word once.",
    "Name each of these once: {wanted}; retarget may be named as well.",
)
NO_NAME: Final = Template(
    "clocks.name",
    "{name} at {path} cannot be the name of a milestone.",
    "Begin with a letter and use at most 60 letters, digits and underscores.",
)
NOT_A_TABLE: Final = Template(
    "clocks.not_a_table",
    "There is {found} at {path} where milestones by name belong.",
    "Write a table with one entry for each milestone.",
)
