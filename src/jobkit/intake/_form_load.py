"""Reading forms: what a question sets must have a place, and each channel and role has one form."""

from collections.abc import Iterator
from typing import Final

from jobkit.conditions import Condition, FactSpec, Vocabulary
from jobkit.documents import thaw
from jobkit.errors import Invalid
from jobkit.findings import Finding
from jobkit.intake import _words as words
from jobkit.intake._form_values import FormData, FormQuestion
from jobkit.intake._forms import Form
from jobkit.intake._places import place_problems
from jobkit.intake._values import IntakeData
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, join
from jobkit.registry import Registry

_ANSWERS: Final = {"answer.*": FactSpec(kind="any")}


def load_forms(
    data: IntakeData, vocabulary: Vocabulary, registry: Registry, path: str, problems: list[Finding]
) -> tuple[Form, ...]:
    """Read every form; what is wrong with one is added to *problems*."""
    asked = vocabulary | _ANSWERS
    owners: dict[tuple[str | None, str | None], str] = {}
    forms = []
    for form in data.forms:
        place = join(f"{path}.forms", Item(form.id))
        first = owners.setdefault((form.channel, form.role), form.id)
        if first != form.id:
            problems.append(Finding.of(words.SAME_FORM, path=place, first=first, second=form.id))
        problems += _problems(form, place)
        forms.append(_form(form, asked, registry, place, problems))
    return tuple(forms)


def _form(
    data: FormData, vocabulary: Vocabulary, registry: Registry, path: str, problems: list[Finding]
) -> Form:
    whens = {}
    for question in data.questions:
        place = join(f"{path}.questions", Item(question.id), "when")
        try:
            if question.when is not None:
                whens[question.id] = Condition.load(thaw(question.when), vocabulary, registry, place)
        except Invalid as error:
            problems += error.findings
    return Form(data=data, whens=FrozenMap(whens))


def _problems(form: FormData, path: str) -> Iterator[Finding]:
    if not form.unmapped.startswith("fields.") or place_problems(form.unmapped, path):
        yield Finding.of(words.NO_PLACE, path=f"{path}.unmapped", field=form.unmapped[:60])
    for question in form.questions:
        place = join(f"{path}.questions", Item(question.id))
        if why := _why_not(question):
            yield Finding.of(words.QUESTION, path=place, question=question.id, form=form.id, why=why)
        if question.path is not None:
            yield from place_problems(question.path, f"{place}.path")
        for choice in question.answers:
            where = join(f"{place}.answers", Item(choice.id), "sets")
            for field in choice.sets:
                yield from place_problems(field, where)


def _why_not(question: FormQuestion) -> str | None:
    if question.path is None and not question.answers:
        return "its answer goes nowhere"
    if question.path is not None and question.answers:
        return "its answer has a path and stands for fields of its own as well"
    if question.values and question.path is None:
        return "it translates values and has no path for them"
    return None
