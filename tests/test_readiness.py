"""Readiness: each thing a technician needs is asked for, and getting it takes its finding away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.errors import Invalid
from jobkit.model import (
    Acknowledgement,
    Assignment,
    Contact,
    Job,
    Part,
    Permit,
    Prerequisite,
    Safety,
    Scope,
    State,
    Subject,
    Visit,
    Window,
    Work,
)
from jobkit.privacy import Redacted
from jobkit.readiness import readiness

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
WINDOW = Window(NOW + timedelta(days=2), NOW + timedelta(days=2, hours=2))


def ready() -> Job:
    """Return a job whose technician lacks nothing."""
    return Job(
        id="J1",
        type="repair",
        states={"work": State(name="confirmed", category="scheduled")},
        subject=Subject(asset="A1", site="S1", contacts=(Contact(id="c1", role="site"),)),
        work=Work(
            symptom="noise",
            instructions="Listen to the bearing first.",
            scope=Scope(included=("bearing",)),
            tools=("puller",),
            tools_ready=True,
            access_notes=Redacted("Ring twice.", salt="00" * 16),
        ),
        safety=Safety(
            prerequisites=(Prerequisite(id="p1", procedure="LOTO", version="3", hash="aa"),),
            acknowledgements=(
                Acknowledgement(id="k1", procedure="LOTO", version="3", hash="aa", by="tom", at=NOW),
            ),
        ),
        visits=(Visit(id="v1", planned=WINDOW, permits=(Permit(id="h1", kind="hot_work", granted=True),)),),
        assignments=(Assignment(id="a1", person="tom", visit="v1", status="accepted"),),
        parts=(Part(id="l1", number="4711", availability="ordered", expected=NOW + timedelta(days=1)),),
    )


def part(**facts: Any) -> Callable[[Job], Job]:
    """Return a change of the job's only part line."""
    return lambda job: attrs.evolve(job, parts=(Part(id="l1", number="4711", **facts),))


def on(name: str, **facts: Any) -> Callable[[Job], Job]:
    """Return a change of one group of the job's fields."""
    return lambda job: attrs.evolve(job, **{name: attrs.evolve(getattr(job, name), **facts)})


def visit(**facts: Any) -> Callable[[Job], Job]:
    """Return a change of the job's only visit."""
    return lambda job: attrs.evolve(job, visits=(attrs.evolve(job.visits[0], **facts),))


def other(**facts: Any) -> Callable[[Job], Job]:
    """Return a change of the job itself."""
    return lambda job: attrs.evolve(job, **facts)


LACKS = [
    (other(visits=()), "no_visit", "$.visits", "block"),
    (visit(planned=None), "no_window", "$.visits[v1].planned", "block"),
    (on("subject", asset=None), "no_asset", "$.subject.asset", "block"),
    (on("subject", site=None), "no_site", "$.subject.site", "block"),
    (on("work", symptom=None), "no_symptom", "$.work.symptom", "block"),
    (on("work", instructions=None), "no_instructions", "$.work.instructions", "warn"),
    (on("work", scope=Scope()), "no_scope", "$.work.scope.included", "warn"),
    (other(assignments=()), "crew", "$.assignments", "block"),
    (on("work", crew_size=2), "crew", "$.assignments", "block"),
    (on("work", tools_ready=None), "tools", "$.work.tools_ready", "block"),
    (on("work", tools_ready=False), "tools_missing", "$.work.tools_ready", "block"),
    (part(availability="on_van", hold="recall"), "part_held", "$.parts[l1].hold", "block"),
    (part(availability="ordered"), "part_unknown", "$.parts[l1].expected", "block"),
    (
        part(availability="ordered", expected=WINDOW.end),
        "part_late",
        "$.parts[l1].expected",
        "block",
    ),
    (on("subject", contacts=()), "no_contact", "$.subject.contacts", "block"),
    (on("work", access_notes=None), "no_access_notes", "$.work.access_notes", "warn"),
    (
        visit(permits=(Permit(id="h1", kind="hot_work"),)),
        "permit",
        "$.visits[v1].permits[h1].granted",
        "block",
    ),
    (on("safety", acknowledgements=()), "procedure", "$.safety.prerequisites[p1]", "block"),
    (on("safety", hazards_left=("open pit",)), "hazard", "$.safety.hazards_left", "warn"),
    (on("safety", signal="near_miss"), "signal", "$.safety.signal", "block"),
]


def test_nothing_lacking() -> None:
    """
    A job with everything recorded is open, without a single finding.
    """
    answer = readiness(ready(), NOW)

    assert (True, (), ()) == (answer.open, answer.findings, answer.subject.lacking)


@pytest.mark.parametrize(("change", "code", "path", "severity"), LACKS, ids=[case[1] for case in LACKS])
def test_each_lack_is_told(change: Callable[[Job], Job], code: str, path: str, severity: str) -> None:
    """
    Taking one thing away gives a finding with its place, who helps, and the deed that helps.
    """
    answer = readiness(change(ready()), NOW)
    told = {finding.code: finding for finding in answer.findings}
    finding = told[f"readiness.{code}"]

    assert (path, severity) == (finding.path, finding.severity)
    assert finding.who
    assert "{" not in finding.message + finding.unblock


def test_warnings_do_not_block() -> None:
    """
    What would only make the visit harder is told and leaves the answer open.
    """
    answer = readiness(on("work", instructions=None)(ready()), NOW)

    assert answer.open
    assert ("information",) == answer.subject.lacking


def test_old_version_of_a_procedure_does_not_count() -> None:
    """
    An acknowledgement of another version, or of another text of the same version, is none.
    """
    word = Acknowledgement(id="k1", procedure="LOTO", version="3", hash="bb", by="tom", at=NOW)
    answer = readiness(on("safety", acknowledgements=(word,))(ready()), NOW)

    assert ("safety",) == answer.subject.lacking


def test_answer_reads_as_a_package() -> None:
    """
    The printed answer names the visit and the job.
    """
    assert "visit v1 of job J1 is open" == str(readiness(ready(), NOW))


def test_naive_time_is_refused() -> None:
    """
    A time without a zone is refused with its place.
    """
    with pytest.raises(Invalid) as refused:
        readiness(ready(), datetime(2026, 3, 10))

    assert "$.now" == refused.value.path
