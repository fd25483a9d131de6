"""A milestone, loaded and checked: the versions of one promise, each compiled."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jobkit.clocks import _words as words
from jobkit.clocks._compile import Loader, editions_of, promise_of
from jobkit.clocks._edition import Edition
from jobkit.clocks._promise import Promise
from jobkit.clocks._ticks import tick
from jobkit.conditions import Vocabulary
from jobkit.documents import unstructure, write_json
from jobkit.errors import Invalid
from jobkit.instants import EPOCH
from jobkit.mappings import FrozenMap
from jobkit.model import ClockState
from jobkit.registry import Registry

Source = Mapping[str, Any] | Promise | Sequence[Mapping[str, Any] | Promise]
"""One version of a milestone, or several, as plain data or values."""

_NO_NAMES: Final = Registry()
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_EVER: Final = -(2**62)


class Milestone:
    """
    One promise with its versions, compiled and ready to read clocks by; `load` makes it.

    `hash` is the content hash of its data, `seal` that of the data and the calendars it was loaded with: a
    clock that was folded under another seal is folded anew.
    """

    __slots__ = ("_by_version", "_editions", "_starts", "calendars", "hash", "name", "seal")

    def __init__(self, name: str, editions: tuple[Edition, ...], digests: Mapping[str, str]) -> None:
        """Take editions in the order of their effective dates, as `load` makes them."""
        self.name = name
        self._editions = editions
        self._starts = [_begins(edition.promise) for edition in editions]
        self._by_version = FrozenMap({edition.promise.version: edition for edition in editions})
        self.calendars = tuple(sorted({name for edition in editions for _, name in edition.calendars}))
        self.hash = _digest(self.to_data())
        self.seal = _digest([self.hash, [[name, digests.get(name)] for name in self.calendars]])[:16]

    @classmethod
    def load(
        cls,
        name: str,
        source: Source,
        *,
        vocabulary: Vocabulary | None = None,
        registry: Registry = _NO_NAMES,
        calendars: Mapping[str, Any] | None = None,
        path: str = "$",
    ) -> "Milestone":
        """
        Load one milestone from a table, from a list of versions, or from `Promise` values.

        Without a *vocabulary* any fact is accepted, without *calendars* any calendar's name. Whatever is
        wrong is refused at once, each with its place under *path*.

        >>> Milestone.load("reply", {"starts": "known(asked)", "stops": "known(answered)"})
        Milestone(reply, 1)
        """
        loader = Loader(vocabulary=vocabulary, registry=registry, calendars=calendars)
        milestone = loaded(name, source, path, loader)
        if milestone is None or loader.problems:
            raise Invalid(loader.problems)
        return milestone

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Every version's data, by effective date."""
        return tuple(edition.promise for edition in self._editions)

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every version, compiled, by effective date."""
        return self._editions

    @property
    def label(self) -> str:
        """What people read: the label of the last version, else the name."""
        return self._editions[-1].promise.label or self.name

    def edition_at(self, at: int) -> Edition | None:
        """Return the version in force at the tick *at*, None before the first."""
        place = bisect_right(self._starts, at)
        return self._editions[place - 1] if place else None

    def edition_of(self, state: ClockState, at: int) -> Edition | None:
        """Return the version that governs a clock: the one of its cycle, before one the version in force."""
        kept = self._by_version.get(state.edition) if state.edition is not None else None
        return kept or self.edition_at(at)

    def next_edition(self, at: int) -> int | None:
        """Return the tick after *at* at which another version comes into force."""
        place = bisect_right(self._starts, at)
        return self._starts[place] if place < len(self._starts) else None

    def to_data(self) -> Any:
        """Return the data form: one table, or a list of them where there are several versions."""
        tables = [unstructure(promise) for promise in self.promises]
        return tables[0] if len(tables) == 1 else tables

    def __eq__(self, other: object) -> bool:
        return self.seal == other.seal and self.name == other.name if isinstance(other, Milestone) else False

    def __hash__(self) -> int:
        return hash((self.name, self.seal))

    def __repr__(self) -> str:
        return f"Milestone({self.name}, {', '.join(promise.version for promise in self.promises)})"


def _begins(promise: Promise) -> int:
    begins = promise.effective_from
    return _EVER if begins is None or begins < EPOCH else tick(begins)


def _digest(data: Any) -> str:
    return hashlib.sha256(write_json(data).encode()).hexdigest()


def loaded(name: Any, source: Any, path: str, loader: Loader) -> Milestone | None:
    """Return the milestone, or None where something is wrong; the loader remembers what."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        loader.add(words.NO_NAME, path, name=told(name))
        return None
    versions = tuple(source) if isinstance(source, (list, tuple)) else (source,)
    known, promises = len(loader.problems), []
    for at, version in enumerate(versions):
        try:
            promises.append(promise_of(version, path if len(versions) == 1 else f"{path}[{at}]"))
        except Invalid as error:
            loader.problems += error.findings
    editions = editions_of(name, tuple(promises), path, loader) if len(promises) == len(versions) else ()
    return None if len(loader.problems) > known else Milestone(name, editions, _digests(loader))


def told(name: Any) -> str:
    """Return how a problem shows a name; of what is no text it shows the kind."""
    return name[:60] if isinstance(name, str) else type(name).__name__


def _digests(loader: Loader) -> dict[str, str]:
    return {name: getattr(calendar, "digest", "") for name, calendar in (loader.calendars or {}).items()}
