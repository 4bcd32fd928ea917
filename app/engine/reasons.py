"""Why a text is no Python, in words of ours (message ids): for people who write conditions, not programs."""

from __future__ import annotations

import re

_NEAR = re.compile(r"(?<![=!<>:+\-*/%|&^])=(?!=)")
_WIDE = re.compile("[（）［］｛｝＝＜＞！，．：；’‘“”　＋－＊／]")
# Tried in this order, on the text itself and on what Python said of it.
_BY_TEXT = (
    (re.compile(r"^\s*[$#]\{"), "it begins with ${ or #{ as other engines have it; write the expression alone"),
    (re.compile(r"&&|\|\|"), "write and, or instead of &&, ||"),
    (re.compile(r"!(?!=)"), "write not instead of !"),
    (re.compile(r"<>"), "write != instead of <>"),
    (re.compile(r"\?.*:"), "write a if condition else b instead of condition ? a : b"),
    (re.compile(r"^\s*(var|let|const|function|if\s*\()\b"), "this is another language; write Python"),
    (re.compile(r"[{};]\s*$"), "this is another language; write Python"),
)
_BY_ERROR = (
    ("was never closed", "a bracket is not closed"),
    ("unmatched", "a bracket is closed that was not opened"),
    ("does not match opening", "a bracket is closed by one of another kind"),
    ("unterminated", "a text is not closed by its quotation mark"),
    ("EOL while scanning", "a text is not closed by its quotation mark"),
    ("indent", "its lines are not indented alike"),
    ("leading zeros", "a number begins with 0; write a text in quotes, or the number without it"),
    ("invalid decimal literal", "a name or number runs into the next; put a text in quotes"),
    ("null bytes", "it holds a character that nobody can see"),
    ("cannot assign", "write == to compare"),
    ("Maybe you meant '=='", "write == to compare"),
    ("forgot a comma", "a comma or an operator is missing between two values"),
)
_FEEL = "it begins with = as FEEL has it; here it is Python: no = in front, == to compare, 'text' in quotes"
_ELSE = "something is missing or one too many"


def of_python(text: str, said: str, *, one_expression: bool) -> str:
    """`said`: Python's own words. `one_expression`: no statements are wanted."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "''", text)
    if bare.lstrip().startswith("="):
        return _FEEL
    if _WIDE.search(bare):
        return "it holds full-width signs or quotes; write them in half width"
    for pattern, words in _BY_TEXT:
        if pattern.search(bare):
            return words
    if one_expression and _NEAR.search(bare) and "(" not in bare.split("=")[0]:
        return "write == to compare"
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
