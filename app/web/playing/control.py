"""What moves a Play: its state, its clock, walks by themselves, the path that is kept. JSON, for the page around it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from flask import Flask
from flask_babel import force_locale, gettext

from app.errors import BadPackage, NinteiError, Refused
from app.services.base.businessdays import JAPAN, today
from app.services.plays import views
from app.services.plays.stage import Stage
from app.web.frame.current import named
from app.web.frame.problems import sentence

MOST = 64 * 1024  # bytes of a request
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class Control:
    """A small WSGI application. Every POST answers with the state that follows; an error as {error: words}."""

    def __init__(self, app: Flask, stage: Stage) -> None:
        self._app = app
        self._stage = stage
        self._acts: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Any]] = {
            ("GET", "state"): lambda _: self.state(),
            ("POST", "clock"): self._clock,
            ("POST", "walk"): self._walk,
            ("POST", "keep"): self._keep,
        }

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """One request of the page around the Play."""
        act = self._acts.get((environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/-/")))
        language = "en" if environ.get("HTTP_ACCEPT_LANGUAGE", "").startswith("en") else "ja"
        with self._app.test_request_context("/", headers={"Accept-Language": language}), force_locale(language):
            status, said = (404, {}) if act is None else self._answer(act, environ)
        body = json.dumps(said, ensure_ascii=False, default=_plain).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start(f"{status} {'OK' if status == 200 else 'Not done'}", headers)
        return [body]

    def _answer(self, act: Callable[[Mapping[str, Any]], Any], environ: Mapping[str, Any]) -> tuple[int, Any]:
        try:
            return 200, act(_asked(environ))
        except BadPackage as error:
            return 422, {"error": "\n".join(problem.said(gettext) for problem in error.problems)}
        except NinteiError as error:
            return 409, {"error": sentence(error)}

    def state(self) -> dict[str, Any]:
        """Where the Play stands."""
        found = views.state(self._stage)
        for each in found["arrived"]:
            each["title"] = sentence(each.pop("error")) if "error" in each else named(each["title"])
        for step in chain(*(case["open"] for case in found["cases"]), *(walk["steps"] for walk in found["walks"])):
            step["title"] = named(step["title"])
        return found

    def _clock(self, asked: Mapping[str, Any]) -> Any:
        now = self._stage.portal.now()
        wanted = str(asked.get("by", ""))
        if wanted == "next":
            until = self._stage.next_due()
            if until is None:
                raise Refused("Nothing happens by itself: everything waits for people")
        elif wanted in STEPS:
            until = now + STEPS[wanted]
        else:
            until = _morning(str(asked.get("to", "")), today(now))
        self._stage.advance(until)
        return self.state()

    def _walk(self, asked: Mapping[str, Any]) -> Any:
        number = self._stage.walk(str(asked.get("scenario", "")), str(asked.get("until", "")))
        return {**self.state(), "walked": number}

    def _keep(self, asked: Mapping[str, Any]) -> Any:
        loaded = self._stage.loaded()
        kept = self._stage.recorder.keep(loaded, str(asked.get("case", "")), str(asked.get("title", "")))
        said = kept.problem.said(gettext) if kept.problem else ""
        return {"text": base64.b64encode(kept.text).decode(), "steps": kept.steps, "problem": said}


def _asked(environ: Mapping[str, Any]) -> Mapping[str, Any]:
    if environ["REQUEST_METHOD"] != "POST":
        return {}
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MOST:
        raise Refused("This is too much at once")
    try:
        said = json.loads(environ["wsgi.input"].read(length) or b"{}")
    except ValueError as error:
        raise Refused("This is no JSON") from error
    return said if isinstance(said, dict) else {}


def _morning(text: str, now: date) -> datetime:
    """9:00 in Japan of the day that was asked for. Raises Refused."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refused("This is no day") from error
    if day <= now:
        raise Refused("The clock of a Play is put forward, never back")
    return datetime.combine(day, time(9, 0), JAPAN)


def _plain(value: Any) -> Any:
    return str(value)
