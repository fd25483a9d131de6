"""The lifecycle or catalog that a command is about: a file, or one of the presets by name."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jobkit import documents, presets
from jobkit.catalog import Catalog
from jobkit.conditions import Predicate
from jobkit.errors import JobkitError
from jobkit.lifecycle import Lifecycle
from jobkit.registry import Registry

CATALOG: Final = "after-sales"
"""The name of the catalog among the presets."""


def read_lifecycle(name: str, assumed: Iterable[str] = ()) -> Lifecycle:
    """
    Read the lifecycle in the file *name*, or the preset of that name when there is no such file.

    The presets' predicates are known; *assumed* are further names that guards may call, always unknown here.
    What is wrong with the file is refused, every problem at once.
    """
    file = Path(name)
    source = presets.text(name) if name in presets.AFTER_SALES and not file.exists() else file
    return Lifecycle.load(source, registry=assumed_registry(assumed, _unknown))


def names_catalog(name: str) -> bool:
    """Whether *name* is the preset catalog, or a file that reads as a catalog: it has job types."""
    file = Path(name)
    if not file.exists():
        return name == CATALOG
    try:
        return "types" in documents.read_toml(documents.read_file(file))
    except JobkitError:
        # What cannot be read is told by whoever reads it to check it.
        return False


def read_catalog(name: str, own: Iterable[str], assumed: Iterable[str], zone: str = "UTC") -> Catalog:
    """
    Read the catalog in the file *name*, or the preset of that name when there is no such file.

    Its lifecycles are those in the files *own* and the presets; *zone* is that of the preset's calendars.
    What is wrong with any of them is refused, every problem at once.
    """
    # When a predicate of the host's turns matters to clocks and ranks, and not to what is told of rules.
    registry = assumed_registry(assumed, Predicate(test=_unknown))
    file = Path(name)
    if name == CATALOG and not file.exists():
        return Catalog.preset(name, zone=zone)
    read = [read_lifecycle(each, assumed) for each in own]
    named = {lifecycle.definition.id for lifecycle in read}
    ready = [each for each in presets.after_sales().values() if each.definition.id not in named]
    return Catalog.load(file, lifecycles=(*read, *ready), registry=registry)


def assumed_registry(assumed: Iterable[str], answer: Callable[..., bool | None]) -> Registry:
    """Return the presets' predicates, and *answer* under each of the names *assumed*."""
    extra = {predicate: answer for predicate in assumed if predicate not in presets.PREDICATES}
    return presets.registry().with_("predicate", extra)


def _unknown(facts: Mapping[str, Any], now: datetime, **given: Any) -> bool | None:
    return None
