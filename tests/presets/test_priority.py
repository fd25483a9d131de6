"""Promises of the ready order of after-sales work."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.errors import Invalid
from jobkit.facts import gather
from jobkit.model import Deferral, Job, State, Terms, Window, Work
from jobkit.presets import calendars, priority
from jobkit.priority import Place, escalations, rank

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = priority(calendars("Europe/Berlin"))


def facts(
    work_type: str | None, terms: Terms | None = None, flags: tuple[str, ...] = (), **clocks: Any
) -> Any:
    """Return the facts of a job with its clocks."""
    job = Job(
        id="J1",
        type="repair",
        states={"work": State(name="approved", category="open")},
        work=Work(work_type=work_type),
        terms=terms or Terms(),
        flags=flags,
    )
    return gather(job, clock=clocks)


def place(*args: Any, **more: Any) -> Place:
    """Return the place of one job alone."""
    return rank([facts(*args, **more)], RULES, NOW)[0]


def put_off(times: int) -> Terms:
    """Return terms of maintenance that was put off so often."""
    return Terms(
        deferrals=tuple(
            Deferral(id=f"d{place}", reason="capacity", until=NOW, by="lena", at=NOW)
            for place in range(times)
        )
    )


@pytest.mark.parametrize(
    ("band", "found"),
    [
        ("life_safety", place("preventive", flags=("life_safety",))),
        ("life_safety", place("repair", Terms(urgency="life_safety"))),
        ("production_stop", place("repair", Terms(urgency="production_stop"))),
        ("production_stop", place("repair", flags=("production_stop",))),
        ("sla_breach", place("repair", on_site={"due_at": NOW})),
        ("sla_breach", place("repair", on_site={"due_at": None, "breached_at": NOW, "paused": True})),
        ("sla_breach", place("repair", resolution={"breached_at": NOW})),
        ("break_fix", place("breakdown", on_site={"breached_at": NOW - DAY, "stopped_at": NOW})),
        ("sla_near_breach", place("repair", resolution={"due_at": NOW + timedelta(hours=4)})),
        ("warranty", place("warranty", Terms(contract="C-1"))),
        ("contract", place("breakdown", Terms(contract="C-1"))),
        ("break_fix", place("breakdown")),
        ("project", place("retrofit")),
        ("preventive", place("preventive")),
        ("deferred_preventive", place("preventive", put_off(1))),
        ("preventive", place("preventive", put_off(2))),
        ("break_fix", place("inspection", Terms(due=Window(start=NOW - 70 * DAY, end=NOW - 60 * DAY)))),
        ("other", place(None)),
    ],
)
def test_work_stands_in_its_band(band: str, found: Place) -> None:
    """
    Each kind of work has its band, and maintenance that waits too long leaves it by name.
    """
    assert band == found.band


def test_urgency_is_defaulted_by_tier() -> None:
    """
    Without a word about urgency the tier decides, and the place says so.
    """
    assert ["urgency_of_gold"] == [one.id for one in place("repair", Terms(tier="gold")).defaulted]
    assert () == place("repair", Terms(tier="gold", urgency="low")).defaulted


def test_a_breakdown_goes_to_the_supervisor() -> None:
    """
    A breakdown escalates without any safety event.
    """
    assert ["supervisor"] == [told.who for told in escalations(facts("breakdown"), RULES, NOW)]


def test_the_calendar_must_be_there() -> None:
    """
    Rules that count in working hours are refused without their calendar.
    """
    with pytest.raises(Invalid) as refused:
        priority({})

    assert {"priority.no_calendar"} == {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("times", [0, 1], ids=["preventive", "deferred"])
def test_age_of_maintenance_counts(times: int) -> None:
    """
    Of two maintenance jobs, both put off or neither, the one whose window began earlier comes first.
    """
    ages = {"J1": 8, "J2": 50, "J3": 21}
    jobs = []
    for id, days in ages.items():
        due = Window(start=NOW - days * DAY, end=NOW + DAY)
        told = facts("preventive", attrs.evolve(put_off(times), due=due))
        jobs.append({**told, "job": attrs.evolve(told["job"], id=id)})

    assert ["J2", "J3", "J1"] == [found.id for found in rank(jobs, RULES, NOW)]
