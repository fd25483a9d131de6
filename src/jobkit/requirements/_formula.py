"""Requirements as formulas over single comparisons, so that one can ask: what if this were so?"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.conditions import All, Any_, Condition, Leaf, Node, Not, Vocabulary
from jobkit.registry import Registry
from jobkit.requirements._kinds import Question

Truth = bool | None
Truths = Callable[["Atom"], Truth]


@attrs.frozen
class Atom:
    """One comparison, or one question that cannot be taken apart; *text* names it."""

    text: str
    ask: Question = attrs.field(eq=False, repr=False)
    leaf: Leaf | None = attrs.field(default=None, eq=False, repr=False)
    opposite: Question | None = attrs.field(default=None, eq=False, repr=False)

    def excludes(self, other: "Atom") -> bool:
        """Whether both cannot be true: one fact, two different values."""
        one, two = self.leaf, other.leaf
        if one is None or two is None or one.operator != "is" or two.operator != "is":
            return False
        return one.field == two.field and one.value != two.value and "[]" not in one.field


@attrs.frozen
class Literal:
    """That an atom is to be true, or to be false."""

    atom: Atom
    wanted: bool

    def under(self, truths: Truths) -> Truth:
        """Return the truth of the literal."""
        truth = truths(self.atom)
        return None if truth is None else truth is self.wanted

    def literals(self) -> Iterator["Literal"]:
        """Yield the literal itself."""
        yield self

    def breaks(self, atom: Atom) -> bool:
        """Whether bringing this literal about makes *atom* false."""
        return self.wanted and self.atom.excludes(atom)


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
        return Literal(self._atom(node), wanted)

    def _atom(self, node: Node) -> Atom:
        ask = Condition.load(node, self.vocabulary, self.registry)
        opposite = Condition.load(Not(node), self.vocabulary, self.registry)
        leaf = node if isinstance(node, Leaf) else None
        return self.atoms.setdefault(ask.to_text(), Atom(ask.to_text(), ask, leaf, opposite))


def observed(facts: Mapping[str, Any], now: datetime, atoms: Mapping[str, Atom]) -> dict[str, Truth]:
    """Return the truth of every atom, None where it cannot be told."""
    return {text: atom.ask(facts, now) for text, atom in atoms.items()}
