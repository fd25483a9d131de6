"""Rejudging: every recorded decision is asked again, on the job as it stood."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import attrs

from jobkit.errors import NotFound, Unavailable, Unsupported
from jobkit.findings import Finding, blocking
from jobkit.history._erasure import has_erased
from jobkit.history._event import OPENING, Event
from jobkit.history._facts import REJECTED, offered
from jobkit.history._fold import apply
from jobkit.history._merge import Judge, judged
from jobkit.model import Job

ERASED = "erased"
"""Why a decision cannot be asked again: a private value that it may have read is gone."""


@attrs.frozen(kw_only=True)
class Rejudged:
    """
    One recorded decision asked again: the same, different, or not replayable `because` of something.

    `findings` are those of today; a decision is the same when it blocks today as it did then.
    """

    event: Event
    verdict: Literal["same", "different", "not_replayable"]
    findings: tuple[Finding, ...] = ()
    because: str | None = None


def is_decision(event: Event) -> bool:
    """Whether rules judged the event: it names their hashes, is a move, or was rejected."""
    return event.kind != OPENING and (bool(event.rules) or event.kind in ("moved", REJECTED))


def rejudge(
    events: Iterable[Event], judge: Judge, decides: Callable[[Event], bool] = is_decision
) -> tuple[Rejudged, ...]:
    """
    Ask *judge* about every recorded decision again, each on the job that the entries before it make.

    A decision that comes out otherwise while private values of the job are erased is not replayable because
    of `erased`; one whose rules are not to be had, because of that error's code. A judge that raises anything
    else is a `RuleFailed`; events that do not fold are refused.
    """
    return tuple(_asked(events, judge, decides))


def _asked(events: Iterable[Event], judge: Judge, decides: Callable[[Event], bool]) -> Iterator[Rejudged]:
    job: Job | None = None
    erased = False
    for event in events:
        erased = erased or has_erased(event)
        if job is not None and decides(event):
            yield _verdict(job, event, judge, erased)
        job = apply(job, event)


def _verdict(job: Job, event: Event, judge: Judge, erased: bool) -> Rejudged:
    try:
        findings = judged(judge, job, offered(event))
    except (NotFound, Unavailable, Unsupported) as error:
        return Rejudged(event=event, verdict="not_replayable", findings=error.findings, because=error.code)
    if bool(blocking(findings)) == (event.kind == REJECTED):
        return Rejudged(event=event, verdict="same", findings=findings)
    if erased:
        return Rejudged(event=event, verdict="not_replayable", findings=findings, because=ERASED)
    return Rejudged(event=event, verdict="different", findings=findings)
