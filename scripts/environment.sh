# Sourced by run, test and check: finds a Python, brings .venv up to date, sets $python.
# $group is the dependency group to install besides the run-time packages: "" or "dev".

root=$(CDPATH= cd -P -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

newest_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        found=$(command -v "$name") || continue
        "$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        printf '%s\n' "$found"
        return 0
    done
    echo "Daybook needs Python 3.11 or newer on PATH; found none. Get one at https://www.python.org/downloads/" >&2
    return 1
}

# Many a container sets this; then every process, and the tests start hundreds, compiles all it imports anew.
unset PYTHONDONTWRITEBYTECODE

base_python=$(newest_python)
"$base_python" scripts/environment.py "$group"
python="$root/.venv/bin/python"
