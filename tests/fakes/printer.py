"""A printer that takes no time: its "PDF" is the HTML behind a PDF's first line."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import NinteiError


class FakePrinter:
    """Stands where a `Printer` stands. `pages` holds what was asked for; `fail_with` queues errors for the
    next calls."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.fail_with: list[NinteiError] = []

    def render(self, html: str, files: Mapping[str, bytes]) -> bytes:
        if self.fail_with:
            raise self.fail_with.pop(0)
        self.pages.append(html)
        return b"%PDF-1.4\n" + html.encode()

    def close(self) -> None:
        """Nothing runs."""
