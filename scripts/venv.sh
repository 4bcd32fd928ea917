#!/bin/sh
# Makes the virtual environment $1 with a Python from 3.11 to 3.13, or keeps the one that is there and works.
set -eu
venv=$1
fits='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'

# Its commands name their Python by its full path: after the folder was moved or copied they start the wrong one, or none.
if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c "import pip; $fits" 2>/dev/null &&
    grep -qF "$(pwd)/$venv/bin/python" "$venv/bin/pip" 2>/dev/null
then
    exit 0
fi

found=
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$fits" 2>/dev/null; then
        found=$candidate
        break
    fi
done
if [ -z "$found" ]; then
    echo "Nintei needs Python 3.11, 3.12 or 3.13 and found none. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
    echo "A Python elsewhere can be named: make run PYTHON=/path/to/python3.12" >&2
    exit 1
fi
if ! "$found" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "$found has no venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi
echo "Making $venv with $("$found" --version) ..."
"$found" -m venv --clear "$venv"
