"""The extension elements of SpiffWorkflow that the portal reads (docs/package-format.md, "BPMN")."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element as Node

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


class Extensions:
    """Those of one element."""

    def __init__(self, node: Node) -> None:
        inner = node.find(f"{BPMN}extensionElements")
        self.inner = inner if inner is not None else Node("none")

    def properties(self) -> dict[str, str]:
        return {node.get("name", ""): node.get("value", "") for node in self._properties()}

    def repeated(self) -> list[str]:
        """Names of properties that stand there more than once."""
        counts = Counter(node.get("name", "") for node in self._properties())
        return sorted(name for name, count in counts.items() if count > 1)

    def service(self) -> tuple[str, dict[str, str], str]:
        """(operator, parameters, result variable); empty where there is no operator."""
        node = self.inner.find(f"{SPIFF}serviceTaskOperator")
        if node is None:
            return "", {}, ""
        parameters = {one.get("id", ""): one.get("value", "") for one in node.iter(f"{SPIFF}parameter")}
        return node.get("id", ""), parameters, node.get("resultVariable", "")

    def text(self, name: str) -> str:
        return (self.inner.findtext(f"{SPIFF}{name}") or "").strip()

    def _properties(self) -> list[Node]:
        return self.inner.findall(f"{SPIFF}properties/{SPIFF}property")
