from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.forms.drawing import PAGE, environment


@pytest.fixture
def draw() -> Callable[..., str]:
    """A bound form as HTML."""

    def drawn(form: Any, file_url: Any = None, **urls: str) -> str:
        return environment(form.lang).from_string(PAGE).render(form=form, file_url=file_url, urls=urls)

    return drawn
