"""Draws forms as the portal does: Jinja with the forms' own translations, no web framework."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import lxml.html
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "bpmn" / "ccus_api_certification"
PAGE = """{% import "forms/fields.html" as forms %}{{ forms.error_summary(form) }}
<form method="post" action="/here" {{ forms.attributes(form, **urls) }}>
{{ forms.fields(form, file_url) }}<button>OK</button></form>"""


@cache
def japanese() -> dict[str, str]:
    """Message id → Japanese."""
    file = ROOT / "app" / "web" / "translations" / "ja" / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as stream:
        catalog: Catalog = read_po(stream)
    return {str(message.id): str(message.string) for message in catalog if message.id and message.string}


@cache
def environment(lang: str) -> jinja2.Environment:
    words = japanese() if lang == "ja" else {}
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "app" / "web" / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: words.get(text, text), lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    return env


def package_forms() -> Iterator[tuple[str, dict[str, Any]]]:
    """(element id, schema) of every form of the CCUS package."""
    for path in sorted((PACKAGE / "forms").glob("*.form")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def schema(*components: dict[str, Any], element: str = "task") -> dict[str, Any]:
    return {"type": "default", "id": element, "schemaVersion": 16, "components": list(components)}


def parsed(page: str) -> Any:
    """The page as a tree, without what only scripts use."""
    tree = lxml.html.fromstring(f"<main>{page}</main>")
    for template in tree.xpath("//template"):
        template.getparent().remove(template)
    return tree


def pick(tree: Any, selector: str) -> list[Any]:
    """The few selectors that tests need: `.class`, `tag`, `[name=value]`, `[name]`, and descent by spaces."""
    found = [tree]
    for part in selector.split():
        if part.startswith("."):
            test = f"contains(concat(' ', normalize-space(@class), ' '), ' {part[1:]} ')"
        elif part.startswith("["):
            name, _, value = part[1:-1].partition("=")
            test = f"@{name}='{value}'" if value else f"@{name}"
        else:
            test = f"self::{part}"
        found = [node for start in found for node in start.xpath(f"descendant::*[{test}]")]
    return found
