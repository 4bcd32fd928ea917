"""What costs time in this process so that it is slow for thieves or safe from power cuts is neither in tests.

Passwords are hashed at the least cost, a backup's passphrase likewise, and nothing is waited for until it is on the
disk: whoever kills a portal in a test kills processes, and those have the portal's own settings (what they are,
test_support.py reads in one of them).
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

from argon2 import PasswordHasher
from babel.support import NullTranslations, Translations

from app.connectors import age, children
from app.services.signin import passwords
from app.store import connections
from tests.support import lightage, loaded, tables

#: How people's portals start the children of connectors, before `install`.
start_child = children.start


def install() -> None:
    """Once for each test process, before any test."""
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    age.under_passphrase = lightage.under_passphrase
    connections.SYNCHRONOUS = "off"
    os.fsync = lambda _handle: None
    # Each site puts the catalogues of its languages together for itself, and changes none of them by it.
    Translations.load = staticmethod(_known_catalogue)  # type: ignore[method-assign, assignment]
    children.start = loaded.child  # type: ignore[assignment]  # it is asked as a Popen is
    tables.install()
    # Where an environment forbids it (many containers' do), each of the hundreds of processes that tests start would
    # compile the whole portal anew.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # What a test leaves in cycles is not looked for after each 700 objects: that was a sixth of the tests' work.
    gc.set_threshold(50_000, 20, 100)


_load, _catalogues = Translations.load, dict[tuple[str, ...], NullTranslations]()


def _known_catalogue(folder: Any, locales: Sequence[Any], domain: str | None = None) -> NullTranslations:
    key = (str(folder), *map(str, locales), domain or "")
    if key not in _catalogues:
        _catalogues[key] = _load(folder, locales, domain)
    return _catalogues[key]
