"""One's own mail address: a vendor's person changes it, proved by a link to the new one; the old one is told.

Nothing changes before the link is used, and nothing of it is in the database: the link holds whom it is for, and is
worth nothing once the account has another address or password.
"""

from __future__ import annotations

from app.errors import N_, Forbidden, Refused
from app.services.base import finding, history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.companies import access
from app.services.mails import links, portalmails
from app.services.mails.portalmails import Wording
from app.services.signin import users
from app.states import ChangeKind, EntryKind, Right, Side
from app.store import accounts, cases, changes, database
from app.store.models import User
from app.text import address

HOURS = 24
LINK = (
    N_("Confirm your new mail address"),
    N_(
        "Somebody, probably you, wants to use this mail address for the account %(old)s.\n\n"
        "[Confirm the address](%%(url)s)\n\nThe link holds for %(hours)s hours. If it was not you, throw this mail "
        "away: nothing changes."
    ),
)
CHANGED = (
    N_("The mail address of your account was changed"),
    N_(
        "Your account now has the address %(new)s: mails go there, and one signs in with it. "
        "If it was not you, call us at once.\n\n%%(url)s"
    ),
)


def ask(portal: Portal, actor: Actor, email: str) -> str:
    """Send the link to the new address; gives that. Raises Refused (no address, somebody's), Forbidden for staff, whose
    addresses an administrator mends. That it is they who ask was seen before."""
    if actor.side != Side.VENDOR:
        raise Forbidden("An administrator changes the addresses of staff")
    actor.require(Right.COMPANY)
    new = address.required(email)
    now = portal.now()
    with database.transaction():
        user = users.known(actor.user_id)
        if new == user.email:
            raise Refused("This is your address already")
        say = portal.say(user.language)
        # Whether the address has an account is not told to whoever asks: that mail goes to nobody.
        to = "" if accounts.by_email(new) is not None else new
        text = say(LINK[1]) % {"old": user.email, "hours": HOURS}
        link = {"address": user.id, "new": new, "hours": HOURS}
        key = f"address:{user.id}:{now:%Y%m%d%H%M%S%f}"
        portalmails.queue(portal, key, "address-confirm", to, Wording(say(LINK[0]), text), link)
    portal.poke()
    return new


def look(portal: Portal, token: str) -> tuple[str, str]:
    """(old, new) of a link that may be used. Raises NotFound, Refused (too old, used, the address is somebody's)."""
    with database.connection():
        user, new = _meant(portal, token)
        return user.email, new


def confirm(portal: Portal, token: str) -> str:
    """The account has the new address from now on; its open cases, too, where it was the contact. Gives it."""
    now = portal.now()
    with database.transaction():
        user, new = _meant(portal, token)
        old = user.email
        actor = Actor(user.id, user.name or old, Side.VENDOR)
        kind = ChangeKind.ACCOUNT
        changes.add(now, user.id, actor.name, kind, new, "email", old, new, key=user.id, side=user.side)
        user.email, user.update_datetime = new, now
        user.save()
        access.shut_out(user)
        for each in cases.open_of_contact(old):
            row = cases.lock(each.id)
            row.email = new
            cases.keep_contact(row)
            finding.keep(row, portal.releases.loaded(row.release_id))
            history.note(row.id, now, EntryKind.ADDRESS, by=actor, title=f"{old} → {new}")
        say = portal.say(user.language)
        wording = Wording(say(CHANGED[0]), say(CHANGED[1]) % {"new": new})
        portalmails.queue(portal, f"address-changed:{user.id}:{now:%Y%m%d%H%M%S%f}", "address-changed", old, wording)
    portal.poke()
    return new


def _meant(portal: Portal, token: str) -> tuple[User, str]:
    user_id, old, new, until, state = links.read(portal, links.ADDRESS, token)
    user = accounts.user(int(user_id))
    if user is None or not user.active or user.email != old or links.state(user) != state:
        raise Refused("This link has been used already, or the account has changed since")
    if portal.now().timestamp() > until:
        raise Refused("This link is too old; ask for a new one on the page of your account")
    if accounts.hold(str(new)) is not None:
        raise Refused("An account of %(email)s exists already", email=new)
    return user, str(new)
