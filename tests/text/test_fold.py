"""What a search takes for the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.fold import fold, words


@pytest.mark.parametrize(
    "spellings",
    [
        ("㈱みどり建設", "（株）みどり建設", "株式会社ミドリ建設", "㍿ﾐﾄﾞﾘ建設", "株式会社 みどり　建設"),
        ("髙橋", "高橋"),
        ("﨑山", "崎山", "嵜山"),
        ("𠮷野", "吉野"),
        ("葛󠄀城", "葛城"),
        ("渡邉󠄂", "渡邊", "渡辺"),
        ("齋藤", "斎藤", "齊藤", "斉藤"),
        ("澤田廣國", "沢田広国"),
        ("櫻井德", "桜井徳"),
        ("2026-0010", "２０２６－００１０", "2026‐0010", "2026−0010", "2026–0010", "2026ー0010", "20260010"),
        ("03-1234-5678", "03(1234)5678", "03 1234 5678", "０３ー１２３４ー５６７８", "0312345678"),
        ("キヤノン", "キャノン", "きゃのん"),
        ("コンピューター", "コンピュータ", "ｺﾝﾋﾟｭｰﾀｰ"),
        ("霞ヶ関", "霞ケ関"),
        ("Ａ＆Ｂ Systems", "a&b systems", "AB SYSTEMS"),
        ("山田　太郎", "山田 太郎", "山田太郎", "山田・太郎"),
        ("プロジェクト", "フ\u309aロシ\u3099ェクト"),
    ],
)
def test_these_are_one_to_who_looks_for_them(spellings: tuple[str, ...]) -> None:
    assert len({fold(each) for each in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("高橋", "高端"), ("か", "が"), ("吉田", "古田"), ("大田", "太田"), ("🏗", "🏠")]
)
def test_these_are_not(one: str, other: str) -> None:
    assert fold(one) != fold(other)


LETTERS = "あぁアァｱガが゙ーヶ㈱（株）髙高﨑𠮷吉葛󠄀A Ａé①1１‐-−　 \n・🏗①"


@given(st.text(st.sampled_from(LETTERS)))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(words(text))


def test_signs_alone_are_no_word() -> None:
    assert words("- ー 、 % みどり ・") == ["ミドリ"]
