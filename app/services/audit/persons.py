"""One person's data: taken out for them, or forgotten. What they did stays, by an account without a name; the audit
record still verifies."""

from __future__ import annotations

import secrets
from typing import Any

from app.errors import NotFound, Refused
from app.services.audit import chaining, keeping, thinning
from app.services.base import trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import DEEDS, Act, Ground, Right, Thing
from app.store import accounts, database, personal, retaining


def export(portal: Portal, email: str, actor: Actor) -> dict[str, Any]:
    """Everything that is kept of a person, for them. NotFound for an address without an account."""
    actor.require(Right.KEEPING)
    with database.transaction():
        user = accounts.by_email(email)
        if user is None:
            raise NotFound("There is no such account")
        entries = personal.of_person(user.id)
        found = {
            "account": {
                name: getattr(user, name)
                for name in ("id", "email", "name", "side", "groups", "language", "active", "last_login_at")
            },
            "roles": sorted(accounts.role_names(user.id)),
            "cases": [case.number for case in personal.cases_of(user.id)],
            "companies": [
                {"name": row.company.name, "number": row.company.corporate_number, "role": row.role.value}
                for row in personal.companies_of(user.id)
            ],
            "sessions": [
                {"begun_at": row.begun_at, "seen_at": row.seen_at, "place": row.place, "browser": row.browser}
                for row in personal.sessions_of(user.id)
            ],
            "documents": [
                {"case": row.case.number, "file": row.filename, "sha256": row.digest, "at": row.created_at}
                for row in personal.documents_of(user.id)
            ],
            "messages": [
                {"case": row.case.number, "at": row.at, "text": row.text} for row in personal.messages_of(user.id)
            ],
            "mails": [
                {
                    "case": row.case.number if row.case else "",
                    "at": row.written_at,
                    "subject": row.subject,
                    "text": row.text,
                }
                for row in personal.mails_to(user.email)
            ],
            "answers": [
                {"case": row.case.number, "element": row.element, "at": row.at, "values": row.values}
                for row in personal.answers_of(user.id)
            ],
            "contact_of": [
                {"case": row.number, "name": row.contact_name, "system": row.system_name}
                for row in personal.contact_of(user.email)
            ],
            "more": personal.told(user.id, user.email),
            "record": [
                {"at": row.at, "act": row.act.value, "who": row.who, "what": row.what, "case": row.case_id}
                for row in entries
            ],
        }
        about = trail.about(Thing.ACCOUNT, user.id, f"#{user.id}")  # this entry outlives the name
        trail.note(portal.now(), actor, Act.PERSON_EXPORTED, about)
    return found


def erase(portal: Portal, email: str, reason: str, actor: Actor) -> None:
    """Forget who a person is: the account's name and address, sign-ins, their name beside what they did. What they
    did stays, by an account without a name. Refused while they have running cases or open tasks, or a case of
    theirs is held."""
    actor.require(Right.KEEPING)
    if not reason.strip():
        raise Refused("Say why")
    chaining.draw()
    with database.transaction():
        user = accounts.by_email(email)
        if user is None:
            raise NotFound("There is no such account")
        if user.id == actor.user_id:
            raise Refused("Nobody erases themself")
        theirs = personal.cases_of(user.id)
        if any(not case.ended for case in theirs) or personal.open_tasks_of(user.id):
            raise Refused("This person has cases that run, or open tasks; end them or hand them over first")
        if any(retaining.is_held(case.id) for case in theirs) or retaining.companies_held(user.id):
            raise Refused("A case or the company of this person is held; nothing of it may be removed")
        ids = []
        for row in personal.of_person(user.id):
            own = row.person == user.id or row.behalf == user.id
            about = row.thing is Thing.ACCOUNT and row.subject == str(user.id)
            if DEEDS[row.act].ground is not Ground.KEEPING:
                thinning.erase(row, who=own, what=about)
                ids.append(row.id)
        personal.forget(user.id, user.name, user.email, instead := f"erased-{user.id}@erased.invalid")
        user.email, user.name, user.password = instead, "", None
        user.active, user.feed_token, user.last_login_ip, user.current_login_ip = False, None, None, None
        user.factors, user.led = "", ""
        user.fs_uniquifier = secrets.token_hex(32)
        user.save()
        whom = trail.about(Thing.ACCOUNT, user.id, f"#{user.id}")
        trail.note(
            portal.now(), actor, Act.PERSON_ERASED, whom, after=keeping.told(ids, entries=True), why=reason.strip()
        )
