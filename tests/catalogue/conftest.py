from __future__ import annotations

import pytest

from app import catalogue
from app.catalogue import Package
from tests.catalogue.support import THREE_STEPS


@pytest.fixture
def three_steps() -> Package:
    return catalogue.load(THREE_STEPS)
