"""Strategies for packages that a schema can say, and for documents that they are asked about."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from jobkit.codes import Code, CodeList
from jobkit.conditions import All, Any_, Condition, Count, Each, Leaf, Node, Not, Vocabulary
from jobkit.fields import FieldSpec
from jobkit.requirements import Package
from jobkit.versions import Version, Versions

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
WORDS = Vocabulary.of(
    {
        "job.work.symptom": "text",
        "job.work.crew": "integer",
        "job.work.load": "float",
        "job.work.ready": "bool",
        "job.work.skills": "list[text]",
        "job.work.doses": "list[integer]",
        "job.counts": "map[integer]",
        "job.parts[].number": "text",
        "job.parts[].quantity": "integer",
        "job.parts[].staged": "bool",
        "job.parts[].tags": "list[text]",
        "job.host.*": "any",
    }
)
SCALARS = {
    "job.work.symptom": "text",
    "job.work.crew": "integer",
    "job.work.load": "float",
    "job.work.ready": "bool",
    "job.host.note": "any",
}
PATTERNS = (
    r"[A-Z]{2}-?\d{1,3}",
    r"\w+|\s*",
    r"(a|bc)*[^x]",
    r"\D?(?:K.X){1,2}",
    "",
    r"[&~\-\]^]+",
    "a b|c",
    r"\W\S.",
)
PLAIN = (
    "",
    "LEAK",
    "LEAK.OIL",
    "K X",
    "KX-20",
    "KX-20\n",
    "a",
    "bc",
    "bcab",
    "a\n",
    "x",
    "&~-]^",
    "ä",
    "٣",
    "\t",
)

texts = st.sampled_from(PLAIN)
integers = st.integers(-2, 4)
# JSON has one kind of number: a whole one with a fraction of .0 is told apart by no schema.
floats = st.sampled_from([-1.5, 0.5, 2.25])
scalars = st.one_of(texts, integers, floats, st.booleans(), st.none())
junk = st.one_of(scalars, st.lists(scalars, max_size=2), st.dictionaries(texts, scalars, max_size=2))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "integer": integers,
    "float": st.one_of(floats, integers),
    "bool": st.booleans(),
    "any": st.one_of(texts, integers, floats, st.booleans()),
}
ORDERS = ("less", "at_most", "more", "at_least")


def leaves(field: str, kind: str) -> st.SearchStrategy[Leaf]:
    """Return comparisons of one fact of a plain kind."""
    value = VALUES[kind]
    one = st.builds(Leaf, field=st.just(field), operator=st.sampled_from(["is", "is_not"]), value=value)
    many = st.builds(
        Leaf,
        field=st.just(field),
        operator=st.sampled_from(["in", "not_in"]),
        value=st.lists(value, max_size=3).map(tuple),
    )
    known = st.builds(Leaf, field=st.just(field), operator=st.just("known"), value=st.booleans())
    choices = [one, many, known]
    if kind in ("integer", "float", "any"):
        number = integers if kind == "any" else value
        choices.append(st.builds(Leaf, field=st.just(field), operator=st.sampled_from(ORDERS), value=number))
    if kind in ("text", "any"):
        form = st.sampled_from(PATTERNS)
        choices.append(st.builds(Leaf, field=st.just(field), operator=st.just("matches"), value=form))
        part = texts if kind == "text" else value
        choices.append(st.builds(Leaf, field=st.just(field), operator=st.just("contains"), value=part))
    return st.one_of(choices)


def _some(leaf: Leaf, quantifier: Any) -> Leaf:
    return Leaf(field=leaf.field, operator=leaf.operator, value=leaf.value, quantifier=quantifier)


def quantified(field: str, kind: str) -> st.SearchStrategy[Leaf]:
    """Return comparisons of every or some item."""
    return st.builds(_some, leaves(field, kind), st.sampled_from(["every", "some"]))


counts = st.builds(
    Leaf,
    field=st.sampled_from(["job.parts", "job.work.skills", "job.counts", "job.host.list", "job.work.doses"]),
    operator=st.just("count"),
    value=st.builds(Count, st.sampled_from(["is", *ORDERS]), st.integers(-1, 3)),
)
contained = st.one_of(
    st.builds(Leaf, field=st.just("job.work.skills"), operator=st.just("contains"), value=texts),
    st.builds(Leaf, field=st.just("job.work.doses"), operator=st.just("contains"), value=integers),
)
items = st.one_of(
    quantified("job.parts[].number", "text"),
    quantified("job.parts[].quantity", "integer"),
    quantified("job.parts[].tags[]", "text"),
    quantified("job.work.skills[]", "text"),
    quantified("job.counts[]", "integer"),
    quantified("job.host.list[].x", "any"),
)
in_item: st.SearchStrategy[Node] = st.recursive(
    st.one_of(
        leaves("item.number", "text"),
        leaves("item.quantity", "integer"),
        leaves("item.staged", "bool"),
        quantified("item.tags[]", "text"),
    ),
    lambda inner: st.one_of(st.builds(Not, inner), st.lists(inner, max_size=2).map(All)),
    max_leaves=3,
)
each = st.builds(
    Each, field=st.just("job.parts"), part=in_item, quantifier=st.sampled_from(["every", "some"])
)
conditions: st.SearchStrategy[Node] = st.recursive(
    st.one_of(*(leaves(field, kind) for field, kind in SCALARS.items()), counts, contained, items, each),
    lambda inner: st.one_of(
        st.builds(Not, inner), st.lists(inner, max_size=3).map(All), st.lists(inner, max_size=3).map(Any_)
    ),
    max_leaves=4,
)
lists = st.lists(junk, max_size=3)
parts = st.lists(
    st.one_of(
        scalars,
        st.fixed_dictionaries(
            {},
            optional={
                "number": st.one_of(texts, junk),
                "quantity": st.one_of(integers, junk),
                "staged": scalars,
                "tags": st.none() | st.lists(scalars, max_size=2),
            },
        ),
    ),
    max_size=3,
)
work = st.fixed_dictionaries(
    {},
    optional={
        "symptom": st.one_of(texts, junk),
        "crew": st.one_of(integers, junk),
        "load": st.one_of(floats, junk),
        "ready": st.one_of(st.booleans(), junk),
        "skills": st.one_of(st.none(), st.lists(texts, max_size=3), st.lists(scalars, max_size=3)),
        "doses": st.one_of(st.none(), st.lists(integers, max_size=3), st.lists(scalars, max_size=3)),
    },
)
host = st.fixed_dictionaries({}, optional={"note": junk, "list": junk})

CODES = {
    "symptom": Versions(
        [
            Version(
                NOW.replace(year=2025), "1", CodeList(id="symptom", codes=(Code(id="OLD"), Code(id="LEAK")))
            ),
            Version(
                NOW,
                "2",
                CodeList(
                    id="symptom",
                    version="2",
                    leaves_only=True,
                    codes=(Code(id="OLD", retired=True), Code(id="LEAK"), Code(id="LEAK.OIL"), Code(id="a")),
                ),
            ),
        ]
    )
}
SPECS = (
    FieldSpec(name="serial", type="text", pattern=PATTERNS[0], max_length=6, required=True),
    FieldSpec(name="note", type="text", max_length=3, private=True),
    FieldSpec(name="symptom", type="code", codes="symptom"),
    FieldSpec(name="codes", type="list", item="code", codes="symptom"),
    FieldSpec(name="hours", type="decimal"),
    FieldSpec(name="day", type="date"),
    FieldSpec(name="seen", type="instant"),
    FieldSpec(name="spent", type="duration"),
    FieldSpec(name="crew", type="integer", minimum=Decimal("0.5"), maximum=Decimal(3)),
    FieldSpec(name="load", type="float", minimum=Decimal("0.5")),
    FieldSpec(name="ready", type="bool"),
    FieldSpec(name="asset", type="reference", max_length=4),
    FieldSpec(name="days", type="list", item="date"),
)
GIVEN = ("2026-02-29", "2024-02-29", "2026-02-28", "1900-02-29", "0000-01-01", "2026-2-3", "2026-03-10\n",
         "2026-03-10T08:00:00Z", "2026-03-10T08:00:00", "2026-03-10T25:00:00Z", "2026-03-10T08:00:00.5+01:00",
         "2026-04-31T08:00:00Z", "1.50", "-0", "1e3", ".5", "1.5\n", "8h", "1h 30min", "8 working hours",
         "PT8H", "P1DT", "P", "PT", "P1W2DT3H4M5S", "P1M", "2 months", "1h  5min", "OLD", "7")  # fmt: skip
wire = st.one_of(junk, st.sampled_from(GIVEN), st.lists(st.sampled_from(GIVEN), max_size=2))


@st.composite
def packages(draw: st.DrawFn) -> Package:
    """Draw a package of one to three requirements, some conditional, some without force."""
    chosen = draw(
        st.lists(
            st.tuples(conditions, st.none() | conditions, st.sampled_from(["block", "block", "warn"])),
            min_size=1,
            max_size=3,
        )
    )
    data = [
        {"id": f"r{place}", "condition": Condition.load(condition).to_data(), "severity": severity}
        | ({} if when is None else {"applies_when": Condition.load(when).to_data()})
        for place, (condition, when, severity) in enumerate(chosen)
    ]
    return Package.load({"id": "p", "requirements": data}, WORDS)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a plain document: mostly of the declared shape, with anything anywhere."""
    given: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "work": st.one_of(work, scalars),
                "parts": st.none() | parts,
                "counts": st.none() | st.dictionaries(texts, scalars, max_size=3),
                "host": st.one_of(host, scalars),
            },
        )
    )
    return given


fields = st.fixed_dictionaries(
    {}, optional={"serial": st.just("KX-20"), "note": st.none(), "ready": st.booleans(), "other": wire}
)

short = st.text(alphabet="aAz0_-. \n\t&~^]ä\u0663\x00/|", max_size=5)
patterns = st.recursive(
    st.sampled_from(
        ["a", "A", "\\d", "\\W", "\\s", ".", "[a-z]", "[^a0]", r"[\^\-\]]", "[&&~~]", "\\.", "ä", "/", "-"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["?", "*", "+", "{2}", "{0,1}", "{1,}"])),
    ),
    max_leaves=5,
)


def matching(pattern: str) -> dict[str, Any]:
    """Return the condition that a text has the form of *pattern*."""
    return {"field": "job.text", "matches": pattern}
