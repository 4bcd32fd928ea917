"""Where the agents of card desks ask and report: JSON, a bearer token for each desk, no session, no cookie.

| POST | body | answer |
| --- | --- | --- |
| /agent/beat | what lies on the reader, what is being done | `desk`, `held`, `wanted` |
| /agent/lease | the card on the reader, a public key | `job` and `sealed`, or `job: null` |
| /agent/report | job, fence, receipt or code | `state` |

401: no such token (any more). 422: `error` says why not. docs/decisions/0003-card-agent.md says why it is so.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.errors import NinteiError
from app.services.agents import desks, lease, report
from app.web.cards.desk import NEWS
from app.web.frame.access import public
from app.web.frame.current import portal
from app.web.frame.problems import sentence, status_of

pages = Blueprint("agents", __name__, url_prefix="/agent")
LARGEST = 16 << 10  # bytes; an honest request has less than one kilobyte


@pages.record_once
def _for_machines(state: Any) -> None:
    """An agent has no session that a foreign page could ride on: its token is its own."""
    state.app.extensions["csrf"].exempt(pages)


@pages.post("/<any(beat, lease, report):what>")
@public
def ask(what: str) -> Any:
    """One request of an agent; the token is looked at first."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    desk = desks.desk_of(token.strip()) if kind.lower() == "bearer" else None
    if desk is None:
        return _said("The token is unknown or was revoked", 401)
    if (request.content_length or 0) > LARGEST:
        return _said("The request is too large", 413)
    try:
        body = request.get_json()
    except (BadRequest, UnsupportedMediaType) as error:
        return _said("Send JSON", error.code or 400)
    if not isinstance(body, dict):
        return _said("Send a JSON object", 400)
    try:
        if what == "beat":
            return jsonify(lease.beat(portal(), desk, body))
        if what == "lease":
            return jsonify(lease.lease(portal(), desk, token.strip(), body))
        return jsonify(state=report.report(portal(), desk, body))
    except NinteiError as error:
        return _said(sentence(error), status_of(error))
    finally:
        current_app.extensions[NEWS].ring()


def _said(text: str, status: int) -> Any:
    response = jsonify(error=text)
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
