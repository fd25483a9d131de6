"""The milestones of a catalog: loaded together, by name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jobkit.clocks import _words as words
from jobkit.clocks._compile import Loader
from jobkit.clocks._milestone import Milestone, Source, loaded, told
from jobkit.conditions import Vocabulary
from jobkit.documents import check_size, read_toml
from jobkit.errors import Invalid
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, join
from jobkit.registry import Registry

_NO_NAMES: Final = Registry()


class Milestones(Mapping[str, Milestone]):
    """
    Milestones by name, in their order.

    >>> clocks = Milestones.load({"reply": {"starts": "known(asked)", "stops": "known(answered)"}})
    >>> list(clocks), clocks.dump()["reply"]["stops"]
    (['reply'], 'known(answered)')
    """

    __slots__ = ("_named",)

    def __init__(self, milestones: Iterable[Milestone] = ()) -> None:
        self._named = FrozenMap({milestone.name: milestone for milestone in milestones})

    @classmethod
    def load(
        cls,
        source: str | Mapping[str, Source],
        *,
        vocabulary: Vocabulary | None = None,
        registry: Registry = _NO_NAMES,
        calendars: Mapping[str, Any] | None = None,
        path: str = "$",
    ) -> "Milestones":
        """
        Load milestones from TOML text or from tables: name → one version, or a list of versions.

        Refused, all at once and with their places under *path*: what is no milestone, conditions that do not
        load or that time turns unforeseeably, unknown calendars, pauses without a reason, targets of no
        length, and warnings at a share that does not lie between 0 and 1.
        """
        tables = read_toml(source) if isinstance(source, str) else source
        loader = Loader(vocabulary=vocabulary, registry=registry, calendars=calendars)
        if not isinstance(tables, Mapping):
            raise Invalid.of(words.NOT_A_TABLE, path=path, found=type(tables).__name__)
        check_size(tables, path)
        built = [loaded(name, each, join(path, Item(told(name))), loader) for name, each in tables.items()]
        if loader.problems:
            raise Invalid(loader.problems)
        return cls(milestone for milestone in built if milestone is not None)

    def dump(self) -> dict[str, Any]:
        """Return the tables that load back to these milestones."""
        return {name: milestone.to_data() for name, milestone in self.items()}

    def __getitem__(self, name: str) -> Milestone:
        return self._named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def __repr__(self) -> str:
        return f"Milestones({', '.join(self)})"
