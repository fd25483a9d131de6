"""What hostile input is made of: trees, texts and values that nobody should have to expect."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

Make = Callable[[], Any]

DEEP: Final = 10_000
MANY: Final = 600_000
LONG: Final = 10_000_000


class Lost(tzinfo):
    """A zone that does not know its own offset."""

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        """Return no offset."""
        return None

    def dst(self, when: datetime | None) -> timedelta | None:
        """Return no summer time."""
        return None

    def tzname(self, when: datetime | None) -> str | None:
        """Return no name."""
        return None


class Moment(datetime):
    """A datetime of somebody's own."""


class Words(str):
    """A text of somebody's own."""

    __slots__ = ()


def nested(wrap: Callable[[Any], Any], levels: int = DEEP, inner: Any = 1) -> Any:
    """Return *inner* wrapped so many times."""
    for _ in range(levels):
        inner = wrap(inner)
    return inner


def looped_list() -> list[Any]:
    """Return a list that holds itself, twice."""
    loop: list[Any] = []
    loop += [loop, loop]
    return loop


def looped_table() -> dict[str, Any]:
    """Return a table that holds itself, twice."""
    loop: dict[str, Any] = {}
    loop |= {"a": loop, "b": [loop]}
    return loop


VALUES: Final[Mapping[str, Make]] = {
    "bytes": lambda: b"x",
    "a set": lambda: {1, 2},
    "an object": object,
    "a function": lambda: len,
    "a complex number": lambda: 1j,
    "a fraction": lambda: Fraction(1, 3),
    "a decimal that is no number": lambda: Decimal("NaN"),
    "a signalling decimal": lambda: Decimal("sNaN"),
    "an infinite decimal": lambda: Decimal("Infinity"),
    "a decimal of many digits": lambda: Decimal("1e999999"),
    "a float that is no number": lambda: float("nan"),
    "an infinite float": lambda: float("-inf"),
    "an integer of many digits": lambda: 10**100_000,
    "an integer just too large": lambda: 2**53 + 1,
    "half a character": lambda: "\ud800",
    "the other half": lambda: "a\udfffb",
    "half a character as a key": lambda: {"\ud800": 1},
    "a number as a key": lambda: {1: 2},
    "a number of many digits as a key": lambda: {10**100_000: 2},
    "nothing as a key": lambda: {None: 2},
    "a tuple as a key": lambda: {(1, 2): 3},
    "a private mark": lambda: {"$private": "0" * 64},
    "a naive instant": lambda: datetime(2026, 3, 10, 8),
    "an instant in a lost zone": lambda: datetime(2026, 3, 10, 8, tzinfo=Lost()),
    "a naive instant of its own kind": lambda: Moment(2026, 3, 10, 8),
    "a negative duration": lambda: timedelta(days=-1),
    "ten thousand lists": lambda: nested(lambda inner: [inner]),
    "ten thousand tables": lambda: nested(lambda inner: {"a": inner}),
    "ten thousand tuples": lambda: nested(lambda inner: (inner,)),
}
"""Small Python values that no document can hold."""

FLOODS: Final[Mapping[str, Make]] = {
    "a list doubled sixty times": lambda: nested(lambda inner: [inner, inner], 60),
    "a list that holds itself": looped_list,
    "a table that holds itself": looped_table,
    "far too many numbers": lambda: list(range(MANY)),
    "far too many keys": lru_cache(lambda: dict.fromkeys(map(str, range(MANY)), 1)),
    "far too many empty lists": lambda: [[]] * MANY,
    "ten million letters": lambda: "x" * LONG,
    "ten million letters as a key": lambda: {"x" * LONG: 1},
}
"""Python values of no sane size, some of them only to those who follow every way into them."""

KINDS: Final[Mapping[str, Make]] = {
    "a truth": lambda: True,
    "a number": lambda: 7,
    "a fraction of a number": lambda: 1.5,
    "a text": lambda: "\x00",
    "an empty text": str,
    "a text of its own kind": lambda: Words("x"),
    "an empty list": list,
    "an empty table": dict,
    "a list of nothing": lambda: [None],
    "a table of nothing": lambda: {"id": None},
    "a list of lists": lambda: [[[]]],
}
"""Plain values that stand where another kind belongs."""

JSON: Final[Mapping[str, Make]] = {
    "nothing": str,
    "spaces": lambda: "  \n\t",
    "no syntax": lambda: "{a: 1}",
    "a single quote": lambda: "'",
    "half a document": lambda: '{"a": [1, ',
    "two documents": lambda: "{} {}",
    "a trailing comma": lambda: "[1,]",
    "a comment": lambda: "// a\n1",
    "no number": lambda: '{"a": NaN}',
    "infinity": lambda: '{"a": -Infinity}',
    "beyond all floats": lambda: '{"a": [1e999]}',
    "beyond all floats, negative": lambda: "-1e999",
    "beyond 2**53": lambda: '{"a": 9007199254740993}',
    "a number of many digits": lambda: '{"a": ' + "9" * 100_000 + "}",
    "a fraction of many digits": lambda: '{"a": 1' + "0" * 3_000_000 + ".5}",
    "the same key twice": lambda: '{"a": 1, "b": {"c": 1, "c": 2}}',
    "the same key often": lambda: '{"a": [' + ",".join(['{"k":1,"k":2}'] * 20_000) + "]}",
    "half a character": lambda: '{"a": "\\ud800"}',
    "half a character as a key": lambda: '{"\\udfff": 1}',
    "half a character unescaped": lambda: '{"a": "\ud800"}',
    "a line break in a text": lambda: '"a\nb"',
    "a NUL": lambda: '{"a": \x00}',
    "a NUL in bytes": lambda: b"\x00",
    "a mark of order in text": lambda: "\ufeff{}",
    "UTF-16": lambda: '{"a": 1}'.encode("utf-16"),
    "no UTF-8": lambda: b'{"a": "\xff"}',
    "UTF-8 cut short": lambda: b'{"a": "\xc3',
    "half a character in UTF-8": lambda: b'{"a": "\xed\xa0\x80"}',
    "deep lists": lambda: "[" * DEEP + "]" * DEEP,
    "deep tables": lambda: '{"a":' * DEEP + "1" + "}" * DEEP,
    "deep and open": lambda: "[" * 3_900_000,
    "many items and no end": lambda: "[" + "1," * 400_000,
    "too many items": lambda: "[" + ",".join(["1"] * MANY) + "]",
    "too many empty lists": lambda: "[" + ",".join(["[]"] * 600_000) + "]",
    "ten million letters": lambda: '"' + "x" * LONG + '"',
    "ten million bytes that are no text": lambda: b"\xff" * LONG,
    "many escapes and no end": lambda: '"' + "\\n" * 1_900_000,
    "many backslashes": lambda: "\\" * 3_999_999,
    "many brackets that close": lambda: "]" * 3_999_999,
}
"""Texts that are no JSON, or none that is plain data of a sane size."""

TOML: Final[Mapping[str, Make]] = {
    "no syntax": lambda: "id = = 1\n",
    "half a document": lambda: "a = [1, \n",
    "the same key twice": lambda: "a = 1\na = 2\n",
    "the same table twice": lambda: "[a]\n[a]\n",
    "a table where a value is": lambda: "a = 1\n[a.b]\n",
    "no number": lambda: "a = nan\n",
    "infinity": lambda: "a = [-inf]\n",
    "beyond all floats": lambda: "a = 1e999\n",
    "beyond 2**53": lambda: "a = 9007199254740993\n",
    "a number of many digits": lambda: "a = " + "9" * 100_000 + "\n",
    "a hexadecimal number of many digits": lambda: "a = 0x" + "f" * 100_000 + "\n",
    "an octal number of many digits": lambda: "a = 0o" + "7" * 1_990_000 + "\n",
    "a binary number of many digits": lambda: "a = 0b" + "1" * 1_990_000 + "\n",
    "a float of many digits": lambda: "a = 1" + "0" * 1_990_000 + ".5\n",
    "half a character": lambda: 'a = "\\ud800"\n',
    "half a character unescaped": lambda: 'a = "\ud800"\n',
    "half a character as a key": lambda: '"\ud800" = 1\n',
    "a character beyond all": lambda: 'a = "\\Uffffffff"\n',
    "a NUL": lambda: "a = '\x00'\n",
    "a NUL between": lambda: "\x00\n",
    "a mark of order in text": lambda: "\ufeffa = 1\n",
    "no UTF-8": lambda: b"a = '\xff'\n",
    "UTF-16": lambda: "a = 1\n".encode("utf-16"),
    "a naive instant": lambda: "a = 2026-03-10T08:00:00\n",
    "a day that is none": lambda: "a = 2026-02-30\n",
    "an instant before all time": lambda: "a = 0001-01-01T00:00:00+10:00\n",
    "an instant after all time": lambda: "a = 9999-12-31T23:59:59-10:00\n",
    "deep lists": lambda: "a = " + "[" * DEEP + "]" * DEEP + "\n",
    "deep tables": lambda: "a = " + "{a = " * DEEP + "1" + "}" * DEEP + "\n",
    "deep keys": lambda: ".".join("a" * DEEP) + " = 1\n",
    "deep quoted keys": lambda: ".".join(["'a'"] * DEEP) + " = 1\n",
    "deep headers": lambda: "[" + ".".join("a" * DEEP) + "]\n",
    "keys below each other": lambda: "".join(f"[{'.'.join('a' * n)}]\n" for n in range(1, 2_000)),
    "many rows of deep keys": lambda: "".join(f"{'.'.join('a' * 60)}.b{n} = 1\n" for n in range(1_600)) + "=",
    "many tables and one twice": lambda: "".join(f"[a{n}]\n" for n in range(95_000)) + "[a0]\n",
    "many rows and one twice": lambda: "[[a]]\nb=1\n" * 30_000 + "b=1\n",
    "many texts and no end": lambda: "a = [" + "'x'," * 95_000,
    "many inline tables and no end": lambda: "a = [" + "{b=1}," * 45_000,
    "many instants and no end": lambda: "a = [" + "2026-03-10T08:00:00Z," * 45_000,
    "many floats and no end": lambda: "a = [" + "1.5e3," * 95_000,
    "too many values": lambda: "a = [" + "1," * MANY + "]\n",
    "too many keys": lambda: "".join(f"a{n}=1\n" for n in range(150_000)),
    "ten million letters": lambda: "a = '" + "x" * LONG + "'\n",
    "many escapes and no end": lambda: 'a = "' + "\\n" * 990_000,
    "many escapes in many lines and no end": lambda: 'a = """' + "\\n\n" * 300_000,
    "many quotes": lambda: '"' * 1_999_999,
    "many comments": lambda: "#\n" * 990_000 + "=",
    "many spaces": lambda: "a =" + " " * 1_999_000,
    "many dots": lambda: "." * 1_999_999,
    "a long bare key": lambda: "a" * 1_999_999,
    "a long unreadable value": lambda: "a = " + "1_" * 990_000 + "\n",
}
"""Texts that are no TOML, or none that is plain data of a sane size."""
