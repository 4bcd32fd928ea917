"""The portal's sentences in the words of the package whose page is shown (app.text.roles has the places)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import Flask, g, has_request_context, request, session
from flask_babel import Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from app.catalogue import Package
from app.services.packages import words
from app.text import roles
from app.web.frame import current

log = logging.getLogger("nintei.wording")
_CERTIFICATES = frozenset({"register"})  # blueprints whose `number` is that of a certificate


class _Spoken:
    """Translations whose places are filled."""

    def __init__(self, here: Any, japanese: Any, lang: str) -> None:
        self._here, self._japanese, self._lang = here, japanese, lang

    def ugettext(self, message: str) -> str:
        text: str = self._here.ugettext(message)
        if self._lang != "en" and "{" not in text:  # nearly every word of a page
            return text
        return self._put(text, lambda: self._japanese.ugettext(message))

    def ungettext(self, one: str, many: str, number: int) -> str:
        text = str(self._here.ungettext(one, many, number))
        return self._put(text, lambda: self._japanese.ungettext(one, many, number))

    def upgettext(self, context: str, message: str) -> str:
        return str(self._here.upgettext(context, message))

    def unpgettext(self, context: str, one: str, many: str, number: int) -> str:
        return str(self._here.unpgettext(context, one, many, number))

    def _put(self, text: str, japanese: Callable[[], str]) -> str:
        if self._lang != "en":
            return roles.filled(text, self._words()) if "{" in text else text
        marked = str(japanese())
        return roles.in_english(text, marked, self._words())

    def _words(self) -> Mapping[str, str]:
        said = _said()
        neutral = {name: str(self._here.ugettext(word)) for name, word in roles.NEUTRAL.items()}
        return neutral | {name: word.named(self._lang) for name, word in said.items()}


class Worded(Domain):
    """The catalogue, spoken in the words of a package."""

    def get_translations(self) -> Any:
        """As Flask-Babel asks for it, at every word of a page, which has hundreds: kept beside the page's locale."""
        context = g.get("_flask_babel")  # Flask-Babel's
        kept, locale = getattr(context, "spoken", None), getattr(context, "babel_locale", None)
        if kept is not None and kept[0] is locale:
            return kept[1]
        locale = get_locale()
        lang = str(locale or "ja")
        key = ("spoken", lang)
        if key not in self.cache:
            found = super().get_translations()
            self.cache[key] = _Spoken(found, self._japanese() if lang == "en" else found, lang)
        if locale is not None:
            g._flask_babel.spoken = (locale, self.cache[key])
        return self.cache[key]

    def _japanese(self) -> Any:
        with current.speaking("ja"):
            return super().get_translations()


def _said() -> Mapping[str, Any]:
    """Looked up once a request."""
    if "words" not in g:
        g.words = {}  # what is looked up speaks too, when it fails
        asked = has_request_context()
        shown, who = (place(), current.actor()) if asked else (words.Place(), None)
        try:
            g.words = words.spoken(current.portal(), shown, who)
        except Exception:  # the page that says that nothing works needs no words of a package
            log.debug("no words of a package", exc_info=True)
    return cast("Mapping[str, Any]", g.words)


def package() -> Package | None:
    """The package of what the page shows; none where there is no one. Looked up once a request."""
    if "package" not in g:
        g.package = words.package_of(current.portal(), place(), current.actor()) if has_request_context() else None
    return cast("Package | None", g.package)


def place() -> words.Place:
    """What the address names."""
    arguments = {name: str(value) for name, value in (request.view_args or {}).items()}
    number, listed = arguments.get("number", ""), request.blueprint in _CERTIFICATES
    return words.Place(
        case="" if listed else number,
        task=arguments.get("task_id", ""),
        certificate=number if listed else "",
        package=arguments.get("package_id", "") or _applied(),
        token=arguments.get("token", "") if request.endpoint == "public.enter" else "",
    )


def _applied() -> str:
    """What somebody has just applied for, on the page that says so."""
    said: Mapping[str, Any] = session.get("applied", {}) if request.endpoint == "public.applied" else {}
    return str(said.get("package", ""))


def install(app: Flask) -> None:
    """Have every page speak so."""
    babel = app.extensions["babel"].instance
    domain = babel.domain_instance = Worded()
    # As Flask-Babel installs them, without asking anew whose domain it is.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # by jinja2.ext.i18n
        gettext=lambda text: domain.get_translations().ugettext(text),
        ngettext=lambda one, many, number: domain.get_translations().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: domain.get_translations().upgettext(context, text),
        npgettext=lambda context, one, many, number: domain.get_translations().unpgettext(context, one, many, number),
    )

    @pass_eval_context
    def word(evaluated: EvalContext, message: str, **variables: Any) -> str:
        text = domain.get_translations().ugettext(message)
        return (Markup(text) if evaluated.autoescape else text) % variables  # noqa: S704 - words of our catalogue

    # What Jinja2's own `_` does, without the two calls through the context in which it looks for `gettext`.
    app.jinja_env.globals["_"] = word
