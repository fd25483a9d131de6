"""The verdict: the truth of a condition with every leaf that decided it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import attrs

from jobkit.conditions._bind import comparison, counted, reader, typed
from jobkit.conditions._kinds import READERS
from jobkit.conditions._operators import OPERATORS
from jobkit.conditions._values import Count

Truth = bool | None


@attrs.frozen(kw_only=True)
class LeafVerdict:
    """
    What one comparison came to: the fact with its concrete path, what was observed and what would satisfy.

    `observed` and `against` are wire values; None is unknown, and a private value shows as "Redacted".
    `wanted` says what would help the whole condition, so that under `not` it tells the opposite. `failed`
    names what a predicate or a host's property raised. `on_trust` marks a value that cannot be shown, and
    `seen_as` the kind that a fact of any kind turned out to have.
    """

    text: str
    field: str
    operator: str
    observed: Any = None
    against: Any = None
    wanted: str = ""
    value: Truth = None
    kind: str = "any"
    seen_as: str | None = None
    item: str | None = None
    against_kind: str | None = None
    negated: bool = False
    failed: str | None = None
    on_trust: bool = False

    @property
    def sentence(self) -> str:
        """What was observed and what is wanted, as one sentence."""
        if self.failed:
            return f"{self.text} could not be judged: {self.failed}."
        if self.operator == "call":
            return f"{self.text} is {'unknown' if self.value is None else str(self.value).lower()}."
        return f"{self.field} is {_told(self.observed)}; wanted is {self.wanted}."

    def rejudge(self, now: datetime | None) -> Truth:
        """Return the truth that observed value, operator and wanted value alone lead to."""
        if self.on_trust or self.failed:
            return self.value
        if self.operator == "known":
            return (self.observed is not None) is self.against
        left = reader(self.seen_as or self.kind, self.item)(self.observed)
        right = self._right()
        return None if left is None or right is None else self._compared(left, right, now)

    def _right(self) -> Any:
        if self.against_kind is not None:
            return READERS[self.against_kind](self.against)
        against = Count(*self.against) if self.operator == "count" else self.against
        against = tuple(against) if isinstance(against, list) else against
        return typed(OPERATORS[self.operator], self.kind, self.item, against)

    def _compared(self, left: Any, right: Any, now: datetime | None) -> Truth:
        operator = OPERATORS[self.operator]
        if operator.timed is not None:
            return None if now is None else operator.timed(left, right, now)
        test = counted(right) if operator.takes == "count" else comparison(operator, self.kind, self.item)
        return None if test is None else test(left, right)


def _told(observed: Any) -> str:
    if observed is None:
        return "unknown"
    if isinstance(observed, list):
        return f"[{', '.join(map(_told, observed[:10]))}{', …' if len(observed) > 10 else ''}]"
    text = str(observed).lower() if isinstance(observed, bool) else str(observed)
    return text if len(text) <= 80 else f"{text[:80]}…"


@attrs.frozen(kw_only=True)
class Reason:
    """One part of an explanation; of a group only the parts that decided it are kept."""

    form: Literal["all", "any", "not", "leaf"]
    value: Truth
    parts: tuple["Reason", ...] = ()
    leaf: LeafVerdict | None = None

    def leaves(self) -> Iterator[LeafVerdict]:
        """Yield every deciding leaf."""
        if self.leaf is not None:
            yield self.leaf
        for part in self.parts:
            yield from part.leaves()

    def rejudge(self, now: datetime | None) -> Truth:
        """Return the truth that the parts alone lead to."""
        if self.leaf is not None:
            return self.leaf.rejudge(now)
        truths = [part.rejudge(now) for part in self.parts]
        if self.form == "not":
            return None if truths[0] is None else not truths[0]
        every = self.form == "all"
        if (not every) in truths:
            return not every
        return None if None in truths else every


@attrs.frozen(kw_only=True)
class Verdict:
    """
    The truth of a condition at one instant, and why.

    `value` is True, False or None for unknown; `leaves` are the comparisons that decided it.
    """

    value: Truth
    because: Reason
    now: datetime | None = None

    @property
    def leaves(self) -> tuple[LeafVerdict, ...]:
        """Every comparison that decided the verdict."""
        return tuple(self.because.leaves())

    @property
    def failed(self) -> tuple[LeafVerdict, ...]:
        """The leaves that raised instead of answering."""
        return tuple(leaf for leaf in self.leaves if leaf.failed)

    def rejudge(self) -> Truth:
        """Return the truth that the explanation alone leads to; it is always `value`."""
        return self.because.rejudge(self.now)

    def __str__(self) -> str:
        truth = "unknown" if self.value is None else str(self.value).lower()
        return "\n".join([truth, *(f"  {leaf.sentence}" for leaf in self.leaves)])
