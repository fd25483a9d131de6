"""The one condition language: data, one line of text, or values; checked at load, three-valued, explained."""

from jobkit.conditions._condition import Condition
from jobkit.conditions._kinds import Kind
from jobkit.conditions._operators import OPERATORS, Operator
from jobkit.conditions._patterns import Pattern, matches
from jobkit.conditions._portable import may_hold_newline, portable_pattern, portable_text
from jobkit.conditions._predicate import Predicate
from jobkit.conditions._single import FactReader, fact_reader
from jobkit.conditions._values import UNKNOWN, All, Any_, Call, Count, Each, Fact, Leaf, Node, Not
from jobkit.conditions._verdict import LeafVerdict, Reason, Verdict
from jobkit.conditions._vocabulary import FactSpec, Vocabulary

__all__ = [
    "UNKNOWN",
    "Condition",
    "Verdict",
    "LeafVerdict",
    "Reason",
    "Vocabulary",
    "FactSpec",
    "Kind",
    "Predicate",
    "Pattern",
    "matches",
    "portable_pattern",
    "portable_text",
    "may_hold_newline",
    "OPERATORS",
    "Operator",
    "Node",
    "All",
    "Any_",
    "Not",
    "Each",
    "Leaf",
    "Call",
    "Fact",
    "Count",
    "FactReader",
    "fact_reader",
]
