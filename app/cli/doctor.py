"""`nintei doctor`: what is wrong here, and what to do."""

from __future__ import annotations

import click

from app.cli.language import Speaker, lang_option, speaker
from app.cli.wiring import Wiring
from app.errors import N_, Unready
from app.services import doctor as doctors
from app.services.base import versions
from app.services.doctor import BAD, OK, WARNING, Finding
from config.settings import BadSettings, from_environment

wired = click.make_pass_decorator(Wiring)
MARKS = {OK: N_("ok"), WARNING: N_("warning"), BAD: N_("wrong")}


@click.command()
@click.option("--thorough", is_flag=True, help="Read every file from end to end, and look at every index.")
@lang_option
@wired
def doctor(wiring: Wiring, thorough: bool) -> None:
    """Look at everything the portal needs, and say of each whether it is well, and else what to do.

    Settings, data folder, database, files, keys, mail server (nothing is sent), worker, incidents, clock, fonts, card
    reader. Nothing is changed. Exit code 1 when something is wrong; a warning alone is none.
    """
    say = speaker()
    try:
        settings = from_environment(serves=True, **wiring.overrides)
    except BadSettings as error:
        for problem in error.problems:
            _tell(Finding("Settings", BAD, N_("%(problem)s"), {"problem": problem}, N_("See docs/settings.md")), say)
        raise SystemExit(1) from error
    _tell(Finding("Settings", OK, N_("They can be used")), say)
    try:
        found = versions.status(settings)
        found.require()
    except Unready as error:
        _tell(Finding(N_("Version of the database"), BAD, error.message, error.params), say)
        raise SystemExit(1) from error
    except Exception as error:
        _tell(_away(error), say)
        raise SystemExit(1) from error
    _tell(Finding(N_("Version of the database"), OK, N_("%(found)s, as it should be"), {"found": found.found}), say)
    wrong = 0
    for each in doctors.examine(wiring.portal(), thorough=thorough):
        _tell(each, say)
        wrong += each.state == BAD
    if wrong:
        raise SystemExit(1)
    click.echo(say(N_("Nothing is wrong here.")))


def _away(error: Exception) -> Finding:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return Finding(
        N_("Database"),
        BAD,
        N_("It does not answer: %(why)s"),
        {"why": said},
        N_("Look at NINTEI_DATABASE_URL, and whether the database server runs"),
    )


def _tell(found: Finding, say: Speaker) -> None:
    """One finding on a line, and below it what to do."""
    click.echo(f"{say(MARKS[found.state]):8} {say(found.topic)}: {say(found.said, **found.params)}")
    if found.cure:
        click.echo(f"{'':8} → {say(found.cure)}")
