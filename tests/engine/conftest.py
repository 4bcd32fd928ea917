from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.engine import Engine, Evaluator


@pytest.fixture(scope="session")
def evaluator() -> Iterator[Evaluator]:
    """One pool of sandbox workers for all tests of a test worker."""
    made = Evaluator(workers=1)
    yield made
    made.close()


@pytest.fixture
def engine(evaluator: Evaluator) -> Engine:
    return Engine(evaluator)
