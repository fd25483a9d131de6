"""The bench on which rules of order are checked and fitted: declared facts, names, calendars, problems."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import attrs

from jobkit.conditions import Condition, FactReader, FactSpec, Kind, Leaf, Vocabulary, fact_reader
from jobkit.documents import thaw
from jobkit.durations import Duration, Working
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.paths import Item, join
from jobkit.priority._values import Direction
from jobkit.registry import Registry

OPAQUE = Template(
    "priority.time_opaque",
    "The condition at {path} turns with time at an instant that nobody can tell.",
    "Compare an instant with older_than, younger_than or within, or let the predicate tell changes_at.",
)
MANY_VALUES = Template(
    "priority.many_values",
    "The fact {fact} at {path} names every item of a list and has no one value.",
    "Name one item by its id, or a fact that holds one value.",
)
PRIVATE = Template(
    "priority.private",
    "The fact {fact} at {path} is private, and an explanation would tell its value.",
    "Order by a fact that may be told.",
)
MOVES = Template(
    "priority.moves",
    "The fact {fact} at {path} changes with time by itself, at instants that nobody can tell.",
    "Name a fact that stays until it is recorded anew, such as an instant that is due.",
)
WRONG_KIND = Template(
    "priority.kind",
    "The fact {fact} at {path} is of kind {kind} where {wanted} is needed.",
    "Name a fact that is {wanted}.",
)
NO_CALENDAR = Template(
    "priority.no_calendar",
    "There is no calendar {calendar} for the rules of order at {path}.",
    "Hand it over by its name, or use one of: {names}.",
)
WORKING = Template(
    "priority.working",
    "{duration} at {path} is working time, and no calendar is named.",
    "Name the calendar by which it is counted, or give elapsed time.",
)
WORKING_DAY = Template(
    "priority.working_day",
    "{duration} at {path} has no fixed length.",
    "Give working hours or minutes.",
)


class OpenTime(Protocol):
    """A calendar, as far as the order of work needs one."""

    def elapsed(self, start: datetime, end: datetime, /) -> timedelta:
        """Return the open time from *start* to *end*, negative when they are reversed."""

    def add(self, start: datetime, amount: timedelta, /) -> datetime:
        """Return the earliest instant by which *amount* of open time has passed since *start*."""


SCALE_KINDS: Final[tuple[Kind, ...]] = ("text", "code", "reference", "integer", "bool", "any")
TIE_KINDS: Final[tuple[Kind, ...]] = (
    "text", "code", "reference", "integer", "decimal", "float", "bool", "instant", "date", "duration", "any",
)  # fmt: skip
_ANYTHING: Final = FactSpec(kind="any")


@attrs.define(kw_only=True)
class Bench:
    """
    What a term may use while the rules load; what is wrong is gathered in `problems`, not raised.

    `sign` is 1 where larger is higher and -1 where 1 is highest: what a term computes is multiplied by it.
    """

    direction: Direction
    path: str = "$"
    vocabulary: Vocabulary | None = None
    registry: Registry = Registry()
    calendars: Mapping[str, OpenTime] = attrs.field(factory=dict)
    problems: list[Finding] = attrs.field(factory=list)
    read_as: dict[str, Kind] = attrs.field(factory=dict)

    @property
    def sign(self) -> int:
        """What turns an amount of urgency into points of the declared direction."""
        return 1 if self.direction == "larger_higher" else -1

    def at(self, part: str, id: str, *further: str) -> str:
        """Return the path of the item *id* of a *part* of the rules, or of what stands *further* below."""
        return join(self.path, part, Item(id), *further)

    def refuse(self, template: Template, path: str, **params: Any) -> None:
        """Remember what is wrong at *path*."""
        self.problems.append(Finding.of(template, path=path, **params))

    def condition(self, rule: object, path: str) -> Condition:
        """Return the condition; one that cannot be read, or turns at no computable instant, is a problem."""
        try:
            found = Condition.load(thaw(rule), self.vocabulary, self.registry, path)
        except Invalid as error:
            self.problems += error.findings
            # Each its own, so that what cannot be read does not seem to hide or to equal something else.
            return Condition.load(Leaf(field="unread", operator="is", value=path))
        if found.time_opaque:
            self.refuse(OPAQUE, path)
        return found

    def fact(self, fact: str, kinds: tuple[Kind, ...], path: str, *, moves: bool = False) -> FactReader:
        """
        Return what reads *fact*, which must be declared, of one of *kinds*, single and not private.

        One that is declared as any kind is read as the last of them. Only with *moves* may it be a fact that
        changes with time by itself.
        """
        if not self._agrees(Leaf(field=fact, operator="known", value=True), path):
            return _nothing
        spec = self._spec(fact)
        if "[]" in fact:
            self.refuse(MANY_VALUES, path, fact=fact)
        elif spec.private:
            self.refuse(PRIVATE, path, fact=fact)
        elif spec.moves and not moves:
            self.refuse(MOVES, path, fact=fact)
        elif spec.kind != "any" and spec.kind not in kinds:
            self.refuse(WRONG_KIND, path, fact=fact, kind=spec.kind, wanted=_spoken(kinds))
        return fact_reader(fact, self._kind(fact, spec, kinds))

    def _kind(self, fact: str, spec: FactSpec, kinds: tuple[Kind, ...]) -> Kind:
        """Return what to read a fact as: as declared, as some rule before needed it, or as *kinds* say."""
        if spec.kind != "any" and spec.kind in kinds:
            return spec.kind
        if kinds[-1] == "any":
            return self.read_as.get(fact, "any")
        self.read_as[fact] = kinds[-1]
        return kinds[-1]

    def value(self, fact: str, value: object, path: str) -> None:
        """Look whether *fact* can have *value* at all."""
        self._agrees(Leaf(field=fact, operator="is", value=thaw(value)), path)

    def _agrees(self, leaf: Leaf, path: str) -> bool:
        """Whether a comparison fits what is declared; what does not is told at *path* itself."""
        try:
            Condition.load(leaf, self.vocabulary, self.registry, path)
        except Invalid as error:
            self.problems += (finding.at(path) for finding in error.findings)
            return False
        return True

    def span(self, duration: Duration, calendar: str | None, path: str) -> timedelta:
        """Return a duration in elapsed or open time; working time without a calendar is a problem."""
        if not isinstance(duration, Working):
            return duration
        if calendar is None:
            self.refuse(WORKING, path, duration=str(duration))
        if duration.unit == "day":
            self.refuse(WORKING_DAY, path, duration=str(duration))
            return timedelta(days=duration.amount)
        return timedelta(**{f"{duration.unit}s": duration.amount})

    def calendar(self, name: str | None, path: str) -> OpenTime | None:
        """Return the calendar of that name, None for none; an unknown name is a problem."""
        if name is not None and name not in self.calendars:
            self.refuse(NO_CALENDAR, path, calendar=name, names=sorted(self.calendars))
        return None if name is None else self.calendars.get(name)

    def _spec(self, fact: str) -> FactSpec:
        found = None if self.vocabulary is None else self.vocabulary.find(fact)
        return found or _ANYTHING


def _nothing(facts: object) -> None:
    return None


def _spoken(kinds: tuple[Kind, ...]) -> str:
    return " or ".join(kind for kind in kinds if kind != "any")
