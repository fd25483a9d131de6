"""What the guards of a lifecycle may name."""

from jobkit.conditions import Vocabulary
from jobkit.errors import Invalid
from jobkit.facts import actor_facts, job_facts
from jobkit.lifecycle._definition import Definition
from jobkit.lifecycle._read import Problems


def words_of(definition: Definition, given: Vocabulary | None, problems: Problems) -> Vocabulary:
    """Return the facts of the job and the actor, those *given*, and those that the definition declares."""
    shared = job_facts() | actor_facts() | (given or {})
    try:
        return shared | Vocabulary.of(definition.facts, path="$.facts")
    except Invalid as error:
        problems.take(error)
        return shared
