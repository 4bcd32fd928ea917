from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.connectors import children
from app.connectors.pdf import Printer
from tests.connectors import package
from tests.support import quick

FONTS = Path(__file__).parents[2] / "app" / "web" / "static" / "dist" / "fonts"


@pytest.fixture(autouse=True, scope="package")
def _own_children() -> Iterator[None]:
    """Here children are started as where people work, and not as copies of what is loaded."""
    quicker, children.start = children.start, quick.start_child
    yield
    children.start = quicker


@pytest.fixture(scope="session")
def fonts() -> Path:
    assert list(FONTS.glob("*.ttf")), "the fonts of documents come with the front end: make install"
    return FONTS


@pytest.fixture(scope="session")
def printer(fonts: Path) -> Iterator[Printer]:
    printer = Printer(fonts, workers=1)
    yield printer
    printer.close()


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return package.files()
