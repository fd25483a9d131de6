"""The words of the automatic reply, by channel and language, as data that a host may replace."""

from collections.abc import Mapping

import attrs

from jobkit.findings import Template
from jobkit.mappings import EMPTY


@attrs.frozen(kw_only=True)
class FindingWords:
    """The words of one finding in the reply's language; its slots are those of jobkit's own words."""

    message: str
    unblock: str

    def template(self, code: str) -> Template:
        """Return the words as the template of a code."""
        return Template(code, self.message, self.unblock)


@attrs.frozen(kw_only=True)
class ReplyWords:
    """
    The words of a reply over one channel in one language; without a channel they are for any.

    Slots: `{job}` and `{count}` everywhere; in `line` and `ours` also `{what}`, `{message}`, `{unblock}`,
    `{path}`, `{why}` and `{example}`. `line` tells what the customer or dealer can do, `ours` what only
    people in one of the roles of `staff` can. `findings` are the words of single findings by their codes.
    """

    id: str
    channel: str | None = None
    language: str = "en"
    subject: str = "Your request {job}"
    opening: str = "Thank you, we have your request {job}. To go on we need:"
    line: str = "- {message} {unblock}"
    ours: str = "- We are seeing to this ourselves: {message}"
    closing: str = "Reply with these and we go on at once. A date is given once the request is complete."
    complete: str = "Thank you, your request {job} is complete and is being checked."
    staff: tuple[str, ...] = ("triage",)
    findings: Mapping[str, FindingWords] = EMPTY
