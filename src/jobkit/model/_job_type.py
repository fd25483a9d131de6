"""The kind of a job: what sort of work it is, and which fields it adds."""

from typing import Final, Literal

import attrs

from jobkit.fields import FieldSpec, private_fields

JobCategory = Literal["service", "maintenance", "installation", "inspection", "incident", "request"]

WORK_TYPES: Final = (
    "preventive",
    "condition_based",
    "breakdown",
    "warranty",
    "retrofit",
    "installation",
    "inspection",
    "repair",
    "commissioning",
    "customer_initiated",
)
"""The ordinary kinds of work; a host's own list may be longer."""


@attrs.frozen(kw_only=True)
class JobType:
    """
    A kind of job: its category, the kinds of work it is used for, and the fields that it adds.

    `incident` is the category of near misses and injuries: jobs of their own, never a remark on another.
    `request` is that of customers' envelopes, which jobs fulfil and which are never dispatched themselves.

    >>> JobType(id="near-miss", label="Near miss", category="incident").is_incident
    True
    """

    id: str
    label: str = ""
    category: JobCategory = "service"
    work_types: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()

    @property
    def is_incident(self) -> bool:
        """Whether jobs of this type record a near miss or an injury."""
        return self.category == "incident"

    @property
    def is_request(self) -> bool:
        """Whether records of this type are requests of customers, and not work."""
        return self.category == "request"

    @property
    def private(self) -> frozenset[str]:
        """The names of the added fields whose text is hidden at the door."""
        return private_fields(self.fields)
