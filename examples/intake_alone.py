"""A customer and a sensor report a compressor: no answer is lost, and the reply says what is missing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from jobkit.history import Event, FieldChange, opening
from jobkit.intake import (
    IntakeRules,
    confirmed,
    erasures,
    inspect,
    judged,
    promotion,
    provenance,
    reply,
    verdict_findings,
)
from jobkit.model import Actor, Job, State, Suggestion, Triage, blank, put_all
from jobkit.registry import Registry

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
CUSTOMER = Actor(id="frieda", role="customer")
TRIAGE = Actor(id="petra", role="triage")


def installed_base(job: Job, now: datetime) -> Mapping[str, Any]:
    """Answer what is known of a machine; on this morning the system is down until nine."""
    if now < NOW + timedelta(hours=1):
        raise ConnectionError
    return {
        "owner": "berg",
        "tier": "gold",
        "recalls": [{"number": "R-12", "part": "valve 4711"}],
        "history": ["J-301: oil leak, January"],
    }


RULES = IntakeRules.load(
    """
    id = "compressors"
    version = "3"
    topics = [{ id = "ownership" }, { id = "entitlement", queue = "goodwill", final = true }]

    [[lists]]
    id = "symptom"
    leaves_only = true
    codes = [{ id = "LEAK" }, { id = "LEAK.OIL" }, { id = "LEAK.AIR" }, { id = "NOISE" }]

    [[lookups]]
    id = "asset"
    label = "installed base"
    needs = ["job.subject.asset"]
    facts = { owner = "text", tier = "text", history = "list[text]", "recalls[].number" = "text" }
    shown = { history = "Earlier jobs", recalls = "Open recalls" }
    topic = "ownership"
    passed_when = "lookup.asset.owner == job.subject.customer"
    offers = { "terms.tier" = "tier" }

    [[packages]]
    id = "repairs"
    version = "7"
    types = ["repair"]

    [[packages.requirements]]
    id = "asset"
    field = "job.subject.asset"
    label = "the machine's number"
    weight = 3

    [[packages.requirements]]
    id = "symptom"
    kind = "code"
    field = "job.work.symptom"
    options = { list = "symptom" }
    help = { why = "The crew loads parts by it.", example = "In May a crew drove 200 km for nothing." }

    [[packages.requirements]]
    id = "serial"
    kind = "format"
    field = "job.subject.serial"
    options = { pattern = "[A-Z]{2}-\\\\d{4}", example = "KX-2041" }

    [[packages.requirements]]
    id = "photo"
    kind = "attachment"
    options = { purpose = "photo" }
    severity = "warn"

    [[accounts]]
    id = "berg"
    [[accounts.relax]]
    id = "serial"
    by = "head of service"
    reason = "Their plates are painted over"
    severity = "warn"

    [[forms]]
    id = "guided"
    channel = "portal"
    questions = [
        { id = "number", text = "Which number is on the machine?", path = "subject.asset" },
        { id = "what", text = "What do you see?", answers = [
            { id = "oil", label = "Oil on the floor", sets = { "work.symptom" = "LEAK.OIL" } },
            { id = "loud", label = "It is loud", sets = { "work.symptom" = "NOISE" } },
        ] },
    ]

    [[forms]]
    id = "machine"
    channel = "telemetry"
    questions = [
        { id = "unit", path = "subject.asset" },
        { id = "fault", path = "work.service_type", values = { E7 = "pressure" } },
    ]

    [[replies]]
    id = "portal"
    channel = "portal"
    opening = "Thank you for request {job}. Please add:"
    """,
    registry=Registry.of(lookup={"asset": installed_base}),
)


def job_of(id: str, request: Mapping[str, Any]) -> Job:
    """Return the job that a request begins with."""
    begun = {"type": "repair", "states": {"work": State(name="triage", category="triage")}}
    return put_all(blank(id), [(f"$.{name}", value) for name, value in request.items()], **begun)


print("What the portal asks:")
for question in RULES.form("portal").asks(NOW):
    print(f"  {question.text}")

told = RULES.form("portal").read({"what": "smoke", "mood": "angry"})
print("\nThe customer answers, and nothing is lost:")
for finding in told.findings:
    print(f"  {finding.message} {finding.unblock}")

job = job_of("J-7", {**told.request, "subject": {"customer": "berg"}})
first = inspect(RULES, job, now=NOW)
print(f"\nComplete to {first.score:.2f}. The reply over the portal:")
print(reply(RULES, first))

alarm = RULES.form("telemetry").read({"unit": "press-7", "fault": "E7"})
print(f"\nThe sensor's own words become: {dict(alarm.request)}")

print("\nA model suggests the symptom; the machine's number comes, but the installed base is down:")
guess = Suggestion(
    id="s1",
    path="$.work.symptom",
    value="LEAK.OIL",
    source="symptom model",
    confidence=Decimal("0.82"),
    at=NOW,
)
job = put_all(job, [("$.subject.asset", "press-7")], triage=Triage(suggestions=(guess,)))
second = inspect(RULES, job, now=NOW)
for finding in second.answer("approve").findings:
    print(f"  [{finding.severity}] {finding.unblock}")

print("\nAt nine Petra confirms the suggestion, and the installed base answers:")
nine = NOW + timedelta(hours=1)
job = put_all(job, confirmed(job, "s1", by=TRIAGE, at=nine))
third = inspect(RULES, job, now=nine)
print(f"  complete to {third.score:.2f}, {third.answer('approve')}")
for shown in third.shown:
    print(f"  {shown.label}: {shown.value}")
for proposed in third.verdicts:
    print(f"  {proposed.source} says {proposed.topic}: {proposed.status}")
    job = put_all(job, judged(RULES, job, proposed.topic, proposed.status, by=TRIAGE, at=nine))
for finding in verdict_findings(RULES, job):
    print(f"  {finding.unblock}")

print("\nA request that takes nobody's hands stays a request:")
print(promotion(RULES, job, "repair", now=nine))

print("\nWho told the symptom?")
amended = Event(
    id="e2",
    job_id="J-7",
    kind="amended",
    actor=TRIAGE,
    occurred_at=nine,
    recorded_at=nine,
    changes=(FieldChange("$.work.symptom", "NOISE", "LEAK.OIL"),),
    data={"channel": "phone"},
)
begun = job_of("J-7", RULES.form("portal").read({"number": "press-7", "what": "loud"}).request)
born = Event(
    id="e1",
    job_id="J-7",
    kind="created",
    actor=CUSTOMER,
    occurred_at=NOW,
    recorded_at=NOW,
    changes=opening(begun),
)
print(f"  {provenance([born, amended])['$.work.symptom']}")
for finding in erasures([born, amended], [FieldChange("$.subject.asset", "press-7", None)], TRIAGE):
    print(f"  {finding.message} {finding.unblock}")
