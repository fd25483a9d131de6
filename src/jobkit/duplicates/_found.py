"""What a search for twins finds: the best candidates, how many were compared, and what was left out."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import attrs

from jobkit.duplicates._match import Match
from jobkit.findings import Finding, Template

if TYPE_CHECKING:
    from jobkit.duplicates._judge import Measured
    from jobkit.duplicates._score import Prepared, Scorer

CAPPED = Template(
    "duplicates.capped",
    "More records share a key with this one than the cap of {cap} lets be looked at; {count} were compared.",
    "Tell more of the request, such as its asset or phone, or raise the cap of the rules.",
)
TRIMMED = Template(
    "duplicates.trimmed",
    "{count} records share a key of {keys} with this one, and only the newest were looked at.",
    "Tell more of the request, or raise most on the key.",
)
NO_KEYS = Template(
    "duplicates.no_keys",
    "The record has none of the keys {keys}, so it was compared with nothing.",
    "Record what one of these keys needs.",
)


@attrs.frozen(kw_only=True)
class Candidate:
    """A record that may be the same, and how it compares."""

    id: str
    match: Match


@attrs.frozen(kw_only=True)
class Found:
    """
    The candidates from the highest score to the lowest; of equal ones the newest first, then by id.

    `considered` tells how many records were compared; findings tell where the cap left some out, and what of
    a text was not read.
    """

    matches: tuple[Candidate, ...]
    considered: int
    findings: tuple[Finding, ...] = ()


def finding_no_keys(names: Iterable[str]) -> Finding:
    """Return the finding that a record has no key at all."""
    return Finding.of(NO_KEYS, severity="info", keys=list(names))


Order = tuple[int, str]
"""When a record was last reported, in microseconds since 1970, and its id."""
Scored = tuple[float, Order, "Prepared", "tuple[Measured, ...]"]
"""A candidate before it is explained: its score, its order, its normal forms and what was measured."""


def scored(
    scorer: "Scorer", asked: "Prepared", orders: Sequence[Order], candidates: Sequence["Prepared"]
) -> list[Scored]:
    """Return the score of every candidate, with the measures of which it is made."""
    found = scorer.measure(asked, candidates)
    scores = map(scorer.total, found)
    return list(zip(scores, orders, candidates, found, strict=True))


def found_of(
    scorer: "Scorer",
    asked: "Prepared",
    candidates: list[Scored],
    limit: int,
    different: bool,
    findings: Iterable[Finding],
) -> Found:
    """Return the best of the scored candidates, explained."""
    matches: list[Candidate] = []
    ask = scorer.data.bands.ask
    for score, order, prepared, measured in sorted(candidates, key=_best_first):
        if len(matches) >= limit or (score < ask and not different):
            break
        match = scorer.match(asked, prepared, measured)
        if different or match.band != "different":
            matches.append(Candidate(id=order[1], match=match))
    return Found(matches=tuple(matches), considered=len(candidates), findings=tuple(findings))


def _best_first(scored: Scored) -> tuple[float, int, str]:
    score, (tick, id), _, _ = scored
    return -score, -tick, id
