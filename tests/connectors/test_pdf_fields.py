"""Documents that can be filled in on the screen."""

from __future__ import annotations

import io

import pypdf

from app.connectors.pdf import Printer
from tests.connectors import package
from tests.connectors.test_glyphs import drawn


def test_inputs_of_a_template_become_named_fields_as_wide_as_their_place(printer: Printer) -> None:
    html = '<table><tr><td width="100pt">機種</td><td><input type="text" name="reader" title="機種"/></td></tr></table>'
    reader = pypdf.PdfReader(io.BytesIO(printer.render(html, {})))
    [field] = [each.get_object() for each in reader.pages[0]["/Annots"]]
    assert field["/T"] == "reader" and field["/TU"] == "機種"
    left, _, right, _ = map(float, field["/Rect"])
    assert right - left > 250
    assert reader.trailer["/Root"]["/AcroForm"]["/NeedAppearances"] == True  # noqa: E712 - a PDF's own boolean


def test_the_forms_that_the_vendor_fills_in_have_fields(printer: Printer) -> None:
    made = drawn(printer, "card_auth_request_form", package.full())
    handed = [package.files()[f"files/{name}_requirements_form.pdf"] for name in ("system", "security")]
    handed.append(package.files()["files/production_check_form.pdf"])
    for content in (made, *handed):
        fields = pypdf.PdfReader(io.BytesIO(content)).get_fields() or {}
        assert len(fields) >= 10 and all(field.get("/TU") for field in fields.values())


def test_a_document_without_fields_is_left_as_it_was(printer: Printer) -> None:
    assert b"/AcroForm" not in printer.render("<p>a</p>", {})
