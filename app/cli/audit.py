"""`nintei audit`: whether the audit record, or the evidence of a case, is as it was written."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.language import lang_option, speaker
from app.cli.wiring import Wiring
from app.errors import N_
from app.services.audit import chaining, heads, verifying

wired = click.make_pass_decorator(Wiring)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The audit record: who did what, when, from where."""


@audit.command()
@click.option("--heads", "kept", type=FILE, help="Signed ends that were kept elsewhere (a copy of audit/heads.jsonl).")
@lang_option
@wired
def verify(wiring: Wiring, kept: Path | None) -> None:
    """Read the whole record and compute its chain again.

    Says the first entry that is missing, or not as it was written. Exit code 1 then. Ends that were signed before are
    taken from the database, from the data folder and from --heads: a record that was cut off does not reach them.
    """
    say = speaker()
    portal = wiring.portal()
    chaining.draw()
    known = {**heads.kept(portal.settings.data_dir), **(heads.read(kept) if kept is not None else {})}
    found = verifying.verify(known)
    if found.broken is not None:
        click.echo(say(found.broken.why, **found.broken.params), err=True)
        click.echo(say(N_("Up to there, %(count)s entries are as they were written"), count=found.checked), err=True)
        raise SystemExit(1)
    click.echo(
        say(
            N_("All %(count)s entries are as they were written; %(heads)s signed ends fit. The end is %(hash)s"),
            count=found.checked,
            heads=found.heads,
            hash=found.end,
        )
    )
    if found.erased:
        click.echo(say(N_("Of %(count)s entries the details were erased"), count=found.erased))


@audit.command()
@wired
def head(wiring: Wiring) -> None:
    """Sign the end of the record as it is now, and print it as a line to be kept elsewhere."""
    found = heads.sign(wiring.portal())
    if found is None:
        click.echo(speaker()(N_("Nothing is on record yet")), err=True)
        return
    click.echo(heads.line(found))
