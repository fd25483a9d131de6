"""The command line: a demo, lifecycles checked and drawn, rules published, event logs replayed."""

from jobkit.cli._main import main

__all__ = ["main"]
