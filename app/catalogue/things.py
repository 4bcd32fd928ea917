"""What a package has of each kind of thing that a value can name: for checks, and for the choices of the designer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from app.catalogue.drawn import Element
from app.catalogue.fields import form_fields
from app.catalogue.model import Package
from app.declarations import CONNECTORS, Kind

# What a thing of each kind is called where it is missing (of complaints.THINGS).
WHAT = {
    Kind.LANE: "lane",
    Kind.GROUP: "group",
    Kind.FIELD: "field",
    Kind.ELEMENT: "element",
    Kind.USER_TASK: "element",
    Kind.SECRETS: "element",
    Kind.FEE: "fee",
    Kind.DOCUMENT: "document",
    Kind.DOWNLOADS: "download group",
    Kind.CARDS: "card set",
    Kind.CALENDAR: "calendar",
    Kind.MAIL: "mail",
    Kind.SETTING: "setting",
    Kind.DECISION: "decision",
    Kind.PROCESS: "process",
    Kind.OPERATOR: "operator",
    Kind.MESSAGE: "message",
    Kind.FILE: "file",
    Kind.SECTION: "section",
    Kind.START_FIELD: "field of the start form",
    Kind.ANY_FIELD: "field",
}
HIDDEN = frozenset({"card"})  # operators that the portal queues itself


def things(package: Package, kind: Kind) -> Mapping[str, str]:
    """The names of all things of a kind that is in WHAT, each with what people call it in Japanese: of an operator a
    message id, "" where it has no other name. For fields see `fields_of`."""
    return THINGS[kind](package)


def fields_of(package: Package, element: str) -> dict[str, str]:
    """The keys of an element's own form, with their labels."""
    fields = form_fields(package.forms.get(element, {}))
    return {key: str(each.get("label") or each.get("dateLabel") or "") for key, each in fields.items()}


def _elements(package: Package, found: Callable[[Element], bool]) -> dict[str, str]:
    return {each.id: each.name for each in package.elements.values() if found(each)}


def _triggers(kind: str) -> Callable[[Package], dict[str, str]]:
    def names(package: Package) -> dict[str, str]:
        triggers = (each.trigger for each in package.elements.values())
        return {each.name: "" for each in triggers if each is not None and each.kind == kind and each.name}

    return names


def plain(title: str) -> str:
    """A title without the template's own marks: of two ways to say it, both."""
    said = re.sub(r"\{%-?\s*(?:else|elif)\b.*?%\}", "／", title, flags=re.DOTALL)
    return re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{.*?\}\}", "…", said, flags=re.DOTALL), flags=re.DOTALL).strip()


THINGS: dict[Kind, Callable[[Package], dict[str, str]]] = {
    Kind.LANE: lambda package: {each.id: each.title for each in package.lanes.values()},
    Kind.GROUP: lambda package: {each.id: each.title for each in package.groups.values()},
    Kind.ELEMENT: lambda package: _elements(package, lambda _: True),
    Kind.USER_TASK: lambda package: _elements(package, lambda each: each.kind == "userTask"),
    Kind.SECRETS: lambda package: _elements(package, lambda each: bool(each.listed("secrets"))),
    Kind.FEE: lambda package: {each.id: each.title for each in package.fees.values()},
    Kind.DOCUMENT: lambda package: {each.id: plain(each.title) for each in package.documents.values()},
    Kind.DOWNLOADS: lambda package: {each.id: each.title for each in package.downloads.values()},
    Kind.CARDS: lambda package: {each.id: each.title for each in package.cards.values()},
    Kind.CALENDAR: lambda package: {each.id: each.title for each in package.calendars.values()},
    Kind.MAIL: lambda package: {each.id: plain(each.label or each.subject) for each in package.mails.values()},
    Kind.SETTING: lambda package: {
        each.name: each.title for section in package.settings.values() for each in section.values()
    },
    Kind.DECISION: lambda package: {name: each.name for name, each in package.decisions.items()},
    Kind.PROCESS: lambda package: {each.id: each.name for each in package.processes.values()},
    Kind.OPERATOR: lambda _: {each.id: each.title for each in CONNECTORS.values() if each.id not in HIDDEN},
    Kind.MESSAGE: _triggers("message"),
    Kind.SIGNAL: _triggers("signal"),
    Kind.ERROR: _triggers("error"),
    Kind.ESCALATION: _triggers("escalation"),
    Kind.LINK: lambda package: {each.link: "" for each in package.elements.values() if each.link},
    Kind.FILE: lambda package: {name: package.titles.get(name, "") for name in package.handouts()},
    Kind.SECTION: lambda package: {
        name: package.declared.sections[name].title if name in package.declared.sections else ""
        for name in package.settings
    },
    Kind.START_FIELD: lambda package: fields_of(package, package.start_form),
    Kind.ANY_FIELD: lambda package: {
        key: label for element in package.forms for key, label in fields_of(package, element).items()
    },
}
