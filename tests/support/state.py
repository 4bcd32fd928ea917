"""What belongs to the whole process and one test leaves to the next: taken back, so that no order of tests matters.

The portal's database is one for each process (`app.store.database.proxy`); a test that forgot to open one of its own
used to find the one of whichever test ran before it, and passed or failed by that.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.store import database

#: Set for the whole test process by what is read once in it (libpcsclite, SoftHSM), or by pytest.
LASTING = ("PYTEST_", "PCSCLITE_", "SOFTHSM2_")


@contextmanager
def kept() -> Iterator[None]:
    """Whatever the block binds, sets or changes in this process is afterwards as it was before."""
    bound, place, mask = database.proxy.obj, Path.cwd(), os.umask(0o022)
    os.umask(mask)
    environment, talk = _environment(), _talk()
    try:
        yield
    finally:
        _bind(bound)
        os.chdir(place)
        os.umask(mask)
        for name in _environment().keys() - environment.keys():
            del os.environ[name]
        os.environ.update(environment)
        for logger, was in _talk().items():
            level, logger.propagate, logger.disabled = talk.get(logger, was)
            if logger.level != level:
                logger.setLevel(level)


def _bind(bound: Any) -> None:
    """Another database's connection of this thread is closed; a pool of them as a whole."""
    now = database.proxy.obj
    if now is bound:
        return
    if now is not None:
        with suppress(Exception):  # its server may have gone before
            now.close_all()
    database.proxy.initialize(bound)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(LASTING)}


def _talk() -> dict[logging.Logger, tuple[int, bool, bool]]:
    """What each logger lets through."""
    known = [each for each in logging.Logger.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    return {each: (each.level, each.propagate, each.disabled) for each in (logging.getLogger(), *known)}
