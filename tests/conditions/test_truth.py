"""True, false and unknown: what each operator answers, for one fact and for every or some item of a list."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

import attrs
import pytest

from jobkit.conditions import UNKNOWN, All, Any_, Condition, Not, Vocabulary
from jobkit.privacy import Erased, Redacted

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ask(rule: object, value: object, kind: str = "text", now: datetime | None = NOON) -> bool | None:
    """Ask a rule about the one fact `x`."""
    return Condition.load(rule, Vocabulary.of({"x": kind}))({"x": value}, now)


TRUTHS: list[tuple[str, str, Any, bool | None]] = [
    ('x == "a"', "text", "a", True),
    ('x == "a"', "text", "", False),
    ('x != "a"', "text", "", True),
    ('x in ["a", "b"]', "text", "b", True),
    ('x not in ["a", "b"]', "text", "b", False),
    ("x == 0", "integer", 0, True),
    ("x == false", "bool", False, True),
    ("x < 3", "integer", 2, True),
    ("x < 3", "integer", 3, False),
    ("x <= 3", "integer", 3, True),
    ("x > 3", "integer", 3, False),
    ("x >= 3", "integer", 3, True),
    ('x == "1.50"', "decimal", Decimal("1.5"), True),
    ('x < "1.5"', "decimal", 1, True),
    ('x < "1.5"', "decimal", "1.25", True),
    ("x < 1.5", "float", 1.25, True),
    ('x < "8h"', "duration", timedelta(hours=7), True),
    ('x >= "8h"', "duration", "1d", True),
    ('x == "2026-03-01"', "date", date(2026, 3, 1), True),
    ('before(x, "2026-03-02")', "date", "2026-03-01", True),
    ('before(x, "2026-03-01T12:00:00Z")', "instant", NOON, False),
    ('before(x, "2026-03-01T14:00:00+01:00")', "instant", NOON, True),
    ('after(x, "2026-03-01T12:00:00Z")', "instant", NOON + HOUR, True),
    ('after(x, "2026-03-01T12:00:00Z")', "instant", "2026-03-01T12:00:01Z", True),
    ('older_than(x, "1h")', "instant", NOON - HOUR, True),
    ('older_than(x, "1h")', "instant", NOON - HOUR / 2, False),
    ('younger_than(x, "1h")', "instant", NOON - HOUR, False),
    ('younger_than(x, "1h")', "instant", NOON + HOUR, True),
    ('within(x, "1h")', "instant", NOON + HOUR, True),
    ('within(x, "1h")', "instant", NOON + 2 * HOUR, False),
    ('within(x, "1h")', "instant", NOON, False),
    ('matches(x, "[a-z]+")', "text", "abc", True),
    ('matches(x, "[a-z]+")', "text", "abc1", False),
    ('"b" in x', "text", "abc", True),
    ('"b" in x', "list[text]", ("a", "b"), True),
    ('"b" in x', "list[text]", (), False),
    ("count(x) == 0", "list", (), True),
    ("count(x) >= 2", "list", [1, 2], True),
    ("count(x) < 2", "map", {"a": 1, "b": 2}, False),
    ("known(x)", "text", "", True),
    ("known(x)", "integer", 0, True),
    ("known(x)", "bool", False, True),
    ("known(x)", "list", (), True),
    ("unknown(x)", "text", "", False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "kind", "value", "expected"), TRUTHS)
def test_operator_answers(rule: str, kind: str, value: object, expected: bool) -> None:
    """
    Each operator answers from the value of the fact, in typed or in wire form; 0, False and "" are values.
    """
    assert expected is ask(rule, value, kind)


MISSING = [None, UNKNOWN, Erased("digest"), "not an instant" * 9]


@pytest.mark.parametrize("value", MISSING, ids=["none", "unknown", "erased", "unreadable"])
@pytest.mark.parametrize("rule", ['before(x, "2026-03-01T12:00:00Z")', 'older_than(x, "1h")', "after(x, x)"])
def test_missing_is_unknown(rule: str, value: object) -> None:
    """
    What is missing, not found out, erased or unreadable makes a comparison unknown, and its opposite too.
    """
    assert ask(rule, value, "instant") is None
    assert ask(Not(Condition.load(rule).node), value, "instant") is None


@pytest.mark.parametrize("value", [None, UNKNOWN, Erased("digest"), len])
def test_known_is_never_unknown_itself(value: object) -> None:
    """
    Asking whether a fact is known is answered by false where there is none.
    """
    assert False is ask("known(x)", value)
    assert True is ask("unknown(x)", value)


WRONG_KINDS = [
    ("x == 1", "integer", True),
    ("x == true", "bool", 1),
    ('x == "1"', "text", 1),
    ("x == 1", "integer", "1"),
    ("x == 1", "integer", 1.0),
    ("x < 1", "decimal", float("nan")),
    ("x < 1", "decimal", Decimal("NaN")),
    ("x == 1", "any", Decimal("NaN")),
    ("x == 1", "any", Decimal("sNaN")),
    ("x < 1.0", "float", float("inf")),
    ('before(x, "2026-03-01T12:00:00Z")', "instant", datetime(2026, 1, 1)),
    ('before(x, "2026-03-01")', "date", datetime(2026, 1, 1, tzinfo=UTC)),
    ("count(x) == 3", "list", "abc"),
]


@pytest.mark.parametrize(("rule", "kind", "value"), WRONG_KINDS)
def test_value_of_another_kind_is_unknown(rule: str, kind: str, value: object) -> None:
    """
    A value that is not of the declared kind is not taken for one: True is not 1, "1" is not 1.
    """
    assert ask(rule, value, kind) is None


@pytest.mark.parametrize(
    ("value", "wanted", "expected"), [(1, "true", False), (True, "1", False), (1, '"1"', False)]
)
def test_facts_of_any_kind_keep_their_kind(value: object, wanted: str, expected: bool) -> None:
    """
    Also without declared kinds a number is neither a truth nor a text.
    """
    assert expected is Condition.load(f"x == {wanted}")({"x": value})


def test_facts_of_any_kind_are_read_as_what_they_are() -> None:
    """
    Without a declared kind the fact itself says how the value of the rule is read.
    """
    assert True is Condition.load('x == "1.50"')({"x": Decimal("1.5")})
    assert True is Condition.load('x < "2d"')({"x": timedelta(days=1)})
    assert True is Condition.load("x > y")({"x": Decimal(2), "y": 1})
    assert Condition.load("x < 3")({"x": "abc"}) is None


def test_str_enum_is_its_value() -> None:
    """
    A member of a text enumeration compares as its value, not as its printed name.
    """

    class Tier(str, Enum):  # noqa: UP042  # its str() is what must not be compared
        GOLD = "gold"

    assert True is ask('x == "gold"', Tier.GOLD)


TABLE = [
    (True, True, True, True), (True, False, False, True), (True, None, None, True),
    (False, False, False, False), (False, None, False, None), (None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("one", "two", "both", "either"), TABLE)
def test_three_values(one: bool | None, two: bool | None, both: bool | None, either: bool | None) -> None:
    """
    All and any follow the strong logic of three values, in either order.
    """
    for left, right in ((one, two), (two, one)):
        facts = {"a": left, "b": right}
        assert both is Condition.load("a and b")(facts)
        assert either is Condition.load("a or b")(facts)


def test_empty_groups() -> None:
    """
    All of nothing is true, any of nothing is false.
    """
    assert True is Condition.load(All(()))({})
    assert False is Condition.load(Any_(()))({})


PARTS = [
    ([], True, False),
    (["s"], True, True),
    (["s", "o"], False, True),
    (["o"], False, False),
    (["s", None], None, True),
    (["o", None], False, None),
    (None, None, None),
]


@pytest.mark.parametrize(("statuses", "every", "some"), PARTS)
def test_every_and_some_item(
    statuses: list[str | None] | None, every: bool | None, some: bool | None
) -> None:
    """
    Every item of an empty list is so and none is some; of unknown lists and items it is unknown.
    """
    parts = None if statuses is None else [{"id": f"p{at}", "status": one} for at, one in enumerate(statuses)]
    facts = {"job": {"parts": parts}}

    assert every is Condition.load('every(job.parts[...].status == "s")')(facts)
    assert some is Condition.load('some(job.parts[...].status == "s")')(facts)
    assert every is Condition.load('every(job.parts, item.status == "s")')(facts)
    assert some is Condition.load('some(job.parts, item.status == "s")')(facts)


def test_lists_within_lists() -> None:
    """
    Two `[]` in one path speak of every item of every list; an unknown inner list leaves it unknown.
    """
    rule = Condition.load('every(visits[...].crew[...] != "ann")')

    assert True is rule({"visits": [{"crew": ["bob"]}, {"crew": []}]})
    assert False is rule({"visits": [{"crew": None}, {"crew": ["ann"]}]})
    assert rule({"visits": [{"crew": None}, {"crew": ["bob"]}]}) is None


def test_whether_items_are_known_needs_the_list() -> None:
    """
    With the list itself unknown, it is unknown whether its items have a value.
    """
    assert Condition.load("every(known(parts[...].expected))")({"parts": None}) is None


def test_item_reaches_facts_outside() -> None:
    """
    Within every and some, the item at hand is compared with the rest of the facts.
    """
    words = Vocabulary.of({"start": "instant", "parts[].staged": "bool", "parts[].expected": "instant"})
    rule = Condition.load("every(parts, item.staged or before(item.expected, start))", words)
    late = {"id": "p2", "staged": False, "expected": NOON + HOUR}

    assert True is rule({"start": NOON, "parts": [{"id": "p1", "staged": True}]})
    assert False is rule({"start": NOON, "parts": [{"id": "p1", "staged": True}, late]})


def test_list_with_unknown_items_may_contain_anything() -> None:
    """
    A list that holds an unknown item contains what it is seen to contain, and perhaps the rest.
    """
    assert True is ask('"a" in x', ["a", None], "list[text]")
    assert ask('"b" in x', ["a", UNKNOWN], "list[text]") is None


def test_items_of_a_list_are_read_by_their_kind() -> None:
    """
    The items of a list of instants compare as instants, however they are written.
    """
    assert True is ask('"2026-03-01T13:00:00+01:00" in x', ["2026-03-01T12:00:00Z"], "list[instant]")


@attrs.frozen
class Asset:
    """A host's own value with a property and a method."""

    kind: str

    @property
    def is_pump(self) -> bool:
        """Whether it is a pump."""
        return self.kind == "pump"

    def copy(self) -> "Asset":
        """Return itself."""
        return self


def test_facts_come_as_mappings_or_values() -> None:
    """
    Facts are reached by key in any mapping and by attribute in any value; methods are no facts.
    """
    for host in ({"asset": Asset("pump")}, MappingProxyType({"asset": Asset("pump")})):
        assert True is Condition.load("host.asset.is_pump")({"host": host})
        assert Condition.load('host.asset.copy == "x"')({"host": host}) is None


def test_methods_of_mappings_are_not_reached() -> None:
    """
    A name such as `keys` or `items` reads the entry of a mapping, or nothing.
    """
    assert Condition.load("known(host.keys)")({"host": {}}) is False
    assert True is Condition.load("host.items == 3")({"host": MappingProxyType({"items": 3})})


def test_private_values_are_compared_but_their_salt_is_not_reached() -> None:
    """
    A private text can be asked about; what seals it cannot.
    """
    contact = {"name": Redacted("Frieda Berg", salt="00" * 16)}

    assert True is Condition.load('contact.name == "Frieda Berg"')({"contact": contact})
    assert Condition.load(f'contact.name.salt == "{"00" * 16}"')({"contact": contact}) is None
    assert False is Condition.load("known(contact.name.digest)")({"contact": contact})


def test_time_without_now_is_unknown() -> None:
    """
    A condition on time that is asked without an instant is unknown, not an error.
    """
    assert ask('older_than(x, "1h")', NOON, "instant", now=None) is None
