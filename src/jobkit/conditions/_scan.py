"""Looks a line of text over before Python's parser sees it: length, characters, words and depth."""

import re
from keyword import kwlist
from typing import Final

from jobkit.conditions import _words as words
from jobkit.documents import Limits
from jobkit.errors import Invalid
from jobkit.findings import Template

NOT_ONE_LINE = Template(
    "conditions.text",
    "The condition cannot be read at character {at}: {why}.",
    'Write comparisons of facts, joined by and, or, not: tier == "gold" and known(job.work.symptom).',
)

_QUOTED = r"""(?:r?"(?:[^"\\\n\r\0]|\\.)*"|r?'(?:[^'\\\n\r\0]|\\.)*')"""
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \t\n]+)
    | (?P<text>{_QUOTED})
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_"']))
    | (?P<number>-?[0-9]{{1,17}}(?:\.[0-9]{{1,17}})?(?:e[+-]?[0-9]{{1,3}})?(?![A-Za-z0-9_.]))
    | (?P<item>\[[ ]*(?:\.\.\.|{_QUOTED})[ ]*\])
    | (?P<sign>==|!=|<=|>=|[<>=.,:()\[\]{{}}])
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPE: Final = re.compile(r"\\(?:[\\\"'nrtbf]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
_LONGEST_PATH: Final = 40

_JOINING: Final = frozenset({"and", "or", "not", "in", "is"})

_FOREIGN: Final = frozenset(kwlist) - _JOINING - {"True", "False", "None"}


def scan(text: str, path: str, limits: Limits = words.LIMITS) -> None:
    """
    Refuse what is too long, too deep or not written in the alphabet of conditions.

    Nothing is parsed here, and nothing recursive happens: a hostile line costs one walk over its characters.
    """
    if len(text) > limits.characters:
        why = f"it has {len(text)} characters, and at most {limits.characters} are allowed"
        raise Invalid.of(words.TOO_LARGE, path=path, why=why)
    watch = _Watch(path, min(limits.depth, words.DEEPEST))
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise wrong(path, at, f"{words.shown(text[at])} has no meaning here")
        if token.lastgroup != "space":
            watch.see(token.lastgroup or "", token[0], at)
        at = token.end()


def wrong(path: str, at: int, why: str) -> Invalid:
    """Return the error for a line that cannot be read."""
    return Invalid.of(NOT_ONE_LINE, path=path, at=at, why=why)


class _Watch:
    """
    Counts what would make Python's parser nest: brackets, `not`, and the steps of one path.

    What could nest without these (calls of calls, sums, chains on brackets) is no part of a condition and is
    refused by looking at two neighbouring tokens.
    """

    def __init__(self, path: str, deepest: int) -> None:
        self.path = path
        self.deepest = deepest
        self.before = ""
        self.open = 0
        self.nots = 0
        self.steps = 0

    def see(self, group: str, text: str, at: int) -> None:
        """Look at one token and refuse the one that goes too far."""
        if self._ends_value() and self._begins_value(group, text):
            raise wrong(self.path, at, f"{words.shown(text)} follows without a sign in between")
        if group == "word" and text in _FOREIGN:
            raise wrong(self.path, at, f"{text} is no word of conditions")
        if group in ("text", "item"):
            self._look_for_escapes(text, at)
        self._count(group, text)
        # One level of a condition can take two brackets as text, and the outermost call a few more.
        if self.open > 2 * self.deepest + 4 or self.nots > self.deepest or self.steps > _LONGEST_PATH:
            raise Invalid.of(words.TOO_DEEP, path=self.path, most=self.deepest)
        self.before = text if group in ("sign", "word") else group

    def _ends_value(self) -> bool:
        return self.before in ("text", "number", "item", ")", "]", "}")

    def _begins_value(self, group: str, text: str) -> bool:
        if group == "item" or text == ".":
            return self.before != "item"
        return group in ("text", "number") or text in ("(", "[", "{")

    def _count(self, group: str, text: str) -> None:
        if group == "sign":
            self.open += (text in "([{") - (text in ")]}")
        if text in ("and", "or"):
            self.nots = 0
        self.nots += text == "not"
        if group == "item" or text == ".":
            self.steps += 1
        elif group != "word" or text in _JOINING:
            self.steps = 0

    def _look_for_escapes(self, text: str, at: int) -> None:
        quoted = text.lstrip("[ ")
        if not quoted.startswith("r") and "\\" in _ESCAPE.sub("", quoted):
            raise wrong(self.path, at, 'a backslash begins no escape; write it twice, or write r"..."')
