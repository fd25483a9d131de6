"""Promises of the ready rules of intake, twins and merging of the after-sales preset."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any, Final

import pytest

from jobkit import presets
from jobkit.catalog import Catalog
from jobkit.desk import Desk
from jobkit.duplicates import compare
from jobkit.intake import IntakeRules
from jobkit.model import Actor, Window
from jobkit.stores import MemoryStore
from tests.desk.building import DEALER, NOW, REQUEST, TOPICS, TRIAGE

WORKED: Final = ("warranty-repair", "breakdown", "preventive-maintenance", "installation", "inspection")
SENSOR: Final = Actor(id="edge-7", role="telemetry")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """Return the preset."""
    return Catalog.preset("after-sales")


def whole(job_type: str) -> dict[str, Any]:
    """Return a request of which nothing is missing for jobs of a type."""
    request = deepcopy(dict(REQUEST))
    more: Mapping[str, Mapping[str, Any]] = {
        "installation": {"safety": {"constraints": ["none"]}, "work": {"service_type": "installation"}},
        "preventive-maintenance": {"work": {"service_type": "yearly"}},
        "inspection": {"work": {"service_type": "yearly"}},
    }
    return {**request, **more.get(job_type, {})}


def in_triage(catalog: Catalog, job_type: str, request: Mapping[str, Any]) -> Desk:
    """Return a desk with the job J in triage, judged by everybody."""
    desk = Desk(catalog, MemoryStore())
    desk.submit(job_type, request, by=DEALER, at=NOW, state="submitted", job_id="J")
    desk.fire("J", "take_up", by=TRIAGE, at=NOW)
    if job_type in WORKED:
        desk.judge("J", TOPICS, "passed", by=TRIAGE, at=NOW)
    return desk


def unblocking(desk: Desk) -> list[str]:
    """Return the paths of everything that keeps J from being approved."""
    return [
        finding.path for finding in desk.ask("J", "approve", by=TRIAGE, at=NOW).findings if finding.blocks
    ]


@pytest.mark.parametrize("job_type", WORKED)
def test_complete_request_is_approved(catalog: Catalog, job_type: str) -> None:
    """
    Each kind of work is approved when its package is complete and triage has judged.
    """
    desk = in_triage(catalog, job_type, whole(job_type))

    assert "approved" == desk.fire("J", "approve", by=TRIAGE, at=NOW).job.state.name


CORE: Final[Mapping[str, str]] = {
    "subject.asset": "$.subject.asset",
    "subject.site": "$.subject.site",
    "subject.contacts": "$.subject.contacts",
    "subject.bill_to": "$.subject.bill_to",
    "terms.urgency": "$.terms.urgency",
    "terms.tier": "$.terms.tier",
    "terms.requested": "$.terms.requested",
    "terms.entitlement": "$.terms.entitlement.status",
}


@pytest.mark.parametrize("job_type", WORKED)
@pytest.mark.parametrize("left_out", CORE)
def test_core_minimum_is_asked_of_every_kind(catalog: Catalog, job_type: str, left_out: str) -> None:
    """
    Asset, site, contact, bill-to, urgency, tier, timing and entitlement: each alone keeps a job from work.
    """
    request = whole(job_type)
    group, field = left_out.split(".")
    request[group] = {name: value for name, value in request[group].items() if name != field}
    desk = in_triage(catalog, job_type, request)

    assert CORE[left_out] in unblocking(desk)


@pytest.mark.parametrize(
    ("job_type", "change", "path"),
    [
        ("warranty-repair", {"subject": {"serial": "0815"}}, "$.subject.serial"),
        ("warranty-repair", {"subject": {"serial": None}}, "$.subject.serial"),
        ("warranty-repair", {"evidence": {"attachments": []}}, "$.evidence.attachments"),
        ("warranty-repair", {"terms": {"entitlement": {"status": "covered"}}}, "$.terms.entitlement.kind"),
        ("breakdown", {"work": {"symptom": None, "description": "It hums."}}, "$.work.symptom"),
        ("breakdown", {"work": {"symptom": "makes a funny noise"}}, "$.work.symptom"),
        ("installation", {"safety": {"constraints": []}}, "$.safety.constraints"),
        ("inspection", {"work": {"service_type": None}}, "$.work.service_type"),
    ],
)
def test_each_trade_asks_for_more(
    catalog: Catalog, job_type: str, change: Mapping[str, Mapping[str, Any]], path: str
) -> None:
    """
    Warranty asks for serial number, photo and cover, a fault for a code, an installation for safety.
    """
    request = whole(job_type)
    for group, values in change.items():
        merged = {**request.get(group, {}), **values}
        request[group] = {name: value for name, value in merged.items() if value is not None}
    desk = in_triage(catalog, job_type, request)

    assert path in unblocking(desk)
    assert 2 >= len(unblocking(desk))


def test_incident_is_taken_up_without_a_bill(catalog: Catalog) -> None:
    """
    An injury is worked on whoever pays: only where it happened is asked.
    """
    intake = catalog.intake
    assert intake is not None
    desk = in_triage(catalog, "incident", {"subject": {"customer": "C-5"}})

    found = desk.intake("J", at=NOW)

    assert ["$.subject.asset"] == [finding.path for finding in found.findings]
    assert () == intake.topics("incident")


def test_every_no_of_the_package_helps(catalog: Catalog) -> None:
    """
    Each requirement of the ready packages says why it is asked, or what went wrong without it.
    """
    rules = presets.intake()
    asked = [each for package in rules.data.packages for each in package.requirements]
    silent = {"warranty", "description", "service_type", "where"}

    assert silent == {each.id for each in asked if each.help is None and "(" not in (each.unblock or "")}


def test_refused_entitlement_stands_in_its_queue(catalog: Catalog) -> None:
    """
    The queue that the topic names is one of the catalog, and a refused job stands there.
    """
    rules = presets.intake()
    (topic,) = (each for each in rules.topics("breakdown") if each.id == "entitlement")
    request = whole("breakdown")
    request["terms"] = {**request["terms"], "entitlement": {"status": "refused"}}
    by_terms = in_triage(catalog, "breakdown", request)
    by_verdict = in_triage(catalog, "breakdown", whole("breakdown"))
    by_verdict.judge("J", "entitlement", "refused", by=TRIAGE, at=NOW, reason="lapsed")

    assert topic.final
    for desk in (by_terms, by_verdict):
        assert ["J"] == [job.id for job in desk.queue(str(topic.queue)).jobs]


def test_guided_answers_are_codes_of_the_list(catalog: Catalog) -> None:
    """
    Whatever a customer or a machine answers in the ready forms stands for a symptom that the list has.
    """
    rules = presets.intake()
    known = {code.id for code in rules.lists["symptom"].at(NOW).value.codes}
    answered = {
        str(answer.sets["work.symptom"])
        for form in rules.data.forms
        for question in form.questions
        for answer in question.answers
        if "work.symptom" in answer.sets
    }
    mapped = {
        str(value)
        for form in rules.data.forms
        for question in form.questions
        for value in question.values.values()
    }

    assert answered | mapped <= known
    assert answered
    assert mapped


def test_each_channel_has_its_form() -> None:
    """
    Customers are guided, dealers see everything, machines fill fields.
    """
    rules = presets.intake()

    assert ["guided", "full", "machine"] == [
        rules.form(role="customer").data.kind,
        rules.form(role="dealer").data.kind,
        rules.form(channel="telemetry").data.kind,
    ]


def test_rules_load_back() -> None:
    """
    The ready rules say the same when they are written and read again.
    """
    rules = presets.intake()

    assert rules.digest == IntakeRules.load(rules.to_data()).digest


def report(**told: Any) -> dict[str, Any]:
    """Return one report of a fault."""
    first = {
        "subject.asset": "EX-77",
        "work.symptom": "leak",
        "type": "breakdown",
        "reported": NOW,
        "latest": NOW,
    }
    return {**first, **told}


@pytest.mark.parametrize(
    ("other", "band"),
    [
        ({}, "ask"),
        ({"work.symptom": "leak.oil"}, "ask"),
        ({"work.symptom": "noise"}, "different"),
        ({"work.symptom": None}, "ask"),
        ({"subject.asset": "EX-78"}, "different"),
        ({"type": "preventive-maintenance"}, "different"),
        ({"type": "warranty-repair"}, "ask"),
        ({"reported": NOW + timedelta(days=60), "latest": NOW + timedelta(days=60)}, "different"),
    ],
)
def test_twins_are_asked_about_and_never_merged_by_machine(other: dict[str, Any], band: str) -> None:
    """
    One fault on one asset within days is a question; another symptom, asset, season or planned work is not.
    """
    rules = presets.duplicates()

    assert band == compare(rules, report(), report(**other)).band
    assert not rules.data.auto_merge


def test_ready_rules_of_merging_are_in_the_catalog(catalog: Catalog) -> None:
    """
    The catalog merges by the ready rules: lists are joined, and the better promise goes on.
    """
    assert catalog.merging is not None
    assert presets.merging().digest == catalog.merging.digest
    assert ("filled", "union", "ranked") == tuple(
        catalog.merging.rule_of(field) for field in ("work.symptom", "parts", "terms.tier")
    )


def test_wish_is_no_promise(catalog: Catalog) -> None:
    """
    A requested window is asked for, and a visit before approval is refused all the same.
    """
    desk = in_triage(catalog, "breakdown", whole("breakdown"))
    window = {"start": "2026-03-12T08:00:00Z", "end": "2026-03-12T10:00:00Z"}

    assert isinstance(desk.job("J").terms.requested, Window)
    assert not desk.ask("J", "approve", by=TRIAGE, at=NOW, values={"$.visits[v1].promised": window}).open


@pytest.mark.parametrize(
    ("channel", "ours", "examples"), [("portal", False, True), ("dealer", True, True), ("sms", False, False)]
)
def test_replies_are_for_their_readers(catalog: Catalog, channel: str, ours: bool, examples: bool) -> None:
    """
    Customers read what they can do, with a failed visit each, and dealers what the staff sees to as well.
    """
    request = {"subject": {"customer": "C-5"}, "terms": {"channel": channel}}
    reply = in_triage(catalog, "warranty-repair", request).auto_reply("J", at=NOW)

    assert ours is ("the entitlement is neither covered nor partial" in reply.text)
    assert examples is ("A van brought the seals of another press" in reply.text)
    assert "subject.asset" in reply.text
    assert {"$.terms.tier", "$.subject.bill_to"} <= {each.path for each in reply.asked if each.ours}
