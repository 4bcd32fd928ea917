"""What the canvas is told of a package."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app import catalogue
from app.services.designing.drawing import drawing, lasting_ids
from app.web.designer.playwords import WORDS as PLAY
from app.web.designer.words import LISTS, PAGE
from app.web.designer.words_canvas import CANVAS
from scripts.designer_facts import FILE, facts

ROOT = Path(__file__).parents[3]
CCUS = ROOT / "bpmn" / "ccus_api_certification"
SOURCES = ROOT / "app" / "frontend" / "designer"


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    return drawing(catalogue.load(CCUS), {"first_review"}, "ja")


def test_a_condition_may_choose_among_names_and_what_they_can_be(told: dict[str, dict[str, dict[str, object]]]) -> None:
    returned = told["names"]["return_to"]
    assert returned["title"] == "差戻し先" and returned["kind"] == "text"
    assert {"id": "submit_documents", "title": "書類提出"} in returned["values"]  # type: ignore[operator]
    assert told["names"]["exam_fee_due"]["kind"] == "flag"
    assert told["names"]["cards_out"]["kind"] == "number"
    untitled = [name for name, said in told["names"].items() if not said["title"]]
    assert untitled == [], "what no field asks is told by the step that sets it"
    assert told["fields"]["first_review"]["outcome"]["title"] == "審査結果"  # type: ignore[index]


def test_ids_of_the_whole_package_are_known_with_their_files(told: dict[str, dict[str, str]]) -> None:
    assert told["ids"]["first_review"] == "document_review.bpmn"
    assert told["ids"]["card_return"] == "card_return.bpmn"
    assert told["sides"]["operator"] == "operator"
    diagrams = {path.name: path.read_bytes() for path in CCUS.glob("*.bpmn")}
    assert {"first_review", "card_return", "vendor_desk"} <= lasting_ids(diagrams)
    assert not any("__to__" in name for name in lasting_ids(diagrams))


def test_the_canvas_offers_what_runs() -> None:
    assert FILE.read_text() == facts(), "run scripts/designer_facts.py"


def test_what_the_editor_of_diagrams_says_is_in_the_catalogue() -> None:
    files = [SOURCES / "canvas.js", SOURCES / "panel.js", *(SOURCES / "canvas").glob("*.js")]
    said = {word for file in files for word in re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', file.read_text())}
    assert said - set(PAGE) <= set(CANVAS)
    assert set(CANVAS) <= said | {"days", "months", "hours", "years", "weeks"}


def test_what_any_script_of_the_designer_says_is_handed_to_it_with_its_page() -> None:
    """A sentence that a list does not name would stand there in English, in whatever language the page is."""
    handed = {word for words in (*LISTS.values(), PLAY) for word in words}
    for file in SOURCES.rglob("*.js"):
        said = set(re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', file.read_text()))
        assert said <= handed, file.name


def test_every_word_of_the_library_has_japanese() -> None:
    words = json.loads((SOURCES / "words" / "canvas.ja.json").read_text())
    assert all(re.search(r"[ぁ-んァ-ヶ一-龠]", japanese) for japanese in words.values())
    modules = SOURCES.parent / "node_modules"
    if (modules / "bpmn-js").is_dir():
        asked = set()
        for folder in (modules / "bpmn-js/lib", modules / "diagram-js/lib"):
            for file in folder.rglob("*.js"):
                asked |= set(re.findall(r"translate\('([A-Z][^']+[^' ])'\)", file.read_text()))
        entries = (modules / "bpmn-js/lib/features/popup-menu/PopupEntries.js").read_text()
        asked |= set(re.findall(r"label: '([^']+)'", entries))
        assert asked - set(words) == set()
