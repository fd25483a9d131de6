"""Generated paths take every transition, and coverage tells which ones were not taken."""

from typing import Any

from jobkit.lifecycle import Coverage, Lifecycle, Paths, paths

DATA: dict[str, Any] = {
    "id": "order",
    "version": "1",
    "states": {
        "draft": {"category": "draft", "initial": True},
        "open": {"category": "open"},
        "active": {"category": "active"},
        "wait": {"category": "waiting", "limit": {"after": "5d"}},
        "done": {"category": "closed", "end": "closed"},
        "void": {"category": "closed", "end": "cancelled"},
    },
    "transitions": [
        {"trigger": "send", "from": "draft", "to": "open"},
        {"trigger": "start", "from": "open", "to": "active"},
        {"trigger": "hold", "from": ["open", "active"], "to": "wait"},
        {"trigger": "resume", "from": "wait", "to": "@resume"},
        {"trigger": "finish", "from": "active", "to": "done"},
        {"trigger": "cancel", "from": "*", "to": "void"},
        {"trigger": "reopen", "from": "done", "to": "open"},
    ],
}


def walked(data: dict[str, Any]) -> tuple[Lifecycle, Paths]:
    """Return the lifecycle and its paths."""
    lifecycle = Lifecycle.load(data)
    return lifecycle, paths(lifecycle)


def test_paths_take_every_transition() -> None:
    """
    The generated paths leave nothing uncovered.
    """
    lifecycle, found = walked(DATA)
    coverage = Coverage(lifecycle)
    known = [
        coverage.fired(leg.source, leg.transition, leg.target) for path in found.paths for leg in path.legs
    ]

    assert all(known)
    assert (1.0, ()) == (coverage.share, coverage.uncovered())


def test_paths_can_be_fired() -> None:
    """
    Firing a path's triggers one by one leads the engine through exactly the states that the path names.
    """
    lifecycle, found = walked(DATA)
    for path in found.paths:
        state = lifecycle.state(path.start)
        for leg in path.legs:
            assert leg.source == state.name
            state = lifecycle.do(state, leg.trigger).state
            assert leg.target == state.name


def test_path_returns_to_where_its_hold_began() -> None:
    """
    A walk never leaves a hold for another state than the one it was entered from.
    """
    _, found = walked(DATA)
    for path in found.paths:
        for before, after in zip(path.legs, path.legs[1:], strict=False):
            assert "resume" != after.trigger or before.source == after.target


def test_unreachable_transition_is_told() -> None:
    """
    What no walk from an initial state can take is listed instead of left out.
    """
    data = {
        **DATA,
        "states": {**DATA["states"], "island": {"category": "open"}},
        "transitions": [*DATA["transitions"], {"trigger": "swim", "from": "island", "to": "done"}],
    }
    _, found = walked(data)

    assert {"cancel", "swim"} == {finding.params["transition"] for finding in found.findings}
    assert {"island"} == {finding.params["state"] for finding in found.findings}


def test_walks_are_limited() -> None:
    """
    With too few walks allowed, what is left is counted instead of left out silently.
    """
    (stopped,) = paths(Lifecycle.load(DATA), most=1).findings

    assert "lifecycle.too_many_walks" == stopped.code
    assert stopped.params["left"] > 0


def test_coverage_tells_what_was_not_fired() -> None:
    """
    Each transition that was not fired comes with a walk that fires it.
    """
    coverage = Coverage(Lifecycle.load(DATA))
    coverage.fired("draft", "send", "open")
    missed = {
        (finding.params["state"], finding.params["transition"]): finding.params["walk"]
        for finding in coverage.uncovered()
    }

    assert ("draft", "send") not in missed
    assert ["draft --send--> open", "open --start--> active", "active --finish--> done"] == missed[
        "active", "finish"
    ]


def test_coverage_does_not_know_foreign_moves() -> None:
    """
    A move that the lifecycle does not have counts for nothing and is answered with false.
    """
    coverage = Coverage(Lifecycle.load(DATA))

    assert not coverage.fired("draft", "fly", "done")
    assert 0 == coverage.share
