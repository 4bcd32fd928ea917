"""Names of payers as banks write them: large kana, and what kind of body it is shortened as the banks have agreed.

全銀協 「法人略語」: カ) 株式会社, トクヒ) 特定非営利活動法人, ガク) 学校法人 … before, within or after
the name, in brackets; some without.
"""

from __future__ import annotations

import re

from app.text.normal import normal

# What stands in brackets for the kind of a body.
_SHORT = (
    "カ ユ メ シ ド イ ザイ シヤ シユウ ガク フク ホゴ ソウゴ ソ トクヒ ドク チドク チユウ ダイ ノウ ベン "
    "ギヨ シホウ ゼイ ロウム "
    "カンリ コウ シキヨウ シン キヨウ ケンポ コクホ コクホレン シヤホ コウネン セイキヨウ ロウクミ "
    "ジユウクミ キヨウサイ カイ セイメイ カイジヨウ カサイ"
)
# The kinds in full, as kana and as kanji; longer ones first.
_KANA = (
    "トクテイヒエイリカツドウホウジン チホウドクリツギヨウセイホウジン ドクリツギヨウセイホウジン "
    "コクリツダイガクホウジン "
    "コウリツダイガクホウジン イツパンシヤダンホウジン コウエキシヤダンホウジン イツパンザイダンホウジン "
    "コウエキザイダンホウジン "
    "シヤカイフクシホウジン コウセイホゴホウジン イリヨウホウジンシヤダン イリヨウホウジンザイダン "
    "イリヨウホウジン シユウキヨウホウジン ガツコウホウジン "
    "シヤダンホウジン ザイダンホウジン ノウジクミアイホウジン カンリクミアイホウジン ベンゴシホウジン "
    "ゼイリシホウジン "
    "ギヨウセイシヨシホウジン シホウシヨシホウジン シヤカイホケンロウムシホウジン ユウゲンセキニンジギヨウクミアイ "
    "カブシキガイシヤ ユウゲンガイシヤ ゴウドウガイシヤ ゴウメイガイシヤ ゴウシガイシヤ ソウゴガイシヤ "
    "キヨウドウクミアイ "
    "ケンコウホケンクミアイ"
)
_KANJI = (
    "特定非営利活動法人 地方独立行政法人 独立行政法人 国立大学法人 公立大学法人 一般社団法人 公益社団法人 "
    "一般財団法人 公益財団法人 "
    "社会福祉法人 更生保護法人 医療法人社団 医療法人財団 医療法人 宗教法人 学校法人 社団法人 財団法人 "
    "農事組合法人 管理組合法人 "
    "弁護士法人 税理士法人 行政書士法人 司法書士法人 社会保険労務士法人 有限責任事業組合 株式会社 有限会社 "
    "合同会社 合名会社 合資会社 "
    "相互会社 協同組合 健康保険組合"
)
_BODY = "|".join(sorted(_SHORT.split(), key=len, reverse=True))
_KINDS = re.compile(
    "|".join((*_KANA.split(), *_KANJI.split())) + rf"|\((?:{_BODY})\)|^(?:{_BODY})\)|\((?:{_BODY})$|キヨウクミ$"
)
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_MARKS = re.compile(r"[^0-9A-Zァ-ヺ一-龠々]")
_DASHES = re.compile(r"[ー―‐−–—\-]")
# What the bank writes before the payer in one column with it.
_BEFORE = re.compile(r"^(振込入金|振込|送金|入金|被仕向振込|お振込)[\s*＊:：　]+")


def name_key(text: str) -> str:
    """A name as banks would write it: large kana, no kind of body, no spaces and marks."""
    even = _BEFORE.sub("", normal("NFKC", text).strip()).upper()
    even = "".join(chr(ord(each) + 0x60) if "ぁ" <= each <= "ゖ" else each for each in even)
    even = even.translate(_SMALL).replace(" ", "")
    even = _KINDS.sub("", _DASHES.sub("", even))
    return _MARKS.sub("", even)


def same(said: str, name: str) -> bool:
    """Whether a payer, as the bank writes it, is this name: banks cut long names, and put numbers beside them."""
    written, key = name_key(said), name_key(name)
    if len(written) < 2 or len(key) < 2:
        return False
    return written == key or (len(key) >= 4 and key in written) or (len(written) >= 8 and key.startswith(written))
