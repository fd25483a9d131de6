"""What triage knows of a job: verdicts, suspected twins, suggestions, the alarm behind it."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import attrs

from jobkit.documents import freeze
from jobkit.mappings import present

VerdictStatus = Literal["passed", "refused", "unavailable"]
TwinBand = Literal["same", "ask"]
TwinDecision = Literal["same", "different"]


@attrs.frozen(kw_only=True)
class TriageVerdict:
    """
    What triage found on one topic, which is its id: ownership, entitlement, duplicates, parts.

    `unavailable` says that it could not be found out yet: the job waits.
    """

    id: str
    status: VerdictStatus
    by: str
    at: datetime
    reason: str | None = None
    source: str | None = None


@attrs.frozen(kw_only=True)
class Suspect:
    """
    Another job that may be the same as this one; its id is that job's.

    `score` is in bits (log-odds to the base 2), `rules` the hash of the match rules that gave it. While
    `decided` is missing, nobody has said whether they are the same.
    """

    id: str
    score: Decimal
    band: TwinBand
    found: datetime
    rules: str | None = None
    decided: TwinDecision | None = None
    by: str | None = None
    at: datetime | None = None
    reason: str | None = None


def _frozen(value: Any) -> Any:
    return present(freeze(value))


@attrs.frozen(kw_only=True)
class Suggestion:
    """
    A value that a machine or a parts list suggests for the field at `path`, with source and confidence.

    It counts as missing until a person confirms it; `confirmed_by` or `declined_by` say who judged it, `at`
    when it was suggested, `judged` when that was.
    """

    id: str
    path: str
    value: Any = attrs.field(converter=_frozen)
    source: str
    confidence: Decimal | None = None
    at: datetime
    confirmed_by: str | None = None
    declined_by: str | None = None
    judged: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has judged it."""
        return self.confirmed_by is None and self.declined_by is None


@attrs.frozen(kw_only=True)
class Alarm:
    """One alarm of an asset, told by a machine: how often, first and last seen, its latest reading."""

    code: str
    source: str | None = None
    count: int = 1
    first_seen: datetime
    last_seen: datetime
    value: Decimal | None = None
    threshold: Decimal | None = None
    unit: str | None = None


@attrs.frozen(kw_only=True)
class Triage:
    """
    What stands between a request and approved work.

    `needs` says what the work takes (dispatch, parts, billable_labour); `passed` is when the job went through
    the gate; a way back to triage takes it off. `reported` is when it came in, the anchor of the window in
    which twins are looked for: states and merges leave it as it is.
    """

    verdicts: tuple[TriageVerdict, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    alarm: Alarm | None = None
    needs: tuple[str, ...] = ()
    passed: datetime | None = None
    reported: datetime | None = None
