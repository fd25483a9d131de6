"""Forms: what a channel still asks, and what its answers say about the job; no answer is lost."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from jobkit.conditions import Condition
from jobkit.documents import ORDINARY, Limits, check_size, thaw, wire_problems
from jobkit.errors import Invalid
from jobkit.facts import gather
from jobkit.findings import Finding, Severity, Template
from jobkit.instants import utc
from jobkit.intake._form_values import Choice, FormData, FormQuestion
from jobkit.intake._places import field_name, nested, place_of
from jobkit.intake._suggestions import as_told
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import Job, hide, put_all, take
from jobkit.model import blank as blank_job
from jobkit.paths import Item, join, parse

NOT_ASKED = Template(
    "intake.answer_not_asked",
    "The form {form} does not ask {question}, which was answered all the same.",
    "Read the answer at {kept}, and record what it says where it belongs.",
)
NO_ANSWER = Template(
    "intake.answer_unknown",
    "What was answered to {question} of the form {form} is none of its answers.",
    "Answer one of: {near}; what was said is kept at {kept}.",
)
NO_PLACE_FOR = Template(
    "intake.answer_misplaced",
    "What was answered to {question} of the form {form} cannot stand at {field}: {because}.",
    "Read the answer at {kept}, and record {field} as it must be.",
)
CONTRADICTED = Template(
    "intake.answers_differ",
    "The answer to {question} of the form {form} says something else about {field} than one before.",
    "Ask again which is right; the later one is kept at {kept}.",
)
MENDED = Template(
    "intake.answer_mended",
    "The answer to {question} of the form {form} held half characters, which were written out.",
    "Read it, and ask again if it cannot be understood.",
)
TOO_LARGE = Template(
    "intake.answers_too_large",
    "The answers to the form {form} are more than can be taken.",
    "Send long texts as attachments, and the rest again.",
)

NO_FIELDS = Template(
    "intake.answer_empty",
    "The answer to {question} of the form {form} stands for no field.",
    "Nothing is to be done; it is kept at {kept}.",
)
NO_TABLE = Template(
    "intake.answers_shape",
    "The answers to the form {form} are {found} and not a table.",
    "Give each answer under the id of its question.",
)

_LONGEST_NAME: Final = 200
_NO_SALT: Final = "00" * 16
_MOST_BITS: Final = 10_000

MOST: Final = Limits(characters=ORDINARY.characters // 2, depth=16, items=20_000)
"""What the answers to one form may hold together."""


@attrs.frozen(kw_only=True)
class Read:
    """
    What the answers to a form say: `request` is the data of a job, ready to be submitted.

    Every answer is in it: at its place, or under the form's `unmapped`, where a finding says why. `sources`
    tells by path which questions said it. Answers show in no finding and no `repr`, for they may be personal.
    """

    request: Mapping[str, Any] = attrs.field(repr=False)
    sources: Mapping[str, tuple[str, ...]] = EMPTY
    unmapped: Mapping[str, Any] = attrs.field(default=EMPTY, repr=False)
    findings: tuple[Finding, ...] = ()


@attrs.frozen(kw_only=True)
class Form:
    """
    One form, checked: it tells what it still asks, and reads what was answered.

    `whens` are the conditions under which single questions are asked.
    """

    data: FormData
    whens: Mapping[str, Condition] = attrs.field(default=EMPTY, repr=False)

    @property
    def id(self) -> str:
        """The id of the form."""
        return self.data.id

    def read(self, answers: Mapping[str, Any]) -> Read:
        """
        Return what *answers*, by the ids of questions, say about a job.

        An answer without a place, of the wrong shape, or against another one is a finding and kept. Only
        answers beyond all size, or that are no table, are refused as a whole.
        """
        if not isinstance(answers, Mapping):
            raise Invalid.of(NO_TABLE, form=self.id, found=f"a {type(answers).__name__}")
        try:
            check_size(answers, limits=MOST)
        except Invalid as error:
            raise Invalid((Finding.of(TOO_LARGE, form=self.id), *error.findings)) from error
        return _Reading(self.data).read(answers)

    def asks(
        self, now: datetime, *, job: Job | None = None, answers: Mapping[str, Any] = EMPTY
    ) -> tuple[FormQuestion, ...]:
        """
        Return the questions that are still to be asked, given a *job* and *answers* so far.

        A question is left out when it was answered, when its `when` is false, and when what it would set is
        known already. A naive *now* is refused.
        """
        moment = utc(now, "$.now")
        seen = blank_job("-") if job is None else as_told(job)
        facts = {**gather(seen), "answer": FrozenMap(answers)}
        return tuple(
            question
            for question in self.data.questions
            if question.id not in answers
            and not _is_known(question, seen)
            and (question.id not in self.whens or self.whens[question.id](facts, moment) is not False)
        )


def _is_known(question: FormQuestion, job: Job) -> bool:
    """Whether the job has already what a question is about."""
    if question.path is not None:
        return take(job, place_of(question.path)) not in (None, [], {})
    paths = {place_of(path) for choice in question.answers for path in choice.sets}
    return bool(paths) and all(take(job, path) not in (None, [], {}) for path in paths)


def label_of(question: FormQuestion | Choice, language: str = "en") -> str:
    """Return what a question or an answer is called in a language, else in the form's own."""
    if isinstance(question, Choice):
        return question.labels.get(language) or question.label or question.id
    return question.texts.get(language) or question.text or question.id


@attrs.define
class _Reading:
    """Reads answers one by one, and keeps what has no place."""

    data: FormData
    values: dict[str, Any] = attrs.field(factory=dict)
    sources: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    said: dict[str, Any] = attrs.field(factory=dict)
    kept: dict[str, Any] = attrs.field(factory=dict)
    findings: list[Finding] = attrs.field(factory=list)

    def read(self, answers: Mapping[str, Any]) -> Read:
        asked = {question.id: question for question in self.data.questions}
        for id in (*(id for id in asked if id in answers), *(id for id in answers if id not in asked)):
            answer = self._whole(_name(id), answers[id])
            if answer is None:
                continue
            if id in asked:
                self.said[id] = answer
                self._place(asked[id], answer)
            else:
                self._keep(_name(id), answer, NOT_ASKED)
        self._sort_out()
        values = list(self.values.items())
        if self.data.channel is not None and "$.terms.channel" not in self.values:
            values.append(("$.terms.channel", self.data.channel))
        kept = [(self.data.unmapped, self.kept)] if self.kept else []
        return Read(
            request=nested([*values, *kept]),
            sources=FrozenMap(self.sources),
            unmapped=FrozenMap(self.kept),
            findings=tuple(self.findings),
        )

    def _whole(self, question: str, answer: Any) -> Any:
        """Return an answer as plain data; what cannot be written down is spelt out."""
        if not wire_problems(answer):
            return thaw(answer)
        self._tell(MENDED, question, "warn")
        return _spelt(answer)

    def _place(self, question: FormQuestion, answer: Any) -> None:
        if question.path is None:
            self._choose(question, answer)
        elif not question.values:
            self._set(question, question.path, answer, answer)
        else:
            self._translate(question, question.path, answer)

    def _translate(self, question: FormQuestion, path: str, answer: Any) -> None:
        if isinstance(answer, (str, int)) and str(answer) in question.values:
            self._set(question, path, thaw(question.values[str(answer)]), answer)
        else:
            self._unknown(question, answer, question.values)

    def _choose(self, question: FormQuestion, answer: Any) -> None:
        choices = {choice.id: choice for choice in question.answers}
        chosen = answer if question.many and isinstance(answer, list) else [answer]
        strange = [one for one in chosen if not isinstance(one, str) or one not in choices]
        if strange:
            self._unknown(question, answer, choices)
        elif not chosen:
            self._keep(question.id, answer, NO_FIELDS, "info")
        for one in chosen:
            if one not in strange:
                for path, value in choices[one].sets.items():
                    self._set(question, path, thaw(value), answer)
                if not choices[one].sets:
                    self._keep(question.id, answer, NO_FIELDS, "info")

    def _set(self, question: FormQuestion, path: str, value: Any, answer: Any) -> None:
        place = place_of(path)
        before = self.values.get(place)
        if isinstance(before, list) and isinstance(value, list):
            value = [*before, *(one for one in value if one not in before)]
        elif before is not None and not _same(before, value):
            self._keep(question.id, answer, CONTRADICTED, field=path)
            return
        self.values[place] = value
        self.sources[place] = tuple(dict.fromkeys((*self.sources.get(place, ()), question.id)))

    def _sort_out(self) -> None:
        """Keep aside what cannot stand where it should, until what is left makes a job."""
        while misfit := _misfit(self.values.items()):
            because = misfit.message.rstrip(".")
            for place in _concerned(self.values, misfit.path):
                del self.values[place]
                told: dict[str, Any] = {"field": field_name(place), "because": because}
                for question in self.sources.pop(place):
                    self._keep(question, self.said[question], NO_PLACE_FOR, **told)

    def _unknown(self, question: FormQuestion, answer: Any, known: Iterable[str]) -> None:
        self._keep(question.id, answer, NO_ANSWER, near=list(known)[:10])

    def _keep(
        self, question: str, answer: Any, template: Template, severity: Severity = "warn", **told: Any
    ) -> None:
        name = question
        while name in self.kept and self.kept[name] != answer:
            name = f"{name}'"
        self.kept[name] = answer
        self._tell(template, name, severity, **told)

    def _tell(self, template: Template, question: str, severity: Severity, **told: Any) -> None:
        kept = join("$", *self.data.unmapped.split("."), Item(question[:_LONGEST_NAME]))
        params = {"form": self.data.id, "question": question, "kept": kept.removeprefix("$."), **told}
        self.findings.append(Finding(template=template, path=kept, params=params, severity=severity))


def _misfit(values: Iterable[tuple[str, Any]]) -> Finding | None:
    """Return why a job could not be submitted with these values, None if it could."""
    hidden = hide(nested(values), lambda: _NO_SALT)
    try:
        put_all(blank_job("-"), [(f"$.{name}", value) for name, value in hidden.items()])
    except Invalid as error:
        return error.first
    return None


def _same(one: Any, other: Any) -> bool:
    """Whether two answers say the same; 1 and true do not."""
    return type(one) is type(other) and bool(one == other)


def _concerned(places: Iterable[str], path: str) -> list[str]:
    """Return the places that a problem at *path* is about: at, below, above, or beside what is missing."""
    parsed = {place: parse(place) for place in places}
    steps = parse(path)
    for length in range(len(steps), 0, -1):
        head = steps[:length]
        found = [place for place, one in parsed.items() if one[: len(head)] == head[: len(one)]]
        if found:
            return found
    return list(parsed)


def _name(id: Any) -> str:
    """Return the id of a question as a key; one that begins with $ could stand for a private value."""
    name = _written(id)
    return f"_{name}" if name.startswith("$") else name


def _spelt(value: Any) -> Any:
    """Return plain data for anything: half characters written out, foreign values as their text."""
    if isinstance(value, Mapping):
        return {_name(name): _spelt(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spelt(item) for item in value]
    return value if not wire_problems(value) else _written(value)


def _written(value: Any) -> str:
    """Return a value as text that can be written down; numbers of very many digits in hexadecimal ones."""
    # Python refuses to spell out more than 4,300 decimal digits.
    is_endless = isinstance(value, int) and value.bit_length() > _MOST_BITS
    return (hex(value) if is_endless else str(value)).encode("utf-8", "backslashreplace").decode()
