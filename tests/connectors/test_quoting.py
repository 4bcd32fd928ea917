"""What a writer wrote, told from what they quote: in the ways of the mailers that are used here."""

from __future__ import annotations

import pytest

from app.connectors.quoting import said

ASKED = """認定審査事務局です。次の3点をお知らせください。

1. 通信の暗号化の方式をお知らせください。
2. 障害時の連絡先をお知らせください。
3. 打ち合わせの場所をお知らせください。

手続きのページ: https://nintei.example/cases/2026-0003
認定審査事務局 nintei@example.jp
"""
MARKED = "\n".join(f"> {line}".rstrip() for line in ASKED.splitlines())
TOP = "北星の田中です。\n資料を添付します。\n\nよろしくお願いします。"

HEADINGS = [
    "2026年12月10日(木) 10:00 認定審査事務局 <nintei@example.jp>:",
    "On Thu, 10 Dec 2026 at 10:00, 認定審査事務局 <nintei@example.jp> wrote:",
    "On Thu, Dec 10, 2026 at 10:00 AM 認定審査事務局\n<nintei@example.jp> wrote:",
    "2026/12/10 10:00、認定審査事務局 <nintei@example.jp>のメール:",
    "On 2026/12/10 10:00, 認定審査事務局 wrote:",
    "認定審査事務局 <nintei@example.jp> さんは書きました:",
    "Am 10.12.2026 um 10:00 schrieb Nintei <nintei@example.jp>:",
]
OUTLOOK = [
    "-----Original Message-----\nFrom: Nintei <n@example.jp>\nSent: December 10, 2026 10:00 AM\nTo: 田中\nSubject: x",
    f"{'_' * 32}\n差出人: 認定審査事務局 <n@example.jp>\n送信日時: 2026年12月10日 10:00\n宛先: 田中\n件名: お願い",
    "From: 事務局 <n@example.jp> \nSent: December 10, 2026 10 AM\nTo: 田中 <t@vendor.example>\nCc: x\nSubject: Re",
    "*差出人:* 認定審査事務局\n*送信日時:* 2026年12月10日\n*宛先:* 田中\n*件名:* お願い",
    "-------- 元のメッセージ --------\n件名: お願い\n日付: 2026-12-10\n差出人: 認定審査事務局\n宛先: 田中",
    "---------- Forwarded message ---------\nFrom: Nintei\nDate: 2026年12月10日(木) 10:00\nSubject: お願い\nTo: 田中",
]


# Above, below


@pytest.mark.parametrize("heading", HEADINGS)
def test_above_a_marked_quote_stands_the_answer(heading: str) -> None:
    found = said(f"{TOP}\n\n{heading}\n\n{MARKED}\n", [])
    assert (found.own, found.quotes, found.between) == (TOP, True, False)


@pytest.mark.parametrize("heading", [*HEADINGS[:4], *OUTLOOK])
@pytest.mark.parametrize("answered", [[], [ASKED]])
def test_above_a_quote_without_marks_stands_the_answer(heading: str, answered: list[str]) -> None:
    found = said(f"{TOP}\n\n{heading}\n\n{ASKED}\n", answered)
    assert (found.own, found.between) == (TOP, False)


@pytest.mark.parametrize("heading", ["", *HEADINGS])
def test_below_a_marked_quote_stands_the_answer(heading: str) -> None:
    found = said(f"{heading}\n{MARKED}\n\n{TOP}\n", [])
    assert (found.own, found.quotes, found.between) == (TOP, True, False)


# Between


def test_answers_between_quoted_lines_come_along_with_what_was_asked() -> None:
    text = (
        "お世話になっております。北星の田中です。\n2026年12月10日（木）の打ち合わせについて、場所は次のとおりです：\n"
        "東京都港区芝1-2-3 北星ビル4階\n\n"
        "> 1. 通信の暗号化の方式をお知らせください。\nTLS 1.3 のみを使っています。\n"
        "> 2. 障害時の連絡先をお知らせください。\n"
        "03-0000-0000（24時間）です。\n以上、よろしくお願いいたします。"
    )
    found = said(text)
    assert found.own == text.replace("\n\n>", "\n>")
    assert found.between
    assert "通信の暗号化の方式" not in found.bare
    assert all(each in found.bare for each in ("北星ビル4階", "TLS 1.3", "03-0000-0000"))


@pytest.mark.parametrize("mark", ["> ", ">", "＞", " > ", ">> "])
def test_answers_come_along_whatever_marks_the_quote(mark: str) -> None:
    found = said(f"{mark}1. 方式\nTLS 1.3 です。\n{mark}2. 連絡先\n03-0000-0000 です。\n")
    assert "TLS 1.3 です。" in found.own
    assert "03-0000-0000 です。" in found.own
    assert "1. 方式" in found.own


@pytest.mark.parametrize("heading", OUTLOOK)
def test_answers_that_were_typed_into_a_quote_without_marks_are_found_by_the_mail_that_they_answer(
    heading: str,
) -> None:
    answered = ASKED.replace("式をお知らせください。", "式をお知らせください。\n→ TLS 1.3 のみです。").replace(
        "3. 打ち", "03-0000-0000\n3. 打ち"
    )
    found = said(f"以下に記入しました。\n\n{heading}\n\n{answered}", [ASKED])
    assert found.between
    assert found.bare.split("\n\n") == ["以下に記入しました。", "→ TLS 1.3 のみです。", "03-0000-0000"]
    assert "> 1. 通信の暗号化の方式をお知らせください。\n→ TLS 1.3 のみです。" in found.own


def test_a_quote_that_was_wrapped_and_decorated_is_no_answer() -> None:
    wrapped = ASKED.replace("方式をお", "方式を\nお").replace("連絡先を", "連絡先\nを").replace("1. ", "  1.  ")
    wrapped = wrapped.replace("https://nintei.example/cases/2026-0003", "<https://nintei.example/cases/2026-0003>")
    found = said(f"{TOP}\n\n{OUTLOOK[0]}\n\n{wrapped}", [ASKED])
    assert (found.own, found.between) == (TOP, False)


def test_a_line_that_a_mailer_wrapped_within_marked_lines_is_no_answer() -> None:
    marked = MARKED.replace("方式をお知らせください。", "方式を\nお知らせください。")
    assert said(f"{TOP}\n\n{HEADINGS[0]}\n{marked}\n", [ASKED]).own == TOP


def test_a_thread_of_several_mails_is_quoted_as_a_whole() -> None:
    earlier = f"先日の資料です。\n\n{OUTLOOK[0]}\n\n{ASKED}"
    assert said(f"{TOP}\n\n{OUTLOOK[1]}\n\n{earlier}", [ASKED], ["先日の資料です。"]).own == TOP


def test_an_answer_that_is_given_a_second_time_is_an_answer() -> None:
    text = "> 1. 方式\nTLS 1.3 のみです。\n> 2. 連絡先\n03-0000-0000 です。"
    assert said(text, [ASKED], [text]).bare == "TLS 1.3 のみです。\n\n03-0000-0000 です。"


# What is no quote


@pytest.mark.parametrize("line", [
    "From: 10:00", "差出人: 田中", "________________________________", "__________", "----------",
    "2026年12月10日（木）の打ち合わせの場所は次のとおりです：", "2026年12月10日 10:00 に次の場所で行います：",
    "On Monday we wrote:",
    "Date: 12月10日", "件名: 追加資料", "To: 本社", "宛先:\n東京都港区", "担当は次のとおりです:", "a > b のとき",
    "転送",
    "From: 東京\nTo: 大阪", "-----", "ー ー ー ー ー", "* 重要: なし",
])  # fmt: skip
def test_what_looks_a_little_like_a_quote_is_the_writers_own(line: str) -> None:
    text = f"お世話になります。\n{line}\n東京都港区芝1-2-3 北星ビル4階\n以上です。"
    assert said(text).own == text
    assert said(text, [ASKED]).own == text
    assert not said(text).quotes


@pytest.mark.parametrize("signature", [
    "iPhoneから送信", "Sent from my iPhone", "Android版Outlookを取得",
    "--\n北星システム株式会社\n田中\nTEL: 03-0000-0000", "━━━━━━━━\n田中",
])  # fmt: skip
def test_a_signature_hides_nothing(signature: str) -> None:
    found = said(f"{TOP}\n\n{signature}\n\n{HEADINGS[0]}\n{MARKED}\n")
    assert found.own == f"{TOP}\n\n{signature}"


def test_a_mail_of_quotes_alone_has_no_own_words() -> None:
    assert said(MARKED).own == ""
    assert said(f"{OUTLOOK[0]}\n\n{ASKED}").own == ""
    assert said("").own == ""


def test_long_hostile_texts_are_read_to_their_end() -> None:
    for text in (
        "> " * 25_000,
        ">\n" * 25_000,
        "On " * 16_000 + "wrote:",
        "From: a\n" * 6_000,
        "2026年1月1日 " * 3_000 + ":",
        "-" * 50_000,
        " " * 50_000,
    ):
        said(text, [text])
