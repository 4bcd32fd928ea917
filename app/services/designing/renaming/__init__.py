"""An option, a field, a step or a file is called otherwise, wherever it is named: shown first, then changed as one."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.catalogue import Package
from app.catalogue.fields import form_fields
from app.errors import N_, NotFound, Refused
from app.services.designing.renaming.asked import KINDS, Place, Rename, Renamed
from app.services.designing.renaming.contents import in_form, in_lists, in_table, in_text
from app.services.designing.renaming.diagrams import in_diagram
from app.services.designing.renaming.readers import readers

__all__ = ["KINDS", "Place", "Rename", "Renamed", "renamed"]

_ID = re.compile(r"[a-z][a-z0-9_]{0,79}")
_NAMES = {
    "element": _ID, "shape": _ID, "field": _ID, "option": re.compile(r"[^\s\"'\\,]{1,80}"),
    "mail": re.compile(r"[a-z0-9][a-z0-9_-]{0,63}"), "document": re.compile(r"[a-z0-9][a-z0-9_-]{0,63}"),
    "file": re.compile(r"(?:files/|scenarios/)?[\w.-]{1,100}"),
}  # fmt: skip
_BAD_NAME = N_("“%(name)s” is no name for this: small letters, digits and underscores, beginning with a letter.")
_TAKEN = N_("Something is called “%(name)s” already.")
_FIXED = N_("“%(name)s” stands in a release, so that cases and files know it by this name: it stays.")


def renamed(
    package: Package, kind: str, old: str, new: str, of: str = "", fixed: frozenset[str] = frozenset()
) -> Renamed:
    """What changes. Raises NotFound for what is not there, Refused for a name that is none, is taken, or is fixed.

    `fixed`: ids that a release has.
    """
    ask = _asked(package, kind, old, new, of, fixed)
    files: dict[str, bytes | None] = {}
    for path, data in package.files.items():
        changed = _rewritten(path, data, ask, package.start_form)
        moved = _moved(path, ask)
        if moved != path:
            files[path] = None
        if moved != path or changed != data:
            files[moved] = changed
    places = [place for path in sorted(files) for place in _places(package.files, path, files, ask)]
    return Renamed(files, tuple(places), tuple(_left(package, ask)))


def _asked(package: Package, kind: str, old: str, new: str, of: str, fixed: frozenset[str]) -> Rename:
    if kind not in KINDS or not old or old == new:
        raise Refused(_BAD_NAME, name=new)
    if not _NAMES[kind].fullmatch(new):
        raise Refused(_BAD_NAME, name=new)
    ask = Rename(kind, old, new, of)
    known = _known(package, ask)
    if old not in known:
        raise NotFound(N_("There is no “%(name)s” here."), name=old)
    if new in known:
        raise Refused(_TAKEN, name=new)
    if kind in ("element", "shape") and old in fixed:
        raise Refused(_FIXED, name=old)
    if kind not in ("field", "option"):
        return ask
    element = package.elements.get(ask.element)
    if element is None or ask.key not in element.listed("routes"):
        return replace(ask, alone=_only_field(package, ask))
    found, alone = readers(package, ask.element, ask.key)
    return replace(ask, routed=True, alone=alone, readers=found)


def _only_field(package: Package, ask: Rename) -> bool:
    return all(ask.key not in form_fields(schema) for name, schema in package.forms.items() if name != ask.element)


def _known(package: Package, ask: Rename) -> frozenset[str]:
    """All things of its kind, among which a name is given once."""
    match ask.kind:
        case "mail":
            return frozenset(package.mails)
        case "document":
            return frozenset(package.documents)
        case "file":
            return frozenset(package.files)
        case "field":
            return frozenset(form_fields(package.forms.get(ask.element, {})))
        case "option":
            component = form_fields(package.forms.get(ask.element, {})).get(ask.key, {})
            values = component.get("values") or ()
            return frozenset(str(each.get("value")) for each in values if isinstance(each, dict))
    marks = (re.findall(rb'\bid="([^"]+)"', data) for data in package.bpmn.values())
    return frozenset(each.decode() for found in marks for each in found)


def _rewritten(path: str, data: bytes, ask: Rename, start_form: str) -> bytes:
    if path.endswith(".bpmn"):
        return in_diagram(data, ask)
    if path.endswith(".form"):
        return in_form(data, ask, path.removeprefix("forms/").removesuffix(".form"))
    if path.endswith(".dmn"):
        return in_table(data, ask)
    if path.endswith(".toml") and path != "english.toml":
        return in_lists(path, data, ask, start_form)
    if path.endswith((".md", ".html", ".txt")):
        return in_text(data, ask)
    return data


def _moved(path: str, ask: Rename) -> str:
    """The path of the file under the other name."""
    folders = {
        "element": ("forms/", ".form"),
        "mail": ("mail/", ".md"),
        "document": ("pdf/", ".html"),
        "file": ("", ""),
    }
    if ask.kind not in folders:
        return path
    before, after = folders[ask.kind]
    return f"{before}{ask.new}{after}" if path == f"{before}{ask.old}{after}" else path


def _places(before: Mapping[str, bytes], path: str, files: Mapping[str, bytes | None], ask: Rename) -> Iterator[Place]:
    data = files[path]
    if data is None:
        yield Place(path, 0, path, _moved(path, ask))
        return
    was = before.get(path)
    if was is None:
        was = next(before[each] for each in before if _moved(each, ask) == path)
    old, new = was.decode("utf-8", "replace").splitlines(), data.decode("utf-8", "replace").splitlines()
    if path.endswith(".bpmn"):
        yield from _in_other_order(path, old, new)
        return
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for place in range(max(b - a, d - c)):
            gone = old[a + place].strip() if a + place < b else ""
            come = new[c + place].strip() if c + place < d else ""
            yield Place(path, a + place + 1 if a + place < b else 0, gone, come)


def _in_other_order(path: str, old: list[str], new: list[str]) -> Iterator[Place]:
    """Of a diagram, whose elements go by their ids: lines that stand elsewhere now are no change."""
    come = Counter(new) - Counter(old)
    gone = Counter(old) - Counter(new)
    rest = list(come.elements())
    for number, line in enumerate(old, 1):
        if not gone[line]:
            continue
        gone[line] -= 1
        after = max(rest, key=lambda each: difflib.SequenceMatcher(None, line, each).ratio(), default="")
        if after:
            rest.remove(after)
        yield Place(path, number, line.strip(), after.strip())


def _left(package: Package, ask: Rename) -> Iterator[Place]:
    """Where a value of the same name is read that others set, too: nobody but the analyst knows which is meant."""
    if not ask.routed or ask.alone:
        return
    wanted = re.compile(rf"\bdata\.{re.escape(ask.key)}\b|<text>{re.escape(ask.key)}</text>")
    for path, data in package.files.items():
        if path.endswith((".md", ".html", ".dmn")):
            for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
                if wanted.search(line) and (ask.kind == "field" or ask.old in line):
                    yield Place(path, number, line.strip(), "")
