"""The demo: a body's staff, vendors, and cases that walked a package's scenarios up to different steps.

Who they are lies with the package (`demo.toml`); the walks are its scenarios. Every step goes through the services,
so that a demo case is a case like any other: only its clock ran faster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.catalogue import Package
from app.catalogue import demo as description
from app.catalogue.declared import Applicant
from app.connectors.mail import Mailer
from app.connectors.pdf import Printer
from app.errors import BadPackage, NinteiError, NotFound, Problem
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cards.making import CardDesk
from app.services.demo import agents, drafts
from app.services.demo.walker import PASSWORD, Walker
from app.services.people import accounts as people
from app.services.process.outside import Outside
from app.store import accounts, cases, database


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account, for the page that lists them."""

    email: str
    name: str
    role: str
    password: str


@lru_cache(maxsize=8)
def _read(package: Package) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    """What demo.toml says, nothing where it is wrong or absent; and what is wrong."""
    try:
        return description.read(package), ()
    except BadPackage as error:
        return {}, tuple(error.problems)


def _described(portal: Portal) -> list[tuple[Loaded, Mapping[str, Any]]]:
    """The current packages that bring a demo."""
    with database.connection():
        found = portal.releases.all_current()
    return [(loaded, demo) for loaded in found if (demo := _read(loaded.package)[0])]


def problems(portal: Portal) -> list[tuple[Package, Sequence[Problem]]]:
    """The current packages whose demo cannot be loaded, and why."""
    with database.connection():
        found = [loaded.package for loaded in portal.releases.all_current()]
    return [(package, wrong) for package in found if (wrong := _read(package)[1])]


def accounts_of(portal: Portal) -> list[Account]:
    """The demo's accounts, staff first."""
    seen: dict[str, Account] = {}
    for loaded, demo in _described(portal):
        fields = loaded.package.applicant
        for each in demo.get("staff", []):
            seen.setdefault(each["email"], Account(each["email"], each["name"], "・".join(each["roles"]), PASSWORD))
        for each in demo.get("case", []):
            answer = each["application"]
            seen.setdefault(
                fields.said(answer, "email"),
                Account(fields.said(answer, "email"), _who(fields, answer), "vendor", PASSWORD),
            )
        for each in demo.get("agent", []):
            seen.setdefault(
                each["email"], Account(each["email"], f"{each['office']} {each['name']}", "vendor", PASSWORD)
            )
    return list(seen.values())


def _who(fields: Applicant, answer: Mapping[str, Any]) -> str:
    return f"{fields.said(answer, 'name')} {fields.said(answer, 'contact')}"


def account_id(portal: Portal, email: str) -> int:
    """The row id of a demo account; NotFound while the demo is still loading it."""
    with portal.connection():
        user = accounts.by_email(email)
    if user is None:
        raise NotFound("There is no such account")
    return int(user.id)


def load(portal: Portal, say: Callable[[str], None]) -> None:
    """Load the demo's people and cases, unless they are there; what is done already is not done again."""
    printer = Printer(portal.fonts, workers=1)
    desk = CardDesk(portal.settings, "virtual")
    try:
        # Letters of a past that never was go nowhere, whatever mail server is set.
        _load(portal, say, lambda past: Outside(past, Mailer(""), printer, desk))
    finally:
        printer.close()


def _load(portal: Portal, say: Callable[[str], None], hands: Callable[[Portal], Outside]) -> None:
    for loaded, demo in _described(portal):
        for each in demo.get("staff", []):
            with database.connection():
                known = accounts.by_email(each["email"])
            if known is None:
                people.add_staff(
                    portal,
                    each["email"],
                    each["name"],
                    each["roles"],
                    PASSWORD,
                    ",".join(each.get("groups", [])),
                )
        for each in demo.get("draft", []):
            drafts.load(portal, loaded, each)
        fields = loaded.package.applicant
        staff = [each["email"] for each in demo.get("staff", []) if "operator" in each["roles"]]
        planned = demo.get("case", [])
        for number, each in enumerate(planned, 1):
            with database.connection():
                there = any(
                    case.package_id == loaded.package.id
                    for case in cases.search(text=fields.said(each["application"], "email"))
                )
            if there:
                continue
            answer = each["application"]
            say(f"  [{number}/{len(planned)}] {fields.said(answer, 'name')} / {fields.said(answer, 'subject')}")
            plan = {**each, "on_the_day": demo.get("on_the_day", []), "same": demo.get("same", {})}
            try:
                Walker(portal, loaded, plan, staff, hands).walk()
            except NinteiError as error:  # one case that does not come off keeps nobody from the others
                say(f"      {error}")
        for each in demo.get("agent", []):
            agents.load(portal, each, PASSWORD)


def welcome(portal: Portal) -> str:
    """The addresses and accounts, for the terminal."""
    base = portal.settings.base_url.rstrip("/")
    lines = ["", f"  Nintei  {base}", ""]
    lines += [f"  {each.role:24} {each.email:34} {each.password}" for each in accounts_of(portal)]
    lines += [
        "",
        f"  {base}/apply      a new application",
        f"  {base}/outbox     the mail that was sent",
        f"  {base}/systems    the public register",
        "",
        "  Ctrl-C ends it.",
        "",
    ]
    return "\n".join(lines)
