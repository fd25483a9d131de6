"""What the package promises about itself: what it needs, what it loads, what it ships."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = (
    "networkx",
    "rapidfuzz",
    "rich",
    "numpy",
    "holidays",
    "pendulum",
    "sqlite3",
    "importlib.metadata",
    "asyncio",
)


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """Return pyproject.toml as data."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def bare(requirement: str) -> str:
    """Return the name that a requirement or a pin begins with, in its one normal spelling."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]

    return re.sub(r"[-_.]+", "-", name).lower()


def committed() -> Iterator[Path]:
    """Yield every text file that git follows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name]

    yield from (ROOT / name for name in names if (ROOT / name).is_file())


@pytest.mark.parametrize("module", HEAVY)
def test_importing_jobkit_loads_nothing_heavy(module: str) -> None:
    """
    A host that imports jobkit pays for no graph library, matcher, terminal, database or event loop.
    """
    told = subprocess.run(
        [sys.executable, "-c", f"import jobkit, sys; print({module!r} in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "False" == told.stdout.strip()


def test_types_are_shipped() -> None:
    """
    A host's type checker reads jobkit's own annotations.
    """
    assert resources.files("jobkit").joinpath("py.typed").is_file()


def test_dependencies_are_five(described: dict[str, Any]) -> None:
    """
    Installing jobkit brings these five and whatever they need, nothing else.
    """
    needed = {bare(requirement) for requirement in described["project"]["dependencies"]}

    assert {"attrs", "cattrs", "networkx", "pendulum", "rapidfuzz"} == needed


def test_extras_are_what_exists(described: dict[str, Any]) -> None:
    """
    No extra is promised before the room that it serves is there.
    """
    assert {"batch", "cli", "holidays", "testing"} == set(described["project"]["optional-dependencies"])


def test_installed_version_is_the_described_one(described: dict[str, Any]) -> None:
    """
    The version a host reads from the metadata is the one that stands in pyproject.toml.
    """
    assert described["project"]["version"] == metadata.version("jobkit")


def test_every_direct_requirement_is_pinned(described: dict[str, Any]) -> None:
    """
    Whatever a target installs by name has one exact version in constraints.txt.
    """
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {bare(line) for line in lines if "==" in line}
    groups = [
        *described["dependency-groups"].values(),
        *described["project"]["optional-dependencies"].values(),
    ]
    wanted = [described["project"]["dependencies"], described["build-system"]["requires"], *groups]

    assert set() == {bare(name) for group in wanted for name in group} - pinned


def test_pins_name_no_place() -> None:
    """
    A pin is a version and at most a marker: no address, no hash, no option.
    """
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pin = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.+]*(; python_version (<|>=) \"3\.\d+\")?")

    assert [] == [line for line in lines if not line.startswith("#") and not pin.fullmatch(line)]


def test_committed_files_name_no_machine() -> None:
    """
    Nothing that is committed knows a package registry's address or a folder of one machine.
    """
    foreign = re.compile(r"pypi\.org|pythonhosted\.org|(?<![\w.~/-])/(?:work|root|home)/")
    texts = {str(path): path.read_text(encoding="utf-8", errors="replace") for path in committed()}

    assert [] == [(name, found) for name, text in texts.items() for found in foreign.findall(text)]


def test_make_targets_are_in_its_help() -> None:
    """
    Every target a person may call is listed by a bare `make`.
    """
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    helped = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)

    assert phony is not None
    assert phony.group(1).split() == helped


@pytest.mark.parametrize(
    ("module", "missing"), [("jobkit.testing", "pytest"), ("jobkit.testing.strategies", "hypothesis")]
)
def test_a_missing_extra_says_which_to_install(module: str, missing: str) -> None:
    """
    Without what an extra brings, its room refuses with the extra's name.
    """
    program = f"""
import sys
sys.modules[{missing!r}] = None
from jobkit.errors import Unsupported
try:
    import {module}
except Unsupported as refused:
    print(refused.unblock)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert "jobkit[testing]" in told
