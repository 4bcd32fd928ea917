"""Mail and PDF templates: they parse, what they extend is there, and so is what they print.

Parsed, never compiled nor rendered: compiling folds constants, and `{{ 9**9**9 }}` is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.catalogue.complaints import Complaints
from app.catalogue.fields import form_fields, inner_fields
from app.catalogue.model import Package
from app.catalogue.portal_needs import SECTIONS, company_fields
from app.catalogue.template_names import (
    CASE,
    IN_DOCUMENTS,
    IN_LAYOUTS,
    JINJAS,
    LAYOUTS,
    LISTS,
    MEMBERS,
    TESTS,
)
from app.catalogue.template_paths import Path, Reading, Use, leading, reading
from app.catalogue.template_sources import Source, sources
from app.catalogue.toml import nearest
from app.errors import N_
from app.text.memo import remembered
from app.text.template_words import of_template

_DEEP = N_("The template is nested too deep.")
MAX_CHARACTERS = 400_000
_GIVEN = CASE | IN_LAYOUTS | IN_DOCUMENTS | JINJAS


class TemplateChecks:
    """`known`: the names that task data can have; `filters`: those that the renderer has. None: nobody knows."""

    def __init__(
        self,
        package: Package,
        complaints: Complaints,
        known: frozenset[str] | None,
        filters: Collection[str] | None = None,
    ) -> None:
        self.package = package
        self.known = known
        self.filters = filters
        self.complaints = complaints
        self.environment = ImmutableSandboxedEnvironment()
        self.fields = {element: form_fields(form) for element, form in package.forms.items()}
        self.posted = frozenset(
            key
            for element in package.elements.values()
            if element.properties.get("presentation") == "post"
            for key in self.fields.get(element.id, {})
        )
        self.read: dict[str, Reading] = {}  # of whole files, the skeletons' too

    def run(self) -> None:
        for source in sources(self.package):
            found = self._reading(source)
            if found is not None:
                self._check(source, found)
                self._words(source, found)
        self._skeletons()

    def _reading(self, source: Source) -> Reading | None:
        if len(source.text) > MAX_CHARACTERS:
            message = N_("The template is too long: %(most)s characters are allowed.")
            self.complaints.say(source.file, "", message, source.part, most=MAX_CHARACTERS)
            return None
        try:
            found = remembered("template", source.text, len(source.text), lambda: self._parsed(source.text))
        except TemplateSyntaxError as error:
            self.complaints.say(
                source.file, "", N_("The template cannot be read: %(reason)s"), source.part,
                error.lineno + source.first_line - 1, reason=of_template(error.message or ""),
            )  # fmt: skip
            return None
        except RecursionError:  # Jinja reads, and we walk, by recursion
            self.complaints.say(source.file, "", _DEEP, source.part, source.first_line)
            return None
        if source.part == "body":
            self.read[source.file] = found
        return found

    def _parsed(self, text: str) -> Reading:
        tree: nodes.Template = self.environment.parse(text)
        return reading(tree)

    # ---- one template

    def _words(self, source: Source, found: Reading) -> None:
        """A mail or document that says something; the certificate its number."""
        if source.part != "body" or source.file.startswith("_shared/"):
            return
        rule = self.package.certificate
        certificate = rule is not None and source.file == f"pdf/{rule.document}.html"
        if not found.words:
            if certificate:
                self.complaints.say(
                    source.file, "", N_("The certificate has no words: it would be issued and signed blank.")
                )
            elif source.file.startswith("mail/"):
                self.complaints.warn(source.file, "", N_("The mail has no words: it would be sent blank."))
            else:
                self.complaints.warn(source.file, "", N_("The document has no words: it would be made blank."))
        elif certificate and ("certificate", "number") not in {use.path for use in found.uses}:
            message = N_("The certificate does not print its number: write {{ certificate.number }}.")
            self.complaints.warn(source.file, "", message)

    def _check(self, source: Source, found: Reading) -> None:
        self._jinja(source, found)
        for base, line in found.bases:
            if base not in self.package.files:
                self._missing(source, line, "template", base, self.package.files)
        if source.file.startswith("_shared/"):
            return
        names = CASE | source.more | JINJAS | self.package.settings.keys() | SECTIONS | found.own
        told: set[str] = set()
        for use in found.uses:
            name = use.path[0]
            if name in names:
                self._path(source, use)
            elif name not in told:
                told.add(name)
                self._unknown_name(source, use, frozenset(names - JINJAS))

    def _jinja(self, source: Source, found: Reading) -> None:
        """Filters, tests and blocks, which Jinja itself would miss when the template is first used."""
        for what, uses, known in ((N_("filter"), found.filters, self.filters), (N_("test"), found.tests, TESTS)):
            for name, line in uses:
                if known is not None and name not in known:
                    self._missing(source, line, what, name, known)
        for name, count in Counter(name for name, _ in found.blocks).items():
            if count > 1:
                line = [line for block, line in found.blocks if block == name][1]
                message = N_("The block %(name)s stands there twice: rename one.")
                self.complaints.say(source.file, "", message, source.part, line + source.first_line - 1, name=name)

    def _unknown_name(self, source: Source, use: Use, known: frozenset[str]) -> None:
        name, like, line = use.path[0], nearest(use.path[0], known), use.line + source.first_line - 1
        if like:
            message = N_("Templates have no name “%(name)s”: did you mean “%(nearest)s”?")
            self.complaints.warn(source.file, "", message, source.part, line, name=name, nearest=like)
        else:
            message = N_("Templates have no name “%(name)s”.")
            self.complaints.warn(source.file, "", message, source.part, line, name=name)

    def _path(self, source: Source, use: Use) -> None:
        first, second, third = (*use.path, "", "", "")[:3]
        settings = self.package.settings
        if first == "answers":
            self._answer(source, use)
        elif first == "settings" and second:
            if self._known(source, use, 2, "section", settings) and third:
                self._known(source, use, 3, "setting", settings[second])
        elif first == "data" and second:
            if self.known is not None:
                self._known(source, use, 2, "routing value", self.known)
        elif first == "shipment" and second:
            self._known(source, use, 2, "field", self.posted)
        elif first in MEMBERS:
            self._member(source, use)
        elif first in settings and second:
            self._known(source, use, 2, "setting", settings[first])

    def _member(self, source: Source, use: Use) -> None:
        first, second, third = (*use.path, "", "", "")[:3]
        if first in LISTS:
            if second == "[]" and third:
                self._known(source, use, 3, "field", MEMBERS[first])
            elif second and second != "[]":
                message = N_("%(name)s is a list: go through it with {%% for … in %(name)s %%}.")
                line = use.line + source.first_line - 1
                self.complaints.say(source.file, "", message, source.part, line, name=first)
        elif second and self._known(source, use, 2, "field", MEMBERS[first]) and first == "company":
            self._company(source, use)

    def _company(self, source: Source, use: Use) -> None:
        """What the portal takes for the company out of the forms' answers."""
        known = company_fields(self.package)
        fields = known.get(use.path[1], ())
        asked = self.read[source.file].asked if source.part == "body" else frozenset()
        if use.path[1] in known and not fields and use.path not in asked:
            message = N_("company.%(name)s stays empty: package.toml does not say under [applicant] which field it is.")
            line = use.line + source.first_line - 1
            self.complaints.warn(source.file, "", message, source.part, line, name=use.path[1])
        if fields and not any(name in form for form in self.fields.values() for name in fields):
            self.complaints.warn(
                source.file, "", N_("company.%(name)s stays empty: no form has the field %(fields)s."), source.part,
                use.line + source.first_line - 1, name=use.path[1], fields=" / ".join(fields),
            )  # fmt: skip

    def _answer(self, source: Source, use: Use) -> None:
        _, element, key, item, inner = (*use.path, "", "", "", "", "")[:5]
        if not element or not self._known(source, use, 2, N_("element with a form"), self.package.forms) or not key:
            return
        if self._known(source, use, 3, "field", self.fields[element]) and item == "[]" and inner:
            rows = inner_fields(self.fields[element][key])
            if rows:
                self._known(source, use, 5, "field", rows)

    def _known(self, source: Source, use: Use, depth: int, what: str, known: Collection[str]) -> bool:
        """Whether the member at this depth of the path is known; else says so, with the path that leads to it."""
        name = use.path[depth - 1]
        if name in known:
            return True
        before = ".".join(part for part in use.path[: depth - 1] if part != "[]")
        self._missing(source, use.line, what, name, known, before)
        return False

    def _missing(
        self, source: Source, line: int, what: str, name: str, known: Collection[str], before: str = ""
    ) -> None:
        path = f"{before}.{name}" if before else name
        like = nearest(name, frozenset(known))
        if like:
            self.complaints.say(
                source.file, "", N_("%(path)s: there is no %(what)s “%(name)s”: did you mean "
                                    "“%(nearest)s”?"), source.part,
                line + source.first_line - 1, path=path, what=what, name=name, nearest=like,
            )  # fmt: skip
        else:
            self.complaints.say(
                source.file, "", N_("%(path)s: there is no %(what)s “%(name)s”: add it, or choose one that there is."),
                source.part, line + source.first_line - 1, path=path, what=what, name=name,
            )  # fmt: skip

    # ---- skeletons

    def _skeletons(self) -> None:
        """What the skeletons in use print of answers and settings, and the package does not have: it stays empty."""
        told: set[Path] = set()
        own = [document.file for document in self.package.documents.values()]
        for file in [*own, *(mail.file for mail in self.package.mails.values())]:
            for base in self._used_by(file):
                for use in self.read[base].uses:
                    if use.path not in told and self._lacks(base, use):
                        told.add(use.path)
                        self.complaints.warn(
                            file, "", N_("The skeleton %(skeleton)s prints %(path)s (line %(at)s), and the "
                                         "package has no "
                            "such thing: nothing stands there."), skeleton=base, path=".".join(use.path), at=use.line,
                        )  # fmt: skip

    def _used_by(self, file: str) -> list[str]:
        """Skeletons that the file comes to use, at whatever distance; mails have their layouts besides."""
        found: list[str] = []
        seen: set[str] = set()  # a file may come to use itself
        pending = [file, *(LAYOUTS if file.startswith("mail/") else ())]
        while pending:
            here = pending.pop()
            if here in seen:
                continue
            seen.add(here)
            if here.startswith("_shared/") and here in self.read and here not in found:
                found.append(here)
            elif here != file:
                continue
            pending.extend(base for base, _ in self.read[here].bases) if here in self.read else None
        return found

    def _lacks(self, skeleton: str, use: Use) -> bool:
        """Whether the package lacks it. What the skeleton asks for first may be absent as a whole, not in part."""
        first, second, third = (*use.path, "", "", "")[:3]
        if first == "answers" and second and third and "[]" not in (second, third):
            if second in self.fields:
                return third not in self.fields[second]
        else:
            if first == "settings":
                first, second = second, third
            elif first in _GIVEN or any(first in found.own for found in self.read.values()):
                return False
            if not (first and second) or second in self.package.settings.get(first, {}):
                return False
        return not leading(self.read[skeleton].asked, use.path)
