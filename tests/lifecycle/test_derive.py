"""Promises of derivation: only what is named changes, and a changed base is told where it matters."""

from typing import Any

import attrs
import pytest

from jobkit.errors import Invalid
from jobkit.lifecycle import Changes, Lifecycle, StateRule, derive, rebase
from tests.lifecycle.orders import AT, PLANNER, order

ROOFTOP: dict[str, Any] = {
    "id": "rooftop",
    "version": "1",
    "base": "order@1",
    "add": {
        "roles": ["safety"],
        "facts": {"verified": "bool"},
        "states": {"checked": {"category": "scheduled", "owner": "safety"}},
        "transitions": [
            {
                "trigger": "check",
                "from": "scheduled",
                "to": "checked",
                "roles": ["safety"],
                "guards": [{"id": "verified", "when": "verified == True"}],
            },
            {
                "trigger": "finish",
                "id": "finish_checked",
                "from": "checked",
                "to": "closed",
                "roles": ["planner"],
            },
        ],
    },
    "remove": {"transitions": ["finish"]},
    "override": {
        "states": {"scheduled": {"owner": "safety", "drop": ["fields"]}},
        "transitions": {"submit": {"needs": []}},
    },
}


def changed(**given: Any) -> Changes:
    """Return the rooftop changes with some of their tables replaced."""
    return Changes.load({**ROOFTOP, **given})


def test_a_derived_lifecycle_is_the_base_with_its_changes() -> None:
    """
    What is added, removed and overridden changes; everything else stays as the base has it.
    """
    base = order().definition

    derived = derive(base, Changes.load(ROOFTOP))
    built = Lifecycle.from_definition(derived)

    assert ("rooftop", "1", "order@1") == (derived.id, derived.version, derived.base)
    assert "checked" in built.states
    assert ("safety", {}) == (built.states["scheduled"].owner, built.states["scheduled"].fields)
    assert not built.ask("scheduled", "finish", by=PLANNER, at=AT).open
    assert built.ask("checked", "finish", by=PLANNER, at=AT).open
    assert base.states[:2] == derived.states[:2]


def test_changing_nothing_gives_the_base() -> None:
    """
    Empty changes rename the base and leave all rules as they are.
    """
    base = order().definition

    derived = derive(base, Changes(id="same", version="1", base="order@1"))

    assert attrs.evolve(base, id="same", version="1", base="order@1") == derived


def test_changes_load_back_from_their_data() -> None:
    """
    Dumped changes load to the same value.
    """
    changes = Changes.load(ROOFTOP)

    assert changes == Changes.load(changes.to_data())


@pytest.mark.parametrize(
    ("code", "path", "given"),
    [
        ("lifecycle.other_base", "$.base", {"base": "order@9"}),
        (
            "lifecycle.already_there",
            "$.add.states[draft]",
            {"add": {"states": {"draft": {"category": "open"}}}},
        ),
        ("lifecycle.not_in_base", "$.remove.states[drift]", {"remove": {"states": ["drift"]}}),
        ("lifecycle.not_in_base", "$.override.states[drift]", {"override": {"states": {"drift": {}}}}),
        ("lifecycle.unknown_key", "$.add", {"add": {"stats": {}}}),
        ("lifecycle.wrong_type", "$.remove.states", {"remove": {"states": "draft"}}),
        ("lifecycle.missing", "$", {"base": None}),
    ],
)
def test_changes_that_do_not_fit_are_refused(code: str, path: str, given: dict[str, Any]) -> None:
    """
    Another base, additions of what is there and changes of what is not are refused with their place.
    """
    with pytest.raises(Invalid) as refused:
        derive(order().definition, changed(**given))

    assert (code, path) in [(finding.code, finding.path) for finding in refused.value.findings]


def test_what_a_removal_leaves_dangling_is_found_when_built() -> None:
    """
    A derived definition is checked as any other: transitions to a removed state are told.
    """
    derived = derive(order().definition, Changes.load({**ROOFTOP, "remove": {"states": ["closed"]}}))

    with pytest.raises(Invalid, match="State closed"):
        Lifecycle.from_definition(derived)


def rebased(**states: StateRule | None) -> list[tuple[str, str]]:
    """Return the findings when states of the base are replaced or taken away."""
    base = order().definition
    kept = [states.get(each.name, each) for each in base.states]
    new = attrs.evolve(base, version="2", states=tuple(each for each in kept if each is not None))
    return [(finding.code, finding.severity) for finding in rebase(Changes.load(ROOFTOP), base, new)]


def test_an_unchanged_base_says_nothing() -> None:
    """
    A new version of the base that changes nothing touched leaves the changes in peace.
    """
    draft = attrs.evolve(order().definition.states[1], label="Draft")

    assert [] == rebased(draft=draft)


def test_an_override_of_something_gone_blocks() -> None:
    """
    Changes that build on what the base no longer has cannot be carried over.
    """
    assert [("lifecycle.base_gone", "block")] == rebased(scheduled=None)


def test_an_override_of_the_same_key_blocks_and_of_another_warns() -> None:
    """
    Where base and changes alter the same key both must be compared; another key is a warning.
    """
    scheduled = order().definition.states[3]

    assert [("lifecycle.base_clashes", "block")] == rebased(scheduled=attrs.evolve(scheduled, owner="triage"))
    assert [("lifecycle.base_altered", "warn")] == rebased(scheduled=attrs.evolve(scheduled, label="Planned"))


def test_an_addition_that_the_base_now_has_blocks() -> None:
    """
    A name added by the changes and by the new base stands for two things.
    """
    base = order().definition
    taken = attrs.evolve(base, version="2", states=(*base.states, StateRule(name="checked", category="open")))

    found = rebase(Changes.load(ROOFTOP), base, taken)

    assert ["lifecycle.base_taken"] == [finding.code for finding in found]
    assert "order@2" in found[0].message


def test_a_removal_of_something_altered_warns() -> None:
    """
    What the changes remove may have become something else in the new base.
    """
    base = order().definition
    ways = tuple(attrs.evolve(way, label="Done") if way.id == "finish" else way for way in base.transitions)

    found = rebase(Changes.load(ROOFTOP), base, attrs.evolve(base, version="2", transitions=ways))

    assert [("lifecycle.base_altered", "warn")] == [(each.code, each.severity) for each in found]
