"""One requirement and a package of them, as data; a waiver, as a recorded exception."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.errors import Invalid
from jobkit.fields import Help
from jobkit.findings import Finding, Severity, Template
from jobkit.instants import utc
from jobkit.mappings import EMPTY

NO_WEIGHT = Template(
    "requirements.weight",
    "The requirement {id} has the weight {weight}.",
    "Give it a weight of 1 or more; how serious it is stands in its severity.",
)
NEVER = Template(
    "requirements.never",
    "The requirement {id} ends before it begins to be in force.",
    "Give effective_to an instant after effective_from.",
)


@attrs.frozen(kw_only=True)
class Requirement:
    """
    One thing that must be so, when it applies, and whom to ask when it is not.

    `kind` is `field` (the fact named by `field` is known), `condition`, or a registered name; left out, it
    follows from what is given. `options` go to a registered kind. In force from `effective_from` until
    `effective_to`. `weight` counts in the score; `who` fixes it; `waivers` are the roles that may waive it.
    A weight below 1 and an empty time in force are refused.
    """

    id: str
    version: str = "1"
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    kind: str | None = None
    field: str | None = None
    condition: Any = None
    applies_when: Any = None
    options: Mapping[str, Any] = EMPTY
    severity: Severity = "block"
    weight: int = 1
    stage: str | None = None
    who: str | None = None
    waivers: tuple[str, ...] = ()
    label: str | None = None
    message: str | None = None
    unblock: str | None = None
    help: Help | None = None

    def __attrs_post_init__(self) -> None:
        found = []
        if self.weight < 1:
            found.append(Finding.of(NO_WEIGHT, path="$.weight", id=self.id, weight=self.weight))
        begin, end = self.effective_from, self.effective_to
        if begin is not None and end is not None and utc(end) <= utc(begin):
            found.append(Finding.of(NEVER, path="$.effective_to", id=self.id))
        if found:
            raise Invalid(found)

    @property
    def source(self) -> str:
        """What findings name as the rule that spoke: id and version."""
        return f"{self.id}@{self.version}"

    @property
    def kind_name(self) -> str:
        """The kind, or the one that follows from what is given."""
        return self.kind or ("field" if self.field is not None and self.condition is None else "condition")

    def in_force(self, now: datetime) -> bool:
        """Whether the requirement holds at *now*; a naive instant is refused."""
        instant = utc(now)
        begun = self.effective_from is None or utc(self.effective_from) <= instant
        return begun and (self.effective_to is None or instant < utc(self.effective_to))


@attrs.frozen(kw_only=True)
class Requirements:
    """A package of requirements as data, with its id and version."""

    id: str
    version: str = "1"
    requirements: tuple[Requirement, ...] = ()


@attrs.frozen(kw_only=True)
class Waiver:
    """A recorded exception: who lets a requirement pass, in which role, why, and until when."""

    id: str
    requirement: str
    by: str
    role: str
    reason: str
    at: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether the waiver is in force at *now*; a naive instant is refused."""
        instant = utc(now)
        return utc(self.at) <= instant and (self.until is None or instant < utc(self.until))
