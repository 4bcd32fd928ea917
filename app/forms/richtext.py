"""Markdown and HTML that staff write into forms → HTML that a page may show."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    "p",
    "br",
    "strong",
    "b",
    "em",
    "i",
    "u",
    "s",
    "del",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "a",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "dl",
    "dt",
    "dd",
    "span",
    "div",
    "small",
    "sub",
    "sup",
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=512)
def markdown(text: str) -> str:
    """Markdown (CommonMark and tables) as sanitised HTML. A first-level heading becomes a second-level
    one: the page has its own.
    """
    return html(_MARKDOWN.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>"))


@lru_cache(maxsize=512)
def html(text: str) -> str:
    """HTML with what is on the list of tags and attributes; no styles, scripts, images, forms or foreign schemes."""
    return nh3.clean(text, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer")
