"""The command line's parser, and what it does about errors, closed pipes and Ctrl-C."""

import io
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import jobkit
from jobkit.cli._check import run_check, run_diagram
from jobkit.cli._choose import screen
from jobkit.cli._demo import run_demo
from jobkit.cli._publish import run_publish
from jobkit.cli._replay import run_replay
from jobkit.cli._telling import tell_error
from jobkit.errors import JobkitError

Run = Callable[[Namespace], int]
Fill = Callable[[ArgumentParser], None]

_TROUBLE: Final = 2
_INTERRUPTED: Final = 130
_PIPE_CLOSED: Final = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command and return its exit status.

    0 is success, 1 that a check found something that blocks, 2 that the data or the arguments are refused,
    130 that it was interrupted, 141 that nobody read on. `JobkitError` is told without a traceback.
    """
    _forgive_encodings()
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.run is None:
        parser.print_help()
        return _TROUBLE
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except JobkitError as error:
        return _refused(chosen, error)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return _PIPE_CLOSED
    return status


def _refused(chosen: Namespace, error: JobkitError) -> int:
    if getattr(chosen, "json", False):
        print(json.dumps({"error": error.to_dict()}, indent=2, ensure_ascii=True))
    tell_error(screen(sys.stderr, plain=chosen.plain), error)
    return _TROUBLE


def _forgive_encodings() -> None:
    """Let a letter that the terminal does not have be spelled out rather than end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    # The interpreter flushes stdout once more at exit; into a closed pipe that would print an error.
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="jobkit", description="The domain kernel of service work, at the prompt.")
    parser.add_argument("--version", action="version", version=f"jobkit {jobkit.__version__}")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (about, run, fill) in _COMMANDS.items():
        command = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        command.add_argument("--plain", action="store_true", help="no colours or bars, even on a terminal")
        command.set_defaults(run=run)
        fill(command)
    return parser


def _demo_arguments(command: ArgumentParser) -> None:
    command.add_argument("--db", metavar="FILE", help="keep the job in this new SQLite file")


def _rules_arguments(command: ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="a lifecycle in TOML or JSON, or the name of a preset")
    _predicate_argument(command)


def _lifecycles_argument(command: ArgumentParser) -> None:
    about = "a lifecycle that the catalog names, beside the presets; may be given several times"
    command.add_argument("--lifecycle", metavar="FILE", action="append", default=[], help=about)


def _predicate_argument(command: ArgumentParser) -> None:
    about = "a predicate of your own that rules call; may be given several times"
    command.add_argument("--predicate", metavar="NAME", action="append", default=[], help=about)


def _check_arguments(command: ArgumentParser) -> None:
    about = "a lifecycle in TOML or JSON, a catalog in TOML, or the name of a preset"
    command.add_argument("file", metavar="FILE", help=about)
    _lifecycles_argument(command)
    _predicate_argument(command)
    command.add_argument("--json", action="store_true", help="print the findings as JSON")


def _diagram_arguments(command: ArgumentParser) -> None:
    _rules_arguments(command)
    command.add_argument("--format", choices=("mermaid", "dot"), default="mermaid", help="what to write")


def _publish_arguments(command: ArgumentParser) -> None:
    command.add_argument("file", metavar="CATALOG", help="a catalog in TOML, or after-sales, the preset")
    _lifecycles_argument(command)
    command.add_argument("--zone", default="UTC", help="the time zone of the preset's calendars")
    _predicate_argument(command)


def _replay_arguments(command: ArgumentParser) -> None:
    command.add_argument("log", metavar="LOG", help="a CSV file, which may be packed with gzip")
    command.add_argument("--map", metavar="FILE", required=True, help="which columns say what, in TOML")
    judged = command.add_mutually_exclusive_group()
    judged.add_argument("--lifecycle", metavar="FILE", help="judge the moves by this lifecycle")
    judged.add_argument("--learn", action="store_true", help="learn it from the first half (the default)")
    _predicate_argument(command)
    command.add_argument("--db", metavar="FILE", help="keep the jobs in this SQLite file")
    command.add_argument("--report", metavar="FILE", help="write the whole report to this JSON file")
    command.add_argument("--check", action="store_true", help="verify and fold every stored history again")
    command.add_argument(
        "--top", metavar="N", type=int, default=10, help="how many lines of each list to show"
    )


_COMMANDS: Final[Mapping[str, tuple[str, Run, Fill]]] = {
    "demo": ("carry one warranty job from request to closed on SQLite", run_demo, _demo_arguments),
    "check": (
        "say what is doubtful about a lifecycle or a catalog; 1 when a finding blocks",
        run_check,
        _check_arguments,
    ),
    "diagram": ("draw a lifecycle as Mermaid or Graphviz text", run_diagram, _diagram_arguments),
    "publish": (
        "print the rules of a catalog as a page that people read",
        run_publish,
        _publish_arguments,
    ),
    "replay": ("fold an event log into jobs and report what was refused", run_replay, _replay_arguments),
}
