"""Text to tokens, and what is wrong with a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.errors import Refused

MAX_LENGTH = 4000  # characters of one expression

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
      | (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<word>[^\W\d]\w*)
      | (?P<mark>\.\.|<=|>=|!=|\*\*|[=<>+\-*/()\[\],.?])""",
    re.VERBOSE | re.DOTALL,
)


class FeelError(Refused):
    """An expression that is not of the subset; `position` counts characters from 1."""

    def __init__(self, message: str, position: int, **params: str) -> None:
        super().__init__(message, position=position, **params)
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number | text | word | mark | end
    text: str
    position: int  # from 1


def scan(source: str) -> list[Token]:
    """Tokens of the text, ended by one of kind "end"."""
    if len(source) > MAX_LENGTH:
        raise FeelError("The expression is too long: it ends at position %(position)s or before.", MAX_LENGTH)
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if not found:
            if source[at] == '"':
                raise FeelError("The text from position %(position)s on has no closing quotation mark.", at + 1)
            raise FeelError(
                "The character %(found)s at position %(position)s has no meaning here.",
                at + 1,
                found=source[at],
            )
        if found.lastgroup != "space":
            tokens.append(Token(str(found.lastgroup), found.group(), at + 1))
        at = found.end()
    tokens.append(Token("end", "", len(source) + 1))
    return tokens


def unquoted(token: Token) -> str:
    """What a text token says, its escapes resolved."""

    def unescape(found: re.Match[str]) -> str:
        body = found.group(1)
        if body[0] == "u" and len(body) == 5 and not 0xD800 <= int(body[1:], 16) <= 0xDFFF:
            return chr(int(body[1:], 16))
        if body in _ESCAPES:
            return _ESCAPES[body]
        raise FeelError(
            "The text at position %(position)s has an unknown escape %(found)s.",
            token.position + found.start() + 1,
            found=found.group(),
        )

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", unescape, token.text[1:-1], flags=re.DOTALL)
