"""Titles that people read in place of the chart's words: each step is told from the others, in both languages."""

from __future__ import annotations

from collections import defaultdict

from app.catalogue.complaints import Complaints
from app.catalogue.drawn import Element
from app.catalogue.english import FILE as ENGLISH
from app.catalogue.model import Package
from app.errors import N_
from app.states import Side

_TEXTS = ("mail/", "pdf/", "forms/", "_shared/")
_SAME = N_(
    "“%(title)s” is what %(others)s is called, too: a reader cannot tell the two apart. Give each a title of its own "
    "(property title)."
)
_ALONE = N_("There is an English title and no Japanese one: add the property title.")
_QUOTED = N_("The text says 「%(name)s」, as the chart does: its reader knows the step as 「%(title)s」.")
_ENGLISH = N_("There is no English for the title “%(title)s”: add the property title_en.")


class TitleChecks:
    """Over the elements that people have to do with."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints

    def run(self) -> None:
        called: dict[tuple[Side, str], list[Element]] = defaultdict(list)
        for element in self.package.elements.values():
            self._english(element)
            if element.kind == "userTask" and element.title:
                called[element.side, element.title].append(element)
        for (_, title), elements in called.items():
            for each in elements[1:]:
                self.complaints.warn(
                    each.file, each.id, _SAME, "property:title" if each.properties.get("title") else "name",
                    title=title, others=elements[0].id,
                )  # fmt: skip

        self._quoted()

    def _quoted(self) -> None:
        """Texts that send their reader to a step by a word that stands on the chart alone."""
        tasks = [each for each in self.package.elements.values() if each.kind == "userTask"]
        read = {each.title for each in tasks}
        chart = {each.name: each.title for each in tasks if each.name and each.name not in read}
        for path, content in self.package.files.items():
            if not path.startswith(_TEXTS):
                continue
            text = content.decode("utf-8", "replace")
            for name, title in chart.items():
                if f"「{name}」" in text:
                    self.complaints.warn(path, "", _QUOTED, name=name, title=title)

    def _english(self, element: Element) -> None:
        own = element.properties.get("title", "").strip()
        if element.title_en and not own:
            self.complaints.warn(element.file, element.id, _ALONE, "property:title_en")
        elif own and ENGLISH in self.package.files and not own.isascii() and own not in self.package.english:
            self.complaints.warn(element.file, element.id, _ENGLISH, "property:title", title=own)
