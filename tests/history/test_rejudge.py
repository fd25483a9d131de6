"""Rejudging: recorded decisions are asked again, and the answer says whether they still hold."""

from collections.abc import Iterable

import pytest

from jobkit.errors import NotFound, RuleFailed
from jobkit.findings import Finding, Template
from jobkit.history import ERASED, REJECTED, Event, EventSet, erase, fold, head, merge, rejudge, seal
from jobkit.model import Job
from jobkit.privacy import Redacted
from tests.history.building import event, minute, moved, opened, secret, sets, state

UNREACHABLE = Template("tests.unreachable", "Nobody can be called.", "Record a phone number.")
GONE = Template("tests.rule_gone", "The rule is not in the archive.", "Restore the archive.")
PHONE = secret()
TO_TRIAGE = moved("e3", 20, state("draft", 0), state("triage", 20), rules={"lifecycle": "ab" * 32})


def reachable(job: Job, event: Event) -> Iterable[Finding]:
    """
    A judge who lets a job move only if somebody can be called.
    """
    if not any(isinstance(contact.phone, Redacted) for contact in job.subject.contacts):
        yield Finding.of(UNREACHABLE, path="$.subject.contacts")


def history() -> tuple[Event, ...]:
    """
    A contact was recorded, and then the job moved.
    """
    contact = sets("$.subject.contacts[c1]", None, {"id": "c1", "phone": PHONE})
    return seal((opened(), event("e2", 10, **contact), TO_TRIAGE, event("e4", 30, "noted")))


def test_a_decision_that_holds_is_the_same() -> None:
    """
    The judge sees the job as it stood, and only decisions are asked.
    """
    (asked,) = rejudge(history(), reachable)

    assert ("e3", "same", ()) == (asked.event.id, asked.verdict, asked.findings)


def test_a_decision_that_no_longer_holds_is_different() -> None:
    """
    Under a judge who would have refused, the verdict is different and carries today's findings.
    """
    (asked,) = rejudge(seal((opened(), TO_TRIAGE)), reachable)

    assert ("different", ["tests.unreachable"]) == (
        asked.verdict,
        [finding.code for finding in asked.findings],
    )


def test_a_decision_on_an_erased_value_is_not_replayable() -> None:
    """
    What was decided on a value that is gone cannot be asked again, and says so.
    """
    (asked,) = rejudge(erase(history(), [PHONE.digest]), reachable)

    assert ("not_replayable", ERASED) == (asked.verdict, asked.because)


def test_a_decision_that_holds_without_the_erased_value_is_the_same() -> None:
    """
    An erasure elsewhere does not touch a decision that comes out as it did.
    """
    (asked,) = rejudge(erase(history(), [PHONE.digest]), lambda job, event: ())

    assert "same" == asked.verdict


def test_a_decision_whose_rules_are_gone_is_not_replayable() -> None:
    """
    A judge who cannot find the rules of that day says so, and the verdict carries the code.
    """

    def forgetful(job: Job, event: Event) -> Iterable[Finding]:
        raise NotFound.of(GONE)

    (asked,) = rejudge(history(), forgetful)

    assert ("not_replayable", "tests.rule_gone") == (asked.verdict, asked.because)


def test_a_rejection_is_asked_again_with_what_was_offered() -> None:
    """
    A rejected event is judged as its device offered it: refused again is the same, open now is different.
    """
    base = seal((opened(),))
    end = head(base)
    assert end is not None
    offer = EventSet(origin="van-7", events=(TO_TRIAGE,))
    outcome = merge(end, fold(base), (offer,), reachable, recorded_at=minute(60))
    events = (*base, *seal(outcome.events, end))
    assert REJECTED == events[1].kind

    assert ["same"] == [asked.verdict for asked in rejudge(events, reachable)]
    assert ["different"] == [asked.verdict for asked in rejudge(events, lambda job, event: ())]


def test_the_host_may_say_what_a_decision_is() -> None:
    """
    With a rule of one's own, other events are asked too.
    """
    asked = rejudge(history(), lambda job, event: (), decides=lambda event: event.kind == "noted")

    assert ["e4"] == [each.event.id for each in asked]


def test_a_judge_that_raises_is_named() -> None:
    """
    What a judge raises by mistake comes back under our code, with its name.
    """

    def broken(job: Job, event: Event) -> Iterable[Finding]:
        raise ZeroDivisionError

    with pytest.raises(RuleFailed, match="broken raised ZeroDivisionError"):
        rejudge(history(), broken)
