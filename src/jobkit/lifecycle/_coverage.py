"""Trigger sequences that walk every transition, and a count of which ones were walked."""

from collections import deque
from typing import Any

import attrs

from jobkit.findings import Finding, Template
from jobkit.lifecycle._lifecycle import Lifecycle
from jobkit.lifecycle._net import Hop, Net, net

NEVER_FIRED = Template(
    "lifecycle.never_fired",
    "Transition {transition} was never fired from state {state} to state {target}.",
    "Walk: {walk}.",
)
NO_WALK = Template(
    "lifecycle.no_walk",
    "Transition {transition} cannot be fired from state {state} by any walk from an initial state.",
    "Reach {state}, or take it out of the sources of {transition}.",
)
TOO_MANY = Template(
    "lifecycle.too_many_walks",
    "After {most} walks {left} transitions from single states are not yet taken.",
    "Allow more walks.",
)


@attrs.frozen(kw_only=True)
class Leg:
    """One fired transition of a path: from where, by which trigger, to where."""

    source: str
    trigger: str
    target: str
    transition: str

    def __str__(self) -> str:
        return f"{self.source} --{self.trigger}--> {self.target}"


@attrs.frozen(kw_only=True)
class Path:
    """A walk from an initial state, one leg per trigger."""

    start: str
    legs: tuple[Leg, ...]

    @property
    def triggers(self) -> tuple[str, ...]:
        """The triggers in the order in which they are fired."""
        return tuple(leg.trigger for leg in self.legs)


@attrs.frozen(kw_only=True)
class Paths:
    """Walks that together fire every transition from each of its states, and findings for the rest."""

    paths: tuple[Path, ...]
    findings: tuple[Finding, ...] = ()


def paths(lifecycle: Lifecycle, *, most: int = 1_000) -> Paths:
    """
    Return walks from the initial states that together take every hop that any walk can take.

    Each walk goes on greedily to the nearest hop not yet taken and stops where none is left ahead. A hop back
    from a hold is taken only after that hold was entered from there, as a job would. What no walk can take is
    listed as findings; after *most* walks it stops and says how much is left.
    """
    walker = _Walker(net(lifecycle.definition))
    found: list[Path] = []
    while len(found) < most and (walk := walker.next_walk()):
        found.append(Path(start=walk[0].source, legs=tuple(map(_leg, walk))))
    left = walker.left()
    if len(found) == most and left:
        stopped = Finding.of(TOO_MANY, severity="warn", most=most, left=len(left))
        return Paths(paths=tuple(found), findings=(stopped,))
    return Paths(paths=tuple(found), findings=tuple(map(_unreached, left)))


@attrs.frozen
class Place:
    """Where a walk is, and where the hold that it is in began."""

    state: str
    resume: str | None = None

    def after(self, hop: Hop, walked: Net) -> "Place | None":
        """Return the place that *hop* leads to; None when it returns elsewhere than the hold began."""
        if walked.returns(hop) and hop.target != self.resume:
            return None
        if hop.stays or not walked.holds(hop.target):
            return Place(hop.target, self.resume if hop.stays else None)
        return Place(hop.target, self.resume or hop.source)


class _Walker:
    """Takes hops off what is left, one walk after the other."""

    def __init__(self, walked: Net) -> None:
        self._net = walked
        self._left = {state: list(reversed(hops)) for state, hops in walked.leaving.items()}
        # For walking on to a hop that is left, one of several hops to the same state is as good as another.
        self._ways = {state: _one_per_target(hops, walked) for state, hops in walked.leaving.items()}

    def left(self) -> list[Hop]:
        """Return the hops that no walk has taken."""
        return [hop for hops in self._left.values() for hop in reversed(hops)]

    def next_walk(self) -> list[Hop]:
        """Return a walk that takes at least one hop not yet taken; empty when there is none."""
        return next((walk for start in self._net.starts if (walk := self._walk_on(Place(start)))), [])

    def _walk_on(self, place: Place) -> list[Hop]:
        walk: list[Hop] = []
        while ahead := self._nearest(place):
            for hop in ahead:
                place = place.after(hop, self._net) or place
            walk += ahead
        return walk

    def _nearest(self, place: Place) -> tuple[Hop, ...]:
        """Take the nearest hop that is left and return the shortest walk to it; empty when there is none."""
        seen = {place}
        waiting: deque[tuple[Place, tuple[Hop, ...]]] = deque([(place, ())])
        while waiting:
            here, taken = waiting.popleft()
            if (last := self._take(here)) is not None:
                return (*taken, last)
            for hop in self._ways[here.state]:
                there = here.after(hop, self._net)
                if there is not None and there not in seen:
                    seen.add(there)
                    waiting.append((there, (*taken, hop)))
        return ()

    def _take(self, here: Place) -> Hop | None:
        left = self._left[here.state]
        for number in range(len(left) - 1, -1, -1):
            if here.after(left[number], self._net) is not None:
                return left.pop(number)
        return None


def _one_per_target(hops: tuple[Hop, ...], walked: Net) -> tuple[Hop, ...]:
    return tuple({(hop.target, walked.returns(hop)): hop for hop in reversed(hops)}.values())


def _leg(hop: Hop) -> Leg:
    named = {"source": hop.source, "target": hop.target}
    return Leg(trigger=hop.transition.trigger, transition=hop.transition.id, **named)


def _unreached(hop: Hop) -> Finding:
    path = f"$.transitions[{hop.transition.id}]"
    return Finding.of(NO_WALK, path=path, severity="warn", **_names(hop))


def _names(hop: Hop) -> dict[str, Any]:
    return {"transition": hop.transition.id, "state": hop.source, "target": hop.target}


class Coverage:
    """
    An engine that collects which hops were fired and tells which were not; one owner, not thread-safe.

    Feed it from tests or from a log: `coverage.fired("draft", "submit", "submitted")`.
    """

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._net = net(lifecycle.definition)
        self._known = {self._key(hop): hop for hop in self._net.hops}
        self._fired: set[tuple[str, str, str]] = set()

    def fired(self, source: str, transition: str, target: str) -> bool:
        """Note a fired transition by its id or trigger; false when the lifecycle has no such hop."""
        keys = [
            key
            for key, hop in self._known.items()
            if (source, target) == (hop.source, hop.target)
            and transition in (hop.transition.id, hop.transition.trigger)
        ]
        self._fired.update(keys)
        return bool(keys)

    @property
    def share(self) -> float:
        """The share of hops that were fired, from 0 to 1."""
        return len(self._fired) / len(self._known) if self._known else 1.0

    def uncovered(self) -> tuple[Finding, ...]:
        """Return one finding for each hop never fired, with a walk that leads to it."""
        reached = self._net.reach(self._net.starts)
        return tuple(
            self._missed(hop, [str(part) for part in (*reached.get(hop.source, ()), hop)])
            for key, hop in self._known.items()
            if key not in self._fired
        )

    @staticmethod
    def _missed(hop: Hop, walk: list[str]) -> Finding:
        path = f"$.transitions[{hop.transition.id}]"
        return Finding.of(NEVER_FIRED, path=path, severity="warn", walk=walk, **_names(hop))

    @staticmethod
    def _key(hop: Hop) -> tuple[str, str, str]:
        return hop.source, hop.transition.id, hop.target
