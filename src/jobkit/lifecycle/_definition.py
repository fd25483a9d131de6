"""A lifecycle as data: states, transitions, and what each demands."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

import attrs

from jobkit.documents import freeze, thaw
from jobkit.durations import Working, write_duration
from jobkit.mappings import EMPTY
from jobkit.model import Category, End

FieldFlag = Literal["required", "read_only", "hidden"]
GuardSeverity = Literal["block", "warn"]

RESUME: Final = "@resume"
"""The target that returns to the state from which a hold began."""

SAME: Final = "@same"
"""The target of an internal trigger: something is recorded, the state stays."""

ANY: Final = "*"
"""The source that stands for every state without an end."""


def _kept(**named: Any) -> dict[str, Any]:
    """Keep what says something: neither absent nor an empty list or table."""
    return {name: value for name, value in named.items() if value is not None and value not in ([], {})}


@attrs.frozen(kw_only=True)
class Limit:
    """How long a job may stay in a state, in elapsed or working time, before it is an exception."""

    after: timedelta | Working
    queue: str | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the limit as it stands in a document."""
        return _kept(after=write_duration(self.after), queue=self.queue)


@attrs.frozen(kw_only=True)
class StateRule:
    """
    One state: the category behind it, how it ends, who is responsible, what may be done there.

    A superstate has children that name it as `parent`; transitions from it hold for all of them, and what it
    says about owner, limit, fields and operations holds where a child says nothing. `fields` maps a path to
    required, read_only or hidden; `forbids` names operations (amend, note, plan_visit, …) refused here,
    `permits` the only ones that are not.
    """

    name: str
    category: Category
    end: End | None = None
    initial: bool = False
    parent: str | None = None
    owner: str | None = None
    limit: Limit | None = None
    fields: Mapping[str, FieldFlag] = attrs.field(default=EMPTY, converter=freeze)
    permits: tuple[str, ...] | None = None
    forbids: tuple[str, ...] = ()
    label: str | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the state as it stands below its name in a document."""
        data = _kept(
            category=self.category,
            end=self.end,
            initial=self.initial or None,
            parent=self.parent,
            owner=self.owner,
            limit=self.limit and self.limit.to_data(),
            fields=thaw(self.fields),
            forbids=list(self.forbids),
            label=self.label,
        )
        return data if self.permits is None else {**data, "permits": list(self.permits)}


@attrs.frozen(kw_only=True)
class EffectRule:
    """
    What a transition sets off: an internal deed (create_task, spawn_job, fire) or an outbound notice.

    `carries` in its data names what it takes along from the move: reason, note, or a key of the move's data.
    """

    name: str
    data: Mapping[str, Any] = attrs.field(default=EMPTY, converter=freeze)
    outbound: bool = True

    def to_data(self) -> dict[str, Any]:
        """Return the effect as it stands in a document."""
        return _kept(name=self.name, data=thaw(self.data), outbound=None if self.outbound else False)


@attrs.frozen(kw_only=True)
class Guard:
    """
    A condition (one line of text or data) with the sentence that says no and what helps.

    With severity `warn` it never blocks: its finding may be acknowledged, and that is recorded.
    """

    id: str
    when: Any = attrs.field(converter=freeze)
    message: str | None = None
    unblock: str | None = None
    who: str | None = None
    severity: GuardSeverity = "block"

    def to_data(self) -> dict[str, Any]:
        """Return the guard as it stands in a document."""
        return _kept(
            id=self.id,
            when=thaw(self.when),
            message=self.message,
            unblock=self.unblock,
            who=self.who,
            severity=None if self.severity == "block" else self.severity,
        )


@attrs.frozen(kw_only=True)
class Transition:
    """
    One way from its sources to a target, fired by a user, by the library or by time.

    Sources are state names, superstates, `@category` or `*` (any state without an end); a category and `*`
    never mean the target itself. `needs` are paths that must be known; `reason` names the code list a reason
    must come from; `after` makes it automatic once the job has been that long in the source (with roles, a
    person may fire it earlier); `order` decides between several that are open for one trigger, the smallest
    first.
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

    def to_data(self) -> dict[str, Any]:
        """Return the transition as it stands in a document."""
        return _kept(
            id=self.id,
            trigger=self.trigger,
            **{"from": list(self.sources)},
            to=self.target,
            roles=list(self.roles),
            needs=list(self.needs),
            reason=self.reason,
            guards=[guard.to_data() for guard in self.guards],
            effects=[effect.to_data() for effect in self.effects],
            after=None if self.after is None else write_duration(self.after),
            order=self.order,
            label=self.label,
        )


@attrs.frozen(kw_only=True)
class Definition:
    """A whole lifecycle of one facet, before it is compiled; `base` is the one it derives from."""

    id: str
    version: str
    facet: str = "work"
    roles: tuple[str, ...] = ()
    reasons: Mapping[str, tuple[str, ...]] = attrs.field(default=EMPTY, converter=freeze)
    facts: Mapping[str, str] = attrs.field(default=EMPTY, converter=freeze)
    states: tuple[StateRule, ...]
    transitions: tuple[Transition, ...]
    base: str | None = None

    def to_data(self) -> dict[str, Any]:
        """
        Return the definition as a document (TOML or JSON tables) that loads back to the same value.
        """
        return {
            **_kept(id=self.id, version=self.version, base=self.base, facet=self.facet),
            **_kept(roles=list(self.roles), reasons=thaw(self.reasons), facts=thaw(self.facts)),
            "states": {state.name: state.to_data() for state in self.states},
            "transitions": [transition.to_data() for transition in self.transitions],
        }
