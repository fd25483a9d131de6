"""Field specifications: what a job type adds to a job, what each field takes, and why it matters."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final, Literal

import attrs

from jobkit.codes import CodeList
from jobkit.documents import Wire, hook_for
from jobkit.durations import Working
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.paths import Item, join
from jobkit.privacy import Erased, Redacted

REQUIRED = Template("fields.required", "{label} is missing at {path}.", "Record {label}{why}.")
UNKNOWN = Template(
    "fields.unknown",
    "No field {name} is declared for this type of job.",
    "Leave it out, declare it on the job type, or use one of: {near}.",
)
TOO_LONG = Template(
    "fields.too_long",
    "{label} at {path} has {length} characters and may have {limit}.",
    "Shorten it, or attach a document.",
)
TOO_SMALL = Template(
    "fields.too_small",
    "{label} at {path} is less than {limit}{unit}.",
    "Give {limit}{unit} or more.",
)
TOO_LARGE = Template(
    "fields.too_large",
    "{label} at {path} is more than {limit}{unit}.",
    "Give {limit}{unit} or less.",
)
PATTERN = Template(
    "fields.pattern",
    "{label} at {path} does not have the form it must have.",
    "Write it like {example}.",
)
SPEC = Template(
    "fields.spec",
    "The field {name} cannot be declared so: {why}.",
    "Mend the declaration of the field.",
)

FieldType = Literal[
    "text",
    "integer",
    "decimal",
    "float",
    "bool",
    "instant",
    "date",
    "duration",
    "code",
    "reference",
    "list",
]
ItemType = Literal[
    "text", "integer", "decimal", "float", "bool", "instant", "date", "duration", "code", "reference"
]

TYPES: Final[Mapping[str, Any]] = FrozenMap(
    {
        "text": str,
        "integer": int,
        "decimal": Decimal,
        "float": float,
        "bool": bool,
        "instant": datetime,
        "date": date,
        "duration": timedelta | Working,
        "code": str,
        "reference": str,
    }
)
"""The Python type behind each field type; a list holds items of one of them."""

Matcher = Callable[[str, str], bool | None]
"""Says whether a text (second) has the form of a pattern (first), None when it cannot tell."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NUMBERS: Final = ("integer", "decimal", "float")


@attrs.frozen(kw_only=True)
class Help:
    """Why something is asked for, and an example of what went wrong without it."""

    why: str
    example: str = ""

    def __str__(self) -> str:
        return f"{self.why} {self.example}".strip()


@attrs.frozen(kw_only=True)
class FieldSpec:
    """
    One field: its name and type, what it takes, who may see it, and why it matters.

    A declaration that contradicts itself is refused. Private fields are text.

    >>> serial = FieldSpec(name="serial", type="text", required=True, max_length=12)
    >>> [finding.message for finding in serial.check(None, "$.fields[serial]")]
    ['serial is missing at $.fields[serial].']
    """

    name: str
    type: FieldType
    item: ItemType | None = None
    label: str | None = None
    required: bool = False
    codes: str | None = None
    pattern: str | None = None
    max_length: int = 4_000
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str | None = None
    private: bool = False
    help: Help | None = None
    example: str | None = None

    def __attrs_post_init__(self) -> None:
        if problems := tuple(self._contradictions()):
            raise Invalid(Finding.of(SPEC, name=self.name[:60], why=why) for why in problems)

    def _contradictions(self) -> Iterator[str]:
        if not _NAME.fullmatch(self.name):
            yield "a name is lower-case letters, digits and underscores"
        if (self.item is None) == (self.type == "list"):
            yield "a list names the type of its items, and nothing else does"
        if (self.codes is None) == (self._single == "code"):
            yield "a code names its code list, and nothing else does"
        if self._single != "text" and (self.pattern is not None or self.private):
            yield "only text has a pattern or is private"
        if self._single not in _NUMBERS and (self.minimum is not None or self.maximum is not None):
            yield "only numbers have a minimum and a maximum"
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            yield "the minimum is above the maximum"
        if self.max_length < 1:
            yield "the greatest length is below 1"

    @property
    def _single(self) -> str:
        return self.item or self.type if self.type == "list" else self.type

    @property
    def shown(self) -> str:
        """What the field is called in a sentence: its label, else its name."""
        return self.label or self.name

    def read(self, wire: Wire, path: str = "$") -> Any:
        """Return the typed value of *wire*; a value of another type is refused with its *path*."""
        if wire is None or isinstance(wire, (Redacted, Erased)):
            return wire
        kind: Any = TYPES[self._single]
        try:
            return hook_for(tuple[kind, ...] if self.type == "list" else kind)(wire)
        except Invalid as error:
            raise Invalid(found.at(path + found.path[1:]) for found in error.findings) from error

    def check(
        self,
        wire: Wire,
        path: str = "$",
        *,
        codes: Mapping[str, CodeList] = EMPTY,
        matches: Matcher | None = None,
    ) -> tuple[Finding, ...]:
        """
        Return what is wrong with *wire* as this field's value.

        *codes* are the lists in force by id, *matches* judges patterns; without the one that the field needs
        it cannot be checked, and that is a `TypeError`. An erased value is unknown and not judged.
        """
        if wire is None:
            return (self._missing(path),) if self.required else ()
        try:
            value = self.read(wire, path)
        except Invalid as error:
            return error.findings
        items = value if self.type == "list" else (value,)
        places = [join(path, Item(str(at))) for at in range(len(items))] if self.type == "list" else [path]
        return tuple(
            finding
            for item, place in zip(items, places, strict=True)
            for finding in self._judge(item, place, codes, matches)
        )

    def _missing(self, path: str) -> Finding:
        why = f" ({str(self.help).rstrip('.')})" if self.help else ""
        return Finding.of(REQUIRED, path=path, label=self.shown, why=why)

    def _judge(
        self, value: Any, path: str, codes: Mapping[str, CodeList], matches: Matcher | None
    ) -> Iterator[Finding]:
        if isinstance(value, Erased):
            return
        value = value.reveal() if isinstance(value, Redacted) else value
        if isinstance(value, str):
            yield from self._judge_text(value, path, matches)
        if self.codes is not None:
            yield from self._list(codes).check(value, path)
        if self._single in _NUMBERS:
            yield from self._judge_number(value, path)

    def _judge_text(self, value: str, path: str, matches: Matcher | None) -> Iterator[Finding]:
        if len(value) > self.max_length:
            told = {"label": self.shown, "length": len(value), "limit": self.max_length}
            yield Finding(template=TOO_LONG, path=path, params=told)
        elif self.pattern is not None:
            if matches is None:
                raise TypeError(f"the field {self.name} has a pattern: give matches=")
            if not matches(self.pattern, value):
                example = self.example or self.pattern
                yield Finding.of(PATTERN, path=path, label=self.shown, example=example)

    def _judge_number(self, value: Any, path: str) -> Iterator[Finding]:
        unit = f" {self.unit}" if self.unit else ""
        told = {"label": self.shown, "unit": unit}
        if self.minimum is not None and value < self.minimum:
            yield Finding(template=TOO_SMALL, path=path, params={**told, "limit": str(self.minimum)})
        if self.maximum is not None and value > self.maximum:
            yield Finding(template=TOO_LARGE, path=path, params={**told, "limit": str(self.maximum)})

    def _list(self, codes: Mapping[str, CodeList]) -> CodeList:
        if self.codes is None or self.codes not in codes:
            raise TypeError(f"the field {self.name} needs the code list {self.codes}: give codes=")
        return codes[self.codes]


def check_fields(
    specs: tuple[FieldSpec, ...],
    fields: Mapping[str, Wire],
    path: str = "$.fields",
    *,
    codes: Mapping[str, CodeList] = EMPTY,
    matches: Matcher | None = None,
) -> tuple[Finding, ...]:
    """
    Return everything wrong with a job's extra *fields*: missing, unknown, of the wrong type, out of range.

    >>> depth = FieldSpec(name="depth", type="decimal", minimum=Decimal(0), unit="mm")
    >>> [finding.code for finding in check_fields((depth,), {"depth": "-1", "width": "2"})]
    ['fields.too_small', 'fields.unknown']
    """
    known = {spec.name: spec for spec in specs}
    found = [
        finding
        for name, spec in known.items()
        for finding in spec.check(fields.get(name), join(path, Item(name)), codes=codes, matches=matches)
    ]
    found += [_unknown(name, known, path) for name in fields if name not in known]
    return tuple(found)


def _unknown(name: str, known: Mapping[str, FieldSpec], path: str) -> Finding:
    near = get_close_matches(name[:60], known, n=3, cutoff=0.5) or sorted(known)[:5]
    return Finding.of(UNKNOWN, path=join(path, Item(name)), name=name[:60], near=near)


def private_fields(specs: tuple[FieldSpec, ...]) -> frozenset[str]:
    """Return the names of the fields whose text must be hidden at the door."""
    return frozenset(spec.name for spec in specs if spec.private)
