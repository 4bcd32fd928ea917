"""Every door of the web: the routes there are, and the names that views read from queries and posts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from admin import add_admin
from app.services.people import accounts
from app.store import cases, database
from app.store.models import Document, Mail, Task
from tests.services.conftest import APPLICATION
from tests.services.steps import go
from tests.web.conftest import Site

PROJECT = Path(__file__).parents[2]
PASSWORD = "a password for tests"
ADMINISTRATOR, ANALYST = "kanri@example.jp", "bunseki@example.jp"
WAITS = {"cards.news"}  # answers when there is news
TELLS = {"public.health_check", "watching.ready"}  # 503 is its answer where no worker runs
LIBRARY = {
    "page",
    "page_size",
    "sort",
    "desc",
    "id",
    "search",
    "url",
    "next",
}  # of Flask-Admin, Flask-Security


@dataclass
class Doors:
    """A site with records behind it, and its doors."""

    site: Site
    number: str
    known: dict[str, str]

    def rules(self, method: str) -> Iterator[Rule]:
        """The routes that take this method."""
        for rule in self.site.app.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.endpoint not in WAITS | TELLS:
                yield rule

    def path(self, rule: Rule, **other: Any) -> str:
        """The route's address with what is known of its parts."""
        values = {name: other.get(name, self._part(rule, name)) for name in rule.arguments}
        with self.site.app.test_request_context():
            adapter = self.site.app.url_map.bind("localhost")
            return adapter.build(rule.endpoint, values, method=next(iter((rule.methods or {"GET"}) - {"OPTIONS"})))

    def _part(self, rule: Rule, name: str) -> Any:
        if name in (rule.defaults or {}):
            return (rule.defaults or {})[name]
        if type(rule._converters[name]).__name__ == "Whole":
            return 1
        if type(rule._converters[name]).__name__ == "AnyConverter":
            return sorted(rule._converters[name].items)[0]
        return self.known.get(name, "x")

    def numbers(self, rule: Rule) -> list[str]:
        """The parts of its address that are numbers."""
        return [name for name, kind in rule._converters.items() if type(kind).__name__ == "Whole"]

    def pages(self, who: str) -> Iterator[Rule]:
        """The routes that answer GET; of the records' tables, which are alike, one where they are closed."""
        for rule in self.rules("GET"):
            table = rule.endpoint.partition(".")[0]
            if who == "administrator" or not table.startswith("records_") or table == "records_case":
                yield rule

    def people(self) -> dict[str, FlaskClient]:
        """Somebody of each role, and nobody."""
        return {
            "anybody": self.site.anybody(),
            "vendor": self.site.person(APPLICATION["email"]),
            "operator": self.site.operator(),
            "analyst": self.site.person(ANALYST),
            "administrator": self.site.person(ADMINISTRATOR),
        }


def open_doors(site: Site) -> Doors:
    """The site with its records' pages, people of every role and a case in the middle of things."""
    add_admin(site.app, site.bench.portal)
    accounts.add_staff(site.bench.portal, ADMINISTRATOR, "管理 花子", ["administrator"], PASSWORD)
    accounts.add_staff(site.bench.portal, ANALYST, "分析 三郎", ["analyst"], PASSWORD)
    walker = go(site.bench, until="first_review", business_days_ago=40)
    with database.connection():
        case = cases.get(walker.number)
        assert case is not None
        task = Task.select().where((Task.state == "open") & (Task.case == case)).first()
        document = Document.select().first()
        mail = Mail.select().first()
    known = {
        "number": case.number, "task_id": task.id, "document_id": document.id if document else "x",
        "mail": mail.id if mail else 1, "package_id": "ccus_api_certification",
    }  # fmt: skip
    return Doors(site, case.number, known)


@cache
def names_read(of: str) -> frozenset[str]:
    """The names under which views and the records' pages read `request.args` or `request.form`: from their source."""
    found: set[str] = set()
    for folder in ("app/web", "admin"):
        for file in (PROJECT / folder).rglob("*.py"):
            found |= set(_names(ast.parse(file.read_text()), of))
    return frozenset(found | (LIBRARY if of == "args" else set()))


def _names(tree: ast.AST, of: str) -> Iterator[str]:
    holders = {of, "posted", "given", "asked", "args"} if of == "args" else {of, "posted", "typed"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "getlist"}:
            yield from _literal(node.func.value, holders, node.args[:1])
        if isinstance(node, ast.Subscript):
            yield from _literal(node.value, holders, [node.slice])
        if isinstance(node, ast.Compare) and len(node.comparators) == 1:
            yield from _literal(node.comparators[0], holders, [node.left])


def _literal(holder: ast.expr, holders: set[str], names: list[ast.expr]) -> Iterator[str]:
    called = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
    if called in holders and names and isinstance(names[0], ast.Constant) and isinstance(names[0].value, str):
        yield names[0].value
