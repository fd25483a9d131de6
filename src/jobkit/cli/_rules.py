"""The lifecycle that a command is about: a file, or one of the presets by name."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jobkit import presets
from jobkit.lifecycle import Lifecycle
from jobkit.registry import Registry


def read_lifecycle(name: str, assumed: Iterable[str] = ()) -> Lifecycle:
    """
    Read the lifecycle in the file *name*, or the preset of that name when there is no such file.

    The presets' predicates are known; *assumed* are further names that guards may call, always unknown here.
    What is wrong with the file is refused, every problem at once.
    """
    file = Path(name)
    source = presets.text(name) if name in presets.AFTER_SALES and not file.exists() else file
    return Lifecycle.load(source, registry=assumed_registry(assumed, _unknown))


def assumed_registry(assumed: Iterable[str], answer: Callable[..., bool | None]) -> Registry:
    """Return the presets' predicates, and *answer* under each of the names *assumed*."""
    extra = {predicate: answer for predicate in assumed if predicate not in presets.PREDICATES}
    return presets.registry().with_("predicate", extra)


def _unknown(facts: Mapping[str, Any], now: datetime, **given: Any) -> bool | None:
    return None
