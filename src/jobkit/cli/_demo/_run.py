"""Seats the demo on a database of its own and plays it."""

import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from jobkit.catalog import Catalog
from jobkit.cli._choose import screen
from jobkit.cli._demo._stage import Stage
from jobkit.cli._demo._story import SCENES
from jobkit.cli._screen import Screen
from jobkit.desk import Desk
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.stores.sqlite import SQLiteStore

TAKEN = Template(
    "cli.file_taken",
    "There is already a file {file}, and the demo begins with a new one.",
    "Name a file that does not exist yet.",
)


def run_demo(chosen: Namespace) -> int:
    """Play the demo; a database file that exists already is refused."""
    with _place(chosen.db) as file:
        play(screen(plain=chosen.plain), file, kept=chosen.db is not None)
    return 0


def play(out: Screen, file: Path, *, kept: bool = False) -> None:
    """Tell the whole story on *out*, with the job in a new SQLite file."""
    _tell_opening(out, file, kept)
    # Counted ids and salts let two runs tell the same story; a host leaves both to its store.
    ids, salts = count(1), count(1)
    with SQLiteStore(file) as store:
        desk = Desk(
            Catalog.preset("after-sales"),
            store,
            new_id=lambda: f"id-{next(ids):04}",
            new_salt=lambda: f"{next(salts):064x}",
        )
        stage = Stage(desk, out)
        for scene in SCENES:
            scene(stage)


@contextmanager
def _place(wanted: str | None) -> Iterator[Path]:
    if wanted is not None:
        file = Path(wanted)
        if file.exists():
            raise Invalid.of(TAKEN, file=file.name)
        yield file
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "demo.db"


def _tell_opening(out: Screen, file: Path, kept: bool) -> None:
    out.heading("jobkit demo: one warranty job, from the dealer's request to closed")
    where = f"the SQLite file {file.name}" if kept else "a temporary SQLite file (see --db)"
    out.say(f"The rules are the preset after-sales; the database is {where}.")
    out.say("Each step is one commit. Nobody reads a clock: every date below is told to the desk.", "quiet")
