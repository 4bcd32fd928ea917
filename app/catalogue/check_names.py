"""Names that diagrams, decision tables and templates read, and that nothing in the package ever sets.

Only what no element sets anywhere is reported here; whether the way that leads to a place sets it is followed by
`check_values`. Syntax is judged where expressions are run; what cannot be parsed is left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from app.catalogue.check_elements import IN_QUOTES
from app.catalogue.complaints import Complaints
from app.catalogue.drawn import Code, Element, code_of, codes_of
from app.catalogue.model import Package
from app.catalogue.python import names, parsed
from app.catalogue.toml import nearest
from app.catalogue.vocabulary import PORTAL_ROUTES
from app.errors import N_
from app.feel.binding import paths

# What the portal brings into task data by itself.
WITH_WITHDRAWAL = "withdrawal_by"
LEFT_TO_SETTLE = "left_to_settle"  # with the same message: cards, days, money or contracts are to be settled
UNDONE = "undone"  # with the message of an undone payment: its invoice's `number`, and the `amount` in yen
WITH_PAYMENT = "booking"  # a payment makes a held date firm
WITH_ERROR = "error"  # what was caught: its `code` and `text`
SETTINGS = "settings"  # by which decision tables read what staff own
WITH_FEE = "fee"  # the decision table of a fee is asked for this one
_PATH = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
_OTHERS_WORDS = {"true": "True", "false": "False", "null": "None"}


def codes(package: Package) -> Iterator[Code]:
    """Every piece of Python in the diagrams, in the order of the files."""
    for element in package.elements.values():
        yield from codes_of(element)
    for flow in package.flows:
        yield from code_of(flow)


class NameChecks:
    """Over the whole package: first what is set, then what is read."""

    def __init__(self, package: Package, complaints: Complaints) -> None:
        self.package = package
        self.complaints = complaints
        self.codes = list(codes(package))
        self.known = self._set()
        # What a missing table or an element that is not supported would set is not known: then nothing is said.
        self.sure = not package.refused and all(
            not each.decision or each.decision in package.decisions for each in package.elements.values()
        )

    def run(self) -> None:
        if not self.sure:
            return
        for code in self.codes:
            self._code(code)
        for element in self.package.elements.values():
            if element.loop is not None and element.loop.collection:
                self._read(Code(element.file, element.id, "loop", ""), element.loop.collection)
            if item := element.properties.get("item", ""):
                self._item(element, item)
            for listed in ("carries", "returns"):
                for name in element.listed(listed):
                    self._read(Code(element.file, element.id, f"property:{listed}", ""), name)
        self._decisions()

    def _item(self, element: Element, item: str) -> None:
        """What names the item of a task: a path in the task data."""
        if _PATH.fullmatch(item):
            self._read(Code(element.file, element.id, "property:item", ""), item.partition(".")[0])
        else:
            message = N_("item names what tells one from another: a name of the task data, or name.key.")
            self.complaints.say(element.file, element.id, message, "property:item")

    def _set(self) -> frozenset[str]:
        ends = self.package.withdraw_message or self.package.declared.give_up_message
        found: set[str] = {WITH_WITHDRAWAL, LEFT_TO_SETTLE} if ends else set()
        found |= {UNDONE} if self.package.declared.undone_message else set()
        for element in self.package.elements.values():
            found.update(element.listed("routes"))
            found.update(route for name, route in PORTAL_ROUTES.items() if element.properties.get(name))
            if element.properties.get("confirms"):
                found.add(WITH_PAYMENT)
            if element.decision in self.package.decisions:
                found.update(output.name for output in self.package.decisions[element.decision].outputs)
            found.add(element.result_variable)
            if element.event == "error":
                found.add(WITH_ERROR)
            if element.loop is not None:
                found.update((element.loop.item, element.loop.output, element.loop.output_item))
        for code in self.codes:
            if code.script:
                found.update(names(parsed(code.text), ast.Store))
        return frozenset(found - {""})

    def _decisions(self) -> None:
        """Tables that elements call read the case's data; those of fees `fee`, too."""
        fees = {fee.decision for fee in self.package.fees.values()}
        called = {element.decision: element for element in self.package.elements.values() if element.decision}
        for name, decision in self.package.decisions.items():
            if name not in fees and name not in called:
                continue
            self._settings(name)
            for read_name in sorted(decision.names() - {SETTINGS} - ({WITH_FEE} if name in fees else set())):
                self._read(Code(self.package.file_of(name), name, "", ""), read_name)

    def _settings(self, name: str) -> None:
        """Settings that a table reads: settings.<section>.<key>."""
        known = frozenset(each.name for part in self.package.settings.values() for each in part.values())
        for path in sorted(set(paths(self.package.decisions[name], SETTINGS))):
            if ".".join(path) not in known:
                message = N_("There is no setting “%(name)s”: tables read settings as settings.section.key.")
                self.complaints.say(self.package.file_of(name), name, message, name=".".join(path))

    def _code(self, code: Code) -> None:
        tree = parsed(code.text)
        own = names(tree, ast.Store)  # of loops and comprehensions; what scripts set is known anyway
        for name in sorted(names(tree, ast.Load) - own):
            self._read(code, name)

    def _unquoted(self, code: Code) -> bool:
        """Whether it is a text without its quotes: that is said."""
        place = (code.file, code.element, code.part)
        return any(each.message == IN_QUOTES and each.place == place for each in self.complaints.problems)

    def _read(self, code: Code, name: str) -> None:
        if not name or name in self.known or ("field", name) in self.complaints.meant or self._unquoted(code):
            return
        like = nearest(name, self.known)
        if name in _OTHERS_WORDS:
            self.complaints.say(
                code.file, code.element, N_("“%(name)s” is no word of Python: write %(python)s."), code.part,
                name=name, python=_OTHERS_WORDS[name],
            )  # fmt: skip
        elif like:
            self.complaints.say(
                code.file, code.element, N_("Nothing ever sets “%(name)s”: did you mean “%(nearest)s”?"), code.part,
                name=name, nearest=like,
            )  # fmt: skip
        else:
            self.complaints.say(
                code.file, code.element,
                N_("Nothing ever sets “%(name)s”: route it from a form, set it in a script, or put it in quotes."),
                code.part, name=name,
            )  # fmt: skip
