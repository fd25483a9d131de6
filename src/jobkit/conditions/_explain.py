"""Judges a bound condition the slow way, keeping every leaf that decided."""

from datetime import datetime
from typing import Any

import attrs

from jobkit.conditions._bind import Bound, BoundCall, BoundEach, BoundGroup, BoundLeaf, BoundNot
from jobkit.conditions._compile import Truth, ask, judging
from jobkit.conditions._data import operand_data
from jobkit.conditions._kinds import is_exact, is_unknown, kind_of, wire
from jobkit.conditions._reach import UNLISTED, Found, find_all, listed, reach
from jobkit.conditions._values import ITEM, Count, Fact
from jobkit.conditions._verdict import LeafVerdict, Reason
from jobkit.conditions._write import leaf_text, to_text, value_text
from jobkit.errors import JobkitError
from jobkit.paths import Item, parse, write


@attrs.frozen(kw_only=True)
class Explainer:
    """What one explanation is about: the facts, the instant, and the item at hand within `Each`."""

    facts: Any
    now: datetime | None
    item: str | None = None

    def explain(self, bound: Bound, *, negated: bool = False) -> Reason:
        """Return the reason for the truth of *bound*; *negated* says that its opposite is wanted."""
        if isinstance(bound, BoundGroup):
            return group([self.explain(part, negated=negated) for part in bound.parts], every=bound.every)
        if isinstance(bound, BoundNot):
            part = self.explain(bound.part, negated=not negated)
            return Reason(form="not", value=None if part.value is None else not part.value, parts=(part,))
        if isinstance(bound, BoundEach):
            return self._each(bound, negated=negated)
        if isinstance(bound, BoundCall):
            return self._call(bound, negated=negated)
        return self._leaf(bound, negated=negated)

    def _each(self, bound: BoundEach, *, negated: bool) -> Reason:
        field = self._concrete(write(bound.steps).removeprefix("$."))
        try:
            items = listed(reach(bound.steps)(self.facts))
        except JobkitError as error:
            return _leaf_reason(_failed(to_text(bound.node), field, bound.node.quantifier, error))
        if items is None:
            return _leaf_reason(_unlisted(bound, field, negated=negated))
        parts = [self._of_item(bound, field, id, item, negated) for id, item in items]
        return group(parts, every=bound.node.quantifier == "every")

    def _of_item(self, bound: BoundEach, field: str, id: str | None, item: Any, negated: bool) -> Reason:
        path = write((*parse(field), Item(id))).removeprefix("$.")
        within = Explainer(facts={**self.facts, ITEM: item}, now=self.now, item=path)
        return within.explain(bound.part, negated=negated)

    def _call(self, bound: BoundCall, *, negated: bool) -> Reason:
        text = to_text(bound.node)
        told = LeafVerdict(text=text, field=bound.node.name, operator="call", on_trust=True, negated=negated)
        wanted = f"{text} to be {'false' if negated else 'true'}"
        try:
            value = ask(bound, self.facts, self.now)
        except JobkitError as error:
            return _leaf_reason(attrs.evolve(told, failed=_error_name(error), wanted=wanted))
        return _leaf_reason(attrs.evolve(told, value=value, wanted=wanted))

    def _leaf(self, bound: BoundLeaf, *, negated: bool) -> Reason:
        try:
            found = list(find_all(self.facts, bound.steps))
            parts = [_leaf_reason(self._judged(bound, one, negated)) for one in found]
        except JobkitError as error:
            return _leaf_reason(_failed(to_text(bound.node), bound.node.field, bound.node.operator, error))
        if Item(None) not in bound.steps:
            return parts[0]
        return group(parts, every=bound.node.quantifier == "every")

    def _judged(self, bound: BoundLeaf, found: Found, negated: bool) -> LeafVerdict:
        field = self._concrete(found.path)
        unlisted = found.value is UNLISTED
        raw = None if unlisted else found.value
        value = None if unlisted else judging(bound)(raw, self.facts, self.now)
        against, exact = self._against(bound)
        return LeafVerdict(
            text=leaf_text(field, bound.node.operator, bound.node.value),
            field=field,
            operator=bound.node.operator,
            observed=observed(raw, private=bound.private),
            against=against,
            wanted=self._wanted(bound, against, negated),
            value=value,
            kind=bound.kind,
            item=bound.item,
            seen_as=kind_of(raw) if bound.kind == "any" else None,
            against_kind=None if bound.other is None else bound.other_kind,
            negated=negated,
            on_trust=unlisted or not exact or not _shows_all(bound, raw),
        )

    def _against(self, bound: BoundLeaf) -> tuple[Any, bool]:
        if bound.other is None:
            value = bound.node.value
            return [value.compare, value.number] if isinstance(value, Count) else operand_data(value), True
        raw = reach(bound.other)(self.facts)
        return observed(raw, private=False), is_exact(raw)

    def _wanted(self, bound: BoundLeaf, against: Any, negated: bool) -> str:
        operator, value = bound.operator, bound.node.value
        if operator.takes == "truth" and value is False:
            negated = not negated
        told = operator.unwanted if negated else operator.wanted
        return told.replace("{value}", _spoken(value, against))

    def _concrete(self, path: str) -> str:
        if self.item is None or not (path == ITEM or path.startswith((f"{ITEM}.", f"{ITEM}["))):
            return path
        return self.item + path[len(ITEM) :]


def _spoken(value: Any, against: Any) -> str:
    if isinstance(value, Fact):
        return f"{value.field} ({'unknown' if against is None else against})"
    if isinstance(value, Count):
        return f"{value.compare.replace('_', ' ')} {value.number}".removeprefix("is ")
    if isinstance(value, tuple):
        return ", ".join(map(value_text, value))
    return value if isinstance(value, str) else value_text(value)


def observed(raw: Any, *, private: bool) -> Any:
    """Return what is shown of a raw value: its wire form, None if unknown, "Redacted" if private."""
    if is_unknown(raw):
        return None
    if private:
        return "Redacted"
    items = listed(raw)
    return wire(raw) if items is None else [wire(item) if id is None else id for id, item in items]


def _shows_all(bound: BoundLeaf, raw: Any) -> bool:
    if is_unknown(raw) or bound.operator.takes == "truth":
        return True
    if bound.private or bound.read(raw) is None:
        return False
    if bound.operator.takes == "count":
        return True
    return is_exact(raw) and (bound.kind != "any" or listed(raw) is None)


def group(parts: list[Reason], *, every: bool) -> Reason:
    """Join reasons by all or any, keeping only those that decided."""
    truths = [part.value for part in parts]
    value: Truth = every
    if (not every) in truths:
        value = not every
    elif None in truths:
        value = None
    deciding = tuple(part for part in parts if part.value is value)
    return Reason(form="all" if every else "any", value=value, parts=deciding)


def _leaf_reason(leaf: LeafVerdict) -> Reason:
    return Reason(form="leaf", value=leaf.value, leaf=leaf)


def _unlisted(bound: BoundEach, field: str, *, negated: bool) -> LeafVerdict:
    return LeafVerdict(
        text=to_text(bound.node),
        field=field,
        operator=bound.node.quantifier,
        wanted=f"a list at {field}",
        negated=negated,
        on_trust=True,
    )


def _failed(text: str, field: str, operator: str, error: JobkitError) -> LeafVerdict:
    return LeafVerdict(text=text, field=field, operator=operator, failed=_error_name(error))


def _error_name(error: JobkitError) -> str:
    named = error.first.params.get("error")
    return str(named) if named else type(error).__name__
