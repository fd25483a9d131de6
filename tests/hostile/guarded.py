"""Judges cases in a process of its own, under hard limits: `-m tests.hostile.guarded TABLE FIRST STEP`."""

import json
import math
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jobkit.errors import JobkitError
from tests.hostile.broken import broken_cases
from tests.hostile.cases import Case, all_cases
from tests.hostile.newer import newer_cases

SECONDS: Final = 2.0
SPARE: Final = 256 * 2**20
TABLES: Final = {"doors": all_cases, "newer": newer_cases, "broken": broken_cases}
_GRACE: Final = 3
_LONGEST_REPORT: Final = 200_000
_SIZES: Final = Path("/proc/self/statm")


def cpu() -> float:
    """Return the seconds that this process has computed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def soft(limit: int, value: int) -> None:
    """Set a limit that can be raised again."""
    resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))


def confine() -> None:
    """Leave a case so much more memory than there is now; one that computes without end is killed."""
    if _SIZES.exists():
        pages = int(_SIZES.read_text().split()[0])
        soft(resource.RLIMIT_AS, pages * resource.getpagesize() + SPARE)
    soft(resource.RLIMIT_CPU, math.ceil(cpu() + SECONDS) + _GRACE)


def fault(case: Case) -> str:
    """Return what is wrong with how the door treats what comes to it, or nothing."""
    what = case.make()
    confine()
    began = cpu()
    try:
        case.enter(what)
        told = "" if case.may_pass else "was taken"
    except JobkitError as error:
        told = unfit(error)
    except BaseException as error:  # whatever else escapes is the fault that is looked for
        told = f"raised {type(error).__name__}: {str(error)[:100]}"
    took = cpu() - began
    soft(resource.RLIMIT_AS, resource.getrlimit(resource.RLIMIT_AS)[1])
    return told or (f"took {took:.1f} s" if took >= SECONDS else "")


def unfit(error: JobkitError) -> str:
    """Return why an error is no help, or nothing."""
    plain: Mapping[str, Any] = error.to_dict()
    if any(not finding["path"].startswith("$") for finding in plain["findings"]):
        return f"tells no path: {plain['path'][:50]}"
    if not all(finding["unblock"].strip() for finding in plain["findings"]):
        return "does not say what helps"
    report = json.dumps(plain, ensure_ascii=False).encode()
    return f"tells {len(report)} bytes" if len(report) > _LONGEST_REPORT or not str(error) else ""


def tell(number: int, found: str | None) -> None:
    """Say to the process outside which case begins (None) or what was wrong with it."""
    sys.stdout.write(json.dumps([number, found]) + "\n")
    sys.stdout.flush()


def main(table: str, first: int, step: int) -> None:
    """Run every so many-th case of a table from *first* on; a line before each and one after it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cases = TABLES[table]()
    for number in range(first, len(cases), step):
        tell(number, None)
        tell(number, fault(cases[number]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
