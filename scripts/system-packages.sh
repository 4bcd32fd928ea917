#!/bin/sh
# Installs the Debian packages that the tests use and that are missing, where that is allowed without asking for a
# password. Where it is not, the tests that need them are skipped by name (and fail when CI=true).
set -eu
wanted="chromium-headless-shell fonts-noto-cjk poppler-utils postgresql pcscd vsmartcard-vpcd vsmartcard-vpicc softhsm2 git libpcsclite-dev gcc libc6-dev"
# pyscard is built against the headers of the Python in use: Debian's own come in a package, another Python brings its own.
python=$(readlink -f .venv/bin/python 2>/dev/null || command -v "${PYTHON:-python3}" || true)
case $(readlink -f "${python:-/usr/bin/python3}") in /usr/bin/*) wanted="$wanted python3-dev" ;; esac
# These start services where they are installed, which nobody asked for on a machine of their own.
[ "${CI:-}" != true ] || wanted="$wanted nginx-light prometheus systemd"

command -v apt-get >/dev/null 2>&1 || exit 0
missing=
for package in $wanted; do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in *" installed") ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "Not installed, and installing asks for a password:$missing"
        exit 0
    fi
    as_root="sudo -n"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    # shellcheck disable=SC2086  # a list of package names
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1 </dev/null
}
echo "Installing Debian packages for the tests:$missing ..."
# shellcheck disable=SC2086
if install $missing; then exit 0; fi
$as_root apt-get update -qq >>"$log" 2>&1 || true
# shellcheck disable=SC2086
if install $missing; then exit 0; fi
# One that this release does not have must not keep the others away.
for package in $missing; do
    install "$package" && continue
    # The browser by itself, on releases that do not have it without its windows.
    if [ "$package" = chromium-headless-shell ] && install chromium; then continue; fi
    echo "Could not install $package"
done
tail -n 3 "$log"
