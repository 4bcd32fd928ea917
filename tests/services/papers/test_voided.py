"""A certificate that no longer holds is marked on the page, however it is taken from the portal."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdf
from reportlab.pdfgen.canvas import Canvas

from app.services.papers import downloads
from app.states import CertificateState
from app.store import database, records
from app.store.models import Certificate
from tests.services.conftest import Bench
from tests.services.steps import actor, case_of, go

FONTS = Path(__file__).parents[3] / "app" / "web" / "static" / "dist" / "fonts"


def drawn(text: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(842, 595))
    canvas.drawString(100, 100, text)
    canvas.save()
    return out.getvalue()


def words(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_a_certificate_that_no_longer_holds_says_why_on_its_page(bench: Bench) -> None:
    walker = go(bench, until="certificate_received")
    case, who, portal = case_of(walker), actor(walker), replace(walker.portal, fonts=FONTS)
    loaded = walker.portal.releases.loaded(case.release_id)
    with database.transaction():
        certificate = records.certificate_of(case.id)
        assert certificate is not None
        stored = drawn(certificate.number)
        row = records.latest_document(case.id, "certificate")
        assert row is not None
        row.digest = walker.portal.blobs.put(stored)
        row.save()
    mine = Certificate.id == certificate.id
    assert "Void" not in words(stored)
    for state, said in (
        (CertificateState.SUSPENDED, "Void (suspended)"),
        (CertificateState.WITHDRAWN, "Void (revoked)"),
        (CertificateState.ENDED, "Void (given up)"),
    ):
        with database.transaction():
            Certificate.update(state=state).where(mine).execute()
        shown = words(downloads.newest(portal, case, "certificate", who).data)
        assert said in shown
        assert certificate.number in shown
    bundle = zipfile.ZipFile(io.BytesIO(downloads.archive(portal, case, loaded, who).data))
    name = next(each for each in bundle.namelist() if "認定証_" in each)
    assert "Void (given up)" in words(bundle.read(name))
    with database.transaction():
        Certificate.update(state=CertificateState.VALID).where(mine).execute()
    assert downloads.newest(portal, case, "certificate", who).data == stored, "what is stored is as issued"
    walker.clock.moment += timedelta(days=400)
    assert "Void (expired)" in words(downloads.newest(portal, case, "certificate", who).data)
