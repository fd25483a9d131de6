"""What a catalog is made of: queues, and job types with their lifecycles."""

from collections.abc import Mapping

import attrs

from jobkit.conditions import Condition
from jobkit.lifecycle import Lifecycle
from jobkit.model import JobType


@attrs.frozen(kw_only=True)
class Queue:
    """
    A named condition with the role that owns what stands in it, and the order in which to take it.

    `order` lists paths whose values sort the queue, smallest first; a missing value comes last.
    """

    name: str
    owner: str
    when: Condition | None = None
    order: tuple[str, ...] = ()
    label: str | None = None


@attrs.frozen(kw_only=True)
class TypeRules:
    """
    A job type with its lifecycles by facet.

    `unique_open` lists paths: two open jobs of the type may not agree in all of them. `milestones` names the
    milestones whose clocks its jobs have; left out, they have all of the catalog.
    """

    type: JobType
    lifecycles: Mapping[str, Lifecycle]
    unique_open: tuple[str, ...] = ()
    milestones: tuple[str, ...] | None = None
