"""Patterns for other programs: the allow-list subset as a regular expression of ECMA-262."""

from typing import Final

from jobkit.conditions._pattern_reader import Characters, Choice, Part, Repeat, Row, read_pattern

_NEWLINE: Final = 10
_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/-")
_SET_SIGNS: Final = frozenset("&~")
"""Doubled within a class, these mean an operation on sets to some engines."""

_NAMED: Final = {9: "\\t", 10: "\\n", 13: "\\r"}
_VISIBLE: Final = 33
_ASCII_END: Final = 126
_PLANE: Final = 0xFFFF
_REPEATS: Final = {(0, 1): "?", (0, None): "*", (1, None): "+"}


def portable_pattern(pattern: str, path: str = "$") -> str:
    """
    Return *pattern* as a regular expression of ECMA-262, anchored, so that a whole text has to match.

    Class letters are spelled out, as other engines take more characters for digits and spaces than we do.
    A pattern that is not on the allow-list is refused with *path*.

    >>> portable_pattern(r"[A-Z]{2}-?\\d{4,8}")
    '^[A-Z]{2}-?[0-9]{4,8}$'
    """
    part = read_pattern(pattern, path)
    inner = _written(part)
    whole = f"(?:{inner})" if isinstance(part, Choice) else inner
    return f"^{whole}$"


def may_hold_newline(pattern: str, path: str = "$") -> bool:
    """
    Whether a text of this form may hold a line feed; a pattern not on the allow-list is refused with *path*.

    Some engines let `$` match before a last line feed, which matters only for the other patterns.
    """
    return _holds_newline(read_pattern(pattern, path))


def portable_text(text: str) -> str:
    """
    Return a regular expression of ECMA-262 that finds *text* as it stands.

    >>> portable_text("5 (bar)")
    '5 \\\\(bar\\\\)'
    """
    return "".join(_character(ord(sign), in_class=False) for sign in text)


def _holds_newline(part: Part) -> bool:
    if isinstance(part, Characters):
        return part.has(_NEWLINE)
    if isinstance(part, Repeat):
        return _holds_newline(part.part)
    return any(_holds_newline(one) for one in part.parts)


def _written(part: Part) -> str:
    if isinstance(part, Characters):
        return _class(part)
    if isinstance(part, Row):
        return "".join(
            f"(?:{_written(one)})" if isinstance(one, Choice) else _written(one) for one in part.parts
        )
    if isinstance(part, Choice):
        return "|".join(_written(one) for one in part.parts)
    inner = _written(part.part)
    single = inner if isinstance(part.part, Characters) else f"(?:{inner})"
    return f"{single}{_times(part.least, part.most)}"


def _times(least: int, most: int | None) -> str:
    if (least, most) in _REPEATS:
        return _REPEATS[least, most]
    return f"{{{least}}}" if most == least else f"{{{least},{'' if most is None else most}}}"


def _class(part: Characters) -> str:
    if not part.negated and len(part.ranges) == 1 and part.ranges[0][0] == part.ranges[0][1]:
        return _character(part.ranges[0][0], in_class=False)
    members = "".join(_range(low, high) for low, high in part.ranges)
    return f"[{'^' if part.negated else ''}{members}]"


def _range(low: int, high: int) -> str:
    first, last = (_character(code, in_class=True) for code in (low, high))
    return first if low == high else f"{first}-{last}"


def _character(code: int, *, in_class: bool) -> str:
    sign = chr(code)
    if code in _NAMED:
        return _NAMED[code]
    if in_class and sign in _SET_SIGNS:
        return f"\\u{code:04x}"
    if sign in _SYNTAX:
        # Where unicode is on, a hyphen has an escape only within a class.
        return sign if sign in "-/" and not in_class else f"\\{sign}"
    if code == ord(" ") or _VISIBLE <= code <= _ASCII_END or code > _PLANE or sign.isalnum():
        return sign
    return f"\\u{code:04x}"
