"""What is to be done, on what terms, how safely, with what, and what came of it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import attrs

from jobkit.model._people import Contact, Party, Private
from jobkit.model._visit import Window


@attrs.frozen(kw_only=True)
class Subject:
    """
    On what, where and for whom: asset, site, customer, bill-to and contacts are separate references.

    The address is private; the postal code is what routing by region needs of it.
    """

    asset: str | None = None
    model: str | None = None
    serial: str | None = None
    site: str | None = None
    address: Private | None = None
    postal_code: str | None = None
    customer: str | None = None
    bill_to: str | None = None
    contacts: tuple[Contact, ...] = ()
    parties: tuple[Party, ...] = ()


@attrs.frozen(kw_only=True)
class Scope:
    """What is included, what is not, on which conditions and by which standards."""

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Work:
    """What is to be done and what it takes."""

    work_type: str | None = None
    service_type: str | None = None
    symptom: str | None = None
    description: str | None = None
    estimated: timedelta | None = None
    labour_hours: Decimal | None = None
    skills: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    tools_ready: bool | None = None
    crew_size: int | None = None
    languages: tuple[str, ...] = ()
    territory: str | None = None
    scope: Scope = Scope()
    instructions: str | None = None
    site_notes: str | None = None
    access_notes: Private | None = None
    preferences: str | None = None


EntitlementStatus = Literal["covered", "partial", "refused", "unavailable"]


@attrs.frozen(kw_only=True)
class Entitlement:
    """What contract or warranty covers, and who said so."""

    status: EntitlementStatus | None = None
    kind: str | None = None
    contract: str | None = None
    reason: str | None = None
    source: str | None = None
    until: datetime | None = None


@attrs.frozen(kw_only=True)
class Deferral:
    """
    That planned work was put off, why, and how the customer was told: without that it may not be.

    `rule` is the published rule by which it was, and `told` the event that records the communication.
    """

    id: str
    reason: str
    until: datetime
    by: str
    at: datetime
    told: str | None = None
    rule: str | None = None


@attrs.frozen(kw_only=True)
class PriorityOverride:
    """
    That a person put a job into another band, or gave it points in its own, from `at` until `until`, and why.
    """

    id: str
    by: str
    reason: str
    at: datetime
    band: str | None = None
    points: int = 0
    until: datetime | None = None


@attrs.frozen(kw_only=True)
class Terms:
    """
    How the job came in and on what commercial terms.

    `requested` is the window that the customer wants, `due` the one that a maintenance plan or contract sets.
    `band` is the number of the job's band, 1 the most urgent, as the rules of priority had it when recorded.
    """

    channel: str | None = None
    band: int | None = None
    urgency: str | None = None
    contract: str | None = None
    tier: str | None = None
    purchase_order: str | None = None
    credit_hold: bool | None = None
    entitlement: Entitlement = Entitlement()
    requested: Window | None = None
    due: Window | None = None
    deferrals: tuple[Deferral, ...] = ()
    overrides: tuple[PriorityOverride, ...] = ()


@attrs.frozen(kw_only=True)
class Prerequisite:
    """A safety procedure to acknowledge before the start, in its current version and hash."""

    id: str
    procedure: str
    version: str
    hash: str | None = None


@attrs.frozen(kw_only=True)
class Acknowledgement:
    """That a person has acknowledged one version of a procedure."""

    id: str
    procedure: str
    version: str
    by: str
    at: datetime
    hash: str | None = None


@attrs.frozen(kw_only=True)
class Safety:
    """Hazards, constraints, prerequisites with acknowledgements, and a safety signal if there is one."""

    notes: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    signal: Literal["near_miss", "injury"] | None = None
    hazards_left: tuple[str, ...] = ()


PartAvailability = Literal["on_van", "depot", "ordered", "back_order", "unknown"]


@attrs.frozen(kw_only=True)
class Part:
    """
    One part line: availability with a date and place, hold, staging, installation and return.

    A part that is only presumed has a `source` (parts list, symptom, recall) and a `confidence`. A hold has a
    reason until someone releases it.
    """

    id: str
    number: str
    quantity: Decimal = Decimal(1)
    description: str | None = None
    availability: PartAvailability = "unknown"
    expected: datetime | None = None
    location: str | None = None
    staged: bool = False
    hold: str | None = None
    hold_released: datetime | None = None
    hold_released_by: str | None = None
    source: str | None = None
    confidence: Decimal | None = None
    confirmed_by: str | None = None
    serial: str | None = None
    removed_serial: str | None = None
    installed: bool = False
    returned: bool | None = None
    core_due: bool | None = None


@attrs.frozen(kw_only=True)
class Labour:
    """Hours of one person under one labour code."""

    id: str
    person: str
    hours: Decimal
    code: str | None = None
    visit: str | None = None
    started: datetime | None = None


@attrs.frozen(kw_only=True)
class Reading:
    """What was measured (`value` with its unit) or scanned (`text`), when, and by whom."""

    id: str
    name: str
    value: Decimal | None = None
    text: str | None = None
    unit: str | None = None
    taken: datetime | None = None
    by: str | None = None


@attrs.frozen(kw_only=True)
class Signature:
    """Who signed in which role, when, and the attachment that shows it; the name is private."""

    id: str
    role: str
    signed: datetime
    name: Private | None = None
    attachment: str | None = None


@attrs.frozen(kw_only=True)
class Attachment:
    """A reference to something the host stores: purpose, media type, content hash and place."""

    id: str
    purpose: str
    media_type: str
    hash: str
    ref: str
    size: int | None = None
    taken: datetime | None = None


@attrs.frozen(kw_only=True)
class Evidence:
    """What was recorded while working."""

    labour: tuple[Labour, ...] = ()
    readings: tuple[Reading, ...] = ()
    signatures: tuple[Signature, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@attrs.frozen(kw_only=True)
class Recommendation:
    """Something worth doing next, for whom."""

    id: str
    text: str
    owner: str | None = None
    target: datetime | None = None


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of the work: notes, codes, what is left and what is recommended."""

    notes: str | None = None
    issues: tuple[str, ...] = ()
    next_action: str | None = None
    failure_class: str | None = None
    failure_mode: str | None = None
    cause: str | None = None
    remedy: str | None = None
    partial_reason: str | None = None
    satisfaction: int | None = None
    accepted: bool | None = None
    recommendations: tuple[Recommendation, ...] = ()


TaskStatus = Literal["open", "active", "done", "dropped"]


@attrs.frozen(kw_only=True)
class Task:
    """
    One action with an owner, a due time and a completion state.

    It may stand before any job, linked to a request, customer or conversation by `subject_kind` and
    `subject_id`. Owner, due time and status are what activating it demands. `after` names the tasks that it
    waits for.
    """

    id: str
    title: str
    kind: str | None = None
    owner: str | None = None
    due: datetime | None = None
    status: TaskStatus | None = None
    mandatory: bool = True
    stage: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    completed: datetime | None = None
    after: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"task {self.id}"


@attrs.frozen(kw_only=True)
class ExternalId:
    """
    A job's id in another system, and the group of fields that system owns.

    It is named by system and id together, as in `$.links.external_ids[erp:4711]`.
    """

    system: str
    id: str
    owns: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What names it on the job: system and id."""
        return f"{self.system}:{self.id}"


@attrs.frozen(kw_only=True)
class RequestLink:
    """The customer's request that this job fulfils, or one of several."""

    id: str
    channel: str | None = None
    relation: str = "fulfils"


@attrs.frozen(kw_only=True)
class Watcher:
    """Who is kept informed about the job, and over which channel; its id is opaque, not a name."""

    id: str
    channel: str | None = None
    audience: str | None = None


@attrs.frozen(kw_only=True)
class Member:
    """A job that was merged into this one; its id is that job's. Its number resolves to this job for ever."""

    id: str
    number: str | None = None
    channel: str | None = None
    customer: str | None = None
    merged: datetime | None = None


@attrs.frozen(kw_only=True)
class PlaybookLink:
    """The playbook that the job was started from, in the version and with the hash of that day."""

    id: str
    version: str
    hash: str


@attrs.frozen(kw_only=True)
class Links:
    """
    Where the job stands among other records: number, requests, other systems, parent, origin.

    `number` is the one that customers quote; numbers of jobs merged into this one are `former_numbers`, and
    those jobs its `members`. `spawned_from` is the job that this one repeats, follows up or answers,
    `spawned_because` the code for it. `fulfilled_by` are, on a request, the jobs that were opened for it.
    """

    number: str | None = None
    former_numbers: tuple[str, ...] = ()
    requests: tuple[RequestLink, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    conversation: str | None = None
    spawned_from: str | None = None
    spawned_because: str | None = None
    parent: str | None = None
    merged_into: str | None = None
    members: tuple[Member, ...] = ()
    watchers: tuple[Watcher, ...] = ()
    fulfilled_by: tuple[str, ...] = ()
    playbook: PlaybookLink | None = None
