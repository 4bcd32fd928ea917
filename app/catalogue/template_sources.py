"""The templates of a package: each piece of a mail, a document or a skeleton that is rendered, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.catalogue.model import Package
from app.catalogue.template_names import IN_DOCUMENTS, IN_LAYOUTS, IN_MAILS, LAYOUTS


@dataclass(frozen=True, slots=True)
class Source:
    """One piece of a template: where it stands, and the names that it is given beside those of every case."""

    file: str
    part: str
    text: str
    first_line: int
    more: frozenset[str]


def sources(package: Package) -> Iterator[Source]:
    """Mails, then documents, then what stands in `_shared/`."""
    for mail in package.mails.values():
        line = _line(package, mail.file, "subject")
        yield Source(mail.file, "header:subject", mail.subject, line, IN_MAILS)
        if mail.subject_en not in ("", mail.subject):
            line = _line(package, mail.file, "subject_en")
            yield Source(mail.file, "header:subject_en", mail.subject_en, line, IN_MAILS)
        yield Source(mail.file, "body", mail.body, mail.body_line, IN_MAILS)
    for document in package.documents.values():
        for key, text in (("title", document.title), ("filename", document.filename)):
            yield Source(document.file, f"header:{key}", text, _line(package, document.file, key), IN_DOCUMENTS)
        yield Source(document.file, "body", document.html, document.body_line, IN_DOCUMENTS)
    for path, content in package.files.items():
        if path.startswith("_shared/") and path.endswith((".html", ".txt", ".md")):
            more = IN_LAYOUTS if path in LAYOUTS else IN_DOCUMENTS | IN_MAILS
            yield Source(path, "body", content.decode("utf-8", "replace"), 1, more)


def _line(package: Package, file: str, key: str) -> int:
    rows = package.files[file].decode("utf-8", "replace").split("\n")
    return next((number for number, row in enumerate(rows, 1) if row.startswith(key)), 1)
