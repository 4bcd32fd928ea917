"""What a process package says, as frozen facts; the format is docs/package-format.md.

Mappings are read by all who hold the package, and written by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.bpmn import Flow
from app.catalogue.declared import Applicant, Declared, Group
from app.catalogue.drawn import Element, ProcessInfo
from app.catalogue.terms import (
    Calendar,
    CardSet,
    CertificateRule,
    DownloadGroup,
    Fee,
    Guideline,
    Lane,
    Reminders,
    Setting,
    Stage,
)
from app.errors import NotFound, Problem, Refused
from app.feel.dmn import Decision


@dataclass(frozen=True, slots=True)
class MailSource:
    id: str
    subject: str  # Jinja
    to: str  # vendor | operator | group:<name>
    attachments: tuple[str, ...]
    number: str
    label: str
    header: Mapping[str, Any]
    body: str  # Markdown with Jinja; after the line `+++ en` the same in English
    body_line: int = 1  # line of the file on which the body begins
    subject_en: str = ""

    @property
    def file(self) -> str:
        return f"mail/{self.id}.md"


@dataclass(frozen=True, slots=True)
class DocumentSource:
    id: str
    title: str
    filename: str  # Jinja
    audience: str  # vendor | operator | both
    header: Mapping[str, Any]
    html: str  # xhtml2pdf HTML with Jinja
    body_line: int = 1

    @property
    def file(self) -> str:
        return f"pdf/{self.id}.html"


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """One released or drafted process package. What could not be read is absent and named in `problems`."""

    id: str
    title: str
    title_en: str
    digest: str
    entry: str
    start_form: str
    withdraw_message: str
    files: Mapping[str, bytes]  # path (POSIX, relative) to content, all of them, `_shared/…` too
    bpmn: Mapping[str, bytes]  # only diagrams that are safe to parse
    lanes: Mapping[str, Lane]
    stages: tuple[Stage, ...]
    guidelines: tuple[Guideline, ...]
    fees: Mapping[str, Fee]
    calendars: Mapping[str, Calendar]
    cards: Mapping[str, CardSet]
    downloads: Mapping[str, DownloadGroup]
    titles: Mapping[str, str]  # of files that are handed out, by their names below files/
    certificate: CertificateRule | None
    reminders: Reminders
    settings: Mapping[str, Mapping[str, Setting]]  # section, key
    declared: Declared
    elements: Mapping[str, Element]
    flows: tuple[Flow, ...]
    refused: frozenset[str]  # ids of what is drawn and not supported
    processes: Mapping[str, ProcessInfo]
    forms: Mapping[str, dict[str, Any]]  # element id to form-js schema
    mails: Mapping[str, MailSource]
    documents: Mapping[str, DocumentSource]
    decisions: Mapping[str, Decision]
    english: Mapping[str, str]  # Japanese wording, as titles and diagrams have it, to English
    table: Mapping[str, str]  # what of it stands in english.toml
    words: Mapping[str, tuple[str, str]]  # what the diagrams say, to (file, id) of its first place
    problems: tuple[Problem, ...] = ()  # met while reading; part of what `check` returns

    def element(self, element_id: str) -> Element:
        """The element of this id. Raises NotFound."""
        if element_id not in self.elements:
            raise NotFound(
                "The process package %(package)s has no element %(element)s.",
                package=self.id,
                element=element_id,
            )
        return self.elements[element_id]

    def asks(self, element: str) -> bool:
        """Whether this is a user task, which has a form."""
        return element in self.elements and self.elements[element].kind == "userTask"

    @property
    def groups(self) -> Mapping[str, Group]:
        return self.declared.groups

    @property
    def applicant(self) -> Applicant:
        return self.declared.applicant

    def mail_for(self, purpose: str) -> str:
        """The id of the mail that the portal sends for this act of its own; "" where the package has none."""
        name = self.declared.mails.get(purpose, "")
        return name if name in self.mails else ""

    def document_for(self, purpose: str) -> str:
        """The same of a document."""
        name = self.declared.documents.get(purpose, "")
        return name if name in self.documents else ""

    def file_of(self, decision: str) -> str:
        """The .dmn file that holds the decision; "" where none does."""
        mark = f'id="{decision}"'.encode()
        files = (path for path, content in self.files.items() if path.endswith(".dmn") and mark in content)
        return next(files, "")

    def unread(self, decision: str) -> bool:
        """Whether the decision may stand in a file that could not be read: then nobody knows that it is missing."""
        said = [problem for problem in self.problems if problem.file.endswith(".dmn")]
        return decision not in self.decisions and any(problem.element in ("", decision) for problem in said)

    def handouts(self) -> dict[str, bytes]:
        """The files that are handed out as they are, by their name below files/."""
        return {
            path.removeprefix("files/"): content for path, content in self.files.items() if path.startswith("files/")
        }

    def settings_values(self, overrides: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """Section to key to value, with what staff changed (`{"body.name": "…"}`) put in.

        An override that the package does not know (of an earlier version) is left out. Raises Refused where a
        number or a yes/no is wanted and something else is given.
        """
        return {
            section: {key: typed(setting, overrides.get(setting.name)) for key, setting in settings.items()}
            for section, settings in self.settings.items()
        }


def typed(setting: Setting, override: str | None) -> Any:
    """The value that a text gives a setting; its own where there is none. Raises Refused."""
    if override is None:
        return setting.value
    if isinstance(setting.value, bool):
        if override.strip().lower() not in ("true", "false"):
            raise Refused("The setting %(name)s is true or false.", name=setting.name)
        return override.strip().lower() == "true"
    if isinstance(setting.value, int):
        try:
            return int(override)
        except ValueError:
            raise Refused("The setting %(name)s is a whole number.", name=setting.name) from None
    return override
