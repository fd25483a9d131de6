"""The pages that retell an example say what its transcript says."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_page_of_the_gate_has_the_figures_of_its_story() -> None:
    """
    Each line of the table on the page has the two figures that the example printed, in the same order.
    """
    page = (ROOT / "docs" / "hvac.md").read_text(encoding="utf-8")
    told = (ROOT / "examples" / "hvac.out").read_text(encoding="utf-8")

    printed = re.findall(r"^ *[a-z][a-z, ]+ +(\d+) +(\d+)(?:    .*)?$", told, re.MULTILINE)
    assert 9 == len(printed)
    assert printed == re.findall(r"^\|[^|]+\| (\d+) \| (\d+) \|", page, re.MULTILINE)


def test_the_page_of_the_dispute_has_the_lines_of_a_reading() -> None:
    """
    The spans that the page quotes from the clock stand in the transcript of the example as well.
    """
    page = (ROOT / "docs" / "sla-dispute.md").read_text(encoding="utf-8")
    told = (ROOT / "examples" / "sla_dispute.out").read_text(encoding="utf-8")

    quoted = re.findall(r"^# (2026-10-\d\d \d\d:\d\dZ to .*)$", page, re.MULTILINE)
    assert 4 == len(quoted)
    assert [] == [line for line in quoted if line not in told.splitlines()]


def test_the_page_of_triage_has_the_figures_of_its_story() -> None:
    """
    Each line of the table on the page has the two figures that the example printed, in the same order.
    """
    page = (ROOT / "docs" / "triage-gate.md").read_text(encoding="utf-8")
    told = (ROOT / "examples" / "triage_gate.out").read_text(encoding="utf-8")

    printed = re.findall(r"^ *([a-zA-Z][a-zA-Z, ]+?)  +(\d+) +(\d+)(?:    .*)?$", told, re.MULTILINE)
    assert 13 == len(printed)
    assert printed == re.findall(r"^\| ([^|]+?) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
