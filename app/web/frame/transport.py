"""How answers travel: compressed, and kept by browsers as long as they are right.

Files of the front end are compressed when they are built (`app/frontend/build.mjs`: Brotli, RFC 7932, and gzip, RFC
1952) and only picked here. Pages are compressed as they are made, by gzip.

*BREACH* (CVE-2013-3587) reads a secret of a compressed page from its length, when a stranger can have the victim's
browser ask for the page again and again with guesses that the page repeats. A stranger's page can do so here only by
opening windows: the session's cookie is `SameSite=Lax` and comes with no request that a foreign page makes within
itself, and nothing may frame us from elsewhere. What is left is made useless by noise: each answer carries up to 100
random octets in the header of its gzip (the file name of RFC 1952 section 2.3), as Django does since 4.2 ("Heal the
Breach", IEEE Access 2022), so that hundreds of thousands of answers would have to be measured for one character.
Connection data and keys are shown on pages that are made once, in answer to a POST with its token.
"""

from __future__ import annotations

import gzip
import io
import mimetypes
import secrets
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from app.web.frame import assets, current

SMALLEST = 600  # octets; what is smaller fits into the first packets either way
TEXTS = frozenset(
    {"application/json", "application/xml", "application/javascript", "image/svg+xml", "application/manifest+json"}
)
KEPT = "public, max-age=31536000, immutable"  # RFC 8246
ASKED_AGAIN = "no-cache"  # kept, and asked for with its tag each time
BUILT = (("br", ".br"), ("gzip", ".gz"))  # best first
NOISE = 100  # octets
# Pages that say the same to every visitor; whoever is signed in has their own name on them.
FOR_ALL = frozenset(
    {
        "public.start", "public.choose", "public.apply", "public.resend", "public.help_page", "register.systems",
        "register.certificate",
    }
)  # fmt: skip


class Sessions(SecureCookieSessionInterface):
    """Cookies as Flask signs them, except with files of the front end: these are the same for everybody."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does; a file neither sets a cookie nor varies by one."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Serve the built files compressed, and compress what pages say."""
    app.session_interface = Sessions()
    app.view_functions["static"] = _file(app)
    app.after_request(_kept)


def _file(app: Flask) -> Any:
    folder = Path(str(app.static_folder))

    def static(filename: str) -> Response:
        """A file of the front end, in the best form that was built and the browser reads."""
        coding, ending = _best(request, folder, filename)
        answer = app.send_static_file(filename + ending)
        if ending:
            answer.headers["Content-Encoding"] = coding
            answer.headers["Content-Type"] = _type(filename)
        answer.headers["Cache-Control"] = KEPT if _named_by_content(filename) else ASKED_AGAIN
        answer.vary.add("Accept-Encoding")
        return answer

    return static


def _best(asked: Request, folder: Path, filename: str) -> tuple[str, str]:
    for coding, ending in BUILT:
        if asked.accept_encodings.quality(coding) > 0 and (folder / (filename + ending)).is_file():
            return coding, ending
    return "", ""


def _type(filename: str) -> str:
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind in TEXTS else kind


def _named_by_content(filename: str) -> bool:
    """Whether the address names this very content. An address that names another (of a release before, while the
    portal is renewed) is answered with today's file, which must not be kept under it."""
    asked = request.args.get("v")
    return bool(asked) and asked == assets.stamp(filename)


def _kept(response: Response) -> Response:
    if request.endpoint == "static":
        return response
    if _for_all(response):
        # Not `no-store`: a visitor who goes back finds the page at once, with what they had typed (back/forward cache).
        response.headers.setdefault("Cache-Control", "private, no-cache")
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return _compressed(response)


def _for_all(response: Response) -> bool:
    """Whether it is a page that every visitor sees alike."""
    asked = current.only_asks() and response.status_code == HTTPStatus.OK and request.endpoint in FOR_ALL
    return asked and current.actor() is None


def _compressed(response: Response) -> Response:
    kind = response.mimetype or ""
    if not (kind.startswith("text/") or kind in TEXTS):
        return response
    response.vary.add("Accept-Encoding")
    if (
        response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED)
        or response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or request.accept_encodings.quality("gzip") <= 0
    ):
        return response
    body = response.get_data()
    if len(body) < SMALLEST:
        return response
    response.set_data(packed(body))
    response.headers["Content-Encoding"] = "gzip"
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(tag, weak=True)  # not the same octets each time (RFC 9110 section 8.8.1)
    return response


def packed(body: bytes) -> bytes:
    """The same in gzip, of a length that says less."""
    into = io.BytesIO()
    noise = "".join(secrets.choice("abcdefghijklmnop") for _ in range(secrets.randbelow(NOISE + 1)))
    with gzip.GzipFile(filename=noise, mode="wb", compresslevel=6, fileobj=into, mtime=0) as file:
        file.write(body)
    return into.getvalue()
