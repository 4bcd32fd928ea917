"""Looks at what the portal works with: mail, mailbox, workers, clock, fonts, card reader."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import hardware
from app.connectors import inbox, mailserver
from app.connectors import mail as smtp
from app.errors import N_
from app.services.cards import plan
from app.services.doctor.finding import BAD, OK, WARNING, Finding, Patient
from app.services.pages import health
from app.services.trouble import https
from app.store import soundness
from config import plain
from config.components import FRAME, RENEWED
from hardware import pcsc

AHEAD: Final = timedelta(minutes=5)  # what clocks of one installation may differ by
FONTS: Final = tuple(
    f"{family}-{weight}.ttf"
    for family in ("BIZUDGothic", "BIZUDMincho", "NotoSansJP", "NotoSerifJP")
    for weight in ("Regular", "Bold")
)


def mail(patient: Patient, topic: str) -> Iterator[Finding]:
    """The mail server answers; nothing is sent."""
    server = mailserver.server(patient.settings.mail_url)
    if server is None:
        if patient.settings.demo:
            yield Finding(topic, OK, N_("No mail server is set: mails stay in the portal"))
        else:
            yield Finding(
                topic,
                WARNING,
                N_("No mail server is set: mails stay in the portal"),
                cure=N_("Set NINTEI_MAIL_URL and NINTEI_MAIL_FROM"),
            )
        return
    smtp.reach(server)
    yield Finding(topic, OK, N_("%(server)s answers (nothing was sent)"), {"server": f"{server.host}:{server.port}"})


def mailbox(patient: Patient, topic: str) -> Iterator[Finding]:
    """The mailbox of answers can be opened."""
    if not patient.settings.imap_url:
        yield Finding(topic, OK, N_("None is set: answers come through NINTEI_INBOUND_TOKEN, or not at all"))
        return
    mailbox = mailserver.mailbox(patient.settings.imap_url)
    inbox.Inbox(mailbox, 0).reach()
    yield Finding(topic, OK, N_("%(server)s answers"), {"server": f"{mailbox.host}:{mailbox.port}"})


def workers(patient: Patient, topic: str) -> Iterator[Finding]:
    """Workers report, and nothing waits for long."""
    found = health.checks(patient.portal, math.inf, ("workers", "jobs"))
    if not found["workers"]["ok"]:
        yield Finding(
            topic,
            WARNING,
            N_("No worker has reported lately: mails, papers and dates wait"),
            cure=N_("Start the portal (nintei run), or a worker elsewhere (nintei worker)"),
        )
        return  # what waits meanwhile is no news: the portal may have been stopped on purpose
    seconds = found["workers"].get("last_round_seconds")
    yield Finding(topic, OK, N_("The last round was %(seconds)s seconds ago"), {"seconds": seconds})
    if not found["jobs"]["ok"]:
        yield Finding(
            topic,
            BAD,
            N_("Something has been due for %(minutes)s minutes and nobody does it"),
            {"minutes": int(found["jobs"].get("oldest_due_seconds", 0)) // 60},
            N_("Start the portal (nintei run), or a worker elsewhere (nintei worker)"),
        )


def incidents(_patient: Patient, topic: str) -> Iterator[Finding]:
    """What needs a person."""
    count = soundness.incidents()
    if count:
        yield Finding(
            topic,
            WARNING,
            N_("%(count)s things could not be done and wait for a person"),
            {"count": count},
            N_("Look at them in the cases that need attention, and try them again there"),
        )
    else:
        yield Finding(topic, OK, N_("Nothing waits for a person"))


def clock(patient: Patient, topic: str) -> Iterator[Finding]:
    """Time does not run backwards."""
    newest, now = soundness.newest_moment(), patient.portal.now()
    if newest is not None and newest > now + AHEAD:
        yield Finding(
            topic,
            BAD,
            N_("The clock is behind: something was noted at %(newest)s, and it is %(now)s here"),
            {"newest": newest.isoformat(timespec="seconds"), "now": now.isoformat(timespec="seconds")},
            N_("Set the clock of this machine (timedatectl), and NINTEI_CLOCK_FILE for trials alone"),
        )
    elif patient.settings.clock_file and not patient.settings.demo:
        yield Finding(
            topic, WARNING, N_("Time comes from NINTEI_CLOCK_FILE"), cure=N_("Unset it: it is for trials alone")
        )
    else:
        yield Finding(topic, OK, N_("It is %(now)s"), {"now": now.isoformat(timespec="seconds")})


def certificate(patient: Patient, topic: str) -> Iterator[Finding]:
    """Browsers take the certificate of the portal's own address."""
    if not https.watched(patient.portal):
        yield Finding(topic, OK, N_("Not checked: the address is not HTTPS, or NINTEI_WATCH_CERTIFICATE is no"))
        return
    seen = https.again(patient.portal)
    facts = {
        "address": patient.settings.base_url,
        "why": seen.wrong,
        "day": seen.ends.date().isoformat() if seen.ends else "",
    }
    cure = N_("Renew it where HTTPS terminates: on the proxy or its service")
    if seen.ends is None:
        yield Finding(topic, WARNING, N_("%(address)s could not be checked: %(why)s"), facts, cure)
    elif seen.wrong:
        yield Finding(topic, BAD, N_("Browsers reject the certificate of %(address)s: %(why)s"), facts, cure)
    elif seen.ends <= patient.portal.now() + https.SOON:
        yield Finding(topic, WARNING, N_("It expires on %(day)s and has not been renewed"), facts, cure)
    else:
        yield Finding(topic, OK, N_("Valid until %(day)s"), facts)


def connections(patient: Patient, topic: str) -> Iterator[Finding]:
    """What is said to other machines is said over TLS."""
    names = [f"NINTEI_{name.upper()}" for name in plain.settings(vars(patient.settings))]
    if names and not patient.settings.demo:
        yield Finding(
            topic,
            WARNING,
            N_("%(settings)s: another machine is reached without TLS"),
            {"settings": ", ".join(names)},
            N_("Use addresses with TLS; NINTEI_TLS_ONLY=yes then keeps it so"),
        )
    else:
        yield Finding(topic, OK, N_("No other machine is reached without TLS"))


def components(patient: Patient, topic: str) -> Iterator[Finding]:
    """The libraries are not older than they may be."""
    facts = {"day": RENEWED.isoformat(), "days": FRAME}
    if (patient.portal.today() - RENEWED).days > FRAME:
        yield Finding(
            topic,
            WARNING,
            N_("The libraries were last renewed on %(day)s, which is more than %(days)s days ago"),
            facts,
            N_("Put a newer release of Nintei in place"),
        )
    else:
        yield Finding(topic, OK, N_("Last renewed on %(day)s"), facts)


def fonts(patient: Patient, topic: str) -> Iterator[Finding]:
    """What papers are set in."""
    missing = [name for name in FONTS if not (patient.portal.fonts / name).is_file()]
    if missing:
        yield Finding(
            topic,
            BAD,
            N_("Fonts for papers are missing: %(names)s"),
            {"names": ", ".join(missing)},
            N_("Build the front end (make install), or install the portal anew"),
        )
    else:
        yield Finding(topic, OK, N_("The fonts for papers are there"))


def reader(patient: Patient, topic: str) -> Iterator[Finding]:
    """Whether the card reader can be reached."""
    wanted = patient.settings.card_reader
    if wanted == "virtual":
        yield Finding(topic, OK, N_("Virtual cards; no reader is used"))
    elif wanted == plan.AGENT:
        yield Finding(topic, OK, N_("Cards are made at desks with an agent"))
    else:
        try:
            yield Finding(topic, OK, N_("%(reader)s is connected"), {"reader": pcsc.only_reader(wanted)})
        except hardware.CardError as error:
            yield Finding(
                topic,
                BAD,
                N_("The card reader cannot be used: %(why)s"),
                {"why": str(error)},
                N_(
                    "Plug it in, see that pcscd runs, and compare NINTEI_CARD_READER with what nintei card "
                    "readers shows"
                ),
            )
