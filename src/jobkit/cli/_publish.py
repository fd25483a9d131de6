"""`jobkit publish`: the rules of a catalog as a page that people read."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Final

from jobkit import presets
from jobkit.catalog import Catalog, publish
from jobkit.cli._rules import assumed_registry, read_lifecycle
from jobkit.conditions import Predicate

_PRESET: Final = "after-sales"


def run_publish(chosen: Namespace) -> int:
    """Print the published rules of the chosen catalog."""
    sys.stdout.write(publish(_read(chosen)))
    return 0


def _read(chosen: Namespace) -> Catalog:
    """Read the catalog in the file named, or the preset of that name when there is no such file."""
    # When a predicate of the host's turns matters to clocks and ranks, and not to a page.
    registry = assumed_registry(chosen.predicate, Predicate(test=lambda facts, now, **given: None))
    file = Path(chosen.file)
    if chosen.file == _PRESET and not file.exists():
        return Catalog.preset(_PRESET, zone=chosen.zone)
    own = [read_lifecycle(name, chosen.predicate) for name in chosen.lifecycle]
    named = {lifecycle.definition.id for lifecycle in own}
    ready = [each for each in presets.after_sales().values() if each.definition.id not in named]
    return Catalog.load(file, lifecycles=(*own, *ready), registry=registry)
