"""Cases for which nobody of the applicant is there any more: whoever had to do with them has left or is switched off.

Their mails reach nobody, so the body has to find out who is. Each is a line among what waits for the staff, until
somebody has joined or the case has ended.
"""

from __future__ import annotations

from app.errors import N_, Refused
from app.services.base.portal import Portal
from app.services.trouble import incidents
from app.states import IncidentKind
from app.store import cases, database
from app.store import incidents as rows

NOBODY = N_("Nobody of the applicant can sign in for this case any more, so nobody reads its mails")


def look(portal: Portal) -> int:
    """Put on record which cases these are by now, and which are it no more; gives how many are new."""
    now = portal.now()
    with database.connection():
        found = cases.unattended()
        known = {case for case, _ in rows.open_of_kind(IncidentKind.NOBODY) if case}
    new = 0
    for case_id in sorted(found - known):
        with database.transaction():
            case = cases.lock(case_id)
            new += incidents.seen(
                portal, case.id, now, IncidentKind.NOBODY, Refused(NOBODY), title=case.company_name
            )  # fmt: skip
    for case_id in sorted(known - found):
        with database.transaction():
            incidents.over(case_id, now, kinds=(IncidentKind.NOBODY,))
    return new
