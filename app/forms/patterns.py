"""Patterns of text fields (`validate.pattern`), matched in time that grows with the answer's length alone.

RE2 matches without going back, so no pattern makes it run on; in exchange it has neither backreferences nor looks
ahead or back. What form-js writes (ECMAScript 2024, 22.2) and RE2 spells otherwise is respelled.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from app.errors import N_, NinteiError

# Bytes of one compiled pattern: what is larger is refused, so that the slowest match of a long answer ends soon.
MEMORY = 256 << 10
MAX_LENGTH = 1000  # characters of a pattern

# What ECMAScript calls a space (22.2.2.9) and RE2's \s leaves out: the full-width one of Japanese texts among them.
_SPACES = r"\s\x{0b}\x{a0}\x{feff}\p{Z}"
_UNICODE = re.compile(r"\\u(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4}))")
_LOOKS = re.compile(r"\(\?<?[=!]")
_REFERS = re.compile(r"\\[1-9]|\\k<|\(\?P=")
_REASONS = {
    "missing )": N_("a bracket ( is not closed"),
    "unexpected )": N_("a bracket ) is not opened"),
    "missing ]": N_("a bracket [ is not closed"),
    "invalid escape sequence": N_("a \\ stands before what needs none"),
    "trailing \\": N_("a \\ stands at the end"),
    "bad repetition operator": N_("two signs of repetition follow each other"),
    "no argument for repetition operator": N_("a sign of repetition follows nothing"),
    "invalid repetition size": N_("something is repeated more often than 1,000 times"),
    "invalid character class range": N_("a range in [ ] runs backwards"),
    "invalid character class": N_("what stands in [ ] is not known"),
    "pattern too large": N_("it is too large: write it shorter, with fewer repetitions"),
}


class BadPattern(NinteiError):
    """A pattern that cannot be used; the message says why in plain words."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """The pattern, ready: `.search(text)` finds it anywhere, as its own anchors say. Raises BadPattern."""
    if len(pattern) > MAX_LENGTH:
        raise BadPattern("it is longer than %(most)s characters", most=MAX_LENGTH)
    plain = pattern.replace("\\\\", "")
    if _LOOKS.search(plain):
        raise BadPattern("it looks ahead or back ((?=…), (?!…), (?<=…)), which is not supported: say what is allowed")
    if _REFERS.search(plain):
        raise BadPattern("it refers back to what a bracket has found (\\1), which is not supported: write it out")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        return re2.compile(_respelled(pattern), options)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else ""
        known = next((words for start, words in _REASONS.items() if said.startswith(start)), N_("it is not one"))
        raise BadPattern(known) from None


def _respelled(pattern: str) -> str:
    """ECMAScript's \\uXXXX and \\s as RE2 has them; the rest of what forms use is the same in both."""
    found: list[str] = []
    at, inside = 0, False
    while at < len(pattern):
        unicode = _UNICODE.match(pattern, at)
        pair = pattern[at : at + 2]
        if unicode:
            found.append(f"\\x{{{unicode[1] or unicode[2]}}}")
            at = unicode.end()
        elif pair[0] == "\\":
            found.append(_escape(pair, inside))
            at += 2
        else:
            inside = pair[0] == "[" or (inside and pair[0] != "]")
            found.append(pair[0])
            at += 1
    return "".join(found)


def _escape(pair: str, inside: bool) -> str:
    if pair == "\\s":
        return _SPACES if inside else f"[{_SPACES}]"
    if pair == "\\S" and not inside:
        return f"[^{_SPACES}]"
    return pair
