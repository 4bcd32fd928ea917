"""Uploads that go on where they stopped, by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload).

Core protocol and the extensions Creation, Expiration, Checksum and Termination. An upload belongs to a task and to the
person who began it: for everybody else there is no such upload. When all has arrived, `take` (ours, no part of tus)
puts the file into the task's draft. Errors are JSON {error, message} in the reader's language.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, jsonify, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, ClientDisconnected, MethodNotAllowed, UnsupportedMediaType

from app.errors import NinteiError, TooLarge
from app.services.papers import parts, signatures
from app.states import Right
from app.web.frame import sizes
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.problems import sentence, status_of

pages = Blueprint("uploads", __name__, url_prefix="/tasks/<task_id>/uploads")

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256")  # sha1 is the one that the Checksum extension asks for
TYPE = "application/offset+octet-stream"


@pages.before_request
def _speaks_tus() -> Response | None:
    """Core protocol, Tus-Resumable: a request of another version is not processed."""
    ours = request.method == "OPTIONS" or request.endpoint == "uploads.take"
    if ours or request.headers.get("Tus-Resumable") == VERSION:
        return None
    refused = jsonify(error="Tus-Resumable: 1.0.0 is expected")
    refused.status_code = 412
    refused.headers["Tus-Version"] = VERSION
    return refused


@pages.after_request
def _says_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.errorhandler(NinteiError)
def _refused(error: NinteiError) -> Any:
    said = sentence(error)
    # A place that does not fit is looked up again by the client; a task that is over is told to the person.
    return jsonify(error=said, message="" if isinstance(error, parts.WrongOffset) else said), status_of(error)


@pages.route("", methods=["OPTIONS"])
@pages.route("/<part_id>", methods=["OPTIONS"])
@needs(Right.ANSWER)
def options(**_place: str) -> Response:
    """What this server can do."""
    response = Response(status=204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Max-Size"] = str(portal().settings.upload_max_mb << 20)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    return response


@pages.route("", methods=["POST"], provide_automatic_options=False)
@needs(Right.ANSWER)
def create(task_id: str) -> Response:
    """Creation: Upload-Length and Upload-Metadata (filename, field, replaces); 201 with the upload's Location."""
    said = metadata(request.headers.get("Upload-Metadata", ""))
    announced = parts.Announced(
        said.get("field", ""),
        said.get("filename", ""),
        _number("Upload-Length"),
        request.headers.get("Upload-Metadata", "")[:4000],
        said.get("replaces", "")[:40],
    )
    part = parts.begin(portal(), task_id, announced, signed_in())
    response = _state(part, 201)
    response.headers["Location"] = url_for("uploads.head", task_id=task_id, part_id=part.id)
    return response


@pages.route("/<part_id>", methods=["HEAD"], provide_automatic_options=False)
@needs(Right.ANSWER)
def head(task_id: str, part_id: str) -> Response:
    """How much is here."""
    part = parts.look(portal(), task_id, part_id, signed_in())
    response = _state(part, 200)
    response.headers["Upload-Length"] = str(part.size)
    if part.metadata:
        response.headers["Upload-Metadata"] = part.metadata
    return response


@pages.route("/<part_id>", methods=["PATCH"], provide_automatic_options=False)
@needs(Right.ANSWER)
@sizes.takes()
def patch(task_id: str, part_id: str) -> Response:
    """What follows at Upload-Offset; 409 when that is not where the upload stands."""
    if request.mimetype != TYPE:
        raise UnsupportedMediaType
    offset, checksum = _number("Upload-Offset"), _checksum()
    part = parts.look(portal(), task_id, part_id, signed_in())
    if offset == part.offset and (request.content_length or 0) > part.size - offset:
        raise TooLarge("More was sent than the file holds")
    stream = cast("BinaryIO", _Patient(request.stream))
    return _state(parts.append(portal(), task_id, part_id, offset, stream, signed_in(), checksum=checksum), 204)


@pages.route("/<part_id>", methods=["DELETE"], provide_automatic_options=False)
@needs(Right.ANSWER)
def delete(task_id: str, part_id: str) -> Response:
    """Termination: the upload is not wanted any more."""
    parts.discard(portal(), task_id, part_id, signed_in())
    return Response(status=204)


@pages.route("/<part_id>", methods=["POST"], provide_automatic_options=False)
@needs(Right.ANSWER)
def overridden(task_id: str, part_id: str) -> Response:
    """PATCH or DELETE where something on the way lets only GET and POST pass (X-HTTP-Method-Override)."""
    meant = {"PATCH": patch, "DELETE": delete}.get(request.headers.get("X-HTTP-Method-Override", ""))
    if meant is None:
        raise MethodNotAllowed(["HEAD", "PATCH", "DELETE", "OPTIONS"])
    return meant(task_id, part_id)


@pages.post("/<part_id>/take")
@needs(Right.ANSWER)
def take(task_id: str, part_id: str) -> Any:
    """Put the file, when all of it has arrived, into the draft: {id, name, size, mime, message, signatures}.

    `signatures`: what its electronic signatures say, a sentence each.
    """
    found = parts.take(portal(), task_id, part_id, signed_in())
    said = [gettext(each.message, **each.params) for each in signatures.of_file(found.id)]
    return jsonify(found.as_dict() | {"message": gettext("Attached"), "signatures": said})


def metadata(header: str) -> Mapping[str, str]:
    """Upload-Metadata: pairs of a key and its base64 value, separated by commas. What cannot be read is left out."""
    found: dict[str, str] = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _state(part: parts.PartView, status: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(part.offset)
    response.headers["Upload-Expires"] = format_datetime(part.expires_at, usegmt=True)
    return response


def _number(header: str) -> int:
    said = request.headers.get(header, "")
    if not said.isascii() or not said.isdecimal() or len(said) > 15:
        raise BadRequest
    return int(said)


def _checksum() -> tuple[str, bytes] | None:
    """Checksum extension, Upload-Checksum: the algorithm and the base64 digest of this request's bytes."""
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _, digest = said.partition(" ")
    if algorithm not in ALGORITHMS or not digest:
        raise BadRequest
    try:
        return algorithm, base64.b64decode(digest, validate=True)
    except binascii.Error as error:
        raise BadRequest from error


class _Patient:
    """A request's body; where the sender is cut off it ends there, and what came before is kept."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            return bytes(self._stream.read(size))
        except ClientDisconnected:
            return b""
