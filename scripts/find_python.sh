#!/usr/bin/env bash
# Print the path of a working Python for a version such as 3.12, or for an interpreter given by its path.
set -euo pipefail

wanted=${1:?"usage: find_python.sh VERSION-OR-PATH"}

# A version manager's shim exists on PATH even when it leads nowhere, so each candidate is run.
runs() {
    "$1" -c 'import sys; print(sys.executable)' 2>/dev/null
}

if [[ $wanted == */* ]]; then
    runs "$wanted" && exit
elif runs "python$wanted"; then
    exit
elif command -v pyenv >/dev/null; then
    for candidate in "$(pyenv root)/versions/$wanted".*/bin/"python$wanted"; do
        runs "$candidate" && exit
    done
fi

echo "find_python: Python $wanted is not on this machine. Install it, or name others: make test-all PYTHONS=\"3.11 /path/to/python\"." >&2
exit 1
