"""Ask again who it is: before what is grave, whoever is signed in shows once more that it is they, unless they did
lately (NINTEI_CONFIRM_MINUTES). What was sent is carried over, and done when the answer is right.

    @pages.post("/cases/<number>/end")
    @needs(Right.END_CASES)
    @proved
    def end(number: str) -> Any: ...

What only asks is not held up, but where the page itself is grave: `@proved_to_read`. What opens keys, or hands an
account over, asks each time, and by a second factor where the account has one: `@proved_each_time`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import g, jsonify, make_response, redirect, render_template, request, session
from flask_babel import gettext

from app.errors import Refused, TooMany
from app.services.people import inperson
from app.services.signin import codes, passkeys, sessions
from app.states import PasswordUse
from app.web.frame import again, problems
from app.web.frame.asking import asker
from app.web.frame.current import only_asks, portal, signed_in
from app.web.frame.signin import HELD

View = TypeVar("View", bound=Callable[..., Any])

EACH = "each time"
PASSWORD = "prove_password"  # noqa: S105 - the name of a field
ADDRESS = "/prove"
PASSKEY = "prove_credential"
CODE = "prove_code"
PROOFS = frozenset({PASSWORD, PASSKEY, CODE})
OWN = PROOFS | {"csrf_token"}


def proved(view: View) -> View:
    """Changing something by this asks again who it is."""
    view.nintei_proved = "changes"  # type: ignore[attr-defined]  # read by `before`
    return view


def proved_to_read(view: View) -> View:
    """Opening this asks, too."""
    view.nintei_proved = "all"  # type: ignore[attr-defined]  # as above
    return view


def proved_each_time(view: View) -> View:
    """Doing this asks each time, however lately they did; a password alone does not do where there is
    a second factor."""
    view.nintei_proved = EACH  # type: ignore[attr-defined]  # as above
    return view


def before(view: Any) -> Any:
    """Before the view: nothing, or the page that asks."""
    wanted = getattr(view, "nintei_proved", "")
    if not wanted or (wanted != "all" and only_asks()):
        return None
    g.prove_wholly = wanted == EACH
    return ask()


def lately() -> bool:
    """Whether the person showed lately that it is they."""
    proved_at = getattr(g.get("_login_user"), "session_proved", None)
    return sessions.proved_lately(portal().settings, proved_at)


def note() -> None:
    """They have shown it just now; the session's cookie is another one from here on."""
    session[HELD] = sessions.prove(str(session.get(HELD, "")))
    g._login_user.session_proved = datetime.now(UTC)


def ask() -> Any:
    """Nothing where the person showed lately that it is they, or does so with this request; else the page that asks."""
    if lately() and not (wholly() and (has_password() or kinds())):
        return None
    if again.wants_json():
        return jsonify(error=gettext("Confirm that it is you: reload the page.")), 403
    if not PROOFS.intersection(request.form):
        return page()
    return _checked()


def _checked() -> Any:
    try:
        shown()
    except TooMany as held:
        answer = make_response(page(problems.sentence(held), 429))
        answer.headers["Retry-After"] = str(held.params["seconds"])
        return answer
    except Refused as error:
        return page(problems.sentence(error), 422)
    return None


def shown() -> None:
    """The request shows that it is they: by their password, a passkey, or, without a password, a code. Raises Refused,
    TooMany when it does not."""
    who, form = signed_in(), request.form
    if form.get(PASSKEY):
        passkeys.asked(portal(), f"prove {who.user_id}", form[PASSKEY], who.user_id)
    elif form.get(CODE) and asks_code():
        if not codes.right(portal(), who.user_id or 0, form[CODE], asker()):
            raise Refused("The code is not right, or was used already.")
    elif wholly() and kinds():
        raise Refused("Your password alone is not enough for this: use your passkey or the code of your app.")
    elif not inperson.right(portal(), who, form.get(PASSWORD, ""), asker(), PasswordUse.VERIFY):
        raise Refused("The password is incorrect.")
    note()


def wholly() -> bool:
    """Whether this request needs the second factor, where there is one, each time."""
    return bool(g.get("prove_wholly"))


def asks_code() -> bool:
    """Whether a code of the app is taken in the password's place."""
    return "code" in kinds() and (wholly() or not has_password())


def by_password() -> bool:
    """Whether the password is what to ask for: for pages that ask together with what they send."""
    return has_password() and not kinds()


def has_password() -> bool:
    """Whether who asks has a password."""
    return bool(getattr(g.get("_login_user"), "password", None))


def kinds() -> list[str]:
    """The second factors of who asks that serve under this address."""
    found = [each for each in str(getattr(g.get("_login_user"), "factors", "")).split(",") if each]
    return found if passkeys.usable(portal()) else [each for each in found if each != "passkey"]


def local(address: str, otherwise: str = "/account") -> str:
    """The address, if it is a page of this portal (RFC 3986 section 4.2: an absolute path); else another."""
    parts = urlsplit(address)
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain and not parts.netloc and "\\" not in address else otherwise


def page(error: str = "", status: int = 200) -> Any:
    """The page that asks. What was posted goes along in it; files and what is too much cannot."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in OWN]
    too_much = sum(len(name) + len(value) for name, value in typed) > again.MAX_KEPT
    here = request.full_path.rstrip("?")
    own = request.path == ADDRESS
    kept = not only_asks() and not own and not again.files() and not too_much
    back = local(request.values.get("next", "")) if own else here if only_asks() else _came_from()
    return render_template(
        "pages/prove.html", title=gettext("Confirm that it is you"), error=error, kept=typed if kept else None,
        url=here if kept else ADDRESS, back=back, minutes=portal().settings.confirm_minutes,
        once_more=not kept and not only_asks() and not own, kinds=kinds(), wholly=wholly(), asks_code=asks_code(),
        has_password=has_password() and not (wholly() and kinds()),
    ), status  # fmt: skip


def _came_from() -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    return local(f"{parts.path}?{parts.query}" if parts.query else parts.path) if parts.netloc == request.host else "/"


def answered() -> Any:
    """The page of its own: asks, then leads back to what was meant."""
    if only_asks():
        return page()
    refused = _checked()
    return refused if refused is not None else redirect(local(request.form.get("next", "")), 303)
