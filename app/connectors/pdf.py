"""Documents: a package's HTML template becomes a PDF, drawn by xhtml2pdf in child processes with
limits (see pdf_child)."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Protocol

from app.connectors.children import Child
from app.connectors.qr import qr
from app.connectors.signature import SigningKey, make_signing_key, sign
from app.connectors.templates import Context, Files, render_html, render_text
from app.errors import N_, Permanent, Temporary

__all__ = [
    "DocumentSource",
    "Limits",
    "Page",
    "Printer",
    "SigningKey",
    "compose",
    "make_signing_key",
    "qr",
    "sign",
]

_DRAWN = (".png", ".jpg", ".jpeg", ".gif", ".ttf")  # SVG is left out: it is a program of its own
_START_SECONDS = 90.0
_LOG = logging.getLogger("nintei.pdf")


class DocumentSource(Protocol):
    """A document template as the catalogue reads it; `title` and `filename` are templates as well."""

    @property
    def title(self) -> str: ...
    @property
    def filename(self) -> str: ...
    @property
    def body(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Page:
    """A document before it is drawn."""

    title: str
    filename: str
    html: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one document: processor and wall-clock seconds, bytes of memory, source and result, pixels of an image. The
    processor's seconds bound the work; those of the clock end what waits, and leave a busy machine its time."""

    cpu_seconds: int = 6
    seconds: float = 30.0
    memory: int = 1 << 30
    source: int = 4_000_000
    result: int = 30_000_000
    pixels: int = 12_000_000


def compose(source: DocumentSource, context: Context, files: Files, *, document_id: str) -> Page:
    """The document's HTML; `title` is seen by the skeletons. Raises `Permanent` when the template fails."""
    name = f"pdf/{document_id}.html"
    title = " ".join(render_text(source.title, context, files, name=name).split())
    filename = " ".join(render_text(source.filename, {**context, "title": title}, files, name=name).split())
    html = render_html(source.body, {**context, "title": title, "document_id": document_id}, files, name=name)
    return Page(title, _file_name(filename or f"{document_id}.pdf"), _titled(html, title))


def _titled(html: str, title: str) -> str:
    """With the document's title where its template gives none of its own: a reader's program says it first."""
    if not title or re.search(r"<title\b", html, re.I):
        return html
    opening = re.search(r"<head\b[^>]*>", html, re.I) or re.search(r"<html\b[^>]*>", html, re.I)
    place = opening.end() if opening else 0
    return f"{html[:place]}<title>{escape(title)}</title>{html[place:]}"


def _file_name(name: str) -> str:
    safe = "".join("_" if character in '/\\:*?"<>|' or not character.isprintable() else character for character in name)
    stem = safe.removesuffix(".pdf").strip(". ")[:80] or "document"
    return f"{stem}.pdf"


class Printer:
    """Draws HTML as PDF. Children start at the first use, are reused, and are replaced after `recycle` documents.

    `fonts_dir` holds the TTF files that style sheets name as `url("fonts/<file>.ttf")`. Safe for threads;
    each process that uses a Printer has children of its own.
    """

    def __init__(self, fonts_dir: Path, *, limits: Limits | None = None, workers: int = 2, recycle: int = 200) -> None:
        self.fonts_dir = fonts_dir
        self.limits = limits or Limits()
        self.recycle = recycle
        self._free = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._pid = os.getpid()

    def render(self, html: str, files: Mapping[str, bytes]) -> bytes:
        """The PDF. Of `files` the document can reach images and fonts alone, by their path in the package.

        Raises `Permanent` (the document cannot be drawn, or not within the limits) or `Temporary` (no child answered).
        """
        if not any(self.fonts_dir.glob("*.ttf")):
            raise Permanent("The fonts for documents are missing in %(folder)s", folder=str(self.fonts_dir))
        if len(html.encode()) > self.limits.source:
            raise Permanent("The document cannot be drawn: %(reason)s", reason=N_("its source is too long"))
        usable = {name: content for name, content in files.items() if name.lower().endswith(_DRAWN) and name in html}
        with self._free:
            child = self._take()
            try:
                pdf = child.draw(html, usable)
            except BaseException:
                child.close()
                raise
            self._give_back(child)
        if len(pdf) > self.limits.result:
            raise Permanent("The document cannot be drawn: %(reason)s", reason=N_("it is too large"))
        return pdf

    def close(self) -> None:
        """Ends the idle children."""
        with self._lock:
            children, self._idle = self._idle, []
        for child in children:
            child.close()

    def _take(self) -> _Child:
        with self._lock:
            if self._pid != os.getpid():  # forked: the parent's children are not ours to talk to
                self._pid, self._idle = os.getpid(), []
            while self._idle:
                child = self._idle.pop()
                if child.alive():
                    return child
                child.close()
        return _Child(self.fonts_dir, self.limits)

    def _give_back(self, child: _Child) -> None:
        if child.drawn >= self.recycle:
            child.close()
            return
        with self._lock:
            self._idle.append(child)


class _Child(Child):
    """The conversation with `pdf_child`."""

    def __init__(self, fonts_dir: Path, limits: Limits) -> None:
        self.limits = limits
        self.drawn = 0
        settings = {
            "fonts": str(fonts_dir.resolve()),
            "cpu_seconds": limits.cpu_seconds,
            "seconds": limits.seconds,
            "memory": limits.memory,
            "max_file": limits.result * 2,
            "max_source": limits.source,
            "max_pixels": limits.pixels,
        }
        failure = N_("The program that draws documents did not start")
        super().__init__("pdf_child", "pdf", settings, _START_SECONDS, failure)

    def draw(self, html: str, files: Mapping[str, bytes]) -> bytes:
        source = html.encode()
        request = {"html": len(source), "files": [[name, len(content)] for name, content in files.items()]}
        head: dict[str, Any] = {}
        pdf = b""
        self.drawn += 1
        with self.deadline(self.limits.seconds), contextlib.suppress(BrokenPipeError):
            self.requests.write(json.dumps(request).encode() + b"\n" + source + b"".join(files.values()))
            self.requests.flush()
            line = self.answers.readline(100_000)
            if line.endswith(b"\n"):
                head = json.loads(line)
                pdf = self.answers.read(min(head["pdf"], self.limits.result + 1))
        if not head or (head["pdf"] <= self.limits.result and len(pdf) < head["pdf"]):
            raise self._died()
        for kind in head["noticed"]:
            _LOG.warning("document: %s", kind)
        if not pdf:
            raise Permanent("The document cannot be drawn: %(reason)s", reason=head["reason"])
        return pdf

    def _died(self) -> Permanent | Temporary:
        if self.ended() in (-signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGSEGV):
            return Permanent("The document cannot be drawn: %(reason)s", reason=N_("it asks for too much work"))
        return Temporary("The document was not drawn within %(seconds)s seconds", seconds=self.limits.seconds)
