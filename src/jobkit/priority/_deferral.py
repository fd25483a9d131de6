"""Putting planned work off: only by a published rule, and told to the customer; what would go for whom."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jobkit.answers import Answer
from jobkit.errors import NotFound
from jobkit.findings import Finding, Template, blocking
from jobkit.instants import utc, write_instant
from jobkit.model import Job
from jobkit.priority._board import Displaced, admission
from jobkit.priority._capacity import CapacityRules
from jobkit.priority._capacity_data import Board, Booking, DeferralRule

NO_RULE = Template(
    "priority.no_deferral_rule",
    "The capacity rules {rules} have no deferral rule {rule}.",
    "Name one of the published rules: {known}.",
)
OTHER_BAND = Template(
    "priority.deferral_band",
    "Rule {rule} puts off work of {bands}, and job {job} is in the band {band}.",
    "Name a rule for the band {band}, or leave the job where it is.",
)
TOO_OFTEN = Template(
    "priority.deferred_too_often",
    "Job {job} was put off {times} times, and rule {rule} allows {most}.",
    "Leave job {job} where it is, and displace other work.",
)
TOO_LONG = Template(
    "priority.deferred_too_long",
    "Rule {rule} puts job {job} off until {latest} at the latest, and {until} is later.",
    "Give an instant up to {latest}.",
)
NOT_LATER = Template(
    "priority.deferred_to_past",
    "Job {job} is to be put off until {until}, which is not to come.",
    "Give an instant after now.",
)
NOT_APPLICABLE = Template(
    "priority.deferral_condition",
    "What rule {rule} asks of work that is put off does not hold for job {job}.",
    "Name a rule that holds for job {job}, or leave it where it is.",
)
NOT_TOLD = Template(
    "priority.not_told",
    "No recorded communication tells the customer that job {job} is put off.",
    "Record it with note, for the audience customer and with its channel, and give its event as told.",
)
NOT_FAVOURED = Template(
    "priority.not_favoured",
    "Rule {rule} displaces work for {favours}, and job {job} is in the band {band}.",
    "Name a rule that favours the band {band}, or find a day with room.",
)
NOTHING_TO_DISPLACE = Template(
    "priority.nothing_to_displace",
    "By rule {rule} not enough can leave the board of {region} on {day} to make room for job {job}.",
    "Name another rule, or find a day with room.",
)


def deferral_rule(rules: CapacityRules, rule: str) -> DeferralRule:
    """Return a published deferral rule; an unknown one is refused."""
    found = next((each for each in rules.data.deferrals if each.id == rule), None)
    if found is None:
        known = [each.id for each in rules.data.deferrals]
        raise NotFound.of(NO_RULE, path="$.rule", rules=rules.id, rule=rule[:80], known=known)
    return found


def deferral(
    booking: Booking,
    rules: CapacityRules,
    *,
    rule: str,
    until: datetime,
    told: str | None,
    now: datetime,
) -> Answer[Booking]:
    """
    Return whether *booking* may be put off until *until* by the published *rule*, with all that objects.

    *told* names the recorded communication to the customer. Naive instants and an unknown rule are refused.
    """
    found = deferral_rule(rules, rule)
    instant, later = utc(now, "$.now"), utc(until, "$.until")
    findings = [*_against(found, booking, rules, instant), *_too_late(found, booking, rules, later, instant)]
    if told is None or not told.strip():
        findings.append(Finding.of(NOT_TOLD, path="$.told", source=rules.source, job=booking.job))
    return Answer(booking, tuple(findings))


def displace(
    board: Board, booking: Booking, rules: CapacityRules, *, rule: str, now: datetime
) -> Answer[Displaced]:
    """
    Return which bookings would have to leave *board* so that *booking* has room, by a published *rule*.

    Those that were put off least go first; among them the least urgent band, what is not confirmed, and what
    has the most time. Nobody goes in vain: without any one of them there would be no room. Nothing is done.
    """
    found = deferral_rule(rules, rule)
    instant = utc(now, "$.now")
    named: dict[str, Any] = {"rule": found.id, "job": booking.job}
    if booking.band not in found.favours:
        told = Finding.of(
            NOT_FAVOURED, source=rules.source, favours=list(found.favours), band=booking.band, **named
        )
        return Answer(Displaced(rule=found, bookings=()), (told,))
    leaving: list[Booking] = []
    for each in _in_turn(board, found, rules, instant):
        if _fits(board, booking, rules, found, leaving, instant):
            break
        leaving.append(each)
    for each in tuple(leaving):
        fewer = [other for other in leaving if other is not each]
        if _fits(board, booking, rules, found, fewer, instant):
            leaving = fewer
    displaced = Displaced(rule=found, bookings=tuple(leaving))
    answer = admission(board, booking, rules, now=instant, displaced=displaced)
    if answer.open:
        return Answer(displaced, answer.findings)
    here: dict[str, Any] = {"region": board.region, "day": board.day.isoformat()}
    short = Finding.of(NOTHING_TO_DISPLACE, source=rules.source, **here, **named)
    return Answer(Displaced(rule=found, bookings=()), (short, *blocking(answer.findings)))


def deferred_since(job: Job) -> datetime | None:
    """Return when planned work was first put off, from which its age counts; None if it never was."""
    return min((utc(each.at) for each in job.terms.deferrals), default=None)


def _fits(
    board: Board,
    booking: Booking,
    rules: CapacityRules,
    rule: DeferralRule,
    leaving: list[Booking],
    now: datetime,
) -> bool:
    displaced = Displaced(rule=rule, bookings=tuple(leaving))
    return admission(board, booking, rules, now=now, displaced=displaced).open


def _in_turn(board: Board, rule: DeferralRule, rules: CapacityRules, now: datetime) -> list[Booking]:
    """Return what may leave by *rule*, those that go first first."""
    may = [each for each in board.bookings if not any(_against(rule, each, rules, now))]
    urgent = {band: place for place, band in enumerate(rules.data.bands)}

    def turn(each: Booking) -> tuple[Any, ...]:
        time_left = float("-inf") if each.until is None else -utc(each.until).timestamp()
        return len(each.deferred), -urgent[each.band], each.confirmed, time_left, each.key

    return sorted(may, key=turn)


def _against(rule: DeferralRule, booking: Booking, rules: CapacityRules, now: datetime) -> Iterator[Finding]:
    """Yield what the rule itself has against putting a booking off."""
    named: dict[str, Any] = {"rule": rule.id, "job": booking.job}
    if booking.band not in rule.bands:
        bands = list(rule.bands)
        yield Finding.of(OTHER_BAND, source=rules.source, bands=bands, band=booking.band, **named)
    if len(booking.deferred) >= rule.most:
        times = len(booking.deferred)
        yield Finding.of(TOO_OFTEN, source=rules.source, times=times, most=rule.most, **named)
    when = rules.conditions.get(f"deferral.{rule.id}")
    if when is not None and when(booking.facts or {}, now) is not True:
        yield Finding.of(NOT_APPLICABLE, source=rules.source, **named)


def _too_late(
    rule: DeferralRule, booking: Booking, rules: CapacityRules, until: datetime, now: datetime
) -> Iterator[Finding]:
    named: dict[str, Any] = {"rule": rule.id, "job": booking.job, "until": write_instant(until)}
    if until <= now:
        yield Finding.of(NOT_LATER, path="$.until", source=rules.source, **named)
    base = now if booking.until is None else max(utc(booking.until), now)
    if rule.longest is not None and until - base > rule.longest:
        latest = write_instant(base + rule.longest)
        yield Finding.of(TOO_LONG, path="$.until", source=rules.source, latest=latest, **named)
