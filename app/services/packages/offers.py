"""What the public can apply for, as each package's settings describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import NotFound
from app.services.base.portal import Portal
from app.services.base.releases import Loaded, settings_of
from app.services.packages.filling import filled
from app.store import database


@dataclass(frozen=True, slots=True)
class Offer:
    """One certification that takes applications. `facts` are the settings of the section `apply`, `contact` those of
    `contact` (either may be empty: a package need not have them); keys that end in `_en` hold the English wording."""

    package_id: str
    title: str
    title_en: str
    facts: Mapping[str, str]
    contact: Mapping[str, str]

    def named(self, lang: str) -> str:
        """The title in this language."""
        return (self.title_en if lang == "en" else "") or self.title

    def fact(self, key: str, lang: str) -> str:
        """A setting of the section `apply` in this language; empty when the package has none."""
        return (self.facts.get(f"{key}_en", "") if lang == "en" else "") or self.facts.get(key, "")


def all_of(portal: Portal) -> list[Offer]:
    """Every certification, by title."""
    with database.connection():
        found = (_offer(portal, loaded) for loaded in portal.releases.all_current())
        return sorted(found, key=lambda each: each.title)


def one(portal: Portal, package_id: str) -> Offer:
    """The certification of this package; NotFound when there is none."""
    with database.connection():
        try:
            return _offer(portal, portal.releases.current(package_id))
        except NotFound:
            raise NotFound("There is no such certification") from None


def _offer(portal: Portal, loaded: Loaded) -> Offer:
    found = settings_of(loaded.package)
    contact = found.get("contact") or found.get("body") or {}
    return Offer(
        loaded.package.id,
        loaded.package.title,
        loaded.package.title_en,
        {
            key: filled(loaded.package, str(value), portal.say("en" if key.endswith("_en") else "ja"))
            for key, value in found.get("apply", {}).items()
        },
        {key: str(value) for key, value in contact.items()},
    )
