"""Kinds of requirement: each turns one into a question about facts, the built-in ones like a plugin's."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.conditions import Condition, Leaf, Vocabulary
from jobkit.documents import thaw
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.mappings import FrozenMap
from jobkit.registry import Registry
from jobkit.requirements._requirement import Requirement

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

Question = Callable[[Mapping[str, Any], datetime | None], bool | None]
"""Asks facts at an instant: True is met, False is not, None is unknown. A `Condition` is one."""


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


KINDS: Final[Mapping[str, Callable[[Requirement, Bench], Question]]] = FrozenMap(
    {"field": field_known, "condition": condition_met}
)
"""The built-in kinds; a host registers its own under the registry kind `requirement`."""
