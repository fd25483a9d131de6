"""The published order of work: priority rules, routing to regional queues, and protected capacity."""

from jobkit.priority._routing import Route, RoutingRules, next_route_change, route
from jobkit.priority._routing_data import RoutingData, RoutingRule, Where

__all__ = [
    "RoutingRules",
    "RoutingRule",
    "RoutingData",
    "Where",
    "Route",
    "route",
    "next_route_change",
]
