"""Desks with a computer of their own, whose agents make cards: their names and their tokens.

A desk's agent comes by itself; nothing is ever sent to it. `cardagents_lease` is what it asks for, `cardagents_report`
what it says when it is done, `cardagents_line` how that is read.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from app.errors import NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import JobState, Right
from app.store import cards, database, jobrows
from app.store.models import CardDeskRow

_NAME: Final = re.compile(r"\S(.{0,58}\S)?")


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk whose token was shown."""

    id: int
    name: str

    @property
    def holder(self) -> str:
        """How the job table names it."""
        return f"desk:{self.name}"


def add(portal: Portal, name: str, actor: Actor) -> str:
    """A new desk, or a revoked one again: gives its token, which is shown once and kept as a digest alone."""
    actor.require(Right.CARD_DESKS)
    if not _NAME.fullmatch(name):
        raise Refused("Give the desk a name of 1 to 60 characters")
    token, now = f"ncd_{secrets.token_urlsafe(32)}", portal.now()
    with database.transaction():
        database.lock_name(f"desk:{name}")
        row = cards.desk_named(name)
        if row is not None and row.revoked_at is None:
            raise Refused("There is already a desk %(name)s; revoke its token first", name=name)
        if row is None:
            row = CardDeskRow(name=name)
        row.token_digest, row.created_at, row.created_by = _digest(token), now, actor.name
        row.revoked_at, row.last_seen, row.seen = None, None, {}
        row.save()
    return token


def revoke(portal: Portal, name: str, actor: Actor) -> None:
    """Its token opens nothing any more. Jobs that it holds are free for others; begun chips stay begun."""
    actor.require(Right.CARD_DESKS)
    now = portal.now()
    with database.transaction():
        row = cards.desk_named(name)
        if row is None or row.revoked_at is not None:
            raise NotFound("There is no desk %(name)s", name=name)
        row.revoked_at, row.token_digest = now, f"revoked:{row.id}:{secrets.token_hex(8)}"
        row.save()
        for job in jobrows.jobs_like("card", (JobState.QUEUED, JobState.RUNNING)):
            if job.state == JobState.RUNNING and job.worker == Desk(row.id, name).holder:
                job.state, job.run_at, job.lease_until, job.fence = JobState.QUEUED, now, None, job.fence + 1
            if job.params.get("desk") == name:
                job.params = {**job.params, "desk": ""}
            job.save()


def desk_of(token: str) -> Desk | None:
    """Whose token this is; none when it is nobody's, or revoked."""
    if not token.startswith("ncd_") or len(token) > 200:
        return None
    with database.connection():
        row = cards.desk_of_token(_digest(token))
        return Desk(row.id, row.name) if row is not None else None


def _digest(token: str) -> str:
    # The token has 256 random bits: a plain digest cannot be guessed back.
    return sha256(token.encode()).hexdigest()
