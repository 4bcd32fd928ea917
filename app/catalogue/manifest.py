"""package.toml: who and what a package is, by what is declared of its keys (app.declarations.package)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.catalogue import older
from app.catalogue.declared import Applicant, Declared, End, Group, Value, Word
from app.catalogue.keyed import read, values
from app.catalogue.terms import (
    Calendar,
    CardSet,
    CertificateRule,
    DownloadGroup,
    Fee,
    Guideline,
    Handout,
    Lane,
    Reminders,
    Setting,
    Stage,
)
from app.catalogue.toml import Table
from app.declarations import SECTIONS, TOP, Shape
from app.errors import Problem
from app.states import Side

FILE = "package.toml"
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of package.toml; see the fields of the same names in `Package`."""

    id: str
    title: str
    title_en: str
    entry: str
    start_form: str
    withdraw_message: str
    lanes: dict[str, Lane]
    stages: tuple[Stage, ...]
    guidelines: tuple[Guideline, ...]
    fees: dict[str, Fee]
    calendars: dict[str, Calendar]
    cards: dict[str, CardSet]
    downloads: dict[str, DownloadGroup]
    handouts: dict[str, Handout]
    certificate: CertificateRule | None
    reminders: Reminders
    settings: dict[str, dict[str, Setting]]
    declared: Declared


def _sided(said: dict[str, Any]) -> dict[str, Any]:
    """The same with its side as a word; what was wrong is empty, and on record already."""
    return {**said, "side": Side(said["side"])}


def read_manifest(raw: dict[str, Any], problems: list[Problem]) -> Manifest:
    """From parsed TOML. What is missing or wrong goes into `problems`; something empty takes its place."""
    top = Table(older.brought_up(raw), FILE, "", problems)
    own = read(top, TOP)
    said = {name: _section(top, name) for name in SECTIONS}
    top.close()
    portals = {
        name: {key: id_ for key, id_ in said[name].items() if id_} for name in ("portal_mails", "portal_documents")
    }
    declared = Declared(
        format=own.pop("format"),
        entry_message=own.pop("entry_message"),
        give_up_message=own.pop("give_up_message"),
        undone_message=own.pop("undone_message"),
        contract=own.pop("contract"),
        groups={name: Group(name, **each) for name, each in said["groups"].items()},
        words={name: Word(name, **each) for name, each in said["words"].items()},
        sections={name: Word(name, **each) for name, each in said["sections"].items()},
        ends={name: End(name, **each) for name, each in said["ends"].items()},
        values={name: Value(name, **each) for name, each in said["values"].items()},
        applicant=Applicant(**said["applicant"]),
        mails=portals["portal_mails"],
        documents=portals["portal_documents"],
    )
    manifest = Manifest(
        **own,
        lanes={name: Lane(name, **_sided(each)) for name, each in said["lanes"].items()},
        stages=tuple(Stage(**each) for each in said["stages"]),
        guidelines=tuple(Guideline(**_sided(each)) for each in said["guidelines"]),
        fees={name: Fee(name, **each) for name, each in said["fees"].items()},
        calendars={name: Calendar(name, **each) for name, each in said["calendars"].items()},
        cards={name: CardSet(name, **each) for name, each in said["cards"].items()},
        downloads={name: DownloadGroup(name, **each) for name, each in said["downloads"].items()},
        handouts={name: Handout(name, **each) for name, each in said["handouts"].items()},
        certificate=CertificateRule(**said["certificate"]) if said["certificate"] else None,
        reminders=Reminders(**said["reminders"]),
        settings={
            section: {key: Setting(section, key, **each) for key, each in settings.items()}
            for section, settings in said["settings"].items()
        },
        declared=declared,
    )
    _check_ids(manifest, problems)
    return manifest


def _section(top: Table, name: str) -> Any:
    """What stands under a heading, in its shape: values by key; of NAMED ones by name, of LISTED ones in order, of
    NESTED ones by both names. Empty where it is absent."""
    section = SECTIONS[name]
    match section.shape:
        case Shape.ONE:
            table = top.table(name)
            return values(table, section) if table is not None else {}
        case Shape.LISTED:
            return [values(table, section) for table in top.array(name)]
        case Shape.NESTED:
            return {
                outer: {inner: values(table, section) for inner, table in tables.all().items()}
                for outer, tables in top.named(name).items()
            }
    if not section.fixed:
        return {inner: values(table, section) for inner, table in top.named(name).items()}
    table = top.table(name)
    found = {inner: table.table(inner) for inner in section.fixed} if table is not None else {}
    if table is not None:
        table.close()
    return {inner: values(each, section) for inner, each in found.items() if each is not None}


def _check_ids(manifest: Manifest, problems: list[Problem]) -> None:
    """Ids become names in templates and addresses: plain letters; each stage and guideline once."""
    if manifest.id and not _ID.fullmatch(manifest.id):
        problems.append(
            Problem(FILE, "The id “%(id)s” must be of small letters, digits and _.", "id", {"id": manifest.id})
        )
    tables: dict[str, Mapping[str, object]] = {
        "lanes": manifest.lanes,
        "fees": manifest.fees,
        "calendars": manifest.calendars,
        "cards": manifest.cards,
        "downloads": manifest.downloads,
        "settings": manifest.settings,
        "groups": manifest.declared.groups,
        **{f"settings.{name}": section for name, section in manifest.settings.items()},
    }
    for path, named in tables.items():
        problems.extend(
            Problem(FILE, "The id “%(id)s” must be of small letters, digits and _.", path, {"id": name})
            for name in named
            if not _ID.fullmatch(name)
        )
    for kind, ids in (
        ("stages", [stage.id for stage in manifest.stages]),
        ("guidelines", [guideline.id for guideline in manifest.guidelines]),
    ):
        problems.extend(
            Problem(FILE, "The id “%(id)s” stands there twice: change one.", kind, {"id": name})
            for name, count in Counter(ids).items()
            if count > 1
        )
