"""What a manual puts in quotation marks stands on a page: every such word is one of the catalogue or of the package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from app import catalogue
from app.web.public import manual

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "bpmn" / "ccus_api_certification"
WORDS = ROOT / "app" / "frontend" / "designer" / "words"
# What is quoted and is no word of a page: what a mail server or a browser says, the name of a language.
OF_OTHERS = {"受け取らない", "English", "later", "no"}
ANY = "※"  # what stands for a name, a number or a time, in a message and in a manual


def even(text: str) -> str:
    """Without what differs from one reading to the next: spaces, names that are filled in, the last stop."""
    text = re.sub(r"%\(\w+\)s|\{\w*\}|\{\{.*?\}\}|[…〇○◯]+|\d+:\d+|\d+", ANY, text)
    return re.sub(rf"{ANY}+", ANY, re.sub(r"\s+", "", text)).lower()


def labels(components: Any) -> Iterator[str]:
    for each in components or ():
        for key in ("label", "dateLabel"):
            if isinstance(each.get(key), str):
                yield each[key]
        properties = each.get("properties") or {}
        yield from (str(value) for key, value in properties.items() if key == "label_en")
        for option in each.get("values") or ():
            yield str(option.get("label") or "")
            yield str((option.get("properties") or {}).get("label_en") or option.get("label_en") or "")
        yield from labels(each.get("components"))


def texts(value: Any) -> Iterator[str]:
    """Every text within a value of JSON, names too."""
    if isinstance(value, str):
        yield value
    for each in value if isinstance(value, list) else [*value, *value.values()] if isinstance(value, dict) else ():
        yield from texts(each)


@pytest.fixture(scope="module")
def said() -> str:
    """Everything that pages say in either language, one thing a line."""
    package = catalogue.load(PACKAGE, PACKAGE.parent / "_shared")
    words = {word.id: word for word in package.declared.words.values()}
    found: set[str] = set()
    with (ROOT / "app/web/translations/ja/LC_MESSAGES/messages.po").open("rb") as file:
        for message in read_po(file):
            for part in (message.id, message.string):
                for text in part if isinstance(part, list | tuple) else (part,):
                    japanese = english = str(text)
                    for name, word in words.items():
                        japanese = japanese.replace(f"{{{name}}}", word.title)
                        english = english.replace(f"{{{name}}}", word.title_en)
                    found |= {japanese, english}
    found |= {text for pair in package.english.items() for text in pair}
    found |= {each.title for each in package.elements.values()}
    found |= {each.title for section in package.settings.values() for each in section.values()}
    found |= {text for form in package.forms.values() for text in labels(form.get("components"))}
    for path in WORDS.glob("*.json"):
        found |= set(texts(json.loads(path.read_text(encoding="utf-8"))))
    return "\n".join(sorted(even(str(each)) for each in found))


@pytest.mark.parametrize("name", manual.PAGES)
@pytest.mark.parametrize(("ending", "marks"), [(".md", "「([^「」]+)」"), (".en.md", "“([^“”]+)”")])
def test_every_quoted_word_of_a_manual_stands_on_a_page(said: str, name: str, ending: str, marks: str) -> None:
    text = (manual.FOLDER / f"{name}{ending}").read_text(encoding="utf-8")
    quoted = sorted(set(re.findall(marks, text)) - OF_OTHERS)
    lost = [each for each in quoted if even(each.rstrip("。.,")) not in said]
    assert lost == []
