"""What the guards of a lifecycle may name."""

from jobkit.conditions import Vocabulary
from jobkit.errors import Invalid
from jobkit.lifecycle._definition import Definition
from jobkit.lifecycle._read import Problems

_SHARED = Vocabulary.of({"job.*": "any", "actor.*": "any"})


def words_of(definition: Definition, given: Vocabulary | None, problems: Problems) -> Vocabulary:
    """Return the facts of the job and the actor, those *given*, and those that the definition declares."""
    shared = _SHARED | (given or {})
    try:
        return shared | Vocabulary.of(definition.facts, path="$.facts")
    except Invalid as error:
        problems.take(error)
        return shared
