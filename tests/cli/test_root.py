"""What a host gets from `import jobkit`."""

import subprocess
import sys

import pytest

import jobkit
from jobkit import Actor, Catalog, Desk, Job
from jobkit.stores.sqlite import SQLiteStore


def test_names_are_few() -> None:
    """
    The root offers at most twenty names, each once.
    """
    assert len(set(jobkit.__all__)) == len(jobkit.__all__) <= 20


@pytest.mark.parametrize("name", jobkit.__all__)
def test_names_are_the_rooms_own(name: str) -> None:
    """
    A name of the root is the very thing that its room offers under that name.
    """
    found = getattr(jobkit, name)

    assert (name, "jobkit.") == (found.__name__, found.__module__[:7])


def test_unknown_name_is_an_attribute_error() -> None:
    """
    A name that is not there is refused like any module's.
    """
    with pytest.raises(AttributeError, match="no attribute 'Ticket'"):
        jobkit.Ticket  # noqa: B018


def test_names_are_listed() -> None:
    """
    An interactive session sees all names and the version before any is loaded.
    """
    assert {*jobkit.__all__, "__version__"} <= set(dir(jobkit))


def test_import_loads_no_room() -> None:
    """
    Importing jobkit loads none of its rooms.
    """
    code = "import jobkit, sys; print([name for name in sys.modules if name.startswith('jobkit.')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == told.stdout.strip()


def test_the_ten_lines_type_check() -> None:
    """
    The names of the root work together on a store, and a type checker knows them.
    """
    with SQLiteStore(":memory:") as store:
        desk: Desk = Desk(Catalog.preset("after-sales"), store)
        assert isinstance(desk, Desk)
    assert "ann" == Actor(id="ann").id
    assert "Job" == Job.__name__
