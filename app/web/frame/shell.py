"""What every page has around it: navigation by role, languages, the body's name, filters and helpers of templates."""

from __future__ import annotations

import hashlib
import logging
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_babel import gettext
from jinja2.filters import do_filesizeformat
from markupsafe import Markup
from werkzeug.security import safe_join

from app.connectors import filters
from app.services.base.actors import Actor
from app.services.base.businessdays import JAPAN
from app.services.companies import company
from app.services.packages import folders
from app.services.pages import attention
from app.services.people import accounts
from app.services.signin import passkeys
from app.states import ACCOUNTS, Right, Side
from app.text.days import input_type, wareki
from app.web.frame import browsers, cookies, current, helping, signin, wording
from app.web.frame.duewords import due_words
from app.web.frame.problems import sentence

log = logging.getLogger("nintei.web")
STATIC = Path(__file__).parents[1] / "static"
DIST = STATIC / "dist"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_stamps: dict[str, str] = {}


def asset(name: str) -> str:
    """The address of a built file, with its digest, so that browsers may keep it."""
    return fixed(f"dist/{name}")


def fixed(filename: str) -> str:
    """The same of any file of the folder `static`."""
    return url_for("static", filename=filename, v=stamp(filename))


def stamp(filename: str) -> str:
    """What names this very content of a file of the folder `static`."""
    known = _stamps.get(filename)
    if known is None:
        path = safe_join(str(STATIC), filename)
        found = path is not None and Path(path).is_file()
        known = hashlib.sha256(Path(str(path)).read_bytes()).hexdigest()[:12] if found else "0"
        _stamps[filename] = known
    return known


def day(value: date | datetime | str | None) -> str:
    """2026年11月22日（日）, or Sun 22 Nov 2026."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        value = value.astimezone(JAPAN).date()
    if current.language() == "en":
        return f"{_DAYS_EN[value.weekday()]} {value.day} {value:%b %Y}"
    return filters.jdate(value)


def read_day(value: date | str) -> str:
    """A day of a calendar as it is read aloud: 12月15日（火）, or Tue 15 December."""
    value = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if current.language() == "en":
        return f"{_DAYS_EN[value.weekday()]} {value.day} {value:%B}"
    return f"{value.month}月{value.day}日（{'月火水木金土日'[value.weekday()]}）"


def short_day(value: date | datetime | None) -> str:
    """11月22日（日）, or 22 Nov; with the year where it is not this one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(JAPAN).date()
    other = value.year != current.portal().today().year
    if current.language() == "en":
        return f"{value.day} {value:%b %Y}" if other else f"{value.day} {value:%b}"
    year = f"{value.year}年" if other else ""
    return f"{year}{value.month}月{value.day}日（{'月火水木金土日'[value.weekday()]}）"


def moment(value: datetime | None) -> str:
    """2026年11月22日（日） 14:05, in Japan."""
    if value is None:
        return ""
    return f"{day(value)} {value.astimezone(JAPAN):%H:%M}"


def size(value: int) -> str:
    """Bytes in words, as forms and scripts write them."""
    return do_filesizeformat(value)


def yen(value: int | None) -> str:
    """12,345円, or ¥12,345."""
    if value is None:
        return ""
    return f"¥{value:,}" if current.language() == "en" else f"{value:,}円"


def lines(text: str) -> Markup:
    """The text with its line ends."""
    return Markup("<br>").join(str(text or "").splitlines())


def web_address(text: object) -> bool:
    """Whether it may be a link: what a vendor typed is not always one."""
    return str(text or "").lower().startswith(("https://", "http://"))


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
            "actor": who,
            "login_url": "/login" if who is None else None,
            "version": version,
            "body": site["body"],
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
