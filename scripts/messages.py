"""The message catalogues: what the sources say to people, and its Japanese.

English text in the sources is the message id, so English needs no catalogue. Babel's own extractors find the ids: in
templates `_()` and `{% trans %}`; in Python gettext's names, `N_()`, which only marks, and the messages of our errors,
of `Problem` and of what does not fit a form, which `web` translates when it shows them. What is said elsewhere is
marked by `N_()` where it is written. The steps of the database say what they do in their docstrings' first line.

    messages.py update   write app/web/translations/ja/LC_MESSAGES/messages.po, keeping what is translated
    messages.py check    exit 1 if an id lacks its Japanese, or the places %(name)s of the two differ
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("app", "admin", "hardware", "config")
TRANSLATIONS = PROJECT / "app/web/translations"
JAPANESE = TRANSLATIONS / "ja/LC_MESSAGES/messages.po"
STEPS = PROJECT / "app/store/migrations"
METHODS = [
    ("**/node_modules/**", "ignore"),
    ("**/static/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**/templates/**.md", "jinja2"),
]
OPTIONS = {method: {"trimmed": "true"} for _, method in METHODS}
MARKS = ("_", "N_", "gettext", "lazy_gettext", "_l", "Unfit", "Warned", "Why", "Clash", "Complaint")
PLURALS = {"ngettext": (1, 2), "lazy_ngettext": (1, 2)}
SECOND = {"Problem": (2,), "FieldError": (2,)}  # after the file, or the field
HEADER = (
    r"""
"Language: ja\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"
""".strip()
    + "\n"
)
PLACE = re.compile(r"%\(\w+\)[sdf]")

MessageId = str | tuple[str, str]


def main(command: str) -> int:
    """Update or check the catalogue; gives the exit code."""
    found: dict[MessageId, str] = {}
    for message, place in _found():
        found.setdefault(message, place)
    if command == "update":
        return _update(found)
    if command == "check":
        return _check(found)
    raise SystemExit(__doc__)


def _found() -> Iterator[tuple[MessageId, str]]:
    """Every message id, and the file that says it."""
    keywords = dict.fromkeys((*MARKS, *_errors())) | PLURALS | SECOND
    for room in ROOMS:
        for file, _line, message, _comments, _context in extract_from_dir(
            PROJECT / room, METHODS, OPTIONS, keywords=keywords
        ):
            if isinstance(message, tuple):
                yield (message[0], message[1]), f"{room}/{file}"
            elif PLACE.sub("", message).strip():  # what is filled in alone says nothing by itself
                yield message, f"{room}/{file}"
    for path in sorted(STEPS.glob("[0-9]*.py")):
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        yield words.partition("\n")[0], str(path.relative_to(PROJECT))


def _errors() -> set[str]:
    """NinteiError and all that derives from it, by name."""
    bases: dict[str, set[str]] = {}
    files = [path for room in ROOMS for path in (PROJECT / room).rglob("*.py") if "node_modules" not in path.parts]
    for node in (node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.ClassDef):  # two rooms may have a class of one name
            parents = {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in node.bases}
            bases.setdefault(node.name, set()).update(parents)
    names = {"NinteiError"}
    while grown := {name for name, parents in bases.items() if parents & names} - names:
        names |= grown
    return names


def _update(found: dict[MessageId, str]) -> int:
    known = _translations()
    catalogue = Catalog(locale="ja", fuzzy=False)
    for message, place in sorted(found.items(), key=lambda item: (item[1], str(item[0]))):
        catalogue.add(message, known.get(message, ""), locations=[(place, 0)])
    JAPANESE.parent.mkdir(parents=True, exist_ok=True)
    # Babel's own header holds the time of the day and other noise that would change with each update.
    header = f'# {JAPANESE.name}: Japanese of the pages\nmsgid ""\nmsgstr ""\n{HEADER}\n'
    with JAPANESE.open("wb") as file:
        file.write(header.encode())
        write_po(file, catalogue, include_lineno=False, width=110, omit_header=True)
    missing = sum(1 for message in found if not known.get(message))
    print(f"{JAPANESE.relative_to(PROJECT)}: {len(found)} messages, {missing} to be translated")
    return 0


def _check(found: dict[MessageId, str]) -> int:
    known = _translations()
    wrong = []
    for message, place in found.items():
        japanese = known.get(message, "")
        if not japanese:
            wrong.append(f"{place}: no Japanese for {_first(message)!r}")
        elif set(PLACE.findall(_last(message))) != set(PLACE.findall(_first(japanese))):
            wrong.append(f"{place}: the places of {_first(message)!r} and {_first(japanese)!r} differ")
    for line in wrong:
        print(line)
    if wrong:
        print(f"{len(wrong)} to mend: run `make messages`, then fill {JAPANESE.relative_to(PROJECT)}")
    return 1 if wrong else 0


def _translations() -> dict[MessageId, str]:
    """What is translated so far."""
    known: dict[MessageId, str] = {}
    if not JAPANESE.exists():
        return known
    with JAPANESE.open("rb") as file:
        for message in read_po(file, locale="ja"):
            # An untranslated plural is a tuple of nothing, which is not nothing.
            if message.id and "".join(message.string) and not message.fuzzy:
                # Babel's typing has lists for plurals; ids are strings or pairs here.
                known[message.id] = message.string  # type: ignore[index,assignment]
    return known


def _first(message: object) -> str:
    return str(message[0]) if isinstance(message, tuple | list) else str(message)


def _last(message: object) -> str:
    return str(message[-1]) if isinstance(message, tuple | list) else str(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
