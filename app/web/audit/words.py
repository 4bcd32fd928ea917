"""The audit record in the reader's words: acts, what they were done to, and what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from flask import g
from flask_babel import gettext

from app.errors import N_
from app.services.audit.reading import Line
from app.states import ACCOUNTS, DEEDS, THINGS, Account, Side, Thing
from app.web.frame import written
from app.web.frame.current import named, portal
from app.web.trouble import rules

ALARM: Final = "alarm:"  # before the kind of trouble whose mails were set otherwise
FIELDS: Mapping[str, str] = {
    "tells": N_("Emails to administrators"),
    "after_minutes": N_("After (minutes)"),
    "again_hours": N_("Repeat after (hours)"),
    "form": N_("File format"),
    "narrowed": N_("Filter"),
    "days": N_("Days"),
    "from": N_("From the day"),
    "name": N_("Name"),
    "email": N_("Mail address"),
    "roles": N_("Roles"),
    "groups": N_("Groups"),
    "active": N_("Active"),
    "language": N_("Language"),
    "title": N_("Title"),
    "person": N_("Person in charge"),
    "answer": N_("Digest of the answer"),
    "scope": N_("What was locked"),
    "until": N_("Until when"),
    "way": N_("Method"),
    "claim": N_("Corporate number"),
    "proved": N_("Confirmation of the corporate number"),
    "case": N_("Case"),
    "mandate": N_("Agent"),
    "handover": N_("Handover"),
    "XLSX": N_("Excel"),
    "CSV": N_("CSV"),
    "count": N_("How many"),
    "digest": N_("Digest"),
    "size": N_("Size"),
    "place": N_("From where"),
    "browser": N_("Browser"),
    "sealed": N_("Encrypted"),
    "damaged": N_("Damaged files"),
    "passkey": N_("Passkeys"),
    "code": N_("Authenticator app"),
    "issuer": N_("Provider of identities"),
    "subject": N_("Identity at the provider (sub)"),
    "entries": N_("Number"),
    "rows": N_("Number"),
}
VALUES: Mapping[str, str] = {
    "True": N_("Yes"),
    "False": N_("No"),
    "pair": N_("This account in this browser"),
    "account": N_("This account"),
    "strangers": N_("Browsers that are not known"),
    "place": N_("This network address"),
    "sign-in": N_("Sign-in"),
    "verify": N_("Confirmation"),
    "password": N_("Password"),
    "letter": N_("Key letter"),
    "passkey": N_("with a passkey"),
    "code": N_("with password and code"),
    "recovery": N_("a recovery code"),
    "oidc": N_("at the provider"),
    "both": N_("at the provider"),
    "link": N_("by a mailed link"),
    **{role.value: words for role, words in ACCOUNTS.items()},
}


def sentence(line: Line) -> str:
    """What was done, in a sentence."""
    said: str = gettext(DEEDS[line.act].words)
    return said % {"label": label(line)} if "%(label)s" in said else said


def label(line: Line) -> str:
    """What it was done to; of what is named by its kind alone, that."""
    if line.thing is Thing.PACKAGE:  # on record by its id, which stays when the process is called otherwise
        return _packages().get(line.label, named(line.label))
    if line.thing is Thing.SETTING and line.subject.startswith(ALARM):
        return gettext("Alert mails") + gettext(": ") + rules.words().get(line.subject[len(ALARM) :], "")
    if line.thing in (Thing.SETTING, Thing.RECORD):  # the portal's own titles are on record by their ids
        owner, colon, title = line.label.rpartition("：")
        return named(owner) + gettext(": ") + _said(title) if colon else named(_said(line.label))
    return named(line.label) or gettext(THINGS[line.thing])


def _packages() -> Mapping[str, str]:
    """What processes are called, by their ids."""
    if "package_titles" not in g:
        g.package_titles = {each.package.id: named(each.package.title) for each in portal().releases.all_current()}
    return cast("Mapping[str, str]", g.package_titles)


def thing(line: Line) -> str:
    """Of which kind that is."""
    return str(gettext(THINGS[line.thing]))


def changed(line: Line) -> list[tuple[str, str, str]]:
    """(name, before, after) of what was changed. Of a list that somebody keeps its name says more than its address."""
    if line.thing is Thing.VIEW:
        return []
    names = dict.fromkeys([*line.before, *line.after])
    told = [(_field(name), _of(name, line.before.get(name)), _of(name, line.after.get(name))) for name in names]
    return [each for each in told if each[1] or each[2]]


def who(line: Line) -> str:
    """Who did it, and for whom they stood in."""
    name = line.name or (
        gettext("The portal") if line.side == Side.SYSTEM else gettext("Erased") if line.erased else "—"
    )
    return gettext("%(name)s for %(absent)s", name=name, absent=line.behalf) if line.behalf else name


def _said(words: str) -> str:
    return str(gettext(words)) if words else ""


def _field(name: str) -> str:
    return str(gettext(FIELDS[name])) if name in FIELDS else ""


def _of(name: str, value: Any) -> str:
    """What a field says: instants as all pages have them, numbers that follow each other from the first to the last."""
    if name == "until" and value:
        return str(written.moment(datetime.fromisoformat(value)))
    if isinstance(value, list):
        pairs = [each if isinstance(each, list) else [each] for each in value]
        return ", ".join("–".join(str(part) for part in dict.fromkeys(pair)) for pair in pairs)
    return _value(value)


def _value(value: Any) -> str:
    if value in (None, ""):
        return ""
    parts = [part.strip() for part in str(value).split(",")]
    if all(Account.of(part) is not None for part in parts):
        return ", ".join(gettext(VALUES[part]) for part in parts)
    return str(gettext(VALUES[str(value)])) if str(value) in VALUES else named(str(value))


def url(line: Line) -> str:
    """Where more of it is; empty where there is no page for it."""
    if line.thing is Thing.TASK and line.subject:
        return f"/tasks/{line.subject}"
    if line.thing is Thing.SETTING:
        return "/settings"
    if line.thing is Thing.WORKSPACE:
        return f"/designer/w/{line.subject}"
    if line.thing is Thing.CLOSING_DAY:
        return "/calendar"
    if line.case or line.thing is Thing.CASE:
        return f"/cases/{line.case or line.subject}"
    return ""
