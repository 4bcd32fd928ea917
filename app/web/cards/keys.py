"""Card keys: the masters of the body, and the ceremony in which two people make a new version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext

from app.errors import NinteiError
from app.services.cards import keys
from app.states import Right
from app.web.cards import words
from app.web.frame import problems, sure
from app.web.frame.access import needs
from app.web.frame.current import portal, signed_in
from app.web.frame.proving import by_password, proved, proved_each_time

pages = Blueprint("card_keys", __name__, url_prefix="/cards/keys")


def role_words() -> dict[str, str]:
    """The two masters of a version."""
    return {
        "issuer": gettext("Issuer key (K0): writes and wipes"),
        "reader": gettext("Reader key (K1): reads"),
    }


def act_words() -> dict[str, str]:
    """What was done to keys."""
    return {
        "begun": gettext("First component entered"),
        "completed": gettext("Second component entered: master key created"),
        "abandoned": gettext("Given up"),
        "created": gettext("Key store created"),
        "token_key": gettext("Key generated in the token"),
        "moved": gettext("Moved to another guard"),
    }


def subject_words(subject: str) -> str:
    """What was changed, in words: "issuer v2" as the record has it."""
    role, _, version = subject.partition(" v")
    word = {"issuer": gettext("Issuer key (K0)"), "reader": gettext("Reader key (K1)")}.get(role)
    if not word or not version:
        return subject
    return " ".join((word, gettext("Version %(version)s", version=version)))


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"url": "/cards", "label": gettext("Card desk")}, *more]


@pages.get("")
@needs(Right.SEE_CARD_KEYS)
def show() -> Any:
    """The masters as they stand; never a key."""
    return render_template(
        "pages/desk/card_keys.html", title=gettext("Card keys"), found=keys.page(portal(), signed_in()),
        by_password=by_password(),
        roles=role_words(), acts=act_words(), subject=subject_words, words=words.states(),
        sentence=problems.sentence, crumbs=_crumbs({"label": gettext("Card keys")}),
    )  # fmt: skip


@pages.post("/<int:version>")
@needs(Right.CARD_KEYS)
@proved_each_time
def contribute(version: int) -> Any:
    """Bring one's components: they are shown on this one answer and never again."""
    try:
        shown = keys.contribute(portal(), version, signed_in())
    except NinteiError as error:
        return problems.back(error, "/cards/keys")
    title = gettext("Your components of version %(version)s", version=version)
    return render_template(
        "pages/desk/card_components.html", title=title, shown=shown, roles=role_words(), person=signed_in().name,
        crumbs=_crumbs({"url": "/cards/keys", "label": gettext("Card keys")}, {"label": title}),
    )  # fmt: skip


@pages.post("/<int:version>/abandon")
@needs(Right.CARD_KEYS)
@proved
def abandon(version: int) -> Any:
    """Forget first components whose second never came."""
    asked = sure.ask(
        gettext("Discard version %(version)s?", version=version),
        gettext("What was written down becomes invalid; both components have to be created again."),
        gettext("Discard it"), "/cards/keys",
    )  # fmt: skip
    if asked is not None:
        return asked
    try:
        keys.abandon(portal(), version, signed_in())
    except NinteiError as error:
        return problems.back(error, "/cards/keys")
    flash(gettext("Discarded. The component written down is no longer valid: destroy it."), "success")
    return redirect("/cards/keys", 303)
