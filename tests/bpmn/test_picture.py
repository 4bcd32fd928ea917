"""A diagram as a picture: whole, well-formed, the path in it, and nothing that a browser would run or fetch."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest

from app import bpmn
from app.bpmn.picture import Walked, picture

PACKAGE = Path(__file__).parents[2] / "bpmn/ccus_api_certification"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("file", sorted(path.name for path in PACKAGE.glob("*.bpmn")))
def test_every_element_and_flow_that_is_drawn_is_in_it(file: str) -> None:
    diagram = bpmn.read(file, (PACKAGE / file).read_bytes())
    root = Tree.fromstring(picture(diagram, Walked(), "認定 & 審査"))
    assert root.findtext(f"{SVG}title") == "認定 & 審査"
    ids = {each.get("id") for each in root.iter() if each.get("id")}
    drawn = {each.id for each in diagram.elements() if each.id in diagram.shapes}
    assert drawn and drawn <= ids
    assert {each.id for each in diagram.flows() if len(diagram.edges.get(each.id, ())) > 1} <= ids
    words = "".join(root.itertext())
    for element in diagram.elements():
        if element.kind == "userTask" and len(element.name) < 20:
            assert element.name.replace(" ", "") in words.replace(" ", ""), element.name


def test_what_was_walked_stands_and_failed_is_told_apart() -> None:
    diagram = bpmn.read("exam.bpmn", (PACKAGE / "exam.bpmn").read_bytes())
    first, second, third = [each.id for each in diagram.elements() if each.id in diagram.shapes][:3]
    flow = next(each.id for each in diagram.flows() if each.id in diagram.edges)
    root = Tree.fromstring(picture(diagram, Walked({first, second}, {second}, {third}, {flow})))
    classes = {each.get("id"): str(each.get("class")).split() for each in root.iter() if each.get("id")}
    assert "done" in classes[first] and "open" not in classes[first]
    assert "open" in classes[second] and "done" not in classes[second]
    assert "failed" in classes[third]
    assert "walked" in classes[flow]
    assert sum("walked" in each for each in classes.values()) == 1


def test_names_are_text_and_nothing_is_fetched_or_run() -> None:
    source = (PACKAGE / "exam.bpmn").read_text("utf-8").replace('name="', 'name="&lt;script&gt;x&lt;/script&gt;', 5)
    drawn = picture(bpmn.read("exam.bpmn", source.encode()), Walked(), "<b>")
    root = Tree.fromstring(drawn)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg", "title", "style", "defs", "marker", "path", "rect", "circle", "polygon", "polyline", "text", "tspan",
    }  # fmt: skip
    assert not [name for each in root.iter() for name in each.attrib if name.startswith("on") or "href" in name]
    assert "url(http" not in drawn and "@import" not in drawn
