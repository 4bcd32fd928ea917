"""The portal's sentences have places for the words of a package: who applies, who decides, what is certified."""

from __future__ import annotations

import re

from babel.messages.pofile import read_po

from app.text import roles
from tests.planted.support import PO

WORDS = {"vendor": "営業者", "operator": "保健所", "subject": "施設", "act": "登録", "renewal": "更新",
         "company": "事業者"}  # fmt: skip
ENGLISH = {**WORDS, "vendor": "food business", "subject": "kitchen", "renewal": "renewal", "operator": "health office",
           "company": "business body"}  # fmt: skip


def test_a_sentence_is_spoken_in_the_words_of_the_package() -> None:
    assert roles.filled("{act}{subject}一覧", WORDS) == "登録施設一覧"
    assert roles.filled("{vendor}の番です：%(what)s", WORDS) == "営業者の番です：%(what)s"
    assert roles.filled("{{ vendor }} は {{vendor}} のまま", WORDS) == "{{ vendor }} は {{vendor}} のまま"


def test_english_follows_the_places_of_the_japanese() -> None:
    assert roles.in_english("The vendor's turn", "{vendor}の番です", ENGLISH) == "The food business's turn"
    assert roles.in_english("Certified systems", "{act}{subject}一覧", ENGLISH) == "Certified kitchens"
    assert roles.in_english("System, number", "{subject}・番号", ENGLISH) == "Kitchen, number"
    assert (
        roles.in_english("Companies of %(company)s", "%(company)sの{company}", ENGLISH)
        == "Business bodies of %(company)s"
    )
    assert roles.in_english("Your company", "貴社", ENGLISH) == "Your business body"
    assert roles.in_english("The vendor's wish", "申請者の希望日", ENGLISH) == "The food business's wish"
    assert roles.in_english("Ask the operating body", "お尋ねください", ENGLISH) == "Ask the health office"
    assert roles.in_english("Tell whoever looks after the system", "管理者へ", ENGLISH) == (
        "Tell whoever looks after the system"
    )


def test_every_place_in_the_catalogue_is_one_that_is_filled() -> None:
    with PO.open("rb") as file:
        texts = [text for each in read_po(file, locale="ja") if each.id for text in _texts(each.string)]
    left = [text for text in texts if re.search(r"\{[a-z]+\}", roles.filled(text, WORDS))]
    assert left == []
    assert sum(text != roles.filled(text, WORDS) for text in texts) > 100


def _texts(said: object) -> list[str]:
    return [str(each) for each in said] if isinstance(said, tuple | list) else [str(said)]
