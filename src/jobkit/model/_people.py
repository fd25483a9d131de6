"""Who acts, who is asked, and who is responsible."""

from datetime import datetime
from typing import Final, Literal

import attrs

from jobkit.privacy import Erased, Redacted

Private = Redacted | Erased

MACHINES: Final = frozenset({"system", "telemetry"})
"""The roles, and kinds of organisation, in which nobody acts but a machine."""


@attrs.frozen(kw_only=True)
class Actor:
    """
    Who does something, and in which role; actors in the role `system` or `telemetry` are automatic.

    >>> Actor(id="compressor-9", role="telemetry").is_person
    False
    """

    id: str
    role: str | None = None
    org: str | None = None
    org_type: str | None = None

    @property
    def is_person(self) -> bool:
        """Whether somebody acts, and not a machine by itself."""
        return self.role not in MACHINES and self.org_type not in MACHINES


@attrs.frozen(kw_only=True)
class Contact:
    """A person at the customer's or site's end; name, phone and e-mail are private."""

    id: str
    role: str | None = None
    name: Private | None = None
    phone: Private | None = None
    email: Private | None = None
    language: str | None = None


@attrs.frozen(kw_only=True)
class Party:
    """An organisation with a part in the job: dealer, serving dealer, payer, safety officer's company."""

    id: str
    role: str
    must_confirm: bool = False


AssignmentStatus = Literal["offered", "accepted", "declined", "released"]


@attrs.frozen(kw_only=True)
class Assignment:
    """Who is to do which part of a job: offered, then accepted or declined with a reason."""

    id: str
    person: str
    role: str = "technician"
    visit: str | None = None
    status: AssignmentStatus = "offered"
    reason: str | None = None
    since: datetime | None = None
