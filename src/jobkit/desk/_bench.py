"""The bench: what speaks against an event that a device recorded on its own, by the rules of its job."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jobkit import lifecycle
from jobkit.desk._board_rules import new_deferrals, silent_deferrals
from jobkit.desk._draft import Draft
from jobkit.desk._fields import protected
from jobkit.desk._gate import objections
from jobkit.desk._intake_words import lost_to_device
from jobkit.desk._intents import entered, is_state, way_of
from jobkit.desk._late import against_deed
from jobkit.desk._merged import only_by_merging
from jobkit.desk._office import Office
from jobkit.desk._ranking_band import unspoken
from jobkit.desk._sound import unsound
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.findings import Finding, Template, blocking
from jobkit.history import Event, FieldChange
from jobkit.instants import utc
from jobkit.lifecycle import (
    DEEDS,
    Deed,
    EffectRule,
    Lifecycles,
    Occasion,
    done_deeds,
    editable,
    move,
    permits,
    state_wire,
)
from jobkit.model import PRIMARY, Job, put_all
from jobkit.paths import Item, parse

NOT_FOR_DEVICES = Template(
    "desk.not_for_devices",
    "An event of the kind {kind} is not for a device to record.",
    "Call the verb that records it.",
)
OTHER_STATE = Template(
    "desk.other_state",
    "{trigger} leads job {job} to {target}, and event {event} says {found}.",
    "Let the device fetch job {job} again and move it by the rules that it is pinned to.",
)
NOT_THE_DEED = Template(
    "desk.not_the_deed",
    "Event {event} changes {field}, or fails to, in another way than {deed} does.",
    "Record it with the verb that changes {field}.",
)

_Place = tuple[str, frozenset[str]]

# What a device may record besides moves and amendments, and where.
_KINDS: Final[Mapping[str, _Place]] = {
    "noted": ("", frozenset()),
    "visit_ended": ("visits", frozenset({"outcome", "outcome_reason", "actual"})),
    "signed_off": ("visits", frozenset({"sign_offs"})),
    "tasked": ("tasks", frozenset({"status", "completed"})),
}


class Bench:
    """
    Judges late events of one job; an engine over one merge, which remembers what each move sets off.

    Called with the job as it stood and the event, it returns what speaks against it.
    """

    def __init__(self, office: Office, lifecycles: Lifecycles, known: Sequence[Event] = ()) -> None:
        self.effects: dict[str, tuple[EffectRule, ...]] = {}
        self._office = office
        self._lifecycles = lifecycles
        self._known = known

    def __call__(self, job: Job, event: Event) -> tuple[Finding, ...]:
        return self._against(job, event) or self._against_whole(job, event)

    def _against(self, job: Job, event: Event) -> tuple[Finding, ...]:
        if event.kind == "moved":
            return tuple(self._against_move(job, event))
        if event.kind == "amended":
            values = self._against_values(job, event.changes)
            return (*permits(job, self._lifecycles, "amend").findings, *values)
        if event.kind not in _KINDS:
            return (Finding.of(NOT_FOR_DEVICES, path="$.kind", kind=event.kind[:80]),)
        place = _KINDS[event.kind]
        foreign = [change.path for change in event.changes if not _is_at(change.path, place)]
        if foreign:
            return tuple(_not_the_deed(event, path, event.kind) for path in foreign)
        if event.kind == "noted":
            return permits(job, self._lifecycles, "note").findings
        return against_deed(job, _after(job, event), event, self._lifecycles)

    def _against_whole(self, job: Job, event: Event) -> tuple[Finding, ...]:
        """Look at the whole job that the event would make, as every verb does before it records."""
        made = Draft(before=job, job=_after(job, event), events=(event,), lifecycles=self._lifecycles)
        # A deferral is judged with its word to the customer, which only the desk records.
        bounded = new_deferrals(made) if self._office.catalog.capacity is not None else ()
        deferred = (Finding.of(NOT_FOR_DEVICES, path="$.terms.deferrals", kind="deferred") for _ in bounded)
        return (
            *unsound(self._office, made),
            *unspoken((made,)),
            *deferred,
            *silent_deferrals(self._office, made),
            *objections(self._office, made),
            *lost_to_device(self._office, job, event, self._known),
        )

    def _against_values(self, job: Job, changes: tuple[FieldChange, ...]) -> Iterator[Finding]:
        for change in changes:
            told = protected(job, change.path) or editable(job, self._lifecycles, change.path)
            if told is not None:
                yield told

    def _against_move(self, job: Job, event: Event) -> Iterator[Finding]:
        """Make the same move with the values that the event brings, and compare what came of both."""
        free = tuple(change for change in event.changes if protected(job, change.path) is None)
        against = tuple(self._against_values(job, free))
        amended = put_all(job, ((change.path, change.new) for change in free))
        facet = next((facet for facet in self._lifecycles if any(entered(event, facet))), PRIMARY)
        yield from against
        yield from only_by_merging(job, self._lifecycles, event.name, facet)
        try:
            answer = lifecycle.ask(
                amended,
                self._lifecycles,
                event.name,
                by=event.actor,
                at=event.occurred_at,
                reason=event.reason,
                facet=facet,
                facts=self._office.facts(amended, event.occurred_at),
            )
        except NotFound as error:
            yield from error.findings
            return
        yield from answer.findings
        if answer.open and not blocking(against):
            effects = way_of(amended, self._lifecycles, facet, answer.subject).effects
            yield from self._against_outcome(amended, event, facet, effects)

    def _against_outcome(
        self, job: Job, event: Event, facet: str, effects: tuple[EffectRule, ...]
    ) -> Iterator[Finding]:
        """Do the deeds and the move by the rules, and compare with what the event says came of them."""
        occasion = Occasion(at=utc(event.occurred_at), reason=event.reason, told=event.data)
        try:
            deed = done_deeds(job, effects, occasion, {**DEEDS, **self._office.deeds()})
        except (Refused, Invalid, NotFound) as error:
            yield from error.findings
            return
        made = move(
            job,
            self._lifecycles,
            event.name,
            event_id=event.id,
            by=event.actor,
            at=event.occurred_at,
            reason=event.reason,
            note=event.note,
            facts=self._office.facts(job, event.occurred_at),
            facet=facet,
            data={**event.data, **deed.data},
        )
        self.effects[event.id] = made.effects
        yield from _against_state(job, event, facet, state_wire(made.job.states[facet]))
        yield from _against_deed(job, event, facet, deed)


def _against_state(job: Job, event: Event, facet: str, wanted: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the state that the event says with the one that the rules lead to, whatever its age."""
    for found in tuple(entered(event, facet)) or (state_wire(job.states[facet]),):
        # A device of an older release leaves the reason out of the state; the event itself gives it.
        if _ageless({"reason": wanted.get("reason"), **found}) == _ageless(wanted):
            continue
        told = {"trigger": event.name, "job": job.id, "target": wanted["name"], "found": _spoken(found)}
        yield Finding.of(OTHER_STATE, path=f"$.states[{facet}]", event=event.id, **told)


def _against_deed(job: Job, event: Event, facet: str, deed: Deed) -> Iterator[Finding]:
    """Compare what an event changes out of everybody's reach with what the deeds of its move change."""
    wanted = {parse(change.path): change.new for change in deed.changes}
    brought = {parse(change.path): change.new for change in event.changes if protected(job, change.path)}
    for change in (*event.changes, *deed.changes):
        steps = parse(change.path)
        if is_state(steps, facet) or (steps not in wanted and steps not in brought):
            continue
        if steps not in wanted or steps not in brought or wanted[steps] != brought[steps]:
            yield _not_the_deed(event, change.path, event.name)


def _after(job: Job, event: Event) -> Job:
    return put_all(job, ((change.path, change.new) for change in event.changes))


def _is_at(path: str, place: _Place) -> bool:
    root, names = place
    steps = parse(path)
    return len(steps) > 2 and steps[0] == root and isinstance(steps[1], Item) and steps[2] in names


def _not_the_deed(event: Event, path: str, deed: str) -> Finding:
    return Finding.of(NOT_THE_DEED, path=path, event=event.id, field=path, deed=deed)


def _ageless(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name != "since" and value is not None}


def _spoken(state: Mapping[str, Any]) -> str:
    return ", ".join(str(value)[:80] for value in _ageless(state).values())
