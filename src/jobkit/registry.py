"""The registry: the only way by which a name in data reaches a callable."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import attrs

from jobkit.errors import Invalid, JobkitError, RuleFailed, Unavailable
from jobkit.findings import Template
from jobkit.mappings import EMPTY, FrozenMap

UNKNOWN = Template(
    "registry.unknown",
    "No {kind} is registered under the name {name}.",
    "Register it with the host, or use one of: {near}.",
)
TAKEN = Template(
    "registry.taken",
    "The {kind} name {name} is registered twice.",
    "Give the second one another name; a plugin's names begin with its vendor.",
)
RAISED = Template(
    "registry.raised",
    "The {kind} {name} raised {error}.",
    "Mend the {kind} {name}, or take it out of the rules.",
)
UNREACHABLE = Template(
    "registry.unreachable",
    "The {kind} {name} could not answer.",
    "Ask again when what it looks up is reachable.",
)


@attrs.frozen
class Registry:
    """
    Names of each kind (predicate, effect, …) and the callables behind them; data holds the names only.

    >>> registry = Registry.of(predicate={"acme.weekend": lambda now: now.weekday() > 4})
    >>> sorted(registry.names("predicate"))
    ['acme.weekend']
    """

    _kinds: Mapping[str, Mapping[str, Callable[..., Any]]] = EMPTY

    @classmethod
    def of(cls, **kinds: Mapping[str, Callable[..., Any]]) -> "Registry":
        """Build a registry from keyword arguments: kind = {name: callable}."""
        return cls(FrozenMap({kind: FrozenMap(named) for kind, named in kinds.items()}))

    def names(self, kind: str) -> Iterable[str]:
        """Return the names registered for *kind*."""
        return self._kinds.get(kind, EMPTY).keys()

    def find(self, kind: str, name: str, path: str = "$") -> Callable[..., Any]:
        """Return the callable; an unknown name is refused with its *path* and the nearest names."""
        named = self._kinds.get(kind, EMPTY)
        if name not in named:
            near = get_close_matches(name[:60], named, n=3, cutoff=0.5) or sorted(named)[:5]
            raise Invalid.of(UNKNOWN, path=path, kind=kind, name=name[:60], near=near)
        found: Callable[..., Any] = named[name]
        return found

    def with_(self, kind: str, named: Mapping[str, Callable[..., Any]]) -> "Registry":
        """Return a registry with more names of *kind*; a name that is taken is refused."""
        old = self._kinds.get(kind, EMPTY)
        for name in named:
            if name in old:
                raise Invalid.of(TAKEN, kind=kind, name=name)
        return Registry(FrozenMap({**self._kinds, kind: FrozenMap({**old, **named})}))

    def call(self, kind: str, name: str, *args: Any, **kwargs: Any) -> Any:
        """
        Call what is registered under *name*.

        What it raises comes back as `RuleFailed` with its name; `Unavailable` and other jobkit errors pass.
        """
        return guarded(kind, name, self.find(kind, name), *args, **kwargs)


def guarded(kind: str, name: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a host's *function*; what it raises is wrapped with its *kind* and *name*."""
    try:
        return function(*args, **kwargs)
    except JobkitError:
        raise
    except (ConnectionError, TimeoutError) as error:
        raise Unavailable.of(UNREACHABLE, kind=kind, name=name) from error
    except Exception as error:
        # The exception's own text may hold private values, so only its type is told.
        raise RuleFailed.of(RAISED, kind=kind, name=name, error=type(error).__name__) from error
