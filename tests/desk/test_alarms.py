"""Alarms of machines: one draft for all repeats, told to nobody but counted, and judged by people only."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import count as count_up
from pathlib import Path
from threading import Barrier
from typing import Any

import attrs
import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Invalid, JobkitError, Refused
from jobkit.model import Job
from jobkit.ports import Commit, Receipt
from jobkit.stores import MemoryStore
from jobkit.stores.sqlite import SQLiteStore
from tests.desk.alarming import TELEMETRY, planned, seen, watched
from tests.desk.building import is_whole, seated, workshop
from tests.desk.twinned import DAY, HOUR, JUDGE, NOW, SENSOR, reported


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the service whose machines raise alarms."""
    return seated(watched(), store, awaited=awaited)


def count(job: Job) -> int:
    """Return how often the alarm of a job was seen."""
    assert job.triage.alarm is not None
    return job.triage.alarm.count


def test_alarm_begins_a_draft(desk: Desk) -> None:
    """
    An alarm is a draft with its reading, and comes over the channel of telemetry.
    """
    job = seen(desk, value="104.5", threshold=95, unit="Cel", seen_at=NOW - HOUR)

    told = job.triage.alarm
    assert told is not None
    assert ("draft", "telemetry", "EX-12") == (job.state.category, job.terms.channel, job.subject.asset)
    assert (Decimal("104.5"), Decimal(95), "Cel") == (told.value, told.threshold, told.unit)
    assert ("OIL_TEMP", SENSOR.id, 1, NOW - HOUR) == (told.code, told.source, told.count, told.last_seen)
    assert is_whole(desk, job.id)


def test_repeats_fold(desk: Desk) -> None:
    """
    Repeats are counted on the one draft, one event each, with first and last seen and the latest reading.
    """
    jobs = [seen(desk, at=NOW + n * HOUR, value=n) for n in range(5)]

    told = jobs[-1].triage.alarm
    assert told is not None
    assert 1 == len({job.id for job in jobs})
    assert (5, NOW, NOW + 4 * HOUR, Decimal(4)) == (told.count, told.first_seen, told.last_seen, told.value)
    assert ["created", *["alarmed"] * 4] == [event.kind for event in desk.history(jobs[0].id).events]
    assert is_whole(desk, jobs[0].id)


def test_repeats_set_off_nothing(desk: Desk) -> None:
    """
    No repeat reaches a person: the queues and the outbox are as after the first.
    """
    first = seen(desk)
    before = desk.outbox()

    for n in range(1, 20):
        seen(desk, at=NOW + n * HOUR)

    assert before == desk.outbox()
    assert [first.id] == [job.id for job in desk.on_asset("EX-12")]


def test_other_alarms_and_assets(desk: Desk) -> None:
    """
    Another code and another asset are drafts of their own.
    """
    ids = {seen(desk).id, seen(desk, "OIL_LEVEL").id, seen(desk, asset="EX-13").id}

    assert 3 == len(ids)


def test_gateway_that_counts(desk: Desk) -> None:
    """
    A gateway that counts by itself tells a burst as one word.
    """
    seen(desk, times=40)

    job = seen(desk, times=250, at=NOW + HOUR)

    assert 290 == count(job)
    assert 2 == len(desk.history(job.id).events)


def test_deliveries_in_any_order(desk: Desk) -> None:
    """
    Deliveries may come late, twice and out of order: each occurrence counts once.
    """
    order = [3, 1, 1, 4, 3, 0, 2, 4, 0]
    for n, place in enumerate(order):
        job = seen(desk, at=NOW + DAY + n * HOUR, seen_at=NOW + place * HOUR, value=place)

    told = job.triage.alarm
    assert told is not None
    assert (5, NOW, NOW + 4 * HOUR, Decimal(4)) == (told.count, told.first_seen, told.last_seen, told.value)
    assert 5 == len(desk.history(job.id).events)


def test_delivery_of_two_ways(desk: Desk) -> None:
    """
    One occurrence that two ways deliver under keys of their own counts once.
    """
    seen(desk, seen_at=NOW, command_key="way-1")
    done = desk.alarm("EX-12", "OIL_TEMP", by=SENSOR, at=NOW + HOUR, seen_at=NOW, command_key="way-2")

    assert (True, 1) == (done.repeated, count(done.job))


def test_command_key(desk: Desk) -> None:
    """
    Without the machine's word a command key makes a repeated command count once.
    """
    for _ in range(3):
        job = seen(desk, command_key="k-1")

    assert 1 == count(job)


def test_clock_ahead(desk: Desk) -> None:
    """
    A machine whose clock is years ahead does not make every later word look late.
    """
    seen(desk, seen_at=NOW + 4000 * DAY)

    job = seen(desk, at=NOW + HOUR, value=7)

    told = job.triage.alarm
    assert told is not None
    assert (2, NOW + HOUR, Decimal(7)) == (told.count, told.last_seen, told.value)


def test_chatter(store: Store, awaited: bool) -> None:
    """
    Where the rules say so, what comes within the quiet time of the last sighting writes nothing at all.
    """
    rules = attrs.evolve(TELEMETRY, quiet=timedelta(minutes=1))
    desk = seated(watched(rules), store, awaited=awaited)
    for n in range(181):
        job = seen(desk, at=NOW + n * timedelta(seconds=1))

    assert 4 == count(job) == len(desk.history(job.id).events)


def test_suggestions_come_along(desk: Desk) -> None:
    """
    What the machine suggests is kept apart with source and confidence, and stays missing until confirmed.
    """
    told = [
        {"path": "work.symptom", "value": "OIL.HOT", "source": "model-3", "confidence": "0.82"},
        {"path": "work.skills", "value": "hydraulics"},
    ]

    job = seen(desk, suggestions=told)

    first, second = job.triage.suggestions
    assert ("model-3", Decimal("0.82"), True) == (first.source, first.confidence, first.is_open)
    assert SENSOR.id == second.source
    assert job.work.symptom is None


def test_new_suggestions_of_repeats(desk: Desk) -> None:
    """
    A repeat brings what it suggests for the first time, and nothing twice.
    """
    leak = {"path": "work.symptom", "value": "LEAK"}
    seen(desk, suggestions=[leak])
    seen(desk, suggestions=[leak], at=NOW + HOUR)

    job = seen(desk, suggestions=[{"path": "work.symptom", "value": "HOT"}], at=NOW + 2 * HOUR)

    assert [("s1", "LEAK"), ("s1-2", "HOT")] == [(each.id, each.value) for each in job.triage.suggestions]


def test_what_is_known_of_the_asset(desk: Desk) -> None:
    """
    Site and customer of the asset come with the request; asset and channel are the alarm's own.
    """
    job = seen(desk, request={"subject": {"site": "quarry", "asset": "?"}, "terms": {"channel": "phone"}})

    assert ("quarry", "EX-12", "telemetry") == (job.subject.site, job.subject.asset, job.terms.channel)


ENDLESS = ({"path": "work.symptom", "value": str(number)} for number in count_up())


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"code": " "}, "desk.blank"),
        ({"asset": "x" * 201}, "desk.alarm_name"),
        ({"times": 0}, "desk.alarm_times"),
        ({"times": True}, "desk.alarm_times"),
        ({"value": "hot"}, None),
        ({"value": "NaN"}, None),
        ({"seen_at": NOW.replace(tzinfo=None)}, None),
        ({"request": {"triage": {"passed": "2026-03-02T08:00:00Z"}}}, "desk.not_given"),
        ({"request": {"subject": 7}}, None),
        ({"suggestions": [{"value": 1}]}, None),
        ({"suggestions": [{"path": "triage.passed", "value": "x"}]}, "desk.protected"),
        ({"suggestions": [{"path": "work.symptom", "value": "x", "confidence": "2"}]}, "desk.confidence"),
        ({"job_type": "nothing"}, "catalog.unknown_type"),
        ({"asset": "\ud800"}, None),
        ({"value": "1" * 2_000_000}, None),
        (
            {"suggestions": ({"path": "work.symptom", "value": str(n)} for n in count_up())},
            "desk.alarm_suggestions",
        ),
    ],
)
def test_alarm_that_is_none(desk: Desk, more: dict[str, Any], code: str | None) -> None:
    """
    What does not have the shape of an alarm is refused with its place, and begins nothing.
    """
    with pytest.raises(JobkitError) as caught:
        seen(desk, **more)

    assert code in (None, caught.value.code)
    assert () == desk.on_asset("EX-12")


def test_type_without_a_draft(store: Store) -> None:
    """
    A job type that cannot begin as a draft takes no alarms.
    """
    catalog = attrs.evolve(workshop(), telemetry=attrs.evolve(TELEMETRY, type="bench"))
    with pytest.raises(Refused, match=r"desk\.no_draft"):
        seen(seated(catalog, store))


def test_catalog_without_telemetry(store: Store, awaited: bool) -> None:
    """
    Without rules of telemetry an alarm is refused with the way out.
    """
    with pytest.raises(Refused, match=r"desk\.no_telemetry"):
        seen(seated(watched(None), store, awaited=awaited))


@pytest.mark.parametrize("trigger", ["take_up", "cancel"])
def test_machine_never_gets_past_the_draft(desk: Desk, trigger: str) -> None:
    """
    A machine moves its own draft to no other state than an end.
    """
    job = seen(desk)

    answer = desk.ask(job.id, trigger, by=SENSOR, at=NOW, reason="withdrawn" if trigger == "cancel" else None)

    assert (trigger == "cancel") is answer.open


def test_machine_does_not_decide(desk: Desk) -> None:
    """
    What becomes of an alarm is for a person to say.
    """
    job = seen(desk)

    with pytest.raises(Refused, match=r"desk\.alarm_by_machine"):
        desk.decide_alarm(job.id, "dispatch", by=SENSOR, at=NOW)


def test_dispatch(desk: Desk) -> None:
    """
    A person dispatches the alarm: its draft goes on by its lifecycle, and further repeats are noted on it.
    """
    job = seen(desk)

    moved = desk.decide_alarm(job.id, "dispatch", by=JUDGE, at=NOW + HOUR).job
    again = seen(desk, at=NOW + 2 * HOUR)

    assert ("triage", job.id, 2) == (moved.state.name, again.id, count(again))
    assert "triage" == again.state.name


def test_after_the_window(desk: Desk) -> None:
    """
    Work that is running takes repeats within the window of the last one; later ones are a new draft.
    """
    job = seen(desk)
    desk.decide_alarm(job.id, "dispatch", by=JUDGE, at=NOW + HOUR)

    within = [seen(desk, at=NOW + days * DAY).id for days in (10, 20, 30)]
    later = seen(desk, at=NOW + 45 * DAY)

    assert [job.id] * 3 == within
    assert (1, "draft") == (count(later), later.state.category)
    assert later.id != job.id


def test_old_draft_takes_every_repeat(desk: Desk) -> None:
    """
    While the draft is open there is one of it, however long the alarm was silent.
    """
    job = seen(desk)

    assert job.id == seen(desk, at=NOW + 100 * DAY).id


def test_rejected_alarm(desk: Desk) -> None:
    """
    After it was rejected the decision holds for the window, and repeats are counted there.
    """
    job = seen(desk)
    desk.fire(job.id, "reject", by=JUDGE, at=NOW + HOUR, reason="false_alarm")

    soon = seen(desk, at=NOW + 5 * DAY)
    later = seen(desk, at=NOW + HOUR + 14 * DAY + HOUR)

    assert (job.id, 2, "rejected") == (soon.id, count(soon), soon.state.name)
    assert job.id != later.id


def test_expired_alarm(desk: Desk) -> None:
    """
    A draft that expired was judged by nobody: the next repeat is a draft again.
    """
    job = seen(desk)
    desk.advance(NOW + 6 * DAY)

    again = seen(desk, at=NOW + 7 * DAY)

    assert "cancelled" == desk.job(job.id).state.end
    assert (1, "draft") == (count(again), again.state.category)


def test_alarm_after_the_repair(desk: Desk) -> None:
    """
    Seen again after the work was done it is news: a new draft with the old job as its twin, at once.
    """
    job = seen(desk)
    for trigger in ("take_up", "approve", "close"):
        desk.fire(job.id, trigger, by=JUDGE, at=NOW + HOUR)

    late = seen(desk, at=NOW + 3 * HOUR, seen_at=NOW + timedelta(minutes=30))
    news = seen(desk, at=NOW + 3 * HOUR, seen_at=NOW + 2 * HOUR)

    assert (job.id, 2) == (late.id, count(late))
    assert (1, "draft") == (count(news), news.state.category)
    assert news.id != job.id


def test_planned_visits(desk: Desk) -> None:
    """
    Coming visits of planned work on the asset are shown, the next one first; other work is not.
    """
    late, soon = planned(desk, days=9), planned(desk, days=5)
    planned(desk, asset="EX-13")
    reported(desk)
    job = seen(desk)

    coming = desk.planned_visits(job.id, at=NOW)

    assert [soon.id, late.id] == [each.job.id for each in coming]
    assert [late.id] == [each.job.id for each in desk.planned_visits(job.id, at=NOW + 6 * DAY)]


def test_fold_into_a_planned_visit(desk: Desk) -> None:
    """
    Folded, the draft is merged into the planned job, which gets a task and counts the repeats from then on.
    """
    visit, job = planned(desk), seen(desk, times=12)

    done = desk.decide_alarm(job.id, "fold", into=visit.id, by=JUDGE, at=NOW + HOUR)
    again = seen(desk, at=NOW + 4 * DAY)

    (task,) = done.job.tasks
    assert ("alarm", "open", job.id) == (task.kind, task.status, task.subject_id)
    assert "OIL_TEMP" in task.title
    assert "merged" == desk.job(job.id).state.end
    assert (visit.id, 13) == (again.id, count(again))
    assert is_whole(desk, visit.id)
    assert is_whole(desk, job.id)


def test_second_alarm_in_one_visit(desk: Desk) -> None:
    """
    A planned job that looks into two alarms counts the second one beside its own.
    """
    visit = planned(desk)
    for code in ("OIL_TEMP", "OIL_LEVEL"):
        job = seen(desk, code)
        decide_all(desk, job)
        desk.decide_alarm(job.id, "fold", into=visit.id, by=JUDGE, at=NOW + HOUR)

    again = seen(desk, "OIL_LEVEL", at=NOW + DAY)

    assert visit.id == again.id
    assert {"alarm:OIL_LEVEL": 1} == dict(again.counts)
    assert 2 == len(again.tasks)


def decide_all(desk: Desk, job: Job) -> None:
    """Let a person tell a job apart from what it may be the same as."""
    for twin in desk.twins(job.id).undecided:
        desk.decide_twin(job.id, twin.job.id, "same", by=JUDGE, at=NOW, reason="One visit.")


def test_fold_by_another_end(store: Store, awaited: bool) -> None:
    """
    A catalog may name the end of a folded draft; the planned job gets its task all the same.
    """
    rules = attrs.evolve(TELEMETRY, fold_end="cancel", fold_reason="fold_into_next_visit")
    desk = seated(watched(rules), store, awaited=awaited)
    visit, job = planned(desk), seen(desk)

    done = desk.decide_alarm(job.id, "fold", into=visit.id, by=JUDGE, at=NOW + HOUR)

    ended = desk.job(job.id).state
    assert ("cancelled", "fold_into_next_visit") == (ended.end, ended.reason)
    assert [job.id] == [task.subject_id for task in done.job.tasks]


def test_decisions_that_are_none(desk: Desk) -> None:
    """
    Refused are another word, a job without an alarm, a decided one, and a job to fold into without a visit.
    """
    job, other = seen(desk), reported(desk, "EX-40")

    with pytest.raises(Invalid, match=r"desk\.no_alarm_decision"):
        desk.decide_alarm(job.id, "wait", by=JUDGE, at=NOW)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"desk\.no_alarm at"):
        desk.decide_alarm(other.id, "dispatch", by=JUDGE, at=NOW)
    with pytest.raises(Refused, match=r"desk\.alarm_into"):
        desk.decide_alarm(job.id, "fold", into=other.id, by=JUDGE, at=NOW)
    desk.decide_alarm(job.id, "dispatch", by=JUDGE, at=NOW)
    with pytest.raises(Refused, match=r"desk\.alarm_decided"):
        desk.decide_alarm(job.id, "dispatch", by=JUDGE, at=NOW)


@pytest.mark.parametrize("decision", ["dispatch", "fold"])
def test_repeated_decision(desk: Desk, decision: Any) -> None:
    """
    A decision that is repeated with its key does nothing twice.
    """
    visit, job = planned(desk), seen(desk)
    into = {"into": visit.id} if decision == "fold" else {}
    for _ in range(2):
        done = desk.decide_alarm(job.id, decision, by=JUDGE, at=NOW, command_key="k-1", **into)

    assert done.repeated


class Restless(MemoryStore):
    """A store in which the machine repeats itself between the looking and the commit."""

    repeats = 0

    def commit(self, commit: Commit, /) -> Receipt:
        """Let the machine be quicker for as long as it has something to say, then commit."""
        if self.repeats:
            left, self.repeats = self.repeats, 0
            seen(Desk(watched(), self), at=NOW + HOUR)
            self.repeats = left - 1
        return super().commit(commit)


@pytest.mark.parametrize("decision", ["dispatch", "fold"])
def test_flood_does_not_keep_a_person_from_deciding(decision: Any) -> None:
    """
    A person's decision comes through although the machine repeats itself at every moment.
    """
    store = Restless()
    desk = Desk(watched(), store)
    visit, job = planned(desk), seen(desk)
    store.repeats = 10

    into = {"into": visit.id} if decision == "fold" else {}
    done = desk.decide_alarm(job.id, decision, by=JUDGE, at=NOW + HOUR, **into)

    assert "draft" != desk.job(job.id).state.name
    assert 11 == count(done.job)


def test_suggested_part_is_confirmed(desk: Desk) -> None:
    """
    A part that the machine suggests is on the job once a person confirms it.
    """
    part = {"id": "p1", "number": "F-12", "quantity": "1"}
    job = seen(desk, suggestions=[{"path": "parts[p1]", "value": part, "confidence": "0.6"}])

    confirmed = desk.confirm_suggestion(job.id, "s1", by=JUDGE, at=NOW + HOUR).job

    assert ((), ["F-12"]) == (job.parts, [each.number for each in confirmed.parts])


@pytest.mark.parametrize("writers", [2, 6])
def test_alarms_at_one_moment(tmp_path: Path, writers: int) -> None:
    """
    Alarms that several gateways deliver at one moment are one draft, and none of them is lost.
    """
    start = Barrier(writers)

    def deliver(number: int) -> str:
        with SQLiteStore(tmp_path / "jobs.db", durability="normal") as store:
            desk = Desk(watched(), store)
            start.wait()
            return [seen(desk, at=NOW + HOUR).id for _ in range(5)][-1]

    with ThreadPoolExecutor(writers) as pool:
        ids = set(pool.map(deliver, range(writers)))

    with SQLiteStore(tmp_path / "jobs.db") as store:
        (job,) = Desk(watched(), store).on_asset("EX-12")
        assert {job.id} == ids
        assert 5 * writers == count(job)
