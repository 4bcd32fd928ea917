"""The vendor's company as a case's answers name it, for documents, mails and letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.store.models import Case


def company(case: Case, answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The vendor's company, as this case's answers say."""
    merged: dict[str, Any] = {}
    for values in answers.values():
        merged.update({key: value for key, value in values.items() if value not in (None, "")})
    street = "".join(str(merged.get(key, "")) for key in ("prefecture", "city", "street"))
    building = str(merged.get("building", ""))
    return {
        "name": case.company_name,
        "kana": merged.get("company_kana", ""),
        "corporate_number": merged.get("corporate_number", ""),
        "postal_code": merged.get("postal_code", ""),
        "address": f"{street} {building}".strip(),
        "representative": merged.get("representative_name", ""),
        "representative_title": merged.get("representative_title", ""),
        "department": merged.get("department", ""),
        "contact_name": merged.get("contact_name") or case.contact_name,
        "email": case.email,
        "phone": merged.get("phone", ""),
    }
