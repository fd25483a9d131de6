"""Strategies for conditions and for the facts they are asked about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from jobkit.conditions import UNKNOWN, All, Any_, Count, Each, Fact, Leaf, Node, Not, Vocabulary
from jobkit.durations import write_duration
from jobkit.instants import write_instant

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

WORDS = Vocabulary.of(
    {
        "tier": "text",
        "band": "integer",
        "price": "decimal",
        "held": "bool",
        "since": "instant",
        "due": "instant",
        "tags": "list[text]",
        "parts[].status": "text",
        "parts[].ready": "bool",
        "parts[].expected": "instant",
        "parts[].holds": "list[text]",
    }
)

texts = st.sampled_from(["", "gold", "silver", 'a "quoted" one', "back\\slash", "zwölf", "line\nbreak"])
numbers = st.integers(-3, 3)
decimals = st.sampled_from(["0", "1.5", "-2.25", "3"])
spans = st.integers(0, 6).map(lambda hours: write_duration(hours * HOUR))
moments = st.integers(-8, 8).map(lambda hours: START + hours * HOUR)
stamps = moments.map(write_instant)

LITERALS: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "integer": numbers,
    "decimal": decimals,
    "bool": st.booleans(),
    "instant": stamps,
}
SCALARS = {
    "tier": "text",
    "band": "integer",
    "price": "decimal",
    "held": "bool",
    "since": "instant",
    "due": "instant",
}
ITEMS = {"status": "text", "ready": "bool", "expected": "instant"}
ORDER = ("less", "at_most", "more", "at_least")
TIMES = ("older_than", "younger_than", "within")


def of_kind(field: str, kind: str, *, knows: bool = True) -> st.SearchStrategy[Leaf]:
    """Return leaves on one fact of a plain kind."""
    literal = LITERALS[kind]

    def leaf(operators: tuple[str, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Leaf]:
        quantifiers = st.sampled_from(["every", "some"] if "[]" in field else ["every"])
        return st.builds(
            Leaf,
            field=st.just(field),
            operator=st.sampled_from(operators),
            value=values,
            quantifier=quantifiers,
        )

    options = [
        leaf(("is", "is_not"), literal),
        leaf(("in", "not_in"), st.lists(literal, max_size=3).map(tuple)),
    ]
    if knows:
        options.append(leaf(("known",), st.booleans()))
    if kind in ("integer", "decimal"):
        options.append(leaf(ORDER, literal))
    if kind == "instant":
        options += [leaf(("before", "after"), stamps | st.just(Fact("due"))), leaf(TIMES, spans)]
    if kind == "text":
        options += [
            leaf(("matches",), st.sampled_from(["[a-z]*", "gold|silver", ".+"])),
            leaf(("contains",), texts),
        ]
    return st.one_of(options)


def leaves(fields: dict[str, str], prefix: str = "", *, knows: bool = True) -> st.SearchStrategy[Leaf]:
    """Return leaves on any of *fields*."""
    return st.one_of([of_kind(prefix + name, kind, knows=knows) for name, kind in fields.items()])


def counts(field: str) -> st.SearchStrategy[Leaf]:
    """Return leaves on the size of one list."""
    size = st.builds(Count, st.sampled_from(["is", *ORDER]), st.integers(0, 3))
    return st.builds(Leaf, field=st.just(field), operator=st.just("count"), value=size)


def trees(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    """Return parts joined by all, any and not."""
    groups = lambda inner: (  # noqa: E731  # a strategy in a word
        st.lists(inner, max_size=3).map(lambda some: some[0] if len(some) == 1 else All(some))
        | st.lists(inner, max_size=3).map(lambda some: some[0] if len(some) == 1 else Any_(some))
        | inner.map(Not)
    )
    return st.recursive(parts, groups, max_leaves=6)


def nodes(*, knows: bool = True) -> st.SearchStrategy[Node]:
    """Return whole conditions over `WORDS`; without *knows* none asks whether a fact is known."""
    plain = leaves(SCALARS, knows=knows)
    tags = st.builds(Leaf, field=st.just("tags"), operator=st.just("contains"), value=texts)
    items = leaves(ITEMS, "parts[].", knows=knows)
    each = st.builds(
        Each,
        field=st.just("parts"),
        part=trees(leaves(ITEMS, "item.", knows=knows) | counts("item.holds")),
        quantifier=st.sampled_from(["every", "some"]),
    )
    return trees(plain | tags | items | each | counts("parts") | counts("tags"))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a value, or one of the ways in which it is not there."""
    return st.one_of(values, values, st.none(), st.just(UNKNOWN))


def facts(gap: Any = maybe) -> st.SearchStrategy[dict[str, Any]]:
    """Return facts for `WORDS`, with gaps."""
    part = st.fixed_dictionaries(
        {
            "id": st.sampled_from(["p1", "p2", "p3"]),
            "status": gap(texts),
            "ready": gap(st.booleans()),
            "expected": gap(moments),
            "holds": gap(st.lists(gap(texts), max_size=3).map(tuple)),
        }
    )
    return st.fixed_dictionaries(
        {
            "tier": gap(texts),
            "band": gap(numbers),
            "price": gap(decimals),
            "held": gap(st.booleans()),
            "since": gap(moments),
            "due": gap(moments),
            "tags": gap(st.lists(gap(texts), max_size=3).map(tuple)),
            "parts": gap(st.lists(part, max_size=3).map(tuple)),
        }
    )


@st.composite
def filled(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return facts with gaps, and the same facts after some of the gaps are filled."""
    before = draw(facts())
    return before, _fill(draw, before, draw(facts()))


def _fill(draw: st.DrawFn, before: Any, source: Any) -> Any:
    if before is None or before is UNKNOWN:
        return source if draw(st.booleans()) else before
    if isinstance(before, dict):
        return {key: _fill(draw, value, source.get(key)) for key, value in before.items()}
    if isinstance(before, tuple) and isinstance(source, tuple) and source:
        return tuple(_fill(draw, item, source[0]) for item in before)
    return before
