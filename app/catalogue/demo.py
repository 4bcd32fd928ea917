"""demo.toml: the people and cases with which a demo shows a package, as its analysts wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.catalogue import scenarios
from app.catalogue.complaints import Complaints
from app.catalogue.fields import form_fields
from app.catalogue.model import Package
from app.catalogue.toml import Table, nearest, parse
from app.errors import N_, BadPackage, Problem
from app.states import BODY, RIGHTS, Account, Right

FILE = "demo.toml"
ROLES = frozenset(role.value for role in BODY)
DRAWS = frozenset(role for role in ROLES if Right.DESIGN in RIGHTS[Account(role)])
FOUND = N_("find: this text stands %(count)s times in %(file)s, so the draft comes without the change.")
NEEDED = ("email", "name", "contact", "subject")  # of an application, for the demo's lists


def read(package: Package) -> Mapping[str, Any]:
    """The file as it is, {} where there is none. Raises BadPackage with everything that is wrong with it."""
    problems = [each for each in check(package) if each.severity == "error"]
    if problems:
        raise BadPackage(problems)
    return _raw(package, []) if FILE in package.files else {}


def edited(package: Package, draft: Mapping[str, Any]) -> dict[str, bytes]:
    """The package's files with the changes of a draft of the demo; what does not find its place is left out."""
    files = dict(package.files)
    for change in draft.get("change", ()):
        data, find = files.get(change["file"], b""), change["find"].encode()
        if data.count(find) == 1:
            files[change["file"]] = data.replace(find, change["put"].encode())
    return files


def check(package: Package) -> list[Problem]:
    """Everything wrong with demo.toml; nothing where there is none."""
    problems: list[Problem] = []
    if FILE not in package.files:
        return problems
    raw = _raw(package, problems)
    if not problems:
        _Checks(package, Table(raw, FILE, "", problems), problems).run()
    return problems


def _raw(package: Package, problems: list[Problem]) -> dict[str, Any]:
    try:
        return parse(package.files[FILE].decode("utf-8-sig"), FILE, problems)
    except UnicodeDecodeError as error:
        problems.append(
            Problem(
                FILE, "This is not UTF-8 (byte %(position)s): save it as UTF-8.", params={"position": error.start + 1}
            )
        )
        return {}


class _Checks:
    def __init__(self, package: Package, table: Table, problems: list[Problem]) -> None:
        self.package = package
        self.table = table
        self.problems = problems
        self.walks = scenarios.read(package.files)
        self.fields = {name: form_fields(form) for name, form in package.forms.items()}

    def run(self) -> None:
        table = self.table
        for name in table.texts("on_the_day", ()):
            self._known("", "on_the_day", "element", name, self.package.elements)
        if (same := table.table("same")) is not None:
            for key in same.raw:
                same.text(key)
        staff = [self._staff(each) for each in table.array("staff")]
        cases = table.array("case")
        for each in cases:
            self._case(each)
        if cases and not any("operator" in roles for roles in staff):
            self._say("staff", N_("The cases of the demo need somebody with the role operator: add [[staff]]."))
        clients = {str(each.raw.get("application", {}).get("email", "")) for each in cases if _has_application(each)}
        for each in table.array("agent"):
            for key in ("email", "name", "office"):
                each.text(key)
            for client in each.texts("clients"):
                if client not in clients:
                    self._say(each.path, N_("clients: no case of the demo has the address %(email)s."), email=client)
            each.close()
        analysts = {
            str(each.raw.get("email", ""))
            for each, roles in zip(table.array("staff"), staff, strict=True)
            if DRAWS.intersection(roles)
        }
        for each in table.array("draft"):
            self._draft(each, analysts)
        table.close()

    def _draft(self, table: Table, analysts: set[str]) -> None:
        table.text("title")
        by = table.text("by")
        if by and by not in analysts:
            self._say(table.path, N_("by: no analyst of the demo has the address %(email)s."), email=by)
        for change in table.array("change"):
            file, find = change.text("file"), change.text("find")
            put, text = change.text("put", ""), self.package.files.get(file, b"")
            count = text.count(find.encode()) if find else 1
            made = put and put.encode() in text  # as in the draft of a demo itself
            if count != 1 and not made:
                self._warn(change.path, FOUND, count=count, file=file)
            change.close()
        table.close()

    def _staff(self, table: Table) -> tuple[str, ...]:
        table.text("email")
        table.text("name")
        roles = table.texts("roles")
        for key, given, known in (
            ("roles", roles, ROLES),
            ("groups", table.texts("groups", ()), frozenset(self.package.groups)),
        ):
            for name in given:
                if name not in known:
                    self._say(
                        table.path, N_("“%(key)s” must be one of: %(known)s."), key=key, known=", ".join(sorted(known))
                    )
        table.close()
        return roles

    def _case(self, table: Table) -> None:
        name, until = table.text("scenario"), table.text("until", "")
        table.whole("business_days_ago", 10)
        if name and name not in self.walks.scenarios and name not in self.walks.unread:
            self._no_scenario(table.path, name)
        elif name in self.walks.scenarios:
            self._walk(table.path, name, until)
        application = table.table("application")
        if application is None:
            self._say(table.path, N_("The key “%(key)s” is missing: add it."), key="application")
        else:
            for what in NEEDED:
                if key := getattr(self.package.applicant, what):
                    application.text(key)
            self._answers(application, self.package.start_form)
        answers = table.table("answers")
        for element, each in answers.all().items() if answers is not None else ():
            if self._known(each.path, "answers", "user task", element, self.package.forms):
                self._answers(each, element)
        table.close()

    def _walk(self, place: str, name: str, until: str) -> None:
        try:
            walk = self.walks.walk(name)
        except BadPackage:
            return  # the scenario's own problem, told with it
        if until and not any(step.element == until for step in walk):
            self._say(
                place, N_("until: no step of the scenario “%(name)s” completes %(element)s."), name=name, element=until
            )
        if not walk or walk[0].element != self.package.start_form:
            self._say(place, N_("scenario: the first step of “%(name)s” does not complete the public form."), name=name)

    def _no_scenario(self, place: str, name: str) -> None:
        like = nearest(name, frozenset(self.walks.scenarios))
        if like:
            self._say(
                place,
                N_("scenario: there is no scenario “%(name)s”: did you mean “%(nearest)s”?"),
                name=name,
                nearest=like,
            )
        else:
            self._say(place, N_("scenario: there is no scenario “%(name)s”."), name=name)

    def _answers(self, table: Table, element: str) -> None:
        for key in table.raw:
            self._known(table.path, "answer", "field", key, self.fields.get(element, {}))

    def _known(self, element: str, key: str, what: str, name: str, known: Any) -> bool:
        complaints = Complaints()
        found = complaints.known(FILE, element, f"key:{key}", what, name, known)
        self.problems += complaints.problems
        return found

    def _warn(self, element: str, message: str, /, **params: Any) -> None:
        self.problems.append(Problem(FILE, message, element, params, "warning", "key:find"))

    def _say(self, element: str, message: str, /, **params: Any) -> None:
        self.problems.append(Problem(FILE, message, element, params))


def _has_application(table: Table) -> bool:
    return isinstance(table.raw.get("application"), dict)
