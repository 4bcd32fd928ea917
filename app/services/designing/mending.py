"""What mends a problem by itself, where there is exactly one right way: offered beside it, done on the files.

Nothing here guesses: a word is changed only where it stands once on the line, a file is made only where there is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.catalogue import Package
from app.catalogue.check_elements import IN_QUOTES
from app.catalogue.domains import Value
from app.catalogue.fields import MAX_DEPTH
from app.catalogue.toml import parse
from app.catalogue.vocabulary import PORTAL_ROUTES
from app.errors import N_, BadPackage, Problem, Stale, filled
from app.forms.schema import OTHER_ID

_NO_FORM = "The user task has no form: add forms/%(element)s.form."
_NO_PYTHON = "“%(name)s” is no word of Python: write %(python)s."
_NOT_SUPPORTED = ("%(property)s of a %(type)s is not supported; remove it",
                  "The form's property %(property)s is not supported; remove it")  # fmt: skip
_TITLES = {
    "form": N_("Make the form"),
    "mail": N_("Make the mail “%(new)s”"),
    "document": N_("Make the document “%(new)s”"),
    "replace": N_("Write “%(new)s”"),
    "quote": N_("Put it in quotes"),
    "line": N_("Remove “%(old)s”"),
    "attribute": N_("Remove “%(old)s”"),
    "id": N_("Write “%(new)s”"),
}
_FOLDERS = {"form": ("forms/", ".form"), "mail": ("mail/", ".md"), "document": ("pdf/", ".html")}
KINDS = frozenset(_TITLES)


@dataclass(frozen=True, slots=True)
class Action:
    """One mending. `kind` of KINDS; `line` (from 1) and `component` say where; `old` is what goes, `new` what comes; of
    a file that is made `new` is its name and `title` what people call what it is for."""

    kind: str
    file: str
    line: int = 0
    component: str = ""
    old: str = ""
    new: str = ""
    title: str = ""

    def said(self, translate: Any) -> str:
        """What the button says."""
        return filled(_TITLES[self.kind], {"old": self.old, "new": self.new}, translate)

    def as_json(self) -> dict[str, Any]:
        """For a page, which sends it back as it is."""
        return asdict(self)


def action_of(said: Mapping[str, Any]) -> Action:
    """What a page sent back. Raises Stale where it is none."""
    known = {name: said.get(name) for name in Action.__dataclass_fields__}
    texts = all(isinstance(value, str) for name, value in known.items() if name != "line")
    line = known["line"]
    if not texts or not isinstance(line, int) or isinstance(line, bool) or known["kind"] not in KINDS:
        raise Stale(_PASSED)
    return Action(**known)  # type: ignore[arg-type]


def mend(package: Package, problem: Problem) -> Action | None:
    """The one right mending of a problem that has its line; None where there is none, or more than one."""
    made = _missing(package, problem)
    if made is not None:
        return made if _path(made) not in package.files else None
    if problem.file not in package.files:
        return None
    if problem.message in _NOT_SUPPORTED and problem.file.endswith(".form"):
        return Action("attribute", problem.file, component=problem.element, old=str(problem.params["property"]))
    action = _id(problem) or _quoted(problem) or _replaced(problem) or _line(package, problem)
    if action is None:
        return None
    if _there(package, problem, action.new):
        return None
    try:
        changed = apply(package.files, action)
    except Stale:
        return None
    return action if all(_reads(path, data) for path, data in changed.items()) else None


def _there(package: Package, problem: Problem, name: str) -> bool:
    """Whether the element has a property or parameter of this name beside the one that is wrong."""
    element, kind = package.elements.get(problem.element), problem.part.partition(":")[0]
    named = {"property": element.properties, "parameter": element.parameters} if element is not None else {}
    return problem.message.startswith("Nothing reads") and name in named.get(kind, ())


def _reads(path: str, data: bytes) -> bool:
    """Whether settings can still be read: a key that is written right may be there already."""
    problems: list[Problem] = []
    if path.endswith(".toml"):
        parse(data.decode("utf-8-sig"), path, problems)
    return not problems


def _missing(package: Package, problem: Problem) -> Action | None:
    params = problem.params
    if problem.message == _NO_FORM:
        asked = package.elements[problem.element].listed("routes") if problem.element in package.elements else ()
        fields = ",".join(each for each in asked if each not in PORTAL_ROUTES)  # a form without them would be wrong
        return Action("form", "", old=fields, new=problem.element, title=problem.name)
    if "nearest" in params or params.get("what") not in ("mail", "document"):
        return None
    name = str(params.get("name", ""))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}", name):
        return None
    return Action(str(params["what"]), "", new=name, title=problem.name or name)


def _id(problem: Problem) -> Action | None:
    if problem.message != OTHER_ID:
        return None
    return Action("id", problem.file, new=str(problem.params["element"]))


def _quoted(problem: Problem) -> Action | None:
    if problem.message != IN_QUOTES:
        return None
    value = str(problem.params["value"])
    return Action("quote", problem.file, problem.line, old=value, new=f"'{value}'")


def _replaced(problem: Problem) -> Action | None:
    """A word that is known stands for one that is not."""
    params = problem.params
    new = params.get("python") if problem.message == _NO_PYTHON else params.get("nearest")
    old = params.get("value", params.get("words", params.get("name")))
    if isinstance(old, Value):
        old = old.known[1] if old.known[0] == "text" else None
    if not isinstance(new, str) or not isinstance(old, str) or not problem.line:
        return None
    return Action("replace", problem.file, problem.line, old=old, new=new)


def _line(package: Package, problem: Problem) -> Action | None:
    """A property or parameter of a diagram that nobody reads, where it stands on a line of its own."""
    kind, _, name = problem.part.partition(":")
    if kind not in ("property", "parameter") or not problem.message.startswith("Nothing reads") or not problem.line:
        return None
    row = _rows(package.files[problem.file])[problem.line - 1].strip()
    if not re.fullmatch(rf"<[\w:]*{kind} [^<>]*/>", row):
        return None
    return Action("line", problem.file, problem.line, old=name)


# ---- done


def apply(files: Mapping[str, bytes], action: Action) -> dict[str, bytes]:
    """Path to new content of what the mending changes. Raises Stale where the files are not as they were."""
    if action.kind in _FOLDERS:
        path = _path(action)
        if path in files:
            raise Stale(_PASSED)
        return {path: _fresh(action)}
    if action.file not in files:
        raise Stale(_PASSED)
    data = files[action.file]
    if action.kind in ("attribute", "id"):
        return {action.file: _in_form(data, action)}
    rows = _rows(data)
    if not 0 < action.line <= len(rows):
        raise Stale(_PASSED)
    row = rows[action.line - 1]
    if action.kind == "line":
        if f'"{action.old}"' not in row or not row.strip().endswith("/>"):
            raise Stale(_PASSED)
        del rows[action.line - 1]
    elif action.kind == "quote":
        rows[action.line - 1] = _swapped(row, rf'(?<==")\s*{re.escape(_escaped(action.old))}\s*(?=")', action.new)
    else:
        wanted = rf"(?<![\w-]){re.escape(_escaped(action.old))}(?![\w-])"
        rows[action.line - 1] = _swapped(row, wanted, action.new)
    return {action.file: "\n".join(rows).encode()}


_PASSED = N_("The draft has changed meanwhile: look at the problem again.")


def _rows(data: bytes) -> list[str]:
    try:
        return data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise Stale(_PASSED) from error


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _swapped(row: str, pattern: str, new: str) -> str:
    if len(re.findall(pattern, row)) != 1:
        raise Stale(_PASSED)
    return re.sub(pattern, lambda _: new, row)


def _path(action: Action) -> str:
    folder, ending = _FOLDERS[action.kind]
    if not re.fullmatch(r"[^\W\d][\w.-]{0,99}|[A-Za-z0-9][A-Za-z0-9_.-]{0,80}", action.new):
        raise BadPackage([Problem(action.new, "The path leads out of the package, or is no plain path.")])
    return f"{folder}{action.new}{ending}"


def _field(key: str) -> dict[str, Any]:
    """A field that is there and can be answered; what it asks is written by whoever draws the form."""
    return {"type": "textfield", "id": f"Field_{key}", "key": key, "label": key, "validate": {"required": True}}


def _fresh(action: Action) -> bytes:
    """A file that is right and says nothing yet but what it is for."""
    title = action.title or action.new
    if action.kind == "form":
        heading = {"type": "text", "id": "Text_1", "text": f"## {title}"}
        fields = [
            _field(key) for key in dict.fromkeys(action.old.split(",")) if re.fullmatch(r"[A-Za-z_]\w{0,79}", key)
        ]
        schema = {"schemaVersion": 16, "type": "default", "id": action.new, "components": [heading, *fields]}
        return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()
    quoted = json.dumps(title, ensure_ascii=False)
    file = json.dumps(title + "_{{ case.number }}.pdf", ensure_ascii=False)
    if action.kind == "mail":
        subject = json.dumps(title + "（{{ case.number }}）", ensure_ascii=False)
        text = f'+++\nsubject = {subject}\nto = "vendor"\nlabel = {quoted}\n+++\n{{{{ company.name }}}}\n\n{title}\n'
    else:
        text = (
            f'+++\ntitle = {quoted}\nfilename = {file}\naudience = "both"\n+++\n<html>\n<body>\n<h1>{title}</h1>\n'
            "<p>{{ case.number }} {{ company.name }}</p>\n</body>\n</html>\n"
        )
    return text.encode()


def _in_form(data: bytes, action: Action) -> bytes:
    try:
        schema = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Stale(_PASSED) from error
    if action.kind == "id":
        schema["id"] = action.new
    else:
        holder: Any = _component(schema, action.component, 0) if action.component else schema
        *way, last = action.old.split(".")
        for name in way:
            holder = holder.get(name) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or last not in holder:
            raise Stale(_PASSED)
        del holder[last]
    return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()


def _component(part: Any, wanted: str, depth: int) -> Any:
    """The component that a problem calls so: by key, path, id or type."""
    for each in part.get("components") or () if isinstance(part, dict) and depth <= MAX_DEPTH else ():
        if not isinstance(each, dict):
            continue
        if wanted == str(each.get("key") or each.get("path") or each.get("id") or each.get("type") or ""):
            return each
        inner = _component(each, wanted, depth + 1)
        if inner is not None:
            return inner
    return None
