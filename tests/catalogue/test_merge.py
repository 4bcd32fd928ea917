"""What two people made of one file is put together; only what both said otherwise is asked, and nothing is dropped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import bpmn
from app.catalogue.canonical import canonical, is_text
from app.catalogue.merge import merge
from app.text import xml

BPMN = Path(__file__).parents[2] / "bpmn" / "ccus_api_certification"
REVIEW = (BPMN / "document_review.bpmn").read_bytes()
FORM = (BPMN / "forms" / "company_profile.form").read_bytes()


def elements(data: bytes) -> dict[str, bpmn.Element]:
    return {each.id: each for process in bpmn.read("x.bpmn", data).processes for each in process.elements}


def two_tasks() -> list[bpmn.Element]:
    return [each for each in elements(REVIEW).values() if each.kind == "userTask"][:2]


def renamed(data: bytes, element: bpmn.Element, name: str) -> bytes:
    found = data.replace(
        f'id="{element.id}" name="{element.name}"'.encode(), f'id="{element.id}" name="{name}"'.encode()
    )
    assert found != data
    return canonical("x.bpmn", found, data)


def test_lines_of_both_are_there() -> None:
    base = b"a\nb\nc\nd\ne\n"
    found = merge("mail/x.md", base, b"a\nB\nc\nd\ne\n", b"a\nb\nc\nd\nE\nf\n")
    assert (found.data, found.clashes) == (b"a\nB\nc\nd\nE\nf\n", ())


def test_a_line_that_both_changed_is_asked_and_then_as_it_was_decided() -> None:
    base, mine, theirs = b"a\nb\nc\n", b"a\nmine\nc\n", b"a\ntheirs\nc\n"
    found = merge("mail/x.md", base, mine, theirs)
    assert [(each.base, each.mine, each.theirs) for each in found.clashes] == [("b\n", "mine\n", "theirs\n")]
    settled = merge("mail/x.md", base, mine, theirs, {found.clashes[0].key: "theirs"})
    assert (settled.data, settled.clashes) == (theirs, ())


def test_names_of_two_elements_changed_by_two_people_are_both_changed() -> None:
    first, second = two_tasks()
    found = merge("x.bpmn", REVIEW, renamed(REVIEW, first, "一つ目"), renamed(REVIEW, second, "二つ目"))
    assert found.clashes == () and found.data is not None
    there = elements(found.data)
    assert (there[first.id].name, there[second.id].name) == ("一つ目", "二つ目")
    assert found.data == renamed(renamed(REVIEW, first, "一つ目"), second, "二つ目")


def test_one_name_changed_by_both_is_one_clash_at_the_element() -> None:
    first, _ = two_tasks()
    found = merge("x.bpmn", REVIEW, renamed(REVIEW, first, "一つ目"), renamed(REVIEW, first, "別の名前"))
    assert [each.key for each in found.clashes] == [f"{first.id}#name"]
    assert found.clashes[0].base == first.name


def test_what_one_took_out_and_the_other_changed_is_asked() -> None:
    first, _ = two_tasks()
    found = merge("x.bpmn", REVIEW, renamed(REVIEW, first, "新しい名前"), _without(REVIEW, first.id))
    assert found.clashes


def _without(data: bytes, element: str) -> bytes:
    """The diagram without this element (whatever that leaves dangling)."""

    def cut(node: xml.Xml) -> xml.Xml:
        content = tuple(
            cut(part) if isinstance(part, xml.Xml) else part
            for part in node.content
            if not (isinstance(part, xml.Xml) and element in (part.get("id"), part.get("bpmnElement")))
        )
        return xml.but(node, node.attributes, content)

    document = xml.read(data)
    return bpmn.write(xml.Document(cut(document.root), document.before, document.after))


def test_fields_that_two_people_added_to_a_form_are_both_there() -> None:
    mine, theirs = json.loads(FORM), json.loads(FORM)
    mine["components"].append({"type": "textfield", "id": "Mine", "key": "mine", "label": "一"})
    theirs["components"].insert(0, {"type": "textfield", "id": "Theirs", "key": "theirs", "label": "二"})
    found = merge("forms/x.form", FORM, json.dumps(mine).encode(), json.dumps(theirs).encode())
    assert found.clashes == () and found.data is not None
    ids = [each["id"] for each in json.loads(found.data)["components"]]
    assert ids[0] == "Theirs" and ids[-1] == "Mine"


def test_a_file_that_no_reader_can_read_is_one_clash_as_a_whole() -> None:
    found = merge("x.bpmn", REVIEW, b"<broken", _without(REVIEW, two_tasks()[0].id))
    assert [each.key for each in found.clashes] == ["*"] and found.data == b"<broken"


@pytest.mark.parametrize("path", sorted(BPMN.rglob("*.*")), ids=lambda path: path.name)
def test_one_side_alone_is_taken_as_it_stands(path: Path) -> None:
    data = path.read_bytes()
    name = path.relative_to(BPMN).as_posix()
    assert merge(name, data, data, b"other").data == b"other"
    assert merge(name, data, b"mine", data).data == b"mine"
    assert merge(name, data, data, None).data is None


@pytest.mark.parametrize("path", sorted(BPMN.rglob("*.*")), ids=lambda path: path.name)
def test_a_file_of_ours_that_is_opened_and_saved_keeps_its_bytes(path: Path) -> None:
    data, name = path.read_bytes(), path.relative_to(BPMN).as_posix()
    assert canonical(name, _as_an_editor_gives_it(name, data), data) == data
    if name.endswith((".bpmn", ".dmn")):
        assert canonical(name, data, None) == data


def _as_an_editor_gives_it(name: str, data: bytes) -> bytes:
    if name.endswith(".form"):
        return json.dumps(json.loads(data), sort_keys=True).encode()
    if name.endswith((".bpmn", ".dmn")):
        return data.replace(b" />", b"/>").replace(b"\n", b"\r\n")
    return b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") if is_text(name) else data
