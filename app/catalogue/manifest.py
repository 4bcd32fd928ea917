"""package.toml: who and what a package is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.catalogue import older
from app.catalogue.declared import Declared
from app.catalogue.declaring import read_declared
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
from app.errors import Problem

FILE = "package.toml"
SIDES = ("vendor", "operator")
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


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


def read_manifest(raw: dict[str, Any], problems: list[Problem]) -> Manifest:
    """From parsed TOML. What is missing or wrong goes into `problems`; something empty takes its place."""
    top = Table(older.brought_up(raw), FILE, "", problems)
    title = top.text("title")
    manifest = Manifest(
        id=top.text("id"),
        title=title,
        title_en=top.english("title", title),
        entry=top.text("entry"),
        start_form=top.text("start_form"),
        withdraw_message=top.text("withdraw_message", ""),
        lanes={name: _lane(name, table) for name, table in top.named("lanes").items()},
        stages=tuple(_stage(table) for table in top.array("stages")),
        guidelines=tuple(_guideline(table) for table in top.array("guidelines")),
        fees={name: _fee(name, table) for name, table in top.named("fees").items()},
        calendars={name: _calendar(name, table) for name, table in top.named("calendars").items()},
        cards={name: _cards(name, table) for name, table in top.named("cards").items()},
        downloads={name: _download(name, table) for name, table in top.named("downloads").items()},
        handouts={name: _handout(name, table) for name, table in top.named("handouts").items()},
        certificate=_certificate(top.table("certificate")),
        reminders=_reminders(top.table("reminders")),
        settings={name: _settings(name, table) for name, table in top.named("settings").items()},
        declared=read_declared(top),
    )
    top.close()
    _check_ids(manifest, problems)
    return manifest


def _titles(table: Table) -> tuple[str, str]:
    title = table.text("title")
    return title, table.english("title", title)


def _lane(name: str, table: Table) -> Lane:
    lane = Lane(name, *_titles(table), table.choice("side", SIDES))
    table.close()
    return lane


def _stage(table: Table) -> Stage:
    stage = Stage(table.text("id"), *_titles(table), table.texts("processes"))
    table.close()
    return stage


def _guideline(table: Table) -> Guideline:
    guideline = Guideline(
        table.text("id"),
        *_titles(table),
        table.whole("days", least=1),
        table.text("from"),
        table.text("until"),
        table.choice("side", SIDES),
    )
    table.close()
    return guideline


def _fee(name: str, table: Table) -> Fee:
    fee = Fee(name, *_titles(table), table.text("decision"), table.whole("due_days"), table.text("document"))
    table.close()
    return fee


def _calendar(name: str, table: Table) -> Calendar:
    title, title_en = _titles(table)
    start = table.text("start", "09:00")
    if not _CLOCK.fullmatch(start):
        table.problems.append(Problem(FILE, '“%(key)s” must be a time of day: "13:00".', table.path, {"key": "start"}))
    place = table.text("place", "")
    calendar = Calendar(
        name,
        title,
        title_en,
        table.wholes("weekdays", (0, 1, 2, 3, 4), most=6),
        table.whole("capacity", 1, least=1),
        table.whole("earliest_bd", 1),
        table.whole("latest_days", 120, least=1),
        table.whole("wishes", 3, least=1, most=10),
        table.whole("hold_days", 20),
        table.whole("change_until_bd", 5),
        table.whole("duration_minutes", 60, least=1),
        start,
        place,
        table.english("place", place),
    )
    table.close()
    return calendar


def _cards(name: str, table: Table) -> CardSet:
    cards = CardSet(name, *_titles(table), table.whole("count", least=1, most=100), table.whole("loan_days", least=1))
    table.close()
    return cards


def _download(name: str, table: Table) -> DownloadGroup:
    group = DownloadGroup(name, *_titles(table), table.texts("files"))
    table.close()
    return group


def _handout(name: str, table: Table) -> Handout:
    handout = Handout(name, *_titles(table))
    table.close()
    return handout


def _certificate(table: Table | None) -> CertificateRule | None:
    if table is None:
        return None
    rule = CertificateRule(
        table.text("prefix"),
        table.text("document"),
        table.whole("valid_months", least=1),
        table.whole("audit_opens_bd", 60),
        table.whole("cure_days", 60),
    )
    table.close()
    return rule


def _reminders(table: Table | None) -> Reminders:
    if table is None:
        return Reminders()
    reminders = Reminders(
        table.wholes("before_bd", ()),
        table.wholes("after_bd", ()),
        table.text("vendor_mail", ""),
        table.text("operator_mail", ""),
    )
    table.close()
    return reminders


def _settings(section: str, table: Table) -> dict[str, Setting]:
    return {key: _setting(section, key, inner) for key, inner in table.all().items()}


def _setting(section: str, key: str, table: Table) -> Setting:
    setting = Setting(section, key, *_titles(table), table.scalar("value"), table.flag("sample", False))
    table.close()
    return setting


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
