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
    "company": N_("company"),
}  # message ids: what they are called where packages differ
_PLACE = re.compile(rf"(?<!\{{)\{{({'|'.join(NEUTRAL)})\}}(?!\}})")
_ENGLISH = {"subject": "system", "renewal": "audit"}  # where they are places
_ALWAYS = {"vendor": "vendor", "operator": "operating body", "company": "company"}


def filled(text: str, words: Mapping[str, str]) -> str:
    """The Japanese sentence with its places filled."""
    return _PLACE.sub(lambda found: words[found.group(1)], text) if "{" in text else text


def in_english(message: str, japanese: str, words: Mapping[str, str]) -> str:
    """The English message with these words: who applies, their company and who decides wherever they are named, the
    others where its Japanese has places for them."""
    places = set(_PLACE.findall(japanese)) if "{" in japanese else set()
    for place, word in {**_ALWAYS, **{name: _ENGLISH[name] for name in _ENGLISH.keys() & places}}.items():
        if word in message.lower() and words[place] != word:
            one_or_more = rf"(?<!\()\b({word}|{_several(word)})\b(?!\)s)"  # and no place %(company)s
            message = re.sub(one_or_more, partial(_like, word, words[place]), message, flags=re.IGNORECASE)
    return message


def _several(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"


def _like(said: str, word: str, found: re.Match[str]) -> str:
    if found.group().lower() != said:
        word = _several(word)
    return word[:1].upper() + word[1:] if found.group()[:1].isupper() else word
