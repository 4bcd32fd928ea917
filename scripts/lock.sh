#!/bin/sh
# Writes config/locks/*.lock from pyproject.toml: exact versions with the hash of every file, for Python 3.11 to 3.13.
# base is what the portal runs on; dev, card, token and node add to it and never move a version of it; build and card-build
# are what packages that come as source are built with.
# --upgrade brings every version up within the bounds of pyproject.toml and writes the day (docs/components.md).
set -eu
cd "$(dirname "$0")/.."
upgrade="${1:-}"
compile() {
    out="config/locks/$1.lock"
    shift
    .venv/bin/uv pip compile $upgrade --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header "$@" --output-file "$out"
}
compile build --group build
compile card-build --group card-build
compile base pyproject.toml
compile dev pyproject.toml --extra dev --constraint config/locks/base.lock
compile card pyproject.toml --extra card --constraint config/locks/base.lock
compile token pyproject.toml --extra token --constraint config/locks/base.lock
compile node pyproject.toml --extra node --constraint config/locks/base.lock
if [ "$upgrade" = --upgrade ]; then
    sed -i 's/^RENEWED: Final = date(.*)  #/RENEWED: Final = date('"$(date '+%Y, %-m, %-d')"')  #/' config/components.py
fi
