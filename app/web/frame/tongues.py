"""The language of parts (WCAG 2.2, 3.1.2): what people or packages wrote in Japanese is marked on English pages.

Such words stand wherever a page prints a name, an answer, a mail. Marked is therefore the finished page: each text that
is mostly Japanese stands in `<bdi lang="ja">`, an element that looks like nothing and that a screen reader speaks with
a Japanese voice. A Japanese name within an English sentence stays in it (3.1.2 leaves proper names out).
"""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Flask, Response

from app.web.frame import current

_KANA_KANJI = r"\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
_JAPANESE = re.compile(f"[{_KANA_KANJI}]")
_LATIN = re.compile(r"[A-Za-z]+")
# Either an element whose text must stay as it is, or a text between two tags.
_PLACE = re.compile(
    r"(<(script|style|title|textarea|option|svg|iframe)\b.*?</\2\s*>|<!--.*?-->)|(?<=>)([^<>]*["
    + _KANA_KANJI
    + r"][^<>]*)(?=<)",
    re.DOTALL | re.IGNORECASE,
)
_ROOM = re.compile(r"^(\s*)(.*?)(\s*)$", re.DOTALL)


def install(app: Flask) -> None:
    """Mark every English page."""
    app.after_request(_mark)


def _mark(response: Response) -> Response:
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:  # nobody can be looked up just now
        return response
    if response.mimetype != "text/html" or response.is_streamed or current.language() != "en":
        return response
    page = response.get_data(as_text=True)
    if 'lang="en"' in page[:2000]:
        response.set_data(marked(page))
    return response


def marked(page: str) -> str:
    """The HTML, its Japanese texts marked."""
    return _PLACE.sub(_one, page)


def _one(place: re.Match[str]) -> str:
    text = place[3]
    if text is None or len(_JAPANESE.findall(text)) <= len(_LATIN.findall(text)):
        return place[0]
    before, words, after = _ROOM.fullmatch(text).groups()  # type: ignore[union-attr]  # it fits every text
    return f'{before}<bdi lang="ja">{words}</bdi>{after}'
