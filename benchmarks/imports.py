"""What it costs to import jobkit, beside the three packages that it stands on."""

import compileall
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from benchmarks._measure import Line, table

FLOOR: Final = "import attrs, cattrs, pendulum"
LIMIT: Final = 1.3
_ROUNDS: Final = 9
_TIMED: Final = """
from time import perf_counter
begun = perf_counter()
{what}
print(perf_counter() - begun)
"""
_CASES: Final = (
    ("import jobkit", LIMIT),
    ("from jobkit.lifecycle import Lifecycle", None),
    ("from jobkit import Catalog, Desk", None),
    ("from jobkit import Catalog, Desk; from jobkit.stores.sqlite import SQLiteStore", None),
)


def run() -> None:
    """Print the seconds of each import in a fresh interpreter, the best of several, taken in turns."""
    _compile()
    statements = (FLOOR, *(case for case, _ in _CASES))
    best = dict.fromkeys(statements, float("inf"))
    for _ in range(_ROUNDS):
        for statement in statements:
            best[statement] = min(best[statement], _seconds(statement))
    floor = best[FLOOR]
    lines = [Line(what=FLOOR, figure=_milliseconds(floor))]
    lines += [
        Line(what=_short(case), figure=_milliseconds(best[case]), ratio=best[case] / floor, limit=limit)
        for case, limit in _CASES
    ]
    table("Imports, byte-compiled, best of nine fresh interpreters", lines)


def _compile() -> None:
    spec = find_spec("jobkit")
    if spec is not None and spec.origin is not None:
        compileall.compile_dir(Path(spec.origin).parent, quiet=1)


def _seconds(statement: str) -> float:
    command = [sys.executable, "-c", _TIMED.format(what=statement)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(told.stdout)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _short(statement: str) -> str:
    return statement if len(statement) <= 56 else "the same with SQLiteStore"
