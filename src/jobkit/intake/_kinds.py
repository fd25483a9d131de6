"""The kind of requirement that asks a look-up, beside the general ones of requirements."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from jobkit.conditions import All, Condition, Leaf, fact_reader
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.intake._places import field_name
from jobkit.intake._values import LookUp
from jobkit.intake._words import NO_LOOKUP
from jobkit.requirements import Bench, Question, Requirement, Worded

NOT_ANSWERED = Template(
    "intake.not_answered",
    "Whether {what} holds is not known, as the look-up {lookup} has not answered.",
    "Ask again when {lookup} can be reached; the job waits in triage until then.",
)
NOT_ASKED = Template(
    "intake.not_asked",
    "Whether {what} holds is not known, as the look-up {lookup} could not be asked.",
    "Record {needs}, so that it can be.",
)
NOT_KNOWN_THERE = Template(
    "intake.not_known_there",
    "The look-up {lookup} knows nothing of this job.",
    "Check {needs}, or have it entered there.",
)
ANSWERED_NO = Template(
    "intake.answered_no",
    "The look-up {lookup} says no to {what}: {because}.",
    "Have it settled there, or record what is right in {needs}.",
)


def lookup_kind(lookups: Mapping[str, LookUp]) -> Callable[[Requirement, Bench], Question]:
    """
    Return the kind `lookup`: the look-up `options.lookup` knows the job, and the condition holds, if any.

    A look-up that is not declared is refused at load.
    """

    def answered(requirement: Requirement, bench: Bench) -> Question:
        name = str(requirement.options.get("lookup", ""))
        if name not in lookups:
            told = {"id": requirement.id, "name": name[:60] or "none", "known": sorted(lookups)}
            raise Invalid((Finding(template=NO_LOOKUP, path=f"{bench.path}.options.lookup", params=told),))
        found = Leaf(field=f"lookup.{name}.found", operator="is", value=True)
        if requirement.condition is None:
            return _worded(requirement, lookups[name], bench.condition(found, "options.lookup"), bench)
        asked = bench.condition(requirement.condition, "condition")
        whole = Condition.load(All((found, asked.node)), bench.vocabulary, bench.registry, bench.path)
        return _worded(requirement, lookups[name], whole, bench)

    return answered


def _worded(requirement: Requirement, data: LookUp, question: Condition, bench: Bench) -> Worded:
    asked = {field: Leaf(field=field, operator="known", value=True) for field in data.needs}
    needs = tuple((field_name(field), bench.condition(leaf, "needs")) for field, leaf in asked.items())
    what = requirement.label or requirement.id
    found_by = fact_reader(f"lookup.{data.id}.found", "bool")

    def words(facts: Mapping[str, Any], now: datetime) -> tuple[Template, Mapping[str, Any]]:
        told = {"what": what, "lookup": data.title, "needs": [name for name, _ in needs] or "the job"}
        if lacking := [name for name, known in needs if not known(facts, now)]:
            return NOT_ASKED, {**told, "needs": lacking}
        found = found_by(facts)
        if found is None:
            return NOT_ANSWERED, told
        if not found:
            return NOT_KNOWN_THERE, told
        leaves = [leaf.sentence.rstrip(".") for leaf in question.verdict(facts, now).leaves]
        return ANSWERED_NO, {**told, "because": leaves}

    return Worded(question=question, words=words, path=None if requirement.field else f"$.lookup.{data.id}")
