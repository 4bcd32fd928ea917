"""TOML that is changed by forms: what is not touched stays to the letter."""

from __future__ import annotations

import difflib
import tomllib
from typing import Any

import pytest

from app.errors import Permanent, Refused
from app.services.designing.tables import Change, changed, values
from tests.services.conftest import BPMN

PACKAGE = (BPMN / "ccus_api_certification" / "package.toml").read_text()
ENGLISH = (BPMN / "ccus_api_certification" / "english.toml").read_text()
HEADER = '+++\nsubject = "件名"  # what people see\nto = "vendor"\n+++\n本文 +++\n'


def made(text: str, *changes: Change) -> tuple[list[str], list[str], dict[str, Any]]:
    """(lines that went, lines that came, all values) of the changes."""
    after = changed(text, changes)
    lines = list(difflib.ndiff(text.splitlines(), after.splitlines()))
    gone, come = ([line[2:] for line in lines if line.startswith(sign)] for sign in "-+")
    return gone, [line for line in come if line], tomllib.loads(after)


@pytest.mark.parametrize("text", [PACKAGE, ENGLISH])
def test_no_change_changes_nothing(text: str) -> None:
    assert changed(text, []) == text
    assert values(text) == tomllib.loads(text)


def test_a_value_is_changed_where_it_stands() -> None:
    gone, come, _ = made(PACKAGE, Change(("calendars", "exam", "capacity"), "set", 5))
    assert (gone, come) == (["capacity = 1"], ["capacity = 5"])
    gone, come, said = made(PACKAGE, Change(("settings", "body", "name", "value"), "set", "本物"))
    assert len(gone) == len(come) == 1 and said["settings"]["body"]["name"]["value"] == "本物"


def test_a_key_is_taken_out_of_a_table_and_of_braces() -> None:
    gone, come, _ = made(PACKAGE, Change(("calendars", "exam", "place_en"), "remove"))
    assert len(gone) == 1 and gone[0].startswith("place_en") and come == []
    _, come, said = made(PACKAGE, Change(("settings", "body", "name", "sample"), "remove"))
    assert "sample" not in said["settings"]["body"]["name"] and len(come) == 1 and "  }" not in come[0]


def test_a_table_is_added_among_its_like() -> None:
    _, come, said = made(PACKAGE, Change(("groups", "legal"), "set", {"title": "法務"}))
    assert come == ["[groups.legal]", 'title = "法務"'] and said["groups"]["legal"] == {"title": "法務"}
    _, come, said = made(PACKAGE, Change(("settings", "body", "fax"), "set", {"title": "FAX", "value": "03"}))
    assert come == ['fax = { title = "FAX", value = "03" }']
    _, _, said = made(PACKAGE, Change(("nothing", "yet", "value"), "set", 1))
    assert said["nothing"] == {"yet": {"value": 1}}


def test_a_list_is_lengthened_shortened_and_put_in_order() -> None:
    before = [each["id"] for each in tomllib.loads(PACKAGE)["stages"]]
    _, _, said = made(PACKAGE, Change(("stages", 1), "move", -1))
    assert [each["id"] for each in said["stages"]] == [before[1], before[0], *before[2:]]
    _, _, said = made(PACKAGE, Change(("stages", len(before)), "set", {"id": "x", "title": "X", "processes": []}))
    assert [each["id"] for each in said["stages"]] == [*before, "x"]
    _, _, said = made(PACKAGE, Change(("stages", 0), "remove"))
    assert [each["id"] for each in said["stages"]] == before[1:]
    _, _, said = made("", Change(("stages",), "set", [{"id": "x"}]))
    assert said == {"stages": [{"id": "x"}]}


def test_english_is_kept_by_any_wording() -> None:
    _, come, said = made(ENGLISH, Change(("新しい。\n「ことば」",), "set", "New “word”"))
    assert said["新しい。\n「ことば」"] == "New “word”" and len(come) == 1


def test_a_header_is_changed_between_its_lines() -> None:
    after = changed(HEADER, [Change(("subject",), "set", "別の件名")], header=True)
    assert after == HEADER.replace('"件名"', '"別の件名"')
    assert values(HEADER, header=True) == {"subject": "件名", "to": "vendor"}
    with pytest.raises(Permanent):
        values("no header", header=True)


def test_what_is_no_toml_and_what_does_not_fit_is_refused() -> None:
    for text in ("x = ", "[" * 3000, '"a" = 1\n"a" = 2'):
        with pytest.raises(Permanent):
            changed(text, [Change(("x",), "set", 1)])
    for change in (
        Change(("stages", 40), "remove"),
        Change(("stages", 0), "move", -1),
        Change(("title", "x"), "set", 1),
    ):
        with pytest.raises(Refused):
            changed(PACKAGE, [change])
    with pytest.raises(Refused):
        changed(PACKAGE, [Change(("x",), "set", 1)] * 201)
