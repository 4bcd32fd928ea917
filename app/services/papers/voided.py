"""A certificate's PDF that no longer holds says so across its page, wherever it is taken from the portal.

What is stored stays as it was issued and signed; the mark is put on the copy that leaves, by how the
register stands that day.
"""

from __future__ import annotations

import logging

from pypdf.errors import PyPdfError

from app.connectors import pdf_stamp
from app.errors import N_
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.states import CertificateState
from app.store import records
from app.store.models import Case, Document
from app.text.days import long_date

log = logging.getLogger("nintei.papers")

WORDS = {
    CertificateState.SUSPENDED: N_("Void (suspended)"),
    CertificateState.WITHDRAWN: N_("Void (revoked)"),
    CertificateState.ENDED: N_("Void (given up)"),
}
EXPIRED = N_("Void (expired)")
REPLACED = N_("Void (replaced by a later edition)")
AS_OF = N_("as of %(day)s; how it stands: %(address)s")


def why(portal: Portal, case: Case, loaded: Loaded, row: Document) -> str:
    """Why this file no longer holds, as a message id; empty for one that does and for any other file.
    Inside a connection."""
    rule = loaded.package.certificate
    certificate = records.certificate_of(case.id) if rule is not None and row.key == rule.document else None
    if certificate is None:
        return ""
    if certificate.state in WORDS:
        return WORDS[certificate.state]
    if certificate.valid_until < portal.today():
        return EXPIRED
    newest = records.latest_document(case.id, row.key)
    return REPLACED if newest is not None and newest.version > row.version else ""


def marked(portal: Portal, case: Case, loaded: Loaded, row: Document) -> bytes:
    """The file's bytes on their way to a person. Inside a connection."""
    content, reason = portal.blobs.get(row.digest), why(portal, case, loaded, row)
    certificate = records.certificate_of(case.id)
    if not reason or certificate is None:
        return content
    say = portal.say("ja")
    address = f"{portal.settings.base_url.rstrip('/')}/systems/{certificate.number}"
    line = say(AS_OF) % {"day": long_date(portal.today(), "ja"), "address": address}
    try:
        return pdf_stamp.stamp(content, say(reason), line, portal.fonts)
    except PyPdfError:  # a file that cannot be read can still be had
        log.exception("%s cannot be marked as void", row.filename)
        return content
