"""What intake asks of a job, as data: packages, accounts, look-ups, topics of triage, promotion."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

import attrs

from jobkit.codes import Code
from jobkit.fields import Help
from jobkit.findings import Severity
from jobkit.intake._form_values import FormData
from jobkit.intake._reply_values import ReplyWords
from jobkit.mappings import EMPTY
from jobkit.requirements import Requirement


@attrs.frozen(kw_only=True)
class PackageData:
    """
    One version of what jobs of some types need, in force from `effective_from` until the next version.

    `includes` names packages whose requirements count as well, in their versions of the day; one of its own
    with the same id takes their place.
    """

    id: str
    version: str = "1"
    effective_from: datetime | None = None
    types: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()

    @property
    def key(self) -> str:
        """What tells versions apart: id and version."""
        return f"{self.id}@{self.version}"


@attrs.frozen(kw_only=True)
class Relaxed:
    """
    That a requirement asks less of an account: a lower severity, or nothing when that is left out.

    `by` names the authority that allowed it; without a name and a reason it is refused.
    """

    id: str
    by: str
    reason: str
    severity: Severity | None = None


@attrs.frozen(kw_only=True)
class Hardened:
    """That a requirement asks more of an account: a higher severity, more weight, or always."""

    id: str
    severity: Severity | None = None
    weight: int | None = None
    always: bool = False


@attrs.frozen(kw_only=True)
class Account:
    """
    What differs for some customers: requirements to add, and those relaxed or hardened, by their ids.

    `customers` are the ids of accounts that it is for, its own id when left out; `types` the job types, all
    when left out. In force from `effective_from` until `effective_to`.
    """

    id: str
    version: str = "1"
    customers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    add: tuple[Requirement, ...] = ()
    relax: tuple[Relaxed, ...] = ()
    harden: tuple[Hardened, ...] = ()

    @property
    def key(self) -> str:
        """What tells versions apart: id and version."""
        return f"{self.id}@{self.version}"

    def governs(self, type_: str, customer: str | None, now: datetime) -> bool:
        """Whether it counts for a customer's job of a type at *now*."""
        begun = self.effective_from is None or self.effective_from <= now
        if not begun or (self.effective_to is not None and now >= self.effective_to):
            return False
        return customer in (self.customers or (self.id,)) and (not self.types or type_ in self.types)


@attrs.frozen(kw_only=True)
class ListData:
    """One version of a code list, in force from `effective_from` until the next version."""

    id: str
    version: str = "1"
    effective_from: datetime | None = None
    codes: tuple[Code, ...] = ()
    leaves_only: bool = False

    @property
    def key(self) -> str:
        """What tells versions apart: id and version."""
        return f"{self.id}@{self.version}"


@attrs.frozen(kw_only=True)
class LookUp:
    """
    A question to another system: the registered name behind `call`, and what it answers.

    It is put when every field of `needs` is known, for the job types of `types` (all when left out). `facts`
    declares each name of its answer with its kind; conditions read them as `lookup.<id>.<name>`, and
    `lookup.<id>.found` says whether it knew anything. `shown` gives those that people see, with what they are
    called. What cannot be answered is told with `severity` to `who`.

    With a `topic`, `passed_when` and `refused_when` make a verdict of the answer. `offers` names fields of
    the job for which the answer suggests a value.
    """

    id: str
    call: str | None = None
    label: str | None = None
    types: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    facts: Mapping[str, str] = EMPTY
    shown: Mapping[str, str] = EMPTY
    severity: Severity = "block"
    who: str | None = "triage"
    topic: str | None = None
    passed_when: Any = None
    refused_when: Any = None
    offers: Mapping[str, str] = EMPTY

    @property
    def name(self) -> str:
        """The name under which the registry has it."""
        return self.call or self.id

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        return self.label or self.id


@attrs.frozen(kw_only=True)
class Topic:
    """
    One question of triage with a verdict that is recorded: passed, refused, or unavailable.

    Asked of the job types of `types` (all when left out). With `person`, no machine may give it. What is
    refused goes to `queue`; with `final` such a job is never scheduled, whatever else happens to it. What was
    passed about the fields of `about` waits to be judged again once one of them is told otherwise.
    """

    id: str
    label: str | None = None
    types: tuple[str, ...] = ()
    person: bool = False
    queue: str | None = None
    final: bool = False
    who: str = "triage"
    about: tuple[str, ...] = ()
    help: Help | None = None

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        return self.label or self.id


_OWNED: Final = ("subject.asset", "subject.customer")
TOPICS: Final = (
    Topic(id="ownership", about=_OWNED),
    Topic(id="entitlement", queue="entitlement", final=True, about=(*_OWNED, "terms.contract")),
    Topic(id="duplicates", about=("subject.asset",)),
    Topic(id="parts", about=("subject.asset", "work.symptom")),
)
"""What triage verifies unless the data say otherwise."""

NEEDS: Final = ("dispatch", "parts", "billable_labour")
"""What makes a request a job: one of them, unless the data say otherwise."""


@attrs.frozen(kw_only=True)
class PromotionData:
    """
    When a request becomes a job: it takes one of `needs`, or `when` is true; and what goes where.

    `fields` maps paths of the request to paths of the job, all others stay where they are; what stands at or
    below `keep` stays on the request only. With a `stage`, only requirements of that stage must hold.
    """

    needs: tuple[str, ...] = NEEDS
    when: Any = None
    fields: Mapping[str, str] = EMPTY
    keep: tuple[str, ...] = ()
    stage: str | None = None


Uncovered = Literal["info", "block"]
Adopted = Literal["asked", "trusted"]


@attrs.frozen(kw_only=True)
class IntakeData:
    """
    The rules of intake as data.

    `facts` declares what the host hands in besides; `machines` are the roles of actors that are no persons.
    `uncovered` is how serious it is that no package is for a job's type. A job that lived elsewhere before
    and is adopted behind the gate is `asked` what every other one is, unless its approval there is `trusted`.
    """

    id: str
    version: str = "1"
    facts: Mapping[str, str] = EMPTY
    lists: tuple[ListData, ...] = ()
    lookups: tuple[LookUp, ...] = ()
    packages: tuple[PackageData, ...] = ()
    accounts: tuple[Account, ...] = ()
    topics: tuple[Topic, ...] = TOPICS
    promotion: PromotionData = PromotionData()
    forms: tuple[FormData, ...] = ()
    replies: tuple[ReplyWords, ...] = ()
    machines: tuple[str, ...] = ("system", "telemetry")
    uncovered: Uncovered = "info"
    adopted: Adopted = "asked"

    @property
    def source(self) -> str:
        """What findings name as the rules that spoke: id and version."""
        return f"{self.id}@{self.version}"
