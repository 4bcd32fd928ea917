"""Reads XML that strangers may have written.

No document type, no entity, no processing instruction; bounded in size and depth.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.errors import Refused

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64  # BPMN with diagram interchange needs some 12
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTE = 20_000  # characters; long texts are elements of their own


class XmlRefused(Refused):
    """The text is no XML, or XML that no editor of diagrams writes."""


class _Builder(TreeBuilder):
    """Counts while it builds, so that a hostile file is dropped before it has become a tree."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.count = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH:
            raise XmlRefused("The XML is nested deeper than %(most)s levels.", most=MAX_DEPTH)
        if self.count > MAX_ELEMENTS:
            raise XmlRefused("The XML has more than %(most)s elements.", most=MAX_ELEMENTS)
        if any(len(value) > MAX_ATTRIBUTE for value in attrs.values()):
            raise XmlRefused("An attribute in the XML is longer than %(most)s characters.", most=MAX_ATTRIBUTE)
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        self.depth -= 1
        return super().end(tag)

    def pi(self, target: str, _text: str | None = None) -> Any:
        raise XmlRefused("The XML holds a processing instruction (%(target)s): remove it.", target=target)


def read(data: bytes) -> Element:
    """The root element. Raises XmlRefused, which says what is wrong and where."""
    if len(data) > MAX_BYTES:
        raise XmlRefused("The file is larger than %(most)s bytes.", most=MAX_BYTES)
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except ParseError as error:
        line, column = error.position
        raise XmlRefused(
            "This is not well-formed XML: line %(line)s, column %(column)s.", line=line, column=column + 1
        ) from None
    except DefusedXmlException:
        raise XmlRefused("The XML declares a document type or entities: remove them.") from None
    except (ValueError, LookupError) as error:  # an encoding that is unknown or lies
        raise XmlRefused("The XML cannot be decoded: save it as UTF-8 (%(reason)s).", reason=str(error)) from None
    return root


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]
