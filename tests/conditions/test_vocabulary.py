"""What a condition may name is declared beforehand, and a slip is found when the condition loads."""

import pytest

from jobkit.conditions import Condition, FactSpec, Vocabulary
from jobkit.errors import Invalid
from jobkit.facts import declare, field_facts, gather, job_facts
from jobkit.fields import FieldSpec
from jobkit.model import Actor, Job, State


def refusal(rule: str, words: Vocabulary) -> Invalid:
    """Return the error with which a rule is refused."""
    with pytest.raises(Invalid) as refused:
        Condition.load(rule, words)
    return refused.value


def test_misspelt_fact_is_refused_with_near_names() -> None:
    """
    A fact that is not declared is refused, and the nearest names are told.
    """
    error = refusal('job.terms.teir == "gold"', declare())

    assert "conditions.unknown_fact" == error.code
    assert "job.terms.tier" in error.unblock


def test_code_that_never_occurs_is_refused() -> None:
    """
    A value outside the fixed set of a code is refused, also in a list and under not.
    """
    assert "conditions.wrong_choice" == refusal('job.state.category == "opne"', declare()).code
    assert (
        "conditions.wrong_choice" == refusal('not (job.state.category in ["open", "opne"])', declare()).code
    )


WRONG = [
    ('x == "1"', "integer"),
    ("x == 1", "text"),
    ("x == 1", "bool"),
    ("x == true", "integer"),
    ("x == 1.5", "integer"),
    ("x == 1.5", "decimal"),
    ('x == "1,5"', "decimal"),
    ('x < "a"', "text"),
    ("x < true", "bool"),
    ("x < 3", "instant"),
    ('before(x, "tomorrow")', "instant"),
    ('before(x, "2026-03-01T12:00:00")', "instant"),
    ('before(x, "2026-03-01T12:00:00Z")', "text"),
    ('older_than(x, "8h")', "date"),
    ('older_than(x, "8 working hours")', "instant"),
    ("older_than(x, 8)", "instant"),
    ('x < "2 working days"', "duration"),
    ('x in ["a", 1]', "text"),
    ('x == ["a"]', "text"),
    ('"a" in x', "integer"),
    ('"a" in x', "list"),
    ("1 in x", "list[text]"),
    ('matches(x, "1")', "integer"),
    ("matches(x, y)", "text"),
    ("count(x) > 1", "text"),
    ("x == x", "group"),
    ("x", "text"),
    ("x[...] == 1", "list[text]"),
    ('x["a"] == "a"', "list[text]"),
    ("x.y == 1", "text"),
    ("every(x, item == 1)", "text"),
]


@pytest.mark.parametrize(("rule", "kind"), WRONG)
def test_operator_and_value_must_fit_the_fact(rule: str, kind: str) -> None:
    """
    An operator that does not apply to the fact, or a value of another kind, is refused at load.
    """
    refusal(rule, Vocabulary.of({"x": kind, "y": "text"}))


PAIRS = [("integer", "decimal"), ("integer", "float"), ("text", "code"), ("instant", "any"), ("any", "text")]


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_facts_of_one_family_compare(one: str, two: str) -> None:
    """
    Numbers compare with numbers, words with words, and anything with a fact of any kind.
    """
    words = Vocabulary.of({"x": one, "y": two})

    assert ("x", "y") == Condition.load("x == y", words).fields_read
    assert ("x", "y") == Condition.load("y == x", words).fields_read


@pytest.mark.parametrize(("one", "two"), [("integer", "text"), ("instant", "date"), ("text", "list[text]")])
def test_facts_of_two_families_do_not_compare(one: str, two: str) -> None:
    """
    A comparison of facts that are never of one kind is refused.
    """
    assert "conditions.wrong_value" == refusal("x == y", Vocabulary.of({"x": one, "y": two})).code


@pytest.mark.parametrize(
    "name", ["", "1x", "a b", "a.", ".a", "a[b]", "true", "none", "_x", "lambda", "é", "a[][", "a" * 2_000]
)
def test_unwritable_name_is_refused(name: str) -> None:
    """
    A name that no line of text could write is refused when it is declared.
    """
    with pytest.raises(Invalid, match="cannot be declared"):
        Vocabulary.of({name: "text"})


@pytest.mark.parametrize(
    "kind", ["string", "", "list[", "list[]", "list[list]", "map[group]", "text]", None, 3, str]
)
def test_unknown_kind_is_refused(kind: object) -> None:
    """
    A kind that does not exist is refused when it is declared, with the kinds there are.
    """
    with pytest.raises(Invalid, match="no kind of fact"):
        Vocabulary.of({"x": kind})  # type: ignore[dict-item]


def test_declarations_are_refused_together() -> None:
    """
    All wrong declarations are told at once, at the place they stand.
    """
    with pytest.raises(Invalid) as refused:
        Vocabulary.of({"x": "string", "1": "text", "y": "text"}, path="$.facts")

    assert ["$.facts", "$.facts"] == [finding.path for finding in refused.value.findings]


def test_open_namespace_takes_what_comes() -> None:
    """
    Below an open namespace any name is taken, beside it none, and declared names in it keep their kind.
    """
    words = Vocabulary.of({"host.*": "any", "host.band": "integer"})

    assert Condition.load('host.weather.wind == "high"', words)({"host": {"weather": {"wind": "high"}}})
    assert "conditions.wrong_value" == refusal('host.band == "x"', words).code
    assert "conditions.unknown_fact" == refusal('hots.weather == "x"', words).code


def test_vocabularies_join() -> None:
    """
    Two vocabularies join into one; the second has the last word.
    """
    both = Vocabulary.of({"x": "text", "y": "text"}) | Vocabulary.of({"y": "integer"})

    assert {"x": "text", "y": "integer"} == {name: spec.kind for name, spec in both.items()}


def test_one_item_has_the_kind_of_every_item() -> None:
    """
    An item named by id and an entry of a map are checked like every other one.
    """
    words = declare()

    for path in ("job.visits[v1].planned.start", "job.visits[].planned.start", "job.states[work].since"):
        found = words.find(path)
        assert found is not None
        assert "instant" == found.kind
    assert words.find("job.visits[v1].planed") is None


def test_private_facts_are_known_as_such() -> None:
    """
    What the model keeps private is private in the vocabulary.
    """
    private = {path for path, spec in job_facts().items() if spec.private}

    assert "job.subject.contacts[].name" in private
    assert "job.subject.asset" not in private


def test_every_fact_of_the_model_is_declared_with_a_kind() -> None:
    """
    No fact of a job is left without a kind of its own, but a suggested value, which has that of its field.
    """
    suggested = ["job.triage.suggestions[].value"]
    assert suggested == [path for path, spec in job_facts().items() if spec.kind == "any"]


def test_fields_of_a_job_type() -> None:
    """
    What a job type adds is declared by its field specifications; other fields are refused.
    """
    words = declare(
        fields=[FieldSpec(name="serial", type="text"), FieldSpec(name="tags", type="list", item="text")]
    )
    job = Job(
        id="j1",
        type="repair",
        states={"work": State(name="draft", category="draft")},
        fields={"serial": "KX-1", "tags": ["a"]},
    )

    assert True is Condition.load('job.fields.serial == "KX-1" and "a" in job.fields.tags', words)(
        gather(job)
    )
    assert "conditions.unknown_fact" == refusal('job.fields.seriel == "x"', words).code
    assert {"x": FactSpec(kind="text")} == field_facts([FieldSpec(name="x", type="text")])


def test_actor_facts() -> None:
    """
    Who acts can be asked about; without an actor it is unknown.
    """
    job = Job(id="j1", type="repair", states={"work": State(name="draft", category="draft")})
    rule = Condition.load('actor.role == "planner"', declare())

    assert True is rule(gather(job, Actor(id="a1", role="planner")))
    assert rule(gather(job)) is None
