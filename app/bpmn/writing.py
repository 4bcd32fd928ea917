"""A diagram as bytes, in one canonical form: the same facts are the same bytes, whichever tool wrote the file.

UTF-8, two spaces a level, a line for each element, `<x />` for what is empty. Order is `order`'s to say. Text is
written as it stands; elements in which text and elements are mixed, and everything below xml:space="preserve",
are not indented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.bpmn.order import ordered
from app.text.xml import Comment, Document, Instruction, Xml

_XML = "http://www.w3.org/XML/1998/namespace"
_FIRST = ("id", "name", "sourceRef", "targetRef")  # the other attributes follow by their names


def write(document: Document) -> bytes:
    """The file. Nothing that it says is lost; defaults of BPMN, space between elements, ways of writing a character
    and the order of what has none are not kept.
    """
    document = ordered(document)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    parts += [f"{_aside(each)}\n" for each in document.before]
    parts += _element(document.root, _Scope({"xml": _XML}), "", True)
    parts += [f"{_aside(each)}\n" for each in document.after]
    return "".join(parts).encode()


class _Scope:
    """The prefixes that hold at a place. Of several for one namespace the first in the alphabet is written."""

    def __init__(self, declared: Mapping[str, str]) -> None:
        self.declared = declared
        self.prefixes: dict[str, str] = {}
        for prefix in sorted(declared, reverse=True):
            self.prefixes[declared[prefix]] = prefix
        named = {prefix: namespace for prefix, namespace in declared.items() if prefix}
        self.named = {named[prefix]: prefix for prefix in sorted(named, reverse=True)}

    def within(self, node: Xml) -> _Scope:
        return _Scope({**self.declared, **node.declared}) if node.declared else self

    def tag(self, node: Xml) -> str:
        return _qualified(self.prefixes[node.namespace], node.name) if node.namespace else node.name

    def attribute(self, name: str) -> str:
        """An attribute's name with a prefix; the default namespace is none of an attribute."""
        if not name.startswith("{"):
            return name
        namespace, _, local = name[1:].rpartition("}")
        return _qualified(self.named[namespace], local)


def _element(node: Xml, scope: _Scope, indent: str, pretty: bool) -> Iterator[str]:
    """`pretty`: on lines of its own."""
    scope = scope.within(node)
    tag = scope.tag(node)
    declared = [_attribute(f"xmlns:{prefix}".rstrip(":"), uri) for prefix, uri in sorted(node.declared.items())]
    attributes = [
        _attribute(scope.attribute(name), value) for name, value in sorted(node.attributes.items(), key=_rank)
    ]
    start = f"<{' '.join([tag, *declared, *attributes])}"
    before, end = (indent, "\n") if pretty else ("", "")
    if not node.content:
        yield f"{before}{start} />{end}"
        return
    mixed = not pretty or any(isinstance(part, str) for part in node.content) or _preserved(node)
    yield f"{before}{start}>{'' if mixed else end}"
    for part in node.content:
        if isinstance(part, Xml):
            yield from _element(part, scope, f"{indent}  ", not mixed)
        elif isinstance(part, str):
            yield _text(part)
        else:
            yield _aside(part) if mixed else f"{indent}  {_aside(part)}\n"
    yield f"{'' if mixed else before}</{tag}>{end}"


def _preserved(node: Xml) -> bool:
    return node.get(f"{{{_XML}}}space") == "preserve"


def _rank(item: tuple[str, str]) -> tuple[int, str]:
    name = item[0]
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST) + name.startswith("{"), name)


def _qualified(prefix: str, name: str) -> str:
    return f"{prefix}:{name}" if prefix else name


def _aside(part: Comment | Instruction) -> str:
    if isinstance(part, Comment):
        return f"<!--{part.text}-->"
    return f"<?{' '.join(each for each in (part.target, part.text) if each)}?>"


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _attribute(name: str, value: str) -> str:
    value = _text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'{name}="{value}"'
