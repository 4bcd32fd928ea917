"""The package's words in English: by the Japanese wording, as message catalogues have it.

Titles carry their English beside them (`title_en`, `label_en`); what the diagrams say stands in english.toml, since
one word ("差戻し") stands in many places. Tasks, invoices and the timeline keep a copy of the Japanese wording of
their time: looked up here, the copy is read in either language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from app.bpmn.words import even
from app.catalogue.complaints import Complaints, quoted
from app.catalogue.drawn import Element
from app.catalogue.manifest import FILE as MANIFEST
from app.catalogue.manifest import Manifest
from app.catalogue.model import DocumentSource, MailSource, Package
from app.catalogue.toml import UNREAD, nearest
from app.errors import N_, Problem
from app.states import Side
from app.text.halves import halves

FILE = "english.toml"
_ABSENT = N_("There is no English for “%(words)s”: add it to english.toml.")
_MAX_DEPTH = 12  # of form components within each other
_LEAST_ALIKE = 4  # characters, below which “did you mean” would be a guess


class _Titled(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def title_en(self) -> str: ...


def read_english(raw: Mapping[str, Any], problems: list[Problem]) -> dict[str, str]:
    """english.toml: Japanese wording to English wording."""
    found: dict[str, str] = {}
    for words, english in raw.items():
        if isinstance(english, str) and english.strip():
            found[even(words)] = english
        else:
            message = N_("“%(key)s” must be a text in quotes.")
            problems.append(Problem(FILE, message, "", {"key": words}, part=f"key:{words}"))
    return found


def wording(
    manifest: Manifest,
    mails: Mapping[str, MailSource],
    documents: Mapping[str, DocumentSource],
    forms: Mapping[str, Mapping[str, Any]],
    table: Mapping[str, str],
    elements: Iterable[Element],
) -> dict[str, str]:
    """Every wording of the package that has an English one. Where two differ, english.toml says, else the first."""
    found = dict(table)
    titled: tuple[_Titled, ...] = (
        manifest,
        *manifest.lanes.values(),
        *manifest.stages,
        *manifest.guidelines,
        *manifest.fees.values(),
        *manifest.calendars.values(),
        *manifest.cards.values(),
        *manifest.downloads.values(),
        *manifest.handouts.values(),
        *manifest.declared.sections.values(),
        *manifest.declared.groups.values(),
        *manifest.declared.values.values(),
        *(setting for section in manifest.settings.values() for setting in section.values()),
    )
    pairs = [(each.title, each.title_en) for each in titled]
    pairs += [
        pair
        for each in manifest.declared.ends.values()
        for pair in ((each.title, each.title_en), (each.sentence, each.sentence_en))
    ]
    pairs += [(each.place, each.place_en) for each in manifest.calendars.values()]
    pairs += [(each.help, each.help_en) for section in manifest.settings.values() for each in section.values()]
    pairs += [(each.title, str(each.header.get("title_en", ""))) for each in documents.values()]
    pairs += [(each.label, str(each.header.get("label_en", ""))) for each in mails.values()]
    pairs += [(each.title, each.title_en) for each in elements if each.title_en and each.title != each.name]
    pairs += [pair for form in forms.values() for pair in _labels(form.get("components"), 0)]
    for japanese, english in pairs:
        if japanese and english and english != japanese:
            found.setdefault(even(japanese), english)
    return found


def _labels(components: object, depth: int) -> Iterator[tuple[str, str]]:
    if not isinstance(components, list) or depth > _MAX_DEPTH:
        return
    for component in components:
        if not isinstance(component, dict):
            continue
        properties = component.get("properties")
        english = properties.get("label_en") if isinstance(properties, dict) else None
        for label in (component.get(key) for key in ("label", "dateLabel", "timeLabel")):
            if isinstance(label, str) and isinstance(english, str):
                yield label, english
        for option in component.get("values") or () if isinstance(component.get("values"), list) else ():
            if isinstance(option, dict) and isinstance(option.get("label"), str):
                yield option["label"], str(option.get("label_en") or "")
        yield from _labels(component.get("components"), depth + 1)


class EnglishChecks:
    """A package that has english.toml has English for all that its diagrams say, and nothing else in it."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        unread = any(problem.file == FILE and problem.message in UNREAD for problem in self.package.problems)
        if FILE not in self.package.files or unread:
            return
        said = {**self.package.words, **self._notices(), **self._options()}
        for words, (file, element) in said.items():
            if words not in self.package.english and not words.isascii():
                self.complaints.warn(file, element, _ABSENT, words=words)
        self._tables()
        for mail in self.package.mails.values():
            if mail.to == Side.VENDOR.value and not halves(mail.body)[1]:
                self.complaints.warn(
                    mail.file, "", N_("This mail says nothing in English: write it below a line “+++ en”."), "body"
                )
            elif mail.to == Side.VENDOR.value and mail.subject_en in ("", mail.subject):
                self.complaints.warn(
                    mail.file, "", N_("This mail has no English subject (subject_en)."), "header:subject"
                )
        titles = [document.title for document in self.package.documents.values()]
        columns = {
            even(each.label) for table in self.package.decisions.values() for each in table.outputs if each.label
        }
        for words in self.package.table:
            if words in said or words in columns or any(words in title for title in titles):
                continue
            like = nearest(words, frozenset(said)) if len(words) >= _LEAST_ALIKE else ""
            if like:
                self.complaints.warn(
                    FILE, "", N_("The diagrams do not say “%(words)s”: did you mean “%(nearest)s”?"), f"key:{words}",
                    words=words, nearest=like,
                )  # fmt: skip
            else:
                self.complaints.warn(
                    FILE, "", N_("The diagrams do not say “%(words)s”: remove it, or write it as they do."),
                    f"key:{words}", words=words,
                )  # fmt: skip

    def _options(self) -> dict[str, tuple[str, str]]:
        """What the values of routing values are called."""
        values = self.package.declared.values.values()
        return {even(words): (MANIFEST, "") for each in values for words in each.called.values()}

    def _tables(self) -> None:
        """What the columns of a table give is named by their labels where a case is mended."""
        used = {element.decision for element in self.package.elements.values()}
        for table in self.package.decisions.values():
            for words in {even(each.label): None for each in table.outputs if each.label and table.id in used}:
                if words not in self.package.english and not words.isascii():
                    self.complaints.warn(self.package.file_of(table.id), table.id, _ABSENT, words=words)

    def _notices(self) -> dict[str, tuple[str, str]]:
        """The sentences that service tasks of the operator `notice` put up."""
        return {
            even(text): (element.file, element.id)
            for element in self.package.elements.values()
            if _tells(element)
            for text in quoted(element.parameters.get("text", "")) or ()
        }


def _tells(element: Element) -> bool:
    return element.operator == "notice"
