"""What is declared is what is checked, done, and written in the manual."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.catalogue.check_elements import WHAT
from app.catalogue.complaints import THINGS
from app.declarations import COMPONENT_PROPERTIES, CONNECTORS, PROPERTIES, Kind, Where
from app.forms import FORMATS
from app.services.process import outside
from app.services.process.operations import OPERATIONS
from scripts import declared

PROJECT = Path(__file__).parents[2]
PO = PROJECT / "app/web/translations/ja/LC_MESSAGES/messages.po"


def test_the_manual_has_the_tables_that_are_declared() -> None:
    assert declared.main("check") == 0, "run: python scripts/declared.py update"


def test_a_table_that_says_something_else_is_noticed() -> None:
    manual = declared.MANUAL.read_text(encoding="utf-8")
    for old in (PROPERTIES["binds"].help, CONNECTORS["webhook"].help[1:], COMPONENT_PROPERTIES["today"].help):
        assert old in manual
        assert declared.written(manual.replace(old, "something else")) == manual


def test_every_operator_has_its_doer_and_every_doer_its_declaration() -> None:
    record = {name for name, connector in CONNECTORS.items() if connector.where is Where.RECORD}
    assert record == set(OPERATIONS)
    source = Path(outside.__file__).read_text(encoding="utf-8")
    done = set(re.findall(r'job\.operator == "(\w+)"', source)) | {"card"}  # the desk does what is left
    assert done == set(CONNECTORS) - record


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)
def test_every_kind_is_checked_and_named(kind: Kind) -> None:
    by_itself = {Kind.TEXT, Kind.FLAG, Kind.DAYS, Kind.ONE_OF, Kind.ANSWER, Kind.CONDITION, Kind.SHOWN, Kind.NAME}
    assert (kind in WHAT) != (kind in by_itself)
    assert kind not in WHAT or WHAT[kind] in THINGS


def test_every_word_has_its_japanese() -> None:
    with PO.open("rb") as file:
        known = {str(message.id) for message in read_po(file, locale="ja") if message.string}
    words = {kind.value for kind in Kind}
    for each in (*PROPERTIES.values(), *CONNECTORS.values(), *COMPONENT_PROPERTIES.values()):
        words |= {each.title, each.help}
    for connector in CONNECTORS.values():
        words |= {connector.left} - {""}
        for parameter in connector.parameters:
            words |= {parameter.title, parameter.help}
    assert words - known == set()


def test_the_formats_are_those_that_are_checked() -> None:
    assert set(COMPONENT_PROPERTIES["format"].choices) == {each.value for each in FORMATS}
    for name in COMPONENT_PROPERTIES["format"].choices:
        assert f"`{name}`" in COMPONENT_PROPERTIES["format"].help
