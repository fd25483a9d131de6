"""The order of work in a catalog: priority, routing and capacity read together, and held to one another."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import attrs

from jobkit.conditions import Vocabulary
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.priority import CapacityRules, OpenTime, PriorityRules, RoutingRules
from jobkit.registry import Registry

OTHER_BANDS = Template(
    "catalog.capacity_bands",
    "The capacity rules {capacity} have the bands {found}, and the priority rules {priority} {bands}.",
    "Name the same bands in both.",
)
NO_REGION = Template(
    "catalog.capacity_region",
    "The capacity rules {capacity} speak of the region {region}, to which no rule of {routing} leads.",
    "Use one of the regions: {regions}.",
)

ROUTES: Final = Vocabulary.of({"route.queue": "text", "route.region": "text", "route.batch": "text"})
"""What conditions may ask of a job's route."""

_DEFERRALS: Final = Vocabulary.of({"deferral.since": "instant", "deferral.count": "integer"})

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class WorkOrder:
    """How work is ordered: by which priority rules, to which queues, within what capacity, if any."""

    priority: PriorityRules | None = None
    routing: RoutingRules | None = None
    capacity: CapacityRules | None = None


@attrs.frozen(kw_only=True)
class OrderBench:
    """What the order of work is read with: declared facts, names, calendars, and a list for what is wrong."""

    words: Vocabulary
    registry: Registry
    calendars: Mapping[str, OpenTime]
    findings: list[Finding]


def load_order(*, priority: Any, routing: Any, capacity: Any, bench: OrderBench) -> WorkOrder:
    """
    Read the tables `priority`, `routing` and `capacity` of a catalog, each of which may be missing.

    They may ask for the job, its clocks, its route and deferrals, and what the host registered as facts.
    """
    names = bench.registry
    host = Vocabulary.of({f"{name}.*": "any" for name in names.names("facts")})
    asked = bench.words | ROUTES | _DEFERRALS | host

    def read_priority(table: Any) -> PriorityRules:
        return PriorityRules.load(table, asked, names, calendars=bench.calendars, path="$.priority")

    def read_routing(table: Any) -> RoutingRules:
        return RoutingRules.load(table, bench.words, names, "$.routing")

    def read_capacity(table: Any) -> CapacityRules:
        return CapacityRules.load(table, asked, names, "$.capacity")

    return WorkOrder(
        priority=_read(read_priority, priority, bench.findings),
        routing=_read(read_routing, routing, bench.findings),
        capacity=_read(read_capacity, capacity, bench.findings),
    )


def _read(read: Callable[[Any], T], table: Any, findings: list[Finding]) -> T | None:
    if table is None:
        return None
    try:
        return read(table)
    except Invalid as error:
        findings += error.findings
        return None


def order_findings(
    priority: PriorityRules | None, routing: RoutingRules | None, capacity: CapacityRules | None
) -> Iterator[Finding]:
    """Yield where the parts do not fit: other bands, and regions to which nothing is routed."""
    if capacity is None:
        return
    if priority is not None and {band.id for band in priority.data.bands} != set(capacity.data.bands):
        yield Finding.of(
            OTHER_BANDS,
            path="$.capacity.bands",
            capacity=capacity.id,
            found=list(capacity.data.bands),
            priority=priority.id,
            bands=[band.id for band in priority.data.bands],
        )
    if routing is not None:
        told: dict[str, Any] = {"routing": routing.id, "regions": list(routing.regions)}
        for region in sorted(_regions(capacity) - set(routing.regions)):
            yield Finding.of(NO_REGION, path="$.capacity", capacity=capacity.id, region=region, **told)


def _regions(capacity: CapacityRules) -> set[str]:
    data = capacity.data
    limited: tuple[Any, ...] = (*data.pools, *data.buffers, *data.overbooking)
    return {region for rule in limited for region in rule.regions} | {each.route for each in data.cancels}
