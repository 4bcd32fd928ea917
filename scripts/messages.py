"""The message catalogues: what the sources say to people, and its Japanese.

English text in the sources is the message id, so English needs no catalogue. Ids are found in templates
(`_()` and `{% trans %}`) and in Python: in `_()` and its kin, in `N_()` (marks only), and as the message of
our errors, of `Problem` and of what does not fit a form, which `web` translates when it shows them, and in what
is called `message` before it is handed to one of them.

    messages.py update   write app/web/translations/ja/LC_MESSAGES/messages.po, keeping what is translated
    messages.py check    exit 1 if an id lacks its Japanese, or the places %(name)s of the two differ
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("app", "admin", "hardware", "config")
TRANSLATIONS = PROJECT / "app/web/translations"
JAPANESE = TRANSLATIONS / "ja/LC_MESSAGES/messages.po"
STEPS = "app/store/migrations/"  # the first line of each one's docstring is shown to administrators
MARKS = {"_", "N_", "gettext", "lazy_gettext", "_l", "Unfit", "Warned", "Why", "Clash", "Complaint"}
# Of checks: the longest text among the arguments is the message.
TELLING = {"say", "warn", "wrong", "_say", "_wrong", "problem", "complain", "_fail"}
PLURALS = {"ngettext", "lazy_ngettext"}
TEMPLATE_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
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
    """The exit code."""
    found = dict(_in_templates())
    for message, place in _in_python():
        found.setdefault(message, place)
    if command == "update":
        return _update(found)
    if command == "check":
        return _check(found)
    raise SystemExit(__doc__)


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
    """What is translated."""
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


def _in_templates() -> Iterator[tuple[MessageId, str]]:
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("templates/**/*.*")):
            if "node_modules" in path.parts or path.suffix not in {".html", ".txt", ".md"}:
                continue
            for _line, message, _comments, _context in extract_from_file(
                "jinja2", path, keywords=TEMPLATE_KEYWORDS, options={"trimmed": "true"}
            ):
                plural = (message[0], message[1]) if isinstance(message, tuple) else message
                yield plural, str(path.relative_to(PROJECT))


def _in_python() -> Iterator[tuple[MessageId, str]]:
    trees = {}
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            if "node_modules" not in path.parts:
                trees[str(path.relative_to(PROJECT))] = ast.parse(path.read_text(encoding="utf-8"))
    for place, tree in trees.items():
        if place.startswith(STEPS) and not place.endswith("__init__.py"):
            yield (ast.get_docstring(tree) or "").splitlines()[0], place
    errors = _error_names(trees.values())
    # Ids also stand where no call marks them (tables, errors of a single value): a text that has its Japanese is one.
    known = set(_translations())
    for place, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
                yield node.value, place
            if isinstance(node, ast.Assign) and [_name(target) for target in node.targets] == ["message"]:
                for part in (node.value, *ast.iter_child_nodes(node.value)):
                    if text := _text(part):
                        yield text, place
            if isinstance(node, ast.Call):
                for message in _of_call(node, errors):
                    yield message, place


def _error_names(trees: Iterable[ast.Module]) -> set[str]:
    """NinteiError and all that derives from it, by name."""
    bases: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(_name(base) for base in node.bases)
    names = {"NinteiError"}
    while grown := {name for name, parents in bases.items() if parents & names} - names:
        names |= grown
    return names


def _of_call(node: ast.Call, errors: set[str]) -> Iterator[MessageId]:
    name = _name(node.func)
    texts = [_text(arg) for arg in node.args]
    named = [text for keyword in node.keywords if keyword.arg == "message" and (text := _text(keyword.value))]
    if name == "__init__" and isinstance(node.func, ast.Attribute) and _is_super(node.func.value):
        name = "NinteiError"  # what a subclass of ours hands up is its message
    if name in PLURALS and len(texts) > 1 and texts[0] and texts[1]:
        yield texts[0], texts[1]
    elif name in MARKS | errors and texts and texts[0]:
        yield texts[0]
    elif name in {"Problem", "FieldError"} and len(texts) > 1 and texts[1]:
        yield texts[1]
    elif name in TELLING and (said := [text for text in texts if text and " " in text]):
        yield max(said, key=len)
    elif name == "Finding":  # of nintei doctor: what was found, and what to do
        cures = [_text(keyword.value) for keyword in node.keywords if keyword.arg == "cure"]
        yield from (text for text in [*texts, *cures] if text and " " in text)
    elif name in errors | {"Problem"} and named:
        yield named[0]


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) == "super"


def _first(message: object) -> str:
    return str(message[0]) if isinstance(message, tuple | list) else str(message)


def _last(message: object) -> str:
    return str(message[-1]) if isinstance(message, tuple | list) else str(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
