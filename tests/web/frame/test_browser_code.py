"""What runs and stands in browsers, read as text: scripts write no markup, passwords are asked for as such."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.services.papers.intake import TYPES

PROJECT = Path(__file__).parents[3]
SCRIPTS = [
    path
    for path in (PROJECT / "app/frontend").rglob("*.js")
    if "node_modules" not in path.relative_to(PROJECT / "app/frontend").parts
]
TEMPLATES = [*(PROJECT / "app/web/templates").rglob("*.html"), *(PROJECT / "admin/templates").rglob("*.html")]
MARKUP = re.compile(
    r"\.(?:inner|outer)HTML\s*\+?=(?!=)|insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe"
    r"|\beval\(|new Function\("
)
# A row of a form made of the form's own template, which the server has written and escaped.
OWN = {("forms.js", "copy.innerHTML = button.parentElement.querySelector")}


def test_no_field_takes_a_picture_that_may_hold_a_script() -> None:
    assert ".pdf" in TYPES
    assert not [name for name, kind in TYPES.items() if "svg" in name or "svg" in kind or "html" in kind]


def test_scripts_write_text_and_no_markup() -> None:
    assert len(SCRIPTS) > 10
    found = {
        (path.name, line.strip())
        for path in SCRIPTS
        for line in path.read_text("utf-8").splitlines()
        if MARKUP.search(line)
    }
    strange = {each for each in found if not any(each[0] == name and each[1].startswith(start) for name, start in OWN)}
    assert strange == set()


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if "password" in path.read_text("utf-8")], ids=lambda p: p.name
)
def test_a_password_is_asked_for_in_a_field_that_hides_it_and_takes_what_a_manager_fills_in(path: Path) -> None:
    for field in re.findall(r"<input\b[^>]*>", path.read_text("utf-8")):
        name = re.search(r'\bname="([^"]*)"', field)
        asks = re.search(r'"(?:current|new)-password"', field) or (name is not None and "password" in name[1])
        if asks:
            assert 'type="password"' in field, field
            assert re.search(r'autocomplete="(?:current|new)-password"', field), field
            assert not re.search(r"\b(?:onpaste|readonly|pattern)\b", field), field


def test_nothing_hinders_pasting() -> None:
    """No script listens for it outside of the designer's canvas, and no attribute of a page does."""
    listens = [
        path for path in SCRIPTS if re.search(r"""["'](?:before)?(?:paste|input)["']""", path.read_text("utf-8"))
    ]
    for path in listens:
        text = path.read_text("utf-8")
        for match in re.finditer(r"""addEventListener\(["'](?:paste|beforeinput)["']""", text):
            assert "designer" in path.parts, f"{path}: {text[match.start() : match.start() + 80]}"
    assert not [path for path in TEMPLATES if re.search(r"\bon(?:paste|copy|drop)=", path.read_text("utf-8"))]
