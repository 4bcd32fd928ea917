"""The manuals of docs/ as pages."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from flask import send_from_directory
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from app.errors import NotFound
from app.web.frame import helping

FOLDER = helping.FOLDER
PAGES = ("applicants", "vendors", "operators", "analysts", "designer", "administrators")
# What manuals lead to, beside each other; not offered in their list.
MORE = (
    "backup",
    "bpmn",
    "cards",
    "durability",
    "package-format",
    "performance",
    "proxy",
    "scenarios",
    "settings",
    "upgrade",
)
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_PARSER.add_render_rule("place", lambda _renderer, tokens, at, *_rest: f'<span id="{tokens[at].attrGet("id")}"></span>')
_PLACE = helping.PLACE
_MANUAL = re.compile(r"(?:\./)?([\w-]+?)(?:\.en)?\.md(#.*)?")


def read(name: str, lang: str) -> dict[str, Any]:
    """The manual's title, text and headings; English from `<name>.en.md` where there is one."""
    if name not in PAGES and name not in MORE:
        raise NotFound("There is no such help page")
    names = [f"{name}.en.md", f"{name}.md"] if lang == "en" else [f"{name}.md"]
    path = next((FOLDER / each for each in names if (FOLDER / each).is_file()), None)
    if path is None:
        raise NotFound("There is no such help page")
    tokens = _PARSER.parse(path.read_text(encoding="utf-8"))
    title, contents = _headings(tokens)
    _links(tokens)
    # Raw HTML is off in the parser, so what it renders is safe.
    text = Markup(_PARSER.renderer.render(tokens, _PARSER.options, {}))  # noqa: S704
    return {"title": title, "text": text, "contents": contents, "name": name, "others": PAGES}


def picture(name: str) -> Any:
    """A picture that a manual shows; None when the name is none of one."""
    if not re.fullmatch(r"(?:[\w-]+/)*[\w-]+\.(?:png|svg|jpg)", name):
        return None
    return send_from_directory(FOLDER, name, max_age=3600)


def _headings(tokens: list[Token]) -> tuple[str, list[tuple[str, str]]]:
    """Takes the first heading out (the page has its own), gives every other one its id."""
    title, contents = "", []
    first = next((n for n, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h1"), None)
    if first is not None:
        title = tokens[first + 1].content
        del tokens[first : first + 3]
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        ids: list[str] = []
        found = _PLACE.search(inline.content)
        if found is not None:
            ids = [each.lstrip("#") for each in found[1].split()]
            inline.content = inline.content[: found.start()]
            last = (inline.children or [])[-1]
            last.content = _PLACE.sub("", last.content)
        ids.append(re.sub(r"[^\w-]+", "-", inline.content).strip("-").lower())  # by which others lead to it
        opening.attrSet("id", ids[0])
        for also in reversed(ids[1:]):  # a heading has one id; the further places stand in it
            place = Token("place", "span", 0)
            place.attrSet("id", also)
            inline.children = [place, *(inline.children or [])]
        if opening.tag == "h2":
            contents.append((ids[0], inline.content))
    return title, contents


def _links(tokens: list[Token]) -> None:
    """Links among the manuals lead to their pages, whichever edition they name; pictures are served beside them. What
    leads out of the manuals, into the program's own files, is text here."""
    for token in tokens:
        children = token.children or []
        for at, child in enumerate(children):
            if child.type == "link_open":
                target = str(child.attrGet("href") or "")
                found = _MANUAL.fullmatch(target)
                if found is not None and found[1] in (*PAGES, *MORE):
                    child.attrSet("href", f"/help/{found[1]}{found[2] or ''}")
                elif "://" not in target and not target.startswith(("/", "#", "mailto:")):
                    close = next(n for n in range(at, len(children)) if children[n].type == "link_close")
                    child.type = children[close].type = "text"
                    child.content = children[close].content = ""
            elif child.type == "image":
                source = str(child.attrGet("src") or "")
                if "://" not in source and not source.startswith("/"):
                    child.attrSet("src", f"/help/{source}")
