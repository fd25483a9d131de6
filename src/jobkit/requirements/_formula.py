"""Requirements as formulas over single comparisons, so that one can ask: what if this were so?"""

from collections.abc import Iterator, Mapping
from typing import Final
from typing import Literal as Literal_

import attrs

from jobkit.conditions import All, Any_, Condition, Leaf, Node, Not, Vocabulary
from jobkit.registry import Registry
from jobkit.requirements._kinds import Question

Truth = bool | None
Truths = Mapping[str, Truth]
"""The truth of each atom, by its text."""


Turn = Literal_["true", "false", "unknown", "either"]
"""What a deed makes of a comparison that it touches; `either` is known afterwards, but not beforehand."""


@attrs.frozen(cache_hash=True)
class Atom:
    """One comparison, or one question that cannot be taken apart; *text* names it."""

    text: str
    ask: Question = attrs.field(eq=False, repr=False)
    leaf: Leaf | None = attrs.field(default=None, eq=False, repr=False)
    opposite: Question | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def field(self) -> str | None:
        """The one fact that the atom is about, None when it is about several or nobody knows."""
        return None if self.leaf is None or "[]" in self.leaf.field else self.leaf.field

    @property
    def asks_known(self) -> bool:
        """Whether it only asks if the fact is known."""
        return self.leaf is not None and self.leaf.operator == "known"

    def excludes(self, other: "Atom") -> bool:
        """Whether both cannot be true: one fact, two different values."""
        one, two = self.leaf, other.leaf
        if one is None or two is None or one.operator != "is" or two.operator != "is":
            return False
        return self.field is not None and self.field == other.field and one.value != two.value


@attrs.frozen(cache_hash=True)
class Literal:
    """That an atom is to be true, or to be false."""

    atom: Atom
    wanted: bool

    def under(self, truths: Truths) -> Truth:
        """Return the truth of the literal."""
        truth = truths[self.atom.text]
        return None if truth is None else truth is self.wanted

    def literals(self) -> Iterator["Literal"]:
        """Yield the literal itself."""
        yield self

    def touches(self, atom: Atom) -> bool:
        """Whether bringing this literal about may change what *atom* is about."""
        only_known = self.atom.asks_known and self.wanted
        return self.atom.field is not None and self.atom.field == atom.field and not only_known

    def turns(self, atom: Atom) -> "Turn":
        """Return what becomes of *atom* once this literal, which touches it, was brought about."""
        if self.wanted and self.atom.excludes(atom):
            return "false"
        if self.atom.asks_known:
            return "unknown"
        return "true" if atom.asks_known else "either"


@attrs.frozen
class Group:
    """All or any of some formulas."""

    every: bool
    parts: tuple["Formula", ...]

    def under(self, truths: Truths) -> Truth:
        """Return the three-valued truth of the group."""
        found: Truth = self.every
        for part in self.parts:
            truth = part.under(truths)
            if truth is (not self.every):
                return truth
            if truth is None:
                found = None
        return found

    def literals(self) -> Iterator[Literal]:
        """Yield every literal below."""
        for part in self.parts:
            yield from part.literals()


Formula = Literal | Group

ALWAYS: Final = Group(True, ())


@attrs.frozen
class Workshop:
    """Takes conditions apart; equal comparisons of a package become one atom."""

    vocabulary: Vocabulary | None
    registry: Registry
    atoms: dict[str, Atom] = attrs.field(factory=dict)

    def formula(self, question: Question, name: str) -> Formula:
        """Return the formula of a condition; any other question is a single atom called *name*."""
        if isinstance(question, Condition):
            return self._of_node(question.node, True)
        return Literal(self.atoms.setdefault(name, Atom(name, question)), True)

    def _of_node(self, node: Node, wanted: bool) -> Formula:
        if isinstance(node, Not):
            return self._of_node(node.part, not wanted)
        if isinstance(node, (All, Any_)):
            every = isinstance(node, All) is wanted
            return Group(every, tuple(self._of_node(part, wanted) for part in node.parts))
        if isinstance(node, Leaf) and self._is_opposite(node):
            positive = "is" if node.operator == "is_not" else node.operator
            value = node.value if node.operator == "is_not" else True
            return Literal(self._atom(attrs.evolve(node, operator=positive, value=value)), not wanted)
        return Literal(self._atom(node), wanted)

    def _is_opposite(self, leaf: Leaf) -> bool:
        """Whether the leaf is the plain opposite of another one, so that both share an atom."""
        if "[]" in leaf.field:
            return False
        if leaf.operator == "is" and leaf.value is False:
            declared = None if self.vocabulary is None else self.vocabulary.find(leaf.field)
            return declared is not None and declared.kind == "bool"
        return leaf.operator == "is_not" or (leaf.operator == "known" and leaf.value is False)

    def _atom(self, node: Node) -> Atom:
        ask = Condition.load(node, self.vocabulary, self.registry)
        opposite = Condition.load(Not(node), self.vocabulary, self.registry)
        leaf = node if isinstance(node, Leaf) else None
        return self.atoms.setdefault(ask.to_text(), Atom(ask.to_text(), ask, leaf, opposite))
