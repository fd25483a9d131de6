"""The ready catalog orders its work out of the box: bands recorded, queues ranked, boards beside it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit import presets
from jobkit.catalog import Catalog
from jobkit.desk import Desk
from jobkit.errors import Invalid
from jobkit.model import Actor, Window
from jobkit.priority import CapacityRules, Override, PriorityRules, compare
from jobkit.registry import Registry
from jobkit.stores import MemoryStore
from tests.desk.building import trusting

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
BERLIN = "Europe/Berlin"
DEALER = Actor(id="dora", role="dealer")
BOSS = Actor(id="sue", role="supervisor")


def desk(catalog: Catalog | None = None) -> Desk:
    """Return a desk of the ready catalog, in memory."""
    return Desk(catalog or Catalog.preset("after-sales", zone=BERLIN), MemoryStore())


def sent(desk: Desk, id: str, job_type: str, work_type: str, at: datetime = NOW, **more: Any) -> None:
    """Submit a job so that it stands in triage."""
    subject = {"customer": "C-5", "asset": f"A-{id}", "site": "quarry", "postal_code": "20095"}
    request = {"subject": subject, "work": {"work_type": work_type}, **more}
    desk.submit(job_type, request, by=DEALER, at=at, job_id=id)
    desk.fire(id, "submit", by=DEALER, at=at)


def test_triage_is_ranked_by_the_ready_rules() -> None:
    """
    Danger to people comes first, then repair under contract, then maintenance, whatever came in first.
    """
    service = desk()
    sent(service, "pm", "preventive-maintenance", "preventive")
    sent(service, "fix", "breakdown", "breakdown", NOW + timedelta(minutes=1), terms={"contract": "C-1"})
    danger = NOW + timedelta(minutes=2)
    sent(service, "smoke", "breakdown", "breakdown", danger, terms={"urgency": "life_safety"})

    found = service.rank("triage", now=NOW + timedelta(minutes=5))

    assert ["smoke", "fix", "pm"] == [place.id for place in found.places]
    assert ["life_safety", "contract", "preventive"] == [place.band for place in found.places]
    assert compare(*found.places[:2]) == "smoke comes before fix, as life_safety outranks contract."


def test_new_job_is_not_at_risk_until_its_answer_is_near() -> None:
    """
    A job fresh in triage is no risk; half an hour before its first response is due it stands in at_risk.
    """
    service = desk()
    sent(service, "fix", "breakdown", "breakdown")
    due = NOW + timedelta(hours=4)

    assert () == service.queue("at_risk").jobs
    service.advance(due - timedelta(minutes=31))
    assert () == service.queue("at_risk").jobs
    service.advance(due - timedelta(minutes=30))
    assert ["fix"] == [job.id for job in service.queue("at_risk").jobs]


def test_band_is_recorded_with_what_was_defaulted() -> None:
    """
    A job carries the number of its band from the beginning, and the event says which urgency was assumed.
    """
    service = desk()
    sent(service, "fix", "breakdown", "breakdown", terms={"tier": "gold"})

    (event,) = [each for each in service.history("fix").events if each.kind == "prioritised"]

    assert 7 == service.job("fix").terms.band
    assert ("break_fix", "after-sales-priority@1") == (event.data["band"], event.data["rules"])
    assert [{"fact": "job.terms.urgency", "value": "high"}] == list(event.data["defaulted"])


def test_queue_of_triage_stands_in_the_order_of_bands() -> None:
    """
    The queue as the store serves it has the more urgent band first, and in it who came first.
    """
    service = desk()
    sent(service, "pm", "preventive-maintenance", "preventive")
    sent(service, "late", "breakdown", "breakdown", NOW + timedelta(minutes=2))
    sent(service, "early", "breakdown", "breakdown", NOW + timedelta(minutes=1))

    assert ["early", "late", "pm"] == [job.id for job in service.queue("triage").jobs]


def test_word_of_the_supervisor_moves_a_job() -> None:
    """
    An override by a person counts in the ready order and is told in the place.
    """
    service = desk()
    sent(service, "pm", "preventive-maintenance", "preventive")
    sent(service, "fix", "breakdown", "breakdown")
    service.override_priority("pm", band="production_stop", reason="the line waits for it", by=BOSS, at=NOW)

    first = service.rank("triage", now=NOW).places[0]

    assert ("pm", "preventive") == (first.id, first.natural)
    assert isinstance(first.override, Override)


def test_host_tells_what_the_order_asks_of_it() -> None:
    """
    Facts of the host come by its own fact provider; without one they count as the rules say.
    """
    told = {"impact": "high", "asset": {"kind": "production", "criticality": "A"}}
    known = desk(Catalog.preset("after-sales", registry=Registry.of(facts={"host": lambda job: told})))
    unknown = desk(Catalog.preset("after-sales"))
    for service in (known, unknown):
        sent(service, "fix", "breakdown", "breakdown")

    (one,), (other,) = (service.rank("triage", now=NOW).places for service in (known, unknown))

    assert ("host.impact is high" in one.explain(), one.score < other.score) == (True, True)
    assert "host.impact is not on the scale and counts as medium" in other.explain()


def test_all_ready_rules_of_order_work_together() -> None:
    """
    With the ready routes and capacity beside it a job has its region, its queue and a place on a board.
    """
    ready = trusting(Catalog.preset("after-sales", zone=BERLIN))
    catalog = ready.with_order(routing=presets.routing(), capacity=presets.capacity(BERLIN))
    service, start = desk(catalog), NOW + timedelta(days=2)
    known = {"id": "fix", "type": "breakdown", "states": {"work": "approved"}}
    known |= {"subject": {"postal_code": "20095"}, "work": {"work_type": "breakdown"}}
    service.adopt(known, by=BOSS, at=NOW, since=NOW, evidence="the old system")
    window = Window(start, start + timedelta(hours=1))
    service.plan_visit("fix", window, by=BOSS, at=NOW, visit_id="v1")

    done = service.admit("fix", by=BOSS, at=NOW)

    assert ("north", "break_fix") == (
        service.route("fix", now=NOW).region,
        done.job.visits[0].board and done.job.visits[0].board.band,
    )
    assert ["fix"] == [place.id for place in service.rank("dispatch-north", now=NOW).places]


def test_order_that_does_not_fit_is_refused() -> None:
    """
    Capacity with other bands than the priority rules does not come into the catalog.
    """
    pool = {"id": "vans", "slots": 1}
    other = CapacityRules.load({"id": "other", "zone": "UTC", "bands": ["only"], "pools": [pool]})

    with pytest.raises(Invalid) as refused:
        Catalog.preset("after-sales").with_order(capacity=other)

    assert "catalog.capacity_bands" == refused.value.code


def test_parts_not_named_stay() -> None:
    """
    Rules of order that are not given anew are those of the catalog.
    """
    catalog = Catalog.preset("after-sales")
    ordered = catalog.with_order(routing=presets.routing())
    rules = PriorityRules.load(
        {"id": "own", "direction": "one_highest", "tie_break": ["job.id"], "bands": [{"id": "all"}]}
    )

    assert (catalog.priority, None) == (ordered.priority, ordered.capacity)
    assert ("own", ordered.routing) == (
        (own := ordered.with_order(priority=rules)).priority and own.priority.id,
        own.routing,
    )
