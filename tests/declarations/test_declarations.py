"""What is declared is what is checked, done, and written in the manual."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

from app.catalogue.complaints import THINGS
from app.catalogue.things import THINGS as THINGS_OF
from app.catalogue.things import WHAT
from app.declarations import (
    ATTRIBUTES,
    COMPARISONS,
    COMPONENT_PROPERTIES,
    COMPONENTS,
    CONNECTORS,
    ELEMENTS,
    HEADERS,
    PARTS,
    PROPERTIES,
    SECTIONS,
    TOP,
    Group,
    Kind,
    Sort,
    Where,
)
from app.declarations.choices import TITLES
from app.declarations.portal import WORDS
from app.forms import FORMATS, schema
from app.forms.spec import INPUTS
from app.forms.spec import Kind as FormKind
from app.services.process import outside
from app.services.process.operations import OPERATIONS
from scripts import declared

PROJECT = Path(__file__).parents[2]
PO = PROJECT / "app/web/translations/ja/LC_MESSAGES/messages.po"


def test_the_manual_has_the_tables_that_are_declared() -> None:
    assert declared.main("check") == 0, "run: python scripts/declared.py update"


def test_a_table_that_says_something_else_is_noticed() -> None:
    manual = declared.MANUAL.read_text(encoding="utf-8")
    for old in (
        declared.WORDS["property binds"],
        SECTIONS["cards"].key("loan_days").help,
        declared.WORDS["operator webhook"][1:],
        COMPONENT_PROPERTIES["maxSizeMb"].help,
    ):
        assert old in manual
        assert declared.written(manual.replace(old, "something else")) == manual


def test_every_operator_has_its_doer_and_every_doer_its_declaration() -> None:
    record = {name for name, connector in CONNECTORS.items() if connector.where is Where.RECORD}
    assert record == set(OPERATIONS)
    source = Path(outside.__file__).read_text(encoding="utf-8")
    done = set(re.findall(r'job\.operator == "(\w+)"', source)) | {"card"}  # the desk does what is left
    assert done == set(CONNECTORS) - record


def test_every_kind_is_called_something_where_it_is_missing() -> None:
    assert WHAT.keys() <= THINGS_OF.keys() | {Kind.FIELD}  # of one form
    assert set(WHAT.values()) <= set(THINGS)


def test_every_word_has_its_japanese() -> None:
    with PO.open("rb") as file:
        known = {str(message.id) for message in read_po(file, locale="ja") if message.string}
    words = {each.value for kinds in (Kind, Group, Sort) for each in kinds} | set(TITLES.values())
    for each in (*PROPERTIES.values(), *CONNECTORS.values(), *COMPONENT_PROPERTIES.values(), *ATTRIBUTES.values(),
                 *ELEMENTS.values(), *PARTS.values()):  # fmt: skip
        words |= {each.title, each.help}
    words |= {each.title for each in (*COMPONENTS.values(), *COMPARISONS.values())} | set(WORDS.values())
    for section in (TOP, *SECTIONS.values(), *HEADERS.values()):
        words |= {word for each in (section, *section.keys) for word in (each.title, each.help)}
    for connector in CONNECTORS.values():
        words |= {connector.left} - {""}
        for parameter in connector.parameters:
            words |= {parameter.title, parameter.help}
    assert words - known == set()


def test_every_choice_is_called_something_that_people_read() -> None:
    declared = (*PROPERTIES.values(), *ATTRIBUTES.values(), *COMPONENT_PROPERTIES.values())
    keys = [key for section in (TOP, *SECTIONS.values(), *HEADERS.values()) for key in section.keys]
    parameters = [each for connector in CONNECTORS.values() for each in connector.parameters]
    choices = {choice for each in (*declared, *keys, *parameters) for choice in each.choices}
    assert {choice for choice in choices if choice.isascii()} == set(TITLES)


def test_every_attribute_and_type_of_form_is_declared_and_read() -> None:
    assert set(COMPONENTS) == {each.value for each in FormKind}
    assert {each.type for each in COMPONENTS.values() if each.asks} == {each.value for each in INPUTS}
    assert {name for each in COMPONENTS.values() for name in each.attributes} == set(ATTRIBUTES)
    for each in COMPONENT_PROPERTIES.values():
        assert set(each.on) <= COMPONENTS.keys()


def test_a_property_of_another_kind_of_component_is_refused() -> None:
    component = {"type": "number", "id": "n", "key": "n", "label": "数", "properties": {"today": True}}
    _, problems = schema.read({"type": "default", "id": "t", "components": [component]}, "t")
    assert [problem.params["property"] for problem in problems] == ["properties.today"]


def test_the_formats_are_those_that_are_checked() -> None:
    assert set(COMPONENT_PROPERTIES["format"].choices) == {each.value for each in FORMATS}
    for name in COMPONENT_PROPERTIES["format"].choices:
        assert f"`{name}`" in declared.WORDS["component format"]


def test_the_manual_has_words_of_its_own_for_what_is_declared_alone() -> None:
    known = {f"property {name}" for name in PROPERTIES} | {f"component {name}" for name in COMPONENT_PROPERTIES}
    for name, connector in CONNECTORS.items():
        known |= {f"operator {name}", f"operator {name} left"}
        known |= {f"operator {name}.{each.name}" for each in connector.parameters}
    known |= {f"header {name}.{key.name}" for name, section in HEADERS.items() for key in section.keys}
    for section in (TOP, *SECTIONS.values()):
        known |= {f"package {section.id}"} | {f"package {section.id}.{key.name}" for key in section.keys}
    assert set(declared.WORDS) - known == set()


def test_a_help_of_the_designer_is_written_for_who_knows_the_work_and_no_file() -> None:
    """Signs of files, commas between ids and values in quotes are what the designer writes by itself."""
    files = re.compile(
        r"comma-separated|\bids?\b|\bdict\b|task data|\bJSON\b|\bboolean\b|`true`|`false`|\[[a-z]+\.|`section\.key`|"
        r"\bS-FEEL\b|\btoken\b|element id|カンマ区切り|辞書|タスクのデータ|要素のID|プロパティ `"
    )
    with PO.open("rb") as file:
        japanese = {str(message.id): str(message.string) for message in read_po(file, locale="ja") if message.id}
    helps = [each.help for each in (*PROPERTIES.values(), *COMPONENT_PROPERTIES.values(), *ELEMENTS.values())]
    helps += [each.help for each in PARTS.values()] + [each.help for each in HEADERS["mail"].keys]
    for connector in CONNECTORS.values():
        if connector.id not in declared.HIDDEN:
            helps += [connector.help, *(each.help for each in connector.parameters)]
    told = [text for each in helps for text in (each, japanese[each]) if files.search(text)]
    assert told == []
