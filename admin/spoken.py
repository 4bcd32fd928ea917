"""The package's words for what records keep as ids: stages, groups, calendars, steps; in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import current_app, g
from flask_babel import get_locale, gettext

from app.catalogue import called
from app.errors import NinteiError, Refused
from app.services.base.portal import Portal
from app.states import ACCOUNTS, Account, Side
from app.store import models as m

# What a template puts in: with the brackets around it, and what it says one way or the other.
_ASIDE = re.compile(r"[（(][^（）()]*\{\{.*?\}\}[^（）()]*[）)]")
_FILLED = re.compile(r"\{% if .*?\{% endif %\}|\{\{.*?\}\}")


def _portal() -> Portal:
    found: Portal = current_app.extensions["nintei"]
    return found


def lang() -> str:
    """The language of the reader: "ja" or "en"."""
    return str(get_locale() or "ja")


def named(text: str) -> str:
    """A title of the package in the reader's language: rows keep it in Japanese."""
    return str(current_app.jinja_env.filters["named"](text or ""))


def said(word: str, *of: Any) -> Any:
    """What the portal's pages say of something (app.web.recordwords)."""
    tell: Any = current_app.jinja_env.globals[word]
    return tell(*of)


def groups(listed: str) -> str:
    """Names of groups, as rows keep them: ids with commas between."""
    known = _kept("groups", lambda: _portal().releases.groups())
    found = [known[each].named(lang()) if each in known else named(each) for each in (listed or "").split(",") if each]
    return str(gettext(", ")).join(found)


def is_group(name: str) -> bool:
    """Whether a group of this id is there."""
    return name in _kept("groups", lambda: _portal().releases.groups())


def roles(names: Iterable[str]) -> str:
    """Roles, by their names."""
    found = [gettext(ACCOUNTS[role]) for name in names if (role := Account.of(name)) is not None]
    return str(gettext(", ")).join(found)


def roles_of(user: Any) -> str:
    """The roles of an account, those of the body read at once for a whole list."""
    if user.side == Side.VENDOR:
        return roles([Account.VENDOR.value])

    def read() -> dict[int, list[str]]:
        rows = m.UserRole.select(m.UserRole.user, m.Role.name).join(m.Role).where(m.Role.name != "vendor").tuples()
        found: dict[int, list[str]] = {}
        for account, role in rows:
            found.setdefault(account, []).append(role)
        return found

    return roles(sorted(_kept("roles", read).get(user.id, [])))


def package(package_id: str) -> str:
    """What a process is called."""

    def read() -> dict[str, str]:
        english = lang() == "en"
        packages = [each.package for each in _portal().releases.all_current()]
        return {each.id: each.title_en if english and each.title_en else each.title for each in packages}

    return _kept("packages", read).get(package_id, "") or str(gettext("Another process"))


def stage(case: Any) -> str:
    """The stage at which a case is; the first one's name where none is said."""
    found = _package(case)
    stages = found.stages if found is not None else ()
    at = next((each for each in stages if each.id == case.stage), None)
    if at is None:
        return ""
    return str(at.title_en) if lang() == "en" and at.title_en else str(at.title)


def element(case: Any, element_id: str) -> str:
    """What the package calls a step."""
    found = _package(case)
    at = found.elements.get(element_id) if found is not None else None
    return named(at.title) if at is not None else ""


def calendar(case: Any, calendar_id: str) -> str:
    """What the package calls a calendar."""
    found = _package(case)
    at = found.calendars.get(calendar_id) if found is not None else None
    if at is None:
        return ""
    return str(at.title_en) if lang() == "en" and at.title_en else str(at.title)


def titles(case: Any) -> dict[str, str]:
    """All names of a case's package by their ids: its steps, stages and calendars."""
    found = _package(case)
    if found is None:
        return {}
    named_things = (*found.stages, *found.calendars.values())
    return {
        **{key: each.title for key, each in found.elements.items()},
        **{each.id: each.title for each in named_things},
    }


def mails(case: Any) -> dict[str, str]:
    """What the mails of a case's package are called by `mail/` and their ids: their subjects, without what each case
    puts into them."""
    found = _package(case)
    if found is None:
        return {}

    def read() -> dict[str, str]:
        english = lang() == "en"
        return {
            f"mail/{key}": _bare(each.subject_en if english and each.subject_en else each.subject)
            for key, each in found.mails.items()
        }

    return _kept(f"mails {case.release_id}", read)


def _bare(subject: str) -> str:
    return " ".join(_FILLED.sub("…", _ASIDE.sub("", subject)).split()).removesuffix("…").strip(" ：:")


def card_set(set_id: str) -> str:
    """What a set of cards is called."""

    def read() -> dict[str, str]:
        return {
            key: each.title for every in _portal().releases.all_current() for key, each in every.package.cards.items()
        }

    return named(_kept("card sets", read).get(set_id, ""))


def known(word: str) -> str:
    """What an id is called in any of the packages, a process itself or a step among them; nothing where it is none."""

    def read() -> dict[str, str]:
        found: dict[str, str] = {}
        for every in _portal().releases.all_current():
            found |= {key: each.title for key, each in every.package.elements.items()}
            found[every.package.id] = every.package.title
        return found

    return named(_kept("known", read).get(word, ""))


def value(case: Any, name: str) -> str:
    """What the package calls a routing value; its title where the diagrams declare one."""
    found = _package(case)
    return gettext(", ").join(named(each) for each in called.of_value(found, name)) if found is not None else ""


def error(message: str, params: dict[str, Any] | None = None) -> str:
    """What went wrong, as it is kept: a message id and what belongs into its places."""
    if not message:
        return ""
    try:
        return Refused(message, **(params or {})).said(gettext)
    except (KeyError, TypeError, ValueError):
        return str(gettext(message))


def _package(case: Any) -> Any:
    if case is None or case.release_id is None:
        return None
    key = f"package {case.release_id}"
    try:
        return _kept(key, lambda: _portal().releases.loaded(case.release_id).package)
    except NinteiError:  # it cannot be read any more and names nothing
        return None


def _kept(key: str, read: Any) -> Any:
    kept = g.setdefault("records_spoken", {})
    if (key, lang()) not in kept:
        kept[key, lang()] = read()
    return kept[key, lang()]
