"""What a condition may name: every fact with its kind, checked when the condition loads."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from keyword import iskeyword
from typing import Final, cast

import attrs

from jobkit.conditions._kinds import READERS, SCALARS, Kind, Scalar
from jobkit.conditions._problems import Problems
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.paths import Item, Step, parse

NO_KIND = Template(
    "facts.kind",
    "The fact {fact} is declared as {given}, which is no kind of fact.",
    "Declare {fact} as one of: {kinds}, or list[...] and map[...] of one of them.",
)
NO_NAME = Template(
    "facts.name",
    "{fact} cannot be declared as the name of a fact.",
    "Declare names joined by dots that begin with a letter, with [] for every item: parts[].status.",
)

RESERVED: Final = frozenset({"true", "false", "none"})
_KINDS: Final = tuple(READERS)
_LONGEST_WORD = 60


@attrs.frozen(kw_only=True)
class FactSpec:
    """
    What is known of a fact beforehand: its kind, and the kind of its items if it is a list or a map.

    `choices` are the only values a code can have. `moves` says that the value changes with time by itself,
    such as the time left on a clock, so that no instant can be computed at which a condition on it turns.
    """

    kind: Kind
    item: Scalar | None = None
    choices: tuple[str, ...] = ()
    private: bool = False
    moves: bool = False
    label: str | None = None


ANYTHING: Final = FactSpec(kind="any")
GROUP: Final = FactSpec(kind="group")


class _Branch:
    """One place in the tree of declared names."""

    __slots__ = ("children", "each", "open", "spec")

    def __init__(self, spec: FactSpec) -> None:
        self.spec = spec
        self.children: dict[str, _Branch] = {}
        self.each: _Branch | None = None
        self.open = False

    def child(self, name: str) -> "_Branch":
        if name not in self.children:
            self.children[name] = _Branch(GROUP)
        return self.children[name]

    def items(self) -> "_Branch":
        if self.spec.kind not in ("list", "map"):
            self.spec = FactSpec(kind="list")
        if self.each is None:
            item = self.spec.item
            self.each = _Branch(FactSpec(kind=item, private=self.spec.private) if item else GROUP)
        return self.each

    def step(self, step: Step) -> "_Branch | None":
        if isinstance(step, Item):
            return self._item(step.id)
        return self.children.get(step) or (self.each if self.spec.kind == "map" else None)

    def _item(self, id: str | None) -> "_Branch | None":
        if id is None:
            return self.each
        # Items of a list of plain values have no ids.
        by_id = self.each if self.spec.kind == "map" or self.spec.item is None else None
        return self.children.get(id) or by_id


class Vocabulary(Mapping[str, FactSpec]):
    """
    The declared facts: path → `FactSpec`; `[]` stands for every item of a list or map.

    A path that ends in `.*` opens a namespace: whatever stands below it is taken as it comes.

    >>> words = Vocabulary.of({"asset": "text", "parts[].status": "code", "host.*": "any"})
    >>> words.find("parts[p1].status").kind, words.find("asett"), words.near("asett")
    ('code', None, ('asset',))
    """

    __slots__ = ("_root", "_specs")

    def __init__(self, specs: Mapping[str, FactSpec]) -> None:
        self._specs = dict(specs)
        self._root = _Branch(GROUP)
        for path, spec in self._specs.items():
            _plant(self._root, path, spec)

    @classmethod
    def of(cls, facts: Mapping[str, "str | FactSpec"], *, path: str = "$") -> "Vocabulary":
        """
        Declare plain facts: path → kind, `list[kind]`, `map[kind]` or a `FactSpec`.

        Unknown kinds and names that no condition could write are refused, all at once.
        """
        problems = Problems()
        specs = {fact: _spec(fact, given, path, problems) for fact, given in facts.items()}
        problems.settle()
        return cls({fact: spec for fact, spec in specs.items() if spec is not None})

    @classmethod
    def open(cls) -> "Vocabulary":
        """Accept any name, each taken as it comes; misspelt names are then found only by their absence."""
        return cls({"*": ANYTHING})

    def __getitem__(self, path: str) -> FactSpec:
        return self._specs[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def __or__(self, other: Mapping[str, FactSpec]) -> "Vocabulary":
        return Vocabulary({**self._specs, **other})

    def find(self, path: str) -> FactSpec | None:
        """Return what is declared for *path*, or None; a specific item has the kind of every item."""
        return self.look_up(parse(path))

    def look_up(self, steps: tuple[Step, ...]) -> FactSpec | None:
        """Return what is declared for a parsed path, or None."""
        branch = self._root
        for step in steps:
            if branch.open and (isinstance(step, Item) or step not in branch.children):
                return ANYTHING
            following = branch.step(step)
            if following is None:
                return None
            branch = following
        return branch.spec

    def near(self, path: str) -> tuple[str, ...]:
        """Return up to three declared paths that resemble *path*; the first few if none does."""
        word = path[:_LONGEST_WORD]
        return tuple(get_close_matches(word, self._specs, n=3, cutoff=0.6) or sorted(self._specs)[:3])


def _plant(root: _Branch, path: str, spec: FactSpec) -> None:
    opened = path == "*" or path.endswith(".*")
    branch = root
    for step in parse(path.removesuffix("*").removesuffix(".")):
        branch = branch.items() if isinstance(step, Item) else branch.child(step)
    if opened:
        branch.open = True
        return
    branch.spec = spec
    if spec.item is not None:
        branch.items()


def _spec(fact: str, given: object, path: str, problems: Problems) -> FactSpec | None:
    if not is_declarable(fact):
        problems.add(NO_NAME, path, fact=str(fact)[:_LONGEST_WORD])
        return None
    spec = given if isinstance(given, FactSpec) else _read_spec(given)
    if spec is None:
        problems.add(NO_KIND, path, fact=fact, given=str(given)[:_LONGEST_WORD], kinds=list(SCALARS))
    return spec


def _read_spec(given: object) -> FactSpec | None:
    if not isinstance(given, str):
        return None
    outer, bracket, item = given.removesuffix("]").partition("[")
    if not bracket:
        return FactSpec(kind=cast(Kind, given)) if given in _KINDS else None
    if outer not in ("list", "map") or item not in SCALARS or not given.endswith("]"):
        return None
    return FactSpec(kind=cast(Kind, outer), item=cast(Scalar, item))


def is_declarable(fact: object) -> bool:
    """Whether *fact* can be declared: readable, begun by a plain name, and without ids."""
    if not isinstance(fact, str):
        return False
    if fact == "*":
        return True
    try:
        steps = parse(fact.removesuffix(".*"))
    except Invalid:
        return False
    return is_plain_root(steps) and all(step.id is None for step in steps if isinstance(step, Item))


def is_plain_root(steps: tuple[Step, ...]) -> bool:
    """Whether the first step is a name that one line of text can begin with."""
    first = steps[0] if steps else None
    return isinstance(first, str) and is_plain_name(first) and first not in RESERVED


def is_plain_name(name: str) -> bool:
    """Whether *name* can stand after a dot in one line of text; underscored names stay out of reach."""
    return name.isascii() and name.isidentifier() and not iskeyword(name) and not name.startswith("_")
