"""XML that strangers may have written, as a frozen tree: diagrams (BPMN) and decision tables (DMN).

No document type, no entity, nothing fetched; bounded in size, depth and number. All that is information in the sense of
XML Infoset is kept, comments and processing instructions too, so that a file can be written again without loss: but for
the ways of writing the same thing (CDATA, character references, quotes, space inside tags).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.errors import N_, Problem, Refused

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64  # BPMN with diagram interchange needs some 12
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTE = 20_000  # characters; long texts are elements of their own
MAX_TEXT = 100_000  # characters directly in one element


class XmlRefused(Refused):
    """The text is no XML, or XML that no editor of diagrams writes. `line`: where, 0 where it is the whole."""

    def __init__(self, message: str, line: int = 0, **params: Any) -> None:
        super().__init__(message, **params)
        self.line = line

    def of(self, file: str) -> Problem:
        """The same as what is wrong with a file of a package."""
        return Problem(file, self.message, params=self.params, line=self.line)


@dataclass(frozen=True, slots=True)
class Comment:
    """What stands between <!-- and -->."""

    text: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """A processing instruction: <?target text?>."""

    target: str
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Xml:
    """One element. `attributes`: by name, or {namespace}name, in the order of the file; `declared`: prefix to namespace
    of the declarations that stand on it; `content`: all that is in it, in order; `children`: the elements of it."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    declared: Mapping[str, str]
    content: tuple[Part, ...]
    children: tuple[Xml, ...]
    line: int

    def get(self, attribute: str, default: str = "") -> str:
        """The value of an attribute."""
        return self.attributes.get(attribute, default)

    @property
    def text(self) -> str:
        """The text directly inside."""
        return "".join(part for part in self.content if isinstance(part, str))

    def all(self, name: str, namespace: str = "") -> Iterator[Xml]:
        """The direct children of that name, in the namespace of this element if none is given."""
        wanted = namespace or self.namespace
        return (child for child in self.children if child.name == name and child.namespace == wanted)

    def first(self, name: str, namespace: str = "") -> Xml | None:
        """The first of `all`."""
        return next(self.all(name, namespace), None)

    def said(self, name: str, namespace: str = "") -> str:
        """The text of the first child of that name, without the space around it."""
        child = self.first(name, namespace)
        return "" if child is None else child.text.strip()

    def walk(self) -> Iterator[Xml]:
        """This element and all below it, in the order of the file."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))


def but(node: Xml, attributes: Mapping[str, str], content: tuple[Part, ...]) -> Xml:
    """The same element with other attributes and other content."""
    children = tuple(part for part in content if isinstance(part, Xml))
    return replace(node, attributes=attributes, content=content, children=children)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A file: its root, and the comments and processing instructions before and after it."""

    root: Xml
    before: tuple[Comment | Instruction, ...] = ()
    after: tuple[Comment | Instruction, ...] = ()

    def instructions(self) -> Iterator[Instruction]:
        """Every processing instruction, wherever it stands."""
        inside = (part for node in self.root.walk() for part in node.content)
        return (part for part in (*self.before, *inside, *self.after) if isinstance(part, Instruction))


Part = Xml | Comment | Instruction | str


def read(data: bytes) -> Document:
    """The tree of a file. Raises XmlRefused, which says what is wrong and where."""
    if len(data) > MAX_BYTES:
        raise XmlRefused("The file is larger than %(most)s bytes.", most=MAX_BYTES)
    builder = _Builder()
    parser: Any = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    builder.place = parser.parser
    try:
        parser.feed(data)
        document: Document = parser.close()
    except ParseError as error:
        line, column = error.position
        raise XmlRefused("This is not well-formed XML (column %(column)s).", line, column=column + 1) from None
    except DefusedXmlException:
        raise XmlRefused("The XML declares a document type or entities: remove them.") from None
    except (ValueError, LookupError) as error:  # an encoding that is unknown or lies
        raise XmlRefused("The XML cannot be decoded: save it as UTF-8 (%(reason)s).", reason=str(error)) from None
    return document


@dataclass(slots=True)
class _Open:
    """An element whose end has not been read."""

    tag: str
    attributes: dict[str, str]
    declared: dict[str, str]
    line: int
    content: list[Part] = field(default_factory=list)
    length: int = 0  # characters of text so far


class _Builder:
    """Target of the parser: counts while it builds, so that a hostile file is dropped before it has become a tree."""

    def __init__(self) -> None:
        self.place: Any = None  # of expat: where the parser is
        self.open: list[_Open] = []
        self.declared: dict[str, str] = {}
        self.count = 0
        self.root: Xml | None = None
        self.before: list[Comment | Instruction] = []
        self.after: list[Comment | Instruction] = []

    def start_ns(self, prefix: str | None, uri: str | None) -> None:
        self.declared[prefix or ""] = uri or ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.counted()
        if len(self.open) >= MAX_DEPTH:
            raise XmlRefused("The XML is nested deeper than %(most)s levels.", self.line, most=MAX_DEPTH)
        if any(len(value) > MAX_ATTRIBUTE for value in attributes.values()):
            message = N_("An attribute in the XML is longer than %(most)s characters.")
            raise XmlRefused(message, self.line, most=MAX_ATTRIBUTE)
        self.open.append(_Open(tag, dict(attributes), self.declared, self.line))
        self.declared = {}

    def end(self, _tag: str) -> None:
        done = self.open.pop()
        namespace, _, name = done.tag[1:].rpartition("}") if done.tag.startswith("{") else ("", "", done.tag)
        children = tuple(part for part in done.content if isinstance(part, Xml))
        node = Xml(namespace, name, done.attributes, done.declared, tuple(done.content), children, done.line)
        if self.open:
            self.open[-1].content.append(node)
        else:
            self.root = node

    def data(self, text: str) -> None:
        if not self.open:
            return
        owner = self.open[-1]
        owner.length += len(text)
        if owner.length > MAX_TEXT:
            raise XmlRefused("A text in the XML is longer than %(most)s characters.", self.line, most=MAX_TEXT)
        if owner.content and isinstance(owner.content[-1], str):
            owner.content[-1] += text
        else:
            owner.content.append(text)

    def comment(self, text: str) -> None:
        self.aside(Comment(text))

    def pi(self, target: str, text: str | None = None) -> None:
        self.aside(Instruction(target, text or "", self.line))

    def aside(self, part: Comment | Instruction) -> None:
        self.counted()
        if self.open:
            self.open[-1].content.append(part)
        else:
            (self.before if self.root is None else self.after).append(part)

    def counted(self) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise XmlRefused("The XML has more than %(most)s elements.", self.line, most=MAX_ELEMENTS)

    @property
    def line(self) -> int:
        """Where the parser is."""
        return int(self.place.CurrentLineNumber)

    def close(self) -> Document:
        if self.root is None:  # expat has said so before
            raise XmlRefused("The XML cannot be decoded: save it as UTF-8 (%(reason)s).", reason="no root")
        return Document(self.root, tuple(self.before), tuple(self.after))
