"""The condition: loaded from data or one line of text, checked, compiled, and ready to explain itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobkit.conditions._bind import Binder, Bound, BoundCall, BoundLeaf, bound_parts
from jobkit.conditions._compile import Compiled, compile_
from jobkit.conditions._data import DataReader, to_data
from jobkit.conditions._explain import Explainer
from jobkit.conditions._problems import Problems
from jobkit.conditions._text import read_text
from jobkit.conditions._turns import next_turn, timed
from jobkit.conditions._values import Node
from jobkit.conditions._verdict import Verdict
from jobkit.conditions._vocabulary import Vocabulary
from jobkit.conditions._words import LIMITS, TOO_LARGE
from jobkit.conditions._write import to_text
from jobkit.documents import Limits
from jobkit.instants import utc
from jobkit.registry import Registry

_NO_NAMES = Registry()


class Condition:
    """
    A question about facts whose answer is true, false or unknown.

    >>> gold = Condition.load('tier == "gold"', Vocabulary.of({"tier": "text"}))
    >>> gold({"tier": "gold"}), gold({"tier": ""}), gold({})
    (True, False, None)
    """

    __slots__ = ("_bound", "_test", "_timed", "fields_read", "node", "time_opaque")

    def __init__(self, node: Node, bound: Bound, fields: frozenset[str]) -> None:
        self.node = node
        self.fields_read = tuple(sorted(fields))
        self.time_opaque = any(
            part.moves for part in bound_parts(bound) if isinstance(part, (BoundLeaf, BoundCall))
        )
        self._bound = bound
        self._timed = timed(bound)
        self._test: Compiled | None = None

    @classmethod
    def load(
        cls,
        rule: object,
        vocabulary: Vocabulary | None = None,
        registry: Registry = _NO_NAMES,
        path: str = "$",
        limits: Limits = LIMITS,
    ) -> "Condition":
        """
        Read a condition from one line of text, from data, or from values built in Python.

        Without a *vocabulary* any name is accepted. Names that it does not declare, values of the wrong kind,
        unknown predicates, hostile patterns and whatever is no condition are refused with their place under
        *path*, all at once.
        """
        problems = Problems()
        data = read_text(rule, path, limits) if isinstance(rule, str) else rule
        node = DataReader(problems, limits).node(data, path)
        words = _OPEN if vocabulary is None else vocabulary
        binder = Binder(words, registry, problems)
        bound = binder.bind(node, path)
        length = 0 if problems.findings else len(to_text(node))
        if length > limits.characters:
            why = f"as one line it has {length} characters, and at most {limits.characters} are allowed"
            problems.add(TOO_LARGE, path, why=why)
        if isinstance(rule, str):
            problems.place(path)
        problems.settle()
        return cls(node, bound, frozenset(binder.fields))

    def __call__(self, facts: Mapping[str, Any], now: datetime | None = None) -> bool | None:
        """Return True, False or None for unknown; a predicate that raises is `RuleFailed`."""
        return (self._test or self.compile())(facts, now)

    def compile(self) -> Compiled:
        """Return the closure `(facts, now)` behind this condition, built on first use."""
        if self._test is None:
            self._test = compile_(self._bound)
        return self._test

    def verdict(self, facts: Mapping[str, Any], now: datetime | None = None) -> Verdict:
        """Return the answer with every leaf that decided it; what raises is an unknown leaf that says so."""
        because = Explainer(facts=facts, now=now).explain(self._bound)
        return Verdict(value=because.value, because=because, now=now)

    def changes_at(self, facts: Mapping[str, Any], now: datetime) -> datetime | None:
        """
        Return the next instant at which time alone turns the answer, or None if there is none.

        For a condition that is `time_opaque` it is only the next instant that can be told.
        """
        at = utc(now, "now")
        return None if self._timed is None else next_turn(self._timed, self.compile(), facts, at)

    def to_data(self) -> Any:
        """Return the data form, which TOML and JSON can hold."""
        return to_data(self.node)

    def to_text(self) -> str:
        """Return the one line that reads back to this condition."""
        return to_text(self.node)

    def __eq__(self, other: object) -> bool:
        return self.to_text() == other.to_text() if isinstance(other, Condition) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.to_text())

    def __repr__(self) -> str:
        return f"Condition.load({self.to_text()!r})"


_OPEN = Vocabulary.open()
