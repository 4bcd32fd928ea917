"""What the libraries that read files say in their own English, in words of ours (message ids).

A wording that is not listed is told as the plain fact that the text cannot be read at that place: no foreign sentence
reaches the page.
"""

from __future__ import annotations

import re

from app.errors import N_

_JSON = (
    (r"Expecting ',' delimiter", N_("a comma is missing, or one bracket too many")),
    (r"Expecting ':' delimiter", N_("a colon is missing after a name")),
    (r"Expecting property name|Illegal trailing comma", N_("a name in quotes is missing, or a comma is one too many")),
    (r"Expecting value", N_("a value is missing, or a comma is one too many")),
    (r"Extra data", N_("something stands behind the end")),
    (r"Unterminated string", N_("a text is not closed by its quotation mark")),
    (r"Invalid control character", N_("a text goes on over the end of its line")),
    (r"Invalid \\", N_("a \\ in a text stands before what it cannot")),
)
_JSON_ELSE = N_("what stands there is no JSON")

TWICE = N_("it stands there a second time")
_TOML = (
    (r"Cannot overwrite a value|Cannot declare|Duplicate inline|Cannot mutate|namespace", TWICE),
    (r"Expected '='", N_("an = is missing after a key")),
    (r"Unterminated string|Illegal character '\\n'", N_("a text is not closed by its quotation mark")),
    (r"Unescaped '\\\\'|Found invalid character|Illegal character", N_("a character may not stand there as it is")),
    (r"Unclosed array|Expected '\]'|Unclosed inline", N_("a bracket is not closed")),
    (r"Invalid initial character for a key", N_("a key must be of plain letters, or stand in quotes")),
    (r"Expected newline or end of document", N_("something stands behind the end of a value")),
    (r"Invalid value|Invalid hex", N_("a value is missing, or a text is not in quotes")),
    (r"Invalid statement", N_("this is neither a key with its value nor the head of a table")),
    (r"Invalid date", N_("this is no date")),
)
_TOML_ELSE = N_("what stands there is no TOML")


def of_json(said: str) -> str:
    """The reason in our words for what Python's JSON reader said."""
    return _first(_JSON, said) or _JSON_ELSE


def of_toml(said: str) -> str:
    """The reason in our words for what Python's TOML reader said."""
    return _first(_TOML, said) or _TOML_ELSE


def _first(table: tuple[tuple[str, str], ...], said: str) -> str:
    return next((words for pattern, words in table if re.search(pattern, said)), "")
