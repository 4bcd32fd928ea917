"""Files to a Package. What is wrong is left out and named; reading goes on, so that all is said at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from app.bpmn.words import even
from app.catalogue import archive
from app.catalogue.diagrams import read_diagrams
from app.catalogue.english import FILE as ENGLISH
from app.catalogue.english import read_english, wording
from app.catalogue.manifest import FILE, read_manifest
from app.catalogue.model import DocumentSource, MailSource, Package
from app.catalogue.reasons import of_json
from app.catalogue.sources import read_document, read_mail
from app.catalogue.toml import parse
from app.errors import BadPackage, Problem
from app.feel.dmn import Decision, read_decisions

_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")
_TITLES = re.compile(r'^(title|title_en) *= *"([^"\\\n]*)" *$', re.MULTILINE)  # of a scenario
MAX_TEXT_BYTES = 2 * 1024 * 1024  # of a form or template


def load(folder: Path, shared: Path | None = None) -> Package:
    """From a folder; `shared` is the `_shared` beside packages. Raises BadPackage on what is no package."""
    return from_files(archive.read_folder(folder, shared))


def from_archive(data: bytes) -> Package:
    """From a zip as `to_archive` makes it. Raises BadPackage on a zip that is hostile or broken."""
    return from_files(archive.from_zip(data))


def to_archive(package: Package) -> bytes:
    """All files (with `_shared/…`) as a zip, the same bytes for the same files."""
    return archive.to_zip(package.files)


def from_files(files: Mapping[str, bytes]) -> Package:
    """From path to content. Raises BadPackage on impossible paths and sizes; `check` names the rest."""
    files = archive.checked(files)
    if FILE not in files:
        raise BadPackage([Problem(FILE, "The package holds no package.toml.")])
    problems: list[Problem] = []
    raw = parse(_text(FILE, files[FILE], problems), FILE, problems)
    manifest = read_manifest(raw, [] if problems else problems)  # a file that cannot be read lacks everything
    sources = {path: files[path] for path in _top(files, ".bpmn")}
    diagrams = read_diagrams(sources, manifest.entry, manifest.lanes, problems)
    for file, lane in sorted({use for use in diagrams.lane_uses if raw and use[1] not in manifest.lanes}):
        problems.append(
            Problem(
                FILE,
                "The lane “%(lane)s” of %(file)s is not described: add [lanes.%(lane)s].",
                "lanes",
                {"lane": lane, "file": file},
            )
        )
    mails, documents = _templates(files, problems)
    forms = _forms(files, problems)
    table = (
        read_english(parse(_text(ENGLISH, files[ENGLISH], problems), ENGLISH, problems), problems)
        if ENGLISH in files
        else {}
    )
    return Package(
        id=manifest.id,
        title=manifest.title,
        title_en=manifest.title_en,
        digest=archive.digest(files),
        entry=manifest.entry,
        start_form=manifest.start_form,
        withdraw_message=manifest.withdraw_message,
        files=files,
        bpmn={path: files[path] for path in diagrams.safe},
        lanes=manifest.lanes,
        stages=manifest.stages,
        guidelines=manifest.guidelines,
        fees=manifest.fees,
        calendars=manifest.calendars,
        cards=manifest.cards,
        downloads=manifest.downloads,
        titles={each.name: each.title for each in manifest.handouts.values()},
        certificate=manifest.certificate,
        reminders=manifest.reminders,
        settings=manifest.settings,
        declared=manifest.declared,
        elements=diagrams.elements,
        flows=diagrams.flows,
        refused=diagrams.refused,
        processes=diagrams.processes,
        forms=forms,
        mails=mails,
        documents=documents,
        decisions=_decisions(files, problems),
        english={**_walks(files), **wording(manifest, mails, documents, forms, table, diagrams.elements.values())},
        table=table,
        words=diagrams.words,
        problems=tuple(problems),
    )


def _walks(files: Mapping[str, bytes]) -> dict[str, str]:
    """What scenarios are called, in English."""
    found: dict[str, str] = {}
    for path in _inside(files, "scenarios", ".toml"):
        said = dict(_TITLES.findall(files[path].decode("utf-8", "replace")))
        if said.get("title") and said.get("title_en"):
            found[even(said["title"])] = said["title_en"]
    return found


def _templates(
    files: Mapping[str, bytes], problems: list[Problem]
) -> tuple[dict[str, MailSource], dict[str, DocumentSource]]:
    mails = [read_mail(path, _text(path, files[path], problems), problems) for path in _inside(files, "mail", ".md")]
    documents = [
        read_document(path, _text(path, files[path], problems), problems) for path in _inside(files, "pdf", ".html")
    ]
    return {mail.id: mail for mail in mails}, {document.id: document for document in documents}


def _forms(files: Mapping[str, bytes], problems: list[Problem]) -> dict[str, dict[str, Any]]:
    forms: dict[str, dict[str, Any]] = {}
    for path in _inside(files, "forms", ".form"):
        schema = _json(path, _text(path, files[path], problems), problems)
        if isinstance(schema, dict) and isinstance(schema.get("components"), list):
            forms[PurePosixPath(path).stem] = schema
        elif schema is not None:
            problems.append(Problem(path, "This is not a form: it has no list of components."))
    return forms


def _decisions(files: Mapping[str, bytes], problems: list[Problem]) -> dict[str, Decision]:
    decisions: dict[str, Decision] = {}
    for path in _top(files, ".dmn"):
        found = read_decisions(files[path], path, problems)
        problems.extend(
            Problem(path, "Two decisions have the id %(id)s: change one.", name, {"id": name})
            for name in sorted(found.keys() & decisions.keys())
        )
        decisions = {**found, **decisions}
    return decisions


def _json(path: str, text: str, problems: list[Problem]) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        problems.append(
            Problem(
                path,
                "This is not JSON: %(reason)s (column %(column)s).",
                params={"reason": of_json(error.msg), "column": error.colno},
                line=error.lineno,
            )
        )
    except RecursionError:
        problems.append(Problem(path, "The JSON is nested too deep."))
    except ValueError as error:
        found = str(error) if str(error) in _NO_NUMBERS else "…"  # else a number of 5,000 digits
        problems.append(Problem(path, "The JSON holds what a form cannot: %(found)s.", params={"found": found}))
    return None


def _text(path: str, data: bytes, problems: list[Problem]) -> str:
    if len(data) > MAX_TEXT_BYTES:
        problems.append(
            Problem(path, "The file is too large: %(most)s bytes are allowed.", params={"most": MAX_TEXT_BYTES})
        )
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(
            Problem(
                path,
                "This is not UTF-8 (byte %(position)s): save it as UTF-8.",
                params={"position": error.start + 1},
            )
        )
        return ""


def _top(files: Mapping[str, bytes], suffix: str) -> Iterator[str]:
    return (path for path in files if "/" not in path and path.endswith(suffix))


def _inside(files: Mapping[str, bytes], folder: str, suffix: str) -> Iterator[str]:
    return (path for path in files if path.count("/") == 1 and path.startswith(f"{folder}/") and path.endswith(suffix))
