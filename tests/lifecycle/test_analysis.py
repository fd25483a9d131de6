"""What `check` finds in a lifecycle before any job uses it, and what it leaves alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from jobkit.findings import Finding
from jobkit.lifecycle import Lifecycle, check

SOUND: Mapping[str, Any] = {
    "id": "order",
    "version": "1",
    "roles": ["clerk"],
    "states": {
        "draft": {"category": "draft", "initial": True, "owner": "clerk"},
        "open": {"category": "open"},
        "done": {"category": "closed", "end": "closed"},
    },
    "transitions": [
        {"trigger": "send", "from": "draft", "to": "open"},
        {"trigger": "finish", "from": "open", "to": "done"},
    ],
}


def changed(
    *, states: Mapping[str, Any] | None = None, ways: list[Any] | None = None, **top: Any
) -> Lifecycle:
    """Return the sound lifecycle with other states and further transitions."""
    data = {**SOUND, **top, "states": {**SOUND["states"], **(states or {})}}
    return Lifecycle.load({**data, "transitions": [*data["transitions"], *(ways or [])]})


def way(trigger: str, source: str, target: str, **more: Any) -> dict[str, Any]:
    """Return a transition as data."""
    return {"trigger": trigger, "from": [source], "to": target, **more}


def found(lifecycle: Lifecycle, code: str) -> Finding:
    """Return the only finding of this code."""
    (finding,) = [finding for finding in check(lifecycle) if finding.code == f"lifecycle.{code}"]
    return finding


def codes(lifecycle: Lifecycle) -> set[str]:
    """Return the codes of all findings."""
    return {finding.code.removeprefix("lifecycle.") for finding in check(lifecycle)}


def test_sound_lifecycle() -> None:
    """
    A lifecycle in which every state leads from the beginning to an end has no findings at all.
    """
    assert () == check(changed())


def test_unreachable_state() -> None:
    """
    A state that no walk reaches blocks, and the finding names the ways that would lead there.
    """
    states = {"island": {"category": "open"}, "reef": {"category": "open"}}
    lifecycle = changed(states=states, ways=[way("sail", "reef", "island"), way("row", "island", "done")])
    findings = {finding.params["state"]: finding for finding in check(lifecycle) if "unreach" in finding.code}

    assert {"island": ["reef --sail--> island"], "reef": []} == {
        state: finding.params["witness"] for state, finding in findings.items()
    }
    assert all(finding.blocks for finding in findings.values())


def test_dead_end() -> None:
    """
    A state without an end that nothing leaves blocks, and the finding tells how a job gets there.
    """
    lifecycle = changed(states={"pit": {"category": "open"}}, ways=[way("fall", "open", "pit")])
    finding = found(lifecycle, "dead_end")

    assert finding.blocks
    assert ["draft --send--> open", "open --fall--> pit"] == finding.params["witness"]


def test_way_that_stays_is_no_way_out() -> None:
    """
    A state that is left only by triggers that stay in it is a dead end.
    """
    lifecycle = changed(
        states={"pit": {"category": "open"}}, ways=[way("fall", "open", "pit"), way("shout", "pit", "@same")]
    )

    assert "pit" == found(lifecycle, "dead_end").params["state"]


def test_no_way_to_an_end() -> None:
    """
    A circle that no walk leaves towards an end is reported for each of its states.
    """
    states = {"here": {"category": "open"}, "there": {"category": "open"}}
    ways = [way("enter", "open", "here"), way("go", "here", "there"), way("back", "there", "here")]
    findings = [each for each in check(changed(states=states, ways=ways)) if each.code.endswith("no_way_out")]

    assert ["here", "there"] == [finding.params["state"] for finding in findings]
    assert all(finding.blocks and finding.params["witness"] for finding in findings)


def test_no_end_at_all() -> None:
    """
    A lifecycle without any end says so, beside the states that lead nowhere.
    """
    lifecycle = changed(states={"done": {"category": "performed"}})

    assert {"no_end", "no_way_out", "dead_end"} == codes(lifecycle)


def test_initial_state_with_an_end() -> None:
    """
    A job that would be over when it begins is a defect.
    """
    lifecycle = changed(states={"done": {"category": "closed", "end": "closed", "initial": True}})

    assert "closed" == found(lifecycle, "initial_end").params["end"]


def test_automatic_circle() -> None:
    """
    States through which time alone drives a job round and round are told once, with the circle.
    """
    states = {"tick": {"category": "waiting"}, "tock": {"category": "waiting"}}
    ways = [
        way("enter", "open", "tick"),
        way("leave", "tick", "done"),
        way("swing", "tick", "tock", after="1h"),
        way("swing_back", "tock", "tick", after="1h"),
    ]
    finding = found(changed(states=states, ways=ways), "automatic_cycle")

    assert ["tick --swing--> tock", "tock --swing_back--> tick"] == finding.params["witness"]


def test_two_free_ways_for_one_trigger() -> None:
    """
    Two unguarded transitions for one trigger can never be told apart, so they block.
    """
    lifecycle = changed(ways=[way("finish", "open", "draft", id="again")])
    finding = found(lifecycle, "overlap_always")

    assert finding.blocks
    assert ["finish:open", "again"] == finding.params["witness"]


def test_two_ways_that_may_overlap() -> None:
    """
    Guarded transitions for one trigger that may both be open are a warning that names the pair.
    """
    guard = {"id": "paid", "when": "paid == True"}
    lifecycle = changed(
        facts={"paid": "bool"}, ways=[way("finish", "open", "draft", id="again", guards=[guard])]
    )
    finding = found(lifecycle, "overlap")

    assert "warn" == finding.severity
    assert {"again"} < set(finding.params["witness"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paid == True", "not (paid == True)"),
        ("size == 'small'", "size == 'large'"),
        ({"field": "size", "is": "small"}, {"field": "size", "is": "large"}),
        ({"field": "size", "is": "small"}, {"not": {"field": "size", "is": "small"}}),
    ],
)
def test_guards_that_exclude_each_other(one: Any, other: Any) -> None:
    """
    Opposite conditions, and one field compared with two values, can never both hold.
    """
    lifecycle = changed(
        facts={"paid": "bool", "size": "text"},
        transitions=[
            way("send", "draft", "open"),
            way("finish", "open", "done", id="one", guards=[{"id": "one", "when": one}]),
            way("finish", "open", "draft", id="other", guards=[{"id": "other", "when": other}]),
        ],
    )

    assert not {"overlap", "overlap_always"} & codes(lifecycle)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("size == 'small'", "colour == 'red'"),
        ("size == 'small'", "size == 'small'"),
        ({"field": "size", "is": "small"}, {"field": "colour", "is": "red"}),
    ],
)
def test_guards_about_different_things_may_both_hold(one: Any, other: Any) -> None:
    """
    Conditions on two fields, or the same condition twice, exclude nothing.
    """
    lifecycle = changed(
        facts={"size": "text", "colour": "text"},
        ways=[
            way("pick", "open", "done", id="one", guards=[{"id": "one", "when": one}]),
            way("pick", "open", "draft", id="other", guards=[{"id": "other", "when": other}]),
        ],
    )

    assert ["one", "other"] == found(lifecycle, "overlap").params["witness"]


def test_clashing_pair_is_told_once() -> None:
    """
    A pair that clashes in many states is one finding, and no more than a hundred pairs are told.
    """
    states = {f"s{number}": {"category": "open"} for number in range(5)}
    into = [way(f"go{name}", "open", name) for name in states]
    pair = [way("leave", "*", "done", id=f"leave{number}") for number in range(20)]
    clashes = [
        finding
        for finding in check(changed(states=states, ways=[*into, *pair]))
        if finding.code == "lifecycle.overlap_always"
    ]

    assert 100 == len(clashes)
    assert 100 == len({tuple(finding.params["witness"]) for finding in clashes})


def test_ways_for_different_roles_do_not_overlap() -> None:
    """
    Nobody has two roles at once, so transitions for disjoint roles never clash.
    """
    lifecycle = changed(
        roles=["clerk", "chief"],
        transitions=[
            way("send", "draft", "open"),
            way("finish", "open", "done", id="one", roles=["chief"]),
            way("finish", "open", "draft", id="other", roles=["clerk"]),
        ],
    )

    assert not {"overlap", "overlap_always"} & codes(lifecycle)


def test_shadowed_way() -> None:
    """
    A transition that is always open and comes first by order hides the one after it.
    """
    lifecycle = changed(
        transitions=[
            way("send", "draft", "open"),
            way("finish", "open", "done", id="first", order=1),
            way("finish", "*", "draft", id="second", order=2),
        ],
    )
    finding = found(lifecycle, "shadowed")

    assert ("second", "first") == (finding.params["transition"], finding.params["witness"])


def test_guarded_way_before_a_fallback_shadows_nothing() -> None:
    """
    A guarded transition ordered before a free one is the usual way to write "else".
    """
    guard = {"id": "paid", "when": "paid == True"}
    lifecycle = changed(
        facts={"paid": "bool"},
        transitions=[
            way("send", "draft", "open"),
            way("finish", "open", "done", id="first", order=1, guards=[guard]),
            way("finish", "open", "draft", id="second", order=2),
        ],
    )

    assert () == check(lifecycle)


def test_unused_names() -> None:
    """
    Roles, facts and reason lists that nothing uses are warnings, each by its name.
    """
    lifecycle = changed(roles=["clerk", "ghost"], facts={"colour": "text"}, reasons={"whim": ["mood"]})
    findings = check(lifecycle)

    assert {"$.roles[ghost]", "$.facts[colour]", "$.reasons[whim]"} == {each.path for each in findings}
    assert {"warn"} == {finding.severity for finding in findings}


def test_unused_transition_and_guard() -> None:
    """
    A transition out of an unreachable state is unused, and so is a guard that repeats another.
    """
    guards = [{"id": "paid", "when": "paid == True"}, {"id": "payed", "when": "paid == True"}]
    lifecycle = changed(
        facts={"paid": "bool"},
        states={"island": {"category": "open"}},
        ways=[way("swim", "island", "done", guards=guards)],
    )

    assert "swim" == found(lifecycle, "unused_transition").params["transition"]
    assert ("payed", "paid") == (
        found(lifecycle, "unused_guard").params["guard"],
        found(lifecycle, "unused_guard").params["witness"],
    )


@pytest.mark.parametrize(
    ("limit", "timed", "told"),
    [(None, False, True), ({"after": "5d"}, False, False), (None, True, False)],
    ids=["neither", "limit", "automatic exit"],
)
def test_waiting_for_ever(limit: Any, timed: bool, told: bool) -> None:
    """
    A waiting state needs an age limit or an automatic way out.
    """
    rule = {"category": "waiting", **({"limit": limit} if limit else {})}
    leave = way("leave", "wait", "done", **({"after": "90d"} if timed else {}))
    lifecycle = changed(states={"wait": rule}, ways=[way("pause", "open", "wait"), leave])

    assert told == ("waits_for_ever" in codes(lifecycle))


def test_role_without_which_a_job_is_stuck() -> None:
    """
    A role that every path to an end needs is named, with the states that wait for it.
    """
    lifecycle = changed(
        transitions=[way("send", "draft", "open"), way("finish", "open", "done", roles=["clerk"])]
    )
    finding = found(lifecycle, "sole_role")

    assert ("clerk", ["draft", "open"]) == (finding.params["role"], finding.params["states"])


def test_time_replaces_a_role() -> None:
    """
    A transition that also fires by time leaves nobody stuck for want of a role.
    """
    lifecycle = changed(
        transitions=[
            way("send", "draft", "open"),
            way("finish", "open", "done", roles=["clerk"], after="30d"),
        ]
    )

    assert "sole_role" not in codes(lifecycle)


def test_way_from_end_to_end() -> None:
    """
    Leaving an end for an end is told for information; reopening is not.
    """
    states = {"void": {"category": "closed", "end": "cancelled"}}
    lifecycle = changed(states=states, ways=[way("annul", "done", "void"), way("reopen", "done", "open")])
    finding = found(lifecycle, "end_left")

    assert ("info", "annul") == (finding.severity, finding.params["transition"])


def test_return_without_a_hold() -> None:
    """
    A way back to where a hold began is useless in a state that no hold leads to.
    """
    states = {"wait": {"category": "waiting", "initial": True, "limit": {"after": "5d"}}}
    lifecycle = changed(states=states, ways=[way("back", "wait", "@resume"), way("give_up", "wait", "done")])

    assert "back" == found(lifecycle, "resume_nowhere").params["transition"]


def test_findings_are_sentences_with_plain_parameters() -> None:
    """
    Every finding renders without an empty slot and goes out as plain data.
    """
    lifecycle = changed(states={"pit": {"category": "open"}}, ways=[way("fall", "open", "pit")])

    for finding in check(lifecycle):
        assert "{" not in finding.message + finding.unblock
        assert finding.to_dict()["severity"] in ("block", "warn", "info")
