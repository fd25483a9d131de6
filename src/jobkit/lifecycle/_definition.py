"""A lifecycle as data: states, transitions, and what each demands."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

import attrs

from jobkit.durations import Working
from jobkit.mappings import EMPTY
from jobkit.model import Category, End

FieldFlag = Literal["required", "read_only", "hidden"]

RESUME: Final = "@resume"
"""The target that returns to the state from which a hold began."""

SAME: Final = "@same"
"""The target of an internal trigger: something is recorded, the state stays."""


@attrs.frozen(kw_only=True)
class Limit:
    """How long a job may stay in a state, in elapsed or working time, before it is an exception."""

    after: timedelta | Working
    queue: str | None = None


@attrs.frozen(kw_only=True)
class StateRule:
    """
    One state: the category behind it, how it ends, who is responsible, what may be done there.

    A superstate has children that name it as `parent`; transitions from it hold for all of them. `fields` maps a
    path to required, read_only or hidden; `forbids` names operations (amend, note, plan_visit, …) refused here.
    """

    name: str
    category: Category
    end: End | None = None
    initial: bool = False
    parent: str | None = None
    owner: str | None = None
    limit: Limit | None = None
    fields: Mapping[str, FieldFlag] = EMPTY
    permits: tuple[str, ...] | None = None
    forbids: tuple[str, ...] = ()
    label: str | None = None


@attrs.frozen(kw_only=True)
class EffectRule:
    """What a transition sets off: an internal deed (create_task, spawn_job, fire) or an outbound notice."""

    name: str
    data: Mapping[str, Any] = EMPTY
    outbound: bool = True


@attrs.frozen(kw_only=True)
class Guard:
    """A condition (one line of text or data) with the sentence that says no and what helps."""

    id: str
    when: Any
    message: str | None = None
    unblock: str | None = None
    who: str | None = None


@attrs.frozen(kw_only=True)
class Transition:
    """
    One way from its sources to a target, fired by a user, by the library or by time.

    Sources are state names, superstates, `@category` or `*` (any state without an end). `needs` are paths that
    must be known; `reason` names the code list a reason must come from; `after` makes it automatic once the job
    has been that long in the source; `order` decides between several that are open for one trigger.
    """

    id: str
    trigger: str
    sources: tuple[str, ...]
    target: str
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    reason: str | None = None
    guards: tuple[Guard, ...] = ()
    effects: tuple[EffectRule, ...] = ()
    after: timedelta | Working | None = None
    order: int | None = None
    label: str | None = None


@attrs.frozen(kw_only=True)
class Definition:
    """A whole lifecycle of one facet, before it is compiled; `base` is the one it derives from."""

    id: str
    version: str
    facet: str = "work"
    roles: tuple[str, ...] = ()
    reasons: Mapping[str, tuple[str, ...]] = EMPTY
    facts: Mapping[str, str] = EMPTY
    states: tuple[StateRule, ...]
    transitions: tuple[Transition, ...]
    base: str | None = None
