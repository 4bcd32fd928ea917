"""Passwords that are guessed: those of lists that go about, and those made of what everybody tries.

Nothing is asked of anybody outside. zxcvbn brings 30,000 passwords of the lists that were stolen and published,
common words and names, and knows rows of keys, dates and letters put for others (Wheeler, USENIX Security 2016); the
words of the portal, of this country and of the person are added. NIST SP 800-63B section 3.1.1.2, OWASP ASVS 5.0,
6.2.4 and 6.2.12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from app.errors import Refused
from app.text.normal import normal

MOST_GUESSES = 1e8  # whoever has a copy of the table tries so many within minutes, even at argon2's price
LONGEST = 72  # characters that are looked at: time grows with the square of the length
_SIGNS = re.compile(r"[\W_]")
HERE = (
    "nintei", "認定", "portal", "ポータル", "ninteiportal", "certification", "ccus", "kensetsu", "nintei-demo-2026",
)  # fmt: skip
JAPAN = (
    "sakura", "tokyo", "osaka", "kyoto", "nihon", "nippon", "japan", "fujisan", "arigatou", "arigato", "konnichiwa",
    "ohayou", "himitsu", "anshou", "pasuwado", "kaisha", "gaisha", "kabushiki", "yamada", "tanaka", "suzuki", "satou",
    "takahashi", "watanabe", "itou", "nakamura", "kobayashi", "yamamoto", "hogehoge", "fugafuga", "aiueo", "iroha",
    "パスワード", "さくら", "ありがとう", "あいうえお", "いろは", "ひみつ", "日本", "東京", "大阪",
)  # fmt: skip


class Sample(str):
    """The password of the demo's sample people, which is on the demo's own page: nothing that anybody typed."""

    __slots__ = ()


def require_strong(password: str, own: Iterable[str] = ()) -> None:
    """Refused, with the reason, when it is soon guessed. `own`: name, mail address, company of whoever chooses it."""
    if isinstance(password, Sample):
        return
    typed = normal("NFKC", password).lower()
    words = [*_parts(own), *HERE, *JAPAN]
    if typed in _published() or typed in words:
        raise Refused(
            "This password is on the lists of common and stolen passwords that attackers try first; choose another one"
        )
    found = _estimated(typed[:LONGEST], words)
    signs = set(_SIGNS.findall(typed))
    if len(signs) == 1 and found["guesses"] >= MOST_GUESSES:  # sakura-sakura: the sign between is no secret
        found = _estimated(_SIGNS.sub("", typed)[:LONGEST], words)
    ours = _made_of(typed, words)
    if found["guesses"] >= MOST_GUESSES and not ours:
        return
    if ours or any(each.get("dictionary_name") == "user_inputs" for each in found["sequence"]):
        raise Refused(
            "This password is too easy to guess: it is made of your name, your address, your company or words of the "
            "portal; choose another one, such as several words that do not belong together"
        )
    raise Refused(
        "This password is too easy to guess: it is made of common words, names, days or rows of keys; choose another "
        "one, such as several words that do not belong together"
    )


def _made_of(typed: str, words: list[str]) -> bool:
    """Whether nothing but these words, digits and signs are in it, and at most a few letters: ccus2026ccus."""
    left = typed
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != typed and len(re.sub(r"[\W\d_]", "", left)) < 4


def _parts(own: Iterable[str]) -> list[str]:
    """The words of what somebody is called, with 3 characters and more, and each as a whole."""
    found: dict[str, None] = {}
    for each in own:
        even = normal("NFKC", each).lower()
        for word in (even, *re.split(r"[\s@._\-+・()（）]+", even)):
            if len(word) > 2:
                found[word] = None
    return list(found)


def _published() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a few megabytes: read by whoever chooses a password

    if not _lists:
        _lists.append(frozenset(FREQUENCY_LISTS["passwords"]))
    return _lists[0]


_lists: list[frozenset[str]] = []


def _estimated(password: str, words: list[str]) -> dict[str, Any]:
    from zxcvbn import zxcvbn  # as above

    return dict(zxcvbn(password, user_inputs=words))
