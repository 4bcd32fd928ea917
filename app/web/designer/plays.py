"""Trying (試す): a draft or a release as a portal of its own, its pages shown within the designer's."""

from __future__ import annotations

import base64
import re
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from app.errors import NinteiError, NotFound, Refused
from app.services.plays import hosts, recording, starting
from app.services.plays.hosts import Plays
from app.services.workspaces import content, saving
from app.services.workspaces.views import Saved
from app.states import Right
from app.text.numbers import whole
from app.web.designer import playwords
from app.web.designer.api import failed
from app.web.frame import busy, problems, sizes
from app.web.frame.access import needs
from app.web.frame.current import language, named, portal, signed_in

pages = Blueprint("plays", __name__, url_prefix="/designer")
moves = Blueprint("plays_api", __name__, url_prefix="/designer/play/<play>/-")
moves.register_error_handler(NinteiError, failed)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-authenticate"}
)  # RFC 9110, section 7.6.1
NOT_IN = HOP_BY_HOP | {"host", "cookie", "authorization", "content-length"}
NOT_OUT = HOP_BY_HOP | {"set-cookie", "content-length", "server", "date"}
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


@pages.record_once
def _forms_within(state: BlueprintSetupState) -> None:
    """Pages of a Play bring their own forms' tokens, which their own portal checks."""
    state.app.extensions["csrf"].exempt(f"{__name__}.within")


@pages.post("/plays")
@needs(Right.DESIGN)
def start() -> Any:
    """Begin one of a draft (`workspace`) or of a release (`package`, `number`)."""
    who, draft = signed_in(), whole(request.form.get("workspace", ""))
    try:
        if draft is not None:
            tried = starting.of_draft(portal(), draft, who)
        else:
            number = whole(request.form.get("number", "")) or 0
            tried = starting.of_release(portal(), request.form.get("package", ""), number, who)
        play = starting.start(portal(), tried, who, language())
    except NinteiError as error:
        return problems.back(error, f"/designer/w/{draft}" if draft is not None else "/designer")
    return redirect(f"/designer/play/{play}/", 303)


@pages.get("/play/<play>/")
@needs(Right.DESIGN)
def show(play: str) -> Any:
    """The Play: clock, pages of its people side by side, what arrived."""
    view = _plays().of(play)
    kind, _, of = view.source.partition(":")
    title = view.title
    if kind == "release":
        number = of.rpartition(":")[2]
        title = gettext("%(title)s (release %(number)s)", title=named(title), number=number)
    boot = {
        "play": play,
        "prefix": f"/designer/play/{play}",
        "csrf": generate_csrf(),
        "language": language(),
        "words": playwords.spoken(),
        "workspace": int(of) if kind == "workspace" else None,
    }
    return render_template(
        "designer/play.html", title=gettext("Trying: %(title)s", title=title), play=view, boot=boot, wide=True,
        back=f"/designer/w/{of}" if kind == "workspace" else "/designer",
        crumbs=[{"url": "/designer", "label": gettext("Process design")}, {"label": title}],
    )  # fmt: skip


@pages.post("/play/<play>/end")
@needs(Right.DESIGN)
def end(play: str) -> Any:
    """End it; what was played is gone."""
    view = _plays().of(play)
    _plays().end(play)
    kind, _, of = view.source.partition(":")
    return redirect(f"/designer/w/{of}" if kind == "workspace" else "/designer", 303)


@moves.get("/state")
@needs(Right.DESIGN)
def state(play: str) -> Any:
    """{state: opening | ready | failed, why} and, once it is ready, where it stands."""
    view = _plays().of(play)
    if view.state != "ready":
        return jsonify(state=view.state, why=[gettext(each) for each in view.why])
    status, said = _plays().control(play, "GET", "state", {}, language())
    return jsonify({"state": view.state, **said}), status


@moves.post("/<any(clock, walk):what>")
@needs(Right.DESIGN)
def move(play: str, what: str) -> Any:
    """The clock, or a walk by itself."""
    status, said = _plays().control(play, "POST", what, request.get_json(silent=True) or {}, language())
    return jsonify(said), status


@moves.post("/keep")
@needs(Right.DESIGN)
def keep(play: str) -> Any:
    """{case, title, name, anyway?}: the played path as a scenario of the draft; of a release it is handed out."""
    asked = request.get_json(silent=True) or {}
    status, said = _plays().control(play, "POST", "keep", asked, language())
    if status != 200 or (said["problem"] and not asked.get("anyway")):
        return jsonify(said), 409 if status == 200 else status
    name, data = str(asked.get("name", "")), base64.b64decode(said["text"])
    if not recording.NAME.fullmatch(name):
        raise Refused("The name of the file is made of small letters a to z, digits and _")
    said["path"] = path = f"scenarios/{name}.toml"
    kind, _, of = _plays().of(play).source.partition(":")
    if kind == "workspace":
        try:
            found = content.read(portal(), int(of), path)
        except NotFound:
            found = None  # a new one
        if found is not None and found.data is not None:
            raise Refused("The draft has a scenario of this name already")
        saved = saving.save(portal(), int(of), path, data, found.revision if found else 0, signed_in())
        said["saved"] = isinstance(saved, Saved)
    return jsonify(said)


@pages.route("/play/<play>/<person>/", defaults={"path": ""}, methods=METHODS)
@pages.route("/play/<play>/<person>/<path:path>", methods=METHODS)
@needs(Right.DESIGN)
@sizes.takes()
@busy.passing_on
def within(play: str, person: str, path: str) -> Any:  # noqa: ARG001 - the path is taken as it was asked for
    """A page of the Play as one of its people sees it. Cookies pass neither way."""
    if not re.fullmatch(r"guest|u\d{1,9}", person):
        abort(404)
    if (request.content_length or 0) > hosts.MOST_BYTES:
        abort(413)
    # The path as it was asked for: an escaped slash is none.
    raw = str(request.environ.get("REQUEST_URI") or request.full_path.rstrip("?"))
    inside = raw.partition(f"/designer/play/{play}")[2] or f"/{person}/"
    headers = {name: value for name, value in request.headers if name.lower() not in NOT_IN}
    reply = _plays().ask(play, request.method, inside, headers, request.get_data(cache=False))
    response = Response(reply.body, reply.status)
    response.headers.clear()
    for name, value in reply.headers:
        if name.lower() not in NOT_OUT:
            response.headers.add(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY)
    return response


def _plays() -> Plays:
    return Plays(portal().settings.data_dir)
