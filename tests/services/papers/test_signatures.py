"""A PDF that the vendor signed electronically: said on the field and to whoever decides."""

from __future__ import annotations

import io

from app.connectors import pdf
from app.connectors.pdf import Printer
from app.services.pages import task as taskpage
from app.services.papers import uploads
from app.services.tasks import forms
from tests.services.conftest import Bench
from tests.services.papers.test_printable import FONTS
from tests.services.steps import go, staff, task
from tests.services.tasks.test_after import send
from tests.services.tasks.test_last_time import vendor


def test_a_signature_is_told_to_its_sender_and_to_the_reviewer(bench: Bench) -> None:
    walker = go(bench, "contracts__vendor")
    row, who = task(walker, "contracts__vendor"), vendor(walker)
    printer = Printer(FONTS, workers=1)
    try:
        plain = printer.render("<p>契約書</p>", {})
    finally:
        printer.close()
    good = pdf.sign(plain, pdf.make_signing_key("見本 花子"))
    spoilt = good.replace(b"/Type /Page", b"/Type /Pige", 1)
    files = [
        uploads.attach(
            walker.portal, uploads.place(walker.portal, row.id, field, who), f"{field}.pdf", io.BytesIO(content), who
        ).as_dict()
        for field, content in (("signed_nda", good), ("signed_agreement", spoilt))
    ]
    today = walker.portal.today().isoformat()
    raw = {"signed_nda": files[:1], "signed_agreement": files[1:], "signer_name": "見本 花子", "signed_on": today}
    forms.save_draft(walker.portal, row.id, raw, who)
    page = taskpage.page(walker.portal, row.id, who)
    assert [told.good for each in files for told in page.signatures[each["id"]]] == [True, False]
    send(walker, "contracts__vendor", who, **raw)
    seen = taskpage.page(walker.portal, task(walker, "contracts__operator").id, staff(walker))
    [told] = seen.signatures[files[0]["id"]]
    assert told.params["signer"] == "見本 花子" and "was not verified" in told.message
