"""A draft: what a verb would record about one job, before it is sealed and committed."""

import attrs

from jobkit.history import Event
from jobkit.lifecycle import Lifecycles
from jobkit.model import Job
from jobkit.ports import Effect


@attrs.frozen(kw_only=True)
class Draft:
    """
    One job's unsealed share of a command: the job before and after, its new events, and its effects.

    `asleep` names wake-ups that are not to ring again until the job changes, though their time has come.
    """

    before: Job | None
    job: Job
    events: tuple[Event, ...]
    lifecycles: Lifecycles
    effects: tuple[Effect, ...] = ()
    asleep: frozenset[str] = frozenset()

    def then(self, more: "Draft") -> "Draft":
        """Return one draft for this deed and a later one on the same job."""
        return attrs.evolve(
            more,
            before=self.before,
            events=(*self.events, *more.events),
            effects=(*self.effects, *more.effects),
        )
