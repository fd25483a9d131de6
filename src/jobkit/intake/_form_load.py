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
from jobkit.intake._places import place_of, place_problems
from jobkit.intake._values import IntakeData
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, Step, join, parse
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
    taken = _taken(form)
    for question in form.questions:
        place = join(f"{path}.questions", Item(question.id))
        if why := _why_not(question) or _overlaps(question, taken):
            yield Finding.of(words.QUESTION, path=place, question=question.id, form=form.id, why=why)
        if question.path is not None:
            yield from place_problems(question.path, f"{place}.path")
        for choice in question.answers:
            where = join(f"{place}.answers", Item(choice.id), "sets")
            for field in choice.sets:
                yield from place_problems(field, where)


def _taken(form: FormData) -> list[tuple[Step, ...]]:
    """Return every place that the answers to a form may be put at; what is no place is told elsewhere."""
    fields = [form.unmapped, *([] if form.channel is None else ["terms.channel"])]
    fields += [field for question in form.questions for field in _fields(question)]
    return [parse(place_of(field)) for field in fields if not place_problems(field, "$")]


def _fields(question: FormQuestion) -> tuple[str, ...]:
    below = tuple(field for choice in question.answers for field in choice.sets)
    return below if question.path is None else (question.path, *below)


def _overlaps(question: FormQuestion, taken: list[tuple[Step, ...]]) -> str | None:
    """Return why a question would write over a part of what another one says."""
    for field in _fields(question):
        steps = () if place_problems(field, "$") else parse(place_of(field))
        if steps and any(steps != other and other[: len(steps)] == steps for other in taken):
            return f"{field} holds a field that another question, the channel or what is kept goes to"
    return None


def _why_not(question: FormQuestion) -> str | None:
    if question.path is None and not question.answers:
        return "its answer goes nowhere"
    if question.path is not None and question.answers:
        return "its answer has a path and stands for fields of its own as well"
    if question.values and question.path is None:
        return "it translates values and has no path for them"
    return None
