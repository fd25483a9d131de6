"""The twenty requirements of the intake benchmark as a model of pydantic, written by hand."""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator,unused-ignore"

from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

SYMPTOMS = ("leak.oil", "leak.air", "noise.knocks", "heat.too_much", "smell.burning", "power.dead")


class Contact(BaseModel):
    """A person at the site."""

    role: str


class Subject(BaseModel):
    """On what, where and for whom."""

    asset: str
    site: str
    bill_to: str
    model: str
    serial: str = Field(pattern=r"^[A-Z]{2,4}-?[0-9]{4,10}$")
    postal_code: str = Field(pattern=r"^[0-9]{5}$")
    contacts: list[Contact] = Field(min_length=1)


class Work(BaseModel):
    """What is to be done."""

    symptom: Literal[SYMPTOMS] | None = None  # type: ignore[valid-type]
    service_type: str | None = None
    territory: str
    skills: list[str] = Field(min_length=1)


class Entitlement(BaseModel):
    """What the warranty covers."""

    status: Literal["covered", "partial"]
    kind: str


class Terms(BaseModel):
    """On what terms."""

    urgency: str
    tier: str
    purchase_order: str = Field(pattern=r"^PO-[0-9]{6}$")
    requested: dict[str, str]
    entitlement: Entitlement


class Attachment(BaseModel):
    """A reference to a file."""

    purpose: str


class Evidence(BaseModel):
    """What was recorded."""

    attachments: list[Attachment] = []


class Safety(BaseModel):
    """Constraints of the site."""

    constraints: list[str] = []


class Request(BaseModel):
    """A warranty repair."""

    subject: Subject
    work: Work
    terms: Terms
    evidence: Evidence = Evidence()
    safety: Safety = Safety()

    @model_validator(mode="after")
    def together(self) -> "Request":
        """Ask what stands in several places."""
        if self.work.symptom is None and self.work.service_type is None:
            raise ValueError("a symptom or a service type")
        if all(each.purpose != "photo" for each in self.evidence.attachments):
            raise ValueError("a photo")
        if self.terms.tier == "gold" and all(each.role != "manager" for each in self.subject.contacts):
            raise ValueError("a manager")
        if self.work.symptom in ("smell.burning", "heat.too_much"):
            return self._with_permit()
        return self

    def _with_permit(self) -> "Request":
        if "hot_work_permit" not in self.safety.constraints:
            raise ValueError("a permit for hot work")
        return self


def checked(document: dict[str, Any]) -> int:
    """Return how many errors pydantic tells of a document."""
    try:
        Request.model_validate(document)
    except ValidationError as error:
        return len(error.errors())
    return 0
