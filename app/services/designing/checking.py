"""A draft is checked while it is drawn: the whole check, of which only what changed is worked out anew.

What a check reads is kept by its content (`content.READING`), so that a change of one file costs a fraction of a whole
check; what was said of a content is kept whole. Both are bounded and of one process.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from app.catalogue import Package
from app.catalogue.going import Place, place
from app.errors import BadPackage, Problem
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.designing import mending
from app.services.designing.mending import Action
from app.services.workspaces import content, saving
from app.services.workspaces.views import Clash, Saved
from app.states import Right
from app.store import database

CONTENTS = 12  # whose problems are kept
# What of a flow a canvas draws on the element, by the message that says it.
MARKS = {
    "Here every case waits for ever: nothing comes from %(missing)s when something has come by another arrow. Join by "
    "an exclusive gateway what an exclusive gateway has parted.": "stuck",
    "Here a case can wait for ever: there are ways on which nothing comes from %(missing)s. A parallel gateway goes on "
    "only when something has come by every arrow.": "stuck",
    "It waits for %(name)s, which comes only after it: it waits for ever.": "stuck",
    "Branches that run beside each other meet here: what follows is done once for each of them. Join them by a "
    "parallel gateway first.": "twice",
    "No flow leads here from the start event.": "never",
    "No case can take this arrow, whatever was answered and decided before.": "never",
    "From here on no way leads to an end: a case never comes to one.": "endless",
    "From here on the process runs for ever: it comes to no end and waits for nobody.": "endless",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A problem, where a page goes to it, what mends it (where there is one right way), and how a canvas marks it:
    stuck, twice, never, endless or ""."""

    problem: Problem
    place: Place
    mend: Action | None
    mark: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a draft at a revision. `seconds`: how long it took; 0 where it was known."""

    revision: int
    digest: str
    found: tuple[Found, ...]
    seconds: float


class _Kept:
    def __init__(self) -> None:
        self.found: OrderedDict[str, tuple[Found, ...]] = OrderedDict()
        self.lock = Lock()

    def get(self, digest: str) -> tuple[Found, ...] | None:
        with self.lock:
            if digest in self.found:
                self.found.move_to_end(digest)
            return self.found.get(digest)

    def put(self, digest: str, found: tuple[Found, ...]) -> None:
        with self.lock:
            self.found[digest] = found
            while len(self.found) > CONTENTS:
                self.found.popitem(last=False)


_kept = _Kept()


def problems(portal: Portal, workspace_id: int, who: Actor) -> Checked:
    """Everything that keeps the draft from being released, and warnings. Raises NotFound."""
    who.require(Right.SEE_DESIGN)
    with database.connection():
        row = content.row_of(workspace_id)
        files = content.files_of(portal, row)
    start = time.monotonic()
    with content.READING.used():
        try:
            package = content.package_of(files)
        except BadPackage as error:
            found = tuple(_beside(problem, files) for problem in error.problems)
            return Checked(row.revision, "", found, time.monotonic() - start)
        known = _kept.get(package.digest)
        if known is not None:
            return Checked(row.revision, package.digest, known, 0.0)
    return Checked(row.revision, package.digest, of_package(portal, package), time.monotonic() - start)


def of_package(portal: Portal, package: Package) -> tuple[Found, ...]:
    """Everything that keeps this content from being released, and warnings; what was found of it lately is known."""
    found = _kept.get(package.digest)
    if found is None:
        with content.READING.used():
            found = tuple(found_in(package, problem) for problem in portal.releases.check(package))
        _kept.put(package.digest, found)
    return found


def found_in(package: Package, problem: Problem) -> Found:
    """A problem with all that a page makes of it."""
    return Found(problem, place(package, problem), mending.mend(package, problem), MARKS.get(problem.message, ""))


def _beside(problem: Problem, files: dict[str, bytes]) -> Found:
    """Of files that are no package."""
    file = problem.file if problem.file in files else min(files, default="package.toml")
    return Found(problem, Place(file, "", "", max(1, problem.line), 1), None, "")


def mend(portal: Portal, workspace_id: int, action: Action, who: Actor, page: str = "") -> list[Saved | Clash]:
    """Do what was offered, as a change of the draft's files by this person. Raises Stale, Refused, NotFound."""
    who.require(Right.DESIGN)
    with database.connection():
        row = content.row_of(workspace_id)
        files = content.files_of(portal, row)
        changed = mending.apply(files, action)
        revisions = {path: saving.revision_of(portal, row, path) for path in changed}
    return [saving.save(portal, workspace_id, path, data, revisions[path], who, page) for path, data in changed.items()]
