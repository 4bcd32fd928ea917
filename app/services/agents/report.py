"""What a desk's agent says when it is done: proved against what only that card can say, and then written
in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hardware
from app.errors import Permanent, Refused
from app.services.agents import line
from app.services.agents.desks import Desk
from app.services.base import leases
from app.services.base.portal import Portal
from app.services.cards import keys as cardkeys
from app.services.cards import ledger
from app.services.cards import plan as plan_
from app.services.process import jobs
from app.states import JobState
from app.store import cards, database
from hardware.facts import Role
from hardware.keys.lease import card_keys
from hardware.profiles.ccus_test import CcusTest


def report(portal: Portal, desk: Desk, body: Mapping[str, Any]) -> JobState:
    """What came of a job; gives the job's state afterwards. `late`: it is not the desk's any more, nothing was changed;
    the agent looks at the card again."""
    job = leases.held(line.number(body, "job"), line.number(body, "fence"), desk.holder)
    if job is None:
        return JobState.LATE
    serial, run = str(job.params["serial"]), str(job.params.get("run") or "personalise")
    code = line.match(body, "code", line.CODE)
    with database.transaction():
        state = (
            _failure(portal, desk, job, serial, run, code, body)
            if code
            else _success(portal, desk, job, serial, run, body)
        )
    portal.poke()
    return state


def _success(
    portal: Portal, desk: Desk, job: leases.Leased, serial: str, run: str, body: Mapping[str, Any]
) -> JobState:
    receipt = _receipt(portal, serial, run, body)
    row = cards.by_serial(serial)
    if row is None or row.uid != receipt.uid:
        raise Refused("The receipt is of another card")
    if run == "personalise" and not _proves(portal, serial, receipt):
        return _failure(portal, desk, job, serial, run, "read_back_differs", body)
    ledger.confirm(portal, serial, receipt, desk.name, ledger.Place(job.element, job.data))
    return jobs.done(portal, job)


def _failure(
    portal: Portal, desk: Desk, job: leases.Leased, serial: str, run: str, code: str, body: Mapping[str, Any]
) -> JobState:
    if code == line.CHECK_FAILED:
        ledger.set_apart(portal, serial, run, desk.name, line.match(body, "checks", line.CHECKS))
        return jobs.done(portal, job)
    kind, error = ledger.fault(code), Permanent(line.WORDS.get(code, line.UNNAMED))
    if kind is ledger.Fault.AGAIN:
        return jobs.put_back(portal, job, error)
    if kind is ledger.Fault.APART:
        ledger.set_apart(portal, serial, run, desk.name, code)
    return jobs.failed(portal, job, error, retry=False)


def _receipt(portal: Portal, serial: str, run: str, body: Mapping[str, Any]) -> hardware.Receipt:
    raw = body.get("receipt")
    if not isinstance(raw, Mapping):
        raise line.unreadable()
    kcvs = raw.get("kcvs")
    return hardware.Receipt(
        hardware.Act.PERSONALISE if run == "personalise" else hardware.Act.WIPE,
        serial,
        line.match(raw, "uid", line.UID),
        CcusTest.id,
        portal.now(),
        key_version=line.number(raw, "key_version", 255),
        kcvs={role: line.match(kcvs, role.value, line.HEX) for role in Role} if isinstance(kcvs, Mapping) else {},
        data_tag=line.match(raw, "data_tag", line.HEX),
    )


def _proves(portal: Portal, serial: str, receipt: hardware.Receipt) -> bool:
    """Whether the receipt says what only a card made after the plan can say: its keys' check values, its data's tag."""
    keys, uid = cardkeys.store(portal.settings), bytes.fromhex(receipt.uid)
    plan = plan_.plan_of(serial, receipt.key_version)
    try:
        known = card_keys(keys, receipt.uid, [receipt.key_version])
        tag = CcusTest().expected_tag(uid, plan, keys, receipt.key_version)
    except hardware.CardError:
        return False
    kcvs = {role: key.kcv.hex().upper() for (role, _), key in known.items()}
    return receipt.key_version > 0 and receipt.kcvs == kcvs and receipt.data_tag == tag
