"""The key under which a browser seals what was typed and could not be sent yet (app/frontend/sealed.js): pages bear it,
the browser's storage never does."""

from __future__ import annotations

import hashlib
import hmac

from flask import session
from flask_wtf.csrf import generate_csrf

from app.web.frame.current import actor, portal


def key() -> str:
    """Of this person's account; of a visitor: of the session of this browser. In hexadecimal: no character of it can be
    taken for an address, which the pages of a Play write otherwise."""
    who = actor()
    if who is None:
        generate_csrf()  # a session that has none yet has one from here on
    mine = f"visitor {session.get('csrf_token', '')}" if who is None else f"account {who.user_id}"
    secret = portal().settings.secret_key.encode()
    return hmac.new(secret, f"kept in the browser: {mine}".encode(), hashlib.sha256).hexdigest()
