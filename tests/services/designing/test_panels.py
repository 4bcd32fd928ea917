"""What the designer's panels are told is what is declared, in the reader's language, with what the package has."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app import catalogue, declarations
from app.bpmn.support import RUNS
from app.cli.language import translator
from app.engine import Evaluator
from app.feel import parse
from app.services.designing.panels import panels
from app.text.roles import NEUTRAL

PACKAGE = catalogue.load(Path(__file__).parents[3] / "bpmn" / "ccus_api_certification")
JAPANESE = panels(PACKAGE, "ja", translator("ja"))
ENGLISH = panels(PACKAGE, "en", translator("en"))
# What is written so in Japanese, too: names of languages and of the world's own things.
LATIN = re.compile(r"Python|Markdown|HTML|JSON|URL|MB|ISO|PDF|Webhook|null")


@pytest.fixture(scope="module")
def evaluator() -> Iterator[Evaluator]:
    with closing(Evaluator(1)) as found:
        yield found


def said(shown: Any) -> Iterator[str]:
    """Every word that people read."""
    if isinstance(shown, dict):
        yield from (each for key, each in shown.items() if key in ("title", "left") and isinstance(each, str))
        yield from (word for each in shown.values() for word in said(each))
    elif isinstance(shown, list):
        yield from (word for each in shown for word in said(each))


def test_it_is_json_and_the_same_in_both_languages_but_for_the_words() -> None:
    def bare(shown: Any) -> Any:
        if isinstance(shown, dict):
            return {
                key: bare(each)
                for key, each in shown.items()
                if key not in ("title", "help", "left", "language", "without") or isinstance(each, dict)
            }
        return [bare(each) for each in shown] if isinstance(shown, list) else shown

    assert json.loads(json.dumps(JAPANESE)) == JAPANESE
    assert bare(JAPANESE) == bare(ENGLISH)


def test_titles_of_what_is_declared_hold_no_english_in_japanese() -> None:
    declared = {key: each for key, each in JAPANESE.items() if key not in ("things", "fields", "english")}
    latin = {word for word in said(declared) if re.search("[A-Za-z]{2}", LATIN.sub("", re.sub("`[^`]+`", "", word)))}
    assert latin == set()


def test_every_kind_that_runs_has_its_panel_and_no_other() -> None:
    assert {each["id"] for each in JAPANESE["elements"]} == RUNS | {"sequenceFlow"}
    user = next(each for each in JAPANESE["elements"] if each["id"] == "userTask")
    assert user["title"] == "ユーザータスク"
    assert {"due_bd", "reviews", "lane"} <= set(user["properties"])
    assert "carries" not in user["properties"]
    assert set(user["properties"]) <= JAPANESE["properties"].keys()
    headings = [JAPANESE["properties"][name]["group"] for name in user["properties"]]
    assert list(dict.fromkeys(headings)) == [each["id"] for each in JAPANESE["groups"]]  # each heading once


def test_every_kind_of_value_is_told_and_what_is_chosen_has_its_choices() -> None:
    typed = {
        "text", "lines", "flag", "whole", "number", "days", "one_of", "answer", "expression", "condition", "script",
        "new", "name", "field", "shown", "loop", "options", "columns", "components", "weekdays", "clock", "scalar",
        "template", "receiver", "attachment",
    }  # fmt: skip
    assert JAPANESE["kinds"].keys() == typed | JAPANESE["things"].keys()
    for each in (*JAPANESE["properties"].values(), *JAPANESE["attributes"].values(), *JAPANESE["parts"].values()):
        assert each["kind"] in JAPANESE["kinds"]
        assert bool(each.get("choices")) == (each["kind"] == "one_of")


def test_what_there_is_in_the_package_can_be_chosen_by_its_title() -> None:
    assert {"id": "exam", "title": "試験"} in JAPANESE["things"]["group"]
    assert {"id": "exam", "title": "Exams"} in ENGLISH["things"]["group"]
    assert {"id": "fees", "title": "Fees"} in ENGLISH["things"]["decision"]
    assert {each["id"] for each in JAPANESE["things"]["mail"]} == PACKAGE.mails.keys()
    assert "card" not in {each["id"] for each in JAPANESE["things"]["operator"]}  # queued by the portal itself
    labels = {each["id"]: each["title"] for each in JAPANESE["fields"]["receive_application"]}
    assert labels["company_name"] == "会社名"


def test_every_key_of_the_package_can_be_filled_in_without_toml() -> None:
    sections = {each["id"]: each for each in JAPANESE["package"]}
    raw = tomllib.loads(PACKAGE.files["package.toml"].decode())
    for name, said in raw.items():
        if name not in sections:
            assert name.removesuffix("_en") in {each["id"] for each in sections[""]["keys"]}
            continue
        section = sections[name]
        match section["shape"]:
            case "one":
                tables = [said]
            case "listed":
                tables = said
            case "named":
                tables = list(said.values())
            case _:
                tables = [each for outer in said.values() for each in outer.values()]
        keys = {each["id"]: each for each in section["keys"]}
        for table in tables:
            assert set(table) <= keys.keys() | {f"{key}_en" for key, each in keys.items() if each["english"]}
            assert {key for key, each in keys.items() if each["required"]} <= set(table)
    assert {each["makes"] for each in sections.values() if each["makes"]} <= JAPANESE["kinds"].keys()
    weekdays = next(each for each in sections["calendars"]["keys"] if each["id"] == "weekdays")
    assert (weekdays["title"], weekdays["default"], weekdays["many"]) == ("曜日", [0, 1, 2, 3, 4], True)
    email = next(each for each in sections["applicant"]["keys"] if each["id"] == "email")
    assert email["without"] == "申請者にメールも続きのリンクも届きません"
    assert [each["id"] for each in sections["words"]["fixed"]] == list(NEUTRAL)


def test_every_wording_of_the_diagrams_has_its_line_of_english() -> None:
    lines = {each["words"]: each for each in JAPANESE["english"]}
    assert lines.keys() == PACKAGE.words.keys()
    assert all(each["english"] or each["elsewhere"] or each["words"].isascii() for each in lines.values())


def test_parameters_say_which_of_them_are_put_into_quotes() -> None:
    notice = next(each for each in JAPANESE["connectors"] if each["id"] == "notice")
    assert {each["id"]: each["quoted"] for each in notice["parameters"]} == {"kind": True, "text": False}
    assert [each["title"] for each in notice["parameters"][0]["choices"]] == ["お知らせ", "補正", "納付", "結果"]


@pytest.mark.parametrize(
    ("compared", "constants", "yes", "no"),
    [
        ("is", ['"a"'], "a", "b"),
        ("is_not", ['"a"'], "b", "a"),
        ("one_of", ['"a", "b"'], "b", "c"),
        ("none_of", ['"a", "b"'], "c", "b"),
        ("less", ["3"], 2, 3),
        ("at_most", ["3"], 3, 4),
        ("more", ["3"], 4, 3),
        ("at_least", ["3"], 3, 2),
        ("between", ["3", "5"], 5, 6),
        ("before", ['"2026-12-01"'], "2026-11-30", "2026-12-01"),
        ("after", ['"2026-12-01"'], "2026-12-02", "2026-12-01"),
        ("yes", [], True, False),
        ("no", [], False, True),
        ("holds", ['"a"'], ["a", "b"], ["b"]),
        ("lacks", ['"a"'], ["b"], ["a"]),
        ("empty", [], None, "a"),
        ("filled", [], "a", None),
    ],
)  # fmt: skip
def test_a_comparison_means_the_same_in_diagrams_and_in_forms(
    evaluator: Evaluator, compared: str, constants: list[str], yes: Any, no: Any
) -> None:
    each = declarations.COMPARISONS[compared]
    value, to = (*constants, "", "")[:2]
    python = each.python.format(name="x", value=value, to=to)
    if compared in ("before", "after"):
        value = f"date({value})"
    feel = parse(each.feel.format(name="x", value=value, to=to))
    for answer, expected in ((yes, True), (no, False)):
        assert evaluator.evaluate(python, {"x": answer}) is expected
        assert feel.holds({"x": answer}) is expected


def test_every_comparison_is_tried_above() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert re.findall(r'^        \("(\w+)", \[', source, re.MULTILINE) == list(declarations.COMPARISONS)
