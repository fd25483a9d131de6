"""What a desk needs to work: catalog, tenant, sources of ids and salts, a hook for tracing."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any, Final

import attrs

from jobkit.catalog import Catalog
from jobkit.conditions import Vocabulary
from jobkit.desk import _steps
from jobkit.desk._intake_facts import intake_facts
from jobkit.desk._moments import refolded, stale
from jobkit.desk._routing_facts import route_facts
from jobkit.desk._steps import Steps, Trace
from jobkit.errors import NotFound
from jobkit.findings import Template
from jobkit.lifecycle import DeedRule, Lifecycle, Lifecycles
from jobkit.mappings import FrozenMap
from jobkit.model import Actor, Job

NO_JOB = Template(
    "desk.no_job",
    "There is no job {job}.",
    "Check the id, or find the job by its external id.",
)
NO_RULES = Template(
    "desk.no_rules",
    "Job {job} is pinned to {pin} with hash {hash}, which neither the catalog nor the archive holds.",
    "Give the catalog that lifecycle among its earlier ones, or restore the archive from a backup.",
)

_MOST_TOLD: Final = 100
SYSTEM: Final = Actor(id="jobkit", role="system")
"""Who does what nobody did: automatic moves, follow-up tasks, spawned jobs."""

_ANY_CLOCK: Final = Vocabulary.of({"clock.*": "any"})
"""What rules of earlier days may ask of clocks; one that the catalog has no more is unknown."""

_ASKING_SALT: Final = "00" * 16


def no_trace(verb: str) -> AbstractContextManager[Any]:
    """Tell nobody of the verb."""
    return nullcontext()


@attrs.frozen(kw_only=True)
class Office:
    """
    The wiring behind a desk.

    `new_id` and `new_salt` are the host's sources; `trace` opens a context around each verb, for logging or
    tracing. `depth` limits how far internal effects may set off further ones.
    """

    catalog: Catalog
    new_id: Callable[[], str]
    new_salt: Callable[[], str]
    tenant: str = ""
    trace: Trace = no_trace
    depth: int = 8
    _earlier_ones: dict[str, Lifecycle] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    def asking(self) -> "Office":
        """Return an office in which nothing is meant: its ids and salts are for drafts to be thrown away."""
        numbers = count(1)
        return attrs.evolve(self, new_id=lambda: f"asked-{next(numbers)}", new_salt=lambda: _ASKING_SALT)

    def job(self, job_id: str) -> Steps[Job]:
        """Fetch a job; an unknown id is refused."""
        return (yield from self.jobs((job_id,)))[0]

    def jobs(self, job_ids: tuple[str, ...]) -> Steps[tuple[Job, ...]]:
        """Fetch several jobs at once; unknown ids are refused together."""
        found = yield from _steps.jobs(self.tenant, job_ids)
        missing = [job_id for job_id, job in zip(job_ids, found, strict=True) if job is None]
        if missing:
            raise NotFound.of(NO_JOB, path="$.id", job=missing[:_MOST_TOLD])
        current = []
        for job in found:
            if job is not None:
                current.append((yield from self._with_clocks(job)))
        return tuple(current)

    def _with_clocks(self, job: Job) -> Steps[Job]:
        """Return *job* with clocks that the present catalog made; others are folded anew from its history."""
        if not stale(self.catalog, job):
            return job
        return refolded(self.catalog, job, (yield from _steps.history(self.tenant, job.id)))

    def lifecycles(self, job: Job) -> Steps[Lifecycles]:
        """Fetch the lifecycles a job is pinned to, from the catalog or the archive."""
        now = self.catalog.rules(job.type).lifecycles
        if all(job.pins.get(facet) == lifecycle.hash for facet, lifecycle in now.items()):
            return now
        pinned = {}
        for facet, digest in job.pins.items():
            current = now.get(facet)
            same = current is not None and current.hash == digest
            pinned[facet] = current if same and current else (yield from self._earlier(job, facet, digest))
        return FrozenMap({**now, **pinned})

    def facts(self, job: Job, now: datetime) -> Mapping[str, Any]:
        """
        Return what conditions may ask beside the job: the host's namespaces, route, clocks, intake at *now*.

        A fact provider of the host that raises fails.
        """
        registry = self.catalog.registry
        told = {name: registry.call("facts", name, job) for name in registry.names("facts")}
        if self.catalog.milestones:
            told["clock"] = self.catalog.clocks_seen(job, now)
        if self.catalog.routing is not None:
            told["route"] = route_facts(self.catalog, job, now)
        return {**told, **intake_facts(self.catalog, job, now, told)}

    def deeds(self) -> Mapping[str, DeedRule]:
        """Return the deeds that the host registered; what one raises comes back with its name."""
        registry = self.catalog.registry
        return {name: partial(registry.call, "deed", name) for name in registry.names("deed")}

    def _earlier(self, job: Job, facet: str, digest: str) -> Steps[Lifecycle]:
        known = self.catalog.earlier.get(digest) or self._earlier_ones.get(digest)
        if known is not None:
            return known
        text = yield from _steps.rule(digest)
        if text is None:
            raise NotFound.of(NO_RULES, path=f"$.pins[{facet}]", job=job.id, pin=facet, hash=digest)
        lifecycle = Lifecycle.load(text, registry=self.catalog.registry, vocabulary=_ANY_CLOCK)
        self._earlier_ones[digest] = lifecycle
        return lifecycle
