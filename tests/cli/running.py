"""What the tests of the command line share: a terminal that is none, and small files."""

import io
import re
from pathlib import Path

MAPPING = 'case = "id"\ntime = "time"\nstate = "state"\nactor = "who"\n'
LOG = """id,time,state,who
a,2026-03-02T08:00:00+01:00,new,ann
a,2026-03-02T09:00:00+01:00,done,ann
b,2026-03-03T08:00:00+01:00,new,bob
b,2026-03-03T09:00:00+01:00,stuck,bob
"""
SOUND = """
id = "door"
version = "1"
states.shut = { category = "open", initial = true }
states.gone = { category = "closed", end = "closed" }
[[transitions]]
trigger = "remove"
from = ["shut"]
to = "gone"
"""


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Claim to be a terminal."""
        return True


def words(text: str) -> list[str]:
    """Return the words of *text* without colours and drawn lines."""
    bare = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return re.sub(r"[\u2500-\u257f\u2501-\u2503]+|-{2,}", " ", bare).split()


def written(folder: Path, name: str, text: str) -> str:
    """Write a file into *folder* and return its path."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)
