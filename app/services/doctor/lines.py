"""The lines of the first page: what runs well or does not, since when, and where it is mended.

Each says what another service knows (health, doctor, mails, mailbox, terms); nothing is found out a second time here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.errors import N_, NinteiError
from app.services import doctor
from app.services.base.portal import Portal
from app.services.doctor.finding import BAD, OK, WARNING
from app.services.mailroom import receive
from app.services.pages import health
from app.services.settings import groups
from app.services.trouble import https, mailserver
from app.store import glance, settings, waiting

OLD: Final = timedelta(days=2)  # of a backup: what is worth a warning
VERY_OLD: Final = timedelta(days=8)
SOON: Final = timedelta(days=14)  # of a release: it is shown when it comes into force so soon
LOOKS: Final = ("Signing key", "Secret key", "Card keys", "Clock", "Fonts")  # of the doctor: quick ones


@dataclass(frozen=True, slots=True)
class Line:
    """`topic`, `said`, `cure` are message ids; `since` where it is known; `link` leads to where it is mended."""

    topic: str
    state: str  # ok | warning | bad
    said: str
    params: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    link: str = ""
    cure: str = ""


def of_portal(portal: Portal, up: float) -> list[Line]:
    """All of them; one that cannot be looked at says so and keeps no other away. `up`: seconds since
    this process began."""
    found: list[Line] = []
    for topic, look in _LOOKS.items():
        try:
            with portal.connection():
                found += look(portal, up)
        except Exception as error:
            known = error if isinstance(error, NinteiError) else None
            why = known.message if known is not None else N_("It cannot be looked at just now")
            found.append(Line(topic, BAD, why, known.params if known is not None else {}))
    return found


def _mails(portal: Portal, _up: float) -> Iterator[Line]:
    count, topic = waiting.counts(), N_("Mails")
    if count.mails:
        yield Line(topic, WARNING, N_("%(count)s mails that came in have not been looked at"), {"count": count.mails},
                   glance.oldest_inbound(), "/inbound")  # fmt: skip
    else:
        yield Line(topic, OK, N_("Every mail that came in has been looked at"), link="/inbound")
    if count.undelivered:
        yield Line(topic, BAD, N_("%(count)s mails were not delivered"), {"count": count.undelivered},
                   glance.oldest_undelivered(), "/inbound/undelivered")  # fmt: skip
    else:
        yield Line(topic, OK, N_("No mail has come back"), link="/inbound/undelivered")
    for number, said, link in (
        (count.claims, N_("%(count)s corporate numbers are to be decided on"), "/company/claims"),
        (count.corrections, N_("%(count)s company data corrections are waiting"), "/corrections"),
    ):
        if number:
            yield Line(N_("Requests"), WARNING, said, {"count": number}, link=link)
    del portal


def _mail_server(portal: Portal, _up: float) -> Iterator[Line]:
    topic, away = N_("Mail server"), mailserver.away(portal)
    if away is not None:
        yield Line(topic, BAD, N_("It takes no mails; %(count)s wait and go out by themselves when it answers"),
                   {"count": away.waiting}, away.since, "/attention",
                   N_("Look at NINTEI_MAIL_URL, at the way to that server, and whether it runs; mails wait meanwhile"),
                   )  # fmt: skip
    elif not portal.settings.mail_url and not portal.settings.demo:
        yield Line(topic, WARNING, N_("No mail server is set: mails stay in the portal"),
                   cure=N_("Set NINTEI_MAIL_URL and NINTEI_MAIL_FROM"))  # fmt: skip
    else:
        yield Line(topic, OK, N_("It takes mails"), since=glance.last_sent())


def _mailbox(portal: Portal, _up: float) -> Iterator[Line]:
    topic, trouble = N_("Mailbox"), receive.unreachable(portal)
    if trouble is not None:
        yield Line(topic, BAD, N_("It is out of reach: mails stay there meanwhile"), {}, trouble.since, "/attention",
                   N_("Look at NINTEI_IMAP_URL, at the way to that server, and whether it runs; mails stay there "
                      "meanwhile"))  # fmt: skip
    elif portal.settings.imap_url:
        yield Line(topic, OK, N_("It is read"))
    else:
        yield Line(topic, OK, N_("None is set: answers come through NINTEI_INBOUND_TOKEN, or not at all"))


def _work(portal: Portal, up: float) -> Iterator[Line]:
    found, counts = health.checks(portal, up, ("workers", "jobs")), glance.jobs()
    topic, now = N_("Workers"), portal.now()
    last = found["workers"].get("last_round_seconds")
    since = now - timedelta(seconds=last) if last is not None else None
    if found["workers"]["ok"]:
        yield Line(topic, OK, N_("%(count)s at work"), {"count": found["workers"]["alive"]}, since)
    else:
        yield Line(topic, BAD, N_("No worker has reported lately: mails, papers and dates wait"), {}, since, "",
                   N_("Start the portal (nintei run), or a worker elsewhere (nintei worker)"))  # fmt: skip
    waits = counts.get("queued", 0) + counts.get("running", 0)
    late = int(found["jobs"].get("oldest_due_seconds", 0))
    given = {"count": waits, "failed": counts.get("incident", 0)}
    topic = N_("Jobs")
    if not found["jobs"]["ok"]:
        yield Line(topic, BAD, N_("%(count)s wait, and one has been due for long"), given,
                   now - timedelta(seconds=late), "", N_("Look whether a worker runs"))  # fmt: skip
    else:
        yield Line(topic, OK, N_("%(count)s wait or are being done; %(failed)s failed"), given,
                   now - timedelta(seconds=late) if late else None, "/attention")  # fmt: skip


def _disk(portal: Portal, up: float) -> Iterator[Line]:
    found = health.checks(portal, up, ("disk",))["disk"]
    free = {"free": round(int(found.get("free_mb", 0)) / 1024, 1)}
    if found["ok"]:
        yield Line(N_("Disk"), OK, N_("%(free)s GB are free"), free)
    else:
        yield Line(N_("Disk"), BAD, N_("Only %(free)s GB are free"), free,
                   cure=N_("Make room, or give the data folder a larger disk"))  # fmt: skip


def _backup(portal: Portal, _up: float) -> Iterator[Line]:
    topic, row = N_("Backup"), glance.last_backup()
    cure = N_("Run nintei backup each night and keep it on another machine; see the manual")
    if row is None:
        state = OK if portal.settings.demo else BAD
        yield Line(topic, state, N_("None has been made yet"), cure=cure)
        return
    age = portal.now() - row.at
    facts = {"place": row.place, "size": f"{row.size / 1e6:.1f}", "count": row.damaged}
    if row.damaged:
        yield Line(topic, BAD, N_("%(count)s files were damaged when it was made: %(place)s"), facts, row.at,
                   cure=N_("Copy them from an older backup; nintei doctor --thorough names them"))  # fmt: skip
    state = BAD if age > VERY_OLD else WARNING if age > OLD else OK
    yield Line(topic, state, N_("Made and read again: %(place)s (%(size)s MB)"), facts, row.at,
               cure=cure if state != OK else "")  # fmt: skip


def _releases(portal: Portal, _up: float) -> Iterator[Line]:
    now = portal.now()
    for package, number, at in glance.coming(now):
        if at - now <= SOON:
            facts = {"package": _named(portal, package), "number": number, "at": at}
            yield Line(N_("Releases"), WARNING, N_("Release %(number)s of %(package)s comes into force on %(at)s"),
                       facts, link="/designer")  # fmt: skip


def _second(portal: Portal, _up: float) -> Iterator[Line]:
    topic = N_("Second person")
    for key, title, since in glance.submitted():
        yield Line(topic, WARNING, N_("A draft waits for approval: %(title)s"), {"title": title}, since,
                   f"/designer/w/{key}")  # fmt: skip
    if proposed := settings.waiting():
        yield Line(topic, WARNING, N_("%(count)s changes of settings wait for approval"), {"count": proposed},
                   link="/settings")  # fmt: skip
    for key, package, since in glance.moves_asked():
        yield Line(topic, WARNING, N_("A move of cases waits for approval: %(package)s"),
                   {"package": _named(portal, package)}, since, f"/designer/moves/{key}")  # fmt: skip


def _people(portal: Portal, _up: float) -> Iterator[Line]:
    bare = groups.empty(portal)
    if bare:
        yield Line(N_("Staff"), BAD, N_("Nobody is in %(names)s: the steps of the group wait, and nobody may do them"),
                   {"names": tuple(group.title for group in bare)}, link="/settings/groups",
                   cure=N_("Put somebody into the group at their account"))  # fmt: skip
    names = glance.never_entered()
    if names:
        yield Line(N_("Staff"), WARNING, N_("Invited and not yet signed in: %(names)s"), {"names": tuple(names)},
                   link="/admin/user/")  # fmt: skip
    else:
        yield Line(N_("Staff"), OK, N_("Everybody who was invited has signed in"), link="/admin/user/")


def _factors(portal: Portal, _up: float) -> Iterator[Line]:
    names, wanted = glance.without_factor(), portal.settings.staff_second_factor
    topic = N_("Second factor")
    if names:
        said, facts = N_("%(count)s of the staff sign in by the password alone: %(names)s"), {"count": len(names)}
        yield Line(topic, WARNING if wanted else OK, said, {**facts, "names": tuple(names)}, link="/admin/user/")
    else:
        yield Line(topic, OK, N_("Everybody of the staff has one"), link="/admin/user/")


def _keys(portal: Portal, _up: float) -> Iterator[Line]:
    for each in doctor.examine(portal, only=LOOKS):
        yield Line(each.topic, each.state, each.said, each.params, cure=each.cure)


def _certificate(portal: Portal, _up: float) -> Iterator[Line]:
    if not https.watched(portal):
        return
    topic, seen = N_("TLS certificate"), https.last()
    if seen is None:
        yield Line(topic, OK, N_("It is checked within a few minutes"))
        return
    facts: dict[str, Any] = {"address": portal.settings.base_url, "why": seen.wrong, "at": seen.ends}
    cure = N_("Renew it where HTTPS terminates: on the proxy or its service")
    if seen.ends is None:
        cure = N_("Check that this server can reach the address; set NINTEI_WATCH_CERTIFICATE=no if it never can")
        yield Line(topic, WARNING, N_("%(address)s could not be checked: %(why)s"), facts, seen.at, cure=cure)
    elif seen.ends <= portal.now():
        yield Line(topic, BAD, N_("It expired on %(at)s: browsers refuse %(address)s"), facts, seen.at, cure=cure)
    elif seen.wrong:
        yield Line(topic, BAD, N_("Browsers reject the certificate of %(address)s: %(why)s"), facts, seen.at, cure=cure)
    elif seen.ends <= portal.now() + https.SOON:
        yield Line(topic, WARNING, N_("It expires on %(at)s and has not been renewed"), facts, seen.at, cure=cure)
    else:
        yield Line(topic, OK, N_("Valid until %(at)s"), facts, seen.at)


def _named(portal: Portal, package: str) -> str:
    try:
        return portal.releases.current(package).package.title
    except NinteiError:
        return package


_LOOKS: Final[Mapping[str, Callable[[Portal, float], Iterator[Line]]]] = {
    N_("Mails"): _mails,
    N_("Mail server"): _mail_server,
    N_("Mailbox"): _mailbox,
    N_("Jobs"): _work,
    N_("Disk"): _disk,
    N_("Backup"): _backup,
    N_("Releases"): _releases,
    N_("Second person"): _second,
    N_("Staff"): _people,
    N_("Second factor"): _factors,
    N_("TLS certificate"): _certificate,
    N_("Keys"): _keys,
}
