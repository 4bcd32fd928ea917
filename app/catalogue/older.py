"""Packages of the first format, which declare nothing: what they mean is written down here and nowhere else.

Releases of that format are stored with running cases, and go on as they did. The names are those that every package of
that time had to use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.declarations import SECTIONS
from app.errors import N_

_MAILS = [key.name for key in SECTIONS["portal_mails"].keys]
FIRST = 1
NEWEST = 2
_OTHER_NAMES = {"link_again": "entry-link-again", "invitation": "account-invitation", "message": "new-message",
                "date_lapses": "date-lapse-warning"}  # fmt: skip
MEANT: Mapping[str, Any] = {
    "entry_message": "entry_link_followed",
    "contract": "contracts",
    "groups": {
        "review": {"title": "審査", "title_en": "Review"},
        "accounting": {"title": "経理", "title_en": N_("Accounting")},
        "cards": {"title": "カードデスク", "title_en": "Card desk", "keeps_keys": True},
        "exam": {"title": "試験", "title_en": N_("Exams"), "attends": True},
        "office": {"title": "事務", "title_en": N_("Office")},
    },
    "words": {
        "vendor": {"title": "ベンダ", "title_en": "vendor"},
        "operator": {"title": "運営主体", "title_en": "operating body"},
        "subject": {"title": "システム", "title_en": "system"},
        "act": {"title": "認定", "title_en": "certification"},
        "renewal": {"title": "監査", "title_en": "audit"},
        "company": {"title": "会社", "title_en": "company"},
    },
    "sections": {
        "exam": {"title": "認定試験", "title_en": "Exam"},
        "audit": {"title": "監査", "title_en": "Audit"},
    },
    "applicant": {
        "email": "email",
        "name": "company_name",
        "contact": "contact_name",
        "subject": "system_name",
        "number": "corporate_number",
        "kana": "company_kana",
        "postal_code": "postal_code",
        "address": ["prefecture", "city", "street", "building"],
        "representative": "representative_name",
        "representative_title": "representative_title",
        "department": "department",
        "phone": "phone",
        "payer": "billing_name",
        "payer_postal_code": "billing_postal_code",
        "payer_address": "billing_address",
        "key_recipients": ["key_custodian_1", "key_custodian_2"],
        "listed_name": "listing_company",
        "listed_subject": "listing_name",
        "listed_about": "listing_description",
        "listed_page": "listing_url",
    },
    "portal_mails": {purpose: _OTHER_NAMES.get(purpose, purpose.replace("_", "-")) for purpose in _MAILS},
    "portal_documents": {"case_file": "case_file", "card_labels": "card_labels"},
}


def listing(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a certificate's public entry says, by purpose; entries of that time are kept by the names of the fields."""
    names = {name: what.removeprefix("listed_") for what, name in MEANT["applicant"].items() if what[:7] == "listed_"}
    return {names.get(key, key): said for key, said in kept.items()}


def brought_up(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The parsed package.toml with what its format means put in; of today's format as it is."""
    return dict(raw) if raw.get("format", FIRST) != FIRST else {**MEANT, **raw}
