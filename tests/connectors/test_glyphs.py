"""Characters beyond JIS X 0208 in documents: drawn, or named, and never a box."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from app.connectors import glyphs, pdf
from app.connectors.pdf import Printer
from tests.connectors import package

DOCUMENTS = package.documents()
RARE = "株式会社𠮷野葛\U000e0100城槗髙﨑システム"
LONGEST = 200  # characters, of a company's name in the package's forms
CONTRACTS = ("certification_agreement", "nda")  # their text speaks of the parties, and flows
PERSON = "辻\U000e0101 邉\U000e0102 太郎"


def signs(content: bytes) -> str:
    """The text layer, without white space; a glyph that a font lacks is U+0000 in it."""
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


def drawn(printer: Printer, document_id: str, context: dict[str, Any]) -> bytes:
    sheet = pdf.compose(DOCUMENTS[document_id], context, package.files(), document_id=document_id)
    return printer.render(sheet.html, package.files())


def filled(text: str, length: int) -> str:
    """A text of this length that begins so and can be wrapped anywhere."""
    return (text + "建設技能者就業履歴管理" * length)[:length]


def of(name: str, *, long: bool = False) -> dict[str, Any]:
    """A case of this company; `long`: its system, address and people as long as the forms take them as well."""
    context = package.full(english=long)
    company = {**package.COMPANY, "name": name, "representative": PERSON}
    if long:
        address, person = filled("𠮷野葛\U000e0100城髙﨑町", 200), filled(PERSON, 50)
        company |= {"address": address, "delivery_address": address, "representative": person}
        company |= {"contact_name": person, "delivery_name": person, "department": filled("開発部", 60)}
        context["case"] = {**context["case"], "system_name": filled("𠮷野髙﨑葛\U000e0100クラウド", 200)}
        context["key"] = {**context["key"], "recipient": person}
    context["company"] = company
    context["answers"] = {**context["answers"], "company_profile": {"company_name": name}}
    return context


@pytest.mark.parametrize("document_id", [each for each in DOCUMENTS if each != "card_labels"])
def test_the_longest_names_are_drawn_whole_and_take_no_page_more(document_id: str, printer: Printer) -> None:
    """With rare characters in each, and a line in English before them."""
    name = filled(RARE, LONGEST)
    content = drawn(printer, document_id, of(name, long=True))
    text = signs(content)
    assert "\0" not in text and glyphs.STAND_IN not in text
    assert name in text, "as it was written, its selector too"
    plain = of("株式会社東亜") | {"english": True}
    assert len(pages(content)) <= len(pages(drawn(printer, document_id, plain))) + (document_id in CONTRACTS)


def pages(content: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(content)).pages


def test_the_measure_knows_a_box_when_there_is_one(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportlab.pdfbase import pdfmetrics, ttfonts
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(ttfonts.TTFont("bare", printer.fonts_dir / "BIZUDMincho-Regular.ttf"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setFont("bare", 12)
    page.drawString(50, 500, "吉𠮷")
    page.save()
    assert "\0" in signs(out.getvalue())


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("𠮷野", "𠮷野"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("邉\U000e01ef", "邉"),  # no face has this shape: the character alone
        ("❤\ufe0f", "〓"),
        ("😀", "〓"),
        ("\ue000", "〓"),  # 外字: each system's own
        ("\U00100000", "〓"),  # what sequences are called meanwhile is nobody's to write
        ("a\u200bb", "ab"),
        ("か\u309a", "か゜"),
    ],
)
def test_what_is_written_is_drawn_or_a_printers_mark_stands_in(written: str, shown: str, printer: Printer) -> None:
    for style in (
        "",
        '<style>@font-face { font-family: G; src: url("fonts/BIZUDGothic-Regular.ttf"); }p { font-family: G; }</style>',
    ):
        text = signs(printer.render(f"{style}<p>始{written}終</p>", {}))
        assert text.replace("\u309a", "゜").replace("゚", "゜") == f"始{shown}終"


def test_a_title_and_an_attribute_keep_what_was_written(printer: Printer) -> None:
    content = printer.render(
        '<title>葛\U000e0100城</title><p><a href="https://a.example" title="葛\U000e0100">葛\U000e0100</a></p>', {}
    )
    found = pypdf.PdfReader(io.BytesIO(content)).metadata
    assert found is not None and found.title == "葛\U000e0100城"


def test_whole_of_jis_x_0213_can_be_printed(fonts: Path) -> None:
    rows = [bytes((row, cell)) for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF)]
    known = "".join(code.decode("euc_jisx0213", "ignore") for code in [*rows, *(b"\x8f" + code for code in rows)])
    kanji = [sign for sign in known if "\u3400" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or sign > "\uffff"]
    assert len(set(kanji)) > 10_000
    assert glyphs.unprintable("".join(kanji), fonts) == ()


def test_what_is_taken_for_known_at_once_is_in_every_face(fonts: Path) -> None:
    """JIS X 0208 with what Windows adds is not looked up."""
    known = {bytes((first, second)).decode("cp932", "ignore") for first in range(256) for second in range(256)}
    wanted = {ord(sign) for text in known for sign in text if not glyphs.unseen(sign) and not glyphs.private(sign)}
    for face in glyphs.faces(fonts):
        if face.name.startswith("BIZ"):
            assert not wanted - face.codes, face.name


def test_what_cannot_be_printed_is_named_once_and_in_order(fonts: Path) -> None:
    assert glyphs.unprintable("株式会社😀\ue000葛\U000e0100\U000e01ef❤\ufe0f😀\u200d", fonts) == ("😀", "\ue000", "❤")


@pytest.mark.parametrize("document_id", ["certificate", "key_letter_test_1", "key_letter_test_2"])
def test_what_is_one_sheet_stays_one_with_the_longest_name(document_id: str, printer: Printer) -> None:
    name = RARE + "長" * (LONGEST // 2 - len(RARE))
    content = drawn(printer, document_id, {**of(name), "english": True})
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
