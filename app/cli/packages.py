"""`nintei check`, and how problems of process packages are told."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from app.cli.language import Speaker, lang_option, speaker
from app.cli.wiring import Wiring
from app.errors import N_, BadPackage, Problem, Refused
from app.services.packages import folders, gate
from app.services.packages.folders import Found
from app.services.rehearsal.walk import Rehearsal

wired = click.make_pass_decorator(Wiring)
MOST = 10  # problems that a start prints of one package
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", required=False, type=FOLDER)
@click.option("--scenarios", "walks", is_flag=True, help="Walk the scenarios, too, as before a release.")
@lang_option
@wired
def check(wiring: Wiring, folder: Path | None, walks: bool) -> None:
    """Check the settings and every process package, or the package in FOLDER alone, and say what is wrong.

    Each problem comes with its file, the element, and how to mend it. With FOLDER nothing else is needed: neither
    settings nor a database.
    """
    say = speaker(wiring.language())
    if folder is None:
        settings = wiring.settings(serves=True)
        for name, value in settings.shown().items():
            click.echo(f"{name:16} {value}")
        if not settings.packages_dir.is_dir():
            raise Refused("NINTEI_PACKAGES_DIR: there is no folder %(folder)s", folder=str(settings.packages_dir))
        found = folders.folders(settings.packages_dir)
    else:
        found = [folder]
    wrong = sum(_check(wiring, each, walks, say) for each in found)
    if wrong:
        raise SystemExit(1)


def _check(wiring: Wiring, folder: Path, walks: bool, say: Speaker) -> int:
    """Check one package; gives how many errors it has."""
    try:
        package = folders.read(folder)
    except BadPackage as error:
        return tell(folder.resolve().name, error.problems, say)
    seen = gate.examine(wiring.releases(), package, walks=walks)
    problems = [*folders.twins(folder, package), *seen.problems]
    errors = tell(folder.resolve().name, problems, say.of(package.english))
    if seen.rehearsal is not None:
        _tell_rehearsal(seen.rehearsal, say.of(package.english))
    elif walks:
        click.echo("  " + say(N_("The scenarios are walked when the errors are mended.")))
    return errors


def tell(name: str, problems: Iterable[Problem], say: Speaker) -> int:
    """Print the problems of a package; gives how many are errors."""
    listed = list(problems)
    count = say(N_("problems: %(count)s"), count=len(listed)) if listed else say(N_("no problem"))
    click.echo(f"\n{name}: {count}")
    for problem in listed:
        click.echo(f"  {say.words(problem.severity)}: {problem.said(say.words)}")
    return sum(problem.severity == "error" for problem in listed)


def _tell_rehearsal(rehearsal: Rehearsal, say: Speaker) -> None:
    facts = {"passed": rehearsal.passed, "count": len(rehearsal.outcomes), "seconds": f"{rehearsal.seconds:.1f}"}
    click.echo("  " + say(N_("scenarios: %(passed)s of %(count)s came out as written (%(seconds)s s)"), **facts))
    for outcome in rehearsal.outcomes:
        if outcome.problem is not None:
            title = outcome.scenario.title_en if say.lang == "en" else ""
            click.echo(f"    ✕ {outcome.scenario.name}  {title or outcome.scenario.title}")
    if rehearsal.missed and not rehearsal.problems:
        click.echo("  " + say(N_("No scenario passes over: %(elements)s"), elements=rehearsal.missed))


def tell_found(found: Found, say: Speaker) -> None:
    """What `nintei run` says of a folder of packages; nothing where all is as it was."""
    name = found.folder.name
    if found.package is not None:
        say = say.of(found.package.english)
    command = f"{_program()} release {path_of(found.folder)}"
    match found.state:
        case "released":
            click.echo(say(N_("%(package)s: released as number %(number)s"), package=name, number=found.number))
        case "broken":
            click.echo(say(N_("%(package)s: this folder cannot be read; what is released goes on"), package=name))
        case "refused":
            click.echo(say(N_("%(package)s: not released, since it has problems"), package=name))
        case "twice":
            id_ = found.package.id if found.package else ""
            click.echo(
                say(N_("%(package)s: another folder has the id %(id)s already; left alone"), package=name, id=id_)
            )
        case "differs" if found.known:
            facts = {"package": name, "known": found.known, "number": found.current, "command": command}
            click.echo(
                say(
                    N_(
                        "%(package)s: the folder holds number %(known)s, in force is number %(number)s. "
                        "To put the folder in force: %(command)s"
                    ),
                    **facts,
                )
            )
        case "differs":
            facts = {"package": name, "number": found.current, "command": command}
            click.echo(
                say(
                    N_(
                        "%(package)s: the folder differs from number %(number)s, which stays in force. "
                        "To put the folder in force: %(command)s"
                    ),
                    **facts,
                )
            )
    for problem in found.problems[:MOST]:
        click.echo(f"  {say.words(problem.severity)}: {problem.said(say.words)}")
    if len(found.problems) > MOST:
        click.echo("  " + say(N_("and %(count)s more: nintei check"), count=len(found.problems) - MOST))


def path_of(folder: Path) -> str:
    """A path as one would type it here."""
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def _program() -> str:
    """How the command was called: `nintei`, or the path to it that was typed."""
    return sys.argv[0] if Path(sys.argv[0]).name == "nintei" else "nintei"
