"""The wording of what a condition refuses when it loads."""

from typing import Final

from jobkit.findings import Template

NOT_A_CONDITION = Template(
    "conditions.shape",
    "{given} at {path} is not a condition.",
    "Write one line of text, or one of the forms all, any, not, field, every, some and call.",
)
EXTRA_KEY = Template(
    "conditions.extra_key",
    "The key {key} has no meaning here.",
    "Remove {key}, or use one of: {near}.",
)
NO_OPERATOR = Template(
    "conditions.no_operator",
    "The comparison of {field} has {count} operators, and needs exactly one.",
    "Give it one of: {operators}.",
)
BAD_FIELD = Template(
    "conditions.field",
    "{given} cannot be written as the path of a fact.",
    "Write names joined by dots, list items by id in brackets: job.visits[v1].outcome or job.parts[].status.",
)
UNKNOWN_FACT = Template(
    "conditions.unknown_fact",
    "No fact is declared under the name {field}.",
    "Declare {field}, or use one of: {near}.",
)
WRONG_OPERATOR = Template(
    "conditions.wrong_operator",
    "The operator {operator} does not apply to {field}, which is of kind {kind}.",
    "Compare {field} with one of: {operators}.",
)
WRONG_VALUE = Template(
    "conditions.wrong_value",
    "{field} is of kind {kind} and cannot be compared with {given} by {operator}.",
    "Give the operator {operator} {wanted}.",
)
WRONG_CHOICE = Template(
    "conditions.wrong_choice",
    "{field} never has the value {given}.",
    "Use one of: {near}.",
)
WRONG_QUANTIFIER = Template(
    "conditions.quantifier",
    "{field} names no list with [], so that some and every have no meaning.",
    "Write [] after the list whose items are meant, or leave the quantifier out.",
)
BAD_NUMBER = Template(
    "conditions.number",
    "{given} is not a value that a condition can hold.",
    "Use text, true, false, a whole number up to 2**53, or a finite number; decimals and instants as text.",
)
BAD_ARGUMENT = Template(
    "conditions.argument",
    "{given} cannot be handed to the predicate {name}.",
    "Hand over plain values under plain names: call with amount = 3.",
)
TOO_DEEP = Template(
    "conditions.too_deep",
    "A condition nests deeper than {most} levels at {path}.",
    "Name a part of it as a predicate, or flatten nested all and any.",
)
TOO_LARGE = Template(
    "conditions.too_large",
    "The condition is too large: {why}.",
    "Split it into several conditions, or register a predicate.",
)

LONGEST: Final = 8_000
"""The most characters of a condition as one line of text; the data form must fit the same line."""

DEEPEST: Final = 24
"""The most levels of all, any, not, every and some inside one another."""

MOST_PARTS: Final = 1_000
"""The most parts of one condition."""

MOST_ITEMS: Final = 1_000
"""The most values of one list or one predicate's arguments."""

LARGEST: Final = 2**53
"""The largest whole number that every reader of JSON keeps exact."""


def shown(value: object) -> str:
    """Return *value* short enough for a message, whatever it is."""
    if value is None or isinstance(value, (bool, int, float)):
        return str(value) if not isinstance(value, int) or abs(value) <= LARGEST else "a huge number"
    if isinstance(value, str):
        return value[:60].encode("utf-8", "replace").decode()
    return f"a {type(value).__name__}"
