"""Lets `python -m jobkit` be the command line."""

from jobkit.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
