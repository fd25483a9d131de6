"""One version of a playbook: read, refused, put on a shelf, compared, and given to a job."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import attrs
import pytest

from jobkit.calendars import Calendar
from jobkit.documents import write_json
from jobkit.errors import Invalid, NotFound
from jobkit.model import Job, Part, Prerequisite, Safety, Scope, State, Task, Work
from jobkit.playbooks import CHECK, KitPart, Playbook, Playbooks, PlaybookTask, diff, filled, lacking

NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)

SERVICE: Final[dict[str, Any]] = {
    "id": "service",
    "version": "1",
    "effective_from": "2026-01-01T00:00:00Z",
    "job_type": "maintenance",
    "work": {
        "estimated": "3h",
        "skills": ["compressor"],
        "crew_size": 1,
        "scope": {"included": ["Oil"]},
    },
    "tasks": [
        {"id": "stage", "title": "Stage the kit", "owner": "planner", "due": "2d"},
        {"id": "report", "title": "Send the report", "after": ["tight", "stage"], "mandatory": False},
    ],
    "checklist": [{"id": "tight", "text": "Leak test passed", "stage": "finish"}],
    "parts": [{"id": "oil", "number": "OIL-46", "quantity": "12"}],
    "prerequisites": [{"id": "loto", "procedure": "lock-out", "version": "3"}],
    "constraints": ["Relieve the pressure."],
}
NEXT: Final[dict[str, Any]] = {
    **SERVICE,
    "version": "2",
    "effective_from": "2026-04-01T00:00:00Z",
    "because": "root_cause",
    "reference": "RC-118",
    "work": {**SERVICE["work"], "estimated": "4h", "skills": ["compressor", "electrical"]},
    "tasks": [SERVICE["tasks"][0], {"id": "torque", "title": "Check the torque", "owner": "technician"}],
    "checklist": [{**SERVICE["checklist"][0], "text": "Leak test passed at 8 bar"}],
}


def playbook(**changes: Any) -> Playbook:
    """Return the yearly service with some keys changed."""
    return Playbook.load({**SERVICE, **changes})


def job(**more: Any) -> Job:
    """Return a job of the type that the playbook is for."""
    return Job(id="J1", type="maintenance", states={"work": State(name="in", category="triage")}, **more)


def test_playbook_loads_back_to_itself() -> None:
    """
    Data, the archived text and TOML all read to the same playbook with the same hash.
    """
    read = playbook()

    assert read == Playbook.load(read.to_data()) == Playbook.load(read.text)
    assert read.hash == Playbook.load(read.text).hash
    assert read == Playbook.load(write_json(read.to_data()))


def test_hash_changes_with_the_content() -> None:
    """
    Two versions that say anything otherwise have two hashes.
    """
    assert playbook().hash != playbook(label="Yearly service").hash


def test_everything_wrong_is_told_at_once() -> None:
    """
    Ids that stand twice, tasks that wait in vain or in a circle, parts without a quantity: each at its place.
    """
    with pytest.raises(Invalid) as refused:
        playbook(
            tasks=[
                {"id": "a", "title": "A", "after": ["b"]},
                {"id": "b", "title": "B", "after": ["a"]},
                {"id": "c", "title": "C", "after": ["ghost"]},
                {"id": "tight", "title": "T"},
            ],
            parts=[{"id": "oil", "number": "OIL", "quantity": "0"}],
            work={"site_notes": "Ring twice.", "tools_ready": True},
        )

    assert {
        ("playbooks.same_id", "$.tasks[tight]"),
        ("model.task_after", "$.tasks[c].after"),
        ("model.task_circle", "$.tasks[a].after"),
        ("playbooks.one_job_only", "$.work.tools_ready"),
        ("playbooks.one_job_only", "$.work.site_notes"),
        ("playbooks.no_quantity", "$.parts[oil].quantity"),
    } == {(finding.code, finding.path) for finding in refused.value.findings}


@pytest.mark.parametrize(
    "changes",
    [
        {"effective_from": "2026-01-01T00:00:00"},
        {"effective_from": None},
        {"version": 1},
        {"colour": "red"},
        {"work": {"access_notes": "The key hangs behind the post."}},
        {"tasks": [{"id": "a", "title": "A", "due": "2 months"}]},
        {"tasks": [{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]},
        {"parts": [{"id": "oil", "number": "OIL", "quantity": 12}]},
    ],
    ids=str,
)
def test_data_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    """
    Naive instants, unknown keys, private text, months and converted numbers are refused, not guessed at.
    """
    with pytest.raises(Invalid):
        playbook(**changes)


def test_playbook_built_in_python_is_held_to_the_same() -> None:
    """
    Values are checked as data are, a naive instant too.
    """
    with pytest.raises(Invalid):
        attrs.evolve(playbook(), effective_from=datetime(2026, 1, 1))
    with pytest.raises(Invalid):
        attrs.evolve(playbook(), parts=(KitPart(id="x", number="X", quantity=Decimal(-1)),))


def test_job_gets_everything_that_it_lacks() -> None:
    """
    Duration, skills, tasks with their order and due times, checklist, kit and safety stand on the job.
    """
    got = filled(job(), playbook(), at=NOW)
    stage, report, tight = got.tasks

    assert (timedelta(hours=3), ("compressor",), 1) == (
        got.work.estimated,
        got.work.skills,
        got.work.crew_size,
    )
    assert Scope(included=("Oil",)) == got.work.scope
    assert (NOW + timedelta(days=2), "planner", "open") == (stage.due, stage.owner, stage.status)
    assert (("tight", "stage"), False) == (report.after, report.mandatory)
    assert (CHECK, "Leak test passed", "finish") == (tight.kind, tight.title, tight.stage)
    assert (Part(id="oil", number="OIL-46", quantity=Decimal(12)),) == got.parts
    assert ("lock-out", "Relieve the pressure.") == (
        got.safety.prerequisites[0].procedure,
        got.safety.constraints[0],
    )
    assert playbook().link == got.links.playbook


def test_what_the_job_has_stays() -> None:
    """
    Single values are set only where there is none, lists are added to, done tasks stay done.
    """
    done = Task(id="stage", title="Staged by hand", status="done", completed=NOW)
    known = job(
        work=Work(estimated=timedelta(hours=1), skills=("welding",)),
        tasks=(done,),
        parts=(Part(id="p9", number="OIL-46", quantity=Decimal(2)),),
        safety=Safety(prerequisites=(Prerequisite(id="loto", procedure="lock-out", version="2"),)),
    )

    got = filled(known, playbook(), at=NOW)

    assert (timedelta(hours=1), ("welding", "compressor")) == (got.work.estimated, got.work.skills)
    assert done == got.tasks[0]
    assert known.parts == got.parts
    assert known.safety.prerequisites == got.safety.prerequisites


def test_job_lacks_nothing_once_filled() -> None:
    """
    What is lacking is named place by place, and filling it leaves nothing.
    """
    book = playbook()
    bare = job(work=Work(skills=("compressor",)))

    told = lacking(bare, book)

    assert "$.work.skills[compressor]" not in {each.path for each in told}
    assert ["tasks[stage] is new: Stage the kit."] == [each.said for each in told if "stage" in each.path]
    assert () == lacking(filled(bare, book, at=NOW), book)


def test_working_time_is_counted_by_a_calendar() -> None:
    """
    A task due in working days needs a calendar, and counts by it.
    """
    book = playbook(tasks=[{"id": "call", "title": "Call", "due": "1 working hour"}])
    shop = Calendar(id="shop", zone="UTC", weekly={"mon-fri": "09:00-17:00"})

    with pytest.raises(Invalid) as refused:
        filled(job(), book, at=NOW)

    assert ("playbooks.no_calendar", "$.tasks[call].due") == (refused.value.code, refused.value.path)
    assert NOW + timedelta(hours=2) == filled(job(), book, at=NOW, calendar=shop).tasks[0].due


def test_job_of_another_type_gets_nothing() -> None:
    """
    A playbook is for jobs of its type, and a naive instant is no start.
    """
    with pytest.raises(Invalid) as refused:
        filled(attrs.evolve(job(), type="repair"), playbook(), at=NOW)
    with pytest.raises(Invalid):
        filled(job(), playbook(), at=datetime(2026, 3, 10))

    assert "playbooks.other_type" == refused.value.code


def test_diff_says_what_changed() -> None:
    """
    What is new, gone and said otherwise is named place by place, in sentences.
    """
    told = diff(playbook(), Playbook.load(NEXT))

    assert ["$.work.skills[electrical]", "$.tasks[torque]"] == [each.path for each in told.added]
    assert ["$.tasks[report]"] == [each.path for each in told.removed]
    assert ["$.work.estimated", "$.checklist[tight]"] == [each.path for each in told.changed]
    assert [
        "service: version 1 to 2",
        "  work.estimated changes from 3h to 4h.",
        "  work.skills[electrical] is new: electrical.",
        "  tasks[torque] is new: Check the torque.",
        "  checklist[tight] changes in text.",
        "  tasks[report] is gone: Send the report.",
    ] == str(told).splitlines()


def test_diff_of_a_version_with_itself_is_empty() -> None:
    """
    Equal content has no differences, whatever it is called.
    """
    again = playbook(version="1a", label="Other words")

    assert () == diff(playbook(), again).differences


def test_two_playbooks_are_not_compared() -> None:
    """
    Only versions of one playbook have differences.
    """
    with pytest.raises(Invalid) as refused:
        diff(playbook(), playbook(id="other"))

    assert "playbooks.other_playbook" == refused.value.code


def shelf() -> Playbooks:
    """Return both versions of the yearly service."""
    return Playbooks.of([Playbook.load(NEXT), playbook()])


def test_shelf_loads_back_to_itself() -> None:
    """
    A shelf dumps to data and JSON that read back to it, with the same digest.
    """
    known = shelf()

    assert known == Playbooks.load(known.to_data()) == Playbooks.load(write_json(known.to_data()))
    assert known.digest == Playbooks.load(known.to_data()).digest
    assert 2 == len(known)


def test_version_in_force_is_found_by_date() -> None:
    """
    A version holds from its effective date until the next one's, and can be named at any time.
    """
    known = shelf()
    april = datetime(2026, 4, 1, tzinfo=UTC)

    assert ("1", "2") == (
        known.at("service", april - timedelta(seconds=1)).version,
        known.at("service", april).version,
    )
    assert "2" == known.version("service", "2").version
    assert known.version("service", "1") == known.by_hash(playbook().hash)
    assert known.by_hash("0" * 64) is None


def test_what_is_not_on_the_shelf_is_refused() -> None:
    """
    Unknown playbooks and versions, and an instant before the first, are told with what there is.
    """
    known = shelf()
    attempts: tuple[tuple[Callable[[], Any], str], ...] = (
        (lambda: known.at("oil", NOW), "playbooks.unknown"),
        (lambda: known.version("service", "9"), "playbooks.unknown_version"),
        (lambda: known.at("service", datetime(2020, 1, 1, tzinfo=UTC)), "versions.not_yet"),
    )

    for attempt, code in attempts:
        with pytest.raises(NotFound) as refused:
            attempt()
        assert code == refused.value.code


def test_shelf_tells_everything_wrong_at_once() -> None:
    """
    Each version that cannot be read is told at its place, with the others.
    """
    bare = {name: value for name, value in SERVICE.items() if name != "id"}
    data = {
        "a": [{**bare, "id": "b"}],
        "c": [{**bare, "tasks": 7}, {**bare, "version": 2}, "nothing"],
    }

    with pytest.raises(Invalid) as refused:
        Playbooks.load(data, "$.playbooks")

    assert {
        ("playbooks.other_id", "$.playbooks[a][1].id"),
        ("documents.wrong_type", "$.playbooks[c][1].tasks"),
        ("documents.wrong_type", "$.playbooks[c][1].version"),
        ("documents.wrong_type", "$.playbooks[c][2]"),
    } == {(finding.code, finding.path) for finding in refused.value.findings}


def test_versions_of_one_name_or_date_are_refused() -> None:
    """
    Nobody could say which of them is meant.
    """
    same = {"effective_from": "2026-01-01T00:00:00Z"}

    with pytest.raises(Invalid) as refused:
        Playbooks.of([playbook(), playbook(label="Other")])
    with pytest.raises(Invalid) as dated:
        Playbooks.of([playbook(), playbook(version="1a", **same)])

    assert {"playbooks.same_version", "versions.same_start"} == {each.code for each in refused.value.findings}
    assert "versions.same_start" == dated.value.code


def test_kit_is_planned_and_not_presumed() -> None:
    """
    A part of the kit has no source that somebody would have to confirm.
    """
    (part,) = filled(job(), playbook(), at=NOW).parts

    assert (None, None, None) == (part.source, part.confidence, part.confirmed_by)


def test_task_of_a_playbook_is_a_value() -> None:
    """
    Built in Python, a playbook is the same as read from data.
    """
    built = Playbook(
        id="service",
        version="1",
        effective_from=datetime(2026, 1, 1, tzinfo=UTC),
        job_type="maintenance",
        tasks=(PlaybookTask(id="stage", title="Stage"),),
    )

    assert built == Playbook.load(built.to_data())
