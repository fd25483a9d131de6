"""The automatic reply: in the words of the channel, exactly what unblocks the request."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from jobkit.fields import Help
from jobkit.findings import Finding, blocking
from jobkit.intake._inspect import Inspection
from jobkit.intake._places import field_name
from jobkit.intake._reply_values import ReplyWords
from jobkit.intake._rules import IntakeRules

BUILT_IN: Final = ReplyWords(id="built-in")
"""The words of a reply where the rules have none."""

_SLOT: Final = re.compile(r"\{([a-z]+)\}")
_LONGEST: Final = 1_000


@attrs.frozen(kw_only=True)
class Asked:
    """
    One thing that the reply asks for: the field, what to do, why it matters, an example of a failed visit.

    `ours` says that the staff see to it themselves.
    """

    path: str
    what: str
    message: str
    unblock: str
    why: str = ""
    example: str = ""
    who: str | None = None
    ours: bool = False


@attrs.frozen(kw_only=True)
class Reply:
    """An automatic reply: where it goes, its subject and lines, and what it asks for, one by one."""

    job: str
    channel: str | None
    language: str
    subject: str
    lines: tuple[str, ...]
    asked: tuple[Asked, ...] = ()

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    def __str__(self) -> str:
        return f"{self.subject}\n\n{self.text}"


def reply(
    rules: IntakeRules,
    inspection: Inspection,
    *,
    channel: str | None = None,
    language: str = "en",
    also: Iterable[Finding] = (),
    words: Iterable[ReplyWords] = (),
) -> Reply:
    """
    Return the reply to whoever sent the job, over *channel*, in *language* or else in the nearest there is.

    It names every field that blocks, with the deed that unblocks it; where only the staff can see to what is
    left, it asks for nothing. *also* are findings of others, such as verdicts of triage; *words* come before
    those of the rules. Private values never stand in it.
    """
    over = channel or inspection.channel
    chosen = words_for((*words, *rules.data.replies), over, language)
    open_ = blocking((*inspection.findings, *also))
    asked = tuple(_asked(finding, chosen, inspection) for finding in open_)
    told = {"job": inspection.job.links.number or inspection.job.id, "count": str(len(asked))}
    lines = [(_line(each, chosen), told | _slots(each)) for each in asked]
    if all(each.ours for each in asked):
        lines = [(chosen.complete, told), *lines]
    else:
        lines = [(chosen.opening, told), *lines, (chosen.closing, told)]
    return Reply(
        job=inspection.job.id,
        channel=over,
        language=chosen.language,
        subject=_filled(chosen.subject, told),
        lines=tuple(_filled(line, slots) for line, slots in lines if line),
        asked=asked,
    )


def words_for(words: Iterable[ReplyWords], channel: str | None, language: str) -> ReplyWords:
    """Return the words for a channel and language: theirs, the language's, the channel's, else our own."""
    by_place: dict[tuple[str | None, str], ReplyWords] = {}
    for each in words:
        by_place.setdefault((each.channel, each.language), each)
    places = ((channel, language), (None, language), (channel, "en"), (None, "en"))
    return next((by_place[place] for place in places if place in by_place), BUILT_IN)


def _asked(finding: Finding, words: ReplyWords, inspection: Inspection) -> Asked:
    templates = {code: each.template(code) for code, each in words.findings.items()}
    spoken = finding.render(templates)
    help_ = _help(finding, inspection)
    return Asked(
        path=finding.path,
        what=str(finding.params.get("what") or field_name(finding.path) or inspection.job.id),
        message=spoken.message,
        unblock=spoken.unblock,
        why="" if help_ is None else help_.why,
        example="" if help_ is None else help_.example,
        who=finding.who,
        ours=_is_ours(finding, words),
    )


def _is_ours(finding: Finding, words: ReplyWords) -> bool:
    """Whether only the staff can see to it; a look-up that does not answer is never the customer's affair."""
    return finding.who in words.staff or (finding.who is None and finding.path.startswith("$.lookup."))


def _help(finding: Finding, inspection: Inspection) -> Help | None:
    rules = () if inspection.governing is None else inspection.governing.package.rules
    return next((one.requirement.help for one in rules if one.requirement.source == finding.source), None)


def _line(each: Asked, words: ReplyWords) -> str:
    return words.ours if each.ours else words.line


def _slots(each: Asked) -> dict[str, str]:
    told = {name: getattr(each, name) for name in ("what", "message", "unblock", "why", "example")}
    return {**told, "path": field_name(each.path)}


def _filled(line: str, told: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda slot: _flat(told.get(slot[1], slot[0])), line).rstrip()


def _flat(text: str) -> str:
    """Return text that stays on its line and within bounds."""
    return " ".join(text[:_LONGEST].split())
