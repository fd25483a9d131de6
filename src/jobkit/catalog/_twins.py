"""Match rules in a catalog: held to what a job has to compare."""

from collections.abc import Iterator
from typing import Final

from jobkit.duplicates import MatchRules
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.model import blank, take

NO_FIELD = Template(
    "catalog.match_field",
    "The rules for duplicates compare {field}, which jobs do not have.",
    "Name a path such as subject.asset or fields.depth, or one of: {told}.",
)

TOLD: Final = ("type", "reported", "latest")
"""What a desk tells of a job beside its own fields: its type, when it came in, when it was last reported."""


def match_problems(rules: MatchRules | None) -> Iterator[Finding]:
    """Yield each field that match rules read and no job has: it would be missing for ever."""
    for field in () if rules is None else rules.fields():
        if field in TOLD:
            continue
        try:
            take(blank("job"), f"$.{field.removeprefix('job.')}")
        except Invalid:
            yield Finding.of(NO_FIELD, path="$.duplicates", field=field, told=list(TOLD))
