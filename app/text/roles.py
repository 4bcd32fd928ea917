"""Places in the portal's own sentences for how a package calls somebody or something: `{vendor}の番です`.

The Japanese catalogue has the places as they are written here. English ids have words in their stead; which of those
are places is told by the Japanese of the same message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from app.errors import N_

NEUTRAL = {
    "vendor": N_("applicant"),
    "operator": N_("office"),
    "subject": N_("thing"),
    "act": N_("certification"),
    "renewal": N_("renewal"),
}  # message ids: what they are called where packages differ
_PLACE = re.compile(r"(?<!\{)\{(vendor|operator|subject|act|renewal)\}(?!\})")
_ENGLISH = {"subject": "system", "renewal": "audit"}  # where they are places
_ALWAYS = {"vendor": "vendor", "operator": "operating body"}


def filled(text: str, words: Mapping[str, str]) -> str:
    """The Japanese sentence with its places filled."""
    return _PLACE.sub(lambda found: words[found.group(1)], text) if "{" in text else text


def in_english(message: str, japanese: str, words: Mapping[str, str]) -> str:
    """The English message with these words: who applies and who decides wherever they are named, the others where its
    Japanese has places for them."""
    places = set(_PLACE.findall(japanese)) if "{" in japanese else set()
    for place, word in {**_ALWAYS, **{name: _ENGLISH[name] for name in _ENGLISH.keys() & places}}.items():
        if word in message.lower() and words[place] != word:
            message = re.sub(rf"\b{word}(s?)\b", partial(_like, words[place]), message, flags=re.IGNORECASE)
    return message


def _like(word: str, found: re.Match[str]) -> str:
    word += found.group(1)
    return word[:1].upper() + word[1:] if found.group()[:1].isupper() else word
