"""Business time of any kind as data: calendars, sets of them and editions, by name or written out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

import attrs

from jobkit.calendars._base import BusinessTime
from jobkit.calendars._calendar import Calendar
from jobkit.calendars._editions import Edition, Editions
from jobkit.calendars._sets import AllOf, AnyOf, Named, Without
from jobkit.documents import Wire, check_size, structure
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.paths import Item, join

UNKNOWN = Template(
    "calendars.unknown",
    "The calendar {name}, named at {path}, is not known.",
    "Add a calendar of that name, or use one of: {known}.",
)
LOOP = Template(
    "calendars.loop",
    "The calendar {name} is made of itself, by way of {through}.",
    "Take {name} out of one of them.",
)
TOO_DEEP = Template(
    "calendars.too_deep",
    "The calendar at {path} is made of others more than {limit} levels deep.",
    "Write the innermost ones as one calendar.",
)
OTHER_ID = Template(
    "calendars.other_id",
    "The calendar under {name} calls itself {id}.",
    "Leave the id out, or give it the name under which it stands.",
)
_SHOWN: Final = 50
_DEEPEST: Final = 16

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class _AllData:
    all: tuple[Any, ...]
    id: str | None = None
    zone: str | None = None


@attrs.frozen(kw_only=True)
class _AnyData:
    any: tuple[Any, ...]
    id: str | None = None
    zone: str | None = None


@attrs.frozen(kw_only=True)
class _WithoutData:
    base: Any
    minus: tuple[Any, ...]
    id: str | None = None
    zone: str | None = None


@attrs.frozen(kw_only=True)
class _EditionData:
    calendar: Any
    effective_from: datetime | None = None
    known_from: datetime | None = None


@attrs.frozen(kw_only=True)
class _EditionsData:
    editions: tuple[_EditionData, ...]
    id: str


def load_calendar(data: Wire, path: str = "$", *, named: Named = EMPTY) -> BusinessTime:
    """
    Read business time of any kind from plain data; parts may be names of calendars in *named*.

    `{all = [...]}`, `{any = [...]}` and `{base = ..., minus = [...]}` are sets, `{editions = [...]}` is a
    calendar with its edits, everything else a plain one. Unknown names and whatever `Calendar.load` refuses
    are refused all at once, with their places below *path*.

    >>> load_calendar({"base": {"zone": "UTC", "weekly": {"mon-sun": "00:00-24:00"}}, "minus": []}).zone
    'UTC'
    """
    check_size(data, path)
    return _Reader({}, named, path).part(data, path)


def load_calendars(data: Mapping[str, Wire], path: str = "$") -> FrozenMap[str, BusinessTime]:
    """
    Read calendars by name, which may name each other in any order; each takes its name as its id.

    Loops, unknown names and whatever is wrong with any of them are refused all at once, with their places.

    >>> day = {"zone": "UTC", "weekly": {"mon-fri": "08:00-16:00"}}
    >>> list(load_calendars({"both": {"all": ["shop", "crew"]}, "shop": day, "crew": day}))
    ['both', 'shop', 'crew']
    """
    rules = structure(FrozenMap[str, Any], data, path)
    reader = _Reader(rules, EMPTY, path)
    names = _each(rules, lambda name: (name, reader.named(name, join(path, Item(name)))))
    return FrozenMap(names)


def dump_calendars(calendars: Named) -> dict[str, Any]:
    """Return calendars as data that `load_calendars` reads back, with names where one is part of another."""
    return {
        name: {key: value for key, value in one.dump(_others(calendars, name)).items() if key != "id"}
        for name, one in calendars.items()
    }


def _others(calendars: Named, name: str) -> Named:
    return {other: one for other, one in calendars.items() if other != name}


class _Reader:
    """Reads calendars that may name each other, each once: the engine of one load."""

    def __init__(self, data: Mapping[str, Wire], known: Named, path: str) -> None:
        self._data, self._path = data, path
        self._done: dict[str, BusinessTime | Invalid] = dict(known)
        self._under_way: list[str] = []
        self._depth = 0

    def named(self, name: str, path: str) -> BusinessTime:
        """Return the calendar of a name; an unknown one and a loop are refused, and what is wrong with it."""
        if name in self._under_way:
            through = self._under_way[self._under_way.index(name) + 1 :] or ["its own name"]
            raise Invalid.of(LOOP, path=path, name=name[:_SHOWN], through=[one[:_SHOWN] for one in through])
        if name not in self._done and name not in self._data:
            known = sorted({*self._data, *self._done})[:10]
            raise Invalid.of(UNKNOWN, path=path, name=name[:_SHOWN], known=known)
        if name not in self._done:
            self._done[name] = self._own(name)
        found = self._done[name]
        if isinstance(found, Invalid):
            raise found
        return found

    def part(self, data: Wire, path: str) -> BusinessTime:
        """Read one calendar: a name, or rules written out."""
        if self._depth == _DEEPEST:
            raise Invalid.of(TOO_DEEP, path=path, limit=_DEEPEST)
        self._depth += 1
        try:
            return self.named(data, path) if isinstance(data, str) else self._rules(data, path)
        finally:
            self._depth -= 1

    def parts(self, data: Iterable[Wire], path: str, *inside: str) -> tuple[BusinessTime, ...]:
        """Read several calendars; what is wrong with any of them is told at once."""
        places = ((one, join(path, Item(str(place)), *inside)) for place, one in enumerate(data))
        return _each(places, lambda place: self.part(*place))

    def _own(self, name: str) -> BusinessTime | Invalid:
        own = join(self._path, Item(name))
        self._under_way.append(name)
        try:
            return self.part(_with_id(self._data[name], name, own), own)
        except Invalid as error:
            # Whoever names it fails for the same reasons, which are to be told once.
            return error
        finally:
            self._under_way.pop()

    def _rules(self, data: Any, path: str) -> BusinessTime:
        rules = structure(FrozenMap[str, Any], data, path)
        read = next((read for word, read in _KINDS.items() if word in rules), _plain)
        return read(self, rules, path)


def _with_id(data: Wire, name: str, path: str) -> Wire:
    if not isinstance(data, Mapping):
        return data
    id = data.get("id", name)
    if id != name:
        raise Invalid.of(OTHER_ID, path=join(path, "id"), name=name[:_SHOWN], id=str(id)[:_SHOWN])
    return {**data, "id": name}


def _plain(_: _Reader, data: Any, path: str) -> BusinessTime:
    return Calendar.load(data, path)


def _all(reader: _Reader, data: Any, path: str) -> BusinessTime:
    read = structure(_AllData, data, path)
    return _set(AllOf, reader.parts(read.all, join(path, "all")), read, path)


def _any(reader: _Reader, data: Any, path: str) -> BusinessTime:
    read = structure(_AnyData, data, path)
    return _set(AnyOf, reader.parts(read.any, join(path, "any")), read, path)


def _without(reader: _Reader, data: Any, path: str) -> BusinessTime:
    read = structure(_WithoutData, data, path)
    base = _each([read.base], lambda one: reader.part(one, join(path, "base")))
    return _set(Without, (*base, *reader.parts(read.minus, join(path, "minus"))), read, path)


def _set(
    kind: Callable[..., BusinessTime], parts: tuple[BusinessTime, ...], read: Any, path: str
) -> BusinessTime:
    given = {name: value for name in ("id", "zone") if (value := getattr(read, name)) is not None}
    return _placed(lambda: kind(parts=parts, **given), path)


def _editions(reader: _Reader, data: Any, path: str) -> BusinessTime:
    read = structure(_EditionsData, data, path)
    place = join(path, "editions")
    calendars = reader.parts([one.calendar for one in read.editions], place, "calendar")
    editions = [
        Edition(calendar=calendar, effective_from=one.effective_from, known_from=one.known_from)
        for calendar, one in zip(calendars, read.editions, strict=True)
    ]
    return _placed(lambda: Editions(id=read.id, editions=editions), path)


def _placed(make: Callable[[], T], path: str) -> T:
    try:
        return make()
    except Invalid as error:
        raise Invalid(found.at(path + found.path[1:]) for found in error.findings) from error


def _each(items: Iterable[Any], read: Callable[[Any], T]) -> tuple[T, ...]:
    """Read every item; what is wrong with any of them comes as one error, and each finding once."""
    done: list[T] = []
    found: dict[int, Finding] = {}
    for item in items:
        try:
            done.append(read(item))
        except Invalid as error:
            found |= {id(finding): finding for finding in error.findings}
    if found:
        raise Invalid(found.values())
    return tuple(done)


_KINDS: Final[Mapping[str, Callable[[_Reader, Any, str], BusinessTime]]] = FrozenMap(
    {"all": _all, "any": _any, "base": _without, "editions": _editions}
)
