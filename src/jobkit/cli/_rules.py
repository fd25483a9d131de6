"""The lifecycle that a command is about: a file, or one of the presets by name."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jobkit import presets
from jobkit.lifecycle import Lifecycle


def read_lifecycle(name: str, assumed: Iterable[str] = ()) -> Lifecycle:
    """
    Read the lifecycle in the file *name*, or the preset of that name when there is no such file.

    The presets' predicates are known; *assumed* are further names that guards may call, always unknown here.
    What is wrong with the file is refused, every problem at once.
    """
    file = Path(name)
    source = presets.text(name) if name in presets.AFTER_SALES and not file.exists() else file
    extra = {predicate: _unknown for predicate in assumed if predicate not in presets.PREDICATES}
    return Lifecycle.load(source, registry=presets.registry().with_("predicate", extra))


def _unknown(facts: Mapping[str, Any], now: datetime, **given: Any) -> bool | None:
    return None
