"""The WSGI application of a Play: `/<person>/<page>` are the draft's pages as somebody sees them, `/-/…` moves it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http.cookies import SimpleCookie
from threading import Lock
from typing import Any

from flask import Flask
from flask_wtf.csrf import generate_csrf
from werkzeug.test import run_wsgi_app

from app.errors import NinteiError, NotFound
from app.services.plays.stage import Person, Stage
from app.web.frame import signin
from app.web.playing import rewriting
from app.web.playing.control import Control

Start = Callable[..., Any]
Environ = dict[str, Any]
SETTLE = 4.0  # seconds for which a press waits for what follows from it; the rest is done beside
HTML, JSON = "text/html", "application/json"
# What the pages within are not told: whose browser it is, and in which coding it reads (their links are led first).
ALONE = frozenset({"HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_ACCEPT_ENCODING"})


class Mount:
    """`prefix`: the address under which the Play is reached, `/designer/play/<id>`. The browser never sees the cookies
    of the pages within, and they never those of the portal around them."""

    def __init__(self, app: Flask, stage: Stage, prefix: str, used: Callable[[], None] = lambda: None) -> None:
        self._used = used
        self._app = app
        self._stage = stage
        self._prefix = prefix
        self._control = Control(app, stage)
        self._jars: dict[str, dict[str, str]] = {}
        self._lock = Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer one request (WSGI, PEP 3333)."""
        self._used()
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith("/-/"):
            return self._control(environ, start)
        key, _, rest = path.removeprefix("/").partition("/")
        try:
            person = self._stage.person(key)
        except NotFound:
            return answer(start, 404, {"error": "nobody"})
        return self._page(person, f"/{rest}", environ, start)

    def _page(self, person: Person, path: str, environ: Environ, start: Start) -> Iterable[bytes]:
        prefix = f"{self._prefix}/{person.key}"
        within = {name: value for name, value in environ.items() if name not in ALONE}
        within |= {"PATH_INFO": path, "HTTP_COOKIE": self._cookies(person), "wsgi.url_scheme": "http"}
        within["HTTP_HOST"] = rewriting.BASE.partition("//")[2]
        if environ.get("HTTP_REFERER"):
            within["HTTP_REFERER"] = rewriting.BASE + path
        if environ.get("HTTP_ORIGIN"):
            within["HTTP_ORIGIN"] = rewriting.BASE
        content, status, headers = run_wsgi_app(self._app, within, buffered=True)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS"):
            self._follow()
        return self._led(person, prefix, status, list(headers), content, start)

    def _led(
        self,
        person: Person,
        prefix: str,
        status: str,
        headers: list[tuple[str, str]],
        content: Iterable[bytes],
        start: Start,
    ) -> Iterable[bytes]:
        """The answer, its links led to this person's pages, its cookies kept in their jar."""
        kept = []
        mime = next((value for name, value in headers if name.lower() == "content-type"), "").partition(";")[0]
        for name, value in headers:
            if name.lower() == "set-cookie":
                self._keep(person, value)
            elif name.lower() in ("location", "content-location"):
                kept.append((name, rewriting.place(value, prefix)))
            elif name.lower() != "content-length":
                kept.append((name, value))
        body = b"".join(content)
        if mime == HTML:
            body = rewriting.page(body.decode("utf-8", "replace"), prefix).encode()
        elif mime == JSON:
            body = rewriting.data(body.decode("utf-8", "replace"), prefix).encode()
        if not status.startswith(("204", "304")):
            kept.append(("Content-Length", str(len(body))))
        start(status, kept)
        return [body]

    def _follow(self) -> None:
        try:
            self._stage.settle(SETTLE)
        except NinteiError:
            return  # the page of the Play tells it

    # Cookies

    def _cookies(self, person: Person) -> str:
        with self._lock:
            jar = self._jars.get(person.key)
        if jar is None:
            jar = self._signed_in(person)
            with self._lock:
                jar = self._jars.setdefault(person.key, jar)
        return "; ".join(f"{name}={value}" for name, value in jar.items())

    def _signed_in(self, person: Person) -> dict[str, str]:
        """The cookies of somebody who has just signed in, or come. The token of forms is in them at once: made by the
        first page, it would be another one in each of those that are asked for at the same time."""
        with self._app.test_request_context("/", base_url=rewriting.BASE):
            self._app.preprocess_request()
            if person.user_id is not None:
                signin.sign_in(person.user_id)
            generate_csrf()
            response = self._app.process_response(self._app.make_response(""))
        jar: dict[str, str] = {}
        for value in response.headers.getlist("Set-Cookie"):
            jar |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        return jar

    def _keep(self, person: Person, header: str) -> None:
        with self._lock:
            jar = self._jars.setdefault(person.key, {})
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0" or morsel["expires"].startswith("Thu, 01 Jan 1970"):
                    jar.pop(name, None)
                else:
                    jar[name] = morsel.value


def answer(start: Start, status: int, said: Any) -> Iterable[bytes]:
    """Answer with a status and JSON."""
    body = json.dumps(said, ensure_ascii=False).encode()
    start(f"{status} -", [("Content-Type", JSON), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
    return [body]
