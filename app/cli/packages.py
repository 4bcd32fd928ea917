"""Commands on process packages: check, release."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from app.cli.language import Speaker, lang_option, speaker
from app.cli.wiring import Wiring
from app.errors import BadPackage, Problem
from app.services import gate, packages
from app.services.rehearsal import Rehearsal

wired = click.make_pass_decorator(Wiring)
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
        found = packages.folders(settings.packages_dir)
    else:
        found = [folder]
    wrong = sum(_check(wiring, each, walks, say) for each in found)
    if wrong:
        raise SystemExit(1)


def _check(wiring: Wiring, folder: Path, walks: bool, say: Speaker) -> int:
    """Check one package; gives how many errors it has."""
    try:
        package = packages.read(folder)
    except BadPackage as error:
        return tell(folder.resolve().name, error.problems, say)
    seen = gate.examine(wiring.releases(), package, walks=walks)
    problems = [*packages.twins(folder, package), *seen.problems]
    errors = tell(folder.resolve().name, problems, say.of(package.english))
    if seen.rehearsal is not None:
        _tell_rehearsal(seen.rehearsal, say.of(package.english))
    elif walks:
        click.echo("  " + say("The scenarios are walked when the errors are mended."))
    return errors


def tell(name: str, problems: Iterable[Problem], say: Speaker) -> int:
    """Print the problems of a package; gives how many are errors."""
    listed = list(problems)
    count = say("problems: %(count)s", count=len(listed)) if listed else say("no problem")
    click.echo(f"\n{name}: {count}")
    for problem in listed:
        click.echo(f"  {say.words(problem.severity)}: {problem.said(say.words)}")
    return sum(problem.severity == "error" for problem in listed)


def _tell_rehearsal(rehearsal: Rehearsal, say: Speaker) -> None:
    facts = {"passed": rehearsal.passed, "count": len(rehearsal.outcomes), "seconds": f"{rehearsal.seconds:.1f}"}
    click.echo("  " + say("scenarios: %(passed)s of %(count)s came out as written (%(seconds)s s)", **facts))
    for outcome in rehearsal.outcomes:
        if outcome.problem is not None:
            title = outcome.scenario.title_en if say.lang == "en" else ""
            click.echo(f"    ✕ {outcome.scenario.name}  {title or outcome.scenario.title}")
    if rehearsal.missed and not rehearsal.problems:
        click.echo("  " + say("No scenario passes over: %(elements)s", elements=rehearsal.missed))


@click.command()
@click.argument("folder", type=FOLDER)
@lang_option
@wired
def release(wiring: Wiring, folder: Path) -> None:
    """Release the process package in FOLDER: new cases start on it, running ones stay where they are."""
    say = speaker(wiring.language())
    number, new = packages.release(wiring.portal(), folder, by="nintei release")
    name = folder.resolve().name
    if new:
        click.echo(say("%(package)s: released as number %(number)s", package=name, number=number))
    else:
        click.echo(say("%(package)s: this is release %(number)s already", package=name, number=number))
