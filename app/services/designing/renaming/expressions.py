"""Names and values within expressions: Python of diagrams, S-FEEL of forms and tables, Jinja of templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from app.catalogue.python import parsed
from app.feel import FeelError
from app.feel.scanner import scan, unquoted
from app.services.designing.renaming.asked import Rename

Edit = tuple[int, int, str]  # from, to, what stands there then


def in_python(code: str, ask: Rename) -> str:
    """Of routing values: names read or set; of options what such a name is compared with."""
    lead = len(code) - len(code.lstrip())
    body = code.strip()
    tree = parsed(body)
    if tree is None:
        return code
    lines = body.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    edits = [
        (
            starts[node.lineno - 1] + node.col_offset,
            starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0),
            new,
        )
        for node, new in (_names(tree, ask) if ask.kind == "field" else _compared(tree, ask))
    ]
    return code[:lead] + _edited(body.encode(), edits).decode() + code[lead + len(body) :]


def _names(tree: ast.AST, ask: Rename) -> Iterator[tuple[ast.expr, str]]:
    return ((node, ask.new) for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == ask.old)


def _compared(tree: ast.AST, ask: Rename) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        if not any(isinstance(side, ast.Name) and side.id == ask.key for side in sides):
            continue
        for side in sides:
            inner = side.elts if isinstance(side, ast.List | ast.Tuple | ast.Set) else [side]
            for each in inner:
                if isinstance(each, ast.Constant) and each.value == ask.old:
                    yield each, repr(ask.new)


def _edited(body: bytes, edits: list[tuple[int, int, str]]) -> bytes:
    for start, end, new in sorted(edits, reverse=True):
        body = body[:start] + new.encode() + body[end:]
    return body


def in_feel(text: str, ask: Rename) -> str:
    """The same in S-FEEL; of a cell of a table (`in_cell`) the subject is its column."""
    try:
        tokens = scan(text)
    except FeelError:
        return text
    edits: list[Edit] = []
    subject = ""
    for at, token in enumerate(tokens):
        before = tokens[at - 1].text if at else ""
        if token.kind == "word" and token.text in ("and", "or", "not"):
            subject = ""
        elif token.kind == "word" and before != "." and token.text not in ("in", "between", "true", "false", "null"):
            subject = token.text
            if ask.kind == "field" and token.text == ask.old:
                edits.append((token.position - 1, token.position - 1 + len(token.text), ask.new))
        elif ask.kind == "option" and token.kind == "text" and subject == ask.key and unquoted(token) == ask.old:
            edits.append((token.position - 1, token.position - 1 + len(token.text), _quoted(ask.new)))
    return _put(text, edits)


def in_cell(text: str, ask: Rename) -> str:
    """A cell whose column is the field of the option: every text in it is one of its values."""
    try:
        tokens = scan(text)
    except FeelError:
        return text
    return _put(
        text,
        [
            (token.position - 1, token.position - 1 + len(token.text), _quoted(ask.new))
            for token in tokens
            if token.kind == "text" and unquoted(token) == ask.old
        ],
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _put(text: str, edits: list[Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


_BLOCK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_SET = re.compile(r"\{%-?\s*set\s+(\w+)\s*=\s*(.*?)\s*-?%\}", re.DOTALL)


def in_template(text: str, ask: Rename) -> str:
    """What stands between the marks of Jinja, and nothing else."""
    patterns = list(_patterns(text, ask))
    return _BLOCK.sub(lambda block: _all(patterns, block.group()), text)


def _all(patterns: list[tuple[re.Pattern[str], str]], text: str) -> str:
    for pattern, new in patterns:
        text = pattern.sub(new, text)
    return text


def _patterns(text: str, ask: Rename) -> Iterator[tuple[re.Pattern[str], str]]:
    old, new = re.escape(ask.old), ask.new.replace("\\", r"\\")
    if ask.kind == "element":
        yield re.compile(rf"(\banswers\.){old}\b"), rf"\g<1>{new}"
        yield re.compile(rf"(\banswers\[(['\"])){old}(\2\])"), rf"\g<1>{new}\g<3>"
    elif ask.kind == "field":
        for whole in (_answers(ask), *(rf"\b{name}" for name in _called(text, _answers(ask)))):
            yield re.compile(rf"({whole}\.){old}\b"), rf"\g<1>{new}"
            yield re.compile(rf"({whole}\[(['\"])){old}(\2\])"), rf"\g<1>{new}\g<3>"
        if ask.routed and ask.alone:
            yield re.compile(rf"(\bdata\.){old}\b"), rf"\g<1>{new}"
    elif ask.kind == "option":
        values = [rf"{whole}\.{re.escape(ask.key)}" for whole in (_answers(ask), *_called(text, _answers(ask)))]
        if ask.routed and ask.alone:
            values.append(rf"\bdata\.{re.escape(ask.key)}")
        names = [name for value in values for name in _called(text, value)]
        for value in (*values, *(rf"\b{name}" for name in names)):
            yield re.compile(rf"({value}\s*(?:==|!=)\s*(['\"])){old}(\2)"), rf"\g<1>{new}\g<3>"


def _answers(ask: Rename) -> str:
    return rf"\banswers\.{re.escape(ask.element)}"


def _called(text: str, pattern: str) -> list[str]:
    """Names that a template gives to just that (`{% set marks = answers.exam %}`)."""
    return [name for name, value in _SET.findall(text) if re.fullmatch(pattern, value.strip())]
