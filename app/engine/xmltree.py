"""XML from people we do not know, as a small tree: no DTD, no entities, nothing fetched, bounded in every
direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.errors import NinteiError

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

MAX_BYTES = 4_000_000
MAX_DEPTH = 40
MAX_ELEMENTS = 40_000
MAX_TEXT = 100_000  # characters in one element or attribute


class BadXml(NinteiError):
    """The text cannot be read; the message says why in plain words."""


@dataclass(slots=True)
class Xml:
    """One element: namespace and name, attributes, text directly inside, children."""

    namespace: str
    name: str
    attributes: dict[str, str]
    children: list[Xml] = field(default_factory=list)
    text: str = ""

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    def all(self, name: str, namespace: str = BPMN) -> Iterator[Xml]:
        """The direct children of that name."""
        return (child for child in self.children if child.name == name and child.namespace == namespace)

    def first(self, name: str, namespace: str = BPMN) -> Xml | None:
        return next(self.all(name, namespace), None)

    def said(self, name: str, namespace: str = BPMN) -> str:
        """The text of the first child of that name, without the space around it."""
        child = self.first(name, namespace)
        return "" if child is None else child.text.strip()

    def walk(self) -> Iterator[Xml]:
        """This element and all below it, in document order."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))


def parse(source: bytes) -> Xml:
    """The tree of one document. Raises BadXml."""
    if len(source) > MAX_BYTES:
        raise BadXml("The file is larger than 4 MB.")
    target = _Builder()
    parser = DefusedXMLParser(target=target, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(source)
        parser.close()
    except DefusedXmlException:
        raise BadXml("A document type declaration (DTD) or entity is not allowed; remove it.") from None
    except ParseError as error:
        raise BadXml("It is not well-formed XML: %(reason)s", reason=str(error)) from None
    except (LookupError, ValueError) as error:
        raise BadXml("It cannot be read: %(reason)s", reason=str(error)) from None
    if target.root is None:
        raise BadXml("The file is empty.")
    return target.root


class _Builder:
    """Target of the parser: builds the tree and stops at the first bound that is passed."""

    def __init__(self) -> None:
        self.root: Xml | None = None
        self.open: list[Xml] = []
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise BadXml("The file has more than 40,000 elements.")
        if len(self.open) >= MAX_DEPTH:
            raise BadXml("Its elements are nested more than 40 deep.")
        if any(len(value) > MAX_TEXT for value in attributes.values()):
            raise BadXml("An attribute is too long.")
        namespace, _, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        node = Xml(namespace, name, dict(attributes))
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, _tag: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        if not self.open:
            return
        node = self.open[-1]
        if len(node.text) + len(text) > MAX_TEXT:
            raise BadXml("A text is too long.")
        node.text += text

    def close(self) -> None:
        pass
