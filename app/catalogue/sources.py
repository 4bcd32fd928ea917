"""Mail and PDF templates: a TOML header between +++ lines, and the rest."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from app.catalogue.keyed import values
from app.catalogue.model import DocumentSource, MailSource
from app.catalogue.toml import Table, parse
from app.declarations import HEADERS
from app.errors import N_, Problem

NO_HEADER = N_("The header is missing: begin with TOML between two lines of +++.")


def split_header(text: str, file: str, problems: list[Problem]) -> tuple[dict[str, Any], str, int]:
    """(header, rest, line on which the rest begins). A file without a header is a problem."""
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == "+++"]
    if len(ends) < 2 or ends[0] != 0:
        if not _said_of(file, problems):  # else nothing of it could be read
            problems.append(Problem(file, NO_HEADER))
        return {}, text, 1
    header = parse("\n".join(lines[1 : ends[1]]), file, problems, first_line=2)
    return header, "\n".join(lines[ends[1] + 1 :]), ends[1] + 2


def read_mail(file: str, text: str, problems: list[Problem]) -> MailSource:
    header, body, line = split_header(text, file, problems)
    table = Table(header, file, "", [] if _said_of(file, problems) else problems)  # say one thing about a broken header
    said = values(table, HEADERS["mail"])
    return MailSource(
        id=PurePosixPath(file).stem,
        header=header,
        body=body,
        body_line=line,
        **{name: said[name] for name in ("subject", "subject_en", "to", "attachments", "number", "label")},
    )


def read_document(file: str, text: str, problems: list[Problem]) -> DocumentSource:
    header, html, line = split_header(text, file, problems)
    table = Table(header, file, "", [] if _said_of(file, problems) else problems)
    said = values(table, HEADERS["document"])
    return DocumentSource(
        id=PurePosixPath(file).stem,
        header=header,
        html=html,
        body_line=line,
        **{name: said[name] for name in ("title", "filename", "audience")},
    )


def _said_of(file: str, problems: list[Problem]) -> bool:
    return any(problem.file == file for problem in problems)
