"""Configurable state machines whose every "no" says what unblocks it."""

from jobkit.lifecycle._definition import (
    ANY,
    RESUME,
    SAME,
    Definition,
    EffectRule,
    FieldFlag,
    Guard,
    Limit,
    StateRule,
    Transition,
)
from jobkit.lifecycle._derive import Changes, derive, rebase
from jobkit.lifecycle._jobs import (
    Lifecycles,
    Moved,
    ask,
    by_facet,
    initial_states,
    move,
    observe,
    options,
)
from jobkit.lifecycle._lifecycle import Lifecycle
from jobkit.lifecycle._pending import Pending, pending
from jobkit.lifecycle._permissions import editable, field_flags, permits
from jobkit.lifecycle._rule import Option, Step
from jobkit.lifecycle._structure import SYSTEM, Edge
from jobkit.lifecycle._timers import (
    SYSTEM_ACTOR,
    Advanced,
    Due,
    Overdue,
    WorkingTime,
    advance,
    due,
    overdue,
    wakeups,
)

__all__ = [
    "Lifecycle",
    "Definition",
    "StateRule",
    "Transition",
    "Guard",
    "EffectRule",
    "Limit",
    "FieldFlag",
    "ANY",
    "RESUME",
    "SAME",
    "SYSTEM",
    "Edge",
    "Option",
    "Step",
    "Lifecycles",
    "Moved",
    "ask",
    "by_facet",
    "initial_states",
    "move",
    "observe",
    "options",
    "editable",
    "field_flags",
    "permits",
    "Pending",
    "pending",
    "SYSTEM_ACTOR",
    "Advanced",
    "Due",
    "Overdue",
    "WorkingTime",
    "advance",
    "due",
    "overdue",
    "wakeups",
    "Changes",
    "derive",
    "rebase",
]
