"""Mail and PDF templates: they parse, what they extend is there, and so is what they print.

Parsed, never compiled nor rendered: compiling folds constants, and `{{ 9**9**9 }}` is one. What filters there
are is known to whoever renders, and checked there.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.catalogue.complaints import Complaints
from app.catalogue.fields import form_fields
from app.catalogue.model import Package
from app.catalogue.toml import nearest

# docs/package-format.md, "Mails and PDFs: what templates may say", and what the skeletons are given.
NAMES = frozenset(
    {
        "package",
        "case",
        "company",
        "body",
        "settings",
        "answers",
        "task",
        "links",
        "comments",
        "invoice",
        "booking",
        "cards",
        "certificate",
        "shipment",
        "data",
        "today",
        "mail",
        "subject",
        "content",
        "title",
        "document",
        "key",
        "keys",
        "labels",
        "issued_on",
        "documents",
        "invoices",
        "timeline",
        "message",
        "element",
    }
)
# What the plain mappings among them hold; the others depend on the step, or on the package.
MEMBERS = {
    "case": {"number", "system_name", "company_name", "contact_name", "applied_on", "url", "state"},
    "links": {"entry", "entry_expires", "case", "register", "site"},
    "task": {"title", "url", "due"},
}
_INNER = frozenset(
    {
        "super",
        "self",
        "loop",
        "caller",
        "varargs",
        "kwargs",
        "range",
        "dict",
        "lipsum",
        "cycler",
        "joiner",
        "namespace",
    }
)
_METHODS = frozenset({"items", "keys", "values", "get"})  # of a mapping: no names of ours
_DEEP = "The template is nested too deep (from line %(line)s on)."
MAX_CHARACTERS = 400_000


class TemplateChecks:
    """`known`: the names that task data can have; None: nobody knows."""

    def __init__(self, package: Package, complaints: Complaints, known: frozenset[str] | None) -> None:
        self.package = package
        self.known = known
        self.complaints = complaints
        self.environment = ImmutableSandboxedEnvironment()
        self.fields = {element: form_fields(form) for element, form in package.forms.items()}
        self.names = NAMES | _INNER | package.settings.keys()

    def run(self) -> None:
        for mail in self.package.mails.values():
            self._check(mail.file, "subject", mail.subject, 1)
            self._check(mail.file, "", mail.body, mail.body_line)
        for document in self.package.documents.values():
            self._check(document.file, "title", document.title, 1)
            self._check(document.file, "filename", document.filename, 1)
            self._check(document.file, "", document.html, document.body_line)
        for path, content in self.package.files.items():
            if path.startswith("_shared/") and path.endswith((".html", ".txt")):
                self._parsed(path, "", content.decode("utf-8", "replace"), 1)

    def _check(self, file: str, part: str, source: str, first_line: int) -> None:
        tree = self._parsed(file, part, source, first_line)
        if tree is None:
            return
        try:
            self._read(file, part, tree)
        except RecursionError:  # Jinja walks its tree by recursion
            self.complaints.say(file, part, _DEEP, line=first_line)

    def _read(self, file: str, part: str, tree: nodes.Template) -> None:
        for name in sorted(_free_names(tree) - self.names):
            like = nearest(name, frozenset(self.names - _INNER))
            if like:
                self.complaints.warn(
                    file,
                    part,
                    "Templates have no name “%(name)s”: did you mean “%(nearest)s”?",
                    name=name,
                    nearest=like,
                )
            else:
                self.complaints.warn(file, part, "Templates have no name “%(name)s”.", name=name)
        for base in meta.find_referenced_templates(tree):
            if base is not None:
                self.complaints.known(file, part, "extends", "template", base, self.package.files)
        for path in _paths(tree):
            self._path(file, part, path)

    def _parsed(self, file: str, part: str, source: str, first_line: int) -> nodes.Template | None:
        if len(source) > MAX_CHARACTERS:
            self.complaints.say(
                file, part, "The template is too long: %(most)s characters are allowed.", most=MAX_CHARACTERS
            )
            return None
        try:
            return self.environment.parse(source)
        except TemplateSyntaxError as error:
            self.complaints.say(
                file,
                part,
                "The template cannot be read at line %(line)s: %(reason)s.",
                line=error.lineno + first_line - 1,
                reason=error.message or "",
            )
        except RecursionError:
            self.complaints.say(file, part, _DEEP, line=first_line)
        return None

    def _path(self, file: str, part: str, path: tuple[str, ...]) -> None:
        package = self.package
        first, second, third = (*path, "", "", "")[:3]
        if (
            first == "answers"
            and second
            and self.complaints.known(file, part, "answers", "element with a form", second, package.forms)
            and third
        ):
            self.complaints.known(file, part, f"answers.{second}", "field", third, self.fields[second])
        if (
            first == "settings"
            and second
            and self.complaints.known(file, part, "settings", "section", second, package.settings)
            and third
        ):
            self.complaints.known(file, part, f"settings.{second}", "setting", third, package.settings[second])
        if first == "data" and second and self.known is not None:
            self.complaints.known(file, part, "data", "routing value", second, self.known)
        if first in MEMBERS and second:
            self.complaints.known(file, part, first, "field", second, MEMBERS[first])
        if first in package.settings and first not in ("settings", "answers") and second:
            self.complaints.known(file, part, first, "setting", second, package.settings[first])


def _own_names(tree: nodes.Template) -> set[str]:
    """Names that the template gives to things itself."""
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
    own.update(macro.name for macro in tree.find_all(nodes.Macro))
    own.update(imported.target for imported in tree.find_all(nodes.Import))
    for imported in tree.find_all(nodes.FromImport):
        own.update(name if isinstance(name, str) else name[1] for name in imported.names)
    return own


def _free_names(tree: nodes.Template) -> set[str]:
    """Names that someone else must give."""
    return {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"} - _own_names(tree)


def _paths(tree: nodes.Template) -> Iterator[tuple[str, ...]]:
    """Every a.b.c and a["b"] in full, where the first is not a name of the template's own."""
    own = _own_names(tree)
    inner: set[int] = set()
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        if id(node) in inner:
            continue
        parts: list[str] = []
        here: nodes.Expr = node
        while isinstance(here, nodes.Getattr | nodes.Getitem):
            inner.add(id(here))
            key = here.attr if isinstance(here, nodes.Getattr) else _constant(here.arg)
            parts = [] if key is None or key in _METHODS else [key, *parts]
            here = here.node
        if isinstance(here, nodes.Name) and here.name not in own and parts:
            yield (here.name, *parts)


def _constant(node: nodes.Expr) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None
