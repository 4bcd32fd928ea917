"""What the register says of who and what is certified, and the one place in which both are named.

The company and its system are called by the case. What the vendor asks the register to say (the fields `listed_…` of
the package) is a wish until the body has checked it and the register has taken it; then the case is called so, and with
it every mail, letter, invoice and page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.services.base import finding, history
from app.services.base.releases import Loaded
from app.states import EntryKind
from app.store import records, work
from app.store.models import Case, Certificate

LISTED = ("name", "subject", "about", "page")  # what the public list says of one, when the applicant agreed to it


def wished(case: Case, loaded: Loaded) -> dict[str, Any]:
    """What the vendor agreed that the public list says, by purpose: the newest answers to the fields for it."""
    found: dict[str, Any] = {}
    fields = loaded.package.applicant
    for answer in sorted(work.latest_answers(case.id).values(), key=lambda row: row.at):
        found |= {what: said for what in LISTED if (said := fields.said(answer.values, f"listed_{what}"))}
    return found


def changed(row: Certificate, listing: Mapping[str, Any]) -> bool:
    """Whether a certificate with these names would be another text than the one that is out."""
    return (listing.get("name") or row.company_name, listing.get("subject") or row.system_name) != (
        row.company_name,
        row.system_name,
    )


def take(case: Case, loaded: Loaded, row: Certificate, now: datetime) -> None:
    """Let the register say what was checked. Names that differ become those of the case; it is on record what they
    were. The caller stores both rows."""
    listing = wished(case, loaded)
    row.listing = listing
    company, system = listing.get("name") or row.company_name, listing.get("subject") or row.system_name
    before = (row.company_name, row.system_name)
    row.company_name, row.system_name = company, system
    if (case.company_name, case.system_name) != (company, system):
        case.company_name, case.system_name = company, system
        work.rename_tasks(case.id, company, system)
    if before != (company, system):
        history.note(
            case.id,
            now,
            EntryKind.REGISTER,
            title=row.number,
            text="renamed",
            data={"company": [before[0], company], "system": [before[1], system]},
        )
    finding.keep(case, loaded)


def known(case_id: int, loaded: Loaded) -> dict[str, str]:
    """What the register says now, by the fields of forms with which the vendor has it say so. Nothing while there is no
    certificate on it."""
    applicant = loaded.package.applicant
    fields = {key: what for what in LISTED if (key := getattr(applicant, f"listed_{what}"))}
    row = records.certificate_of(case_id) if fields else None
    if row is None or not row.listed:
        return {}
    said = {"name": row.company_name, "subject": row.system_name, **{
        what: str((row.listing or {}).get(what) or "") for what in ("about", "page")
    }}  # fmt: skip
    return {key: said[what] for key, what in fields.items()}
