"""The portal and the person of the request at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

from flask import current_app, g, has_request_context, request
from flask_babel import force_locale
from flask_security import current_user

from app.errors import Forbidden, NotFound
from app.services.base import titles
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.people import accounts

LANGUAGES = ("ja", "en")
PLACE = titles.ITEM  # between the parts of a place, too


def portal() -> Portal:
    """The portal that answers this request."""
    return cast("Portal", current_app.extensions["nintei"])


def actor() -> Actor | None:
    """Who asks; none when nobody is signed in."""
    if "actor" not in g:
        g.actor = None
        if current_user and current_user.is_authenticated:
            try:
                who = accounts.actor_of(portal(), int(current_user.id), current_user._get_current_object())
                g.actor = replace(who, language=_asked_for() or who.language)
            except NotFound:
                g.actor = None
    return cast("Actor | None", g.actor)


def signed_in() -> Actor:
    """Who asks; Forbidden when nobody is signed in (the route's rule has seen to it)."""
    found = actor()
    if found is None:
        raise Forbidden("Sign in first")
    return found


def only_asks() -> bool:
    """Whether the request changes nothing (RFC 9110 section 9.2.1): HEAD is answered as GET, less the content."""
    return request.method in {"GET", "HEAD"}


def named(words: str | None) -> str:
    """A title or name of a process package in the reader's language: rows keep it in Japanese."""
    if not words or language() != "en":
        return words or ""
    if "english" not in g:
        g.english = portal().releases.english()
    english = cast("Mapping[str, str]", g.english)
    parts = str(words).split(PLACE)  # a point of a review names the step, then the field
    return PLACE.join(_english(english, part) for part in parts)


def _english(english: Mapping[str, str], part: str) -> str:
    """The words as a whole, else of a paper that is named by what it is and what it is of (控え：書類提出) both, of a
    step that is named with its case (書類提出（2026-0001）) the step."""
    even = " ".join(part.split())
    if (bare := even.strip("→ ")) != even:  # a gateway without a name, by what is around it
        return even.replace(bare, _english(english, bare))
    step, bracket, of_case = even.rpartition("（")
    if bracket and even not in english and step in english:
        return f"{english[step]} ({of_case.removesuffix('）')})"
    kind, colon, of = even.partition("：")
    if even in english or not colon or kind not in english:
        return english.get(even, part)
    return f"{english[kind]}: {english.get(of, of)}"


def language() -> str:
    """The reader's language: asked for, chosen in this browser, the account's, the browser's own, the portal's."""
    if not has_request_context():
        return "ja"
    if "lang" not in g:
        who = actor()
        wanted = _asked_for() or (who.language if who else browsers())
        g.lang = wanted if wanted in LANGUAGES else portal().settings.language
    return cast("str", g.lang)


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """For what is written in a language of its own, whoever asks for it."""
    before, g.lang = language(), lang
    try:
        with force_locale(lang):
            yield
    finally:
        g.lang = before


def browsers() -> str:
    """The language of ours that the browser asks for (Accept-Language, RFC 9110 section 12.5.4); empty when it asks
    for none of them."""
    return request.accept_languages.best_match(LANGUAGES) or ""


def _asked_for() -> str:
    wanted = request.args.get("lang") or request.cookies.get("lang") or ""
    return wanted if wanted in LANGUAGES else ""
