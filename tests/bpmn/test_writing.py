"""Opening and saving changes nothing, whichever tool did it: no fact is lost, and the same facts are the same bytes."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import bpmn
from app.bpmn.names import BOUNDS, BPMN, DRAWN, POINTS, SPIFF
from app.bpmn.order import _DEFAULTS
from app.engine.build import build
from app.engine.diagram import read
from app.engine.program import Program, _facts
from app.text import xml
from app.text.xml import Comment, Document, Instruction, Xml, but
from tests.engine.drawing import Drawing
from tests.engine.drawing import xml as drawn
from tests.engine.generated import diagram

PROJECT = Path(__file__).parents[2]
DIAGRAMS = sorted((PROJECT / "bpmn").rglob("*.bpmn"))
NODE = shutil.which("node") or shutil.which(str(Path(sys.executable).with_name("node")))
OURS = {BPMN, DRAWN, BOUNDS, POINTS, SPIFF}


def saved(data: bytes) -> bytes:
    return bpmn.write(bpmn.read("a.bpmn", data).document)


def facts(document: Document) -> Counter[tuple[object, ...]]:
    """Everything that a file says, but for what is the same said otherwise: each element with its attributes and text,
    what holds it, and what stands before which."""
    found: Counter[tuple[object, ...]] = Counter(("beside", part) for part in (*document.before, *document.after))
    pending: list[tuple[str, Xml]] = [("", document.root)]
    while pending:
        path, node = pending.pop()
        attributes = node.attributes.items()
        if node.namespace == BPMN:
            attributes = {(name, value) for name, value in attributes if _DEFAULTS.get(name) != value}  # type: ignore[assignment]
        text = node.text if node.text.strip() or node.namespace not in OURS else ""
        if node.children and not text.strip():
            text = ""
        path += f"/{node.namespace} {node.name} {node.get('id')}"
        found[path, tuple(sorted(attributes)), text, tuple(sorted(node.declared.items()))] += 1
        found.update((path, *aside) for aside in asides(node))
        pending += [(path, child) for child in node.children]
    return found


def asides(node: Xml) -> Iterator[tuple[object, ...]]:
    waiting: list[object] = []
    for part in node.content:
        if isinstance(part, Comment):
            waiting.append(part.text)
        elif isinstance(part, Instruction):
            waiting.append((part.target, part.text))
        elif isinstance(part, Xml):
            yield from ((each, part.name, part.get("id")) for each in waiting)
            waiting = []
    yield from ((each, "end") for each in waiting)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_opening_and_saving_one_of_our_diagrams_changes_no_byte(path: Path) -> None:
    data = path.read_bytes()
    assert saved(data) == data, "bring it into form: make diagrams"


@pytest.mark.skipif(NODE is None, reason="node: no Node here (make install brings one)")
@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_what_a_tool_of_bpmn_io_has_opened_and_saved_changes_no_byte(path: Path) -> None:
    modules = PROJECT / "app" / "frontend"
    if not (modules / "node_modules" / "bpmn-moddle").is_dir():
        pytest.skip("bpmn-moddle: not installed (make install brings it)")
    data = path.read_bytes()
    command = [str(NODE), str(Path(__file__).with_name("moddle.mjs")), str(modules)]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    assert done.stdout != data  # it orders by its own taste
    assert saved(done.stdout) == data


STRANGE = """<?xml version="1.0" encoding="UTF-16"?>
<?tool keep me?>
<!-- before all -->
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z='urn:z' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  targetNamespace="t" id="d" z:made='by &quot;hand&quot; &amp; &lt;mouse&gt;&#10;two'>
  <process id="p" isExecutable="true"><!-- of the flow -->
    <sequenceFlow id="f1" sourceRef="g" targetRef="b"><conditionExpression xsi:type="tFormalExpression">a &lt; 1 &amp;&amp; b</conditionExpression></sequenceFlow>
    <?pi inside?>
    <task id="b" z:colour="rot"><outgoing>f9</outgoing><incoming>f1</incoming><extensionElements>
        <z:note xml:space="preserve">  <z:b/>  keep  </z:note><z:empty> </z:empty><z:list><z:x n="2"/><z:x n="1"/></z:list>
      </extensionElements><documentation>with <b xmlns="http://www.w3.org/1999/xhtml">bold</b> words </documentation></task>
    <exclusiveGateway id="g"/>
    <scriptTask id="a"><script><![CDATA[if a < 1:
    b = "&"
]]></script></scriptTask>
    <z:thing id="q"/>
    <sequenceFlow id="f0" sourceRef="g" targetRef="a" isImmediate="false"/>
    <!-- the last word -->
  </process>
  <message id="m2" name="x"/><message id="m1" name="y"/>
</definitions>
<!-- after all -->""".encode("utf-16")  # noqa: E501 - as tools write


def test_nothing_that_a_strange_file_says_is_lost() -> None:
    before, after = xml.read(STRANGE), xml.read(saved(STRANGE))
    assert facts(before) == facts(after)
    assert saved(saved(STRANGE)) == saved(STRANGE)
    text = saved(STRANGE).decode()
    assert text.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<?tool keep me?>\n<!-- before all -->\n<definitions '
    )
    assert text.endswith("</definitions>\n<!-- after all -->\n")
    assert '    <!-- of the flow -->\n    <sequenceFlow id="f1"' in text
    assert '<z:note xml:space="preserve">  <z:b />  keep  </z:note>' in text
    assert text.index('id="f1"') < text.index('id="f0"'), "the gateway tries its conditions in this order"
    assert text.index('id="m1"') < text.index('id="m2"')


TWO = '<{0}:definitions xmlns:{1}="{2}" xmlns:{0}="{2}" xmlns="{2}"><{1}:process id="p" {0}:x="1"/></{0}:definitions>'


def test_of_several_prefixes_for_one_namespace_always_the_same_is_written() -> None:
    first, second = TWO.format("a", "b", BPMN).encode(), TWO.format("b", "a", BPMN).encode()
    assert saved(first) == saved(second) == saved(saved(first))
    assert facts(xml.read(saved(first))) == facts(xml.read(first))


def shuffled(node: Xml, chance: random.Random) -> Xml:
    """The same drawing with everything that has no order in another one."""
    content = [shuffled(part, chance) if isinstance(part, Xml) else part for part in node.content]
    if node.name in ("process", "subProcess", "BPMNPlane") or any(
        isinstance(part, Xml) and part.name in ("incoming", "outgoing", "flowNodeRef") for part in content
    ):
        parts = [part for part in content if not isinstance(part, str)]
        flows = iter([part for part in parts if isinstance(part, Xml) and part.name == "sequenceFlow"])
        chance.shuffle(parts)
        content = [next(flows) if isinstance(each, Xml) and each.name == "sequenceFlow" else each for each in parts]
    attributes = list(node.attributes.items())
    chance.shuffle(attributes)
    return but(node, dict(attributes), tuple(content))


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(3))
def test_what_a_tool_has_put_in_another_order_is_written_as_before(path: Path, seed: int) -> None:
    document = xml.read(path.read_bytes())
    assert bpmn.write(Document(shuffled(document.root, random.Random(seed)))) == path.read_bytes()


def ways(source: bytes, entry: str) -> dict[tuple[str, str], list[tuple[str, object]]]:
    """All that the engine has made of a diagram; from where a place is reached has no order."""
    program = Program(entry, build(read({"a.bpmn": source}, entry), {}), "")
    return {
        (name, spec.name): [
            (key, sorted(spec._inputs) if key == "_inputs" else spec.before if key == "before" else value)
            for key, value in _facts(spec)
        ]
        for name, process in program.specs.items()
        for spec in process.task_specs.values()
    }


def test_in_which_order_things_are_drawn_changes_nothing_but_which_condition_is_tried_first() -> None:
    for seed in range(40):
        drawings = diagram(seed)
        source, entry = drawn(*drawings), drawings[0].name
        root = shuffled(xml.read(source).root, random.Random(seed))
        assert ways(bpmn.write(Document(root)), entry) == ways(source, entry), seed


@pytest.mark.parametrize("seed", range(40))
def test_a_saved_diagram_runs_as_before(seed: int) -> None:
    drawings = diagram(seed)
    source, entry = drawn(*drawings), drawings[0].name
    assert ways(saved(source), entry) == ways(source, entry)


def test_a_file_of_many_elements_is_written_in_their_number() -> None:
    drawing = Drawing("p").start()
    names = [f"t{number}" for number in range(2_000)]
    for name in names:
        drawing.node("task", name)
    source = drawn(drawing.end().path("s", *names, "e"))
    assert facts(xml.read(saved(source))) == facts(xml.read(source))
