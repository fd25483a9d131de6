"""Promises of loading: the same value from every form, names resolved, nothing lost on the way out."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from jobkit.durations import Working
from jobkit.errors import Invalid, NotFound
from jobkit.lifecycle import Definition, Lifecycle, StateRule, Transition
from tests.lifecycle.orders import ORDER, order, tables


def test_a_file_text_and_tables_load_alike(tmp_path: Path) -> None:
    """
    TOML text, a TOML file, a JSON file, JSON text and tables give the same definition and hash.
    """
    toml, plain = tmp_path / "order.toml", tmp_path / "order.json"
    toml.write_text(ORDER, encoding="utf-8")
    data = order().definition.to_data()
    plain.write_text(json.dumps(data), encoding="utf-8")

    loaded = [Lifecycle.load(source) for source in (ORDER, toml, str(toml), plain, json.dumps(data), data)]

    assert [order().definition] * 6 == [each.definition for each in loaded]
    assert {order().hash} == {each.hash for each in loaded}


def test_built_in_python_is_the_same_as_loaded() -> None:
    """
    A definition of values gives the lifecycle that its document gives.
    """
    built = Lifecycle.from_definition(
        Definition(
            id="small",
            version="1",
            roles=("planner",),
            reasons={"why": ("weather",)},
            facts={"ready": "bool", "size": "integer", "seen": "instant"},
            states=(
                StateRule(name="here", category="open", initial=True),
                StateRule(name="there", category="closed", end="closed"),
            ),
            transitions=(Transition(id="go", trigger="go", sources=("here",), target="there"),),
        )
    )

    assert Lifecycle.load(tables()).definition == built.definition
    assert Lifecycle.load(tables()).hash == built.hash


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    """
    A file that is not there is a typed refusal that names it.
    """
    with pytest.raises(NotFound, match=r"nowhere\.toml"):
        Lifecycle.load(tmp_path / "nowhere.toml")


def test_a_source_of_another_type_is_a_type_error() -> None:
    """
    What is neither path, text nor mapping is a wrong argument, not wrong data.
    """
    with pytest.raises(TypeError, match="not int"):
        Lifecycle.load(7)  # type: ignore[arg-type]


def test_the_hash_follows_the_content_only() -> None:
    """
    Listing states and transitions in another order keeps the hash; a changed guard does not.
    """
    data = order().definition.to_data()
    turned = {
        **data,
        "states": dict(reversed(data["states"].items())),
        "transitions": data["transitions"][::-1],
    }

    assert order().hash == Lifecycle.load(turned).hash
    data["transitions"][1]["guards"][0]["when"] = "covered == False"
    assert order().hash != Lifecycle.load(data).hash


def test_the_text_is_what_the_hash_is_of_and_loads_again() -> None:
    """
    An archive that keeps the text by its hash can build the same lifecycle from it.
    """
    again = Lifecycle.load(order().text)

    assert order().hash == again.hash
    assert order().text == again.text


def test_edges_put_the_most_specific_source_first() -> None:
    """
    A state's own transitions come before its superstate's, those before its category's, and `*` is last.
    """
    ranks = [(edge.transition.id, edge.rank) for edge in order().edges("draft")]

    assert [("submit", 0), ("expire", 0), ("hold", 1), ("cancel", 200)] == ranks


def test_a_wildcard_leaves_no_ended_state_and_no_category_its_own_target() -> None:
    """
    `*` means states without an end, and neither `*` nor a category leads a state into itself.
    """
    tables_ = tables(transitions=[{"trigger": "go", "from": "*", "to": "here"}])
    around = Lifecycle.load(tables_)

    assert () == around.edges("there")
    assert () == around.edges("here")
    assert () == order().edges("cancelled")


def test_resuming_names_every_state_it_can_return_to() -> None:
    """
    An edge to `@resume` tells the states from which the hold is entered.
    """
    (resume,) = [edge for edge in order().edges("on_hold") if edge.transition.id == "resume"]

    assert ("draft", "triage", "scheduled") == resume.targets


def test_children_take_from_their_superstate_what_they_do_not_say() -> None:
    """
    Category, owner and forbidden operations come from above unless the state has its own.
    """
    states = order().states

    assert ("draft", "dealer", ("plan_visit",)) == (
        states["draft"].category,
        states["draft"].owner,
        states["draft"].forbids,
    )
    assert ("triage", "triage") == (states["triage"].category, states["triage"].owner)
    assert "intake" not in states
    assert ("draft", "triage") == order().children("intake")


def test_durations_are_read_in_both_kinds() -> None:
    """
    A limit counts elapsed or working time, as it is written.
    """
    draft, triage = order().states["draft"].limit, order().states["triage"].limit

    assert draft is not None
    assert triage is not None
    assert (timedelta(days=5), Working(2, "day")) == (draft.after, triage.after)


def test_ids_of_transitions_default_to_their_trigger() -> None:
    """
    A trigger that stands once is the id; one that stands twice takes its sources along.
    """
    twice = [{"trigger": "go", "from": "here", "to": "there"}, {"trigger": "go", "from": "*", "to": "there"}]

    assert ["go"] == [each.id for each in Lifecycle.load(tables()).definition.transitions]
    assert ["go:here", "go:*"] == [
        each.id for each in Lifecycle.load(tables(transitions=twice)).definition.transitions
    ]


def wrong(code: str, path: str, **changed: Any) -> Any:
    """Return one row of the table of refusals."""
    return pytest.param(code, path, changed, id=code.removeprefix("lifecycle.") + "-" + path)


@pytest.mark.parametrize(
    ("code", "path", "changed"),
    [
        wrong("lifecycle.unknown_key", "$", colour="red"),
        wrong("lifecycle.missing", "$", version=None),
        wrong("lifecycle.wrong_type", "$.states", states=[]),
        wrong("lifecycle.wrong_type", "$.transitions", transitions={}),
        wrong("lifecycle.wrong_type", "$.states[here]", states={"here": "open"}),
        wrong(
            "lifecycle.not_one_of",
            "$.states[here].category",
            states={"here": {"category": "opn", "initial": True}},
        ),
        wrong(
            "lifecycle.wrong_type",
            "$.states[here].initial",
            states={"here": {"category": "open", "initial": 1}},
        ),
        wrong("lifecycle.missing", "$.states[here]", states={"here": {"initial": True}}),
        wrong("lifecycle.bad_name", "$.states", states={"1 here": {"category": "open", "initial": True}}),
        wrong("lifecycle.no_initial", "$.states", states={"here": {"category": "open"}}),
        wrong(
            "lifecycle.end_unlike",
            "$.states[here]",
            states={"here": {"category": "closed", "initial": True}},
        ),
        wrong(
            "lifecycle.unknown_name",
            "$.states[here].parent",
            states={"here": {"category": "open", "initial": True, "parent": "above"}},
        ),
        wrong(
            "lifecycle.parent_loop",
            "$.states[over].parent",
            states={
                "here": {"category": "open", "initial": True},
                "over": {"category": "open", "parent": "under"},
                "under": {"category": "open", "parent": "over"},
            },
        ),
        wrong(
            "lifecycle.unknown_name",
            "$.states[here].owner",
            states={"here": {"category": "open", "initial": True, "owner": "ghost"}},
        ),
        wrong(
            "durations.months",
            "$.states[here].limit.after",
            states={"here": {"category": "open", "initial": True, "limit": {"after": "2 months"}}},
        ),
        wrong(
            "lifecycle.bad_timer",
            "$.states[here].limit.after",
            states={"here": {"category": "open", "initial": True, "limit": {"after": "0s"}}},
        ),
        wrong(
            "conditions.unknown_fact",
            "$.states[here].fields[job.subject.aset].field",
            states={
                "here": {"category": "open", "initial": True, "fields": {"job.subject.aset": "required"}}
            },
        ),
    ],
)
def test_a_wrong_definition_is_refused_with_its_place(code: str, path: str, changed: dict[str, Any]) -> None:
    """
    Every way to get a definition wrong has its own code and names the place.
    """
    with pytest.raises(Invalid) as refused:
        Lifecycle.load(tables(**{"transitions": [], **changed}))

    assert (code, path) in [(finding.code, finding.path) for finding in refused.value.findings]


def bent(code: str, place: str, **transition: Any) -> Any:
    """Return one row of the table of refused transitions."""
    return pytest.param(code, f"$.transitions[go]{place}", transition, id=code + place)


@pytest.mark.parametrize(
    ("code", "path", "transition"),
    [
        bent("lifecycle.unknown_name", ".from", **{"from": "hree"}),
        bent("lifecycle.unknown_name", ".from", **{"from": "@nowhere"}),
        bent("lifecycle.empty_source", ".from", **{"from": "@waiting"}),
        bent("lifecycle.unknown_name", ".to", to="tehre"),
        bent("lifecycle.wrong_type", ".to", to=3),
        bent("lifecycle.unknown_name", ".roles", roles=["ghost"]),
        bent("lifecycle.unknown_name", ".reason", reason="because"),
        bent("lifecycle.wrong_type", ".needs", needs="ready"),
        bent("conditions.unknown_fact", ".needs.field", needs=["raedy"]),
        bent("durations.unreadable", ".after", after="soon"),
        bent("lifecycle.wrong_type", ".after", after=5),
        bent("lifecycle.timer_stays", ".after", after="5d", to="@same"),
        bent("lifecycle.timer_reason", ".after", after="5d", reason="why"),
        bent("lifecycle.wrong_type", ".order", order=True),
        bent("lifecycle.missing", ".guards[ready]", guards=[{"id": "ready"}]),
        bent("lifecycle.unknown_key", ".guards[ready]", guards=[{"id": "ready", "when": "ready", "wen": 1}]),
        bent("lifecycle.twice", ".guards[a]", guards=[{"id": "a", "when": "known(ready)"}] * 2),
        bent(
            "lifecycle.unknown_name", ".guards", guards=[{"id": "a", "when": "known(ready)", "who": "ghost"}]
        ),
        bent("conditions.unknown_fact", ".guards[a].when", guards=[{"id": "a", "when": "raedy == True"}]),
        bent("registry.unknown", ".guards[a].when.call", guards=[{"id": "a", "when": {"call": "acme.x"}}]),
        bent(
            "lifecycle.not_plain",
            ".effects[bill].data[sum]",
            effects=[{"name": "bill", "data": {"sum": 1.5}}],
        ),
        bent("lifecycle.too_long", ".label", label="x" * 201),
    ],
)
def test_a_wrong_transition_is_refused_with_its_place(
    code: str, path: str, transition: dict[str, Any]
) -> None:
    """
    Every way to get a transition wrong has its own code and names the place.
    """
    with pytest.raises(Invalid) as refused:
        Lifecycle.load(tables(transitions=[{"trigger": "go", "from": "here", "to": "there", **transition}]))

    found = [(finding.code, finding.path) for finding in refused.value.findings]
    assert any(
        code == told and at.startswith(path.removesuffix(".call").removesuffix(".field"))
        for told, at in found
    )


def test_all_that_is_wrong_is_told_at_once() -> None:
    """
    Wrong keys, unknown names and conditions that do not load come in one refusal.
    """
    way = {
        "trigger": "go",
        "from": "hree",
        "to": "there",
        "roles": ["ghost"],
        "colour": "red",
        "guards": [{"id": "a", "when": "raedy == True"}],
    }

    with pytest.raises(Invalid) as refused:
        Lifecycle.load(tables(transitions=[way]))

    codes = {finding.code for finding in refused.value.findings}
    assert {"lifecycle.unknown_key", "lifecycle.unknown_name", "conditions.unknown_fact"} == codes


def test_two_transitions_of_one_id_are_refused() -> None:
    """
    An id stands for one transition, since findings and records go by it.
    """
    way = {"trigger": "go", "from": "here", "to": "there"}

    with pytest.raises(Invalid) as refused:
        Lifecycle.load(tables(transitions=[way, way]))

    assert ["lifecycle.twice"] == [finding.code for finding in refused.value.findings]


def test_a_target_that_is_a_superstate_names_its_states() -> None:
    """
    A transition leads to one state; a superstate as its target is refused with the choice there is.
    """
    data = order().definition.to_data()
    data["transitions"].append({"trigger": "return", "from": "scheduled", "to": "intake"})

    with pytest.raises(Invalid, match="draft, triage"):
        Lifecycle.load(data)


def test_python_definitions_are_checked_like_documents() -> None:
    """
    What a document could not say is refused of values too.
    """
    odd = attrs.evolve(
        Lifecycle.load(tables()).definition,
        transitions=(
            Transition(
                id="go", trigger="go", sources=("here",), target="there", after=timedelta(microseconds=5)
            ),
        ),
    )

    with pytest.raises(Invalid, match="whole seconds"):
        Lifecycle.from_definition(odd)


def test_absurd_sizes_are_refused_before_anything_is_built() -> None:
    """
    More states, transitions or guards than a person could oversee are refused at once.
    """
    states = {f"s{number}": {"category": "open", "initial": True} for number in range(5_000)}

    with pytest.raises(Invalid, match="more than 200"):
        Lifecycle.load(tables(states=states, transitions=[]))
