"""A lifecycle as plain hops between concrete states, for walking: analysis, diagrams, change and coverage."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter

import attrs

from jobkit.lifecycle._definition import RESUME, Definition, StateRule, Transition
from jobkit.lifecycle._structure import Edge, structure
from jobkit.mappings import FrozenMap


@attrs.frozen
class Hop:
    """One way from one concrete state to another by one transition."""

    source: str
    target: str
    transition: Transition = attrs.field(eq=attrgetter("id"), hash=True)

    @property
    def stays(self) -> bool:
        """Whether the hop leaves the job where it is."""
        return self.source == self.target

    def __str__(self) -> str:
        return f"{self.source} --{self.transition.trigger}--> {self.target}"


@attrs.frozen(kw_only=True)
class Net:
    """
    Every concrete state, where jobs begin and end, and every hop between, with `@resume` spelled out.

    `held` are the states that remember from where they were entered; `lost` are the edges that lead nowhere.
    """

    rules: Mapping[str, StateRule]
    starts: tuple[str, ...]
    ends: frozenset[str]
    hops: tuple[Hop, ...]
    lost: tuple[Edge, ...]
    held: frozenset[str]
    leaving: Mapping[str, tuple[Hop, ...]]

    def holds(self, state: str) -> bool:
        """Whether *state* remembers from where it was entered."""
        return state in self.held

    def returns(self, hop: Hop) -> bool:
        """Whether *hop* goes back to where the hold began."""
        return hop.transition.target == RESUME

    def reach(
        self, starts: Iterable[str], allowed: Callable[[Hop], bool] = lambda hop: True
    ) -> dict[str, tuple[Hop, ...]]:
        """Return the states that can be reached from *starts*, each with a shortest walk to it."""
        walks: dict[str, tuple[Hop, ...]] = dict.fromkeys(starts, ())
        waiting = deque(walks)
        while waiting and len(walks) < len(self.rules):
            here = waiting.popleft()
            for hop in self.leaving[here]:
                if hop.target not in walks and allowed(hop):
                    walks[hop.target] = (*walks[here], hop)
                    waiting.append(hop.target)
        return walks

    def ending(self, allowed: Callable[[Hop], bool] = lambda hop: True) -> frozenset[str]:
        """Return the states from which some end can be reached."""
        entering: dict[str, list[str]] = {state: [] for state in self.rules}
        for hop in self.hops:
            if allowed(hop):
                entering[hop.target].append(hop.source)
        found, waiting = set(self.ends), deque(self.ends)
        while waiting:
            before = set(entering[waiting.popleft()]) - found
            found |= before
            waiting.extend(before)
        return frozenset(found)


def net(definition: Definition) -> Net:
    """Return the hops of *definition*, in the order in which its states and transitions are declared."""
    found = structure(definition)
    leaving = {name: tuple(_steps(found.edges[name])) for name in found.states}
    return Net(
        rules=found.states,
        starts=tuple(name for name, rule in found.states.items() if rule.initial),
        ends=frozenset(name for name, rule in found.states.items() if rule.end is not None),
        hops=tuple(hop for hops in leaving.values() for hop in hops),
        lost=tuple(edge for edges in found.edges.values() for edge in edges if not edge.targets),
        held=found.holds,
        leaving=FrozenMap(leaving),
    )


def _steps(edges: tuple[Edge, ...]) -> Iterator[Hop]:
    for edge in edges:
        for target in edge.targets:
            yield Hop(edge.source, target, edge.transition)
