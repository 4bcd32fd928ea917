"""Cards that have not come back when they have been asked for by mail long enough: somebody of the body decides.

Each case with such cards is a line among what waits for the staff until every card is back, or on record as lost with
why (whether it is compensated stands there, too).
"""

from __future__ import annotations

from datetime import timedelta

from app.errors import N_, Refused
from app.services.base.portal import Portal
from app.services.trouble import incidents
from app.states import IncidentKind
from app.store import cards, cases, database
from app.store import incidents as rows

ASKED_FOR = timedelta(weeks=8)  # weeks in which a mail asks for overdue cards
KEPT = N_("%(serials)s: due back on %(day)s, and asked for by mail for %(weeks)s weeks")


def look(portal: Portal) -> int:
    """Put on record which cases these are by now, and which are it no more; gives how many are new."""
    now, today = portal.now(), portal.today()
    with database.connection():
        late: dict[int, list[tuple[str, str]]] = {}
        for row in cards.overdue(today - ASKED_FOR):
            if row.case_id and row.due_back is not None:
                late.setdefault(row.case_id, []).append((row.serial, row.due_back.isoformat()))
        known = {case for case, _ in rows.open_of_kind(IncidentKind.CARDS) if case}
    new = 0
    for case_id in sorted(late.keys() - known):
        serials, day = ", ".join(serial for serial, _ in late[case_id]), min(each for _, each in late[case_id])
        with database.transaction():
            case = cases.lock(case_id)
            said = Refused(KEPT, serials=serials, day=day, weeks=ASKED_FOR.days // 7)
            new += incidents.seen(portal, case.id, now, IncidentKind.CARDS, said, title=case.company_name)
    for case_id in sorted(known - late.keys()):
        with database.transaction():
            incidents.over(case_id, now, kinds=(IncidentKind.CARDS,))
    return new
