"""What every page has around it: navigation by role, languages, the body's name, filters and helpers of templates."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from flask_babel import gettext

from app.services.base.actors import Actor
from app.services.companies import company
from app.services.packages import folders
from app.services.pages import attention
from app.services.people import accounts
from app.services.signin import passkeys
from app.states import ACCOUNTS, Right, Side
from app.text.days import input_type, wareki
from app.web.frame import browsers, cookies, current, helping, kept, signin, wording
from app.web.frame.assets import asset, fixed
from app.web.frame.duewords import due_words
from app.web.frame.problems import sentence
from app.web.frame.written import day, lines, moment, read_day, short_day, size, web_address, yen

log = logging.getLogger("nintei.web")


def remember_language(response: Any) -> Any:
    """`?lang=` is kept in a cookie for a year, and with the account: mails and other browsers follow it."""
    wanted = request.args.get("lang")
    if wanted in current.LANGUAGES and request.endpoint != "static":
        _keep_language(wanted, response)
        cookies.keep(response, "lang", wanted)
    return response


def _keep_language(wanted: str, response: Any) -> None:
    if response.status_code >= HTTPStatus.BAD_REQUEST or (who := current.actor()) is None or who.user_id is None:
        return
    try:
        accounts.set_language(who.user_id, wanted)
    except Exception:  # the page is right without it, and whoever cannot store now is told by what they press next
        log.warning("the language of account %s could not be kept", who.user_id, exc_info=True)


def _languages() -> list[dict[str, Any]]:
    found = []
    for code, label in (("ja", "日本語"), ("en", "English")):
        query = urlencode({**{k: v for k, v in request.args.items() if k != "lang"}, "lang": code})
        found.append({"code": code, "label": label, "url": f"?{query}", "current": code == current.language()})
    return found


def _nav() -> list[dict[str, Any]]:
    who = current.actor()
    here = request.path

    def item(url: str, label: str, count: int | None = None, id_: str = "") -> dict[str, Any]:
        return {
            "url": url,
            "label": label,
            "current": here == url or (url != "/" and here.startswith(url + "/")),
            "count": count,
            "id": id_,
        }

    if who is None:
        return [item("/apply", gettext("Apply")), item("/systems", gettext("Certified systems"))]
    if who.side == Side.VENDOR:
        return [
            item("/tasks", gettext("Home")),
            item("/cases", gettext("Cases")),
            item("/company", gettext("Company and people"), len(company.waiting(who)) or None),
            item("/systems", gettext("Certified systems")),
        ]
    parts = current.portal().releases.spoken().parts
    offered = (
        ("calendars", "/calendar", gettext("Calendar")),
        ("fees", "/payments", gettext("Payments")),
        ("post", "/post", gettext("Post")),
        ("cards", "/cards", gettext("Cards")),
        ("certificate", "/systems", gettext("Certified systems")),
    )
    found = [
        item("/tasks", gettext("Worklist")),
        item("/cases", gettext("Cases")),
        *(item(url, label) for part, url, label in offered if part in parts),
    ]
    waiting = attention.counts(who)
    if who.has(Right.SEE_MAILROOM):
        if waiting.claims:
            found.insert(2, item("/company/claims", gettext("Corporate numbers"), waiting.claims))
        found.insert(2, item("/inbound", gettext("Incoming mail"), waiting.mails or None))
    if who.has(Right.SEE_PORTAL):
        found.insert(0, item("/overview", gettext("Overview")))
    if waiting.troubles or request.path == "/attention":
        found.insert(1, item("/attention", gettext("Needs attention"), waiting.troubles or None))
    if who.has(Right.SEE_DESIGN):
        found.append(item("/designer", gettext("Process design")))
    if who.has(Right.SEE_RECORDS):
        found.append(item("/admin", gettext("Records")))
    return found


def home(who: Actor | None) -> str:
    """Where somebody begins: whoever runs the portal with what needs them, all others at their desk."""
    if who is None:
        return "/"
    return signin.home(who)


def _account() -> dict[str, Any] | None:
    who = current.actor()
    if who is None:
        return None
    items: list[dict[str, Any]] = [{"url": "/account", "label": gettext("Your account"), "post": False}]
    if who.side == Side.OPERATOR:
        if who.has(Right.WORK):
            items.append({"url": "/absences", "label": gettext("Absence and delegates"), "post": False})
        if who.has(Right.SEE_SETTINGS):
            items.append({"url": "/settings", "label": gettext("All settings"), "post": False})
    if who.has(Right.SEE_TRAIL):
        items.append({"url": "/audit", "label": gettext("Audit record"), "post": False})
        items.append({"url": "/sign-ins", "label": gettext("Sign-ins and lock-outs"), "post": False})
    if who.has(Right.EXPORT):
        items.append({"url": "/exports", "label": gettext("Exported files"), "post": False})
    if who.has(Right.SEE_FIGURES):
        items.append({"url": "/figures", "label": gettext("Figures"), "post": False})
    items.append({"url": "/logout", "label": gettext("Sign out"), "post": True})
    names = {role.value: gettext(word) for role, word in ACCOUNTS.items()}
    return {
        "name": who.name,
        "role": (", " if current.language() == "en" else "・").join(
            names[role] for role in sorted(who.roles) if role in names
        ),
        "url": "/account",
        "items": items,
    }


def _phone(site: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Where people call: the number and its hours; empty where the body names none."""
    ask = site["contact"] if site["contact"].get("phone") else site["body"]
    return {"number": ask["phone"], "hours": ask.get("hours", "")} if ask.get("phone") else {}


def _provider() -> str:
    """What the provider at which staff sign in is called; empty where there is none."""
    settings = current.portal().settings
    return (settings.oidc_name or gettext("your organisation's account")) if settings.oidc_issuer else ""


def install(app: Flask, *, version: str) -> None:
    """Register filters and what the layout reads."""
    app.jinja_env.filters.update(
        browser_name=browsers.name,
        day_input=input_type,
        named=current.named,
        day=day,
        short_day=short_day,
        read_day=read_day,
        moment=moment,
        size=size,
        yen=yen,
        wareki=wareki,
    )
    app.jinja_env.globals.update(
        asset=asset,
        fixed=fixed,
        sentence=sentence,
        lines=lines,
        kept_key=kept.key,
        web_address=web_address,
        due_words=due_words,
        Right=Right,
        passkeys_usable=lambda: passkeys.usable(current.portal()),
        provider_name=_provider,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def around() -> dict[str, Any]:
        portal = current.portal()
        who = current.actor()
        site = folders.site(portal, wording.package() if len(portal.releases.spoken().words) > 1 else None)
        terms = site["terms"].get("url", "")
        return {
            "footer": [{"url": terms, "label": gettext("Terms and privacy")}] if terms.startswith("https://") else [],
            "lang": current.language(),
            "languages": _languages(),
            "nav": _nav(),
            "account": _account(),
            "idle_minutes": portal.settings.session_idle_minutes,
            "actor": who,
            "login_url": "/login" if who is None else None,
            "version": version,
            "body": site["body"],
            "phone": _phone(site) if who is None or who.side == Side.VENDOR else {},
            "home_url": home(who),
            "help_url": helping.url(who),
            "demo": {
                "text": gettext("Demo: the names, numbers and fees are samples."),
                "links": [
                    {"url": "/outbox", "label": gettext("Sent mail")},
                    {"url": "/accounts", "label": gettext("Demo accounts")},
                ],
            }
            if portal.settings.demo
            else None,
            "today": portal.today(),
            "csp_nonce": "",
        }
