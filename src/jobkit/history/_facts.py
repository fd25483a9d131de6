"""Facts about events that were not applied: they keep the whole offer, so that nothing is lost."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeGuard

import attrs

from jobkit.findings import Finding
from jobkit.history._document import seal_of
from jobkit.history._event import FORMAT, Event, FieldChange
from jobkit.mappings import EMPTY, FrozenMap

REJECTED: Final = "rejected"
"""The kind of a fact that keeps an event which the rules refused."""

CONFLICT: Final = "conflict"
"""The kind of a fact that keeps an event which lost against another, and the flag of one that won."""

_OFFER: Final = "offer"


def kept_as(kind: str, event: Event, findings: Iterable[Finding], job_id: str, id: str | None) -> Event:
    """Return the fact of a job that keeps *event* without its changes, with the reasons for that."""
    offer = {
        "id": event.id,
        "job_id": None if event.job_id == job_id else event.job_id,
        "kind": event.kind,
        "name": event.name,
        "changes": [{"path": told.path, "old": told.old, "new": told.new} for told in event.changes],
        "data": event.data,
    }
    data = FrozenMap({_OFFER: offer, "findings": [_told(finding) for finding in findings]})
    return attrs.evolve(
        event,
        id=id or event.id,
        job_id=job_id,
        kind=kind,
        name=event.kind,
        changes=(),
        data=data,
    )


def _told(finding: Finding) -> dict[str, Any]:
    return {
        key: told for key, told in finding.to_dict().items() if key in ("code", "path", "params", "source")
    }


def offered(event: Event) -> Event:
    """Return the event as its device offered it: out of a rejected or conflicting fact, or as it is."""
    offer = event.data.get(_OFFER)
    if event.kind not in (REJECTED, CONFLICT) or not _is_offer(offer):
        return event
    changes = tuple(
        FieldChange(change["path"], change.get("old"), change.get("new"))
        for change in offer.get("changes") or ()
    )
    return attrs.evolve(
        event,
        id=offer["id"],
        job_id=offer.get("job_id") or event.job_id,
        kind=offer["kind"],
        name=offer.get("name") or "",
        changes=changes,
        data=FrozenMap(offer.get("data") or EMPTY),
    )


def _is_offer(offer: Any) -> TypeGuard[Mapping[str, Any]]:
    if not isinstance(offer, Mapping) or not all(isinstance(offer.get(key), str) for key in ("id", "kind")):
        return False
    changes = offer.get("changes") or ()
    return isinstance(changes, list | tuple) and all(_is_change(change) for change in changes)


def _is_change(change: Any) -> bool:
    return isinstance(change, Mapping) and isinstance(change.get("path"), str)


_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)


def claim_of(event: Event) -> str:
    """Return the digest of what the device itself says: all but the id and what accepting it added."""
    claim = attrs.evolve(
        offered(event),
        id="",
        occurred_at=_NO_TIME,
        recorded_at=_NO_TIME,
        flags=(),
        format=FORMAT,
        original=None,
    )
    return seal_of(claim, 0, "")
