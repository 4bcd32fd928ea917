"""Desks with a computer of their own: their tokens, and what their agents ask for and report.

A desk's agent comes by itself; nothing is ever sent to it. It says which card lies on its reader, and is given the one
job that this card is for, with that card's own keys (`hardware.keys.lease`). The intent is in the ledger before they
leave. From then on the chip itself is the lock: whoever has this very card on a reader may go on with its job, and
nobody makes that serial on another chip; so a lease that ran out, a restart or a second agent can do no harm.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import hardware
from app.errors import NotFound, Permanent, Refused
from app.services import cardledger, cardmaking, jobs
from app.services.actors import Actor
from app.services.portal import Portal
from app.store import cards, cases, database, work
from app.store.models import Card, CardDeskRow, Job
from hardware.facts import LifeCycle, Role
from hardware.keys.lease import Errand, Lease, card_keys, seal
from hardware.profiles.ccus_test import CcusTest

_NAME: Final = re.compile(r"\S(.{0,58}\S)?")
_UID: Final = re.compile(r"([0-9A-F]{2}){4,10}")
_SERIAL: Final = re.compile(r"[0-9A-Z-]{0,16}")
_PUBLIC: Final = re.compile(r"[0-9a-f]{64}")
_CODE: Final = re.compile(r"[a-z_]{0,40}")
_CHECKS: Final = re.compile(r"[a-z_= ]{0,300}")
_HEX: Final = re.compile(r"[0-9A-F]{0,40}")
_ON_ITS_WAY: Final = (LifeCycle.BLANK, LifeCycle.WIPED, LifeCycle.PERSONALISING, LifeCycle.PERSONALISED)
CHECK_FAILED: Final = "check_failed"  # a returned card that is not what it was

WORDS: Final[Mapping[str, str]] = {
    "card_removed": "The card was taken away too early: lay the same card on the reader again",
    "no_card": "There is no card on the reader",
    "no_reader": "The desk's computer finds no reader",
    "no_daemon": "The card service of the desk's computer does not run",
    "reader_busy": "Another program of the desk's computer works with the card",
    "card_mute": "The card does not answer: turn it over, or clean it",
    "wrong_card": "Another card lies on the reader; nothing was written",
    "wrong_state": "The card stands elsewhere than the ledger thinks; nothing was written",
    "unsupported": "This card cannot be personalised; nothing was written",
    "authentication_failed": "The card's key does not fit: it is kept apart",
    "key_blocked": "The card's key is blocked: it is kept apart",
    "channel_broken": "What the card said was not authentic: it is kept apart",
    "read_back_differs": "The card does not hold what was written: it is kept apart",
    "bad_response": "The card answers wrongly: it is kept apart",
    "status": "The card refused a command: it is kept apart",
    "unknown_key": "A key that this card needs is missing on the server",
    "bad_key_file": "The desk's computer could not open what it was sent",
}
UNNAMED: Final = "The card could not be made; look at the desk's computer"


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk whose token was shown."""

    id: int
    name: str

    @property
    def holder(self) -> str:
        """How the job table names it."""
        return f"desk:{self.name}"


# Tokens


def add(portal: Portal, name: str, actor: Actor) -> str:
    """A new desk, or a revoked one again: gives its token, which is shown once and kept as a digest alone."""
    actor.require("administrator")
    if not _NAME.fullmatch(name):
        raise Refused("Give the desk a name of 1 to 60 characters")
    token, now = f"ncd_{secrets.token_urlsafe(32)}", portal.now()
    with database.transaction():
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
    actor.require("administrator")
    now = portal.now()
    with database.transaction():
        row = cards.desk_named(name)
        if row is None or row.revoked_at is not None:
            raise NotFound("There is no desk %(name)s", name=name)
        row.revoked_at, row.token_digest = now, f"revoked:{row.id}:{secrets.token_hex(8)}"
        row.save()
        for job in work.jobs_like("card", ("queued", "running")):
            if job.state == "running" and job.worker == Desk(row.id, name).holder:
                job.state, job.run_at, job.lease_until, job.fence = "queued", now, None, job.fence + 1
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


# What agents say


def beat(portal: Portal, desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what the agent sees, and its lease; gives what the desk is waited for."""
    now = portal.now()
    card, doing = body.get("card"), body.get("doing")
    at = _doing(doing) if isinstance(doing, Mapping) else None
    seen: dict[str, Any] = {
        "instance": _short(body, "instance"),
        "version": _short(body, "version"),
        "reader": _short(body, "reader"),
        "code": _match(body, "code", _CODE),
        "unsent": _number(body, "unsent"),
        "card": _card_seen(card) if isinstance(card, Mapping) else None,
        "doing": at,
    }
    held = False
    with database.transaction():
        cards.desk_seen(desk.id, now, seen)
        if at is not None:
            job = jobs.held(at["job"], at["fence"], desk.holder)
            held = job is not None and jobs.extend(portal, job)
        wanted = [_wanted(row, job) for job, row in _jobs(desk) if _free(job, desk, now)]
    return {"desk": desk.name, "held": held, "wanted": wanted[:20]}


def _wanted(row: Card, job: Job) -> dict[str, str]:
    return {"serial": row.serial, "uid": row.uid, "run": str(job.params.get("run") or "personalise")}


def _jobs(desk: Desk) -> list[tuple[Job, Card]]:
    """The card jobs that this desk may do, oldest first."""
    found = []
    for job in work.jobs_like("card", ("queued", "running")):
        if job.params.get("desk") not in (None, "", desk.name):
            continue
        row = cards.by_serial(str(job.params.get("serial") or ""))
        if row is not None:
            found.append((job, row))
    return found


def _free(job: Job, desk: Desk, now: datetime) -> bool:
    """Whether it waits for a card: nobody holds it, or this desk does, which then has it anew."""
    if job.state == "queued":
        return bool(job.run_at <= now)
    return job.worker == desk.holder or job.lease_until is None or bool(job.lease_until < now)


def lease(portal: Portal, desk: Desk, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The job for the card on the agent's reader, with its keys sealed; `{"job": None}` when none waits for it.

    `body`: `uid`, `serial`, `life_cycle`, `versions` of the card as it says itself, `public` of the agent's key pair.
    """
    uid, serial = _match(body, "uid", _UID), _match(body, "serial", _SERIAL)
    public, life_cycle = _match(body, "public", _PUBLIC), _life_cycle(body)
    versions = [_number({"v": each}, "v", 255) for each in (body.get("versions") or [])[:4]]
    if life_cycle not in _ON_ITS_WAY:
        return {"job": None}
    now = portal.now()
    with database.transaction():
        found = _fitting(desk, uid, serial, life_cycle, now)
        if found is None:
            return {"job": None}
        waiting, row = found
        cases.lock(waiting.case_id)
        job = work.job(waiting.id, lock=True)
        row = cards.by_serial(row.serial, lock=True) or row
        if job is None or job.state not in {"queued", "running"} or not _may_take(job, row, uid, desk, now):
            return {"job": None}
        run = str(job.params.get("run") or "personalise")
        if row.state not in cardledger.ACTS.get(run, frozenset()):
            # The card has gone another way meanwhile: nothing is left to be done.
            job.state, job.finished_at = "done", now
            job.save()
            return {"job": None}
        errand = _errand(portal, row, run, uid, versions)
        cardledger.begin(portal, row.serial, run, uid, desk.name)
        taken = work.take(job.id, desk.holder, now + timedelta(seconds=jobs.LEASE_SECONDS))
    sealed = seal(errand, public, token, Lease(desk.name, taken.id, taken.fence, uid))
    return {"job": {"id": taken.id, "fence": taken.fence, "run": run, "serial": row.serial}, "sealed": sealed}


def _fitting(desk: Desk, uid: str, serial: str, life_cycle: LifeCycle, now: datetime) -> tuple[Job, Card] | None:
    """The job that this chip was begun for; else one for its serial; else, for a blank, one that has no chip yet."""
    open_jobs = _jobs(desk)
    begun = [(job, row) for job, row in open_jobs if row.uid == uid]
    named = [(job, row) for job, row in open_jobs if serial and row.serial == serial and not row.uid]
    blank = not serial and life_cycle in (LifeCycle.BLANK, LifeCycle.PERSONALISING)
    fresh = [
        (job, row)
        for job, row in open_jobs
        if blank and not row.uid and job.params.get("run") == "personalise" and _free(job, desk, now)
    ]
    return next(iter([*begun, *named, *fresh]), None)


def _may_take(job: Job, row: Card, uid: str, desk: Desk, now: datetime) -> bool:
    """Who has the very chip goes on with it, whatever the table says of leases: nobody else can be writing it."""
    return row.uid == uid or _free(job, desk, now)


def _errand(portal: Portal, row: Card, run: str, uid: str, versions: list[int]) -> Errand:
    keys = _keys(portal)
    version = max(1, keys.current_version)
    plan = cardmaking.plan_of(row.serial, version) if run == "personalise" else None
    needed = {hardware.facts.TRANSPORT_VERSION, *versions, *([version] if plan else [])}
    try:
        found = card_keys(keys, uid, needed)
    except hardware.CardError as error:
        raise Refused(error.message, **error.params) from error
    act = hardware.Act.PERSONALISE if plan else hardware.Act.RETURN
    return Errand(act, cardledger.expected(row.serial), plan, found)


def _keys(portal: Portal) -> hardware.KeyStore:
    settings = portal.settings
    return cardmaking.CardDesk(settings.data_dir / "cards", settings.card_key, settings.card_reader).keys()


def report(portal: Portal, desk: Desk, body: Mapping[str, Any]) -> str:
    """What came of a job; gives the job's state afterwards. `late`: it is not the desk's any more, nothing was changed;
    the agent looks at the card again."""
    job = jobs.held(_number(body, "job"), _number(body, "fence"), desk.holder)
    if job is None:
        return "late"
    serial, run = str(job.params["serial"]), str(job.params.get("run") or "personalise")
    code = _match(body, "code", _CODE)
    with database.transaction():
        state = (
            _failure(portal, desk, job, serial, run, code, body)
            if code
            else _success(portal, desk, job, serial, run, body)
        )
    portal.poke()
    return state


def _success(portal: Portal, desk: Desk, job: jobs.Leased, serial: str, run: str, body: Mapping[str, Any]) -> str:
    receipt = _receipt(portal, serial, run, body)
    row = cards.by_serial(serial)
    if row is None or row.uid != receipt.uid:
        raise Refused("The receipt is of another card")
    if run == "personalise" and not _proves(portal, serial, receipt):
        return _failure(portal, desk, job, serial, run, "read_back_differs", body)
    cardledger.confirm(portal, serial, receipt, desk.name, cardledger.Place(job.element, job.data))
    return jobs.done(portal, job)


def _failure(
    portal: Portal, desk: Desk, job: jobs.Leased, serial: str, run: str, code: str, body: Mapping[str, Any]
) -> str:
    if code == CHECK_FAILED:
        cardledger.set_apart(portal, serial, run, desk.name, _match(body, "checks", _CHECKS))
        return jobs.done(portal, job)
    kind, error = cardledger.fault(code), Permanent(WORDS.get(code, UNNAMED))
    if kind is cardledger.Fault.AGAIN:
        return jobs.put_back(portal, job, error)
    if kind is cardledger.Fault.APART:
        cardledger.set_apart(portal, serial, run, desk.name, code)
    return jobs.failed(portal, job, error, retry=False)


def _receipt(portal: Portal, serial: str, run: str, body: Mapping[str, Any]) -> hardware.Receipt:
    raw = body.get("receipt")
    if not isinstance(raw, Mapping):
        raise _unreadable()
    kcvs = raw.get("kcvs")
    return hardware.Receipt(
        hardware.Act.PERSONALISE if run == "personalise" else hardware.Act.WIPE,
        serial,
        _match(raw, "uid", _UID),
        CcusTest.id,
        portal.now(),
        key_version=_number(raw, "key_version", 255),
        kcvs={role: _match(kcvs, role.value, _HEX) for role in Role} if isinstance(kcvs, Mapping) else {},
        data_tag=_match(raw, "data_tag", _HEX),
    )


def _proves(portal: Portal, serial: str, receipt: hardware.Receipt) -> bool:
    """Whether the receipt says what only a card made after the plan can say: its keys' check values, its data's tag."""
    keys, uid = _keys(portal), bytes.fromhex(receipt.uid)
    plan = cardmaking.plan_of(serial, receipt.key_version)
    try:
        known = card_keys(keys, receipt.uid, [receipt.key_version])
        tag = CcusTest().expected_tag(uid, plan, keys, receipt.key_version)
    except hardware.CardError:
        return False
    kcvs = {role: key.kcv.hex().upper() for (role, _), key in known.items()}
    return receipt.key_version > 0 and receipt.kcvs == kcvs and receipt.data_tag == tag


# Reading what came over the line: nothing of it is kept as it came


def _unreadable() -> Refused:
    return Refused("What the desk's computer said cannot be read")


def _match(body: Mapping[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    value = body.get(key, "")
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _unreadable()
    return value


def _short(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key, "")
    if not isinstance(value, str):
        raise _unreadable()
    return "".join(each for each in value[:120] if each.isprintable())


def _number(body: Mapping[str, Any], key: str, most: int = 2**31 - 1) -> int:
    value = body.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise _unreadable()
    return value


def _life_cycle(body: Mapping[str, Any]) -> LifeCycle:
    try:
        return LifeCycle(body.get("life_cycle", ""))
    except ValueError as error:
        raise _unreadable() from error


def _card_seen(raw: Mapping[str, Any]) -> dict[str, str]:
    uid = raw.get("uid", "")
    return {
        "uid": _match(raw, "uid", _UID) if uid else "",
        "serial": _match(raw, "serial", _SERIAL),
        "life_cycle": _life_cycle(raw).value,
        "profile": _short(raw, "profile"),
    }


def _doing(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "job": _number(raw, "job"),
        "fence": _number(raw, "fence"),
        "serial": _match(raw, "serial", _SERIAL),
        "run": _match(raw, "run", _CODE),
        "step": _match(raw, "step", _CODE),
        "done": _number(raw, "done", 1000),
        "total": _number(raw, "total", 1000),
    }
