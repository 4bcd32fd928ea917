"""A name within forms, tables, templates and lists (TOML), each in its own way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable

from app.services.designing.renaming.asked import Rename
from app.services.designing.renaming.expressions import in_cell, in_feel, in_template
from app.text import xml

_NAMING = ("prefecture", "city", "examiners", "place", "differs_from")  # properties that name fields beside theirs


def in_form(data: bytes, ask: Rename, element: str) -> bytes:
    """The form of an element."""
    if ask.kind not in ("element", "field", "option") or element != (ask.old if ask.kind == "element" else ask.element):
        return data
    try:
        schema = json.loads(data)
    except ValueError:
        return data
    before = json.dumps(schema, ensure_ascii=False)
    if ask.kind == "element":
        schema["id"] = ask.one(str(schema.get("id", "")))
    else:
        for component in _components(schema):
            _component(component, ask)
    if json.dumps(schema, ensure_ascii=False) == before:
        return data
    return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()


def _components(of: Any) -> Iterator[dict[str, Any]]:
    for component in of.get("components", ()) if isinstance(of, dict) else ():
        if isinstance(component, dict):
            yield component
            yield from _components(component)


def _component(component: dict[str, Any], ask: Rename) -> None:
    name = "key" if "key" in component else "path"
    if ask.kind == "field":
        if component.get(name) == ask.old:
            component[name] = ask.new
        for each in _NAMING:
            properties = component.get("properties")
            named = str(properties.get(each) or "") if isinstance(properties, dict) else ""
            if ask.old in (names := [name.strip() for name in named.split(",")]):
                component["properties"][each] = ", ".join(ask.new if name == ask.old else name for name in names)
    elif component.get(name) == ask.key:
        for option in component.get("values", ()):
            if isinstance(option, dict) and option.get("value") == ask.old:
                option["value"] = ask.new
        if component.get("defaultValue") == ask.old:
            component["defaultValue"] = ask.new
    hidden = component.get("conditional")
    if isinstance(hidden, dict) and isinstance(hidden.get("hide"), str):
        said = hidden["hide"]
        lead = "=" if said.startswith("=") else ""
        hidden["hide"] = lead + in_feel(said[len(lead) :], ask)


def in_table(data: bytes, ask: Rename) -> bytes:
    """Decision tables: a column that reads the name, and its cells."""
    if ask.kind not in ("field", "option") or not ask.routed or not ask.alone:
        return data
    text = data.decode("utf-8", "replace")
    if ask.kind == "field":
        return _column_texts(text, lambda said: in_feel(said, ask)).encode()
    for table in re.findall(r"<decisionTable\b.*?</decisionTable>", text, re.DOTALL):
        text = text.replace(table, _cells(table, ask))
    return text.encode()


_COLUMN = re.compile(r"(<inputExpression\b[^>]*>\s*<text>)(.*?)(</text>)", re.DOTALL)
_ROW = re.compile(r"<rule\b.*?</rule>", re.DOTALL)
_CELL = re.compile(r"(<inputEntry\b[^>]*>\s*<text>)(.*?)(</text>)", re.DOTALL)


def _column_texts(text: str, change: Callable[[str], str]) -> str:
    return _COLUMN.sub(lambda m: m.group(1) + _escaped(change(_plain(m.group(2)))) + m.group(3), text)


def _cells(table: str, ask: Rename) -> str:
    columns = [_plain(said).strip() == ask.key for _, said, _ in _COLUMN.findall(table)]

    def row(found: re.Match[str]) -> str:
        places = iter(columns)

        def cell(entry: re.Match[str]) -> str:
            mine = next(places, False)
            said = in_cell(_plain(entry.group(2)), ask) if mine else ""
            return entry.group(1) + _escaped(said) + entry.group(3) if mine else entry.group()

        return _CELL.sub(cell, found.group())

    return _ROW.sub(row, table)


def _plain(text: str) -> str:
    return xml.read(f"<t>{text}</t>".encode()).root.text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_text(data: bytes, ask: Rename) -> bytes:
    """Mails and documents: a header between +++ and a template."""
    text = data.decode("utf-8", "replace")
    mark, header, body = _parted(text)
    if ask.kind == "document" and mark:
        header = _toml(header, lambda doc: _listed(doc, "attachments", ask.old, ask.new))
    if ask.kind == "file" and mark:
        old, new = (f"file:{name.removeprefix('files/')}" for name in (ask.old, ask.new))
        header = _toml(header, lambda doc: _listed(doc, "attachments", old, new))
    return f"{mark}{in_template(header, ask)}{in_template(body, ask)}".encode()


def _parted(text: str) -> tuple[str, str, str]:
    if not text.startswith("+++\n") or "\n+++" not in text:
        return "", "", text
    end = text.index("\n+++") + 1
    return "+++\n", text[4:end], text[end:]


def _toml(text: str, change: Callable[[Any], None]) -> str:
    """Through tomlkit, which keeps what it does not touch to the letter."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        return text
    change(document)
    return tomlkit.dumps(document)


def _listed(table: Any, key: str, old: str, new: str) -> None:
    value = table.get(key) if isinstance(table, MutableMapping) else None
    if isinstance(value, str) and value == old:
        table[key] = new
    elif isinstance(value, list):
        for place, each in enumerate(value):
            if each == old:
                value[place] = new


def _keyed(table: Any, old: str, new: str) -> None:
    """The key itself, in its place: tomlkit's own way of that has no public name."""
    if not isinstance(table, MutableMapping) or old not in table:
        return
    container: Any = table.value if isinstance(table, AbstractTable) else table
    container._replace(old, new, table[old])
    if isinstance(table, AbstractTable):  # what a table shows as a mapping is kept beside its text
        dict.__delitem__(table, old)
        dict.__setitem__(table, new, container[new])


def in_lists(path: str, data: bytes, ask: Rename, start_form: str) -> bytes:
    """package.toml, demo.toml and scenarios."""
    text = data.decode("utf-8", "replace")
    changes = {"package.toml": _package, "demo.toml": _demo}
    change = changes.get(path, _scenario)
    return _toml(text, lambda document: change(document, ask, start_form)).encode()


def _tables(document: Any, key: str) -> list[Any]:
    found = document.get(key)
    return list(found) if isinstance(found, list) else list(found.values()) if isinstance(found, MutableMapping) else []


def _package(document: Any, ask: Rename, start_form: str) -> None:
    old, new = ask.old, ask.new
    if ask.kind == "element":
        for key in ("start_form", "contract"):
            _listed(document, key, old, new)
        for guideline in _tables(document, "guidelines"):
            _listed(guideline, "from", old, new)
            _listed(guideline, "until", old, new)
    elif ask.kind == "shape":
        _listed(document, "entry", old, new)
        _keyed(document.get("lanes"), old, new)
        for stage in _tables(document, "stages"):
            _listed(stage, "processes", old, new)
    elif ask.kind == "field" and (ask.element == start_form or ask.alone):
        for key in list(document.get("applicant", {})):
            _listed(document["applicant"], key, old, new)
    elif ask.kind == "mail":
        for table, keys in (("portal_mails", None), ("reminders", ("vendor_mail", "operator_mail"))):
            for key in keys or list(document.get(table, {})):
                _listed(document.get(table), key, old, new)
    elif ask.kind == "document":
        for key in list(document.get("portal_documents", {})):
            _listed(document["portal_documents"], key, old, new)
        for fee in _tables(document, "fees"):
            _listed(fee, "document", old, new)
        _listed(document.get("certificate"), "document", old, new)
    elif ask.kind == "file":
        old, new = old.removeprefix("files/"), new.removeprefix("files/")
        _keyed(document.get("handouts"), old, new)
        for group in _tables(document, "downloads"):
            _listed(group, "files", old, new)


def _demo(document: Any, ask: Rename, start_form: str) -> None:
    old, new = ask.old, ask.new
    if ask.kind == "element":
        _listed(document, "on_the_day", old, new)
    if ask.kind == "field" and ask.alone:
        _keyed(document.get("same"), old, new)
        for key in list(document.get("same", {})):
            _listed(document["same"], key, old, new)
    for case in _tables(document, "case"):
        if ask.kind == "file":
            _listed(case, "scenario", _stem(old), _stem(new))
        elif ask.kind == "element":
            _listed(case, "until", old, new)
            _keyed(case.get("answers"), old, new)
        elif ask.kind in ("field", "option"):
            answer = case.get("application") if ask.element == start_form else None
            for table in (answer, (case.get("answers") or {}).get(ask.element)):
                _answered(table, ask)


def _scenario(document: Any, ask: Rename, _start_form: str) -> None:
    old, new = ask.old, ask.new
    begin = document.get("begin")
    if ask.kind == "file":
        _listed(begin, "scenario", _stem(old), _stem(new))
    if ask.kind == "element":
        _listed(begin, "until", old, new)
    for step in _tables(document, "step"):
        if ask.kind == "element":
            for key in ("complete", "expect_open"):
                _listed(step, key, old, new)
            for key in ("webhooks", "fails"):
                _keyed(step.get(key), old, new)
        elif ask.kind in ("field", "option"):
            if step.get("complete") == ask.element:
                _answered(step.get("answer"), ask)
                if ask.routed:
                    _answered(step.get("routes"), ask)
        elif ask.kind in ("mail", "document"):
            _listed(step, f"expect_{ask.kind}s", old, new)


def _answered(table: Any, ask: Rename) -> None:
    if not isinstance(table, MutableMapping):
        return
    if ask.kind == "field":
        _keyed(table, ask.old, ask.new)
    else:
        _listed(table, ask.key, ask.old, ask.new)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".toml") if path.startswith("scenarios/") else path
