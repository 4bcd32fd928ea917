"""A PDF that is handed out as it is and has no tags is named, whatever lies in it."""

from __future__ import annotations

import zlib

import pytest

from app.catalogue.check_papers import tagged
from app.services.demo.sampleday import sample_pdf
from tests.catalogue.support import problems


def packed(objects: bytes) -> bytes:
    """A PDF whose objects lie in a stream (ISO 32000-1, 7.5.7)."""
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length 9 >>\nstream\n"
    return head + zlib.compress(objects) + b"\nendstream\nendobj\n"


def test_a_pdf_without_tags_is_warned_about() -> None:
    def said(content: bytes) -> list[str]:
        found = problems({"files/guide.pdf": content})
        return [each.severity for each in found if each.file == "files/guide.pdf" and "no tags" in str(each)]

    assert said(sample_pdf("a")) == ["warning"]
    assert said(packed(b"<< /StructTreeRoot 5 0 R >>")) == []


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (b"%PDF-1.4 << /StructTreeRoot 5 0 R >>", True),
        (packed(b"<< /StructTreeRoot 5 0 R >>"), True),
        (packed(b"<< /Pages 5 0 R >>"), False),
        (b"%PDF-1.4 /Encrypt 9 0 R", True),
        (packed(bytes(20 << 20)), False),
        (b"%PDF-1.7 " + b"/ObjStm " * 100_000, False),
        (b"%PDF-1.7 /ObjStm >> stream\nno deflate", False),
    ],
    ids=["plain", "in a stream", "none", "under a password", "bomb", "many", "damaged"],
)
def test_whatever_lies_in_it(content: bytes, known: bool) -> None:
    assert tagged(content) is known
