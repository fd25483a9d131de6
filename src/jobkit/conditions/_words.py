"""The wording of what a condition refuses when it loads."""

from typing import Final

from jobkit.documents import Limits
from jobkit.findings import Template

NOT_A_CONDITION = Template(
    "conditions.shape",
    "There is no condition at {path} in {given}.",
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
    "No fact can be named {given}.",
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
    "A condition cannot hold {given} as a value.",
    "Use text, true, false, a whole number up to 2**53, or a finite number; decimals and instants as text.",
)
NOTHING = Template(
    "conditions.nothing",
    "{operator} at {path} compares with nothing.",
    "Ask known(fact) or unknown(fact), or compare with a value.",
)
BAD_ARGUMENT = Template(
    "conditions.argument",
    "The predicate {name} cannot be handed {given}.",
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

LIMITS: Final = Limits(characters=8_000, depth=24, items=1_000)
"""How much one condition may hold: characters as one line, levels inside one another, parts or values."""

DEEPEST: Final = 60
"""The levels that no adjusted limit goes past: further down, Python's own parser gives up."""

LARGEST: Final = 2**53
"""The largest whole number that every reader of JSON keeps exact."""


def shown(value: object) -> str:
    """Return *value* short enough for a message, whatever it is."""
    if value is None or isinstance(value, (bool, int, float)):
        return str(value) if not isinstance(value, int) or abs(value) <= LARGEST else "a huge number"
    if isinstance(value, str):
        return value[:60].encode("utf-8", "replace").decode() or "an empty text"
    return f"a {type(value).__name__}"
