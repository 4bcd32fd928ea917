"""The diagrams as people see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.services.pages import diagrams
from app.text import xml
from app.text.xml import Xml
from tests.services.conftest import Bench
from tests.services.steps import actor, go


def everything(node: Xml) -> Iterator[Xml]:
    yield node
    for child in node.children:
        yield from everything(child)


def test_a_label_in_english_has_room_for_its_longest_word(bench: Bench) -> None:
    walker = go(bench, "company_profile")
    seen = 0
    for process in bench.portal.releases.current("ccus_api_certification").package.processes:
        drawn = {
            language: xml.read(
                diagrams.source(walker.portal, walker.number, process, replace(actor(walker), language=language))
            ).root
            for language in ("ja", "en")
        }
        named = {each.get("id"): each.get("name") for each in everything(drawn["en"])}
        for was, now in zip(everything(drawn["ja"]), everything(drawn["en"]), strict=True):
            if now.name not in {"BPMNEdge", "BPMNShape"}:
                continue
            for before, label in zip(_labels(was), _labels(now), strict=True):
                word = max(named[now.get("bpmnElement")].split(), key=len, default="")
                x, width = float(label.get("x")), float(label.get("width"))
                assert width >= 6.5 * len(word), (process, word)
                assert abs(x + width / 2 - float(before.get("x")) - float(before.get("width")) / 2) < 0.01
                seen += word == "Returned"
    assert seen >= 9


def _labels(shape: Xml) -> list[Xml]:
    return [bounds for label in shape.children if label.name == "BPMNLabel" for bounds in label.children]
