"""All that can be said of a package without running it: references lead somewhere, parts are used."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import fields

from app.catalogue.check_called import CalledChecks
from app.catalogue.check_elements import ElementChecks
from app.catalogue.check_ends import EndChecks
from app.catalogue.check_flow import FlowChecks
from app.catalogue.check_forms import FormChecks
from app.catalogue.check_mails import MailChecks
from app.catalogue.check_manifest import ManifestChecks
from app.catalogue.check_names import NameChecks
from app.catalogue.check_options import OptionChecks
from app.catalogue.check_papers import PaperChecks
from app.catalogue.check_portal import PortalChecks
from app.catalogue.check_tables import TableChecks
from app.catalogue.check_templates import TemplateChecks
from app.catalogue.check_titles import TitleChecks
from app.catalogue.check_values import ValueChecks
from app.catalogue.check_wholes import WholeChecks
from app.catalogue.check_words import WordChecks
from app.catalogue.complaints import Complaints, Enough
from app.catalogue.drawn import Element
from app.catalogue.english import EnglishChecks
from app.catalogue.following import Following
from app.catalogue.manifest import FILE
from app.catalogue.model import Package
from app.catalogue.routed import routes
from app.catalogue.toml import UNREAD
from app.declarations import Connector
from app.errors import N_, BadPackage, Problem
from app.text.memo import remembered

_FLOWS = tuple(each.name for each in fields(Element) if each.name not in ("name", "line", "documentation", "node"))
FOLLOWED = 1_000_000  # bytes that a following weighs in a memo
_PLACES = re.compile(
    r"(package|demo|english)\.toml|README\.md|[^/]+\.(bpmn|dmn)|forms/[^/]+\.form|mail/[^/]+\.md|pdf/[^/]+\.html|files/.+"
    r"|scenarios/.+|_shared/.+"
)


def check(
    package: Package,
    connectors: Mapping[str, Connector] | None = None,
    filters: Collection[str] | None = None,
) -> list[Problem]:
    """All problems, those of reading first. `connectors`: what service tasks may ask for; `filters`: those that
    templates may use. None: unchecked.

    A package may be released if none has the severity "error".
    """
    if not readable(package):
        return list(package.problems)  # without it, all that follows would say the same thing again
    complaints = Complaints()
    try:
        for problem in package.problems:
            complaints.add(problem)
        ElementChecks(package, complaints, connectors).run()
        WholeChecks(package, complaints).run()
        names = NameChecks(package, complaints)
        names.run()
        known = names.known if names.sure else None
        WordChecks(package, complaints).run()
        ManifestChecks(package, complaints).run()
        PortalChecks(package, complaints).run()
        EndChecks(package, complaints).run()
        MailChecks(package, complaints).run()
        PaperChecks(package, complaints).run()
        FormChecks(package, complaints, known).run()
        TemplateChecks(package, complaints, known, filters).run()
        if names.sure:
            _followed(package, complaints)
        EnglishChecks(package, complaints).run()
        TitleChecks(package, complaints).run()
        CalledChecks(package, complaints).run()
        for path in package.files:
            if not _PLACES.fullmatch(path):
                complaints.warn(path, "", N_("Nothing reads this file: move it or remove it."))
    except Enough:
        complaints.problems.append(Problem("", "There are more problems: mend these first."))
    return complaints.problems


def _followed(package: Package, complaints: Complaints) -> None:
    """What comes of following values and tokens; nothing where the diagrams have parts that are not known."""
    following = remembered("following", flowing(package), FOLLOWED, lambda: Following(package))
    if not following.whole:
        message = N_("The diagrams are too large to be followed: where values and tokens go is not checked.")
        complaints.warn(FILE, "", message)
        return
    ValueChecks(package, complaints, following).run()
    OptionChecks(package, complaints, following).run()
    TableChecks(package, complaints, following).run()
    FlowChecks(package, complaints, following).run()


def flowing(package: Package) -> str:
    """What a following is made of, as a digest: a package of which no more than words, lines and places differ has the
    same. A test compares what is said with and without."""
    total = hashlib.sha256(repr((package.entry, package.withdraw_message, sorted(package.processes))).encode())
    for element in package.elements.values():
        total.update(repr([getattr(element, name) for name in _FLOWS]).encode())
    for flow in package.flows:
        total.update(repr((flow.id, flow.source, flow.target, flow.inside, flow.condition)).encode())
    total.update(repr(routes(package)).encode())
    return total.hexdigest()


def readable(package: Package) -> bool:
    """Whether package.toml could be read: else nothing is known of the rest."""
    return not any(problem.file == FILE and problem.message in UNREAD for problem in package.problems)


def require(package: Package, connectors: Mapping[str, Connector] | None = None) -> Package:
    """The package itself; raises BadPackage with the errors, if it has any."""
    errors = [problem for problem in check(package, connectors) if problem.severity == "error"]
    if errors:
        raise BadPackage(errors)
    return package
