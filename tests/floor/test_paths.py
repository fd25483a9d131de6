"""Promises of paths: one syntax, items by id, and what is written reads back."""

import pytest

from jobkit.errors import Invalid
from jobkit.paths import Item, join, parse, write


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("", ()),
        ("$.visits[v1].outcome", ("visits", Item("v1"), "outcome")),
        ("visits[v1].outcome", ("visits", Item("v1"), "outcome")),
        ("parts[].status", ("parts", Item(None), "status")),
        ('$["a b"]', (Item("a b"),)),
        (r'$.x["say \"hi\" \\"]', ("x", Item('say "hi" \\'))),
        ("$.links.external_ids[erp:4711]", ("links", "external_ids", Item("erp:4711"))),
    ],
)
def test_path_is_read(text: str, steps: tuple[str | Item, ...]) -> None:
    """
    Names are joined by dots, items stand in brackets, the root may be left out.
    """
    assert steps == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        ".visits",
        "$visits",
        "a..b",
        "a.",
        "a[",
        "a]",
        "a[v1",
        'a["x]',
        "a b",
        "1a",
        "a[x]b",
        "$.",
        "a\n",
        "é",
        "$$",
        "a" * 2000,
    ],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    """
    A text that is not a path says so and shows the syntax.
    """
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert "paths.unreadable" == refused.value.code
    assert "$.visits[v1].outcome" in refused.value.unblock


def test_join_extends_a_path() -> None:
    """
    Steps are added below a path without parsing by hand.
    """
    assert "$.visits[v1].outcome" == join("$.visits", Item("v1"), "outcome")
    assert '$["two words!"]' == join("$", "two words!")


def test_write_is_plain_where_it_can_be() -> None:
    """
    Quotes stand only around ids that need them.
    """
    assert '$.a[b-1]["c]"]' == write(("a", Item("b-1"), Item("c]")))
