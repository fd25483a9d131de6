"""Routing on the desk: where a job belongs, and which rule says so."""

from datetime import datetime

from jobkit.desk._office import Office
from jobkit.desk._routing_facts import route_of
from jobkit.desk._steps import Steps
from jobkit.errors import NotFound
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.priority import Route

NO_ROUTING = Template(
    "desk.no_routing",
    "The catalog {catalog} has no routing rules.",
    "Give the catalog a routing table.",
)


def route(office: Office, job_id: str, *, now: datetime) -> Steps[Route]:
    """
    Return queue, region and batch key of a job at *now*, the rule that decided, and why.

    An unknown job, and a catalog without routing rules, are refused.
    """
    job = yield from office.job(job_id)
    found = route_of(office.catalog, job, utc(now, "$.now"))
    if found is None:
        raise NotFound.of(NO_ROUTING, catalog=office.catalog.id)
    return found
