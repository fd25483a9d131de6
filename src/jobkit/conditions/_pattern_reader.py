"""Reads the text of a pattern into its parts; everything that is not on the allow-list is refused."""

from typing import Final

import attrs

from jobkit.errors import Invalid
from jobkit.findings import Template

UNREADABLE = Template(
    "patterns.unreadable",
    "The pattern {pattern} cannot be read at character {at}: {why}.",
    "Use letters, digits, classes [A-Z], groups (a|b), the repeats ?, *, +, {m,n}, and escape signs by \\.",
)
TOO_LARGE = Template(
    "patterns.too_large",
    "The pattern {pattern} is too large: {why}.",
    "Shorten the pattern, or lower the numbers of its repeats.",
)

LONGEST_PATTERN: Final = 500
MOST_PLACES: Final = 512
DEEPEST: Final = 16
_MOST_REPEATS: Final = 512
_SHOWN: Final = 60

_SPECIAL: Final = frozenset("\\^$.|?*+()[]{}")

Ranges = tuple[tuple[int, int], ...]

_DIGITS: Final[Ranges] = ((48, 57),)
_SPACES: Final[Ranges] = ((9, 13), (32, 32))
_WORDS: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_NEWLINE: Final[Ranges] = ((10, 10),)
_CLASSES: Final = {"d": _DIGITS, "s": _SPACES, "w": _WORDS}
_CONTROLS: Final = {"n": 10, "r": 13, "t": 9}


@attrs.frozen
class Characters:
    """One character out of some ranges of code points, or out of all others."""

    ranges: Ranges
    negated: bool = False

    def has(self, code: int) -> bool:
        """Whether the character with this code point is one of them."""
        return any(low <= code <= high for low, high in self.ranges) is not self.negated


@attrs.frozen
class Row:
    """Parts one after the other."""

    parts: tuple["Part", ...]


@attrs.frozen
class Choice:
    """One of several parts."""

    parts: tuple["Part", ...]


@attrs.frozen
class Repeat:
    """A part at least so often and, unless *most* is None, at most so often."""

    part: "Part"
    least: int
    most: int | None


Part = Characters | Row | Choice | Repeat


def read_pattern(text: str, path: str) -> Part:
    """Read a pattern's text; what is not allowed is refused with its place."""
    if not isinstance(text, str) or len(text) > LONGEST_PATTERN:
        raise Invalid.of(
            TOO_LARGE, path=path, pattern=_short(text), why=f"at most {LONGEST_PATTERN} characters"
        )
    reader = _Reader(text, path)
    part = reader.whole()
    places = _size(part)
    if places > MOST_PLACES:
        raise reader.too_large(f"it unrolls to {places} places, and at most {MOST_PLACES} are allowed")
    return part


def _short(text: object) -> str:
    return str(text)[:_SHOWN]


def _size(part: Part) -> int:
    if isinstance(part, Characters):
        return 1
    if isinstance(part, Repeat):
        times = part.least + 1 if part.most is None else part.most
        return max(1, times) * _size(part.part)
    return sum(_size(one) for one in part.parts)


class _Reader:
    """Walks over a pattern's text once, from left to right."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.at = 0
        self.depth = 0

    def whole(self) -> Part:
        """Read the text to its end; `^` at the start and `$` at the end say what holds anyway."""
        self.take("^")
        part = self.choice()
        if self.peek() == "$":
            self.at += 1
        if self.at < len(self.text):
            raise self.wrong(f"{self.peek()} stands alone")
        return part

    def choice(self) -> Part:
        """Read rows separated by bars."""
        rows = [self.row()]
        while self.take("|"):
            rows.append(self.row())
        return rows[0] if len(rows) == 1 else Choice(tuple(rows))

    def row(self) -> Part:
        """Read what stands one after the other, up to a bar, a closing bracket or the end."""
        parts: list[Part] = []
        while self.peek() not in ("", "|", ")", "$"):
            parts.append(self.repeated(self.one()))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def one(self) -> Part:
        """Read one character, class or group."""
        sign = self.next()
        if sign == "(":
            return self.group()
        if sign == "[":
            return self.class_()
        if sign == "\\":
            return self.escaped()
        if sign == ".":
            return Characters(_NEWLINE, negated=True)
        if sign in _SPECIAL:
            raise self.wrong(f"{sign} has no meaning here", back=1)
        return Characters(((ord(sign), ord(sign)),))

    def group(self) -> Part:
        """Read a group; only plain ones, as nothing is captured."""
        if self.take("?") and not self.take(":"):
            raise self.wrong("only plain groups and (?: ) are allowed")
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.too_large(f"groups nest deeper than {DEEPEST}")
        part = self.choice()
        if not self.take(")"):
            raise self.wrong("a group is not closed")
        self.depth -= 1
        return part

    def escaped(self) -> Characters:
        """Read what follows a backslash outside a class."""
        letter = self.next()
        if letter.lower() in _CLASSES:
            return Characters(_CLASSES[letter.lower()], negated=letter.isupper())
        code = self.escaped_code(letter)
        return Characters(((code, code),))

    def escaped_code(self, letter: str) -> int:
        """Return the code point that a backslash and *letter* stand for."""
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.isalnum() or not letter.isascii():
            raise self.wrong(f"the escape of {letter} is not allowed", back=1)
        return ord(letter)

    def class_(self) -> Characters:
        """Read a class in square brackets."""
        negated = self.take("^")
        ranges: list[tuple[int, int]] = []
        while not self.take("]"):
            ranges.extend(self.class_member())
        if not ranges:
            raise self.wrong("a class is empty")
        return Characters(tuple(ranges), negated)

    def class_member(self) -> Ranges:
        """Read one character, one range or one class letter within a class."""
        low = self.class_code()
        if isinstance(low, tuple):
            return low
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return ((low, low),)
        self.at += 1
        high = self.class_code()
        if isinstance(high, tuple) or high < low:
            raise self.wrong("a range runs backwards")
        return ((low, high),)

    def class_code(self) -> int | Ranges:
        """Read a code point within a class, or the ranges of a class letter."""
        sign = self.next()
        if sign == "[":
            raise self.wrong("put a backslash before [ within a class", back=1)
        if sign != "\\":
            return ord(sign)
        letter = self.next()
        return _CLASSES[letter] if letter in _CLASSES else self.escaped_code(letter)

    def repeated(self, part: Part) -> Part:
        """Read the repeat that may follow *part*; a second one on top is refused."""
        bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self.peek())
        if bounds:
            self.at += 1
        elif self.take("{"):
            bounds = self.bounds()
        if bounds is None:
            return part
        if self.peek() and self.peek() in "*+?{":
            raise self.wrong("a repeat of a repeat, also a lazy or possessive one, is not allowed")
        return Repeat(part, *bounds)

    def bounds(self) -> tuple[int, int | None]:
        """Read what stands in the braces of a repeat."""
        least = self.number()
        most: int | None = least
        if self.take(","):
            most = None if self.peek() == "}" else self.number()
        if not self.take("}") or (most is not None and most < least):
            raise self.wrong("a repeat reads {2}, {2,} or {2,5}")
        return least, most

    def number(self) -> int:
        """Read a number of repeats."""
        start = self.at
        while self.peek() and self.peek() in "0123456789":
            self.at += 1
        digits = self.text[start : self.at]
        if not digits:
            raise self.wrong("a repeat reads {2}, {2,} or {2,5}")
        if len(digits) > len(str(_MOST_REPEATS)) or int(digits) > _MOST_REPEATS:
            raise self.too_large(f"a repeat counts to at most {_MOST_REPEATS}")
        return int(digits)

    def peek(self) -> str:
        """Return the character at hand, or an empty text at the end."""
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        """Return the character at hand and step over it; the end is refused."""
        sign = self.peek()
        if not sign:
            raise self.wrong("it ends too early")
        self.at += 1
        return sign

    def take(self, sign: str) -> bool:
        """Step over *sign* if it is at hand, and say so."""
        if self.peek() != sign:
            return False
        self.at += 1
        return True

    def wrong(self, why: str, back: int = 0) -> Invalid:
        """Return the error for what cannot be read here."""
        at = self.at - back
        return Invalid.of(UNREADABLE, path=self.path, pattern=_short(self.text), at=at, why=why)

    def too_large(self, why: str) -> Invalid:
        """Return the error for a pattern past a limit."""
        return Invalid.of(TOO_LARGE, path=self.path, pattern=_short(self.text), why=why)
