"""One appointment of a job: four windows that are different facts, sign-offs and an outcome."""

from datetime import datetime
from typing import Literal

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import utc, write_instant

VisitOutcome = Literal["done", "partial", "no_access", "aborted"]


EMPTY_WINDOW = Template(
    "model.empty_window",
    "A window begins at {start} and ends at {end}, which is not later.",
    "Give an end after the start.",
)


@attrs.frozen
class Window:
    """
    A half-open span of time: start <= t < end; a naive instant and an end that is not later are refused.

    >>> from datetime import UTC, datetime
    >>> Window(datetime(2026, 3, 10, 8, tzinfo=UTC), datetime(2026, 3, 10, 10, tzinfo=UTC)).hours
    2.0
    """

    start: datetime = attrs.field(converter=utc)
    end: datetime = attrs.field(converter=utc)

    def __attrs_post_init__(self) -> None:
        if self.end <= self.start:
            raise Invalid.of(EMPTY_WINDOW, start=write_instant(self.start), end=write_instant(self.end))

    def holds(self, instant: datetime) -> bool:
        """Whether *instant* lies in the window; a naive one is refused."""
        return self.start <= utc(instant) < self.end

    @property
    def hours(self) -> float:
        """How long the window is, in hours."""
        return (self.end - self.start).total_seconds() / 3600


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
class BoardEntry:
    """
    That a visit was admitted to the board of a region and day: in which band, to which pools and when.

    `day` is written as 2026-03-12. `confirmed` is off while it stands there as a buffer. It stands only while
    the visit's planned window is this `window`.
    """

    region: str
    day: str
    band: str
    pools: tuple[str, ...]
    window: Window
    confirmed: bool
    at: datetime


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
    board: BoardEntry | None = None
