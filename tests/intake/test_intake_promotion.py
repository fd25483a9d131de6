"""Promises of promotion: only what needs it becomes a job, and nothing that was told is lost or retyped."""

from datetime import datetime
from typing import Any

import pytest

from jobkit.errors import Invalid, Refused
from jobkit.intake import mapped, promotion
from jobkit.model import (
    Attachment,
    Contact,
    Evidence,
    Job,
    Links,
    Part,
    State,
    Subject,
    Suggestion,
    Triage,
    Visit,
    Work,
    put_all,
)
from jobkit.privacy import Redacted
from tests.intake._world import NOW, rules

RULES = rules()
NAME = Redacted("Frieda Berg", salt="00" * 16)


def request(*needs: str, **parts: Any) -> Job:
    """Return a request of a customer, complete for a repair."""
    told: dict[str, Any] = {
        "subject": Subject(asset="press-7", customer="berg", contacts=(Contact(id="c1", name=NAME),)),
        "work": Work(symptom="LEAK.OIL"),
        "links": Links(number="T-3"),
        "fields": {"words": "It drips.", "mood": "angry", "size": {"a": [1]}},
        "evidence": Evidence(
            attachments=(Attachment(id="a1", purpose="photo", media_type="image/png", hash="0", ref="f"),)
        ),
        "triage": Triage(needs=needs),
    }
    states = {"work": State(name="triage", category="triage")}
    return Job(id="R-1", type="ticket", **{"states": states, **told, **parts})


@pytest.mark.parametrize("need", ["dispatch", "parts", "billable_labour"])
def test_request_with_a_need_becomes_a_job(need: str) -> None:
    """
    A request that takes dispatch, parts or billable labour, and is complete, may be promoted.
    """
    answer = promotion(RULES, request(need), "repair", now=NOW)

    assert answer.open
    assert "promoting request R-1 is open" == str(answer)


@pytest.mark.parametrize("needs", [(), ("advice",)])
def test_request_without_a_need_stays_one(needs: tuple[str, ...]) -> None:
    """
    What takes none of them stays a request, however complete it is.
    """
    answer = promotion(RULES, request(*needs), "repair", now=NOW)

    assert ["intake.no_need"] == [finding.code for finding in answer.findings]
    with pytest.raises(Refused, match="dispatch, parts, billable_labour"):
        answer.must()


def test_minimum_must_hold() -> None:
    """
    A request that lacks what the job's type needs is not promoted, and says what is missing.
    """
    answer = promotion(RULES, request("dispatch", subject=Subject()), "repair", now=NOW)

    assert ["$.subject.asset"] == [finding.path for finding in answer.findings if finding.blocks]


def test_package_of_the_job_counts() -> None:
    """
    What is asked is what the type to be needs, not the request's own.
    """
    answer = promotion(RULES, request("dispatch"), "warranty", now=NOW)

    assert ["$.subject.serial"] == [finding.path for finding in answer.findings if finding.blocks]


def test_need_may_be_a_condition() -> None:
    """
    Rules may say by a condition when a request takes a job.
    """
    told = rules(promotion={"when": 'job.work.symptom == "LEAK.OIL"'})

    assert promotion(told, request(), "repair", now=NOW).open
    assert not promotion(told, request(work=Work(symptom="NOISE")), "repair", now=NOW).open


def test_ended_request_is_not_promoted() -> None:
    """
    A request that has ended is over.
    """
    over = State(name="answered", category="closed", end="closed")
    answer = promotion(RULES, request("parts", states={"work": over}), "repair", now=NOW)

    assert ["intake.request_ended"] == [finding.code for finding in answer.findings]


def test_fields_go_where_the_rules_say() -> None:
    """
    Mapped fields go to their places, all others to the same ones, and kept ones stay.
    """
    told = mapped(RULES, request())

    assert {"symptom": "LEAK.OIL", "description": "It drips."} == told.data["work"]
    assert {"size": {"a": (1,)}} == {"size": {"a": tuple(told.data["fields"]["size"]["a"])}}
    assert "$.fields[words]" == told.origins["$.work.description"]
    assert {"$.fields[mood]", "$.links.number"} == set(told.kept)


def test_personal_values_go_hidden_and_are_named() -> None:
    """
    Personal values go over as hidden as they were, and their places are told.
    """
    told = mapped(RULES, request())

    assert ("$.subject.contacts[c1].name",) == told.private
    assert "Frieda" not in repr(told)


def test_place_that_is_taken_keeps_the_other() -> None:
    """
    Where the rules put another field in a place, what stood there stays on the request and is told.
    """
    told = mapped(RULES, request(work=Work(description="My own words.")))

    assert "It drips." == told.data["work"]["description"]
    assert "$.work.description" in told.kept


def test_items_go_over_whole() -> None:
    """
    Parts and attachments keep their ids and fields.
    """
    part = Part(id="p1", number="4711", source="recall")
    told = mapped(RULES, request(parts=(part,), visits=(Visit(id="v1"),)))
    job = put_all(
        request(parts=(), evidence=Evidence()),
        [(f"$.{name}", told.data[name]) for name in ("parts", "evidence")],
    )

    assert ((part,), request().evidence) == (job.parts, job.evidence)
    assert "$.visits[v1].id" in told.kept


def test_suggestions_of_the_request_count() -> None:
    """
    What is only suggested on the request counts as missing for the job as well.
    """
    guess = Suggestion(id="s1", path="$.work.symptom", value="NOISE", source="model", at=NOW)
    answer = promotion(
        RULES, request(work=Work(), triage=Triage(needs=("parts",), suggestions=(guess,))), "repair", now=NOW
    )

    assert any("Confirm the suggestion s1" in finding.unblock for finding in answer.findings)


def test_naive_promotion_is_refused() -> None:
    """
    Whether a request may be promoted depends on the instant.
    """
    with pytest.raises(Invalid, match="time zone"):
        promotion(RULES, request("parts"), "repair", now=datetime(2026, 3, 10))
