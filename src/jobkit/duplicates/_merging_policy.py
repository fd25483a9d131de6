"""Merging records: who goes on, and what each field becomes; nothing but plain values."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence, Sized
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import attrs

from jobkit.documents import check_size
from jobkit.duplicates._data import Record
from jobkit.duplicates._merging import Criterion, MergeRules, MergeRulesData
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.instants import utc
from jobkit.mappings import EMPTY, FrozenMap

NOBODY = Template(
    "merging.nobody",
    "There is no record among which one could go on.",
    "Give at least one record by its id.",
)


@attrs.frozen(kw_only=True)
class TakenOver:
    """Whose item it is, and the id that it has there."""

    member: str
    id: str


@attrs.frozen(kw_only=True)
class MergedFields:
    """
    What the survivor's fields become: only those that change.

    `taken` tells per field which of its items were taken over, by the id that each has on the survivor. An id
    that was taken there already is written `member.id`.
    """

    values: Mapping[str, Any] = EMPTY
    taken: Mapping[str, Mapping[str, TakenOver]] = EMPTY


def choose_survivor(rules: MergeRules, records: Mapping[str, Record]) -> str:
    """
    Return the id of the record that goes on, whatever the order in which they are given.

    No record at all is refused, and an instant without a zone.

    >>> rules = MergeRules.load({"id": "t", "version": "1", "survivor": [{"field": "opened"}]})
    >>> choose_survivor(rules, {"b": {"opened": 3}, "a": {"opened": 5}})
    'b'
    """
    left = sorted(records)
    if not left:
        raise Invalid.of(NOBODY)
    for criterion in rules.data.survivor:
        ranks = {id: _rank(criterion, records[id].get(criterion.field)) for id in left}
        best = min(ranks.values())
        left = [id for id in left if ranks[id] == best]
    return left[0]


def merged_fields(rules: MergeRules, survivor: Record, members: Mapping[str, Record]) -> MergedFields:
    """
    Return what the fields of *survivor* become once *members* (by id) are merged into it.

    None, empty text, an empty list and a number that is none are missing; of equal values the survivor's
    stays. Items of lists are known by their `id`, plain values by themselves. An instant without a zone is
    refused, and values of a field beyond the ordinary limits.

    >>> rules = MergeRules.load({"id": "t", "version": "1", "fields": {"tags": "union", "text": "longest"}})
    >>> one, other = {"tags": ["a"], "text": "noise"}, {"tags": ["b"], "text": "loud"}
    >>> dict(merged_fields(rules, one, {"m": other}).values)
    {'tags': ['a', 'b']}
    """
    values: dict[str, Any] = {}
    taken: dict[str, Mapping[str, TakenOver]] = {}
    for field in _fields(rules, survivor, members):
        for record in (survivor, *members.values()):
            check_size(record.get(field), f"$.{field}")
        old = survivor.get(field)
        rule = rules.rule_of(field)
        if rule == "union":
            new, taken_here = _union(old, {id: record.get(field) for id, record in members.items()})
            if taken_here:
                taken[field] = FrozenMap(taken_here)
        else:
            new = _chosen(rules.data, field, (survivor, *members.values()))
        if not _is_missing(new) and not _same(new, old):
            values[field] = new
    return MergedFields(values=FrozenMap(values), taken=FrozenMap(taken))


def _fields(rules: MergeRules, survivor: Record, members: Mapping[str, Record]) -> list[str]:
    """Return the fields that may change, those with a rule of their own in its order."""
    named = dict.fromkeys(field for field, rule in rules.data.fields.items() if rule != "survivor")
    if rules.data.otherwise == "survivor":
        return list(named)
    others = {field for record in (survivor, *members.values()) for field in record}
    return [*named, *sorted(others - set(rules.data.fields))]


def _is_missing(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_nan()
    return value is None or value != value or (isinstance(value, (str, list, tuple)) and not value)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal; what cannot be compared is equal to nothing but itself."""
    try:
        return bool(one == other)
    except ArithmeticError:
        return one is other


_KINDS: Final[tuple[tuple[type, ...], ...]] = ((int, float, Decimal), (datetime,), (timedelta,), (str,))


def _measure(value: Any, field: str) -> tuple[int, Any] | None:
    """Return what compares values of one kind, and kinds among each other; None for what does not compare."""
    if _is_missing(value):
        return None
    if isinstance(value, datetime):
        return 1, utc(value, f"$.{field}")
    kind = next((number for number, kinds in enumerate(_KINDS) if isinstance(value, kinds)), None)
    return None if kind is None else (kind, value)


def _rank(criterion: Criterion, value: Any) -> Any:
    if criterion.order:
        return criterion.order.index(value) if value in criterion.order else len(criterion.order)
    measure = _measure(value, criterion.field)
    if measure is None:
        return 1, 0, 0
    return 0, *(_Falling(part) if criterion.prefer == "highest" else part for part in measure)


@attrs.frozen
class _Falling:
    """A value that sorts the other way round."""

    value: Any

    def __lt__(self, other: "_Falling") -> bool:
        return bool(other.value < self.value)


def _chosen(rules: MergeRulesData, field: str, records: Sequence[Record]) -> Any:
    """Return the value of the record that the field's rule prefers among those that have one."""
    rule = rules.fields.get(field, rules.otherwise)
    having = [record for record in records if not _is_missing(record.get(field))]
    if not having:
        return None
    if rule in ("oldest", "newest"):
        dated = rules.dated
        return _best(rule == "newest", having, lambda record: _measure(record.get(dated), dated))[field]
    if rule in ("highest", "lowest"):
        return _best(rule == "highest", having, lambda record: _measure(record[field], field))[field]
    if rule == "longest":
        return _best(True, having, lambda record: (0, _length(record[field])))[field]
    if rule == "ranked":
        ranking = Criterion(field=field, order=rules.orders.get(field, ()))
        return min(having, key=lambda record: int(_rank(ranking, record[field])))[field]
    return having[0][field] if rule == "filled" else records[0].get(field)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, Sized) else 0


def _best(
    highest: bool, records: list[Record], measure: Callable[[Record], tuple[int, Any] | None]
) -> Record:
    """Return the first of the records with the best measure; what cannot be measured comes last."""
    measured = [(measured, record) for record in records if (measured := measure(record)) is not None]
    if not measured:
        return records[0]
    choose = max if highest else min
    return choose(measured, key=lambda each: each[0])[1]


def _union(old: Any, others: Mapping[str, Any]) -> tuple[Any, dict[str, TakenOver]]:
    """Return the survivor's list with what the others have more, and which of its items are theirs."""
    whole = list(_listed(old))
    held = _Held(whole)
    known = {_id(item) for item in whole}
    taken: dict[str, TakenOver] = {}
    for member, given in others.items():
        for item in _listed(given):
            id = _id(item)
            if item in held:
                continue
            named = item if id is None else _named(item, next(_free(id, member, known)))
            if id is not None:
                taken[_id(named) or id] = TakenOver(member=member, id=id)
            known.add(_id(named))
            held.add(named)
            whole.append(named)
    return (whole if taken or len(whole) > len(_listed(old)) else old), taken


class _Held:
    """The items of a list, found by what they are known by: their id, themselves, or their size."""

    def __init__(self, items: Sequence[Any]) -> None:
        self._by_name: dict[Hashable, list[Any]] = {}
        for item in items:
            self.add(item)

    def add(self, item: Any) -> None:
        """Take an item in."""
        self._by_name.setdefault(self._name(item), []).append(item)

    def __contains__(self, item: Any) -> bool:
        return any(_same(item, other) for other in self._by_name.get(self._name(item), ()))

    def _name(self, item: Any) -> Hashable:
        if id := _id(item):
            return id, "by id"
        try:
            return hash(item)
        except TypeError:
            return type(item).__name__, _length(item)


def _listed(value: Any) -> Sequence[Any]:
    if _is_missing(value):
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _id(item: Any) -> str | None:
    id = item.get("id") if isinstance(item, Mapping) else None
    return id if isinstance(id, str) else None


def _named(item: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    return item if item["id"] == id else {**item, "id": id}


def _free(id: str, member: str, known: Collection[str | None]) -> Iterator[str]:
    """Yield names for an item until one is free: its own, with its owner's before it, and numbered."""
    wanted = id
    for number in range(2, len(known) + 4):
        if wanted not in known:
            yield wanted
        wanted = f"{member}.{id}" if number == 2 else f"{member}.{id}.{number - 1}"
