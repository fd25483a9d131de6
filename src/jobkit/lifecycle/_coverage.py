"""Trigger sequences that walk every transition, and a count of which ones were walked."""

from collections.abc import Iterable, Iterator
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


def paths(lifecycle: Lifecycle) -> Paths:
    """
    Return walks from the initial states that together take every hop that any walk can take.

    Each walk goes on greedily to the nearest hop not yet taken and stops where none is left ahead. A hop back
    from a hold is taken only after that hold was entered from there, as a job would. What no walk can take is
    listed as findings.
    """
    walked = net(lifecycle.definition)
    left = dict.fromkeys(walked.hops)
    found: list[Path] = []
    while (walk := _next_walk(walked, left)) is not None:
        for hop in walk:
            left.pop(hop, None)
        found.append(Path(start=walk[0].source, legs=tuple(map(_leg, walk))))
    return Paths(paths=tuple(found), findings=tuple(_unreached(left)))


def _next_walk(walked: Net, left: dict[Hop, None]) -> list[Hop] | None:
    """Return a walk that takes at least one hop not yet taken, or None when there is none."""
    for start in walked.starts:
        if walk := _walk_on(walked, Place(start), dict(left)):
            return walk
    return None


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


def _walk_on(walked: Net, place: Place, left: dict[Hop, None]) -> list[Hop]:
    walk: list[Hop] = []
    while ahead := _nearest(walked, place, left):
        for hop in ahead:
            left.pop(hop, None)
            place = place.after(hop, walked) or place
        walk += ahead
    return walk


def _nearest(walked: Net, place: Place, left: dict[Hop, None]) -> tuple[Hop, ...]:
    """Return the shortest walk from *place* whose last hop is not yet taken; empty when there is none."""
    seen = {place}
    waiting: list[tuple[Place, tuple[Hop, ...]]] = [(place, ())]
    for here, taken in waiting:
        for hop in walked.leaving[here.state]:
            there = here.after(hop, walked)
            if there is None:
                continue
            if hop in left:
                return (*taken, hop)
            if there not in seen:
                seen.add(there)
                waiting.append((there, (*taken, hop)))
    return ()


def _leg(hop: Hop) -> Leg:
    named = {"source": hop.source, "target": hop.target}
    return Leg(trigger=hop.transition.trigger, transition=hop.transition.id, **named)


def _unreached(left: Iterable[Hop]) -> Iterator[Finding]:
    for hop in left:
        path = f"$.transitions[{hop.transition.id}]"
        yield Finding.of(NO_WALK, path=path, severity="warn", **_names(hop))


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
