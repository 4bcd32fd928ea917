"""PDFs that a package hands out as they are: who listens to one needs its tags (ISO 32000-1, 14.8)."""

from __future__ import annotations

import re
import zlib

from app.catalogue.complaints import Complaints
from app.catalogue.model import Package
from app.errors import N_

_TREE = b"/StructTreeRoot"
_PACKED = re.compile(rb"/ObjStm\b[^\x00]{0,400}?\bstream\r?\n")  # objects in a stream (7.5.7), which is mostly deflated
_MOST_STREAMS, _MOST_BYTES = 200, 1 << 20  # what is looked through of one file, however large it pretends to be


class PaperChecks:
    """Over the files that are handed out; what is drawn of templates is tagged by the portal."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        for path, content in self.package.files.items():
            if path.startswith("files/") and content.startswith(b"%PDF-") and not tagged(content):
                message = N_(
                    "This PDF has no tags: a screen reader reads it without headings and in no order. Export it again "
                    "as a tagged PDF."
                )
                self.complaints.warn(path, "", message)


def tagged(content: bytes) -> bool:
    """Whether a PDF has a structure. One under a password cannot be asked, and is taken for one that has."""
    if _TREE in content or b"/Encrypt" in content:
        return True
    for found, _ in zip(_PACKED.finditer(content), range(_MOST_STREAMS), strict=False):
        try:
            if _TREE in zlib.decompressobj().decompress(content[found.end() : found.end() + _MOST_BYTES], _MOST_BYTES):
                return True
        except zlib.error:
            continue
    return False
