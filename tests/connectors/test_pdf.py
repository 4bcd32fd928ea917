"""Drawing documents: hostile templates, limits, the children's life."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from app.connectors import pdf
from app.connectors.pdf import Limits, Printer
from app.errors import Permanent, Temporary
from tests.support.listener import Listener, listening
from tests.support.threads import in_thread

ATTACKS = Path(__file__).parents[1] / "attacks" / "pdf_attacks"
SECRETS = ("root:x:0", "CANARY-PDF-7719", (ATTACKS / "secret.txt").read_text().strip())
FACE = (
    '<style>@font-face { font-family: M; src: url("fonts/BIZUDMincho-Regular.ttf"); }html { font-family: M; }</style>'
)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Whoever calls the address that the attacks name is heard here."""
    with listening() as heard:
        yield heard


def words(content: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_hostile_documents_are_refused_or_drawn_without_harm(
    listener: Listener, printer: Printer, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    files = {path.name: listener.aimed(path.read_bytes()) for path in ATTACKS.iterdir()}
    for path in sorted(ATTACKS.glob("*.html")):
        html = files[path.name].decode().replace("@BASE@", str(ATTACKS.parent)).replace("@CANARY@", str(canary))
        try:
            content = printer.render(html, files if path.name != "secret.html" else {})
        except (Permanent, Temporary):
            continue
        assert path.name == "secret.html" or not any(secret in words(content) for secret in SECRETS), path.name
    assert not canary.exists()
    assert listener.heard == []


@pytest.mark.parametrize(
    "html",
    [
        '<pdf:insertpdf src="/etc/passwd"/>',
        '<img src="evil.svg"/>',
        '<img src="bomb.png"/>',
        '<style>@import url("file:///etc/passwd");</style><p>x</p>',
        '<style>@font-face { font-family: x; src: url("/etc/passwd"); } p { font-family: x; }</style><p>x</p>',
        '<style>@page { background-image: url("../../../../../../etc/passwd"); }</style><p>x</p>',
        "<img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cscript/%3E%3C/svg%3E\"/>",
        '<img src="fonts/../../../../../../../etc/passwd"/>',
        '<object data="file:///etc/passwd"></object><iframe src="file:///etc/passwd"></iframe>',
    ],
)
def test_documents_reach_nothing_but_their_own_pictures(html: str, printer: Printer) -> None:
    files = {path.name: path.read_bytes() for path in ATTACKS.iterdir()}
    try:
        content = printer.render(html, files)
    except Permanent:
        return
    assert "root" not in words(content)


def test_a_document_with_too_much_to_do_is_ended_and_the_next_one_is_drawn(fonts: Path) -> None:
    printer = Printer(fonts, workers=1, limits=Limits(cpu_seconds=1, seconds=20))
    try:
        with pytest.raises(Permanent):
            printer.render("<table>" + "<tr><td>x</td></tr>" * 20_000 + "</table>", {})
        assert printer.render("<p>next</p>", {}).startswith(b"%PDF")
    finally:
        printer.close()


def test_a_child_that_does_not_answer_is_given_up(fonts: Path) -> None:
    printer = Printer(fonts, workers=1, limits=Limits(cpu_seconds=30, seconds=0.2))
    try:
        with pytest.raises(Temporary):
            printer.render("<table>" + "<tr><td>x</td></tr>" * 20_000 + "</table>", {})
    finally:
        printer.close()


def test_too_long_a_source_is_refused_before_it_is_drawn(fonts: Path) -> None:
    with pytest.raises(Permanent):
        Printer(fonts, limits=Limits(source=10)).render("<p>" + "x" * 20 + "</p>", {})


def test_missing_fonts_are_said_not_drawn_as_boxes(tmp_path: Path) -> None:
    with pytest.raises(Permanent) as caught:
        Printer(tmp_path).render("<p>日本語</p>", {})
    assert caught.value.params["folder"] == str(tmp_path)


def test_children_are_reused_replaced_and_ended(fonts: Path) -> None:
    printer = Printer(fonts, workers=1, recycle=2)
    seen = set()
    for _ in range(3):
        printer.render("<p>a</p>", {})
        seen |= {child.process.pid for child in printer._idle}
    homes = [Path(child.home) for child in printer._idle]
    printer.close()
    assert len(seen) >= 1 and all(not home.exists() for home in homes)
    assert printer._idle == []


def test_several_threads_may_draw_at_once(fonts: Path) -> None:
    printer = Printer(fonts, workers=2)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda n: words(printer.render(f"{FACE}<p>書類{n}号</p>", {})), range(8)))
    printer.close()
    assert [result.strip() for result in results] == [f"書類{n}号" for n in range(8)]


def test_the_childs_environment_holds_no_secret(printer: Printer) -> None:
    printer.render("<p>a</p>", {})
    environment = Path(f"/proc/{printer._idle[0].process.pid}/environ").read_bytes()
    assert environment.strip(b"\0") == b"LANG=C.UTF-8"


def test_text_is_embedded_selectable_and_wrapped(printer: Printer) -> None:
    content = printer.render(f"{FACE}<p>{'就業履歴データ登録標準API連携認定。' * 20}</p>", {})
    [page] = pypdf.PdfReader(io.BytesIO(content)).pages
    lines = page.extract_text().split("\n")
    assert len(lines) > 5 and not any(line.startswith("。") for line in lines)
    assert "就業履歴データ登録標準API連携認定。" * 20 in "".join(lines)


def test_line_breaks_and_ideographic_spaces_are_kept(printer: Printer) -> None:
    content = printer.render(f"{FACE}<p>一行目<br/>二行目　　字下げ</p>", {})
    assert words(content).split("\n")[:2] == ["一行目", "二行目　　字下げ"]


def test_anchors_links_pictures_and_boxes_stand_within_lines(printer: Printer) -> None:
    picture = pdf.qr("https://n.example/", size_mm=5)
    boxed = '<span style="border: 1pt solid">枠</span>'
    html = f'<p>前<a name="x"></a>中<a href="https://n.example/">先</a>{picture}{boxed}後</p>'
    assert "".join(words(printer.render(FACE + html, {})).split()) == "前中先枠後"


def test_a_paragraph_cut_between_pages_gets_no_blanks(printer: Printer) -> None:
    page = "<style>@page { size: 60mm 40mm; margin: 5mm; }</style>"
    content = printer.render(f"{page}{FACE}<p>{'就業履歴' * 80}</p>", {})
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 1
    assert "就業履歴" * 80 in words(content).replace("\n", "")


def test_file_names_cannot_leave_their_folder() -> None:
    class Source:
        title, filename, body = "題", "../../{{ x }}:a*.pdf", "<p></p>"

    assert pdf.compose(Source(), {"x": "請求\n書"}, {}, document_id="d").filename == "_.._請求 書_a_.pdf"


@in_thread
def test_a_signed_document_is_valid_and_says_by_whom(printer: Printer) -> None:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    key = pdf.make_signing_key("一般財団法人 認定機構（見本）")
    signed = pdf.sign(printer.render(f"{FACE}<p>認定証</p>", {}), key, reason="認定証の発行")
    [signature] = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    trusted = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(signature, trusted)
    assert status.intact and status.valid
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert "認定機構" in signature.signer_cert.subject.human_friendly
    assert "PRIVATE" not in repr(key)
    broken = signed.replace(b"/Type /Page", b"/Type /Pige", 1)
    [other] = PdfFileReader(io.BytesIO(broken)).embedded_signatures
    assert not validate_pdf_signature(other, trusted).intact


def test_what_is_no_pdf_cannot_be_signed() -> None:
    with pytest.raises(Permanent):
        pdf.sign(b"not a pdf", pdf.make_signing_key("x"))
