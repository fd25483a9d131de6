"""A small world of intake: a manufacturer of compressors with dealers, look-ups and forms."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from jobkit.intake import IntakeRules
from jobkit.model import Actor, Job, State
from jobkit.registry import Registry

NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
PERSON: Final = Actor(id="petra", role="triage")
MACHINE: Final = Actor(id="sensor-9", role="telemetry")

RULES: Final = """
id = "intake"
version = "4"

[[lists]]
id = "symptom"
version = "1"
leaves_only = true
codes = [{ id = "LEAK" }, { id = "LEAK.OIL" }, { id = "NOISE" }]

[[lists]]
id = "symptom"
version = "2"
effective_from = 2026-06-01T00:00:00Z
codes = [{ id = "LEAK" }, { id = "LEAK.OIL", retired = true, instead = "LEAK.LUBE" }, { id = "LEAK.LUBE" }]

[[lookups]]
id = "asset"
call = "acme.asset"
label = "installed base"
needs = ["job.subject.asset"]
topic = "ownership"
passed_when = "lookup.asset.owner == job.subject.customer"
refused_when = "not (lookup.asset.owner == job.subject.customer)"

[lookups.facts]
owner = "text"
tier = "text"
history = "list[text]"
"recalls[].number" = "text"
"recalls[].due" = "instant"

[lookups.shown]
history = "Earlier jobs"
recalls = "Open recalls"

[lookups.offers]
"terms.tier" = "tier"

[[packages]]
id = "core"
requirements = [
    { id = "asset", field = "job.subject.asset", weight = 3, who = "dealer" },
]

[[packages]]
id = "repairs"
version = "7"
types = ["repair", "warranty"]
includes = ["core"]

[[packages.requirements]]
id = "symptom"
kind = "code"
field = "job.work.symptom"
options = { list = "symptom" }
help = { why = "The crew loads parts by it.", example = "In May a crew drove 200 km with the wrong pump." }

[[packages.requirements]]
id = "serial"
kind = "format"
field = "job.subject.serial"
options = { pattern = "[A-Z]{2}-\\\\d{4}", example = "KX-2041" }
applies_when = 'job.type == "warranty"'

[[packages.requirements]]
id = "photo"
kind = "attachment"
options = { purpose = "photo" }
severity = "warn"

[[accounts]]
id = "acme"
relax = [{ id = "photo", by = "head of service", reason = "They send films." }]
harden = [{ id = "symptom", weight = 5 }]
add = [{ id = "order", field = "job.terms.purchase_order" }]

[promotion]
fields = { "fields.words" = "work.description" }
keep = ["fields.mood"]

[[forms]]
id = "guided"
channel = "portal"
role = "customer"
kind = "guided"

[[forms.questions]]
id = "what"
text = "What do you see?"
texts = { de = "Was sehen Sie?" }
answers = [
    { id = "oil", label = "Oil under the machine", sets = { "work.symptom" = "LEAK.OIL" } },
    { id = "noise", label = "Noise", labels = { de = "Lärm" }, sets = { "work.symptom" = "NOISE" } },
    { id = "unsure", label = "I cannot say" },
]

[[forms.questions]]
id = "who"
path = "subject.contacts[site].name"

[[forms.questions]]
id = "since"
path = "terms.requested.start"
when = 'answer.what == "oil"'

[[forms.questions]]
id = "until"
path = "terms.requested.end"

[[forms]]
id = "full"
role = "dealer"
questions = [{ id = "serial", path = "subject.serial" }, { id = "skills", path = "work.skills" }]

[[forms]]
id = "machine"
channel = "telemetry"
questions = [{ id = "fault", path = "work.symptom", values = { "42" = "LEAK.OIL" } }]

[[replies]]
id = "sms"
channel = "sms"
line = "{what}? {why} {example}"
closing = ""

[[replies]]
id = "deutsch"
language = "de"
opening = "Zu {job} fehlt noch:"
line = "- {message} {unblock}"
complete = "{job} ist vollständig."

[replies.findings."requirements.missing"]
message = "{what} fehlt."
unblock = "Bitte {what} angeben."
"""


def asset(job: Job, now: datetime) -> Mapping[str, Any] | None:
    """Answer what the installed base knows of press-7; of other assets it knows nothing."""
    if job.subject.asset != "press-7":
        return None
    recalls = [{"number": "R-12", "due": "2026-05-01T00:00:00Z"}]
    return {"owner": "berg", "tier": "gold", "history": ["J-1: a leak"], "recalls": recalls}


def registry(look_up: Any = asset) -> Registry:
    """Register a look-up under the name that the rules call."""
    return Registry.of(lookup={"acme.asset": look_up})


def rules(look_up: Any = asset, **changed: Any) -> IntakeRules:
    """Load the world's rules, with tables *changed*."""
    plain = IntakeRules.load(RULES, registry=registry(look_up)).to_data()
    return IntakeRules.load({**plain, **changed}, registry=registry(look_up))


def job(type_: str = "repair", **parts: Any) -> Job:
    """Build a job in triage with just what a test needs."""
    return Job(id="J-7", type=type_, states={"work": State(name="triage", category="triage")}, **parts)
