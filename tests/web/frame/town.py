"""A portal with one case at its first review, one of another company, and somebody of every kind, for walks over all
routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from admin import add_admin
from app.engine import Engine
from app.services.demo.walker import Walker
from app.services.people import accounts
from app.states import Account, Side
from app.store import cases, companies, database, records, work
from app.store.models import ALL, Mandate
from tests.services.steps import case_of, go, task
from tests.web.conftest import Site, open_site
from tests.web.desk_support import VENDOR

PASSWORD = "a password for tests"
OTHER = "hanako@example.org"
AGENT = "agent@example.org"
STAFF = {
    "in the group": ("review@example.jp", Account.OPERATOR, "review"),
    "in another group": ("money@example.jp", Account.OPERATOR, "accounting"),
    "analyst": ("analyst@example.jp", Account.ANALYST, ""),
    "approver": ("approver@example.jp", Account.APPROVER, ""),
    "administrator": ("admin@example.jp", Account.ADMINISTRATOR, ""),
    "auditor": ("auditor@example.jp", Account.AUDITOR, ""),
}
VENDORS = {"vendor": VENDOR, "vendor of another company": OTHER, "agent": AGENT}
ANOTHER = {
    "email": OTHER, "company_name": "株式会社べつの会社", "contact_name": "別 花子",
    "system_name": "べつの入退場システム",
}  # fmt: skip
EVERYBODY = ("visitor", *VENDORS, *STAFF)
READING = {"GET", "HEAD", "OPTIONS"}


@dataclass
class Town:
    """The portal, the case of the first vendor, and the one of the other."""

    site: Site
    walker: Walker
    other: Walker

    def browser(self, who: str) -> FlaskClient:
        """The browser of one of EVERYBODY."""
        email = VENDORS.get(who) or (STAFF[who][0] if who in STAFF else "")
        return self.site.person(email) if email else self.site.anybody()

    def role(self, who: str) -> Account | None:
        """The role of one of EVERYBODY; none of a visitor."""
        return Account.VENDOR if who in VENDORS else STAFF[who][1] if who in STAFF else None

    def rules(self) -> list[Rule]:
        """Every route; of the records, which are all made alike, those of two tables."""
        kept = ("records_case.", "records_user.")
        every = self.site.app.url_map.iter_rules()
        return [rule for rule in every if not rule.endpoint.startswith("records_") or rule.endpoint.startswith(kept)]

    def known(self) -> dict[str, Any]:
        """What there is of the first vendor, by the names that addresses have for it."""
        case = case_of(self.walker)
        with database.connection():
            document = records.documents(case.id)[0]
            done = next(row for row in work.tasks_of(case.id) if row.side == Side.VENDOR)
            mandate = Mandate.get(Mandate.company == case.company_id)
            return {
                "number": case.number,
                "case": case.number,
                "task_id": task(self.walker, "first_review").id,
                "document_id": document.id,
                "company_id": case.company_id,
                "user_id": cases.members(case.id)[0].user_id,
                "mandate_id": mandate.id,
                "package_id": case.package_id,
                "element": done.element,
                "person": companies.managers(case.company_id)[0].id,
            }

    def address(self, rule: Rule, known: dict[str, Any]) -> str:
        """The route's address with things that are there; with 1 for what nobody has."""
        numbers = {name for name, converter in rule._converters.items() if isinstance(converter, IntegerConverter)}
        values = {name: known.get(name, 1 if name in numbers else "1") for name in rule.arguments}
        for name, converter in rule._converters.items():
            if isinstance(converter, AnyConverter):
                values[name] = min(converter.items)
            elif name in numbers and not isinstance(values[name], int):
                values[name] = 1
        built = rule.build(values)
        assert built is not None, rule
        return str(built[1])

    def everything(self) -> dict[str, list[str]]:
        """Every row of every table, but of the audit record, on which refusals are."""
        tables = [model for model in ALL if not model._meta.table_name.startswith("trail")]
        with database.connection():
            return {model._meta.table_name: sorted(map(str, model.select().tuples())) for model in tables}


def found(folder: Path, engine: Engine) -> Town:
    """A new one in this folder."""
    site = open_site(folder, engine)
    add_admin(site.app, site.bench.portal)
    walker = go(site.bench, until="first_review")
    other = go(site.bench, until="submit_documents", application=ANOTHER)
    site.bench.drain()
    for email, role, groups in STAFF.values():
        accounts.add_staff(site.bench.portal, email, email.partition("@")[0], [role.value], PASSWORD, groups)
    _agent(site, int(case_of(walker).company_id))
    return Town(site, walker, other)


def _agent(site: Site, company: int) -> None:
    form = {
        "email": AGENT, "office": "行政書士法人みほん", "rights": "answer", "scope": "all",
        "first_day": site.bench.portal.today().isoformat(),
    }  # fmt: skip
    assert site.person(VENDOR).post(f"/company/{company}/agents/new", data=form).status_code == 303
    site.bench.drain()
    link = re.search(r"https?://[^/]+(/(?:invitation|password)/\S+)", site.bench.mailbox.letters[-1].text)
    assert link is not None
    names = {"name": "代行 花子", "password": PASSWORD, "again": PASSWORD}
    assert site.anybody().post(link[1], data=names).status_code == 303


def methods(rule: Rule) -> Iterator[str]:
    """What a route is asked with, but for what every route answers by itself."""
    yield from sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
