"""Promises of deferral on the desk: by rule, recorded, told to the customer, and never in silence."""

from datetime import datetime, timedelta
from typing import Any, Literal

import attrs
import pytest

from jobkit.desk import Desk, PutOff, Store
from jobkit.documents import unstructure
from jobkit.errors import NotFound, Refused
from jobkit.history import FieldChange
from jobkit.model import Window
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole, seated
from tests.desk.dispatch import (
    CAPACITY,
    NOW,
    ORDER,
    PAUL,
    TOMORROW,
    WINDOW,
    admitted,
    on_board,
    opened,
    said,
    service,
    sure,
)
from tests.desk.test_devices import sent, told

LATER = NOW + timedelta(days=9)


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small regional service."""
    return seated(service(), store, awaited=awaited)


@pytest.fixture
def plain() -> Desk:
    """Return a desk of the service in memory."""
    return Desk(service(), MemoryStore())


def put_off(desk: Desk, id: str = "PM-1", **more: Any) -> Any:
    """Put a job off by the published rule."""
    how: dict[str, Any] = {"rule": "storm", "until": LATER, "reason": "storm", "by": PAUL, "at": NOW}
    return desk.defer(id, **{**how, **more})


def test_deferral_is_recorded_with_rule_and_word(desk: Desk) -> None:
    """
    A deferral says by which rule, until when, why, by whom and where the customer was told; the slot is free.
    """
    admitted(desk, "PM-1", "preventive")
    word = said(desk, "PM-1")

    job = put_off(desk, told=word).job

    (given,) = job.terms.deferrals
    assert ("storm", "storm", LATER, "paul", NOW, word) == (
        given.rule,
        given.reason,
        given.until,
        given.by,
        given.at,
        given.told,
    )
    assert [] == on_board(desk)
    assert ("deferred", "storm") == (
        desk.history("PM-1").events[-1].kind,
        desk.history("PM-1").events[-1].name,
    )
    assert is_whole(desk, "PM-1")


@pytest.mark.parametrize(("audience", "channel"), [(None, "phone"), ("crew", "phone"), ("customer", None)])
def test_only_word_to_the_customer_counts(plain: Desk, audience: str | None, channel: str | None) -> None:
    """
    A note for nobody, for the crew, or without its channel is no communication to the customer.
    """
    admitted(plain, "PM-1", "preventive")
    told = said(plain, "PM-1", audience, channel)

    with pytest.raises(Refused) as refused:
        put_off(plain, told=told)

    assert "priority.not_told" == refused.value.code
    assert ["PM-1"] == on_board(plain)


def test_invented_word_and_word_of_another_job_do_not_count(plain: Desk) -> None:
    """
    The communication must stand in the job's own history.
    """
    admitted(plain, "PM-1", "preventive")
    opened(plain, "J-2")

    for word in ("nothing", said(plain, "J-2")):
        with pytest.raises(Refused) as refused:
            put_off(plain, told=word)
        assert "priority.not_told" == refused.value.code


def test_word_serves_one_deferral(plain: Desk) -> None:
    """
    The second deferral needs a communication of its own, and the third is one too many.
    """
    opened(plain, "PM-1", "preventive")
    first = said(plain, "PM-1")
    put_off(plain, told=first)

    with pytest.raises(Refused) as again:
        put_off(plain, told=first)
    put_off(plain, told=said(plain, "PM-1"))
    with pytest.raises(Refused) as third:
        put_off(plain, told=said(plain, "PM-1"))

    assert "priority.not_told" == again.value.code
    assert "priority.deferred_too_often" == third.value.code


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("repair", {}, "priority.deferral_band"),
        ("preventive", {"until": NOW}, "priority.deferred_to_past"),
        ("preventive", {"until": NOW + timedelta(days=60)}, "priority.deferred_too_long"),
        ("preventive", {"rule": "mood"}, "priority.no_deferral_rule"),
        ("preventive", {"reason": " "}, "desk.blank"),
    ],
)
def test_what_no_rule_covers_is_refused(plain: Desk, kind: str, more: dict[str, Any], code: str) -> None:
    """
    Another band, another time, an unknown rule and no reason are refused.
    """
    opened(plain, "PM-1", kind)
    told = said(plain, "PM-1")

    with pytest.raises(Refused) as refused:
        put_off(plain, **{"told": told, **more})

    assert code == refused.value.code


def amended(deferral: dict[str, Any]) -> dict[str, Any]:
    """Return the values that would put a deferral onto a job by hand."""
    given = {"id": "d1", "reason": "storm", "until": LATER.isoformat(), "by": "paul", "at": NOW.isoformat()}
    return {"terms.deferrals[d1]": {**given, **deferral}}


@pytest.mark.parametrize(
    ("deferral", "code"),
    [
        ({"told": "by phone"}, "desk.deferral_without_rule"),
        ({"told": "by phone", "rule": "storm"}, "priority.not_told"),
        ({"rule": "mood"}, "priority.no_deferral_rule"),
    ],
)
def test_amending_does_not_get_round_the_rule(plain: Desk, deferral: dict[str, Any], code: str) -> None:
    """
    A deferral that is written onto the job by hand is asked the same.
    """
    opened(plain, "PM-1", "preventive")

    with pytest.raises(Refused) as refused:
        plain.amend("PM-1", amended(deferral), by=PAUL, at=NOW)

    assert code == refused.value.code
    assert "$.terms.deferrals[d1]" == refused.value.path


def test_catalog_without_deferral_rules_leaves_deferrals_alone() -> None:
    """
    Where nothing is published, deferrals are recorded as the host writes them.
    """
    desk = Desk(service(capacity={**CAPACITY, "deferrals": []}), MemoryStore())
    opened(desk, "PM-1", "preventive")

    job = desk.amend("PM-1", amended({"told": "by phone"}), by=PAUL, at=NOW).job

    assert "by phone" == job.terms.deferrals[0].told


def test_planned_work_is_not_withdrawn_by_hand(plain: Desk) -> None:
    """
    Work that only a rule may put off does not leave its board in silence.
    """
    admitted(plain, "PM-1", "preventive")

    with pytest.raises(Refused) as refused:
        plain.withdraw("PM-1", reason="emergency", by=PAUL, at=NOW)

    assert "desk.withdraw_by_rule" == refused.value.code
    assert ["PM-1"] == on_board(plain)


LATE_WINDOW = Window(TOMORROW.start + timedelta(days=7), TOMORROW.end + timedelta(days=7))


def test_planned_work_is_not_rescheduled_in_silence(desk: Desk) -> None:
    """
    Moving it to a later time, or to none, needs the deferral first; moving it forward does not.
    """
    admitted(desk, "PM-1", "preventive")
    earlier = Window(WINDOW.start - timedelta(days=1), WINDOW.end - timedelta(days=1))
    later: dict[str, Any] = {"by": PAUL, "at": NOW, "data": {"new_window": LATE_WINDOW}}

    answer = desk.ask("PM-1", "reschedule", **later)
    with pytest.raises(Refused) as moved:
        desk.fire("PM-1", "reschedule", **later)
    with pytest.raises(Refused) as unplanned:
        desk.fire("PM-1", "unplan", by=PAUL, at=NOW)
    put_off(desk, told=said(desk, "PM-1"))
    job = desk.fire("PM-1", "reschedule", **later).job

    assert ("desk.put_off_in_silence", "desk.put_off_in_silence") == (moved.value.code, unplanned.value.code)
    assert moved.value.findings == answer.findings
    assert LATE_WINDOW == job.visits[0].planned
    admitted(desk, "PM-2", "preventive")
    desk.fire("PM-2", "reschedule", by=PAUL, at=NOW, data={"new_window": earlier})


def test_device_does_not_put_off_in_silence(plain: Desk) -> None:
    """
    A device's word that planned work goes later is kept as refused, and the visit stays on its board.
    """
    job = admitted(plain, "PM-1", "preventive")
    planned = FieldChange("$.visits[v1].planned", unstructure(WINDOW), None)
    confirmed = FieldChange("$.visits[v1].confirmed", unstructure(WINDOW), None)
    word = told(job, "moved", name="unplan", by=PAUL, at=NOW, changes=(planned, confirmed))

    received = sent(plain, job, word, at=NOW)

    assert ["desk.put_off_in_silence"] == [
        finding.code for each in received.rejected for finding in each.findings
    ]
    assert ["PM-1"] == on_board(plain)


def crowded(desk: Desk) -> None:
    """Fill the day so that an emergency finds no slot: two planned, one repair, one emergency."""
    for id in ("PM-1", "PM-2"):
        admitted(desk, id, "preventive")
    admitted(desk, "J-1")
    admitted(desk, "E-1", "breakdown")
    sure(desk, "E-2", "breakdown")


def test_emergency_displaces_by_rule_in_one_commit(desk: Desk) -> None:
    """
    The desk names what would go; with word to its customer it goes and the emergency takes its slot, at once.
    """
    crowded(desk)
    found = desk.displaceable("E-2", rule="storm", now=NOW)
    (going,) = found.subject.bookings
    told = PutOff(job=going.job, until=LATER, told=said(desk, going.job))

    answer = desk.admission("E-2", by=PAUL, at=NOW, rule="storm", displacing=[told])
    done = desk.admit("E-2", by=PAUL, at=NOW, rule="storm", displacing=[told])

    assert answer.open
    assert ["E-2", going.job] == [job.id for job in done.jobs]
    assert "displaced by job E-2" == done.jobs[1].terms.deferrals[0].reason
    assert {"PM-1", "PM-2", "J-1", "E-1", "E-2"} - {going.job} == set(on_board(desk))
    assert [going.job] == list(done.events[0].data["displaces"])


def test_emergency_does_not_displace_in_silence(desk: Desk) -> None:
    """
    Without word to the customer, or without a rule, the emergency is refused and everything stays.
    """
    crowded(desk)
    untold = PutOff(job="PM-1", until=LATER, told="nothing")

    with pytest.raises(Refused) as silent:
        desk.admit("E-2", by=PAUL, at=NOW, rule="storm", displacing=[untold])
    with pytest.raises(Refused) as lawless:
        desk.admit("E-2", by=PAUL, at=NOW, displacing=[attrs.evolve(untold, told=said(desk, "PM-1"))])

    assert "priority.not_told" in [finding.code for finding in silent.value.findings]
    assert "desk.deferral_without_rule" in [finding.code for finding in lawless.value.findings]
    assert {"PM-1", "PM-2", "J-1", "E-1"} == set(on_board(desk))


def test_repair_does_not_displace(plain: Desk) -> None:
    """
    A band that the rule does not favour gets nothing of what it would displace.
    """
    admitted(plain, "PM-1", "preventive")
    admitted(plain, "J-1")
    admitted(plain, "J-2")
    sure(plain, "J-3")
    told = PutOff(job="PM-1", until=LATER, told=said(plain, "PM-1"))

    answer = plain.displaceable("J-3", rule="storm", now=NOW)
    with pytest.raises(Refused) as refused:
        plain.admit("J-3", by=PAUL, at=NOW, rule="storm", displacing=[told])

    assert ["priority.not_favoured"] == [finding.code for finding in answer.findings]
    assert {"priority.reserved"} == {finding.code for finding in refused.value.findings}


def test_age_of_deferred_work_can_be_ranked(plain: Desk) -> None:
    """
    What was put off waits since the first time, which the rules of priority may count.
    """
    age = {"id": "age", "age": {"since": "deferral.since", "per": "1d", "cap": 10}}
    desk = Desk(service(priority={**ORDER, "terms": [age]}), MemoryStore())
    for id in ("PM-1", "PM-2"):
        opened(desk, id, "preventive")
    put_off(desk, "PM-2", told=said(desk, "PM-2"))

    def first(now: datetime) -> str:
        return desk.rank("everybody", now=now).places[0].id

    assert ["PM-1", "PM-2"] == [first(NOW), first(NOW + timedelta(days=1))]


def test_desk_without_capacity_defers_nothing() -> None:
    """
    Without published rules there is no verb that puts work off.
    """
    desk = Desk(service(capacity=None), MemoryStore())
    opened(desk, "PM-1", "preventive")

    with pytest.raises(NotFound) as error:
        put_off(desk, told="x")

    assert "desk.no_capacity" == error.value.code


@pytest.mark.parametrize("taken", ["all", "one"])
def test_no_deferral_is_forgotten(plain: Desk, taken: str) -> None:
    """
    A recorded deferral cannot be taken out of the job, which would let it be put off once more.
    """
    admitted(plain, "PM-1", "preventive")
    (given,) = put_off(plain, told=said(plain, "PM-1")).job.terms.deferrals
    values: dict[str, Any] = {"all": {"terms.deferrals": []}, "one": {f"terms.deferrals[{given.id}]": None}}

    with pytest.raises(Refused) as refused:
        plain.amend("PM-1", values[taken], by=PAUL, at=NOW)

    assert "desk.deferral_forgotten" == refused.value.code
    assert (given,) == plain.job("PM-1").terms.deferrals


@pytest.mark.parametrize("outcome", ["aborted", "no_access"])
def test_no_visit_fails_before_its_day(plain: Desk, outcome: Literal["aborted", "no_access"]) -> None:
    """
    Planned work whose visit is said to have failed days ahead was put off; on its day it may fail.
    """
    admitted(plain, "PM-1", "preventive")
    with pytest.raises(Refused) as refused:
        plain.record_visit("PM-1", "v1", outcome=outcome, by=PAUL, at=NOW)
    standing = on_board(plain)
    plain.record_visit("PM-1", "v1", outcome=outcome, by=PAUL, at=WINDOW.start - timedelta(minutes=10))

    assert "desk.put_off_in_silence" == refused.value.code
    assert (["PM-1"], []) == (standing, on_board(plain))
