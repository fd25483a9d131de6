"""The command line: a demo, the check and drawing of lifecycles, and the replay of event logs."""

from jobkit.cli._main import main

__all__ = ["main"]
