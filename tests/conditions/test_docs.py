"""The page about conditions says what the code does."""

from pathlib import Path

from jobkit.conditions import OPERATORS, Operator

PAGE = Path(__file__).parents[2] / "docs" / "conditions.md"


def row(operator: Operator) -> str:
    """Return one operator as a row of the table."""
    kinds = ", ".join(operator.kinds)
    single = "text, code, reference, integer, decimal, float, bool, instant, date, duration, any"
    told = kinds.replace(single, "every single value")

    return f"| `{operator.name}` | `{operator.form}` | {told} | {operator.meaning} |"


def test_table_of_operators_is_the_code() -> None:
    """
    The table of operators on the page is made from the operators themselves.
    """
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index("| Operator | As text | Kinds of fact | Meaning |") + 2

    assert [row(operator) for operator in OPERATORS.values()] == lines[start : lines.index("", start)]
