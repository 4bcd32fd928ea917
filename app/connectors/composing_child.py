"""The process in which texts that are still being written are composed. It is started by `composing.Composer`, never
imported by the portal: without the portal's environment, with limits of the kernel, behind the fence of `pdf_child`.

Requests on stdin: eight bytes of length, then a pickle that the portal made. Answers on stdout: a line of JSON.
"""

from __future__ import annotations

import json
import pickle
import resource
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.connectors import letter, pdf
from app.connectors.children import serve
from app.connectors.pdf_child import Fence
from app.errors import N_, NinteiError


@dataclass(frozen=True, slots=True)
class Mail:
    """As `letter.compose` takes it."""

    subject: str
    body: str
    header: dict[str, Any]
    subject_en: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """As `pdf.compose` takes it."""

    title: str
    filename: str
    body: str


def _composed(asked: dict[str, Any]) -> dict[str, Any]:
    source, context, files, more = asked["source"], asked["context"], asked["files"], asked["more"]
    if asked["kind"] == "mail":
        attachments = [letter.Attachment(name, "application/octet-stream", b"") for name in more.pop("attachments")]
        made = letter.compose(Mail(**source), context, files, attachments=attachments, **more)
        return {"subject": made.subject, "text": made.text, "html": made.html}
    page = pdf.compose(Document(**source), context, files, **more)
    return {"title": page.title, "filename": page.filename, "html": page.html}


class Desk:
    """Where one text after the other is composed. `settings`: see `Composer`."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        paths = sysconfig.get_paths()
        code = [Path(paths[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib")]
        code.append(Path(__file__).parents[2] / "app")
        self.fence = Fence(code, Path(settings["home"]))

    def open(self) -> None:
        """Draws its limits around itself."""
        sys.addaudithook(self.fence)
        memory = self.settings["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def answer(self, request: bytes) -> dict[str, Any]:
        """What came of it, or why nothing did."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + self.settings["cpu_seconds"], resource.RLIM_INFINITY))
        asked = pickle.loads(request)  # noqa: S301 - the portal itself made it
        self.fence.up = True
        try:
            return _composed(asked)
        except NinteiError as error:
            return {"error": error.message, "params": {key: str(value) for key, value in error.params.items()}}
        except (MemoryError, RecursionError):
            return {"error": N_("The text cannot be written: it asks for too much work"), "params": {}}
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"[:500]
            return {"error": N_("The text cannot be written: %(reason)s"), "params": {"reason": reason}}
        finally:
            self.fence.up = False


def main(stdin: BinaryIO, stdout: BinaryIO, settings: dict[str, Any]) -> None:
    desk = Desk(settings)
    desk.open()
    stdout.write(b"ready\n")
    stdout.flush()
    while head := stdin.read(8):
        answer = desk.answer(stdin.read(int.from_bytes(head, "big")))
        stdout.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
        stdout.flush()


def run() -> None:
    """The entry point of the child: settings (JSON) in the first argument."""
    serve(main)
