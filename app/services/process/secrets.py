"""Connection information: encrypted at rest, revealed to the vendor once, never in a mail or a log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet

from app.errors import NotFound, Refused
from app.services.base import history, permit, sealing
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.states import EntryKind
from app.store import cases, database, records
from app.store.models import Case, Secret

HIDDEN = "●●●●●●"


def _cipher(portal: Portal) -> MultiFernet:
    return sealing.cipher(portal.settings, "connection information")


def _opened(portal: Portal, cipher: str) -> Any:
    """What was sealed. Raises Refused when no key of the settings opens it."""
    try:
        return json.loads(_cipher(portal).decrypt(cipher.encode()))
    except InvalidToken as error:
        raise Refused(
            "This was stored under another key and cannot be read. The administrator enters the key of that time "
            "(NINTEI_SEALING_KEYS); nothing is lost until then"
        ) from error


def keep(
    portal: Portal,
    case: Case,
    element: str,
    values: Mapping[str, Any],
    fields: tuple[str, ...],
    now: datetime,
) -> dict[str, Any]:
    """Encrypt the secret fields; gives the answer's values without them."""
    secret = {key: values[key] for key in fields if values.get(key)}
    if secret:
        sealed = _cipher(portal).encrypt(json.dumps(secret, ensure_ascii=False).encode()).decode()
        Secret.create(case=case, element=element, cipher=sealed, stored_at=now)
    return {key: (HIDDEN if key in secret else value) for key, value in values.items()}


def seal(portal: Portal, raw: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """A draft's values as they are stored: what is typed into secret fields is encrypted there as well."""
    return {
        key: {"sealed": _cipher(portal).encrypt(json.dumps(value).encode()).decode()}
        if key in fields and value
        else value
        for key, value in raw.items()
    }


def unseal(portal: Portal, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A draft's values as they were typed."""
    return {key: _opened(portal, value["sealed"]) if is_sealed(value) else value for key, value in raw.items()}


def opens(portal: Portal, cipher: str) -> bool:
    """Whether what is stored was encrypted under a key of these settings."""
    try:
        _cipher(portal).decrypt(cipher.encode())
    except InvalidToken:
        return False
    return True


def again(portal: Portal, cipher: str) -> str | None:
    """The same, sealed under the first key; None when no key opens it."""
    try:
        return _cipher(portal).rotate(cipher.encode()).decode()
    except InvalidToken:
        return None


def is_sealed(value: Any) -> bool:
    """Whether this value of a draft is stored under a key."""
    return isinstance(value, dict) and value.keys() == {"sealed"}


def state(case: Case, element: str) -> str:
    """none, sealed (not yet shown) or shown."""
    row = records.secret(case.id, element)
    if row is None:
        return "none"
    return "shown" if row.shown_at else "sealed"


def stored(portal: Portal, case: Case, element: str) -> dict[str, str] | None:
    """The values, for the portal's own use (key components until their letters are made); none when there are none."""
    row = records.secret(case.id, element)
    if row is None or not row.cipher:
        return None
    values: dict[str, str] = _opened(portal, row.cipher)
    return values


def reveal(portal: Portal, case: Case, element: str, actor: Actor, now: datetime) -> dict[str, str]:
    """The values, once; Refused when they were shown before."""
    with database.transaction():
        cases.lock(case.id)
        row = records.secret(case.id, element)
        if row is None:
            raise NotFound("There is no connection information yet")
        if row.shown_at is not None:
            raise Refused("The connection information was shown already; ask the operating body for a new one")
        values: dict[str, str] = _opened(portal, row.cipher)
        row.shown_at, row.shown_to, row.cipher = now, actor.name, ""
        row.save()
        history.note(case.id, now, EntryKind.SECRET_SHOWN, by=actor, element=element)
    return values


def reveal_for(portal: Portal, task_id: str, actor: Actor) -> list[tuple[str, str]]:
    """(label, value) of the secrets that the task's page shows, once, with a record of who saw them."""
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        permit.may_do(setting, actor)
        element = setting.element.properties.get("shows_secrets", "")
        spec = setting.loaded.forms.get(element)
        if spec is None:
            raise NotFound("There is no connection information yet")
        values = reveal(portal, setting.case, element, actor, portal.now())
    labels = {field.key: field.named(actor.language) for field in spec.inputs()}
    return [(labels.get(key, key), value) for key, value in values.items()]
