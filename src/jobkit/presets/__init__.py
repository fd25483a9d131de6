"""Ready rules as data: the standard after-sales job, with the predicates that its guards call."""

from collections.abc import Mapping
from importlib import resources
from typing import Final

from jobkit.errors import NotFound
from jobkit.findings import Template
from jobkit.lifecycle import Lifecycle
from jobkit.mappings import FrozenMap
from jobkit.presets._predicates import PREDICATES, Explained, explained
from jobkit.registry import Registry

__all__ = ["AFTER_SALES", "PREDICATES", "Explained", "after_sales", "explained", "registry", "text"]

UNKNOWN = Template("presets.unknown", "There is no preset {name}.", "Use one of: {names}.")

AFTER_SALES: Final = ("after_sales", "after_sales_parts", "after_sales_billing")
"""The names of the lifecycle documents of the after-sales preset: work, parts and billing."""

_DOCUMENTS: Final = (*AFTER_SALES, "after_sales_catalog")


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
