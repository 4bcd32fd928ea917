"""The demo's agents: each acts for the companies of several of the demo's vendors, asked by their managers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.base.portal import Portal
from app.services.companies import invitations, mandates
from app.services.companies.mandates import Terms
from app.services.mails import links
from app.services.mails.portalmails import Wording
from app.services.people import accounts as people
from app.states import InvitationKind
from app.store import accounts, companies, database


def load(portal: Portal, described: Mapping[str, Any], password: str) -> None:
    """One agent with their mandates, unless they are there. `described`: email, name, office, clients (addresses)."""
    email = described["email"]
    with database.connection():
        known = accounts.by_email(email)
    if known is not None:
        return
    terms = Terms(described["office"], "answer", True, (), False, portal.today(), None)
    for client in described["clients"]:
        with database.connection():
            manager = accounts.by_email(client)
            of = companies.of_user(manager.id) if manager is not None else []
        if manager is None or not of:
            continue
        mandates.give(
            portal, of[0].company_id, email, terms, people.actor_of(portal, manager.id), Wording("", "%(url)s")
        )
        _accept(portal, of[0].company_id, email, described["name"], password)


def _accept(portal: Portal, company: int, email: str, name: str, password: str) -> None:
    """At once: its mail, which has no words, is then not sent."""
    with database.connection():
        row = companies.waiting_invitation(company, email, InvitationKind.AGENT)
        known = accounts.by_email(email)
    assert row is not None  # noqa: S101 - it was made above
    actor = people.actor_of(portal, known.id) if known is not None else None
    invitations.accept(portal, links.invitation(portal, row).rpartition("/")[2], actor, name, password)
