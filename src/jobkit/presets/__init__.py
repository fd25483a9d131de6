"""Ready rules as data: the standard after-sales job with its predicates, and the clocks of its promises."""

from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from jobkit.calendars import Calendar
from jobkit.clocks import Milestones
from jobkit.documents import read_toml
from jobkit.duplicates import MatchRules, MergeRules
from jobkit.errors import NotFound
from jobkit.facts import declare
from jobkit.findings import Template
from jobkit.intake import IntakeRules
from jobkit.lifecycle import Lifecycle
from jobkit.mappings import FrozenMap
from jobkit.playbooks import Playbooks
from jobkit.presets._predicates import PREDICATES, Explained, explained
from jobkit.priority import CapacityRules, OpenTime, PriorityRules, RoutingRules
from jobkit.registry import Registry

__all__ = [
    "AFTER_SALES",
    "PREDICATES",
    "PRIORITY_FACTS",
    "Explained",
    "after_sales",
    "after_sales_request",
    "calendars",
    "capacity",
    "duplicates",
    "explained",
    "intake",
    "merging",
    "milestones",
    "playbooks",
    "priority",
    "registry",
    "routing",
    "text",
]

UNKNOWN = Template("presets.unknown", "There is no preset {name}.", "Use one of: {names}.")

AFTER_SALES: Final = ("after_sales", "after_sales_parts", "after_sales_billing")
"""The names of the lifecycle documents of the after-sales preset: work, parts and billing."""

_DOCUMENTS: Final = (
    *AFTER_SALES,
    "after_sales_request",
    "after_sales_catalog",
    "milestones",
    "milestones_calendars",
    "priority",
    "routing",
    "capacity",
    "intake",
    "duplicates",
    "merging",
    "playbooks",
)

PRIORITY_FACTS: Final[Mapping[str, str]] = FrozenMap(
    {
        "clock.on_site.due_at": "instant",
        "clock.on_site.breached_at": "instant",
        "clock.on_site.stopped_at": "instant",
        "clock.on_site_from_submission.started_at": "instant",
        "clock.resolution.due_at": "instant",
        "clock.resolution.breached_at": "instant",
        "clock.resolution.stopped_at": "instant",
        "host.impact": "code",
        "host.asset.kind": "code",
        "host.asset.criticality": "code",
    }
)
"""What the ready order of work asks beside the job itself."""


def text(name: str) -> str:
    """
    Return the TOML text of one preset document, to read, to copy or to derive from.

    An unknown name is refused.
    """
    if name not in _DOCUMENTS:
        raise NotFound.of(UNKNOWN, name=str(name)[:80], names=list(_DOCUMENTS))
    return resources.files("jobkit.presets").joinpath(f"{name}.toml").read_text(encoding="utf-8")


def registry(base: Registry | None = None) -> Registry:
    """Return *base* with the predicates of the presets; a name that is taken is refused."""
    return (base or Registry()).with_("predicate", PREDICATES)


def after_sales() -> Mapping[str, Lifecycle]:
    """
    Return the standard after-sales lifecycles by facet: work, parts and billing.

    >>> sorted(after_sales())
    ['billing', 'parts', 'work']
    """
    loaded = [Lifecycle.load(text(name), registry=registry()) for name in AFTER_SALES]
    return FrozenMap({lifecycle.definition.facet: lifecycle for lifecycle in loaded})


def after_sales_request() -> Lifecycle:
    """
    Return the standard lifecycle of a customer's request, which jobs fulfil and which is never dispatched.

    >>> after_sales_request().initial
    ('received', 'noted')
    """
    return Lifecycle.load(text("after_sales_request"), registry=registry())


def milestones(calendars: Mapping[str, Any] | None = None) -> Milestones:
    """
    Return the ready milestones of an after-sales job: on site by tier, response, resolution, closure, more.

    They count by the calendars `business`, `day_end` and `week_end`. With *calendars* a milestone whose
    calendar is not among them is refused.

    >>> milestones()["on_site"].label
    'On site after approval'
    """
    return Milestones.load(text("milestones"), vocabulary=declare(), registry=registry(), calendars=calendars)


def calendars(zone: str) -> Mapping[str, Calendar]:
    """
    Return the calendars of the ready milestones in one IANA zone; an unknown zone is refused.

    `business` is open from Monday to Friday, 08:00 to 17:00, and knows no holidays: replace it by your own.

    >>> sorted(calendars("Europe/Berlin"))
    ['business', 'day_end', 'week_end']
    """
    tables = read_toml(text("milestones_calendars"))
    return FrozenMap(
        {name: Calendar.load({"id": name, "zone": zone, **table}) for name, table in tables.items()}
    )


def priority(calendars: Mapping[str, OpenTime]) -> PriorityRules:
    """
    Return the ready order of after-sales work: bands from danger to people down to deferred maintenance.

    It asks facts of the job, the clocks `on_site`, `resolution` and `on_site_from_submission`, and of the
    host `host.impact`, `host.asset.kind` and `host.asset.criticality`. *calendars* must hold `business`;
    without it the rules are refused.

    >>> [band.id for band in priority(calendars("Europe/Berlin")).data.bands][:3]
    ['life_safety', 'production_stop', 'sla_breach']
    """
    return PriorityRules.load(text("priority"), declare(PRIORITY_FACTS), registry(), calendars=calendars)


def intake(registry: Registry | None = None) -> IntakeRules:
    """
    Return what an after-sales service asks before approval: packages, symptoms, topics of triage, forms.

    *registry* holds what the host adds, such as look-ups for a copy of these rules.

    >>> [topic.id for topic in intake().topics("breakdown")]
    ['ownership', 'entitlement', 'duplicates', 'parts']
    """
    return IntakeRules.load(text("intake"), declare(), registry or Registry())


def duplicates() -> MatchRules:
    """
    Return when two jobs of an after-sales service may be the same; nothing is merged by machine.

    >>> duplicates().data.auto_merge
    False
    """
    return MatchRules.load(text("duplicates"))


def merging() -> MergeRules:
    """
    Return who goes on when two jobs are merged, and what each field becomes.

    >>> merging().rule_of("work.symptom"), merging().rule_of("parts")
    ('filled', 'union')
    """
    return MergeRules.load(text("merging"), declare())


def routing() -> RoutingRules:
    """
    Return ready routing rules, as a pattern to copy: four regions of Germany by postal code and territory.

    >>> routing().regions
    ('east', 'north', 'south', 'west')
    """
    return RoutingRules.load(text("routing"), declare(), registry())


def capacity(zone: str) -> CapacityRules:
    """
    Return the ready rules of protected capacity, with days of one IANA zone; an unknown zone is refused.

    Emergencies have a flexible reserve, planned maintenance a block of its own, winter has pools of its own.

    >>> [pool.id for pool in capacity("Europe/Berlin").data.pools]
    ['field', 'field-winter']
    """
    tables = read_toml(text("capacity"))
    return CapacityRules.load({"zone": zone, **tables}, declare(), registry())


def playbooks() -> Playbooks:
    """
    Return ready playbooks of a compressor, as patterns to copy: yearly service, commissioning, inspection.

    >>> [playbook.source for playbook in playbooks()]
    ['compressor-service@1', 'commissioning@1', 'warranty-inspection@1']
    """
    return Playbooks.load(text("playbooks"))
