"""A page that answers a press can be loaded again: nothing is sent twice, and what was wrong leads to its form."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.services.conftest import APPLICATION
from tests.services.steps import go
from tests.web.conftest import Site

PROJECT = Path(__file__).parents[3]


def test_an_address_that_takes_presses_alone_leads_to_the_page_above_it(site: Site) -> None:
    """What is wrong stands at the address to which the form was sent: whoever loads that page again sees the form."""
    walker = go(site.bench, until="first_review")
    vendor, operator = site.person(APPLICATION["email"]), site.operator()
    case = f"/cases/{walker.number}"
    wrong = vendor.post(f"{case}/messages", data={"text": ""})
    assert wrong.status_code == 422
    for client, address, leads in (
        (vendor, f"{case}/messages", case),
        (vendor, f"{case}/members", case),
        (vendor, "/account/profile", "/account"),
        (operator, "/calendar/closing", "/calendar"),
        (operator, f"{case}/members/1/remove", case),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (303, leads), address
        assert client.get(leads).status_code == 200
    assert operator.get("/calendar/closing", headers={"Accept": "application/json"}).status_code == 405
    assert vendor.get("/logout").status_code == 405, "nothing stands above it"


def test_every_page_that_takes_presses_alone_is_loaded_again_as_a_page(site: Site) -> None:
    """None answers a press with what was done by it: those that do show once what is never shown again, or ask."""
    found = {f"{file.stem}.{name}" for file, name in said_without_leading_on()}
    assert found == {
        "pages.reveal",  # connection information, shown once
        "pages.send",  # the check page of an application
        "desk.add_desk",  # the token of a desk, shown once
        "keys.contribute",  # a component, shown once
    }


def said_without_leading_on() -> list[tuple[Path, str]]:
    """The views that answer a press with a page that they draw themselves, other than one that says what is wrong."""
    found = []
    for file in sorted((PROJECT / "app/web").rglob("*.py")):
        for view in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(view, ast.FunctionDef) and any(map(_takes_presses, view.decorator_list)):
                found += [(file, view.name) for each in _answers(view.body) if _draws(each)]
    return found


def _takes_presses(decorator: ast.expr) -> bool:
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return False
    methods = next((ast.unparse(each.value) for each in decorator.keywords if each.arg == "methods"), "")
    return decorator.func.attr == "post" or "POST" in methods


def _answers(body: Sequence[ast.stmt]) -> Iterator[ast.expr]:
    """What is returned, but for what answers a question and what follows an error."""
    for part in body:
        if isinstance(part, ast.Return) and part.value is not None:
            yield part.value
        elif isinstance(part, ast.If):
            if ast.unparse(part.test) != "only_asks()":
                yield from _answers(part.body)
            yield from _answers(part.orelse)
        elif isinstance(part, ast.With | ast.For | ast.Try):
            yield from _answers([*part.body, *(part.orelse if not isinstance(part, ast.With) else [])])


def _draws(answer: ast.expr) -> bool:
    """A page, without a status that says that something is wrong."""
    return isinstance(answer, ast.Call) and ast.unparse(answer.func) == "render_template"
