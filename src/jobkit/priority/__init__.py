"""The published order of work: priority rules, routing to regional queues, and protected capacity."""

from jobkit.priority._bench import Bench, OpenTime
from jobkit.priority._board import Displaced, admission, admit, days_with_room, withdraw
from jobkit.priority._bound import Bound, overtaking_bound
from jobkit.priority._capacity import CapacityRules, demand, draws_on
from jobkit.priority._capacity_data import (
    Board,
    Booking,
    Buffer,
    CancelCount,
    CapacityData,
    DeferralRule,
    Overbooking,
    Pool,
    Reserve,
)
from jobkit.priority._defaults import Defaulted
from jobkit.priority._deferral import deferral, deferral_rule, deferred_since, displace
from jobkit.priority._escalate import Escalated, escalations, next_escalation
from jobkit.priority._inversions import check
from jobkit.priority._measure import Ageing, Mark, Measure, Points
from jobkit.priority._overbooking import Overbooked, overbooked
from jobkit.priority._override import Override
from jobkit.priority._place import Place
from jobkit.priority._publish import publish
from jobkit.priority._publish_capacity import publish_capacity
from jobkit.priority._publish_routing import publish_routing
from jobkit.priority._rank import compare, in_order, rank
from jobkit.priority._routing import Route, RoutingRules, next_route_change, route
from jobkit.priority._routing_data import RoutingData, RoutingRule, Where
from jobkit.priority._rules import PriorityRules
from jobkit.priority._standing import Allowance, Kept, Standing, allowance, lapsed, standing
from jobkit.priority._terms import TERMS
from jobkit.priority._turns import next_change
from jobkit.priority._values import (
    Age,
    Band,
    Default,
    Escalation,
    Promotion,
    RuleSet,
    Scale,
    Season,
    Slack,
    Step,
    Table,
    Term,
    Within,
)

__all__ = [
    "PriorityRules",
    "rank",
    "check",
    "Place",
    "Mark",
    "Defaulted",
    "compare",
    "in_order",
    "next_change",
    "escalations",
    "next_escalation",
    "Escalated",
    "overtaking_bound",
    "Bound",
    "publish",
    "publish_routing",
    "publish_capacity",
    "Override",
    "RuleSet",
    "Band",
    "Term",
    "Table",
    "Scale",
    "Age",
    "Slack",
    "Step",
    "Within",
    "Promotion",
    "Default",
    "Season",
    "Escalation",
    "TERMS",
    "Measure",
    "Points",
    "Ageing",
    "Bench",
    "OpenTime",
    "RoutingRules",
    "RoutingRule",
    "RoutingData",
    "Where",
    "Route",
    "route",
    "next_route_change",
    "CapacityRules",
    "CapacityData",
    "Pool",
    "Reserve",
    "Buffer",
    "Overbooking",
    "CancelCount",
    "DeferralRule",
    "Board",
    "Booking",
    "admission",
    "admit",
    "withdraw",
    "days_with_room",
    "Standing",
    "Kept",
    "Allowance",
    "standing",
    "allowance",
    "lapsed",
    "Overbooked",
    "overbooked",
    "Displaced",
    "displace",
    "deferral",
    "deferral_rule",
    "deferred_since",
    "demand",
    "draws_on",
]
