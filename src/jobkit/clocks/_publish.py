"""The promises as a page that people read: the same milestones give the same page."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from jobkit.clocks._compile import choices
from jobkit.clocks._edition import Edition
from jobkit.clocks._milestone import Milestone
from jobkit.clocks._promise import Policies, Target, WarningPoint
from jobkit.conditions import Condition
from jobkit.documents import page_code, page_line
from jobkit.durations import Working, write_duration
from jobkit.instants import write_instant

_WORDS = {
    "start": "Starts when",
    "stop": "Stops when",
    "cancel": "Is cancelled when",
    "reset": "Begins anew while it lives when",
    "repeat": "Begins again after its end when",
}


def publish(milestones: Iterable[Milestone]) -> str:
    """
    Return milestones as a page in Markdown: when each starts, pauses and stops, and what it promises.

    >>> told = {"starts": "known(asked)", "stops": "known(answered)", "targets": [{"within": "8h"}]}
    >>> print(publish([Milestone.load("reply", told)]).splitlines()[7])
    - Stops when `known(answered)`.
    """
    head = "# What is promised\n\nEach promise has a clock of its own, which anybody can read again.\n"
    return "\n".join([head, *(_told(milestone) for milestone in milestones)])


def _told(milestone: Milestone) -> str:
    name, label = page_line(milestone.name), page_line(milestone.label)
    several = len(milestone.editions) > 1
    lines = [f"## {label}" if name == label else f"## {label} ({name})", ""]
    for edition in milestone.editions:
        lines += [*_version(edition), ""] if several else []
        lines += [*_lines(edition), ""]
    return "\n".join(lines)


def _version(edition: Edition) -> Iterator[str]:
    promise = edition.promise
    since = "the beginning" if promise.effective_from is None else write_instant(promise.effective_from)
    yield f"### Version {page_line(promise.version)}, from {since}"


def _lines(edition: Edition) -> Iterator[str]:
    for word, said in _WORDS.items():
        condition = edition.conditions.get(word)
        if condition is not None:
            yield f"- {said} {page_code(condition.to_text())}."
    yield from _calendars(edition)
    yield from _listed("Promises, the first that fits", map(_aim, *_numbered(edition, "targets")))
    yield from _listed("Stands still", map(_pause, *_numbered(edition, "pauses")))
    yield from _listed("Warns", map(_warning, edition.promise.warnings))
    yield from _policies(edition.promise.policies)


def _numbered(edition: Edition, name: str) -> tuple[list[Edition], range]:
    count = len(getattr(edition.promise, name))
    return [edition] * count, range(count)


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield f"- {title}:"
        yield from (f"    - {line}" for line in told)


def _asked(condition: Condition | None) -> str:
    return "" if condition is None else f" when {page_code(condition.to_text())}"


def _calendars(edition: Edition) -> Iterator[str]:
    tried = [
        f"{page_line(choice.calendar)}{_asked(edition.conditions.get(f'calendars[{at}]'))}"
        for at, choice in enumerate(choices(edition.promise))
    ]
    yield f"- Counts by the calendar {', else '.join(tried)}." if tried else "- Counts around the clock."


def _aim(edition: Edition, at: int) -> str:
    aim = edition.aims[at]
    asked = f",{_asked(aim.when)}" if aim.when else ""
    return f"**{page_line(aim.name)}**: {_promised(aim.rule)}{_chosen(aim.where)}{asked}."


def _promised(rule: Target) -> str:
    if rule.within is not None:
        around = "" if isinstance(rule.within, Working) else " around the clock"
        return f"within {write_duration(rule.within)}{around}"
    pick = f" ({rule.pick} of them)" if "[]" in (rule.by or "") else ""
    date = f"{page_code(rule.by or '')}{pick}"
    if rule.before is not None:
        return f"{write_duration(rule.before)} before {date}"
    return f"by {date}" if rule.after is None else f"{write_duration(rule.after)} after {date}"


def _chosen(where: Condition | None) -> str:
    return "" if where is None else f", of those with {page_code(where.to_text())}"


def _pause(edition: Edition, at: int) -> str:
    pause = edition.promise.pauses[at]
    label = f" ({page_line(pause.label)})" if pause.label else ""
    return f"**{page_line(pause.reason)}**{label}:{_asked(edition.conditions.get(f'pauses[{at}]'))}."


def _warning(warning: WarningPoint) -> str:
    if warning.left is not None:
        return f"**{page_line(warning.name)}**: when {write_duration(warning.left)} are left."
    used = (Decimal(str(warning.share)) * 100).normalize()
    return f"**{page_line(warning.name)}**: when {used:f} % are used up."


def _policies(policies: Policies) -> Iterator[str]:
    """Tell the policies that are not the usual ones."""
    for field in attrs.fields(Policies):
        chosen = getattr(policies, field.name)
        if chosen != field.default:
            words = chosen if isinstance(chosen, str) else ", ".join(chosen)
            yield f"- Policy {field.name}: {words}."
