"""Steps that were deleted and drawn anew under another id. Declared the same, what a case did there is found under the
new id by whatever reads it: reviews, templates, who must be another person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.catalogue import Element
from app.engine import Decisions, Finding
from app.errors import N_, Problem
from app.services.base.releases import Loaded
from app.store import work
from app.store.models import Case

SAME: Final = "same:"  # the id of the step that it is now follows
APART: Final = "apart"  # they are two steps


def asked(case: Case, old: Loaded, new: Loaded, decisions: Decisions) -> Iterator[Finding]:
    """The steps that the case has done and that the new release may have under another id: one of the same name."""
    gone, fresh = _gone(old, new), _fresh(old, new)
    if not gone or not fresh:
        return
    done = set(work.latest_answers(case.id))
    for element in (each for each in gone if each.id in done):
        likely = [each.id for each in fresh if each.name == element.name]
        if not likely:
            continue
        others = [each.id for each in fresh if each.id not in likely]
        message = N_("The case has done “%(id)s”, which is no more. Is it one of the new steps?")
        problem = Problem("", message, params={"id": element.name or element.id})
        choices = (*(SAME + each for each in (*likely, *others)), APART)
        found = Finding("same", element.process, element.id, problem, choices=choices)
        if found.decided(decisions) is None:
            yield found


def of(old: Loaded, new: Loaded, decisions: Decisions) -> Mapping[str, str]:
    """Old id to new id, as it was decided: of steps that were done, and of those at which a token goes on that the old
    release did not have."""
    found = {}
    for key, said in decisions.items():
        kind, _, rest = key.partition(":")
        element = rest.split(":")[1] if rest.count(":") > 1 else ""
        if not isinstance(said, str) or element in new.package.elements:
            continue
        to = said.partition(":")[2]
        drawn_anew = kind == "gone" and said.startswith("to:") and to not in old.package.elements
        if (kind == "same" and said.startswith(SAME)) or drawn_anew:
            found[element] = to
    return found


def _gone(old: Loaded, new: Loaded) -> list[Element]:
    known: Mapping[str, Any] = new.package.elements
    return [
        old.package.elements[each] for each in old.package.forms if each in old.package.elements and each not in known
    ]


def _fresh(old: Loaded, new: Loaded) -> list[Element]:
    known: Mapping[str, Any] = old.package.elements
    return [
        new.package.elements[each] for each in new.package.forms if each in new.package.elements and each not in known
    ]
