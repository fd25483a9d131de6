"""`jobkit publish`: the rules of a catalog as a page that people read."""

import sys
from argparse import Namespace

from jobkit.catalog import publish
from jobkit.cli._rules import read_catalog


def run_publish(chosen: Namespace) -> int:
    """Print the published rules of the chosen catalog."""
    sys.stdout.write(publish(read_catalog(chosen.file, chosen.lifecycle, chosen.predicate, chosen.zone)))
    return 0
