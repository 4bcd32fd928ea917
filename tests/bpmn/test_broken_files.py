"""Whatever is in a file: it is read or refused, and what is read can be judged, compiled or refused, and written."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app import bpmn
from app.bpmn.names import BPMN, FLOW_NODES, REMARKS
from app.engine import checks
from app.engine.build import build
from app.engine.diagram import read
from app.engine.runnable import unrunnable
from app.text import xml
from app.text.xml import Document, Part, Xml, but
from tests.bpmn.dialects import DIALECTS
from tests.bpmn.test_writing import DIAGRAMS, facts, saved

PIECES = [
    b"", b'"', b"<", b">", b"/", b"&amp;", b"&#0;", b"\xff", b"<!--", b"-->", b"<?x y?>", b' id=""', b' id="p"',
    b"<bpmn:lane>", b"</bpmn:process>", b"<bpmn:subProcess/>", b'xmlns=""', b"<bpmn:boundaryEvent/>", b' x="1e999"',
    b"\n", b"p", b"true",
]  # fmt: skip
FILES = [path.read_bytes() for path in DIAGRAMS] + [text.encode() for text, _ in DIALECTS.values()]


def changed(chance: random.Random) -> bytes:
    """A file with some bytes cut out or put in, most of them where a tag ends."""
    data = chance.choice(FILES)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data))
        if chance.random() < 0.8:
            at = data.find(b" ", at) if chance.random() < 0.5 else data.find(b">", at) + 1
        cut = chance.choice((0, 0, 1, 5, 40, 400))
        data = data[:at] + chance.choice(PIECES) + data[at + cut :]
    return data


def twisted(node: Xml, chance: random.Random) -> Xml:
    """An element in which things are missing, double, elsewhere or called something else."""
    content: list[Part] = []
    for part in node.content:
        if not isinstance(part, Xml) or chance.random() < 0.97:
            content.append(twisted(part, chance) if isinstance(part, Xml) else part)
        if isinstance(part, Xml) and chance.random() < 0.02:
            content.append(part)
    if node.children and chance.random() < 0.02:
        content.append(chance.choice(node.children))
        content.insert(0, chance.choice(KINDS))
    attributes = {
        name: chance.choice(VALUES) if chance.random() < 0.03 else text for name, text in node.attributes.items()
    }
    return but(node, {name: text for name, text in attributes.items() if chance.random() < 0.98}, tuple(content))


KINDS = [xml.read(f'<{kind} xmlns="{BPMN}" id="{kind}"/>'.encode()).root for kind in sorted(FLOW_NODES | REMARKS)]
VALUES = ["", "p", "true", "false", "-1", "nowhere", "audit", "sid-7a", "1e999", "ü\n"]


def test_no_drawing_stops_the_reader() -> None:
    for seed in range(60):
        chance = random.Random(seed)
        document = xml.read(chance.choice(FILES))
        judged_and_written(bpmn.write(Document(twisted(document.root, chance))))


@pytest.mark.parametrize("seed", range(10))
def test_no_file_stops_the_reader(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(10):
        judged_and_written(changed(chance))


def judged_and_written(data: bytes) -> None:
    found = bpmn.read_all({"a.bpmn": data})
    assert all(str(problem) for problem in bpmn.faults(found, "p"))
    diagrams = read({"a.bpmn": data}, "p")
    if not unrunnable(diagrams, "p"):
        checks.check(diagrams)
        build(diagrams, {})
    for file in found.files:
        again = xml.read(saved(data))
        assert facts(again) == facts(file.document)
        assert bpmn.write(again) == saved(data)


def test_the_files_that_are_changed_are_there() -> None:
    assert len(FILES) >= 10
    assert all(Path(path).suffix == ".bpmn" for path in DIAGRAMS)
