"""Parts of the tests that need more than Python: what is missing on this machine, and how to get it.

    @needs("chromium")          on a test or as `pytestmark`
    require("postgres")         in a fixture

A part that cannot run is skipped by name; `make test` lists it at the end, and CI=true makes it a failure.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

# The first that is here: the same browser without its windows does the same work in half the time.
CHROMIUM = (
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
)
PCSC_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
# Where pcscd looks for the line that names vpcd's port.
PCSC_READERS = Path("/etc/reader.conf.d/vpcd")


def chromium_path() -> Path | None:
    """The browser's program, or None."""
    return next((Path(place) for place in CHROMIUM if Path(place).exists()), None)


def postgres_bin() -> Path | None:
    """The folder of initdb and postgres, of the newest version installed; Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _chromium() -> str:
    if chromium_path() is None:
        return "no Chromium here (apt-get install chromium-headless-shell)"
    return _japanese_fonts()


def _japanese_fonts() -> str:
    places = [Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/noto-cjk")]
    if not any(list(place.glob("NotoSansCJK*")) for place in places):
        return "no Japanese fonts here (apt-get install fonts-noto-cjk)"
    return ""


def _postgres() -> str:
    if postgres_bin() is None:
        return "no PostgreSQL server programs here (apt-get install postgresql)"
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return "PostgreSQL does not run as root and setpriv is missing (apt-get install util-linux)"
    return ""


def _pcsc() -> str:
    if not Path("/usr/sbin/pcscd").exists() or not PCSC_DRIVER.exists() or not PCSC_READERS.exists():
        return "no PC/SC with a virtual reader here (apt-get install pcscd vsmartcard-vpcd)"
    if importlib.util.find_spec("smartcard") is None:
        return "pyscard is not installed (apt-get install gcc libpcsclite-dev python3-dev, then make test)"
    if os.geteuid() != 0:
        return "pcscd must be started as root"
    return ""


def _vicc() -> str:
    if not Path("/usr/bin/vicc").exists() or not Path("/usr/lib/python3/site-packages/virtualsmartcard").exists():
        return "no virtual card of another maker here (apt-get install vsmartcard-vpicc)"
    return ""


def softhsm_library() -> Path | None:
    """SoftHSM's PKCS#11 library, or None."""
    places = [Path("/usr/lib/softhsm/libsofthsm2.so"), *sorted(Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"))]
    return next((place for place in places if place.exists()), None)


def _softhsm() -> str:
    if softhsm_library() is None or shutil.which("softhsm2-util") is None:
        return "no PKCS#11 token in software here (apt-get install softhsm2)"
    if importlib.util.find_spec("pkcs11") is None:
        return "python-pkcs11 is not installed (make test)"
    return ""


def _poppler() -> str:
    return "" if shutil.which("pdftoppm") else "no pdftoppm here (apt-get install poppler-utils)"


def node() -> str:
    """The program that runs JavaScript without a browser: the machine's own, else that of .venv (scripts/node.sh)."""
    own = Path(__file__).parents[2] / ".venv/node/node"
    return str(own) if own.exists() else shutil.which("node") or ""


def _provider() -> str:
    there = (Path(__file__).parents[2] / ".venv/provider/node_modules/oidc-provider").exists()
    return "" if there and node() else "no provider of identities of another maker here (make test)"


def _program(name: str, package: str) -> Callable[[], str]:
    return lambda: "" if shutil.which(name) else f"no {name} here (apt-get install {package})"


def _frontend() -> str:
    built = Path(__file__).parents[2] / "app/web/static/dist/site.css"
    return "" if built.exists() else "the front end is not built (make install)"


PARTS: dict[str, Callable[[], str]] = {
    "chromium": _chromium,
    "postgres": _postgres,
    "pcsc": _pcsc,
    "vicc": _vicc,
    "softhsm": _softhsm,
    "poppler": _poppler,
    "frontend": _frontend,
    "promtool": _program("promtool", "prometheus"),
    "systemd": _program("systemd-analyze", "systemd"),
    "nginx": _program("nginx", "nginx-light"),
    "provider": _provider,
}


@functools.cache
def lacking(name: str) -> str:
    """Why the part cannot run, as `name: reason`; empty if it can."""
    reason = PARTS[name]()
    return f"{name}: {reason}" if reason else ""


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip by name what this machine lacks the means for."""
    reasons = [reason for reason in map(lacking, names) if reason]
    return pytest.mark.skipif(bool(reasons), reason="; ".join(reasons))


def require(*names: str) -> None:
    """The same inside a fixture or a test."""
    reasons = [reason for reason in map(lacking, names) if reason]
    if reasons:
        pytest.skip("; ".join(reasons))
