"""The public register: which systems are certified, and whether a certificate holds today."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask_babel import gettext

from app.services.exports.sheet import Sheet
from app.services.register import certificates
from app.services.register.certificates import CertificateView
from app.web.frame import exporting, paging
from app.web.frame.access import public
from app.web.frame.current import portal
from app.web.frame.written import day

pages = Blueprint("register", __name__)

ORDERS = ("number", "system", "company", "certified", "valid_until")
STATES = ("valid", "suspended", "withdrawn", "ended", "expired")
PAGE = 50
FILE = "certified-systems"


def _wanted() -> dict[str, str]:
    state, order = request.args.get("state", ""), request.args.get("order", "")
    return {
        "text": request.args.get("q", "").strip()[:200],
        "state": state if state in STATES else "",
        "order": order if order in ORDERS else "number",
    }


@pages.get("/systems")
@public
def systems() -> Any:
    """The public list, by number, with its filters."""
    wanted = _wanted()
    found = certificates.listed(portal(), **wanted)
    last = paging.last(len(found), PAGE)
    number = min(paging.wanted(request.args.get("page", "")), last)
    return render_template(
        "pages/register/list.html",
        rows=found[(number - 1) * PAGE : number * PAGE],
        total=len(found),
        wanted=wanted,
        page=number,
        last=last,
        orders=ORDERS,
        states=STATES,
        query={"q": wanted["text"], "state": wanted["state"], "order": wanted["order"]},
    )


@pages.get("/systems.csv")
@public
def systems_csv() -> Any:
    """The list as a table for spreadsheets (UTF-8 with a byte order mark, so that Excel reads the Japanese)."""
    headings = (
        gettext("Certificate number"), gettext("System"), gettext("Company"), gettext("Certified since"),
        gettext("Valid until"), gettext("State"), gettext("Last audit"),
    )  # fmt: skip
    names = {
        "valid": gettext("Valid"),
        "suspended": gettext("Suspended"),
        "withdrawn": gettext("Revoked"),
        "ended": gettext("Given up"),
        "expired": gettext("Expired"),
    }
    found = certificates.listed(portal(), **_wanted())
    rows = [
        (
            row.number, row.system_name, row.company_name, row.certified_on, row.valid_until,
            names.get(row.state, row.state), row.last_audit_on,
        )
        for row in found
    ]  # fmt: skip
    return exporting.answer(Sheet(gettext("Certified systems"), headings, lambda: rows, filename=FILE), "csv")


@pages.get("/systems.json")
@public
def systems_json() -> Any:
    """The list for programs; dates are ISO 8601."""
    rows = certificates.listed(portal(), **_wanted())
    return jsonify(as_of=portal().today().isoformat(), systems=[_facts(row) for row in rows])


def _facts(row: CertificateView) -> dict[str, Any]:
    return {
        "number": row.number,
        "system": row.system_name,
        "company": row.company_name,
        "certified_on": row.certified_on.isoformat(),
        "valid_until": row.valid_until.isoformat(),
        "last_audit_on": row.last_audit_on.isoformat() if row.last_audit_on else None,
        "state": row.state,
        "valid": row.valid,
        "url": url_for("register.certificate", number=row.number, _external=True),
    }


@pages.get("/systems/<number>")
@public
def certificate(number: str) -> Any:
    """Is this certificate valid today? The QR code of the certificate leads here."""
    row = certificates.find(portal(), number)
    return render_template("pages/register/certificate.html", row=row, verdict=_verdict(row))


def _verdict(row: CertificateView) -> str:
    today = day(portal().today())
    if row.state == "valid":
        return gettext("As of today, %(today)s, this certificate is valid", today=today)
    if row.state == "suspended":
        return (
            gettext("This certificate is suspended since %(day)s and is not valid today", day=day(row.since))
            if row.since
            else gettext("This certificate is suspended and is not valid today")
        )
    if row.state == "withdrawn":
        return (
            gettext("This certificate was revoked on %(day)s and is not valid", day=day(row.since))
            if row.since
            else gettext("This certificate was revoked and is not valid")
        )
    if row.state == "ended":
        return (
            gettext("The holder gave this certificate up on %(day)s; it is not valid any more", day=day(row.since))
            if row.since
            else gettext("The holder gave this certificate up; it is not valid any more")
        )
    return gettext("This certificate expired on %(day)s and is not valid today", day=day(row.valid_until))
