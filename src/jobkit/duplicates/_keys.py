"""Blocking keys: what two records must share, at least one of, to be compared at all."""

from collections.abc import Callable
from typing import Any, Final

import attrs

from jobkit.duplicates._data import KeyPart, KeyRule, MatchRulesData, Record
from jobkit.duplicates._prepare import FORMS, text_of, texts_of
from jobkit.duplicates._rules import MatchRules
from jobkit.duplicates._text import terms_of

_BETWEEN: Final = "|"

Values = Callable[[Record, tuple[Any, ...]], tuple[str, ...]]
"""Reads the values of a key or of one of its parts from a record and its normal forms."""


@attrs.frozen(kw_only=True)
class Key:
    """One blocking key of a record: the name of its rule, and the normal forms of its parts joined by `|`."""

    name: str
    value: str


@attrs.frozen
class KeyReader:
    """A key rule, compiled."""

    rule: KeyRule
    values: Values


def key_readers(data: MatchRulesData) -> tuple[KeyReader, ...]:
    """Return the compiled key rules; a form that a comparison has made already is not made again."""
    made = {
        (rule.kind, rule.reads[0]): place
        for place, rule in enumerate(data.rules)
        if len(rule.reads) == 1 and rule.kind in FORMS
    }
    return tuple(KeyReader(rule, _values(rule, made)) for rule in data.keys)


def keys_of(rules: MatchRules, record: Record) -> tuple[Key, ...]:
    """
    Return every blocking key of *record*: two records are candidates when they share one.

    Values of a wrong kind are refused with their field.
    """
    prepared = rules.scorer.prepare(record)
    return tuple(
        Key(name=reader.rule.name, value=value)
        for reader in rules.scorer.keys
        for value in reader.values(record, prepared)
    )


def _values(rule: KeyRule, made: dict[tuple[str, str], int]) -> Values:
    parts = [_part(part, made.get((part.form, part.field))) for part in rule.parts]
    if len(parts) == 1:
        return parts[0]

    def values(record: Record, prepared: tuple[Any, ...]) -> tuple[str, ...]:
        joined: tuple[str, ...] = ("",)
        for place, part in enumerate(parts):
            found = part(record, prepared)
            joined = tuple(f"{head}{_BETWEEN}{one}" if place else one for head in joined for one in found)
        return joined

    return values


def _part(part: KeyPart, place: int | None) -> Values:
    """Return what reads one part: one value, or each word; none where it is missing."""
    whole = _each(part, place) if part.each else _one(part, place)
    first, last = part.first, part.last
    if first is None and last is None:
        return whole

    def values(record: Record, prepared: tuple[Any, ...]) -> tuple[str, ...]:
        cut = [one[:first] for one in whole(record, prepared)]
        return tuple(dict.fromkeys(cut if last is None else [one[-last:] for one in cut]))

    return values


def _one(part: KeyPart, place: int | None) -> Values:
    if place is not None and part.form != "text":
        return lambda record, prepared: () if (form := prepared[place]) is None else (form,)
    form, field = FORMS[part.form], part.field

    def values(record: Record, prepared: tuple[Any, ...]) -> tuple[str, ...]:
        text = text_of(record, field)
        value = None if text is None else form(text)
        return (value,) if value else ()

    return values


def _each(part: KeyPart, place: int | None) -> Values:
    if place is not None and part.form == "text":
        return lambda record, prepared: () if (words := prepared[place]) is None else words[0]
    form, field = FORMS[part.form], part.field
    split = terms_of if part.form == "text" else lambda text: form(text).split()

    def values(record: Record, prepared: tuple[Any, ...]) -> tuple[str, ...]:
        value = record.get(field)
        if value is None:
            return ()
        if isinstance(value, str):
            found = split(text_of(record, field) or "")
        else:
            found = [form(text) for text in texts_of(value, field)]
        return tuple(sorted({one for one in found if one}))

    return values
