"""Kinds of requirement: each turns one into a question about facts, the built-in ones like a plugin's."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.codes import CodeList, check_code
from jobkit.conditions import Any_, Condition, Leaf, Node, Pattern, Vocabulary, fact_reader
from jobkit.documents import thaw
from jobkit.errors import Invalid
from jobkit.fields import PATTERN
from jobkit.findings import Finding, Template
from jobkit.mappings import FrozenMap
from jobkit.registry import Registry
from jobkit.requirements._requirement import Requirement
from jobkit.versions import Versions

NO_FIELD = Template(
    "requirements.no_field",
    "The requirement {id} asks for a field and names none.",
    "Give field, such as job.subject.asset.",
)
NO_CONDITION = Template(
    "requirements.no_condition",
    "The requirement {id} has no condition.",
    "Give condition, such as known(job.work.symptom), or field.",
)
NO_OPTION = Template(
    "requirements.no_option",
    "The requirement {id} of the kind {kind} does not say its {option}.",
    "Give options.{option} as text.",
)
NO_LIST = Template(
    "requirements.no_list",
    "The requirement {id} names the code list {list}, which was not given.",
    "Give the code list {list}, or name one of: {known}.",
)
MISSING = Template("requirements.missing", "{what} is missing.", "Record {what}{why}.")
NO_ATTACHMENT = Template(
    "requirements.no_attachment",
    "{what} is not attached.",
    "Attach at least one file with the purpose {purpose}{why}.",
)

Question = Callable[[Mapping[str, Any], datetime | None], bool | None]
"""Asks facts at an instant: True is met, False is not, None is unknown. A `Condition` is one."""

Words = Callable[[Mapping[str, Any], datetime], tuple[Template, Mapping[str, Any]]]
"""Says in words of its own why facts do not meet a requirement."""


@attrs.frozen(kw_only=True)
class Worded:
    """
    A question that brings its own words for a "no"; a question that is a `Condition` stays analysable.

    `path` is where its findings stand, when that is not the requirement's own field.
    """

    question: Question
    words: Words
    path: str | None = None

    def __call__(self, facts: Mapping[str, Any], now: datetime | None) -> bool | None:
        """Return what the question behind it answers."""
        return self.question(facts, now)


@attrs.frozen(kw_only=True)
class Bench:
    """What a kind may use when a requirement is loaded: the declared facts, the registry, its place."""

    vocabulary: Vocabulary | None
    registry: Registry
    path: str

    def condition(self, rule: object, name: str) -> Condition:
        """Load a condition that stands under *name*; what is wrong with it is refused with its place."""
        return Condition.load(thaw(rule), self.vocabulary, self.registry, f"{self.path}.{name}")


def field_known(requirement: Requirement, bench: Bench) -> Question:
    """Ask whether the field's fact is known; a requirement without a field is refused."""
    if requirement.field is None:
        raise Invalid.of(NO_FIELD, path=bench.path, id=requirement.id)
    return bench.condition(Leaf(field=requirement.field, operator="known", value=True), "field")


def condition_met(requirement: Requirement, bench: Bench) -> Question:
    """Ask the requirement's own condition; a requirement without one is refused."""
    if requirement.condition is None:
        raise Invalid.of(NO_CONDITION, path=bench.path, id=requirement.id)
    return bench.condition(requirement.condition, "condition")


def why_of(requirement: Requirement) -> str:
    """Return the help of a requirement as it ends a sentence, nothing where there is none."""
    return f" ({str(requirement.help).rstrip('.')})" if requirement.help else ""


def shown_as(requirement: Requirement) -> str:
    """Return what a requirement's field is called in a sentence."""
    return requirement.label or str(requirement.field or requirement.id).removeprefix("job.")


def option(requirement: Requirement, name: str, bench: Bench) -> str:
    """Return an option that must be text; a requirement without it is refused."""
    given = requirement.options.get(name)
    if not isinstance(given, str) or not given:
        told = {"id": requirement.id, "kind": requirement.kind_name, "option": name}
        raise Invalid((Finding(template=NO_OPTION, path=f"{bench.path}.options", params=told),))
    return given


def format_matched(requirement: Requirement, bench: Bench) -> Question:
    """
    Ask whether the field has the form of `options.pattern`; `options.example` shows one that has.

    A requirement without a field or pattern, and a pattern that is not on the allow-list, is refused.
    """
    known = field_known(requirement, bench)
    pattern = option(requirement, "pattern", bench)
    Pattern.load(pattern, f"{bench.path}.options.pattern")
    leaf = Leaf(field=str(requirement.field), operator="matches", value=pattern)
    example = str(requirement.options.get("example") or pattern)

    def words(facts: Mapping[str, Any], now: datetime) -> tuple[Template, Mapping[str, Any]]:
        if not known(facts, now):
            return MISSING, {"what": shown_as(requirement), "why": why_of(requirement)}
        return PATTERN, {"label": shown_as(requirement), "example": f"{example}{why_of(requirement)}"}

    return Worded(question=bench.condition(leaf, "field"), words=words)


def attached(requirement: Requirement, bench: Bench) -> Question:
    """
    Ask whether a file with the purpose `options.purpose` is attached to the job.

    The field, left out, is `job.evidence.attachments`; any other list of items with a purpose may be named.
    """
    purpose = option(requirement, "purpose", bench)
    field = requirement.field or "job.evidence.attachments"
    leaf = Leaf(field=f"{field}[].purpose", operator="is", value=purpose, quantifier="some")

    def words(facts: Mapping[str, Any], now: datetime) -> tuple[Template, Mapping[str, Any]]:
        what = requirement.label or f"A file with the purpose {purpose}"
        return NO_ATTACHMENT, {"what": what, "purpose": purpose, "why": why_of(requirement)}

    path = f"$.{field.removeprefix('job.')}"
    return Worded(question=bench.condition(leaf, "options.purpose"), words=words, path=path)


def code_kind(lists: Mapping[str, Versions[CodeList]]) -> Callable[[Requirement, Bench], Question]:
    """
    Return the kind `code`: the field holds codes of the list `options.list`, as in force when it is asked.

    It is registered with the lists that are at hand; a list that is not among them is refused at load.
    """

    def code_listed(requirement: Requirement, bench: Bench) -> Question:
        known = field_known(requirement, bench)
        name = option(requirement, "list", bench)
        if name not in lists:
            told = {"id": requirement.id, "list": name[:60], "known": sorted(lists)}
            raise Invalid((Finding(template=NO_LIST, path=f"{bench.path}.options.list", params=told),))
        asked = _Codes(requirement, known, lists[name], bench.vocabulary)
        return Worded(question=asked, words=asked.words)

    return code_listed


@attrs.frozen
class _Codes:
    """Holds the codes at one field against the versions of a list."""

    requirement: Requirement
    known: Question
    versions: Versions[CodeList]
    vocabulary: Vocabulary | None

    def node_at(self, now: datetime) -> Node:
        """Return the condition that this amounts to at *now*, for an export."""
        in_force = self.versions.find(now)
        listed = () if in_force is None else in_force.value.codes
        usable = tuple(code.id for code in listed if not check_code(self.versions, code.id, now))
        field = str(self.requirement.field)
        spec = self.vocabulary.find(field) if self.vocabulary is not None else None
        one, each = (Leaf(field=path, operator="in", value=usable) for path in (field, f"{field}[]"))
        if spec is None or spec.kind == "any":
            return Any_((one, each))
        return each if spec.kind == "list" else one

    def __call__(self, facts: Mapping[str, Any], now: datetime | None) -> bool | None:
        if not self.known(facts, now):
            return False
        return None if now is None else not self._findings(facts, now)

    def words(self, facts: Mapping[str, Any], now: datetime) -> tuple[Template, Mapping[str, Any]]:
        found = self._findings(facts, now) if self.known(facts, now) else ()
        if found:
            return found[0].template, found[0].params
        return MISSING, {"what": shown_as(self.requirement), "why": why_of(self.requirement)}

    def _findings(self, facts: Mapping[str, Any], now: datetime) -> tuple[Finding, ...]:
        value = fact_reader(str(self.requirement.field))(facts)
        codes = value if isinstance(value, (tuple, list)) else (value,)
        return tuple(found for code in codes for found in check_code(self.versions, _as_code(code), now))


def _as_code(value: object) -> str:
    return value if isinstance(value, str) else type(value).__name__


KINDS: Final[Mapping[str, Callable[[Requirement, Bench], Question]]] = FrozenMap(
    {"field": field_known, "condition": condition_met, "format": format_matched, "attachment": attached}
)
"""The built-in kinds; a host registers its own under the registry kind `requirement`."""
