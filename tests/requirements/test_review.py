"""Promises of a review: every finding at once, an honest score, and who must do what."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.conditions import Vocabulary
from jobkit.errors import Invalid, Unavailable
from jobkit.facts import declare, gather
from jobkit.fields import Help
from jobkit.findings import Template
from jobkit.model import Job, State, Subject
from jobkit.registry import Registry
from jobkit.requirements import Bench, Package, Question, Requirement, Requirements, Waiver, compare, review

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)

INTAKE = """
id = "intake"
version = "3"

[[requirements]]
id = "asset"
field = "job.subject.asset"
who = "dealer"
weight = 3
help = { why = "The crew loads parts by it", example = "In May a crew drove 200 km with the wrong pump." }

[[requirements]]
id = "symptom"
condition = "known(job.work.symptom) or known(job.work.service_type)"
message = "Nobody says what is wrong."
unblock = "Record a symptom or a service type."

[[requirements]]
id = "gold-photo"
applies_when = 'job.terms.tier == "gold"'
condition = "count(job.evidence.attachments) >= 1"
severity = "warn"
stage = "approval"
waivers = ["supervisor"]
"""
PACKAGE = Package.load(INTAKE, declare())


def job(**parts: Any) -> Job:
    """Build a job with just what a test needs."""
    return Job(id="J-1", type="repair", states={"work": State(name="triage", category="triage")}, **parts)


def package(*requirements: Mapping[str, Any], registry: Registry | None = None) -> Package:
    """Load a package from data, with facts that need no declaration."""
    return Package.load(
        {"id": "p", "requirements": list(requirements)}, Vocabulary.open(), registry or Registry()
    )


def test_all_findings_come_at_once() -> None:
    """
    A review tells everything that is missing, with who does it, why it matters and which rule says so.
    """
    told = review(PACKAGE, gather(job()), NOW)
    asset, symptom, photo = told.findings

    assert ("$.subject.asset", "dealer", "asset@1") == (asset.path, asset.who, asset.source)
    assert "subject.asset is missing." == asset.message
    assert asset.unblock.startswith("Record subject.asset (The crew loads parts by it In May")
    assert ("Nobody says what is wrong.", "Record a symptom or a service type.") == (
        symptom.message,
        symptom.unblock,
    )
    assert "warn" == photo.severity


def test_score_is_the_weighted_share() -> None:
    """
    What weighs three counts three times; unknown applicability counts as applicable.
    """
    told = review(PACKAGE, gather(job(subject=Subject(asset="press-7"))), NOW)

    assert 3 / 5 == told.score
    assert (("asset",), ("symptom", "gold-photo"), ("gold-photo",)) == (told.met, told.unmet, told.presumed)


def test_warnings_leave_a_review_open() -> None:
    """
    A review is open when nothing that blocks is unmet, and is then the answer to a question.
    """
    told = review(package({"id": "a", "field": "a", "severity": "warn"}), {}, NOW)

    assert told.open
    assert told.score == 0
    assert told.answer("approve").open


def test_stage_leaves_out_other_stages() -> None:
    """
    Asked for one stage, requirements of another do not count.
    """
    told = review(PACKAGE, gather(job()), NOW, stage="intake")

    assert ("asset", "symptom") == told.unmet


def test_effective_dates_decide() -> None:
    """
    A requirement holds from its first instant until, and not at, its last.
    """
    dated = package(
        {
            "id": "a",
            "field": "a",
            "effective_from": "2026-03-10T08:00:00Z",
            "effective_to": "2026-03-11T08:00:00Z",
        }
    )

    assert [1.0, 0.0, 0.0, 1.0] == [
        review(dated, {}, instant).score
        for instant in (
            NOW - timedelta(seconds=1),
            NOW,
            NOW + timedelta(hours=23),
            NOW + timedelta(days=1),
        )
    ]


def test_what_does_not_apply_is_idle() -> None:
    """
    A requirement whose condition to apply is false neither blocks nor counts.
    """
    told = review(
        package({"id": "a", "field": "a", "applies_when": 'tier == "gold"'}), {"tier": "basic"}, NOW
    )

    assert (1.0, ("a",), True) == (told.score, told.idle, told.open)


def test_unmet_condition_names_observed_and_wanted() -> None:
    """
    Without words of its own, a requirement tells what was observed and what would satisfy it.
    """
    (finding,) = review(package({"id": "a", "condition": "n >= 3"}), {"n": 1}, NOW).findings

    assert "The requirement a is not met: n is 1; wanted is 3 or more." == finding.message
    assert "See to it that n is 3 or more." == finding.unblock


def test_unknown_is_told_apart_from_false() -> None:
    """
    A missing fact is unknown, and unknown is not met.
    """
    told = review(package({"id": "a", "condition": "n >= 3"}), {}, NOW)

    assert ("requirements.unknown", False) == (told.findings[0].code, told.open)


WAIVED = {"id": "a", "field": "a", "waivers": ["supervisor"]}


def waiver(role: str = "supervisor", until: datetime | None = None) -> Waiver:
    """Build a waiver of requirement a, given an hour ago."""
    return Waiver(
        id="w",
        requirement="a",
        by="u-1",
        role=role,
        reason="The plate is gone.",
        at=NOW - timedelta(hours=1),
        until=until,
    )


def test_waiver_lets_pass_and_is_told() -> None:
    """
    A waiver in a role that may give it opens the way and stands among the findings.
    """
    told = review(package(WAIVED), {}, NOW, waivers=[waiver()])

    assert (True, 1.0, ("a",)) == (told.open, told.score, told.waived)
    assert "The requirement a is waived by u-1: The plate is gone." == told.findings[0].message


@pytest.mark.parametrize("one", [waiver("technician"), waiver(until=NOW)])
def test_waiver_must_hold(one: Waiver) -> None:
    """
    A waiver by a role that may not give it, or one that is over, does not count.
    """
    assert not review(package(WAIVED), {}, NOW, waivers=[one]).open


def test_wrong_role_of_a_waiver_is_told() -> None:
    """
    Whoever waived in vain learns who may.
    """
    told = review(package(WAIVED), {}, NOW, waivers=[waiver("technician")])

    assert ["requirements.missing", "requirements.no_waiver"] == [finding.code for finding in told.findings]
    assert "supervisor" in told.findings[1].unblock


def never(requirement: Requirement, bench: Bench) -> Question:
    """Return a question that is always answered no."""
    return lambda facts, now: False


def down(requirement: Requirement, bench: Bench) -> Question:
    """Return a question that cannot be asked."""

    def ask(facts: Mapping[str, Any], now: datetime | None) -> bool | None:
        raise Unavailable.of(Template("test.down", "The contract system is down.", "Ask again."))

    return ask


def broken(requirement: Requirement, bench: Bench) -> Question:
    """Return a question that raises."""

    def ask(facts: Mapping[str, Any], now: datetime | None) -> bool | None:
        raise ValueError("Frieda Berg")

    return ask


REGISTRY = Registry.of(requirement={"acme.never": never, "acme.down": down, "acme.broken": broken})


def test_registered_kind_is_asked() -> None:
    """
    A host's own kind of requirement is written like the built-in ones.
    """
    told = review(package({"id": "a", "kind": "acme.never"}, registry=REGISTRY), {}, NOW)

    assert ("requirements.unmet", "a") == (told.findings[0].code, told.findings[0].params["id"])
    assert ("a",) == told.unblocking.deeds[0].serves


@pytest.mark.parametrize("kind", ["acme.down", "acme.broken"])
def test_rule_that_cannot_answer_is_a_finding(kind: str) -> None:
    """
    A look-up that is down or a rule that raises counts as unmet and leaks nothing, and the others are told.
    """
    told = review(
        package({"id": "a", "kind": kind}, {"id": "b", "field": "b"}, registry=REGISTRY), {"b": 1}, NOW
    )

    assert (("b",), ("a",)) == (told.met, told.unmet)
    assert "requirements.unchecked" == told.findings[0].code
    assert "Frieda" not in told.findings[0].message


def test_load_tells_everything_wrong() -> None:
    """
    A package with several mistakes names each with its place, and is not loaded.
    """
    data = {
        "id": "p",
        "requirements": [
            {"id": "a", "field": "job.subject.aset"},
            {"id": "b", "condition": "job.work.symptom ==="},
            {"id": "c", "kind": "acme.gone"},
            {"id": "d"},
            {"id": "e", "kind": "field"},
            {"id": "f", "field": "job.subject.asset", "applies_when": "job.nope == 1"},
        ],
    }

    with pytest.raises(Invalid) as refused:
        Package.load(data, declare())
    places = {finding.path for finding in refused.value.findings}
    assert {"a", "b", "c", "d", "e", "f"} == {path.split("[")[1].split("]")[0] for path in places}


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": 0},
        {"weight": "1"},
        {"severity": "fatal"},
        {"wieght": 1},
        {"effective_from": "2026-03-10T08:00:00Z", "effective_to": "2026-03-10T08:00:00Z"},
        {"effective_from": "2026-03-10T08:00:00"},
    ],
)
def test_wrong_requirement_is_refused(wrong: Mapping[str, Any]) -> None:
    """
    A requirement that contradicts itself does not load.
    """
    with pytest.raises(Invalid) as refused:
        package({"id": "a", "field": "a", **wrong})
    assert all(finding.path.startswith("$.requirements[a]") for finding in refused.value.findings)


def test_package_dumps_without_loss() -> None:
    """
    A package from text, data or Python loads from its own data, and its digest tells equal ones.
    """
    again = Package.load(PACKAGE.to_data(), declare())
    built = Requirements(id="q", requirements=(Requirement(id="a", field="a", help=Help(why="It matters")),))

    assert (PACKAGE.data, PACKAGE.digest) == (again.data, again.digest)
    assert built == Package.load(built).data
    assert PACKAGE.digest != Package.load(built).digest


def test_fall_names_the_rule_that_began_to_apply() -> None:
    """
    A score that falls because a rule began to apply says so.
    """
    rules = package({"id": "a", "field": "a"}, {"id": "b", "field": "b", "applies_when": 'tier == "gold"'})
    before = review(rules, {"a": 1, "tier": "basic"}, NOW)
    after = review(rules, {"a": 1, "tier": "gold"}, NOW)
    told = compare(before, after)

    assert (-0.5, ("b",), True) == (told.change, told.fell_because, told.began_to_apply)
    assert "The score fell (began to apply: b)." == str(told)


def test_naive_now_is_refused() -> None:
    """
    A review needs an instant.
    """
    with pytest.raises(Invalid):
        review(
            package({"id": "a", "field": "a", "effective_from": "2026-01-01T00:00:00Z"}),
            {},
            datetime(2026, 3, 1),
        )
