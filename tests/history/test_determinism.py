"""One log, one digest: neither hash seed nor zone nor locale shows in what is sealed or folded."""

import os
import subprocess
import sys
from pathlib import Path

LOG = Path(__file__).parent.parent / "fixtures" / "history" / "format_1.jsonl"

TELL = """
import sys
from jobkit.documents import unstructure
from jobkit.history import EventSet, History, digest, head, merge, read_line, seal, verify
import attrs

events = tuple(read_line(line) for line in open(sys.argv[1], "rb").read().splitlines())
assert verify(events, head(events)).ok
first = events[0]
loose = tuple(attrs.evolve(told, seq=0, prev="", hash="", origin="van-7") for told in events[1:])
numbered = tuple(attrs.evolve(told, origin_seq=place) for place, told in enumerate(loose, start=1))
base = head(events[:1])
outcome = merge(
    base,
    History(events[:1]).job,
    (EventSet(origin="van-7", events=numbered),),
    lambda job, event: (),
    recorded_at=events[-1].recorded_at,
)
sealed = seal(outcome.events, base)
print(digest([unstructure(History(events).job), [told.hash for told in sealed], unstructure(outcome.job)]))
"""


def told(**environment: str) -> str:
    """
    What a fresh interpreter says about the frozen log in an environment.
    """
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "PYTHONHASH"))}
    run = subprocess.run(
        [sys.executable, "-c", TELL, str(LOG)],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return run.stdout.strip()


def test_the_same_log_gives_the_same_digest() -> None:
    """
    Folding, merging and sealing one log gives one digest under other hash seeds, time zones and locales.
    """
    digests = {
        told(PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C"),
        told(PYTHONHASHSEED="1", TZ="America/St_Johns", LC_ALL="C.UTF-8"),
        told(PYTHONHASHSEED="4242", TZ="Pacific/Chatham", LC_ALL="tr_TR.UTF-8"),
    }

    (only,) = digests
    assert 64 == len(only)
