"""What a host's type checker sees; each is checked by mypy and, where it can be, when it runs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

from jobkit.answers import Answer
from jobkit.documents import structure
from jobkit.durations import Working, read_duration, read_elapsed
from jobkit.model import Job, State, Task, Visit, activate, activation, changed, next_visit, put, take
from jobkit.requirements import Package, Review, review
from jobkit.versions import Version, Versions

START = datetime(2026, 3, 10, tzinfo=UTC)


def test_versions_keep_their_type() -> None:
    """
    What is put into versions comes out as the same type.
    """
    versions = Versions([Version(START, "1", 40)])

    assert_type(versions, Versions[int])
    assert_type(versions.at(START).value, int)
    assert_type(versions.find(START), Version[int] | None)
    assert 40 == versions.at(START).value


def test_answer_keeps_its_subject() -> None:
    """
    What is asked about carries on through an answer.
    """
    task = Task(id="t1", title="Call", owner="dispatch", due=START, status="open")

    assert_type(Answer("approve"), Answer[str])
    assert_type(Answer(3).must().subject, int)
    assert_type(activation(task), Answer[Task])
    assert_type(activate(task), Task)
    assert "active" == activate(task).status


def test_durations_are_two_types() -> None:
    """
    A reader of durations gives elapsed or working time, and the stricter one only elapsed time.
    """
    assert_type(read_duration("8h"), timedelta | Working)
    assert_type(read_elapsed("8h"), timedelta)
    assert timedelta(hours=8) == read_elapsed("8h")


def test_changes_keep_the_value_type() -> None:
    """
    Changing a visit gives a visit, and reading data gives the class that was asked for.
    """
    visit = structure(Visit, {"id": "v1"})

    assert_type(visit, Visit)
    assert_type(put(visit, "$.note", "x"), Visit)
    assert_type(changed(visit, visit), tuple[tuple[str, Any, Any], ...])
    assert take(visit, "$.note") is None


def test_jobs_show_maps_and_optionals() -> None:
    """
    Public signatures use mappings, tuples and optionals of the standard library.
    """
    job = Job(id="J-1", type="repair", states={"work": State(name="draft", category="draft")})
    told = review(Package.load({"id": "p"}), {}, START)

    assert_type(job.states, Mapping[str, State])
    assert_type(job.visits, tuple[Visit, ...])
    assert_type(next_visit(job), Visit | None)
    assert_type(told, Review)
    assert told.open
