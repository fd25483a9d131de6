"""Who acts, who is asked, and who is responsible."""

from datetime import datetime
from typing import Literal

import attrs

from jobkit.privacy import Erased, Redacted

Private = Redacted | Erased


@attrs.frozen(kw_only=True)
class Actor:
    """Who does something, and in which role; `system` actors are automatic."""

    id: str
    role: str | None = None
    org: str | None = None
    org_type: str | None = None


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
