"""One strict reader and one writer for every type of a value, made by a private cattrs converter."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from jobkit.documents._leaves import READERS, SHORT, WRITERS, Hook, same, spoken, text, wrong
from jobkit.documents._plain import TOO_DEEP, step_of
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, Step, write

MISSING_KEY = Template("documents.missing_key", "{key} is missing at {path}.", "Give {key}.")
UNKNOWN_KEY = Template(
    "documents.unknown_key",
    "The key {key} at {path} is not known.",
    "Leave it out, or use one of: {near}.",
)
NOT_ONE_OF = Template(
    "documents.not_one_of",
    "{value} at {path} is not one of the words allowed there.",
    "Use one of: {allowed}.",
)
DUPLICATE_ID = Template(
    "documents.duplicate_id",
    "Two items at {path} have the id {id}.",
    "Give each item of the list an id of its own.",
)
_MOST_PROBLEMS: Final = 100
_PLAIN_CLASSES: Final = (str, bool, int, float)


def below(error: Invalid, *steps: Step) -> list[Finding]:
    """Return the findings of *error*, moved below *steps*."""
    head = write(steps)
    return [finding.at(head + finding.path[1:]) for finding in error.findings]


def is_optional(kind: Any) -> bool:
    """Whether *kind* is a union in which nothing is a choice."""
    return get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind)


def without_none(kind: Any) -> Any:
    """Return what is left of a union when nothing is not a choice."""
    left = tuple(choice for choice in get_args(kind) if choice is not NoneType)
    return Union[left]  # noqa: UP007


@lru_cache(maxsize=1024)
def hook_for(kind: Any) -> Hook:
    """
    Return the strict reader of one type: plain data in, value out, `Invalid` with relative paths otherwise.

    A type that has no place in documents is a programming mistake and raises `TypeError`.
    """
    if kind in READERS:
        return READERS[kind]
    if is_optional(kind):
        return _optional(hook_for(without_none(kind)))
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _words(inner)
    if origin is tuple and inner[1:] == (...,):
        return _list(inner[0])
    if origin in (Mapping, FrozenMap, dict):
        return _map(hook_for(inner[1]))
    if attrs.has(kind):
        return _record(kind)
    raise TypeError(f"{kind} has no place in a document")


@lru_cache(maxsize=1024)
def unhook_for(kind: Any) -> Hook:
    """Return the writer of one type: value in, plain data out; defaults and None are left out."""
    if kind in WRITERS:
        return WRITERS[kind]
    if is_optional(kind):
        write_inner = unhook_for(without_none(kind))
        return lambda value: None if value is None else write_inner(value)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return same
    if origin is tuple and inner[1:] == (...,):
        return _write_list(unhook_for(inner[0]))
    if origin in (Mapping, FrozenMap, dict):
        return _write_map(unhook_for(inner[1]))
    if attrs.has(kind):
        return _write_record(kind)
    raise TypeError(f"{kind} has no place in a document")


def _optional(inner: Hook) -> Hook:
    return lambda value: None if value is None else inner(value)


def _words(allowed: tuple[str, ...]) -> Hook:
    known = frozenset(allowed)

    def read(value: Any) -> Any:
        if type(value) is not str:
            raise wrong(value, "text")
        if value not in known:
            raise Invalid.of(NOT_ONE_OF, value=value[:SHORT], allowed=allowed)
        return value

    return read


def _list(kind: Any) -> Hook:
    inner = hook_for(kind)
    keyed = attrs.has(kind) and (hasattr(kind, "key") or "id" in attrs.fields_dict(kind))

    def read(value: Any) -> tuple[Any, ...]:
        if type(value) is not list and type(value) is not tuple:
            raise wrong(value, "a list")
        try:
            items = tuple(map(inner, value))
        except Invalid as error:
            raise Invalid(_item_problems(inner, value)) from error
        if keyed and len(items) > 1:
            _check_ids(items)
        return items

    return read


def _item_problems(inner: Hook, value: Iterable[Any]) -> list[Finding]:
    found: list[Finding] = []
    for position, item in enumerate(value):
        try:
            inner(item)
        except Invalid as error:
            found += below(error, step_of(item, position))
        if len(found) >= _MOST_PROBLEMS:
            break
    return found


def key_of(item: Any) -> str:
    """Return what names an item inside its list: its key if it has one, else its id."""
    named: str = item.key if hasattr(item, "key") else item.id
    return named


def _check_ids(items: tuple[Any, ...]) -> None:
    seen: set[str] = set()
    twice = [key for key in map(key_of, items) if key in seen or seen.add(key)]  # type: ignore[func-returns-value]
    if twice:
        raise Invalid(Finding.of(DUPLICATE_ID, id=key) for key in dict.fromkeys(twice))


def _map(inner: Hook) -> Hook:
    def read(value: Any) -> FrozenMap[str, Any]:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise wrong(value, "an object")
        try:
            return FrozenMap({text(key): inner(item) for key, item in value.items()})
        except Invalid as error:
            raise Invalid(_entry_problems(inner, value)) from error

    return read


def _entry_problems(inner: Hook, value: Mapping[Any, Any]) -> list[Finding]:
    found: list[Finding] = []
    for key, item in value.items():
        try:
            text(key)
        except Invalid as error:
            found += error.findings
            continue
        try:
            inner(item)
        except Invalid as error:
            found += below(error, Item(key))
        if len(found) >= _MOST_PROBLEMS:
            break
    return found


def _record(kind: type) -> Hook:
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    for kind_inside in {field.type for field in attrs.fields(attrs.resolve_types(kind))}:
        _use(converter, kind_inside)
    generated = make_dict_structure_fn(kind, converter)  # type: ignore[var-annotated]

    def read(value: Any) -> Any:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise wrong(value, "an object")
        try:
            return generated(value, kind)
        except ClassValidationError as error:
            raise Invalid(_record_problems(kind, error)) from error
        except RecursionError as error:
            raise Invalid.of(TOO_DEEP, limit="a few hundred") from error

    return read


def _use(converter: Converter, kind: Any) -> None:
    inner = hook_for(kind)
    # cattrs looks plain classes up before it asks any function, and converts them in its own lenient way.
    if kind in _PLAIN_CLASSES:
        converter.register_structure_hook(kind, lambda value, _: inner(value))
    else:
        converter.register_structure_hook_func(lambda asked: asked == kind, lambda value, _: inner(value))


def _record_problems(kind: type, error: ClassValidationError) -> list[Finding]:
    found: list[Finding] = []
    for cause, name in _causes(error):
        if isinstance(cause, Invalid):
            found += below(cause, name) if name else cause.findings
        elif isinstance(cause, ForbiddenExtraKeysError):
            found += [_unknown_key(kind, key) for key in _some(cause.extra_fields)]
        elif isinstance(cause, KeyError):
            found.append(Finding.of(MISSING_KEY, key=name))
        else:
            raise cause
    return found[:_MOST_PROBLEMS]


def _some(keys: Iterable[object]) -> list[object]:
    texts = [key for key in keys if isinstance(key, str)]
    others = [key for key in keys if not isinstance(key, str)]
    return [*sorted(texts), *others][:_MOST_PROBLEMS]


def _causes(error: ClassValidationError) -> Iterable[tuple[Exception, str]]:
    noted, plain = error.group_exceptions()
    yield from ((cause, note.name) for cause, note in noted)
    yield from ((cause, "") for cause in plain)


def _unknown_key(kind: type, key: object) -> Finding:
    known = [field.name for field in attrs.fields(kind)]
    if not isinstance(key, str):
        return Finding.of(UNKNOWN_KEY, key=spoken(type(key)), near=known[:5])
    near = get_close_matches(key[:SHORT], known, n=3) or known[:5]
    return Finding.of(UNKNOWN_KEY, key=key[:SHORT], near=near)


def _write_list(inner: Hook) -> Hook:
    if inner is same:
        return list
    return lambda value: [inner(item) for item in value]


def _write_map(inner: Hook) -> Hook:
    if inner is same:
        return dict
    return lambda value: {key: inner(item) for key, item in value.items()}


def _write_record(kind: type) -> Hook:
    converter = Converter(omit_if_default=True)
    for field in attrs.fields(attrs.resolve_types(kind)):
        _use_writer(converter, field.type)
    return make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True)


def _use_writer(converter: Converter, kind: Any) -> None:
    converter.register_unstructure_hook_func(lambda asked: asked == kind, unhook_for(kind))
