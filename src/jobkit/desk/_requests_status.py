"""How a customer's request stands: derived from its jobs each time it is asked, and stored nowhere."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.mappings import FrozenMap
from jobkit.model import Category, End, Job

CIRCLE = Template(
    "desk.merged_in_a_circle",
    "The jobs {jobs} are merged into each other in a circle, so that none of them answers.",
    "Correct links.merged_into where these jobs come from, and load them again.",
)

Standing = Literal[
    "received",
    "noted",
    "in_triage",
    "waiting_for_information",
    "promoted",
    "planned",
    "in_work",
    "partly_done",
    "done",
    "closed",
    "cancelled",
    "declined",
    "answered",
]
"""How a request stands, in the customer's words."""

_SAID: Final[FrozenMap[Standing, str]] = FrozenMap(
    received="It has come in, and nobody has read it yet.",
    noted="Nothing has been asked for yet; tasks are kept here.",
    in_triage="It is being looked at.",
    waiting_for_information="It waits for information from the customer.",
    promoted="It was accepted, and work is being prepared.",
    planned="A visit is planned.",
    in_work="Somebody is working on it.",
    partly_done="Part of the work is done.",
    done="The work is done, and the papers are being finished.",
    closed="Everything is done and documented.",
    cancelled="It was withdrawn, or its work was cancelled.",
    declined="It was declined.",
    answered="It was answered without a job.",
)

_OF_ITSELF: Final[FrozenMap[Category, Standing]] = FrozenMap(
    draft="received", triage="in_triage", waiting="waiting_for_information", open="noted", closed="answered"
)
_OF_END: Final[FrozenMap[End, Standing]] = FrozenMap(
    closed="answered",
    closed_incomplete="answered",
    failed="answered",
    rejected="declined",
    cancelled="cancelled",
    merged="cancelled",
)
_OF_JOB: Final[FrozenMap[Category, Standing]] = FrozenMap(
    draft="promoted",
    triage="promoted",
    open="promoted",
    scheduled="planned",
    active="in_work",
    performed="done",
    closed="closed",
)
_CALLED_OFF: Final = ("rejected", "cancelled", "merged")
_ENDED: Final = ("done", "closed")


@attrs.frozen(kw_only=True)
class JobStanding:
    """
    How one job of a request stands: `instead_of` are the request's own jobs that were merged into it.

    `numbers` are those under which the customer may ask for it, the present one first.
    """

    id: str
    type: str
    standing: Standing
    end: End | None = None
    numbers: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class RequestStatus:
    """How a request stands, with its jobs and every number that its customer may quote."""

    id: str
    standing: Standing
    jobs: tuple[JobStanding, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The standing as one sentence for the customer."""
        return _SAID[self.standing]


def request_status(request: Job, jobs: Iterable[Job]) -> RequestStatus:
    """
    Derive how *request* stands from the *jobs* that were opened for it, merged ones with their survivors.

    A job that was merged counts as the one that answers now, which must be among *jobs*; without it, it
    counts as called off. Jobs merged in a circle, as loaded data may say, are refused. The request's own
    state decides only while it has no job.

    >>> from jobkit.model import State
    >>> asked = Job(id="R1", type="request", states={"work": State(name="received", category="draft")})
    >>> request_status(asked, ()).standing
    'received'
    """
    known = {job.id: job for job in jobs}
    answering: dict[str, list[str]] = {}
    for id in request.links.fulfilled_by:
        if id in known:
            answering.setdefault(followed(known[id], known)[-1].id, []).append(id)
    told = tuple(_standing_of(known[id], instead, known) for id, instead in answering.items())
    own = () if request.links.number is None else (request.links.number,)
    numbers = (*own, *request.links.former_numbers, *(number for job in told for number in job.numbers))
    return RequestStatus(
        id=request.id,
        standing=_together([job.standing for job in told]) if told else _alone(request),
        jobs=told,
        numbers=tuple(dict.fromkeys(numbers)),
    )


def followed(job: Job, known: Mapping[str, Job]) -> list[Job]:
    """Return *job* and what it was merged into, one after the other, as far as that is *known*."""
    chain, seen = [job], {job.id}
    while (into := chain[-1].links.merged_into) in known:
        if into in seen:
            raise Invalid.of(CIRCLE, path="$.links.merged_into", jobs=[each.id for each in chain][:10])
        chain.append(known[str(into)])
        seen.add(str(into))
    return chain


def _standing_of(job: Job, own: Sequence[str], known: Mapping[str, Job]) -> JobStanding:
    instead = tuple(id for id in own if id != job.id)
    numbered = (job, *(known[id] for id in instead))
    numbers = (each.links.number for each in numbered if each.links.number is not None)
    return JobStanding(
        id=job.id,
        type=job.type,
        standing=_of_job(job),
        end=job.state.end,
        numbers=tuple(dict.fromkeys(numbers)),
        instead_of=instead,
    )


def _of_job(job: Job) -> Standing:
    if job.state.end in _CALLED_OFF:
        return "cancelled"
    begun = any(visit.outcome in ("done", "partial") for visit in job.visits)
    if job.state.category == "waiting":
        return "partly_done" if begun else "promoted"
    if begun and job.state.category in ("open", "scheduled"):
        return "partly_done"
    return _OF_JOB[job.state.category]


def _alone(request: Job) -> Standing:
    end = request.state.end
    return _OF_ITSELF.get(request.state.category, "in_triage") if end is None else _OF_END[end]


def _together(standings: Sequence[Standing]) -> Standing:
    """Return what several jobs come to: those called off count only when all of them are."""
    left = [standing for standing in standings if standing != "cancelled"]
    if not left:
        return "cancelled"
    if all(standing in _ENDED for standing in left):
        return "closed" if set(left) == {"closed"} else "done"
    if "in_work" in left:
        return "in_work"
    if any(standing in ("partly_done", *_ENDED) for standing in left):
        return "partly_done"
    return "planned" if "planned" in left else "promoted"
