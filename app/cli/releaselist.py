"""The releases of process packages in words: what is in force, since when, by whom and why, and what runs on it."""

from __future__ import annotations

from datetime import datetime

import click

from app.cli.language import Speaker
from app.errors import N_
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.packages import termviews
from app.services.packages.termviews import PackageView, ReleaseView, TermView

SHOWN = 12  # characters of a digest


def listing(portal: Portal, package_id: str, say: Speaker) -> None:
    """Print the releases of one package, or of all."""
    say = say.of(portal.releases.english())
    wanted = [package_id] if package_id else termviews.package_ids(portal)
    if not wanted:
        click.echo(say(N_("Nothing is released yet")))
    for place, each in enumerate(wanted):
        if place:
            click.echo()
        _package(termviews.history(portal, each), say)


def _package(package: PackageView, say: Speaker) -> None:
    click.echo(f"{say.words(package.title)} ({package.package_id})")
    for each in package.releases:
        mark = "*" if package.current is not None and package.current.number == each.number else " "
        facts = {"number": each.number, "digest": each.digest[:SHOWN], "cases": each.cases}
        click.echo(f"{mark} " + say(N_("number %(number)s  %(digest)s  running cases: %(cases)s"), **facts))
        if say.words(each.title) != say.words(package.title):
            click.echo(f"      {say.words(each.title)}")
        for term in each.terms:
            click.echo(f"      {_term(term, say)}")
        if not each.terms:
            click.echo(f"      {_stored(each, say)}")


def _term(term: TermView, say: Speaker) -> str:
    states = {
        "in_force": N_("in force since %(from)s"),
        "planned": N_("planned from %(from)s"),
        "ended": N_("was in force from %(from)s"),
        "stopped": N_("from %(from)s, taken back %(stopped)s by %(by)s"),
    }
    stopped = when(term.stopped_at) if term.stopped_at else ""
    parts = [say(states[term.state], **{"from": when(term.from_at), "stopped": stopped, "by": term.stopped_by})]
    sources = {
        "folder": "from the folder",
        "import": "imported",
        "restore": "restored",
        "designer": "from the designer",
        "bootstrap": "first start",
    }
    parts.append(
        say(N_("%(by)s, %(source)s"), by=term.by or "?", source=say.words(sources.get(term.source, term.source)))
    )
    if term.approved_by:
        parts.append(say(N_("approved by %(by)s"), by=term.approved_by))
    parts += [note for note in (term.note, term.stopped_why) if note]
    return "  ".join(parts)


def _stored(each: ReleaseView, say: Speaker) -> str:
    return say(N_("kept %(at)s by %(by)s, never in force"), at=when(each.stored_at), by=each.stored_by or "?")


def when(moment: datetime) -> str:
    """2026-12-15 09:00, in Japan."""
    return f"{moment.astimezone(JAPAN):%Y-%m-%d %H:%M}"
