"""What a page sent after its session had ended: kept on the page that says so, and sent again after signing in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import flash, jsonify, redirect, render_template, request
from flask_babel import gettext

from app.web.frame.current import actor

MAX_KEPT = 1_000_000  # characters; no form has more


def page() -> Any:
    """Instead of what was asked for. Nothing of it was done; it needs only to be sent again.

    Nothing is stored here: who is not signed in has no place of their own yet. Files cannot be kept by a page.
    """
    if wants_json():
        return jsonify(error="sign in" if actor() is None else "send again"), 401
    kept = typed()
    if kept is None:
        flash(gettext("The page was open for too long. Please try again."), "info")
        return redirect("/login" if actor() is None and not _secret() else request.path, 303)
    return render_template(
        "pages/again.html", typed=kept, files=files(), url=request.full_path.rstrip("?"), signed_in=actor() is not None
    ), 401


def wants_json() -> bool:
    """Whether the asker is a script of ours, not a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def typed() -> list[tuple[str, str]] | None:
    """What the request's form holds, to be shown and sent once more; none where it must not be, or holds nothing."""
    found = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    if _secret() or not found or not _from_here() or sum(len(name) + len(value) for name, value in found) > MAX_KEPT:
        return None
    return found


def files() -> list[str]:
    """The names of the files that were sent: a page cannot keep them."""
    return [file.filename for file in request.files.values() if file.filename]


def _secret() -> bool:
    return any("password" in name for name in request.form)


def _from_here() -> bool:
    """Whether a page of ours sent it: what a stranger's page sends is not offered to be sent again."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.host
