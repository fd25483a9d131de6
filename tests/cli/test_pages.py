"""The pages are complete and say what is so: navigation, links, and what their blocks print."""

import io
import re
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of a page that are written in *language*."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)


def printed(page: Path, folder: Path) -> list[str]:
    """Run a page's Python blocks as one story and return what each of them prints."""
    names: dict[str, Any] = {}
    with chdir(folder):
        return [_printed(compile(block, page.name, "exec"), names) for block in blocks(page, "python")]


def _printed(code: Any, names: dict[str, Any]) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        exec(code, names)
    return out.getvalue()


def remarks(block: str) -> str:
    """Return the comment lines of a block: what the tutorial says is printed."""
    return "".join(f"{line[2:]}\n" for line in block.splitlines() if line.startswith("# "))


def test_readme_prints_what_it_says(tmp_path: Path) -> None:
    """
    The ten lines print the text that stands below them.
    """
    readme = ROOT / "README.md"

    assert blocks(readme, "text") == [told for told in printed(readme, tmp_path) if told]


def test_readme_is_short() -> None:
    """
    The README stays under 120 lines, and its first block has ten at most.
    """
    readme = ROOT / "README.md"

    assert len(readme.read_text(encoding="utf-8").splitlines()) < 120
    assert len([line for line in blocks(readme, "python")[0].splitlines() if line]) <= 10


def test_tutorial_prints_what_it_says(tmp_path: Path) -> None:
    """
    Where a block of the tutorial prints, the comments below say what.
    """
    tutorial = ROOT / "docs" / "tutorial.md"

    assert [remarks(block) for block in blocks(tutorial, "python")] == printed(tutorial, tmp_path)


def test_navigation_lists_every_page() -> None:
    """
    Every page stands in the navigation, and the navigation names no other.
    """
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = re.findall(r"^ +- .*: (\S+\.md)$", text, re.M)

    assert [page.relative_to(ROOT / "docs").as_posix() for page in PAGES] == sorted(listed)


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """
    A link to another file of the project finds it.
    """
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))

    assert [] == [link for link in links if not (page.parent / link).exists()]
