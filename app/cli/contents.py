"""`nintei diff`, `nintei export`, `nintei import`: packages compared, written out and taken in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from app.catalogue import Package
from app.catalogue.compare import ADDED, REMOVED, Change, FileDiff, compare, lines
from app.catalogue.compare_words import part_said
from app.cli.language import Speaker, lang_option, speaker
from app.cli.packages import tell
from app.cli.releases import MOMENT, approved, package_id, tell_done
from app.cli.wiring import Wiring
from app.errors import N_, BadPackage, Refused
from app.services.base.actors import SYSTEM
from app.services.base.portal import Portal
from app.services.packages import exchange, terms
from app.services.packages.terms import Act
from app.services.workspaces import bringing
from config.machine import terminal_user

wired = click.make_pass_decorator(Wiring)
LONG = 100  # characters, over which texts are told line by line
MARKS = {ADDED: ("+", "green"), REMOVED: ("-", "red")}


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B", required=False)
@click.option("--package", "named", help="Of which package the numbers are, where there are several.")
@lang_option
@wired
def diff(wiring: Wiring, before: str, after: str | None, named: str | None) -> None:
    """What differs between A and B: numbers of releases, folders or zips. With A alone: between what is in force and A.

    \b
    nintei diff 3 4              two releases
    nintei diff bpmn/x           what is in force, and the folder
    nintei diff 3 bpmn/x         a release and a folder

    By file; of diagrams by element and property, of tables by row and cell, of forms by field, of texts by line.
    """
    say = speaker(wiring.language())
    sides = [before] if after is None else [before, after]
    portal = wiring.portal() if after is None or any(_is_number(each) for each in sides) else None
    files = [exchange.read(Path(each)) if not _is_number(each) else None for each in sides]
    of = next((each.id for each in files if each is not None), "")
    found = [
        each if each is not None else _release(portal, named or of or None, int(side))
        for side, each in zip(sides, files, strict=True)
    ]
    if after is None:
        assert portal is not None  # noqa: S101 - opened above
        found.insert(0, terms.archive(portal, found[0].id, None))
    old, new = found
    told = compare(old.files, new.files)
    say = say.of({**old.english, **new.english})
    if not told:
        click.echo(say(N_("no difference")))
    for each in told:
        _tell_file(each, say)


@click.command("export")
@click.argument("package")
@click.argument("target", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--release", "number", type=int, metavar="N", help="That number; else what is in force.")
@click.option(
    "--draft", type=int, metavar="ID", help="A draft of the package, as it stands (its page's address has the ID)."
)
@lang_option
@wired
def export(wiring: Wiring, package: str, target: Path, number: int | None, draft: int | None) -> None:
    """Write the files of PACKAGE into a new FOLDER (or a zip, where the name ends in .zip), byte for byte.

    What is exported has its own `_shared` and can be checked, changed and released again: unchanged, it is
    the same release.
    """
    say, portal = speaker(wiring.language()), wiring.portal()
    if draft is not None:
        if number is not None:
            raise Refused("Say --draft or --release, not both")
        files = bringing.of_package(portal, draft, package)
        exchange.write(files, target)
    else:
        files = exchange.export(portal, package_id(portal, package), number, target).files
    click.echo(say(N_("%(target)s: %(count)s files"), target=str(target), count=len(files)))


@click.command("import")
@click.argument("source", metavar="FOLDER|ZIP", type=click.Path(path_type=Path))
@click.option("--release", "in_force", is_flag=True, help="Put it in force as well.")
@click.option("--from", "from_at", type=MOMENT, help="With --release: from then on (in Japan).")
@click.option("--note", default="", help="Why, for the record.")
@click.option("--by", default="", help="Who, for the record; else the account that you are signed in with here.")
@click.option("--approved-by", default="", help="With --release: who else has looked at it and approves.")
@click.option("--draft", metavar="NAME", help="Make it a draft of this name instead, to be changed in the browser.")
@click.option(
    "--base", type=int, metavar="N", help="With --draft: the number that it was made from; else what is in force."
)
@lang_option
@wired
def import_(
    wiring: Wiring, source: Path, in_force: bool, from_at: datetime | None, note: str, by: str,
    approved_by: str, draft: str | None, base: int | None,
) -> None:  # fmt: skip
    """Take in a process package: checked, its scenarios walked, kept under a number, and not put in force.

    `nintei release --restore N` puts it in force later; --release does so at once. With --draft nothing is kept as a
    release: it becomes a draft on the page “Process design”, whatever its check says.
    """
    say, portal = speaker(wiring.language()), wiring.portal()
    if draft is None and base is not None:
        raise Refused("--base needs --draft: it is the number that a draft was made from")
    if draft is not None:
        _import_draft(portal, source, draft, base, in_force, by, say)
        return
    if from_at is not None and not in_force:
        raise Refused("--from needs --release: what is only kept begins at no moment")
    package = exchange.read(source)
    say = say.of(package.english)
    act = Act(by or terminal_user(), note, terms.IMPORT, from_at, approved_by.strip())
    if in_force:
        approved(portal, act)
    try:
        if in_force:
            tell_done(exchange.take_in_and_release(portal, package, act), say)
            return
        number, new = exchange.take_in(portal, package, act)
    except BadPackage as error:
        tell(source.name, error.problems, say)
        raise Refused("Not taken in; nothing was changed") from error
    facts = {"package": say.words(package.title), "number": number}
    if new:
        click.echo(say(N_("%(package)s: kept as number %(number)s, not in force"), **facts))
    else:
        click.echo(say(N_("%(package)s: this is number %(number)s already; nothing was changed"), **facts))


def _import_draft(
    portal: Portal, source: Path, name: str, base: int | None, in_force: bool, by: str, say: Speaker
) -> None:
    if in_force:
        raise Refused("Say --draft or --release, not both")
    package = exchange.read(source)
    made = bringing.take(portal, package, name, replace(SYSTEM, name=by or terminal_user()), base)
    facts = {"package": say.of(package.english).words(package.title), "id": made}
    click.echo(say(N_("%(package)s: a draft now, at /designer/w/%(id)s"), **facts))


def _is_number(side: str) -> bool:
    return side.isascii() and side.isdigit() and not Path(side).exists()


def _release(portal: Portal | None, named: str | None, number: int) -> Package:
    assert portal is not None  # noqa: S101 - numbers open it
    return terms.archive(portal, package_id(portal, named), number)


def _tell_file(found: FileDiff, say: Speaker) -> None:
    states = {ADDED: N_("%(file)s: new"), REMOVED: N_("%(file)s: removed")}
    click.echo(click.style(say(states.get(found.kind, "%(file)s"), file=found.file), bold=True))
    for change in found.changes:
        _tell_change(change, say)
    for line in found.lines:
        mark, colour = MARKS[line.kind]
        click.echo(click.style(f"  {mark} {line.number:4} {line.text}", fg=colour))
    if found.moved:
        click.echo("  " + say(N_("drawn elsewhere: %(count)s"), count=found.moved))
    if found.sizes:
        click.echo("  " + say(N_("%(before)s bytes → %(after)s bytes"), before=found.sizes[0], after=found.sizes[1]))
    elif found.kind not in MARKS and not (found.changes or found.lines or found.moved):
        click.echo("  " + say(N_("written otherwise, says the same")))


def _tell_change(change: Change, say: Speaker) -> None:
    mark, colour = MARKS.get(change.kind, ("~", "yellow"))
    where = [change.thing.said(say.words)] if change.thing is not None else []
    place = say(N_(", ")).join([*where, *(_part(part, say) for part in change.parts)]) or say(N_("the whole"))
    texts = [change.before, change.after]  # as the files have them
    if any("\n" in text or len(text) > LONG for text in texts):
        click.echo(click.style(f"  {mark} {place}", fg=colour))
        for line in lines(*texts):
            sign, shade = MARKS[line.kind]
            click.echo(click.style(f"      {sign} {line.text}", fg=shade))
        return
    shown = [f"“{text}”" if say.lang == "en" else f"「{text}」" for text in texts]
    value = " → ".join(shown)
    if change.kind in MARKS:
        value = shown[change.kind == ADDED] if any(texts) else ""
    colon = say(N_(": ")) if value else ""
    click.echo(click.style(f"  {mark} {place}{colon}{value}", fg=colour))


def _part(part: str, say: Speaker) -> str:
    return part_said(part, lambda message: str(say.words(message)))
