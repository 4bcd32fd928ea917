"""`nintei audit`: whether the audit record, or the evidence of a case, is as it was written."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.language import lang_option, speaker
from app.cli.wiring import Wiring
from app.errors import N_
from app.services.audit import chaining, heads, offline, verifying

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


@audit.command("verify-evidence")
@click.argument("file", type=FILE)
@click.option("--certificate", type=FILE, help="The certifying body's certificate (PEM); else the one in the file.")
@lang_option
def verify_evidence(file: Path, certificate: Path | None) -> None:
    """Verify the evidence of a case, without portal, database and network. Exit code 1 when anything is wrong."""
    found = offline.verify(file, certificate.read_bytes() if certificate is not None else None)
    say = speaker()
    click.echo(
        say(
            N_(
                "The evidence of %(case)s is as it was taken at %(at)s: %(files)s files, %(entries)s entries of the "
                "audit record, proved by %(links)s links to a signed end"
            ),
            case=found.case,
            at=found.taken_at,
            files=found.files,
            entries=found.entries,
            links=found.links,
        )
    )
    click.echo(say(N_("SHA-256 fingerprint of the signer's certificate: %(hash)s"), hash=found.fingerprint))


@audit.command()
@wired
def head(wiring: Wiring) -> None:
    """Sign the end of the record as it is now, and print it as a line to be kept elsewhere."""
    found = heads.sign(wiring.portal())
    if found is None:
        click.echo(speaker()(N_("Nothing is on record yet")), err=True)
        return
    click.echo(heads.line(found))
