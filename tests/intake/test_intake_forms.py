"""Promises of forms: each channel is asked in its way, and no answer is lost."""

from datetime import datetime
from typing import Any

import pytest

from jobkit.errors import Invalid, NotFound
from jobkit.intake import Form, IntakeRules, Read, label_of
from jobkit.model import Subject, Work
from tests.intake._world import NOW, job, rules

RULES = rules()
GUIDED = RULES.form("portal", "customer")


def codes(read: Read) -> list[str]:
    """Return the codes of what a reading found."""
    return [finding.code for finding in read.findings]


@pytest.mark.parametrize(
    ("channel", "role", "form"),
    [
        ("portal", "customer", "guided"),
        ("phone", "dealer", "full"),
        ("telemetry", "system", "machine"),
        ("telemetry", "dealer", "machine"),
        (None, "dealer", "full"),
    ],
)
def test_nearest_form_is_found(channel: str | None, role: str | None, form: str) -> None:
    """
    A form for channel and role comes first, then the channel's, then the role's.
    """
    assert form == RULES.form(channel, role).id


def test_no_form_is_refused() -> None:
    """
    Where no form fits, that is said with the channel and the role.
    """
    with pytest.raises(NotFound, match="phone"):
        RULES.form("phone", "customer")


def test_form_for_any_takes_the_rest() -> None:
    """
    A form without channel and role is for whoever has none of their own.
    """
    told = IntakeRules.load({"id": "i", "forms": [{"id": "any"}]})

    assert "any" == told.form("phone", "customer").id == told.form().id


def test_guided_answers_become_codes() -> None:
    """
    What a customer chose stands in the request as codes, with the channel it came by.
    """
    read = GUIDED.read({"what": "oil", "who": "Frieda Berg"})

    assert {
        "work": {"symptom": "LEAK.OIL"},
        "subject": {"contacts": [{"id": "site", "name": "Frieda Berg"}]},
        "terms": {"channel": "portal"},
    } == read.request
    assert ("what",) == read.sources["$.work.symptom"]
    assert () == read.findings


def test_full_form_asks_directly() -> None:
    """
    What a dealer gives goes to its fields as it is.
    """
    read = RULES.form(role="dealer").read({"serial": "KX-2041", "skills": ["hydraulics"]})

    assert {"subject": {"serial": "KX-2041"}, "work": {"skills": ["hydraulics"]}} == read.request


def test_machine_fields_are_translated() -> None:
    """
    A machine's error number becomes the code it stands for, given as text or as a number.
    """
    machine = RULES.form("telemetry")

    assert "LEAK.OIL" == machine.read({"fault": 42}).request["work"]["symptom"]
    assert "LEAK.OIL" == machine.read({"fault": "42"}).request["work"]["symptom"]
    assert ["intake.answer_unknown"] == codes(machine.read({"fault": True}))


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"what": "smoke"}, "intake.answer_unknown"),
        ({"what": ["oil", "noise"]}, "intake.answer_unknown"),
        ({"what": {"a": 1}}, "intake.answer_unknown"),
        ({"what": "unsure"}, "intake.answer_empty"),
        ({"colour": "red"}, "intake.answer_not_asked"),
        ({"who": 7}, "intake.answer_misplaced"),
        ({"since": "2026-03-11T08:00:00Z"}, "intake.answer_misplaced"),
        ({"since": "soon"}, "intake.answer_misplaced"),
    ],
)
def test_answer_without_a_place_is_kept(answers: dict[str, Any], code: str) -> None:
    """
    An answer that maps nowhere is a finding, and stands whole under the unmapped fields.
    """
    read = GUIDED.read(answers)
    (finding,) = read.findings

    assert code == finding.code
    assert not finding.blocks
    assert answers == read.unmapped == read.request["fields"]["unmapped"]
    assert finding.path == f"$.fields.unmapped[{next(iter(answers))}]"


def test_window_of_two_answers_is_put_together() -> None:
    """
    Two answers that make one window stand as one; if one of them is no instant, both are kept.
    """
    whole = GUIDED.read({"since": "2026-03-11T08:00:00Z", "until": "2026-03-11T10:00:00Z"})
    broken = GUIDED.read({"since": "2026-03-11T08:00:00Z", "until": "noon"})

    assert {"start": "2026-03-11T08:00:00Z", "end": "2026-03-11T10:00:00Z"} == whole.request["terms"][
        "requested"
    ]
    assert {"since": "2026-03-11T08:00:00Z", "until": "noon"} == broken.unmapped


def test_one_wrong_answer_spares_the_others() -> None:
    """
    What fits is read although another answer does not.
    """
    read = GUIDED.read({"what": "oil", "who": 7, "until": "noon"})

    assert "LEAK.OIL" == read.request["work"]["symptom"]
    assert {"who": 7, "until": "noon"} == read.unmapped


def many(**question: Any) -> Form:
    """Return a form with two questions about the same fields."""
    answers = [
        {"id": "a", "sets": {"work.symptom": "LEAK", "work.skills": ["hydraulics"]}},
        {"id": "b", "sets": {"work.skills": ["bearings"]}},
        {"id": "c", "sets": {"work.symptom": "NOISE"}},
    ]
    first = {"id": "q", "answers": answers, **question}
    second = {"id": "again", "path": "work.symptom"}
    return IntakeRules.load({"id": "i", "forms": [{"id": "f", "questions": [first, second]}]}).forms[0]


def test_lists_of_several_answers_add_up() -> None:
    """
    Several chosen answers that set a list make one list of all.
    """
    read = many(many=True).read({"q": ["a", "b"]})

    assert ["hydraulics", "bearings"] == read.request["work"]["skills"]


def test_contradiction_keeps_both() -> None:
    """
    Of two answers that say different things of a field the first stands, and the second is kept and told.
    """
    read = many().read({"q": "a", "again": "NOISE"})

    assert "LEAK" == read.request["work"]["symptom"]
    assert ({"again": "NOISE"}, ["intake.answers_differ"]) == (read.unmapped, codes(read))
    assert [] == codes(many().read({"q": "a", "again": "LEAK"}))


def test_half_characters_are_written_out() -> None:
    """
    Invalid Unicode is kept in a form that can be stored, and told.
    """
    read = RULES.form(role="dealer").read({"serial": "KX\ud800", "odd\udfff": "x"})

    assert ("KX\\ud800", {"odd\\udfff": "x"}) == (read.request["subject"]["serial"], read.unmapped)
    assert ["intake.answer_mended", "intake.answer_not_asked"] == codes(read)


def test_foreign_values_are_written_out() -> None:
    """
    What is no plain data is kept as its text.
    """
    read = GUIDED.read({"when": datetime(2026, 3, 10), "size": [1, float("nan"), {"x": {3}}]})

    assert {"when": "2026-03-10 00:00:00", "size": [1, "nan", {"x": "{3}"}]} == read.unmapped


def test_answers_show_in_no_finding() -> None:
    """
    What people answer may be personal: neither findings nor the reading's own words repeat it.
    """
    read = GUIDED.read({"what": "Frieda Berg", "who": ["Frieda Berg"], "mood": "Frieda Berg"})

    assert 3 == len(read.findings)
    assert "Frieda" not in repr(read) + "".join(each.message + each.unblock for each in read.findings)


def test_names_of_answers_stay_apart() -> None:
    """
    Answers whose names become the same as text are kept one by one, and none can pass for a private value.
    """
    odd: dict[Any, Any] = {1: "a", "1": "b", "$private": "c"}

    assert {"1": "a", "1'": "b", "_$private": "c"} == GUIDED.read(odd).unmapped


def test_a_million_characters_are_kept() -> None:
    """
    A long answer is taken whole.
    """
    told = IntakeRules.load(
        {"id": "i", "forms": [{"id": "f", "questions": [{"id": "d", "path": "work.description"}]}]}
    )

    assert 1_000_000 == len(told.form().read({"d": "x" * 1_000_000}).request["work"]["description"])


@pytest.mark.parametrize("answers", [{"who": "x" * 3_000_000}, {"who": [1] * 30_000}, ["oil"], "oil", None])
def test_answers_beyond_all_size_are_refused(answers: Any) -> None:
    """
    Only what is too large as a whole, or no table of answers, is refused.
    """
    with pytest.raises(Invalid, match="form guided"):
        GUIDED.read(answers)


def test_endless_answers_are_refused() -> None:
    """
    Answers that contain themselves are refused and never read for ever.
    """
    endless: dict[str, Any] = {}
    endless["what"] = endless

    with pytest.raises(Invalid):
        GUIDED.read(endless)


def test_no_answer_is_none() -> None:
    """
    A question that was left open sets nothing.
    """
    assert {"terms": {"channel": "portal"}} == GUIDED.read({"what": None}).request


def test_form_asks_what_is_not_known() -> None:
    """
    What the job has, what was answered, and what does not apply is not asked.
    """
    known = job(work=Work(symptom="NOISE"), subject=Subject(asset="press-7"))

    def asked(**given: Any) -> list[str]:
        return [question.id for question in GUIDED.asks(NOW, **given)]

    assert ["what", "who", "since", "until"] == asked()
    assert ["who", "until"] == asked(answers={"what": "noise"})
    assert ["who", "since", "until"] == asked(answers={"what": "oil"})
    assert ["who", "since", "until"] == asked(job=known)


def test_questions_speak_languages() -> None:
    """
    Questions and answers are told in the language that is asked for, else in the form's own.
    """
    (question, *_) = GUIDED.data.questions

    assert ("Was sehen Sie?", "What do you see?") == (label_of(question, "de"), label_of(question, "fr"))
    assert ["oil", "Lärm"] == [question.answers[0].id, label_of(question.answers[1], "de")]


def test_when_of_a_question_is_checked() -> None:
    """
    A condition that cannot be read is refused where the form is loaded.
    """
    question = {"id": "q", "path": "work.symptom", "when": "job.nope == 1"}

    with pytest.raises(Invalid) as caught:
        IntakeRules.load({"id": "i", "forms": [{"id": "f", "questions": [question]}]})
    assert caught.value.path.startswith("$.forms[f].questions[q].when")
