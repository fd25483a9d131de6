"""Defaults: what a fact counts as while nobody has said it, and that it was defaulted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from jobkit.conditions import FactReader
from jobkit.documents import thaw
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.paths import Item, Step, parse
from jobkit.priority._asked import Asked, earliest, read_asked
from jobkit.priority._bench import SCALE_KINDS, Bench
from jobkit.priority._measure import Facts
from jobkit.priority._values import Default
from jobkit.registry import guarded

DEFAULT_FACT = Template(
    "priority.default_fact",
    "The fact {fact} at {path} stands in a list or a map and cannot be defaulted.",
    "Give a default for a fact that is reached by plain names.",
)
NO_PLACE = Template(
    "priority.default_place",
    "The fact {fact} cannot be defaulted, as it belongs to a value of type {type} that holds no such field.",
    "Hand the facts over as mappings, or take the default {id} out.",
)


@attrs.frozen(kw_only=True)
class Defaulted:
    """That a fact was unknown and counted as a default: which default, the fact, the value and why."""

    id: str
    fact: str
    value: str
    because: str


@attrs.frozen(kw_only=True)
class DefaultRule:
    """One default, checked and fitted."""

    default: Default
    read: FactReader
    steps: tuple[Step, ...]
    asked: Asked
    told: Defaulted

    def applies(self, facts: Facts, now: datetime) -> bool:
        """Whether the fact is unknown and the default's condition holds."""
        return self.read(facts) is None and self.asked(facts, now) is True

    def fill(self, facts: Facts) -> Facts:
        """Return the facts with the default in its place."""
        value = thaw(self.default.value)
        filled: Facts = guarded("default", self.default.id, _put, facts, self.steps, value, self.default)
        return filled

    def turns(self, facts: Facts, now: datetime) -> datetime | None:
        """Return when time alone may make the default apply or not."""
        return self.asked.turns(facts, now) if self.read(facts) is None else None


def default_rule(default: Default, bench: Bench, path: str) -> DefaultRule:
    """Return the default at *path*, checked: its fact, its value, its condition."""
    count = len(bench.problems)
    read = bench.fact(
        default.fact, (*SCALE_KINDS[:-1], "decimal", "duration", "instant", "any"), f"{path}.fact"
    )
    steps = parse(default.fact) if len(bench.problems) == count else ()
    if len(bench.problems) == count:
        bench.value(default.fact, default.value, f"{path}.value")
    if any(isinstance(step, Item) for step in steps):
        bench.refuse(DEFAULT_FACT, f"{path}.fact", fact=default.fact)
    value = str(default.value)
    because = default.why or f"{default.fact} is unknown and counts as {value} by the rule {default.id}"
    told = Defaulted(id=default.id, fact=default.fact, value=value, because=because)
    asked = read_asked(default.when, (), bench, path)
    return DefaultRule(default=default, read=read, steps=steps, asked=asked, told=told)


def fill(rules: tuple[DefaultRule, ...], facts: Facts, now: datetime) -> tuple[Facts, tuple[Defaulted, ...]]:
    """Return the facts with every default that applies, in order, and which these are."""
    told: tuple[Defaulted, ...] = ()
    for rule in rules:
        if rule.applies(facts, now):
            facts, told = rule.fill(facts), (*told, rule.told)
    return facts, told


def next_default(rules: tuple[DefaultRule, ...], facts: Facts, now: datetime) -> datetime | None:
    """Return when time alone may change which defaults apply."""
    turns = []
    for rule in rules:
        turns.append(rule.turns(facts, now))
        if rule.applies(facts, now):
            facts = rule.fill(facts)
    return earliest(*turns)


def _put(here: Any, steps: tuple[Step, ...], value: Any, default: Default) -> Any:
    """Return *here* with *value* at *steps*; nothing on the way is changed in place."""
    if not steps:
        return value
    name, rest = str(steps[0]), steps[1:]
    if here is None or isinstance(here, Mapping):
        old = {} if here is None else here
        return {**old, name: _put(old.get(name), rest, value, default)}
    if attrs.has(type(here)) and name in attrs.fields_dict(type(here)):
        return attrs.evolve(here, **{name: _put(getattr(here, name), rest, value, default)})
    raise Invalid.of(NO_PLACE, fact=default.fact, type=type(here).__name__, id=default.id)
