"""The shape of each value by its annotations: how to read, change and compare what lies below a path."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

import attrs

from jobkit.documents import Wire, hook_for, unhook_for
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.mappings import FrozenMap, present
from jobkit.paths import Item, Step
from jobkit.privacy import Erased, Redacted

NO_FIELD = Template(
    "model.no_field",
    "A {kind} has no field {name}, which {path} asks for.",
    "Use one of its fields: {known}.",
)
NO_ITEM = Template(
    "model.no_item",
    "There is no item {id} at {path}.",
    "Add the item as a whole before changing a part of it.",
)
NOT_THERE = Template(
    "model.not_there",
    "The value around {path} is not there.",
    "Record the whole value before changing a part of it.",
)
NO_WAY = Template(
    "model.no_way",
    "The path {path} leads below a plain value.",
    "End the path at the value, and give all of it.",
)
BY_ID = Template(
    "model.by_id",
    "The path {path} does not name an item by its id.",
    "Name the item in brackets, such as visits[v1].",
)
OTHER_ID = Template(
    "model.other_id",
    "The item put at {path} calls itself {found}.",
    "Give the item the id that the path names.",
)
MANDATORY = Template(
    "model.mandatory",
    "The value at {path} cannot be taken away.",
    "Give the value that it is to have.",
)

Steps = tuple[Step, ...]
Changes = list[tuple[Steps, Wire, Wire]]


class Shape:
    """A plain value: it is replaced as a whole."""

    __slots__ = ("exact", "kind", "private", "read", "write")

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.read: Callable[[Any], Any] = _reader(kind)
        self.write: Callable[[Any], Any] = unhook_for(kind)
        self.private = kind in (Redacted | Erased, Redacted, Erased)
        self.exact = kind is not Any

    def put(self, old: Any, steps: Steps, at: int, wire: Wire) -> Any:
        """Return *old* with *wire* in the place that the steps from *at* on lead to."""
        if at == len(steps):
            return self.read(wire)
        return self.put_below(old, steps, at, wire)

    def put_below(self, old: Any, steps: Steps, at: int, wire: Wire) -> Any:
        """Change a part; a plain value has none."""
        raise Invalid.of(NO_WAY)

    def take(self, value: Any, steps: Steps, at: int) -> Wire:
        """Return what stands in that place as plain data, None where nothing stands."""
        if value is None:
            return None
        return self.write(value) if at == len(steps) else self.take_below(value, steps, at)

    def take_below(self, value: Any, steps: Steps, at: int) -> Wire:
        """Look at a part; a plain value has none."""
        raise Invalid.of(NO_WAY)

    def shape_below(self, step: Step) -> "Shape":
        """Return the shape behind one step; a plain value has none."""
        raise Invalid.of(NO_WAY)

    def compare(self, old: Any, new: Any, steps: Steps, found: Changes) -> None:
        """Add the smallest changes that lead from *old* to *new*."""
        if not (_alike(old, new) if self.kind is Any else old == new):
            found.append((steps, self.take(old, (), 0), self.take(new, (), 0)))

    def hide(self, wire: Wire, salts: Callable[[], str]) -> Wire:
        """Return plain data in which open text at private places is hidden."""
        return Redacted(wire, salt=salts()) if self.private and type(wire) is str else wire


def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what reads a whole value; where anything may stand, None inside it is as good as absent."""
    read = hook_for(kind)
    return (lambda wire: present(read(wire))) if Any in (kind, *get_args(kind)) else read


def _alike(old: Any, new: Any) -> bool:
    """Whether two plain values are the same down to their types: 1, 1.0 and True are three things."""
    if type(old) is not type(new):
        return False
    if isinstance(old, tuple):
        return len(old) == len(new) and all(map(_alike, old, new))
    if isinstance(old, Mapping):
        return old.keys() == new.keys() and all(_alike(old[key], new[key]) for key in old)
    return bool(old == new)


class Optional(Shape):
    """A value that may be absent; a part of an absent value cannot be changed."""

    __slots__ = ("inner",)

    def __init__(self, kind: Any) -> None:
        super().__init__(kind)
        self.inner = shape_of(_present(kind))
        self.private = self.inner.private
        self.exact = self.inner.exact

    def put_below(self, old: Any, steps: Steps, at: int, wire: Wire) -> Any:
        """Change a part of what is there."""
        if old is None:
            raise Invalid.of(NOT_THERE)
        return self.inner.put(old, steps, at, wire)

    def take_below(self, value: Any, steps: Steps, at: int) -> Wire:
        """Look at a part of what is there."""
        return self.inner.take(value, steps, at)

    def shape_below(self, step: Step) -> Shape:
        """Return the shape behind one step."""
        return self.inner.shape_below(step)

    def compare(self, old: Any, new: Any, steps: Steps, found: Changes) -> None:
        """Compare parts when both are there, else the whole."""
        if old is not None and new is not None:
            self.inner.compare(old, new, steps, found)
        elif old is not new:
            found.append((steps, self.take(old, (), 0), self.take(new, (), 0)))

    def hide(self, wire: Wire, salts: Callable[[], str]) -> Wire:
        """Hide inside what is there."""
        return self.inner.hide(wire, salts)


class Record(Shape):
    """An attrs value: its fields are changed one by one, unless it has no field that may be left out."""

    __slots__ = (
        "_carried",
        "_defaults",
        "_get_all",
        "_names",
        "_setters",
        "atom",
        "getters",
        "places",
        "shapes",
    )

    def __init__(self, kind: Any) -> None:
        super().__init__(kind)
        fields = attrs.fields(attrs.resolve_types(kind))
        names = [field.name for field in fields]
        self.places = {name: place for place, name in enumerate(names)}
        self.shapes = tuple(shape_of(field.type) for field in fields)
        self.getters = tuple(map(attrgetter, names))
        self.atom = all(field.default is attrs.NOTHING for field in fields)
        self.private = any(shape.private for shape in self.shapes)
        self.exact = all(shape.exact for shape in self.shapes)
        self._carried = frozenset(field.name for field in fields if not field.eq)
        self._defaults = tuple(field.default for field in fields)
        self._get_all = _all_of(names)
        self._names = tuple(names)
        self._setters = () if _has_dict(kind) else tuple(getattr(kind, name).__set__ for name in names)

    def values_of(self, value: Any) -> list[Any]:
        """Return every field of *value* in order, to be changed and given to `build`."""
        return list(self._get_all(value))

    def build(self, values: list[Any]) -> Any:
        """Return the value with these fields."""
        # Twice as fast as the constructor, whose checks these values have passed before.
        made = object.__new__(self.kind)
        if not self._setters:
            made.__dict__.update(zip(self._names, values, strict=True))
            return made
        for put, value in zip(self._setters, values, strict=True):
            put(made, value)
        return made

    def place_of(self, step: Step) -> int:
        """Return the number of the field that *step* names; an unknown one is refused."""
        place = self.places.get(step) if type(step) is str else None
        if place is None:
            name = step.id if isinstance(step, Item) else step
            raise Invalid.of(NO_FIELD, kind=self.kind.__name__, name=str(name)[:60], known=list(self.places))
        return place

    def put_in(self, place: int, old: Any, steps: Steps, at: int, wire: Wire) -> Any:
        """Return the new value of one field; taking it away gives its default back."""
        if wire is None and at == len(steps):
            default = self._defaults[place]
            if default is attrs.NOTHING:
                raise Invalid.of(MANDATORY)
            return default
        return self.shapes[place].put(old, steps, at, wire)

    def put_below(self, old: Any, steps: Steps, at: int, wire: Wire) -> Any:
        """Change one field."""
        place = self.place_of(steps[at])
        values = self.values_of(old)
        values[place] = self.put_in(place, values[place], steps, at + 1, wire)
        return self.build(values)

    def take_below(self, value: Any, steps: Steps, at: int) -> Wire:
        """Look at one field."""
        place = self.place_of(steps[at])
        return self.shapes[place].take(self.getters[place](value), steps, at + 1)

    def shape_below(self, step: Step) -> Shape:
        """Return the shape of one field."""
        return self.shapes[self.place_of(step)]

    def compare(self, old: Any, new: Any, steps: Steps, found: Changes) -> None:
        """Compare field by field, except what is carried beside the value and takes no part in equality."""
        if old is new or (self.exact and old == new):
            return
        if self.atom:
            found.append((steps, self.write(old), self.write(new)))
            return
        for name, shape, before, after in zip(
            self.places, self.shapes, self.values_of(old), self.values_of(new), strict=True
        ):
            if before is not after and name not in self._carried:
                shape.compare(before, after, (*steps, name), found)

    def hide(self, wire: Wire, salts: Callable[[], str]) -> Wire:
        """Hide field by field."""
        if not self.private or not isinstance(wire, Mapping):
            return wire
        places = self.places
        return {
            name: self.shapes[places[name]].hide(item, salts) if name in places else item
            for name, item in wire.items()
        }


def _has_dict(kind: type) -> bool:
    """Whether values of the attrs class keep their fields in a dict of their own, not in slots."""
    return "__slots__" not in vars(kind)


def _all_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) == 1:
        return lambda value: (getattr(value, names[0]),)
    return attrgetter(*names)


class Items(Shape):
    """A list whose items have ids: they are added, replaced, changed and taken away by id."""

    __slots__ = ("inner", "key")

    def __init__(self, kind: Any) -> None:
        super().__init__(kind)
        inner = shape_of(get_args(kind)[0])
        if not isinstance(inner, Record):
            raise TypeError(f"{kind} has no items with ids")
        self.inner: Record = inner
        self.key = attrgetter("key" if hasattr(inner.kind, "key") else "id")
        self.private = inner.private
        self.exact = inner.exact

    def put_below(self, old: Any, steps: Steps, at: int, wire: Wire) -> Any:
        """Add, replace or take away the item itself, or change a part of it."""
        id = _id_of(steps[at])
        place = next((place for place, item in enumerate(old) if self.key(item) == id), None)
        if at + 1 < len(steps):
            if place is None:
                raise Invalid.of(NO_ITEM, id=id)
            return _replaced(old, place, self._changed_item(old[place], id, steps, at + 1, wire))
        if wire is None:
            return old if place is None else old[:place] + old[place + 1 :]
        item = self._item(id, wire)
        return (*old, item) if place is None else _replaced(old, place, item)

    def _changed_item(self, item: Any, id: str, steps: Steps, at: int, wire: Wire) -> Any:
        changed = self.inner.put(item, steps, at, wire)
        if self.key(changed) != id:
            raise Invalid.of(OTHER_ID, found=self.key(changed))
        return changed

    def _item(self, id: str, wire: Wire) -> Any:
        if isinstance(wire, Mapping) and "id" not in wire and "id" in self.inner.places:
            wire = {"id": id, **wire}
        item = self.inner.read(wire)
        if self.key(item) != id:
            raise Invalid.of(OTHER_ID, found=self.key(item))
        return item

    def take_below(self, value: Any, steps: Steps, at: int) -> Wire:
        """Look at one item or a part of it."""
        id = _id_of(steps[at])
        item = next((item for item in value if self.key(item) == id), None)
        return self.inner.take(item, steps, at + 1)

    def shape_below(self, step: Step) -> Shape:
        """Return the shape of an item."""
        return self.inner

    def compare(self, old: Any, new: Any, steps: Steps, found: Changes) -> None:
        """Compare item by item; a change of order, or items without a name of their own, are told whole."""
        before, after = ({self.key(item): item for item in items} for items in (old, new))
        kept = [id for id in before if id in after]
        added = [id for id in after if id not in before]
        if [*kept, *added] != [self.key(item) for item in new] or len(before) != len(old):
            found.append((steps, self.write(old), self.write(new)))
            return
        for id, item in before.items():
            if id not in after:
                found.append(((*steps, Item(id)), self.inner.write(item), None))
            else:
                self.inner.compare(item, after[id], (*steps, Item(id)), found)
        found.extend(((*steps, Item(id)), None, self.inner.write(after[id])) for id in added)

    def hide(self, wire: Wire, salts: Callable[[], str]) -> Wire:
        """Hide item by item."""
        if not self.private or not isinstance(wire, (list, tuple)):
            return wire
        return [self.inner.hide(item, salts) for item in wire]


def _replaced(items: tuple[Any, ...], place: int, item: Any) -> tuple[Any, ...]:
    return (*items[:place], item, *items[place + 1 :])


def _id_of(step: Step) -> str:
    if isinstance(step, Item) and step.id is not None:
        return step.id
    raise Invalid.of(BY_ID)


class Entries(Shape):
    """A map from names to values: each entry is replaced as a whole."""

    __slots__ = ("inner",)

    def __init__(self, kind: Any) -> None:
        super().__init__(kind)
        self.inner = shape_of(get_args(kind)[1])
        self.private = self.inner.private
        self.exact = self.inner.exact

    def put_below(self, old: Any, steps: Steps, at: int, wire: Wire) -> Any:
        """Put or take away one entry, or change a part of it."""
        key = _key_of(steps[at])
        if at + 1 < len(steps):
            if key not in old:
                raise Invalid.of(NO_ITEM, id=key)
            return FrozenMap({**old, key: self.inner.put(old[key], steps, at + 1, wire)})
        if wire is None:
            return FrozenMap({name: value for name, value in old.items() if name != key})
        return FrozenMap({**old, key: self.inner.read(wire)})

    def take_below(self, value: Any, steps: Steps, at: int) -> Wire:
        """Look at one entry or a part of it."""
        return self.inner.take(value.get(_key_of(steps[at])), steps, at + 1)

    def shape_below(self, step: Step) -> Shape:
        """Return the shape of an entry."""
        return self.inner

    def compare(self, old: Any, new: Any, steps: Steps, found: Changes) -> None:
        """Compare entry by entry, each as a whole."""
        take = self.inner.take
        for key in dict.fromkeys((*old, *new)):
            before, after = old.get(key), new.get(key)
            if before is not after and not _alike(before, after):
                found.append(((*steps, Item(key)), take(before, (), 0), take(after, (), 0)))

    def hide(self, wire: Wire, salts: Callable[[], str]) -> Wire:
        """Hide entry by entry."""
        if not self.private or not isinstance(wire, Mapping):
            return wire
        return {key: self.inner.hide(item, salts) for key, item in wire.items()}


def _key_of(step: Step) -> str:
    if isinstance(step, str):
        return step
    if step.id is None:
        raise Invalid.of(BY_ID)
    return step.id


def _present(kind: Any) -> Any:
    left = tuple(choice for choice in get_args(kind) if choice is not NoneType)
    return Union[left]  # noqa: UP007


_MAPS: Final = (Mapping, FrozenMap, dict)


@lru_cache(maxsize=1024)
def shape_of(kind: Any) -> Shape:
    """Return the shape of a type; one that has no place in documents raises `TypeError`."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType) and NoneType in inner:
        return Optional(kind)
    if origin is tuple and attrs.has(inner[0]) and _has_id(inner[0]):
        return Items(kind)
    if origin in _MAPS:
        return Entries(kind)
    return Record(kind) if attrs.has(kind) and kind not in (Redacted, Erased) else Shape(kind)


def _has_id(kind: type) -> bool:
    return "id" in attrs.fields_dict(kind)
