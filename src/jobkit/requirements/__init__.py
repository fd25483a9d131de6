"""Requirements: what must be there, what is missing, how complete it is, and the least that unblocks it."""

from jobkit.requirements._compare import Compared, compare
from jobkit.requirements._kinds import KINDS, Bench, Question, Worded, code_kind
from jobkit.requirements._package import Package
from jobkit.requirements._requirement import Requirement, Requirements, Waiver
from jobkit.requirements._review import Review, review
from jobkit.requirements._schema import Rest, SchemaExport, json_schema
from jobkit.requirements._unblock import Deed, Unblocking

__all__ = [
    "Requirement",
    "Requirements",
    "Waiver",
    "Package",
    "review",
    "Review",
    "Unblocking",
    "Deed",
    "compare",
    "Compared",
    "KINDS",
    "Question",
    "Bench",
    "Worded",
    "code_kind",
    "json_schema",
    "SchemaExport",
    "Rest",
]
