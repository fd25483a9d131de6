"""The page on the after-sales job says what the data says."""

import re
from pathlib import Path

import pytest

from jobkit.lifecycle import mermaid, transition_table
from jobkit.presets import PREDICATES, text
from tests.presets._jobs import rules

PAGE = Path(__file__).parent.parent.parent / "docs" / "after-sales.md"


@pytest.mark.parametrize("facet", ["work", "parts", "billing"])
def test_transition_table(facet: str) -> None:
    """
    Each facet's table on the page is the one made from its data.
    """
    found = re.search(rf"<!-- table {facet} -->\n\n(.*?)\n<!-- end -->", PAGE.read_text("utf-8"), re.DOTALL)

    assert found is not None
    assert transition_table(rules()[facet]) == found[1]


def test_diagram() -> None:
    """
    The diagram on the page is the one made from the data.
    """
    found = re.search(r"```mermaid\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

    assert found is not None
    assert mermaid(rules()["work"]) == found[1]


def test_every_deed_of_the_data_is_explained() -> None:
    """
    The page has a line for each deed that a transition names.
    """
    named = set(re.findall(r'name = "(\w+_visit|count_\w+|tell)"', text("after_sales")))

    assert named
    assert named == set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE))


def test_every_predicate_is_called_somewhere() -> None:
    """
    No predicate is shipped that neither a lifecycle, nor a queue, nor the page uses.
    """
    documents = ("after_sales", "after_sales_parts", "after_sales_billing", "after_sales_catalog")
    used = "\n".join([*map(text, documents), PAGE.read_text("utf-8")])

    assert [] == [name for name in PREDICATES if name not in used]
