"""Intake checks a second: twenty requirements reviewed, inspected with look-ups, and checked by peers."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

from benchmarks._measure import Line, interleaved, rate, table
from jobkit import presets
from jobkit.documents import read_toml
from jobkit.facts import gather
from jobkit.intake import IntakeRules, inspect
from jobkit.model import Job, State, put_all
from jobkit.registry import Registry
from jobkit.requirements import Package, json_schema, review

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
CUSTOMER = "K-1"

# What one customer's contract asks beside the thirteen requirements of a warranty repair.
ADDED = """
[[accounts]]
id = "K-1"

  [[accounts.add]]
  id = "purchase_order"
  kind = "format"
  field = "job.terms.purchase_order"
  options = { pattern = "PO-[0-9]{6}" }

  [[accounts.add]]
  id = "territory"
  field = "job.work.territory"

  [[accounts.add]]
  id = "postal_code"
  kind = "format"
  field = "job.subject.postal_code"
  options = { pattern = "[0-9]{5}" }

  [[accounts.add]]
  id = "gold_phone"
  applies_when = 'job.terms.tier == "gold"'
  condition = "some(job.subject.contacts, item.role == 'manager')"

  [[accounts.add]]
  id = "skills"
  condition = "count(job.work.skills) >= 1"

  [[accounts.add]]
  id = "model"
  field = "job.subject.model"

  [[accounts.add]]
  id = "hot_work"
  applies_when = "job.work.symptom in ['smell.burning', 'heat.too_much']"
  condition = "'hot_work_permit' in job.safety.constraints"
"""
LOOKUPS = """
[[lookups]]
id = "machine"
needs = ["job.subject.asset"]
facts = { serial = "text", history = "list[text]", recalls = "integer" }
shown = { history = "Earlier visits" }

[[lookups]]
id = "warranty"
needs = ["job.subject.asset"]
facts = { running = "bool" }
topic = "entitlement"
passed_when = "lookup.warranty.running == true"
refused_when = "lookup.warranty.running == false"

[[lookups]]
id = "kits"
needs = ["job.work.symptom"]
facts = { kit = "text" }
shown = { kit = "Suggested kit" }
"""
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "machine": {"serial": "EX-204711", "history": ["filter changed"], "recalls": 0},
    "warranty": {"running": True},
    "kits": {"kit": "SK-OIL"},
}
COMPLETE: dict[str, Any] = {
    "$.subject": {
        "customer": CUSTOMER, "bill_to": CUSTOMER, "asset": "press-7", "site": "hall 3",
        "serial": "EX-204711", "model": "EX-2", "postal_code": "45127",
        "contacts": [{"id": "c1", "role": "manager"}],
    },
    "$.work": {"symptom": "leak.oil", "skills": ["hydraulics"], "territory": "west"},
    "$.terms": {
        "urgency": "high", "tier": "gold", "purchase_order": "PO-204711",
        "requested": {"start": "2026-03-12T08:00:00.000000Z", "end": "2026-03-13T08:00:00.000000Z"},
        "entitlement": {"status": "covered", "kind": "warranty"},
    },
    "$.evidence": {
        "attachments": [{"id": "f1", "purpose": "photo", "media_type": "image/jpeg", "hash": "0", "ref": "1"}]
    },
}  # fmt: skip
LACKING: dict[str, Any] = {
    **COMPLETE,
    "$.work": {"description": "Does not work.", "skills": ["hydraulics"]},
    "$.evidence": {},
}


def run() -> None:
    """Print checks a second and their ratios to our own review; a peer that is not here is named."""
    plain, asking = rules(), rules(LOOKUPS)
    package = _package(plain)
    size = len(package.rules)
    for name, told in (("complete", COMPLETE), ("lacking four things", LACKING)):
        tasks = {**_own(plain, asking, package, told), **_peers(package, told)}
        took = interleaved([(task, 1) for task in tasks.values()])
        floor = took[0]
        lines = [
            Line(what=what, figure=rate(each), ratio=each / floor)
            for what, each in zip(tasks, took, strict=True)
        ]
        table(f"Intake of a job against {size} requirements, {name}", lines)
    if find_spec("jsonschema") is None:
        print("  jsonschema is not installed.")
    if find_spec("pydantic") is None:
        print("  pydantic is not installed.")


def rules(more: str = "") -> IntakeRules:
    """Return the ready rules of intake with the customer's additions, and look-ups if given."""
    data = {**read_toml(presets.text("intake")), **read_toml(ADDED), **read_toml(more)}
    answers = {name: _answering(told) for name, told in ANSWERS.items()}
    return IntakeRules.load(data, registry=Registry.of(lookup=answers))


def _answering(told: Mapping[str, Any]) -> Callable[[Job, datetime], Mapping[str, Any]]:
    return lambda job, now: told


def _package(plain: IntakeRules) -> Package:
    governing = plain.governing("warranty-repair", CUSTOMER, NOW)
    assert governing is not None
    return governing.package


def _own(
    plain: IntakeRules, asking: IntakeRules, package: Package, told: Mapping[str, Any]
) -> dict[str, Callable[[], object]]:
    bare = Job(id="J-1", type="warranty-repair", states={"work": State(name="triage", category="triage")})
    job = put_all(bare, list(told.items()))
    facts = gather(job)
    return {
        "jobkit: review": lambda: review(package, facts, NOW),
        "jobkit: inspect": lambda: inspect(plain, job, now=NOW),
        "jobkit: inspect, three look-ups": lambda: inspect(asking, job, now=NOW),
    }


def _peers(package: Package, told: Mapping[str, Any]) -> dict[str, Callable[[], object]]:
    document = {path.removeprefix("$."): value for path, value in told.items()}
    peers: dict[str, Callable[[], object]] = {}
    if find_spec("jsonschema") is not None:
        from jsonschema import Draft202012Validator

        validator = Draft202012Validator(json_schema(package, at=NOW).schema)
        peers["jsonschema on the export: all errors"] = lambda: list(validator.iter_errors(document))
        peers["jsonschema on the export: yes or no"] = lambda: validator.is_valid(document)
    if find_spec("pydantic") is not None:
        from benchmarks._pydantic_intake import checked

        peers["pydantic, by hand, without weights and ways out"] = lambda: checked(document)
    return peers
