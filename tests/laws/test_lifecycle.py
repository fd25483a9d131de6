"""Laws of the lifecycle, for any definition: asking and doing agree, and order does not matter."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jobkit.durations import Working
from jobkit.errors import Refused
from jobkit.history import apply
from jobkit.lifecycle import (
    ANY,
    RESUME,
    SAME,
    Definition,
    EffectRule,
    Guard,
    Lifecycle,
    Limit,
    StateRule,
    Transition,
    ask,
    by_facet,
    move,
)
from jobkit.model import Actor, Job, State

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
NAMES = ("a", "b", "c", "d", "e")
ROLES = ("planner", "triage")
FACTS = ("one", "two")
CATEGORIES = ("draft", "open", "active", "waiting")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
spans = st.one_of(
    st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    st.builds(Working, st.integers(1, 99), st.sampled_from(["hour", "day", "minute"])),
)
conditions = st.one_of(
    st.sampled_from(["one == True", "two != True", "known(one)", "one == True or two == True"]),
    st.sampled_from(FACTS).map(lambda fact: {"not": {"field": fact, "is": True}}),
)
guards = st.builds(
    Guard,
    id=st.sampled_from(["g", "h"]),
    when=conditions,
    message=st.none() | texts,
    unblock=st.none() | texts,
    who=st.none() | st.sampled_from(ROLES),
    severity=st.sampled_from(["block", "warn"]),
)
wires: st.SearchStrategy[Any] = st.recursive(
    texts | st.booleans() | st.integers(-(2**53), 2**53),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
effects = st.builds(
    EffectRule,
    name=st.sampled_from(["notify", "create_task"]),
    data=st.dictionaries(st.sampled_from(["audience", "about"]), wires, max_size=2),
    outbound=st.booleans(),
)


@st.composite
def state_rules(draw: st.DrawFn, name: str, above: tuple[str, ...]) -> StateRule:
    """Draw a concrete state; the first is initial, the last may end."""
    ended = name == NAMES[-1] and draw(st.booleans())
    return StateRule(
        name=name,
        category="closed" if ended else draw(st.sampled_from(CATEGORIES)),
        end="closed" if ended else None,
        initial=name == NAMES[0],
        parent=draw(st.none() | st.sampled_from(above)) if above else None,
        owner=draw(st.none() | st.sampled_from(ROLES)),
        limit=draw(st.none() | st.builds(Limit, after=spans, queue=st.none() | st.just("ageing"))),
        fields=draw(
            st.dictionaries(st.sampled_from(FACTS), st.sampled_from(["required", "hidden"]), max_size=1)
        ),
        permits=draw(st.none() | st.just(("note",))),
        forbids=draw(st.sampled_from([(), ("amend",)])),
        label=draw(st.none() | texts),
    )


@st.composite
def transitions(draw: st.DrawFn, id: str, sources: tuple[str, ...]) -> Transition:
    """Draw a transition between states that exist."""
    after = draw(st.none() | spans)
    target = draw(st.sampled_from((*NAMES, RESUME, SAME)))
    return Transition(
        id=id,
        trigger=draw(st.sampled_from(["go", "back", "hold"])),
        sources=tuple(draw(st.lists(st.sampled_from(sources), min_size=1, max_size=3, unique=True))),
        target=target,
        roles=tuple(draw(st.lists(st.sampled_from(ROLES), max_size=2, unique=True))),
        needs=tuple(draw(st.lists(st.sampled_from(FACTS), max_size=1))),
        reason=draw(st.none() | st.just("why")) if after is None else None,
        guards=tuple(draw(st.lists(guards, max_size=2, unique_by=lambda guard: guard.id))),
        effects=tuple(draw(st.lists(effects, max_size=2))),
        after=None if target == SAME else after,
        order=draw(st.none() | st.integers(0, 2)),
        label=draw(st.none() | texts),
    )


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Draw a definition with superstates, wildcards, holds, timers, guards and effects."""
    above = draw(st.sampled_from([(), ("field",)]))
    states = [draw(state_rules(name, above)) for name in NAMES]
    used = {state.parent for state in states if state.parent}
    parents = [StateRule(name=name, category="open", owner="planner") for name in above if name in used]
    sources = (*NAMES, *(parent.name for parent in parents), ANY)
    count = draw(st.integers(0, 8))
    return Definition(
        id="drawn",
        version="1",
        roles=ROLES,
        reasons={"why": ("weather",)},
        facts={"one": "bool", "two": "bool"},
        states=(*states, *parents),
        transitions=tuple(draw(transitions(f"t{number}", sources)) for number in range(count)),
    )


facts = st.dictionaries(st.sampled_from(FACTS), st.none() | st.booleans(), max_size=2)
actors = st.none() | st.builds(Actor, id=st.just("u-1"), role=st.sampled_from((*ROLES, "system")))
reasons = st.sampled_from([None, "weather", "bored"])
places = st.builds(
    State,
    name=st.sampled_from((*NAMES, "gone")),
    category=st.just("open"),
    since=st.none() | st.just(AT - timedelta(days=1)),
    resume=st.none() | st.sampled_from((*NAMES, "gone")),
)
triggers = st.sampled_from(["go", "back", "hold", "unheard_of"])


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a question is put with, but for state and trigger."""
    return {
        "facts": draw(facts),
        "by": draw(actors),
        "reason": draw(reasons),
        "at": draw(st.none() | st.just(AT)),
    }


@given(definitions(), places, triggers, questions())
def test_asking_is_open_exactly_when_doing_succeeds(
    definition: Definition, place: State, trigger: str, question: dict[str, Any]
) -> None:
    """
    Doing succeeds if and only if asking is open, with the same transition or else the same findings.
    """
    lifecycle = Lifecycle.from_definition(definition)
    answer = lifecycle.ask(place, trigger, **question)

    if not answer.open:
        with pytest.raises(Refused) as refused:
            lifecycle.do(place, trigger, **question)
        assert answer.findings == refused.value.findings
    else:
        step = lifecycle.do(place, trigger, **question)
        assert (answer.subject.transition, answer.findings) == (step.transition.id, step.warnings)
        assert step.state.name in lifecycle.states


@given(definitions(), places, questions())
def test_an_open_option_is_what_its_trigger_does(
    definition: Definition, place: State, question: dict[str, Any]
) -> None:
    """
    Of all ways out, those are open that their triggers would take, and each trigger opens at most one.
    """
    lifecycle = Lifecycle.from_definition(definition)
    assume(place.name in lifecycle.states)
    options = lifecycle.options(place, **question)

    opened = {option.subject.trigger: option.subject.transition for option in options if option.open}

    assert len(opened) == sum(option.open for option in options)
    for trigger in {option.subject.trigger for option in options}:
        answer = lifecycle.ask(place, trigger, **question)
        assert (answer.open, answer.subject.transition if answer.open else None) == (
            trigger in opened,
            opened.get(trigger),
        )


@given(definitions(), places, questions(), st.randoms(use_true_random=False))
def test_options_do_not_depend_on_the_order_of_rules(
    definition: Definition, place: State, question: dict[str, Any], shuffler: Any
) -> None:
    """
    A definition that lists its states and transitions in another order has the same hash and answers.
    """
    assume(place.name != "gone")
    states, ways = list(definition.states), list(definition.transitions)
    shuffler.shuffle(states)
    shuffler.shuffle(ways)
    turned = Lifecycle.from_definition(
        attrs.evolve(definition, states=tuple(states), transitions=tuple(ways))
    )
    lifecycle = Lifecycle.from_definition(definition)

    told, again = (each.options(place, **question) for each in (lifecycle, turned))

    assert lifecycle.hash == turned.hash
    assert {(str(each.subject.transition), each.open) for each in told} == {
        (str(each.subject.transition), each.open) for each in again
    }


@given(definitions(), places, triggers, questions())
def test_asking_has_no_effect(
    definition: Definition, place: State, trigger: str, question: dict[str, Any]
) -> None:
    """
    A question leaves lifecycle, state and facts as they are, so that asking again gives the same answer.
    """
    lifecycle = Lifecycle.from_definition(definition)
    before = (lifecycle.hash, attrs.asdict(place), dict(question["facts"]))

    first, second = (lifecycle.ask(place, trigger, **question) for _ in range(2))

    assert first == second
    assert before == (lifecycle.hash, attrs.asdict(place), question["facts"])


@given(definitions())
def test_loading_what_was_dumped_gives_the_same(definition: Definition) -> None:
    """
    A definition survives its data form, and the archived text gives the same hash.
    """
    lifecycle = Lifecycle.from_definition(definition)

    assert definition == Lifecycle.load(definition.to_data()).definition
    assert lifecycle.hash == Lifecycle.load(lifecycle.text).hash


@given(definitions(), places, triggers, questions())
def test_a_move_is_what_folding_its_event_gives(
    definition: Definition, place: State, trigger: str, question: dict[str, Any]
) -> None:
    """
    On a whole job asking and moving agree as well, and the job moved equals the job with the event applied.
    """
    lifecycles = by_facet(Lifecycle.from_definition(definition))
    job = Job(id="J-1", type="repair", states={"work": place})
    put = {**question, "by": question["by"] or Actor(id="u-0"), "at": AT}

    answer = ask(job, lifecycles, trigger, **put)

    if not answer.open:
        with pytest.raises(Refused) as refused:
            move(job, lifecycles, trigger, event_id="e-1", **put)
        assert answer.findings == refused.value.findings
    else:
        moved = move(job, lifecycles, trigger, event_id="e-1", **put)
        assert apply(job, moved.event) == moved.job
