"""Passkeys (Web Authentication Level 3): made, asked for, named, removed.

A passkey counts as both factors: the device asks its owner (finger, face, PIN) before it signs, and it signs for this
portal's address alone, so that a look-alike gains nothing.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.errors import NotFound, Refused
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.signin import challenges, factors
from app.states import Right
from app.store import accounts, database
from app.store import factors as rows
from app.store.models import Passkey

MOST = 20  # of one account
LONGEST_NAME = 80
LONGEST = 20_000  # characters of an answer
SIGN_IN = "sign-in"
_WRONG = "The passkey could not be read; please try once more"


@dataclass(frozen=True, slots=True)
class Found:
    """Whose passkey has signed."""

    user_id: int
    name: str  # of the passkey


def usable(portal: Portal) -> bool:
    """Whether the portal's address can have passkeys: a name, not a number (section 5.1.2: a valid domain)."""
    try:
        ipaddress.ip_address(_host(portal))
    except ValueError:
        return True
    return False


def making(portal: Portal, actor: Actor) -> dict[str, Any]:
    """What the browser is asked for to make one."""
    user_id = actor.user_id or 0
    with database.connection():
        known = rows.passkeys(user_id)
    if len(known) >= MOST:
        raise Refused("There are %(most)s passkeys already; remove one first", most=MOST)
    handle = base64url_to_bytes(known[0].handle) if known else secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=_host(portal), rp_name="Nintei", user_name=actor.email, user_id=handle, user_display_name=actor.name,
        challenge=challenges.make(portal, _making(user_id, handle)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(known),
    )  # fmt: skip
    return {**options_to_json_dict(options), "handle": bytes_to_base64url(handle)}


def made(portal: Portal, actor: Actor, answer: str, handle: str, name: str) -> list[str]:
    """Keep the one that the browser has made; gives recovery codes to show once, where the account has none yet."""
    actor.require(Right.ACCOUNT)
    user_id, name = actor.user_id or 0, " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Refused("Give the passkey a name, such as the device's")
    try:
        credential = parse_registration_credential_json(answer[:LONGEST])
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
        found = webauthn.verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=_host(portal),
            expected_origin=_origin(portal), require_user_verification=True,
        )  # fmt: skip
        purpose = _making(user_id, base64url_to_bytes(handle[:90]))
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Refused(_WRONG) from error
    challenges.spend(portal, purpose, challenge)
    now = portal.now()
    with database.transaction():
        rows.alone(user_id)
        if rows.passkey(bytes_to_base64url(found.credential_id)) is not None:
            raise Refused("This passkey is known already")
        if len(rows.passkeys(user_id)) >= MOST:
            raise Refused("There are %(most)s passkeys already; remove one first", most=MOST)
        rows.add_passkey(
            user=user_id, credential=bytes_to_base64url(found.credential_id),
            public_key=bytes_to_base64url(found.credential_public_key), handle=handle[:90],
            sign_count=found.sign_count, name=name, made_at=now,
            transports=",".join(each.value for each in credential.response.transports or [])[:100],
        )  # fmt: skip
        return factors.changed(portal, actor, "passkey", "", name)


def asking(portal: Portal, purpose: str, user_id: int | None = None) -> dict[str, Any]:
    """What the browser is asked for to sign; with an account, by one of its passkeys."""
    with database.connection():
        known = rows.passkeys(user_id) if user_id is not None else []
    options = webauthn.generate_authentication_options(
        rp_id=_host(portal), challenge=challenges.make(portal, purpose), allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return options_to_json_dict(options)


def asked(portal: Portal, purpose: str, answer: str, user_id: int | None = None) -> Found:
    """Whose passkey has signed this purpose's challenge. Refused when none has, or another account's than `user_id`."""
    try:
        credential = parse_authentication_credential_json(answer[:LONGEST])
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
        with database.connection():
            row = rows.passkey(bytes_to_base64url(credential.raw_id))
            user = accounts.user(row.user_id) if row is not None else None
        if row is None or user is None or not user.active or user_id not in (None, row.user_id):
            raise Refused("This passkey is not known here; sign in with your password")
        handle = credential.response.user_handle
        if handle is not None and not secrets.compare_digest(bytes_to_base64url(handle), row.handle):
            raise Refused(_WRONG)
        found = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=_host(portal),
            expected_origin=_origin(portal), credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Refused(_WRONG) from error
    challenges.spend(portal, purpose, challenge)
    with database.transaction():
        rows.used_passkey(row.id, found.new_sign_count, portal.now())
    return Found(row.user_id, row.name)


def rename(actor: Actor, row_id: int, name: str) -> None:
    """Give one of one's own another name."""
    actor.require(Right.ACCOUNT)
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Refused("Give the passkey a name, such as the device's")
    with database.transaction():
        row = _own(actor, row_id)
        row.name = name
        row.save(only=["name"])


def remove(portal: Portal, actor: Actor, row_id: int) -> None:
    """Take one of one's own away."""
    actor.require(Right.ACCOUNT)
    with database.transaction():
        rows.alone(actor.user_id or 0)
        row = _own(actor, row_id)
        name = row.name
        row.delete_instance()
        factors.changed(portal, actor, "passkey", name, "")


def _own(actor: Actor, row_id: int) -> Passkey:
    row = rows.own_passkey(actor.user_id or 0, row_id)
    if row is None:
        raise NotFound("There is no such passkey")
    return row


def _descriptors(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential)) for each in known]


def _making(user_id: int, handle: bytes) -> str:
    return f"make {user_id} {handle.hex()}"


def _host(portal: Portal) -> str:
    return urlsplit(portal.settings.base_url).hostname or "localhost"


def _origin(portal: Portal) -> str:
    parts = urlsplit(portal.settings.base_url)
    default = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port not in (None, default) else ""
    return f"{parts.scheme}://{parts.hostname}{port}"
