"""Promises of the kinds of requirement: formats, attachments and codes, each with words of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.codes import Code, CodeList
from jobkit.conditions import Condition
from jobkit.errors import Invalid
from jobkit.facts import declare, gather
from jobkit.findings import Template
from jobkit.model import Attachment, Evidence, Job, State, Subject, Work
from jobkit.registry import Registry
from jobkit.requirements import Package, Review, Worded, code_kind, review
from jobkit.versions import Version, Versions

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
LISTS = {
    "symptom": Versions(
        [
            Version(NOW, "1", CodeList(id="symptom", codes=(Code(id="LEAK"), Code(id="NOISE")))),
            Version(NOW + timedelta(days=1), "2", CodeList(id="symptom", codes=(Code(id="LEAK"),))),
        ]
    )
}
REGISTRY = Registry.of(requirement={"code": code_kind(LISTS)})


def asked(requirement: dict[str, Any], at: datetime = NOW, **parts: Any) -> Review:
    """Review one requirement of a job."""
    package = Package.load({"id": "p", "requirements": [{"id": "r", **requirement}]}, declare(), REGISTRY)
    job = Job(id="J", type="repair", states={"work": State(name="t", category="triage")}, **parts)
    return review(package, gather(job), at)


SERIAL = {
    "kind": "format",
    "field": "job.subject.serial",
    "options": {"pattern": r"[A-Z]{2}-\d{4}", "example": "KX-2041"},
}
SYMPTOM = {"kind": "code", "field": "job.work.symptom", "options": {"list": "symptom"}}


@pytest.mark.parametrize(
    ("serial", "code"),
    [
        ("KX-2041", None),
        ("kx-2041", "fields.pattern"),
        (None, "requirements.missing"),
        ("", "fields.pattern"),
    ],
)
def test_format_tells_missing_from_misshapen(serial: str | None, code: str | None) -> None:
    """
    A field of a form is met by that form only, and its finding says whether it is missing or wrong.
    """
    told = asked(SERIAL, subject=Subject(serial=serial))

    assert ([] if code is None else [code]) == [finding.code for finding in told.findings]
    assert all("$.subject.serial" == finding.path for finding in told.findings)


def test_format_shows_an_example() -> None:
    """
    What has the wrong form is told with an example of the right one, and why it matters.
    """
    helped = {**SERIAL, "help": {"why": "Parts differ."}}

    assert (
        "Write it like KX-2041 (Parts differ)."
        == asked(helped, subject=Subject(serial="1")).findings[0].unblock
    )


def test_text_beyond_the_limit_of_patterns_is_unmet() -> None:
    """
    A serial number of a million characters is judged at once, and is not met.
    """
    assert ("r",) == asked(SERIAL, subject=Subject(serial="K" * 1_000_000)).unmet


def test_attachment_is_asked_by_purpose() -> None:
    """
    A file with another purpose does not count, and the finding stands where files are attached.
    """
    photo, manual = (
        Attachment(id=purpose, purpose=purpose, media_type="image/png", hash="0", ref="f")
        for purpose in ("photo", "manual")
    )
    wanted = {"kind": "attachment", "options": {"purpose": "photo"}}
    lacking = asked(wanted, evidence=Evidence(attachments=(manual,)))

    assert asked(wanted, evidence=Evidence(attachments=(manual, photo))).open
    assert ["$.evidence.attachments"] == [finding.path for finding in lacking.findings]
    assert "Attach at least one file with the purpose photo." == lacking.findings[0].unblock


@pytest.mark.parametrize(
    ("symptom", "days", "code"),
    [
        ("LEAK", 0, None),
        ("NOISE", 0, None),
        ("NOISE", 1, "codes.unknown"),
        (None, 0, "requirements.missing"),
        ("LEAK", -1, "codes.not_yet"),
    ],
)
def test_codes_are_asked_as_in_force(symptom: str | None, days: int, code: str | None) -> None:
    """
    A code is held against the version of its list on that day.
    """
    told = asked(SYMPTOM, NOW + timedelta(days=days), work=Work(symptom=symptom))

    assert ([] if code is None else [code]) == [finding.code for finding in told.findings]


def test_every_code_of_a_list_counts() -> None:
    """
    A field with several codes is met when all of them are in the list.
    """
    skills = {"kind": "code", "field": "job.work.skills", "options": {"list": "symptom"}}

    assert asked(skills, work=Work(skills=("LEAK", "NOISE"))).open
    assert not asked(skills, work=Work(skills=("LEAK", "SMELL"))).open


@pytest.mark.parametrize(
    ("requirement", "code"),
    [
        ({"kind": "format", "field": "job.subject.serial"}, "requirements.no_option"),
        ({"kind": "format", "options": {"pattern": "a"}}, "requirements.no_field"),
        (
            {"kind": "format", "field": "job.subject.serial", "options": {"pattern": "(?=a)"}},
            "patterns.unreadable",
        ),
        ({"kind": "attachment"}, "requirements.no_option"),
        ({"kind": "attachment", "options": {"purpose": 7}}, "requirements.no_option"),
        ({"kind": "code", "field": "job.work.symptom", "options": {"list": "none"}}, "requirements.no_list"),
    ],
)
def test_kind_without_what_it_needs_is_refused(requirement: dict[str, Any], code: str) -> None:
    """
    A requirement that does not say what its kind asks by is refused when it is loaded.
    """
    with pytest.raises(Invalid) as caught:
        asked(requirement)
    assert caught.value.code.startswith(code)


def test_formats_can_be_taken_apart() -> None:
    """
    The question behind a format is a condition, so that it can be analysed, exported and unblocked.
    """
    package = Package.load({"id": "p", "requirements": [{"id": "r", **SERIAL}]}, declare())
    (rule,) = package.rules
    told = asked(SERIAL, subject=Subject(serial="1"))

    assert isinstance(rule.question, Worded)
    assert isinstance(rule.question.question, Condition)
    assert ["job.subject.serial"] == [deed.field for deed in told.unblocking.deeds]


def test_kind_of_a_plugin_brings_its_own_words() -> None:
    """
    A registered kind may say in its own words why it is not met, and what raises there is a finding too.
    """
    dry = Template("acme.dry", "It rains on {site}.", "Wait for dry weather.")

    def kind(words: Any) -> Registry:
        question = Worded(question=lambda facts, now: False, words=words, path="$.weather")
        return Registry.of(requirement={"acme.dry": lambda requirement, bench: question})

    def told(words: Any) -> Review:
        data = {"id": "p", "requirements": [{"id": "r", "kind": "acme.dry"}]}
        return review(Package.load(data, registry=kind(words)), {}, NOW)

    assert [("$.weather", "It rains on hall 3.")] == [
        (each.path, each.message) for each in told(lambda facts, now: (dry, {"site": "hall 3"})).findings
    ]
    assert ["requirements.unchecked"] == [each.code for each in told(lambda facts, now: 1 / 0).findings]
