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

__all__ = [
    "ANY",
    "RESUME",
    "SAME",
    "Definition",
    "EffectRule",
    "FieldFlag",
    "Guard",
    "Limit",
    "StateRule",
    "Transition",
]
