"""The vendor's company as a case's answers name it, for documents, mails and letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.catalogue.declared import Applicant
from app.store.models import Case


def company(case: Case, fields: Applicant, answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The vendor's company, as this case's answers say; `fields`: in which ones, as the package declares."""
    merged: dict[str, Any] = {}
    for values in answers.values():
        merged.update({key: value for key, value in values.items() if value not in (None, "")})
    return {
        "name": case.company_name,
        "kana": fields.said(merged, "kana"),
        "corporate_number": fields.said(merged, "number"),
        "postal_code": fields.said(merged, "postal_code"),
        "address": fields.where(merged),
        "representative": fields.said(merged, "representative"),
        "representative_title": fields.said(merged, "representative_title"),
        "department": fields.said(merged, "department"),
        "contact_name": fields.said(merged, "contact") or case.contact_name,
        "email": case.email,
        "phone": fields.said(merged, "phone"),
        **{name: fields.said(merged, name) for name in ("payer", "payer_postal_code", "payer_address")},
        **_delivery(fields, merged),
    }


def _delivery(fields: Applicant, merged: Mapping[str, Any]) -> dict[str, Any]:
    """Where parcels go: the place named for them, else the address; never half of one and half of the other."""
    own = bool(fields.said(merged, "delivery_address"))
    return {
        "delivery_name": fields.said(merged, "delivery_name") if own else "",
        "delivery_postal_code": fields.said(merged, "delivery_postal_code" if own else "postal_code"),
        "delivery_address": fields.said(merged, "delivery_address") if own else fields.where(merged),
    }
