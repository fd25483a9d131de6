"""One appointment of a job: four windows that are different facts, sign-offs and an outcome."""

from datetime import datetime
from typing import Literal

import attrs

VisitOutcome = Literal["done", "partial", "no_access", "aborted"]


@attrs.frozen
class Window:
    """A half-open span of time: start <= t < end."""

    start: datetime
    end: datetime


@attrs.frozen(kw_only=True)
class SignOff:
    """
    One party's word that a window holds; it may serve several jobs at a site.

    A reschedule voids it: `voided` names the reason code.
    """

    id: str
    party: str
    window: Window
    by: str
    at: datetime
    site: str | None = None
    channel: str | None = None
    voided: str | None = None


@attrs.frozen(kw_only=True)
class Permit:
    """A permission that the visit needs, such as a hot-work permit."""

    id: str
    kind: str
    granted: bool = False
    reference: str | None = None


@attrs.frozen(kw_only=True)
class Visit:
    """Requested, promised, planned, confirmed and actual windows of one appointment, and how it ended."""

    id: str
    requested: Window | None = None
    promised: Window | None = None
    planned: Window | None = None
    confirmed: Window | None = None
    actual: Window | None = None
    crew: tuple[str, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    permits: tuple[Permit, ...] = ()
    outcome: VisitOutcome | None = None
    outcome_reason: str | None = None
    note: str | None = None
    reschedules: int = 0
