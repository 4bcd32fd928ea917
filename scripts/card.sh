#!/bin/sh
# Installs pyscard where it can be built (it has no wheel for Linux). Without it the portal runs with its virtual card.
set -eu
cd "$(dirname "$0")/.."
if .venv/bin/python -c 'import smartcard.scard' 2>/dev/null; then
    exit 0
fi
if ! { command -v cc || command -v gcc; } >/dev/null 2>&1 || [ ! -e /usr/include/PCSC/winscard.h ]; then
    echo "Card reader: none can be used here, the virtual card serves. (For a real one: apt-get install gcc libpcsclite-dev python3-dev pcscd)"
    exit 0
fi
# A build that failed is not tried again at each start, but when the lock or the headers on this machine have changed.
tried=.venv/.done/card-failed
now="$(cksum config/locks/card.lock) $(find /usr/include/PCSC /usr/include/python3* -maxdepth 1 -name '*.h' 2>/dev/null | cksum)"
if [ "$(cat $tried 2>/dev/null)" = "$now" ]; then
    echo "Card reader: pyscard could not be built here (see .venv/card-build.log), the virtual card serves."
    exit 0
fi
echo "Building the card reader's library (pyscard) ..."
install() {
    PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m pip install --disable-pip-version-check --no-input \
        --require-hashes --no-build-isolation --use-pep517 -r "config/locks/$1.lock"
}
if { install card-build && install card; } > .venv/card-build.log 2>&1; then
    rm -f $tried
    exit 0
fi
echo "$now" > $tried
echo "Card reader: pyscard could not be built here (see .venv/card-build.log; Debian's python3-dev may be missing), the virtual card serves."
