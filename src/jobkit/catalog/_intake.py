"""What a catalog asks before work begins: intake, twins and merging read together, each at its place."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final, TypeVar

import attrs

from jobkit.conditions import Vocabulary
from jobkit.duplicates import MatchRules, MergeRules
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.intake import IntakeRules
from jobkit.paths import Item, join
from jobkit.registry import Registry

INTAKE_FACTS: Final = Vocabulary.of(
    {"intake.open": "bool", "intake.score": "float", "intake.missing": "integer", "lookup.*": "any"}
)
"""What queues may ask of intake: whether it is complete, how far, and what look-ups answered."""

NO_TYPE = Template(
    "catalog.intake_type",
    "The rules of intake name the job type {type}, which the catalog does not have.",
    "Use one of its job types: {known}.",
)

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Intaking:
    """How work comes in: what a request needs, how twins are found, and how they are merged."""

    intake: IntakeRules | None = None
    duplicates: MatchRules | None = None
    merging: MergeRules | None = None


def load_intake(
    *,
    intake: Any,
    duplicates: Any,
    merging: Any,
    types: Collection[str],
    words: Vocabulary,
    registry: Registry,
    findings: list[Finding],
) -> Intaking:
    """
    Read the tables `intake`, `duplicates` and `merging` of a catalog, each of which may be missing.

    What is wrong with any of them goes to *findings*, with its place.
    """

    def read_intake(table: Any) -> IntakeRules:
        return IntakeRules.load(table, words, registry, types=types, path="$.intake")

    def read_duplicates(table: Any) -> MatchRules:
        return MatchRules.load(table, registry, "$.duplicates")

    def read_merging(table: Any) -> MergeRules:
        return MergeRules.load(table, words, registry, "$.merging")

    return Intaking(
        intake=_read(read_intake, intake, findings),
        duplicates=_read(read_duplicates, duplicates, findings),
        merging=_read(read_merging, merging, findings),
    )


def _read(read: Callable[[Any], T], table: Any, findings: list[Finding]) -> T | None:
    if table is None:
        return None
    try:
        return read(table)
    except Invalid as error:
        findings += error.findings
        return None


def intake_findings(intake: IntakeRules | None, types: Iterable[str]) -> Iterator[Finding]:
    """Yield where rules of intake speak of job types that the catalog does not have."""
    known = frozenset(types)
    for path, name in () if intake is None else types_named(intake.data):
        if name not in known:
            yield Finding.of(NO_TYPE, path=path, type=name, known=sorted(known))


def types_named(data: Any) -> Iterator[tuple[str, str]]:
    """Yield each job type that rules of intake name, with its place."""
    for group in ("packages", "accounts", "lookups", "topics"):
        for each in getattr(data, group):
            place = join("$.intake", group, Item(each.id), "types")
            yield from ((place, name) for name in each.types)
