"""Field declarations in JSON Schema: each type in its wire form, with its code list, form and limits."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from math import ceil, floor
from typing import Any, Final

from jobkit.codes import CodeList
from jobkit.documents import read_json
from jobkit.errors import Invalid, NotFound
from jobkit.fields import FieldSpec
from jobkit.findings import Template
from jobkit.mappings import FrozenMap
from jobkit.requirements._schema_parts import Beyond
from jobkit.requirements._schema_values import ENDS_IN_LINE_FEED, LONGEST_MATCHED, of_form
from jobkit.versions import Versions

Codes = Mapping[str, CodeList | Versions[CodeList]]

NO_LIST = Template(
    "requirements.field_list",
    "The field {name} takes codes of the list {list}, which was not handed in.",
    "Hand in the list {list} among codes.",
)

_LARGEST: Final = 2**53
_MONTH_AND_DAY: Final = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP: Final = "(?:0[48]|[2468][048]|[13579][26])"
_YEAR: Final = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DATE: Final = f"(?:{_YEAR}-{_MONTH_AND_DAY}|(?:[0-9]{{2}}{_LEAP}|{_LEAP}00)-02-29)"
"""The days of the Gregorian calendar, leap years and all."""

_THOUSANDS: Final = "[1-8][0-9]{3}"
_DAY: Final = f"(?:{_THOUSANDS}-{_MONTH_AND_DAY}|(?:[1-8][0-9]{_LEAP}|(?:[2468][048]|[1357][26])00)-02-29)"
"""The same from the year 1000 to 8999, so that no offset leads out of what Python can count."""

_CLOCK: Final = "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?"
_OFFSET: Final = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_SHORT: Final = "[0-9]{1,7} ?(?:w|d|h|min|s)"
_OF_DAY: Final = "T(?:[0-9]{1,7}H(?:[0-9]{1,7}M)?(?:[0-9]{1,7}S)?|[0-9]{1,7}M(?:[0-9]{1,7}S)?|[0-9]{1,7}S)"
_ISO: Final = f"P(?:(?:[0-9]{{1,7}}W(?:[0-9]{{1,7}}D)?|[0-9]{{1,7}}D)(?:{_OF_DAY})?|{_OF_DAY})"
_WORKING: Final = "[0-9]{1,5} working (?:hour|day|minute)s?"

_WIRE: Final[Mapping[str, Mapping[str, Any]]] = FrozenMap(
    {
        "text": {"type": "string"},
        "code": {"type": "string"},
        "reference": {"type": "string"},
        "bool": {"type": "boolean"},
        "float": {"type": "number"},
        "integer": {"type": "integer", "minimum": -_LARGEST, "maximum": _LARGEST},
        "decimal": {"type": "string", "format": "decimal", "pattern": "^-?[0-9]{1,30}(?:\\.[0-9]{1,20})?$"},
        "date": {"type": "string", "format": "date", "pattern": f"^{_DATE}$"},
        "instant": {
            "type": "string",
            "format": "date-time",
            "pattern": f"^{_DAY}{_CLOCK}{_OFFSET}$",
        },
        "duration": {
            "type": "string",
            "maxLength": 60,
            "pattern": f"^(?:{_SHORT}(?: {_SHORT}){{0,4}}|{_ISO}|{_WORKING})$",
        },
    }
)
"""Field type → the schema of its wire form; dates and instants are real days of the calendar."""


def field_schema(spec: FieldSpec, codes: Codes, now: datetime) -> dict[str, Any]:
    """
    Return the schema of one field's value, null among what it takes unless it is required.

    A code list that was not handed in, or has no version in force at *now*, is refused.
    """
    single = {**_WIRE[single_type(spec)], **_limits(spec)}
    if "pattern" in _WIRE[single_type(spec)]:
        single["not"] = ENDS_IN_LINE_FEED
    if spec.codes is not None:
        single = {"type": "string", **_codes(spec, codes, now)}
    value = {"type": "array", "items": single} if spec.type == "list" else single
    return {**_words(spec), **(value if spec.required else _or_null(value))}


def single_type(spec: FieldSpec) -> str:
    """Return the type of the field's value, or of each item of a list."""
    return spec.item or spec.type if spec.type == "list" else spec.type


def beyond_field(spec: FieldSpec) -> Iterator[Beyond]:
    """Yield what of the field's declaration the schema does not say."""
    type_ = single_type(spec)
    limits = [limit for limit in (spec.minimum, spec.maximum) if limit is not None]
    if type_ == "decimal" and limits:
        yield Beyond("value", f"the limit {' to '.join(map(str, limits))}")
    if type_ == "float" and (lost := [limit for limit in limits if not _is_exact(limit)]):
        yield Beyond("value", f"the limit {' to '.join(map(str, lost))}")
    if type_ in ("instant", "duration"):
        yield Beyond("spelling", "other forms of ISO 8601" if type_ == "instant" else "other kinds of blanks")


def _limits(spec: FieldSpec) -> dict[str, Any]:
    type_ = single_type(spec)
    if type_ in ("text", "code", "reference"):
        form = of_form(spec.pattern) if spec.pattern is not None else {}
        most = min(spec.max_length, LONGEST_MATCHED) if form else spec.max_length
        return {"maxLength": most, **form}
    ends = {"minimum": spec.minimum, "maximum": spec.maximum}
    if type_ == "integer":
        round_ = {"minimum": ceil, "maximum": floor}
        return {name: round_[name](limit) for name, limit in ends.items() if limit is not None}
    exact = {name: limit for name, limit in ends.items() if limit is not None and _is_exact(limit)}
    return {name: float(limit) for name, limit in exact.items()} if type_ == "float" else {}


def _is_exact(limit: Decimal) -> bool:
    return Decimal(float(limit)) == limit


def _codes(spec: FieldSpec, codes: Codes, now: datetime) -> dict[str, Any]:
    found = codes.get(str(spec.codes))
    if found is None:
        raise NotFound.of(NO_LIST, path="$.codes", name=spec.name, list=spec.codes)
    in_force = found.at(now).value if isinstance(found, Versions) else found
    usable = [
        code.id for code in in_force.codes if not in_force.check(code.id) and len(code.id) <= spec.max_length
    ]
    labels = {id: label for id in usable if (label := in_force.label(id)) != id}
    told = {"x-jobkit-codes": f"{in_force.id}@{in_force.version}"}
    return {"enum": usable, **told, **({"x-jobkit-labels": labels} if labels else {})}


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    enum = {"enum": [*value["enum"], None]} if "enum" in value else {}
    return {**value, "type": [value["type"], "null"], **enum}


def _words(spec: FieldSpec) -> dict[str, Any]:
    """Return what a form shows beside the field; it restricts nothing."""
    words: dict[str, Any] = {"title": spec.shown}
    if spec.help:
        words["description"] = str(spec.help)
    if spec.unit:
        words["x-jobkit-unit"] = spec.unit
    if spec.private:
        words |= {"writeOnly": True, "x-jobkit-private": True}
    if (example := _example(spec)) is not None and not spec.private:
        words["examples"] = [example]
    return words


def _example(spec: FieldSpec) -> Any:
    """Return the field's example in wire form, None if it has none or another type's."""
    if spec.example is None or single_type(spec) not in ("integer", "float", "bool"):
        example: Any = spec.example
    else:
        try:
            example = read_json(spec.example)
        except Invalid:
            return None
    example = [example] if spec.type == "list" and example is not None else example
    try:
        spec.read(example)
    except Invalid:
        return None
    return example
