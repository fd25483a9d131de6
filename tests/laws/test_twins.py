"""Laws of twins and alarms on the desk, over random days of reports, corrections, decisions and merges."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.catalog import Catalog
from jobkit.desk import Desk
from jobkit.duplicates import MatchRules, compare
from jobkit.errors import Conflict, Refused
from jobkit.history import fold, verify
from jobkit.model import Job
from jobkit.stores import MemoryStore
from tests.desk.alarming import watched
from tests.desk.twinned import CALLER, HOUR, JUDGE, NOW, RULES, SENSOR, service

ASSETS, SYMPTOMS = ("EX-12", "EX-13"), ("leak", "noise")
WORDS = (None, "oil leak at the boom", "hums at night")
AUTOMATIC = {**RULES, "auto_merge": True}


@attrs.frozen
class Deed:
    """One deed of a day: which, on which jobs by their order, with which words."""

    verb: str
    one: int
    other: int
    asset: str
    symptom: str
    words: str | None


DEEDS = st.builds(
    Deed,
    st.sampled_from(("report", "report", "report", "amend", "different", "same", "merge", "approve", "end")),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(ASSETS),
    st.sampled_from(SYMPTOMS),
    st.sampled_from(WORDS),
)


def counted() -> dict[str, Any]:
    """Return sources of ids and salts that count, so that a day can be lived twice."""
    ids, salts = count(1), count(1)
    return {"new_id": lambda: f"id-{next(ids):04}", "new_salt": lambda: f"{next(salts):064x}"}


def lived(catalog: Catalog, deeds: Iterable[Deed]) -> tuple[Desk, list[str]]:
    """Return a desk after a day, and the ids of its jobs in their order."""
    desk, ids = Desk(catalog, MemoryStore(), **counted()), list[str]()
    for hour, deed in enumerate(deeds):
        at = NOW + hour * HOUR
        with suppress(Refused, Conflict):
            if deed.verb == "report" or not ids:
                work = {"symptom": deed.symptom, "description": deed.words}
                told = {name: each for name, each in work.items() if each is not None}
                request = {"subject": {"asset": deed.asset}, "work": told}
                ids.append(desk.submit("breakdown", request, by=CALLER, at=at).job.id)
            else:
                done_on(desk, deed, ids[deed.one % len(ids)], ids[deed.other % len(ids)], at)
    return desk, ids


def done_on(desk: Desk, deed: Deed, one: str, other: str, at: Any) -> None:
    """Do one deed on one or two jobs."""
    match deed.verb:
        case "amend":
            desk.amend(one, {"$.subject.asset": deed.asset}, by=CALLER, at=at)
        case "different" | "same":
            desk.decide_twin(one, other, deed.verb, by=JUDGE, at=at, reason="Looked.")
        case "merge":
            desk.merge(one, into=other, by=JUDGE, at=at)
        case "approve":
            desk.fire(one, "approve" if desk.job(one).state.name == "triage" else "take_up", by=JUDGE, at=at)
        case "end":
            desk.fire(one, "reject", by=JUDGE, at=at, reason="false_alarm")


def families(jobs: Iterable[Job]) -> dict[str, set[str]]:
    """Return for each job that answers the ids of all that it answers for."""
    return {job.id: {job.id, *(member.id for member in job.links.members)} for job in jobs if job.is_open}


@given(st.lists(DEEDS, max_size=14), st.booleans())
def test_history_tells_the_twins(deeds: list[Deed], automatic: bool) -> None:
    """
    Whatever a day brings, each history verifies and folds to its job, with all that was found and decided.
    """
    desk, ids = lived(service(rules=AUTOMATIC if automatic else RULES), deeds)

    for id in ids:
        history, job = desk.history(id), desk.job(id)
        assert verify(history.events, history.head).ok
        assert job == fold(history.events)


@given(st.lists(DEEDS, max_size=14), st.booleans())
def test_same_day_has_the_same_twins(deeds: list[Deed], automatic: bool) -> None:
    """
    The same day lived twice finds the same twins with the same scores.
    """
    catalog = service(rules=AUTOMATIC if automatic else RULES)
    (first, ids), (second, _) = lived(catalog, deeds), lived(catalog, deeds)

    assert [first.job(id) for id in ids] == [second.job(id) for id in ids]


@given(st.lists(DEEDS, max_size=14), st.booleans())
def test_different_is_never_one(deeds: list[Deed], automatic: bool) -> None:
    """
    No job ever answers for two that were decided to be different, on whatever way they would have met.
    """
    desk, ids = lived(service(rules=AUTOMATIC if automatic else RULES), deeds)
    jobs = [desk.job(id) for id in ids]

    for family in families(jobs).values():
        for job in (desk.job(id) for id in family):
            told = {each.id for each in job.triage.suspects if each.decided == "different"}
            assert set() == told & (family - {job.id})


@given(st.lists(DEEDS, max_size=14))
def test_nothing_undecided_is_approved(deeds: list[Deed]) -> None:
    """
    No job stands behind the gate that had a twin undecided when it passed.
    """
    desk, ids = lived(service(), deeds)

    for id in ids:
        job: Job | None = None
        for event in desk.history(id).events:
            before, job = job, fold((event,), job)
            if before is not None and (before.state.name, job.state.name) == ("triage", "approved"):
                assert [] == [each.id for each in before.triage.suspects if each.decided is None]


@given(st.lists(DEEDS, min_size=2, max_size=10))
def test_every_suspect_has_its_score(deeds: list[Deed]) -> None:
    """
    The weights in a history sum up to a score that reaches the band in which people are asked.
    """
    desk, ids = lived(service(), deeds)

    for id in ids:
        for event in desk.history(id).events:
            if event.kind == "compared":
                scored = {each.path: each.new for each in event.changes}
                told = {name: sum(float(w["weight"]) for w in rows) for name, rows in because(event).items()}
                assert all(4 <= score for score in told.values())
                assert scored


def because(event: Any) -> dict[str, Any]:
    """Return what an event tells of each twin that it found."""
    return dict(event.data.get("because", {}))


@given(st.data())
def test_two_reports_agree_with_the_rules(data: st.DataObject) -> None:
    """
    A second report is a twin of the first exactly when the rules say so of the two as plain records.
    """
    rules = MatchRules.load(RULES)
    deeds = [attrs.evolve(data.draw(DEEDS), verb="report") for _ in range(2)]
    given: dict[str, Any] = {"reported": NOW, "latest": NOW, "type": "breakdown"}
    records = [
        {"subject.asset": each.asset, "work.symptom": each.symptom, "work.description": each.words, **given}
        for each in deeds
    ]

    desk, ids = lived(service(), deeds)

    match = compare(rules, *records)
    found = desk.job(ids[1]).triage.suspects
    on_one_asset = records[0]["subject.asset"] == records[1]["subject.asset"]
    assert (match.band != "different" and on_one_asset) is bool(found)
    assert [match.score] * len(found) == pytest.approx([float(each.score) for each in found], abs=0.001)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from(("A", "B"))), min_size=1, max_size=14), st.randoms()
)
def test_alarms_in_any_order(seen: list[tuple[int, str]], chance: Any) -> None:
    """
    However deliveries are ordered and doubled, each occurrence counts once and the ends of its span are told.
    """
    desk = Desk(watched(), MemoryStore())
    deliveries = [*seen, *chance.sample(seen, len(seen) // 2)]
    chance.shuffle(deliveries)
    for number, (minute, code) in enumerate(deliveries):
        at = NOW + HOUR + timedelta(seconds=number)
        desk.alarm("EX-12", code, by=SENSOR, at=at, seen_at=NOW + timedelta(minutes=minute))

    jobs = desk.on_asset("EX-12")
    told = {job.triage.alarm.code: job.triage.alarm for job in jobs if job.triage.alarm is not None}
    assert len(jobs) == len(told) == len({code for _, code in seen})
    for code, alarm in told.items():
        minutes = {minute for minute, each in seen if each == code}
        assert len(minutes) == alarm.count
        assert NOW + timedelta(minutes=min(minutes)) == alarm.first_seen
        assert NOW + timedelta(minutes=max(minutes)) == alarm.last_seen
