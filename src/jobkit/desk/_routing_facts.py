"""Where a job is routed to: its queue and region, and what conditions may ask of them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from jobkit.catalog import Catalog
from jobkit.mappings import EMPTY
from jobkit.model import Job
from jobkit.priority import Route, Where, next_route_change, route
from jobkit.wakeups import Wakeup


def route_of(catalog: Catalog, job: Job, now: datetime) -> Route | None:
    """Return the route of a job, None where the catalog does not route."""
    if catalog.routing is None:
        return None
    return route(Where.of(job), catalog.routing, now=now, facts={"job": job})


def region_of(catalog: Catalog, job: Job, now: datetime) -> str | None:
    """Return the region of a job: where its route leads, or the territory of its work if nothing routes."""
    found = route_of(catalog, job, now)
    return job.work.territory if found is None else found.region


def route_facts(catalog: Catalog, job: Job, now: datetime) -> Mapping[str, Any]:
    """Return what conditions may ask as `route.*`; nothing where the catalog does not route."""
    found = route_of(catalog, job, now)
    if found is None:
        return EMPTY
    return {"queue": found.queue, "region": found.region, "batch": found.batch}


def route_queues(catalog: Catalog, job: Job, now: datetime) -> Iterator[str]:
    """Yield the queue that an open job is routed to."""
    found = route_of(catalog, job, now) if job.is_open else None
    if found is not None:
        yield found.queue


def route_wakeups(catalog: Catalog, job: Job, now: datetime) -> Iterator[Wakeup]:
    """Yield the next instant at which time alone may route an open job elsewhere."""
    if catalog.routing is None or not job.is_open:
        return
    turns = next_route_change(Where.of(job), catalog.routing, now=now, facts={"job": job})
    if turns is not None:
        yield Wakeup(at=turns, job_id=job.id, kind="queue", name="route")
