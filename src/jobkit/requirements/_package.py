"""A package of requirements: loaded, checked against the declared facts, and ready to review."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import attrs

from jobkit.conditions import Condition, Vocabulary
from jobkit.documents import read_toml, structure, unstructure, write_json
from jobkit.errors import Invalid
from jobkit.findings import Finding
from jobkit.paths import Item, join
from jobkit.registry import Registry, guarded
from jobkit.requirements._formula import ALWAYS, Formula, Workshop
from jobkit.requirements._kinds import KINDS, Bench, Question, Worded
from jobkit.requirements._requirement import Requirement, Requirements

_NO_NAMES = Registry()


@attrs.frozen
class Rule:
    """One requirement with its questions, whole and taken apart."""

    requirement: Requirement
    question: Question
    applies: Question | None
    met: Formula
    applicable: Formula


@attrs.frozen(eq=False)
class Package:
    """
    A checked package of requirements.

    >>> package = Package.load({"id": "intake", "requirements": [{"id": "asset", "field": "asset"}]})
    >>> [rule.requirement.id for rule in package.rules]
    ['asset']
    """

    data: Requirements
    rules: tuple[Rule, ...] = attrs.field(repr=False)
    workshop: Workshop = attrs.field(repr=False)

    @classmethod
    def load(
        cls,
        source: str | Mapping[str, Any] | Requirements,
        vocabulary: Vocabulary | None = None,
        registry: Registry = _NO_NAMES,
        path: str = "$",
    ) -> "Package":
        """
        Load a package from TOML text, data or values.

        Refused, all at once and with their places under *path*: unknown keys, facts that the *vocabulary*
        does not declare, unknown kinds, and conditions that cannot be read.
        """
        data = _structured(source, path)
        known = registry.with_("requirement", KINDS)
        workshop = Workshop(vocabulary, registry)
        rules, problems = [], list[Finding]()
        for requirement in data.requirements:
            place = join(f"{path}.requirements", Item(requirement.id))
            bench = Bench(vocabulary=vocabulary, registry=registry, path=place)
            try:
                rules.append(_rule(requirement, bench, known, workshop))
            except Invalid as error:
                problems += error.findings
        if problems:
            raise Invalid(problems)
        return cls(data, tuple(rules), workshop)

    @property
    def id(self) -> str:
        """The package's id."""
        return self.data.id

    def to_data(self) -> dict[str, Any]:
        """Return the package as plain data that loads back to it."""
        plain: dict[str, Any] = unstructure(self.data)
        return plain

    @cached_property
    def digest(self) -> str:
        """The hash of the package's content: equal packages have equal digests."""
        return hashlib.sha256(write_json(self.to_data()).encode()).hexdigest()


def _structured(source: str | Mapping[str, Any] | Requirements, path: str) -> Requirements:
    if isinstance(source, Requirements):
        return structure(Requirements, unstructure(_as_data(source)), path)
    return structure(Requirements, read_toml(source) if isinstance(source, str) else source, path)


def _as_data(source: Requirements) -> Requirements:
    """Return the package with conditions that were built in Python in their data form."""
    return attrs.evolve(
        source,
        requirements=tuple(
            attrs.evolve(
                requirement,
                condition=_plain_condition(requirement.condition),
                applies_when=_plain_condition(requirement.applies_when),
            )
            for requirement in source.requirements
        ),
    )


def _plain_condition(rule: Any) -> Any:
    return Condition.load(rule).to_data() if attrs.has(type(rule)) else rule


def _rule(requirement: Requirement, bench: Bench, known: Registry, workshop: Workshop) -> Rule:
    name = requirement.kind_name
    kind: Callable[..., Question] = known.find("requirement", name, f"{bench.path}.kind")
    question = guarded("requirement kind", name, kind, requirement, bench)
    applies = None
    if requirement.applies_when is not None:
        applies = bench.condition(requirement.applies_when, "applies_when")
    return Rule(
        requirement=requirement,
        question=question,
        applies=applies,
        met=workshop.formula(_bare(question), f"requirement {requirement.id}"),
        applicable=ALWAYS if applies is None else workshop.formula(applies, ""),
    )


def _bare(question: Question) -> Question:
    return question.question if isinstance(question, Worded) else question
