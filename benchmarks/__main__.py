"""Runs the benchmarks named on the command line, or all of them; each module prints its own table."""

import importlib
import pkgutil
import sys

import benchmarks


def _names() -> list[str]:
    return sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )


def main(chosen: list[str]) -> int:
    """Run each chosen benchmark; an unknown name ends with the list of those there are."""
    unknown = [name for name in chosen if name not in _names()]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(_names())}.")
        return 2
    for name in chosen or _names():
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
