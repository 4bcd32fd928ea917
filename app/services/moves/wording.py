"""Words, documents and tables alone: a running case keeps its diagrams and gets what a newer release says and counts.

The two are put together as content of its own, under its own digest and number, in force for nobody who begins: to it
cases move as to any other, and since their diagrams are the same, all of them safely.
"""

from __future__ import annotations

from app import catalogue
from app.errors import BadPackage, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.packages import terms
from app.states import Right

FOLDERS = ("mail/", "pdf/", "files/", "_shared/")
FILES = ("english.toml",)


def told(path: str) -> bool:
    """Whether a file of a package is words, a document or a table."""
    return path.startswith(FOLDERS) or path in FILES or path.endswith(".dmn")


def together(portal: Portal, package_id: str, base: int, words: int, actor: Actor) -> int:
    """Content with the diagrams of the release `base` and the words of `words`; gives its number.

    What only `base` has stays, since its diagrams may need it. Raises BadPackage with what does not fit together,
    Refused when nothing would be different, NotFound, Forbidden.
    """
    actor.require(Right.MOVE_CASES)
    old, new = (terms.archive(portal, package_id, number) for number in (base, words))
    files = {**old.files, **{path: content for path, content in new.files.items() if told(path)}}
    if files == old.files:
        raise Refused("Words, documents and tables of the two releases are the same")
    package = catalogue.from_files(files)
    errors = [problem for problem in portal.releases.check(package) if problem.severity == "error"]
    if errors:
        raise BadPackage(errors)
    number, _ = terms.keep(portal, package, actor.name, f"{base} + {words}")
    return number
