"""Another key for what is stored sealed: all is sealed anew under the first one, so that those before it can go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import Permanent
from app.services.base import signing
from app.services.base.portal import Portal
from app.services.process import secrets
from app.services.signin import codes
from app.store import cases, database, factors, places, soundness, work


@dataclass(slots=True)
class Resealed:
    """How many values were sealed anew, and how many no key of the settings opens."""

    done: int = 0
    lost: int = 0


def reseal(portal: Portal) -> Resealed:
    """Each case by itself: whoever is interrupted begins again and loses nothing."""
    count = Resealed()
    with database.connection():
        kept, drafts = soundness.sealed(), soundness.drafts()
    for row_id, case_id in kept:
        with database.transaction():
            cases.lock(case_id)
            row = soundness.sealed_by_id(row_id)
            if row is not None and row.cipher and (fresh := _again(portal, row.cipher, count)):
                row.cipher = fresh
                row.save(only=["cipher"])
    for task_id, case_id in drafts:
        with database.transaction():
            cases.lock(case_id)
            draft = work.draft(task_id)
            if draft is not None and (_holds(draft.values) or _holds(draft.aside.get("values") or {})):
                draft.values = _values(portal, draft.values, count)
                if draft.aside.get("values"):
                    draft.aside = draft.aside | {"values": _values(portal, draft.aside["values"], count)}
                draft.save(only=["values", "aside"])
    try:
        count.done += signing.reseal(portal.settings)
    except Permanent:
        count.lost += 1
    if portal.settings.files:
        count.done += places.stored_folders(portal.settings).reseal(places.SHARED)
    with database.connection():
        apps = [each.id for each in factors.code_apps()]
    for row_id in apps:
        with database.transaction():
            app = factors.code_app_by_id(row_id)
            if app is not None:
                anew = codes.resealed(portal, app.sealed)
                count.done, count.lost = count.done + (anew is not None), count.lost + (anew is None)
                app.sealed = anew or app.sealed
                app.save(only=["sealed"])
    return count


def _again(portal: Portal, cipher: str, count: Resealed) -> str:
    fresh = secrets.again(portal, cipher)
    count.done, count.lost = count.done + (fresh is not None), count.lost + (fresh is None)
    return fresh or cipher


def _holds(values: Mapping[str, Any]) -> bool:
    return any(secrets.is_sealed(each) for each in values.values())


def _values(portal: Portal, values: Mapping[str, Any], count: Resealed) -> dict[str, Any]:
    return {
        key: {"sealed": _again(portal, value["sealed"], count)} if secrets.is_sealed(value) else value
        for key, value in values.items()
    }
