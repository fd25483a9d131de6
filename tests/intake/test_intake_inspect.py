"""Promises of an inspection: what is missing, what is only suggested, what look-ups know, what governs."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from jobkit.conditions import UNKNOWN
from jobkit.errors import Invalid, NotFound, Unavailable
from jobkit.findings import Template
from jobkit.intake import LookedUp, inspect
from jobkit.model import Attachment, Evidence, Job, Part, Subject, Suggestion, Terms, Triage, Work
from jobkit.requirements import Waiver
from tests.intake._world import NOW, PERSON, job, rules

GONE = Template("test.gone", "Nothing is there.", "Look elsewhere.")
PHOTO = Attachment(id="a1", purpose="photo", media_type="image/jpeg", hash="00", ref="f/1")
COMPLETE = job(
    subject=Subject(asset="press-7", customer="berg", serial="KX-2041"),
    work=Work(symptom="LEAK.OIL"),
    evidence=Evidence(attachments=(PHOTO,)),
)


def codes(told: Any) -> dict[str, str]:
    """Return the codes of findings by their places."""
    return {finding.path: finding.code for finding in told.findings}


def test_complete_job_is_open() -> None:
    """
    A job that has all that its package asks is open, with a score of one.
    """
    told = inspect(rules(), COMPLETE, now=NOW)

    assert (True, 1.0, ()) == (told.open, told.score, told.findings)


def test_what_is_missing_comes_at_once() -> None:
    """
    Everything that is missing is told together, with who records it and why it matters.
    """
    told = inspect(rules(), job(), now=NOW)
    asset, symptom, photo = told.findings

    assert ("$.subject.asset", "dealer", "asset@1") == (asset.path, asset.who, asset.source)
    assert symptom.unblock.startswith("Record work.symptom (The crew loads parts by it.")
    assert ("$.evidence.attachments", "warn") == (photo.path, photo.severity)
    assert (False, 0.0) == (told.open, told.score)


def test_score_is_the_weighted_share() -> None:
    """
    The score weighs each requirement, and what an account relaxes counts no more.
    """
    plain = inspect(rules(), job(subject=Subject(asset="press-7")), now=NOW)
    theirs = inspect(rules(), job(subject=Subject(asset="press-7", customer="acme")), now=NOW)

    assert (3 / 5, 3 / 9) == (plain.score, theirs.score)


def test_conditional_requirement_waits_for_its_condition() -> None:
    """
    The serial number is asked of warranty work only, and then in its form.
    """
    wrong = job("warranty", subject=Subject(serial="2041"))
    (serial,) = (each for each in inspect(rules(), wrong, now=NOW).findings if "serial" in each.path)

    assert "Write it like KX-2041." == serial.unblock
    assert "$.subject.serial" not in codes(inspect(rules(), job(subject=Subject(serial="2041")), now=NOW))


@pytest.mark.parametrize(
    ("symptom", "at", "code"),
    [
        ("LEAK", NOW, "codes.too_coarse"),
        ("LEEK.OIL", NOW, "codes.unknown"),
        ("LEAK.OIL", NOW, None),
        ("LEAK.OIL", datetime(2026, 6, 1, tzinfo=UTC), "codes.retired"),
        ("LEAK.LUBE", datetime(2026, 6, 1, tzinfo=UTC), None),
        ("LEAK.LUBE", NOW, "codes.unknown"),
    ],
)
def test_codes_are_those_in_force(symptom: str, at: datetime, code: str | None) -> None:
    """
    A code counts when the list in force at that instant has it, as a leaf and not retired.
    """
    told = inspect(rules(), job(work=Work(symptom=symptom)), now=at)

    assert code == codes(told).get("$.work.symptom")


def test_what_governs_is_told() -> None:
    """
    An inspection names the package, its version and hash, and whose word relaxed what.
    """
    told = inspect(rules(), job(subject=Subject(customer="acme")), now=NOW)
    assert told.governing is not None
    relaxed = [finding for finding in told.findings if finding.code == "intake.relaxed"]

    assert ("repairs", "7", ("acme@1",)) == (
        told.governing.id,
        told.governing.version,
        told.governing.accounts,
    )
    assert 64 == len(told.governing.hash)
    assert ["by the word of head of service: They send films"] == [
        finding.message.split(", ")[1].rstrip(".") for finding in relaxed
    ]


def test_account_may_be_given() -> None:
    """
    The account is the job's customer unless the host names another.
    """
    assert "acme" == inspect(rules(), job(), now=NOW, account="acme").account
    assert None is inspect(rules(), job(), now=NOW).account


def test_type_without_a_package_is_told() -> None:
    """
    A job whose type has no package is open and says so, or shut where the rules want that.
    """
    told = inspect(rules(), job("cleaning"), now=NOW)
    shut = inspect(rules(uncovered="block"), job("cleaning"), now=NOW)

    assert ({"$.type": "intake.uncovered"}, True, False) == (codes(told), told.open, shut.open)
    assert None is told.governing


def test_waiver_lets_a_requirement_pass() -> None:
    """
    A waiver by a role that may give it counts, as in every review of requirements.
    """
    requirement = {"id": "asset", "field": "job.subject.asset", "waivers": ["supervisor"]}
    told = rules(packages=[{"id": "p", "types": ["repair"], "requirements": [requirement]}], accounts=[])
    waiver = Waiver(
        id="w", requirement="asset", by="hannah", role="supervisor", reason="New machine.", at=NOW
    )

    assert inspect(told, job(), now=NOW, waivers=[waiver]).open
    assert not inspect(told, job(), now=NOW).open


# Look-ups


def test_lookup_shows_history_and_recalls() -> None:
    """
    What the look-up knows of the asset is shown, and what it suggests is offered with its source.
    """
    told = inspect(rules(), COMPLETE, now=NOW)
    (tier,) = told.suggestions

    assert {"Earlier jobs": ("J-1: a leak",)} == {
        each.label: each.value for each in told.shown if each.name == "history"
    }
    assert "R-12" == next(each.value for each in told.shown if each.name == "recalls")[0]["number"]
    assert ("$.terms.tier", "gold", "installed base") == (tier.path, tier.value, tier.source)


def test_known_field_is_not_offered_again() -> None:
    """
    A field that was told, or for which the offer stands already, is not suggested again.
    """
    suggestion = inspect(rules(), COMPLETE, now=NOW).suggestions[0]
    told = job(subject=COMPLETE.subject, terms=Terms(tier="basic"))
    waiting = job(subject=COMPLETE.subject, triage=Triage(suggestions=(suggestion,)))

    assert () == inspect(rules(), told, now=NOW).suggestions
    assert () == inspect(rules(), waiting, now=NOW).suggestions


@pytest.mark.parametrize(("customer", "status"), [("berg", "passed"), ("stein", "refused"), (None, None)])
def test_lookup_proposes_a_verdict(customer: str | None, status: str | None) -> None:
    """
    An answer leads to a verdict by the conditions of the look-up, and to none where they are unknown.
    """
    told = inspect(rules(), job(subject=Subject(asset="press-7", customer=customer)), now=NOW)

    assert ([] if status is None else [("ownership", status, "asset")]) == [
        (each.topic, each.status, each.source) for each in told.verdicts
    ]


def test_lookup_waits_for_what_it_needs() -> None:
    """
    A look-up is not asked before the fields that it needs are known.
    """
    told = inspect(rules(lambda job, now: 1 / 0), job(), now=NOW)

    assert ["unasked"] == [each.status for each in told.lookups]
    assert not [finding for finding in told.findings if "lookup" in finding.code]


def raising(error: Exception) -> Any:
    """Return a look-up that raises."""

    def look_up(job: Job, now: datetime) -> Any:
        raise error

    return look_up


@pytest.mark.parametrize(
    ("look_up", "status", "code"),
    [
        (raising(Unavailable.of(GONE)), "unavailable", "intake.lookup_unavailable"),
        (raising(ConnectionError("down")), "unavailable", "intake.lookup_unavailable"),
        (raising(TimeoutError()), "unavailable", "intake.lookup_unavailable"),
        (lambda job, now: UNKNOWN, "unavailable", "intake.lookup_unavailable"),
        (raising(KeyError("secret")), "failed", "intake.lookup_failed"),
        (raising(RecursionError()), "failed", "intake.lookup_failed"),
        (raising(MemoryError()), "failed", "intake.lookup_failed"),
        (raising(NotFound.of(GONE)), "nothing", None),
        (lambda job, now: None, "nothing", None),
        (lambda job, now: [1], "malformed", "intake.lookup_malformed"),
        (lambda job, now: {"owner": 7}, "malformed", "intake.lookup_malformed"),
        (lambda job, now: {"history": "a leak"}, "malformed", "intake.lookup_malformed"),
        (lambda job, now: {"history": [1]}, "malformed", "intake.lookup_malformed"),
        (lambda job, now: {"recalls": 3}, "malformed", "intake.lookup_malformed"),
        (lambda job, now: {"recalls": ["R-1"]}, "malformed", "intake.lookup_malformed"),
        (lambda job, now: {"recalls": [{"due": "soon"}]}, "malformed", "intake.lookup_malformed"),
        (lambda job, now: {"owner": "x" * 2_000_000}, "malformed", "intake.lookup_malformed"),
        (lambda job, now: {"recalls": [{}] * 30_000}, "malformed", "intake.lookup_malformed"),
        (lambda job, now: {}, "answered", None),
        (lambda job, now: {"owner": None, "recalls": []}, "answered", None),
    ],
)
def test_lookup_never_loses_the_request(look_up: Any, status: str, code: str | None) -> None:
    """
    Whatever a look-up raises or answers becomes a finding that names it and says how to go on.
    """
    told = inspect(rules(look_up), COMPLETE, now=NOW)
    found = [finding for finding in told.findings if finding.code.startswith("intake.lookup")]

    assert [status] == [each.status for each in told.lookups]
    assert (set() if code is None else {(code, "$.lookup.asset", "triage")}) == {
        (finding.code, finding.path, finding.who) for finding in found
    }
    assert all("installed base" in finding.message and "secret" not in finding.message for finding in found)
    assert (code is None) == told.open


def test_answer_that_contains_itself_is_malformed() -> None:
    """
    An answer without an end is refused in bounded time.
    """
    endless: dict[str, Any] = {"owner": "berg"}
    endless["recalls"] = [endless]

    assert "malformed" == inspect(rules(lambda job, now: endless), COMPLETE, now=NOW).lookups[0].status


def test_unavailable_lookup_leaves_the_verdict_waiting() -> None:
    """
    What could not be asked proposes the verdict unavailable, so that the job waits in triage.
    """
    told = inspect(rules(raising(TimeoutError())), COMPLETE, now=NOW)

    assert [("ownership", "unavailable")] == [(each.topic, each.status) for each in told.verdicts]


def test_undeclared_answer_is_named() -> None:
    """
    What a look-up answers beyond its declaration is left out and told.
    """
    told = inspect(rules(lambda job, now: {"owner": "berg", "colour": "red"}), COMPLETE, now=NOW)

    assert "colour" not in told.lookups[0].facts
    assert ["intake.lookup_undeclared"] == [finding.code for finding in told.findings]
    assert told.open


def test_answers_may_be_brought_along() -> None:
    """
    A host that has asked already hands the answers in, and nothing is asked again.
    """
    known = LookedUp(id="asset", status="answered", facts={"found": True, "owner": "berg"})
    told = inspect(rules(lambda job, now: 1 / 0), COMPLETE, now=NOW, looked_up=[known])

    assert ("ownership", "passed") == (told.verdicts[0].topic, told.verdicts[0].status)


def test_requirement_asks_a_lookup() -> None:
    """
    The kind lookup tells apart: not asked yet, not answered, nothing known there, and answered no.
    """
    asked = {
        "id": "owner", "kind": "lookup", "options": {"lookup": "asset"}, "label": "the owner",
        "condition": 'lookup.asset.owner == "berg"',
    }  # fmt: skip
    packages = [{"id": "p", "types": ["repair"], "requirements": [asked]}]

    def code(look_up: Any, subject: Subject) -> list[str]:
        told = inspect(rules(look_up, packages=packages, accounts=[]), job(subject=subject), now=NOW)
        return [finding.code for finding in told.review.findings]

    asset = Subject(asset="press-7")
    assert ["intake.not_asked"] == code(lambda job, now: None, Subject())
    assert ["intake.not_answered"] == code(raising(TimeoutError()), asset)
    assert ["intake.not_known_there"] == code(lambda job, now: None, asset)
    assert ["intake.answered_no"] == code(lambda job, now: {"owner": "stein"}, asset)
    assert [] == code(lambda job, now: {"owner": "berg"}, asset)


def test_later_lookup_sees_the_earlier() -> None:
    """
    A look-up may need what one before it answered.
    """
    table = rules().to_data()["lookups"]
    contract = {
        "id": "contract",
        "call": "acme.asset",
        "needs": ["lookup.asset.owner"],
        "facts": {"owner": "text"},
    }
    told = rules(lookups=[*table, contract])
    answers = inspect(told, COMPLETE, now=NOW).lookups
    without = inspect(told, job(subject=Subject(asset="other")), now=NOW).lookups

    assert ["answered", "answered"] == [each.status for each in answers]
    assert ["nothing", "unasked"] == [each.status for each in without]


# Suggestions

SUGGESTED = Suggestion(
    id="s1",
    path="$.work.symptom",
    value="LEAK.OIL",
    source="symptom model",
    confidence=Decimal("0.82"),
    at=NOW,
)


def test_suggested_code_counts_as_missing() -> None:
    """
    A suggested symptom is missing until a person confirms it, and the finding names it as the way out.
    """
    told = inspect(rules(), job(triage=Triage(suggestions=(SUGGESTED,))), now=NOW)
    (finding,) = (each for each in told.findings if each.path == "$.work.symptom")

    assert (
        "Confirm the suggestion s1 (LEAK.OIL, 0.82 from symptom model) or record work.symptom."
        == finding.unblock
    )
    assert "symptom" in told.review.unmet


def test_presumed_part_counts_as_missing() -> None:
    """
    A part that only a parts list presumes is not there until a person confirms it.
    """
    asked = {"id": "parts", "condition": "count(job.parts) >= 1"}
    told = rules(packages=[{"id": "p", "types": ["repair"], "requirements": [asked]}], accounts=[])
    presumed = Part(id="p1", number="4711", source="parts list", confidence=Decimal("0.6"))
    confirmed = Part(id="p1", number="4711", source="parts list", confirmed_by="petra")
    (finding,) = inspect(told, job(parts=(presumed,)), now=NOW).findings

    assert finding.unblock.startswith("Confirm the part p1 (4711, 0.6 from parts list)")
    assert inspect(told, job(parts=(confirmed,)), now=NOW).open
    assert inspect(told, job(parts=(Part(id="p2", number="4712"),)), now=NOW).open


def test_open_suggestion_is_told_once() -> None:
    """
    A suggestion that no requirement waits for is still told, without blocking.
    """
    tier = Suggestion(id="s2", path="$.terms.tier", value="gold", source="contract", at=NOW)
    told = inspect(rules(), job(triage=Triage(suggestions=(SUGGESTED, tier))), now=NOW)

    assert [("$.triage.suggestions[s2]", "info")] == [
        (each.path, each.severity) for each in told.findings if each.code == "intake.open_suggestion"
    ]


def test_private_suggestion_stays_hidden() -> None:
    """
    A suggested value for a personal field is not told in findings.
    """
    phone = Suggestion(id="s3", path="$.work.access_notes", value="key 4711", source="model", at=NOW)
    told = inspect(rules(), job(triage=Triage(suggestions=(phone,))), now=NOW)

    assert "4711" not in "".join(finding.message + finding.unblock for finding in told.findings)


# Bad input


def test_a_million_characters_are_taken() -> None:
    """
    A description of a million characters is inspected like any other, and findings stay short.
    """
    told = inspect(rules(), job(work=Work(description="x" * 1_000_000, symptom="y" * 1_000_000)), now=NOW)

    assert "codes.unknown" == codes(told)["$.work.symptom"]
    assert all(len(finding.message) + len(finding.unblock) < 2_000 for finding in told.findings)


def test_empty_request_is_inspected() -> None:
    """
    A job of which nothing is known has findings and no error.
    """
    assert not inspect(rules(), job(), now=NOW).open


def test_naive_now_is_refused() -> None:
    """
    An inspection needs an instant with a time zone.
    """
    with pytest.raises(Invalid, match="time zone"):
        inspect(rules(), job(), now=datetime(2026, 3, 10))


def test_who_asks_and_what_the_host_knows_count() -> None:
    """
    Conditions may ask who looks and what the host hands in.
    """
    asked = {"id": "storm", "condition": 'actor.role == "triage" and host.storm == false'}
    told = rules(
        facts={"host.storm": "bool"},
        packages=[{"id": "p", "types": ["repair"], "requirements": [asked]}],
        accounts=[],
    )

    assert inspect(told, job(), now=NOW, by=PERSON, facts={"host": {"storm": False}}).open
    assert not inspect(told, job(), now=NOW, facts={"host": {"storm": False}}).open
    assert "not open" in str(inspect(told, job(), now=NOW).answer("approve"))
