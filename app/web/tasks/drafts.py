"""What is typed into a task before it is sent: read from a post, kept as a draft; the address for scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, BinaryIO, cast

from flask import Blueprint, jsonify, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.errors import NinteiError, NotFound, Refused, Stale, Temporary
from app.forms import Cleaned, FieldError, FileRef, FormSpec
from app.services.pages import task
from app.services.papers import uploads
from app.services.tasks import comments, forms
from app.services.tasks.drafts import OpenPage
from app.states import Right
from app.text.numbers import whole
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence, status_of

pages = Blueprint("drafts", __name__)

# Names of what a task's page asks beside the form itself. Keys of forms have no colon.
REPLY = "point:"  # point:<comment id>, the vendor's answer to a point
PIN = "pin:"  # pin:<element>:<field>, a point that a reviewer pins to an answer
PIN_PAGE = "pin-page:"
PAGE = "page:"  # page:id, page:nth, page:before: which opened page this is (services/drafts.py)
_PAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")

Posted = MultiDict[str, str]


@dataclass(frozen=True)
class Typed:
    """One post. `raw` is what was typed; `refused` are uploads that were not taken, by field."""

    raw: dict[str, Any]
    refused: list[FieldError]
    anchor: str  # where to return to after the press of a row or postal code button; else empty


def read(task_id: str, form: FormSpec, posted: Posted) -> Typed:
    """Read a post, storing its uploads with the draft. A file that is refused takes nothing else with it."""
    who, refused = signed_in(), []
    stored: dict[str, list[FileRef]] = {}
    for name in form.file_names(posted):
        where = None
        for upload in request.files.getlist(name):
            if not upload.filename:
                continue
            try:
                where = where or uploads.place(portal(), task_id, name, who)
                ref = uploads.attach(portal(), where, upload.filename, cast("BinaryIO", upload.stream), who)
            except (Refused, Temporary) as error:
                refused.append(FieldError(name, error.message, error.params))
            else:
                stored.setdefault(name, []).append(ref)
    known = uploads.known_files(portal(), task_id, form.file_ids(posted), who)
    return Typed(form.read(posted, stored, known), refused, form.pressed(posted))


def read_only(task_id: str, form: FormSpec, posted: Posted) -> dict[str, Any]:
    """What was typed, storing nothing."""
    return form.read(posted, {}, uploads.known_files(portal(), task_id, form.file_ids(posted), signed_in()))


def keep(task_id: str, raw: Mapping[str, Any], posted: Posted) -> int:
    """Keep what was typed: the draft and the answers to points. Gives the draft's revision now.

    Raises Stale when another page saved since this one was drawn; then nothing is kept.
    """
    return forms.save_draft(portal(), task_id, raw, signed_in(), opened(posted), replies=replies(posted))


def press(task_id: str, raw: Mapping[str, Any], posted: Posted, *, checks: bool) -> Cleaned | None:
    """The same with the points that were typed beside the answers; with `checks`, what is wrong with the answers."""
    done = forms.press(
        portal(), task_id, raw, signed_in(), opened(posted),
        replies=replies(posted), points=typed_points(posted), checks=checks,
    )  # fmt: skip
    return done.cleaned


def opened(posted: Mapping[str, str]) -> OpenPage:
    """The opened page that a post comes from, as the page itself says."""
    page, nth = posted.get(PAGE + "id", ""), posted.get(PAGE + "nth", "")
    return OpenPage(
        revision_of(posted),
        page if _PAGE_ID.fullmatch(page) else "",
        int(nth) if nth.isascii() and nth.isdecimal() and len(nth) < 9 else None,
        tuple(each for each in posted.get(PAGE + "before", "").split()[:8] if _PAGE_ID.fullmatch(each)),
    )


@pages.app_template_global()
def new_page() -> str:
    """The id of a page that is drawn now: no other page has it."""
    return token_urlsafe(12)


def replies(posted: Posted) -> dict[int, str]:
    """The vendor's answers to points in a post, by the points' ids."""
    return {
        point: text
        for name, text in posted.items()
        if name.startswith(REPLY) and (point := whole(name.removeprefix(REPLY))) is not None
    }


def pin_typed(task_id: str, posted: Posted) -> None:
    """Pin what was typed beside the answers: a point that somebody wrote is meant, whichever button was pressed."""
    for where, text in typed_points(posted):
        comments.pin(portal(), task_id, where, text, signed_in())


def typed_points(posted: Posted) -> list[tuple[comments.Place, str]]:
    """Each of them, with its place."""
    found = []
    for name, text in posted.items():
        place = name.removeprefix(PIN)
        if place == name or not text.strip():
            continue
        element, _, field = place.partition(":")
        found.append((comments.Place(element, field, page=page_of(posted.get(PIN_PAGE + place, ""))), text))
    return found


def page_of(text: str) -> int | None:
    """A page's number as people type it; none for what is no number of a page."""
    return whole(text, 99_999) or None


def revision_of(posted: Mapping[str, str]) -> int | None:
    """The draft's revision when the page was drawn; none for a post that says none."""
    return whole(posted.get("revision", ""))


@pages.post("/tasks/<task_id>/draft")
@needs(Right.ANSWER)
def save(task_id: str) -> Any:
    """Autosave. Takes the form's fields, or JSON of the same names; {revision, saved_at}, or 409 {error, revision}."""
    who = signed_in()
    try:
        form = forms.writing(portal(), task_id, who)
        posted = _from_json() if request.is_json else request.form
        raw = form.read(posted, {}, uploads.known_files(portal(), task_id, form.file_ids(posted), who))
        revision = keep(task_id, raw, posted)
    except Stale as error:
        return jsonify(error=sentence(error), revision=_revision(task_id)), 409
    except NinteiError as error:
        return jsonify(error=sentence(error)), status_of(error)
    return jsonify(revision=revision, saved_at=portal().now().isoformat())


def _from_json() -> Posted:
    """{name: text | true | [texts], revision} as a form would have posted it."""
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise BadRequest
    posted: Posted = MultiDict()
    for name, value in found.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str | int | float) and each is not False:
                posted.add(str(name), "true" if each is True else str(each))
    return posted


def _revision(task_id: str) -> int:
    try:
        return task.page(portal(), task_id, signed_in()).revision
    except NotFound:
        return 0
