"""What one organisation sees of jobs that are one: what it would see if they had never been merged."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from jobkit.history import ABSORBED, UNMERGED, Event, Items, items_of, kept_share, owned_share
from jobkit.model import Job


@attrs.frozen(kw_only=True)
class Eyes:
    """
    Those of one organisation on a family of jobs: which are its own, and of which all members are as well.
    """

    org: str
    own: frozenset[str]
    whole: frozenset[str]
    all: bool

    def seen(self, job: Job, events: Iterable[Event]) -> Iterator[Event]:
        """
        Yield the events of a job that the organisation sees, each with the changes that it sees.

        What its own people did it sees as a whole, wherever that was. Of its own jobs it sees what does not
        concern items of others, of the jobs of others what concerns items of its own. What a merge took over,
        or gave back, it sees if all jobs are its own.
        """
        taken: list[tuple[bool, Items]] = []
        for event in events:
            if event.kind == ABSORBED:
                taken.append((event.name in self.whole, items_of(event)))
            if event.actor.org == self.org:
                yield event
            elif self._is_of_a_merge(event):
                yield from (event,) if self.all and event.name in self.own else ()
            else:
                yield from self._part(event, job.id in self.own, taken)

    def _is_of_a_merge(self, event: Event) -> bool:
        return event.kind == ABSORBED or (event.kind == UNMERGED and "member" in event.data)

    def _part(self, event: Event, is_own: bool, taken: Sequence[tuple[bool, Items]]) -> Iterator[Event]:
        """Yield the event with what of it the organisation sees, if there is anything."""
        if not is_own:
            shares = (owned_share(event, items, False) for own, items in taken if own)
            changes = tuple(change for share in shares for change in share)
            yield from (attrs.evolve(event, changes=changes),) if changes else ()
            return
        rest = event
        for items in (items for own, items in taken if not own):
            rest = attrs.evolve(rest, changes=kept_share(rest, items))
        if rest.changes or not event.changes:
            yield rest


def eyes_of(org: str, family: Mapping[str, Job], openings: Mapping[str, Event]) -> Eyes:
    """Return the eyes of *org*: its own are the jobs that it opened, or is the customer or a party of."""
    own = frozenset(id for id, job in family.items() if _is_theirs(job, openings[id], org))
    whole = frozenset(id for id in own if all(member.id in own for member in family[id].links.members))
    return Eyes(org=org, own=own, whole=whole, all=own == set(family))


def _is_theirs(job: Job, opening: Event, org: str) -> bool:
    subject = job.subject
    return org in (opening.actor.org, subject.customer, *(party.id for party in subject.parties))
