"""A package as it stands on a day: with the values that staff gave what is theirs (settings, and keys that are `live`).

The release stays what it is; this is a copy of its facts beside it. A value of an earlier edition, which the package
does not know or cannot read any more, is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.catalogue.model import Package, typed
from app.declarations import SECTIONS, Key, Kind
from app.errors import Refused

log = logging.getLogger("nintei.standing")

DAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Live:
    """A key of package.toml that staff may give another value. `owner`: what it is of, "" where its section is one;
    `value`: what holds, as text (`app.declarations.settings`)."""

    section: str
    owner: str
    owner_title: str
    key: Key
    value: str

    @property
    def name(self) -> str:
        """By which its value is kept; no setting's name has a colon."""
        return f"{self.section}:{self.owner}:{self.key.name}" if self.owner else f"{self.section}:{self.key.name}"


def lives(package: Package) -> Iterator[Live]:
    """Every such key of the package, in the order in which they are declared."""
    for section in SECTIONS.values():
        keys = [key for key in section.keys if key.live]
        for owner, title, facts in _facts(package, section.id) if keys else ():
            for key in keys:
                yield Live(section.id, owner, title, key, told(key, getattr(facts, key.attribute)))


def _facts(package: Package, section: str) -> Iterator[tuple[str, str, Any]]:
    if section == "reminders":
        yield "", "", package.reminders
    elif section == "guidelines":
        yield from ((each.id, each.title, each) for each in package.guidelines)
    else:
        yield from ((name, each.title, each) for name, each in getattr(package, section).items())


def told(key: Key, value: Any) -> str:
    """A value of package.toml as staff read and write it."""
    match key.live:
        case "weekdays":
            return "".join(DAYS[each] for each in value)
        case "numbers":
            return ", ".join(str(each) for each in value)
        case "rooms" | "addresses":
            return "\n".join(value)
        case "yesno":
            return "true" if value else "false"
        case "day_counts":
            return "\n".join(each.replace("=", " ") for each in value)
    return str(value)


def _read(key: Key, text: str) -> Any:
    """The same back. Raises ValueError."""
    match key.live:
        case "weekdays":
            return tuple(sorted({DAYS.index(each) for each in text}))
        case "numbers":
            return tuple(int(each) for each in text.split(",") if each.strip())
        case "yesno":
            return text == "true"
        case "rooms" | "addresses":
            return tuple(line.strip() for line in text.splitlines() if line.strip())
        case "day_counts":
            return tuple("=".join(line.split()) for line in text.splitlines() if line.strip())
    return int(text) if key.kind is Kind.WHOLE else text


def stands(package: Package, values: Mapping[str, str]) -> Package:
    """The package with these values, by name."""
    if not values:
        return package
    settings = {
        section: {key: _set(setting, values.get(setting.name)) for key, setting in keys.items()}
        for section, keys in package.settings.items()
    }
    changed: dict[str, dict[str, dict[str, Any]]] = {}
    for live in lives(package):
        if (said := values.get(live.name)) is not None:
            try:
                value = _read(live.key, said)
            except ValueError:
                log.warning("the value of %s of %s cannot be read and is left out", live.name, package.id)
                continue
            facts = changed.setdefault(live.section, {}).setdefault(live.owner, {})
            facts[live.key.attribute] = value
            if live.key.english:
                facts[f"{live.key.attribute}_en"] = value
    fields: dict[str, Any] = {"settings": settings}
    for section, owners in changed.items():
        if section == "reminders":
            fields[section] = replace(package.reminders, **owners[""])
        elif section == "guidelines":
            fields[section] = tuple(replace(each, **owners.get(each.id, {})) for each in package.guidelines)
        else:
            facts_ = getattr(package, section)
            fields[section] = {name: replace(each, **owners.get(name, {})) for name, each in facts_.items()}
    return replace(package, **fields)


def _set(setting: Any, said: str | None) -> Any:
    if said is None:
        return setting
    try:
        value = typed(setting, said)
    except Refused:
        log.warning("the value of %s cannot be read and is left out", setting.name)
        return setting
    return replace(setting, value=value, sample=setting.sample and value == setting.value)
