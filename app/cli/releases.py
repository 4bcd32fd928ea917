"""`nintei release` and `nintei releases`: which content of a package new cases start on, and who chose it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time
from pathlib import Path

import click

from app.cli.language import Speaker, lang_option, speaker
from app.cli.packages import path_of, tell
from app.cli.releaselist import listing, when
from app.cli.wiring import Wiring
from app.errors import N_, BadPackage, Refused
from app.services.base.businessdays import JAPAN
from app.services.base.portal import Portal
from app.services.packages import folders, terms, termviews
from app.services.packages.terms import Act, Done
from app.text.days import parse_date, parse_datetime
from config.machine import terminal_user

wired = click.make_pass_decorator(Wiring)


class Moment(click.ParamType[datetime]):
    """A day, or a day with a time, in Japan, as pages and letters write it too; with an offset also elsewhere."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The typed moment, aware of its zone."""
        found = _typed(str(value))
        if found is None:
            self.fail(
                speaker()(N_("“%(value)s” is no moment: write 2026-12-15 or 2026-12-15T09:00"), value=value), param, ctx
            )
        return found if found.tzinfo else found.replace(tzinfo=JAPAN)


def _typed(value: str) -> datetime | None:
    """ISO 8601, or as people write it; none when it is neither."""
    with suppress(ValueError):
        return datetime.fromisoformat(value)
    moment = parse_datetime(value)
    if moment is not None:
        return moment
    day = parse_date(value)
    return datetime.combine(day, time()) if day is not None else None


MOMENT = Moment()


@click.command()
@click.argument("what", metavar="[FOLDER|PACKAGE]", required=False)
@click.option("--restore", type=int, metavar="N", help="Put number N in force again.")
@click.option("--stop", type=int, metavar="N", help="Take number N back: planned or in force; the one before holds.")
@click.option("--list", "listed", is_flag=True, help="As `nintei releases`.")
@click.option("--from", "from_at", type=MOMENT, help="From then on (in Japan): 2026-12-15 or 2026-12-15T09:00.")
@click.option("--note", default="", help="Why, for the record.")
@click.option("--by", default="", help="Who, for the record; else the account that you are signed in with here.")
@click.option("--approved-by", default="", help="Who else has looked at it and approves; only a demo does without.")
@lang_option
@wired
def release(
    wiring: Wiring,
    what: str | None,
    restore: int | None,
    stop: int | None,
    listed: bool,
    from_at: datetime | None,
    note: str,
    by: str,
    approved_by: str,
) -> None:
    """Put a process package in force: new cases start on it, running ones stay where they are.

    \b
    nintei release bpmn/x                   what lies in the folder, at once
    nintei release bpmn/x --from 2026-12-15 from that day on
    nintei release --restore 3              number 3 again
    nintei release --stop 4                 take number 4 back, planned or in force

    Outside a demo, --approved-by says who else has looked at it. Its check and all its scenarios are run before, and
    what they say against it refuses it. Content that was released before is not stored again: it is put in force again,
    under its number. Running portals need no restart.
    """
    say = speaker(wiring.language())
    portal = wiring.portal()
    if sum((restore is not None, stop is not None, listed)) > 1:
        raise Refused("Choose one of --restore, --stop and --list")
    source = terms.FOLDER if restore is None else terms.RESTORE
    act = Act(by or terminal_user(), note, source, from_at, approved_by.strip())
    if listed:
        listing(portal, package_id(portal, what) if what else "", say)
    elif stop is not None:
        if from_at is not None:
            raise Refused("--stop holds at once: leave --from out")
        _stop(portal, package_id(portal, what), stop, act, say)
    elif restore is not None:
        approved(portal, act)
        _restore(portal, package_id(portal, what), restore, act, say)
    elif what is None:
        raise Refused("Say which folder to release, for instance: nintei release %(folder)s", folder=_example(portal))
    else:
        approved(portal, act)
        _release(portal, Path(what), act, say)


@click.command()
@click.argument("package", required=False)
@lang_option
@wired
def releases(wiring: Wiring, package: str | None) -> None:
    """The releases of every process package, or of PACKAGE: which is in force since when, by whom and why, and how many
    cases run on each."""
    portal = wiring.portal()
    listing(portal, package_id(portal, package) if package else "", speaker(wiring.language()))


def _release(portal: Portal, folder: Path, act: Act, say: Speaker) -> None:
    if not folder.is_dir():
        raise Refused("There is no folder %(folder)s", folder=str(folder))
    package = folders.read(folder)
    say = say.of(package.english)
    try:
        folders.require_alone(folder, package)
        done = terms.release(portal, package, act)
    except BadPackage as error:
        tell(folder.resolve().name, error.problems, say)
        raise Refused("Not released; nothing was changed") from error
    tell_done(done, say)


def approved(portal: Portal, act: Act) -> None:
    """Raises Refused where nobody else approves what new cases are to start on."""
    if portal.settings.demo or portal.settings.single_approval:
        return
    if not act.approved_by:
        raise Refused("Say who else has looked at it and approves: --approved-by NAME")
    if act.approved_by == act.by:
        raise Refused("Somebody else has to approve: --approved-by names who releases it")


def _restore(portal: Portal, package: str, number: int, act: Act, say: Speaker) -> None:
    done = terms.restore(portal, package, number, act)
    say = say.of(portal.releases.english())
    for problem in done.findings:
        click.echo(f"  {say.words(problem.severity)}: {problem.said(say.words)}")
    tell_done(done, say)


def tell_done(done: Done, say: Speaker) -> None:
    """Print what came of a release or a restore."""
    facts = {"package": say.words(done.title), "number": done.number, "from": when(done.term.from_at)}
    if not done.changed and done.term.state == "planned":
        click.echo(
            say(N_("%(package)s: number %(number)s is planned from %(from)s already; nothing was changed"), **facts)
        )
    elif not done.changed:
        click.echo(
            say(
                N_("%(package)s: this is number %(number)s, in force since %(from)s already; nothing was changed"),
                **facts,
            )
        )
    elif done.term.state == "planned":
        click.echo(say(N_("%(package)s: number %(number)s holds from %(from)s on"), **facts))
        if done.before is not None:
            click.echo("  " + say(N_("Until then number %(number)s holds."), number=done.before))
    elif not done.again:
        click.echo(say(N_("%(package)s: released as number %(number)s; new cases start on it"), **facts))
    else:
        click.echo(say(N_("%(package)s: number %(number)s is in force again; new cases start on it"), **facts))
    if done.changed and done.cases:
        click.echo("  " + say(N_("Running cases stay with their releases: %(count)s"), count=done.cases))
    for each in done.next if done.changed else ():
        facts = {"number": each.number, "from": when(each.from_at)}
        click.echo("  " + say(N_("Planned besides: number %(number)s from %(from)s"), **facts))


def _stop(portal: Portal, package: str, number: int, act: Act, say: Speaker) -> None:
    stopped, holds = terms.stop(portal, package, number, act.by, act.note)
    if stopped.from_at > portal.now():
        click.echo(
            say(N_("Number %(number)s will not hold from %(from)s"), number=number, **{"from": when(stopped.from_at)})
        )
    else:
        click.echo(say(N_("Number %(number)s holds no more"), number=number))
    if holds is not None:
        click.echo("  " + say(N_("In force: number %(number)s"), number=holds.number))


def package_id(portal: Portal, what: str | None) -> str:
    """The id of a package that is named by its id, by its folder, or not at all where there is one."""
    known = termviews.package_ids(portal)
    if what is None:
        if len(known) == 1:
            return known[0]
        raise Refused("Say which package; there are: %(known)s", known=tuple(known))
    if what in known:
        return what
    for folder in (Path(what), portal.settings.packages_dir / what):
        if (folder / "package.toml").is_file():
            found = folders.read(folder).id
            if found in known:
                return found
    raise Refused("There is no process package “%(name)s”; there are: %(known)s", name=what, known=tuple(known))


def _example(portal: Portal) -> str:
    found = folders.folders(portal.settings.packages_dir)
    return path_of(found[0]) if found else "bpmn/…"
