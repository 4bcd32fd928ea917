"""The process in which documents are drawn. It is started by `pdf.Printer`, never
imported by the portal.

xhtml2pdf reads what a template names, and a template may be anyone's: so it works here, without the portal's
environment, with limits of the kernel, and behind an audit hook that lets it touch its own scratch folder,
the fonts and Python's own files.

Requests and answers on stdin and stdout: a line of JSON with lengths, then the bytes themselves. The parent
gives the scratch folder and takes it away.
"""

from __future__ import annotations

import functools
import io
import json
import logging
import mimetypes
import os
import re
import resource
import shutil
import sys
import sysconfig
import tempfile
from html import unescape
from pathlib import Path
from typing import Any, BinaryIO

from app.connectors import pdf_fields, pdf_lines
from app.connectors.children import serve
from app.connectors.pdf_fallback import Fallback
from app.connectors.pdf_structure import finish
from app.connectors.pdf_tags import Tagger

_JAPANESE = "html { -pdf-word-wrap: CJK; }"
# A document that names no font of its own is still read in Japan: without this its text would be black boxes.
_FONTS = """
@font-face { font-family: "BIZ UDMincho"; src: url("fonts/BIZUDMincho-Regular.ttf"); }
@font-face { font-family: "BIZ UDMincho"; src: url("fonts/BIZUDMincho-Bold.ttf"); font-weight: bold; }
html { font-family: "BIZ UDMincho"; }
"""

FORBIDDEN = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.bind",
    "socket.sendto",
    "socket.gethostbyname",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
    "ctypes.dlopen",
    "ftplib.connect",
    "urllib.Request",
    "os.kill",
    "os.symlink",
    "os.link",
    "webbrowser.open",
)
WRITES = (
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "os.chown",
    "os.truncate",
    "shutil.rmtree",
)


class _Noticed(logging.Handler):
    """What xhtml2pdf complained of, without the document's own words."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kinds: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        character = re.search(r"U\+[0-9A-F]+", record.getMessage())
        kind = f"no font has {character[0]}" if character else record.getMessage().partition(":")[0][:80]
        if kind not in self.kinds and len(self.kinds) < 20:
            self.kinds.append(kind)


class Fence:
    """The audit hook (PEP 578). A second fence behind xhtml2pdf's own policy, not a substitute for it."""

    def __init__(self, readable: list[Path], scratch: Path) -> None:
        self.readable = tuple(f"{path.resolve()}{os.sep}" for path in readable)
        self.scratch = f"{scratch.resolve()}{os.sep}"
        self.up = False

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.up:
            return
        if event == "open":
            self._open(*args)
        elif event in FORBIDDEN or (event in WRITES and not self._inside(args[0], (self.scratch,))):
            raise PermissionError(f"a document may not do this: {event}")

    def _open(self, path: Any, _mode: Any, flags: Any) -> None:
        if isinstance(path, int):
            return
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        roots = (self.scratch,) if writes else (self.scratch, *self.readable)
        if not self._inside(path, roots):
            raise PermissionError(f"a document may not open this file: {path!r}")

    def _inside(self, path: Any, roots: tuple[str, ...]) -> bool:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False
        return f"{os.path.realpath(os.fsdecode(path))}{os.sep}".startswith(roots)


class Desk:
    """Where one document after the other is drawn. `settings`: see `Printer`."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.fonts = Path(settings["fonts"])
        self.home = Path(settings["home"])
        tempfile.tempdir = str(self.home)
        self.fallback = Fallback(self.fonts)
        self.tagger = Tagger()
        self.noticed = _Noticed()
        logging.getLogger("xhtml2pdf").addHandler(self.noticed)
        logging.getLogger("xhtml2pdf").propagate = False
        paths = sysconfig.get_paths()
        code = [Path(paths[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib")]
        self.fence = Fence([self.fonts, *code], self.home)

    def open(self) -> None:
        """Loads what is loaded late (the fence would refuse some of it), then draws its limits around itself."""
        import PIL.Image
        from xhtml2pdf import context

        PIL.Image.init()
        mimetypes.init(files=())  # it would read /etc/mime.types at the first image
        # It takes the digest of each embedded font for every document: 5 MB a face, and they do not change
        # here.
        context._file_digest = functools.cache(context._file_digest)
        pdf_lines.install()
        pdf_fields.install()
        self.fallback.install()
        self.tagger.install()
        self._draw("<p>warm</p>", {})
        sys.addaudithook(self.fence)
        memory, written = self.settings["memory"], self.settings["max_file"]
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def answer(self, html: str, files: dict[str, bytes]) -> tuple[bytes, str]:
        """The PDF, or nothing and the reason."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime) + 1
        limit = (spent + self.settings["cpu_seconds"], resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_CPU, limit)
        self.noticed.kinds.clear()
        self.fence.up = True
        try:
            return self._draw(html, files), ""
        except (MemoryError, RecursionError):
            return b"", "it is too large"
        except Exception as error:
            return b"", f"{type(error).__name__}: {error}"[:2000]
        finally:
            self.fence.up = False

    def _draw(self, html: str, files: dict[str, bytes]) -> bytes:
        from xhtml2pdf.config.resources import ResourceAccessPolicy
        from xhtml2pdf.default import DEFAULT_CSS
        from xhtml2pdf.document import pisaDocument

        base = Path(tempfile.mkdtemp(dir=self.home))
        try:
            for name, content in files.items():
                target = (base / name).resolve()
                if not target.is_relative_to(base.resolve()):
                    raise ValueError(f"a file outside the package: {name}")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            policy = ResourceAccessPolicy.server(
                base_dir=base,
                allow_remote=False,
                extra_roots=(self.fonts,),
                max_total_bytes=120_000_000,
                max_image_pixels=self.settings["max_pixels"],
                max_document_bytes=self.settings["max_source"],
                max_render_seconds=self.settings["seconds"],
            )
            out = io.BytesIO()
            self.tagger.begin()
            result = pisaDocument(
                self.fallback.called(html),
                dest=out,
                path=str(base / "document.html"),
                encoding="utf-8",
                resource_policy=policy,
                link_callback=self._font_or_file,
                default_css=DEFAULT_CSS + _JAPANESE + ("" if "@font-face" in html else _FONTS),
            )
            if result.err:
                errors = [str(entry[2]) for entry in result.log if entry[0] == "error"]
                raise ValueError("; ".join(errors) or "it has errors")
            return self._finished(out, _field_titles(html))
        finally:
            shutil.rmtree(base, ignore_errors=True)

    def _finished(self, drawn: io.BytesIO, titles: dict[str, str]) -> bytes:
        """The document with its structure, and with its fields named."""
        from pypdf import PdfWriter

        writer = PdfWriter(clone_from=drawn)
        pdf_fields.finish(writer, titles)
        finish(writer, self.tagger.last)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    def _font_or_file(self, uri: str, _relative: str | None) -> str | None:
        """`fonts/<name>.ttf` means the portal's fonts, wherever they are installed."""
        folder, _, name = str(uri).rpartition("/")
        return str(self.fonts / name) if folder == "fonts" else None


_FIELD = re.compile(r"<(?:input|textarea)\b[^>]*>", re.I)
_SAYS = re.compile(r"""\b(name|title)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)


def _field_titles(html: str) -> dict[str, str]:
    """What the fields of the document are called for whoever hears it read: name → title."""
    found: dict[str, str] = {}
    for field in _FIELD.findall(html):
        said = {key.lower(): unescape(one or other) for key, one, other in _SAYS.findall(field)}
        if said.get("name") and said.get("title"):
            found[said["name"]] = said["title"]
    return found


def main(stdin: BinaryIO, stdout: BinaryIO, settings: dict[str, Any]) -> None:
    desk = Desk(settings)
    desk.open()
    stdout.write(b"ready\n")
    stdout.flush()
    while line := stdin.readline():
        request = json.loads(line)
        html = stdin.read(request["html"]).decode("utf-8")
        files = {name: stdin.read(length) for name, length in request["files"]}
        pdf, reason = desk.answer(html, files)
        head = {"pdf": len(pdf), "reason": reason, "noticed": desk.noticed.kinds}
        stdout.write(json.dumps(head).encode() + b"\n" + pdf)
        stdout.flush()


def run() -> None:
    """The entry point of the child: settings (JSON) in the first argument."""
    serve(main)
