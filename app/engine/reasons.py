"""Why a text is no Python, and why it failed when it ran, in words of ours (message ids): for people who write
conditions, not programs.
"""

from __future__ import annotations

import re

from app.errors import N_

_NEAR = re.compile(r"(?<![=!<>:+\-*/%|&^])=(?!=)")
_WIDE = re.compile("[（）［］｛｝＝＜＞！，．：；’‘“”　＋－＊／]")
# Tried in this order, on the text itself and on what Python said of it.
_BY_TEXT = (
    (re.compile(r"^\s*[$#]\{"), N_("it begins with ${ or #{ as other engines have it; write the expression alone")),
    (re.compile(r"&&|\|\|"), N_("write and, or instead of &&, ||")),
    (re.compile(r"!(?!=)"), N_("write not instead of !")),
    (re.compile(r"<>"), N_("write != instead of <>")),
    (re.compile(r"\?.*:"), N_("write a if condition else b instead of condition ? a : b")),
    (re.compile(r"^\s*(var|let|const|function|if\s*\()\b"), N_("this is another language; write Python")),
    (re.compile(r"[{};]\s*$"), N_("this is another language; write Python")),
)
_BY_ERROR = (
    ("was never closed", N_("a bracket is not closed")),
    ("unmatched", N_("a bracket is closed that was not opened")),
    ("does not match opening", N_("a bracket is closed by one of another kind")),
    ("unterminated", N_("a text is not closed by its quotation mark")),
    ("EOL while scanning", N_("a text is not closed by its quotation mark")),
    ("indent", N_("its lines are not indented alike")),
    ("leading zeros", N_("a number begins with 0; write a text in quotes, or the number without it")),
    ("invalid decimal literal", N_("a name or number runs into the next; put a text in quotes")),
    ("null bytes", N_("it holds a character that nobody can see")),
    ("cannot assign", N_("write == to compare")),
    ("Maybe you meant '=='", N_("write == to compare")),
    ("forgot a comma", N_("a comma or an operator is missing between two values")),
)
_FEEL = N_("it begins with = as FEEL has it; here it is Python: no = in front, == to compare, 'text' in quotes")
_ELSE = N_("something is missing or one too many")


_NO_VALUE = re.compile(r"NameError: name '([^']*)' is not defined")
_NO_ENTRY = re.compile(r"KeyError: '?(.*?)'?$", re.DOTALL)
_BY_FAILURE = (
    ("TimeoutError", N_("it takes too long")),
    ("MemoryError", N_("it needs too much memory")),
    ("RecursionError", N_("it is nested too deep")),
    ("ZeroDivisionError", N_("it divides by zero")),
    ("IndexError", N_("a list or text is shorter than what is asked of it")),
    ("AttributeError", N_("a value has nothing of that name; it may be empty")),
    ("TypeError", N_("values are put together whose kinds do not fit; one of them may be empty")),
    ("ValueError", N_("a value cannot be read as what it is meant to be")),
    ("OverflowError", N_("a number is too large")),
)
_FAILED = N_("it came upon something that it cannot handle")


def of_run(said: str) -> tuple[str, dict[str, str]]:
    """`said`: the sandbox's own words of what failed. The message, and what fills it."""
    if found := _NO_VALUE.match(said):
        return N_("It could not be evaluated: “%(name)s” has no value there"), {"name": found[1]}
    if found := _NO_ENTRY.match(said):
        return N_("It could not be evaluated: there is no entry “%(name)s”"), {"name": found[1]}
    reason = next((words for kind, words in _BY_FAILURE if said.startswith(kind)), _FAILED)
    return N_("It could not be evaluated: %(reason)s"), {"reason": reason}


def of_python(text: str, said: str, *, one_expression: bool) -> str:
    """`said`: Python's own words. `one_expression`: no statements are wanted."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "''", text)
    if bare.lstrip().startswith("="):
        return _FEEL
    if _WIDE.search(bare):
        return N_("it holds full-width signs or quotes; write them in half width")
    for pattern, words in _BY_TEXT:
        if pattern.search(bare):
            return words
    if one_expression and _NEAR.search(bare) and "(" not in bare.split("=")[0]:
        return N_("write == to compare")
    return next((words for start, words in _BY_ERROR if start in said), _ELSE)


# What a syntax tree calls its parts, as people write them.
SIGNS = {
    "AnnAssign": "name: type",
    "Assert": "assert",
    "AsyncFor": "async",
    "AsyncFunctionDef": "async",
    "AsyncWith": "async",
    "Await": "await",
    "ClassDef": "class",
    "Delete": "del",
    "FunctionDef": "def",
    "Global": "global",
    "Import": "import",
    "ImportFrom": "import",
    "Invert": "~",
    "LShift": "<<",
    "Lambda": "lambda",
    "MatMult": "@",
    "Match": "match",
    "NamedExpr": ":=",
    "Nonlocal": "nonlocal",
    "RShift": ">>",
    "Raise": "raise",
    "Return": "return",
    "Starred": "*",
    "Try": "try",
    "TryStar": "try",
    "With": "with",
    "Yield": "yield",
    "YieldFrom": "yield",
    "bytes": "b''",
    "complex": "1j",
    "ellipsis": "...",
}
