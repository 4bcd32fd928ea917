"""A running portal for a module of tests: `nintei run` with its worker, a mail server, a clock file; not the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.flow.place import Place
from tests.support.mail import mail_server


@pytest.fixture(scope="module")
def make_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Place]]:
    """`make_place(packages_dir=…)`: a portal, not started yet; stopped at the end of the module."""
    with ExitStack() as stack:

        def make(**settings: str) -> Place:
            mailbox = stack.enter_context(mail_server())
            place = Place(tmp_path_factory.mktemp("portal"), mailbox, **settings)
            stack.callback(place.stop)
            return place

        yield make


@pytest.fixture
def place_here(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """The same for one test."""
    with ExitStack() as stack:

        def make(**settings: str) -> Place:
            place = Place(tmp_path, stack.enter_context(mail_server()), **settings)
            stack.callback(place.stop)
            return place

        yield make
