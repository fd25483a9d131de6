"""Promises of routing on the desk: jobs stand in the queue of their region, and conditions may ask for it."""

from datetime import timedelta

import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Invalid, NotFound
from jobkit.stores import MemoryStore
from tests.desk.building import seated
from tests.desk.dispatch import NOW, PAUL, ROUTES, opened, service


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small regional service."""
    return seated(service(), store, awaited=awaited)


def standing(desk: Desk, queue: str) -> list[str]:
    """Return the jobs that stand in a queue."""
    return [job.id for job in desk.queue(queue).jobs]


def test_job_stands_in_the_queue_of_its_region(desk: Desk) -> None:
    """
    A job is routed when it comes in, again when its place is corrected, and no more when it is over.
    """
    opened(desk, "a", code="80331")
    opened(desk, "b", code="00000")

    assert (["a"], ["b"]) == (standing(desk, "dispatch-south"), standing(desk, "dispatch"))
    desk.amend("a", {"subject.postal_code": "20095"}, by=PAUL, at=NOW)
    assert ([], ["a"]) == (standing(desk, "dispatch-south"), standing(desk, "dispatch-north"))
    desk.fire("a", "cancel", by=PAUL, at=NOW)
    assert [] == standing(desk, "dispatch-north")


def test_route_is_told_with_its_reason(desk: Desk) -> None:
    """
    The route names rule, region and batch, and what no rule fits has a finding.
    """
    opened(desk, "a", code="80331")
    opened(desk, "b", code="00000")

    found, lost = (desk.route(id, now=NOW) for id in ("a", "b"))

    assert ("dispatch-south", "south", "S/-", "south") == (found.queue, found.region, found.batch, found.rule)
    assert "Rule south: postal code 80331 lies in 8." == found.because
    assert ["priority.unmatched"] == [finding.code for finding in lost.findings]


def test_queue_may_ask_for_the_region(desk: Desk) -> None:
    """
    The condition of a queue names the route like any other fact.
    """
    opened(desk, "a", code="20095", terms={"tier": "gold"})
    opened(desk, "b", code="80331", terms={"tier": "gold"})

    assert ["a"] == standing(desk, "north-gold")


def test_guard_may_ask_for_the_region(desk: Desk) -> None:
    """
    A lifecycle that declares the route among its facts guards a move by it.
    """
    opened(desk, "a", code="20095")
    opened(desk, "b", code="80331")

    assert [True, False] == [desk.ask(id, "ship", by=PAUL, at=NOW).open for id in ("a", "b")]


def test_time_alone_moves_a_job_to_another_region(store: Store) -> None:
    """
    When a dated rule begins to hold, a wake-up puts the job into its new queue.
    """
    begin = NOW + timedelta(days=3)
    west = {
        "id": "west",
        "queue": "dispatch-west",
        "region": "west",
        "prefixes": ["20"],
        "effective_from": begin.isoformat(),
    }
    routing = {**ROUTES, "rules": [*ROUTES["rules"], west]}
    desk = Desk(service(routing=routing), store)
    opened(desk, "a", code="20095")

    before = standing(desk, "dispatch-north")
    desk.advance(begin)

    assert (["a"], [], ["a"]) == (
        before,
        standing(desk, "dispatch-north"),
        standing(desk, "dispatch-west"),
    )
    assert () == desk.due(begin + timedelta(days=30))


def test_catalog_without_routing_tells_so() -> None:
    """
    Asking for a route where nothing routes is refused.
    """
    desk = Desk(service(routing=None), MemoryStore())
    opened(desk, "a")

    with pytest.raises(NotFound) as error:
        desk.route("a", now=NOW)

    assert "desk.no_routing" == error.value.code


def test_capacity_of_a_region_that_nothing_routes_to_is_refused() -> None:
    """
    A pool for a region that no routing rule names would never be used.
    """
    capacity = {
        "id": "boards",
        "zone": "Europe/Berlin",
        "bands": ["emergency", "standard", "preventive"],
        "pools": [{"id": "vans", "slots": 1, "regions": ["moon"]}],
    }

    with pytest.raises(Invalid) as error:
        service(capacity=capacity)

    assert "catalog.capacity_region" == error.value.code


def test_everything_wrong_with_the_order_of_work_is_told_at_once() -> None:
    """
    Priority, routing and capacity are read together, each problem at its place.
    """
    with pytest.raises(Invalid) as error:
        service(priority={}, routing={"id": "r"}, capacity={"id": "c"})

    tables = {finding.path.split(".")[1] for finding in error.value.findings}
    assert {"priority", "routing", "capacity"} == tables


def test_hints_about_routing_are_told_by_the_catalog() -> None:
    """
    What only overlaps by the declared order stands among the findings of the catalog.
    """
    rules = [{**ROUTES["rules"][0], "id": "narrow", "prefixes": ["20"]}, *ROUTES["rules"]]
    catalog = service(routing={**ROUTES, "match": "first", "rules": rules})

    assert "priority.routing_overlap" in [finding.code for finding in catalog.findings]
