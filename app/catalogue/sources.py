"""Mail and PDF templates: a TOML header between +++ lines, and the rest."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from app.catalogue.model import DocumentSource, MailSource
from app.catalogue.toml import Table, parse
from app.errors import Problem

AUDIENCES = ("vendor", "operator", "both")


def split_header(text: str, file: str, problems: list[Problem]) -> tuple[dict[str, Any], str, int]:
    """(header, rest, line on which the rest begins). A file without a header is a problem."""
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == "+++"]
    if len(ends) < 2 or ends[0] != 0:
        problems.append(Problem(file, "The header is missing: begin with TOML between two lines of +++."))
        return {}, text, 1
    header = parse("\n".join(lines[1 : ends[1]]), file, problems, first_line=2)
    return header, "\n".join(lines[ends[1] + 1 :]), ends[1] + 2


def read_mail(file: str, text: str, problems: list[Problem]) -> MailSource:
    before = len(problems)
    header, body, line = split_header(text, file, problems)
    table = Table(header, file, "", problems if len(problems) == before else [])  # say one thing about a broken header
    mail = MailSource(
        id=PurePosixPath(file).stem,
        subject=table.text("subject"),
        to=table.text("to"),
        attachments=table.texts("attachments", ()),
        number=table.text("number", ""),
        label=table.text("label", ""),
        header=header,
        body=body,
        body_line=line,
    )
    table.english("label", "")
    table.text("notice", "")  # as which kind of notice the vendor's home shows it; in `header`
    table.close()
    return mail


def read_document(file: str, text: str, problems: list[Problem]) -> DocumentSource:
    before = len(problems)
    header, html, line = split_header(text, file, problems)
    table = Table(header, file, "", problems if len(problems) == before else [])
    document = DocumentSource(
        id=PurePosixPath(file).stem,
        title=table.text("title"),
        filename=table.text("filename"),
        audience=table.choice("audience", AUDIENCES),
        header=header,
        html=html,
        body_line=line,
    )
    table.english("title", "")
    table.whole("key_component", 0, most=2)  # which of the two key components a sealed letter carries; in `header`
    table.close()
    return document
