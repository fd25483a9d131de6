"""What is left to do on a job, and with whom it lies."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from jobkit.answers import Answer
from jobkit.findings import Finding
from jobkit.lifecycle._ask import REASON_MISSING, ROLE
from jobkit.lifecycle._jobs import Lifecycles, options
from jobkit.lifecycle._lifecycle import Lifecycle
from jobkit.lifecycle._permissions import standing
from jobkit.lifecycle._rule import Facts, Option
from jobkit.lifecycle._timers import Overdue, WorkingTime, overdue
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.model import PRIMARY, Actor, Job, State

_ASKER = frozenset({ROLE.code, REASON_MISSING.code})


@attrs.frozen(kw_only=True)
class Pending:
    """
    Where a job stands in one facet, who is responsible, every way on with all its reasons, and passed limits.

    `onward` names the ways that further the job, beside those that park it or give it up.
    """

    facet: str
    state: State
    owner: str | None
    options: tuple[Answer[Option], ...]
    overdue: tuple[Overdue, ...] = ()
    onward: frozenset[str] = frozenset()

    @property
    def left(self) -> Mapping[str, tuple[Finding, ...]]:
        """
        What blocks the ways that further the job, by the role that can help.

        What names no role lies with the owner. Where every way parks the job or gives it up, all count.
        """
        found: dict[str, list[Finding]] = {}
        ways = [answer for answer in self.options if answer.subject.transition in self.onward] or self.options
        for finding in (finding for answer in ways for finding in answer.findings):
            told = found.setdefault(finding.who or self.owner or "", [])
            if finding.blocks and finding.code not in _ASKER and finding not in told:
                told.append(finding)
        return FrozenMap({role: tuple(findings) for role, findings in found.items() if findings})


def pending(
    job: Job,
    lifecycles: Lifecycles,
    *,
    now: datetime,
    by: Actor | None = None,
    facts: Facts = EMPTY,
    facet: str = PRIMARY,
    calendar: WorkingTime | None = None,
) -> Pending:
    """
    Say what is left on the job in *facet* and with whom it lies.

    Without *by* each way on is told as to someone in a role that may take it. A facet that the job or its
    rules do not have is refused.
    """
    asker = by or Actor(id="", role=None)
    ways = options(job, lifecycles, by=asker, at=now, facts=facts, facet=facet)
    owner = next((rule.owner for name, _, rule in standing(job, lifecycles) if name == facet), None)
    passed = overdue(job, lifecycles, now, calendar)
    return Pending(
        facet=facet,
        state=job.states[facet],
        owner=owner,
        options=ways if by else tuple(_to_anyone(answer) for answer in ways),
        overdue=tuple(each for each in passed if each.facet == facet),
        onward=frozenset(_onward(lifecycles[facet], job.states[facet].name, ways)),
    )


def _onward(lifecycle: Lifecycle, here: str, ways: tuple[Answer[Option], ...]) -> Iterator[str]:
    for way in (answer.subject for answer in ways):
        if way.transition is None or way.target in (None, here):
            continue
        entered = lifecycle.states[str(way.target)]
        if entered.category != "waiting" and entered.end in (None, "closed"):
            yield way.transition


def _to_anyone(answer: Answer[Option]) -> Answer[Option]:
    kept = tuple(finding for finding in answer.findings if finding.code != ROLE.code)
    return Answer(answer.subject, kept)
