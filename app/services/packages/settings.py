"""Settings of process packages: what they are, who changed them, and changing one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.catalogue import Package
from app.errors import NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import ChangeKind
from app.store import changes, database, releases
from app.text import codes


@dataclass(frozen=True, slots=True)
class SettingView:
    """A package setting for the settings page. `value` is text; `kind` is text, number or yesno."""

    name: str  # section.key
    title: str
    value: str
    original: str  # as the package brings it
    sample: bool  # still the package's sample value
    kind: str
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True, slots=True)
class PackageSettings:
    """A package's settings by section."""

    package_id: str
    title: str
    sections: list[tuple[str, list[SettingView]]]
    named: dict[str, str]  # sections to how the package calls them

    @property
    def samples(self) -> int:
        """How many still have their sample value."""
        return sum(1 for _, rows in self.sections for row in rows if row.sample)


def list_settings(portal: Portal, actor: Actor) -> list[PackageSettings]:
    """The settings of every current package, with what staff changed."""
    actor.require("analyst", "administrator")
    with database.connection():
        return [_settings(loaded.package) for loaded in portal.releases.all_current()]


def _settings(package: Package) -> PackageSettings:
    changed = releases.setting_rows(package.id)
    sections = []
    for section, settings in package.settings.items():
        rows = []
        for setting in settings.values():
            row = changed.get(setting.name)
            rows.append(
                SettingView(
                    setting.name,
                    setting.title,
                    row.value if row else _text(setting.value),
                    _text(setting.value),
                    setting.sample and (row is None or row.value == _text(setting.value)),
                    _kind(setting.value),
                    row.changed_at if row else None,
                    row.changed_by if row else "",
                )
            )
        sections.append((section, rows))
    named = {word.id: word.title for word in package.declared.sections.values()}
    return PackageSettings(package.id, package.title, sections, named)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "yesno"
    return "number" if isinstance(value, int) else "text"


def _text(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def one_setting(portal: Portal, package_id: str, name: str, actor: Actor) -> tuple[PackageSettings, SettingView]:
    """A setting of a package. NotFound when the package has none of this name."""
    for package in list_settings(portal, actor):
        for _, rows in package.sections:
            for row in rows:
                if package.package_id == package_id and row.name == name:
                    return package, row
    raise NotFound("There is no setting %(name)s", name=name)


def set_setting(portal: Portal, package_id: str, name: str, value: str, actor: Actor) -> None:
    """Change a setting; who changed it from what to what is on record. Refused when empty or of the wrong kind."""
    actor.require("analyst", "administrator")
    _, before = one_setting(portal, package_id, name, actor)
    value = value.strip()
    if not value:
        raise Refused("Enter a value")
    if len(value) > 2000:
        raise Refused("The value is too long: at most %(most)s characters", most=2000)
    with database.transaction():
        package = portal.releases.current(package_id).package
        package.settings_values({name: value})
        known = {each.name: each for part in package.settings.values() for each in part.values()}
        wanted = known[name].format
        if wanted:
            if why := codes.unfit(wanted, value):
                raise Refused(why)
            value = codes.even(value)
        if value != before.value:
            releases.set_setting(package_id, name, value, portal.now(), actor.name)
            subject = f"{package_id} {name}"
            changes.add(portal.now(), actor.user_id, actor.name, ChangeKind.SETTING, subject, name, before.value, value)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A line of the record of changes."""

    at: datetime
    by: str
    subject: str
    field: str
    before: str
    after: str


def setting_changes(actor: Actor) -> list[ChangeView]:
    """Who changed which setting, newest first."""
    actor.require("analyst", "administrator")
    with database.connection():
        rows = changes.recent(ChangeKind.SETTING)
        return [ChangeView(row.at, row.by_name, row.subject, row.field, row.before, row.after) for row in rows]
