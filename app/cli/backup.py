"""`nintei backup` and `nintei restore`: everything the portal keeps, into a file or a folder, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.database import say_copy, say_step
from app.cli.language import lang_option, speaker
from app.cli.wiring import Wiring
from app.connectors import age
from app.errors import N_, Refused
from app.services.backup import made, reading, restoring, writing

wired = click.make_pass_decorator(Wiring)
PLACE = click.Path(path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _passphrase(asked: bool, file: Path | None, *, confirm: bool) -> str:
    """From the first line of a file, else asked for at the terminal; empty when neither is wanted."""
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        if not lines or len(lines[0]) < (SHORTEST if confirm else 1):
            raise Refused("A passphrase has %(count)s characters or more", count=SHORTEST)
        return lines[0]
    if not asked:
        return ""
    while True:
        given = str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm))
        if not confirm or len(given) >= SHORTEST:
            return given
        click.echo(speaker()("A passphrase has %(count)s characters or more", count=SHORTEST), err=True)


SHORTEST = 12


@click.command()
@click.argument("place", type=PLACE, metavar="FILE|FOLDER")
@click.option("--to", "recipients", multiple=True, metavar="age1…", help="Encrypt for this public key of age.")
@click.option("--encrypt", is_flag=True, help="Encrypt under a passphrase, which is asked for.")
@click.option("--passphrase-file", type=FILE, help="Encrypt under the passphrase in the first line of a file.")
@click.option("--with-secrets", is_flag=True, help="Put the secret keys and the passwords of the settings in, too.")
@lang_option
@wired
def backup(
    wiring: Wiring,
    place: Path,
    recipients: tuple[str, ...],
    encrypt: bool,
    passphrase_file: Path | None,
    with_secrets: bool,
) -> None:
    """Write everything the portal keeps to FILE (a tar: name it with .tar) or to a new FOLDER, while people work.

    Database, files, signing key, card keys and settings. What was written is opened and read again before it gets its
    name. The secret keys (NINTEI_SECRET_KEY, NINTEI_CARD_KEY) are not in it unless asked for: keep them apart, the
    data is worth nothing without them. Exit code 1 when a file of the data folder is damaged; the backup is made.
    """
    say = speaker()
    phrase = _passphrase(encrypt, passphrase_file, confirm=True)
    if phrase and recipients:
        raise Refused("Encrypt for keys (--to) or under a passphrase, not both")
    sealing = writing.Sealing(recipients, phrase)
    settings, now = wiring.settings(), datetime.now(UTC)
    done = writing.backup(settings, place, now, sealing, secrets=with_secrets)
    made.record(settings, done, now, sealed=bool(recipients or phrase))
    files = sum(1 for name in done.end.files if name.startswith("blobs/"))
    click.echo(
        say(
            N_(
                "Backup written and read again: %(place)s (%(size)s MB; database of version %(version)s, "
                "%(rows)s rows, "
                "%(files)s files)"
            ),
            place=str(place),
            size=f"{done.size / 1e6:.1f}",
            version=done.begin.schema,
            rows=sum(done.end.rows.values()),
            files=files,
        )
    )
    if with_secrets:
        click.echo(
            say(N_("It holds the secret keys and passwords of the settings: whoever has it can read everything"))
        )
    else:
        click.echo(
            say(
                N_(
                    "The secret keys are not in it: keep NINTEI_SECRET_KEY and NINTEI_CARD_KEY apart, and do not "
                    "lose them"
                )
            )
        )
    for name in done.damaged:
        click.echo(say(N_("Damaged here, and taken as it is: %(name)s"), name=name), err=True)
    if done.damaged:
        raise SystemExit(1)


@click.command()
@click.argument("place", type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER")
@click.option("--into", type=PLACE, help="Data folder to restore into; else NINTEI_DATA_DIR. It must be empty.")
@click.option("--database-url", default="", help="Database to restore into; else NINTEI_DATABASE_URL. Empty, too.")
@click.option("--identity", type=FILE, help="File with the private key of age for which it was encrypted.")
@click.option("--passphrase", is_flag=True, help="Ask for the passphrase under which it was encrypted.")
@click.option("--passphrase-file", type=FILE, help="The passphrase in the first line of a file.")
@click.option("--send-waiting", is_flag=True, help="Send the mails that waited; nothing has gone out since the backup.")
@click.option("--check", "only_check", is_flag=True, help="Only read it from end to end; restore nothing.")
@lang_option
@wired
def restore(
    wiring: Wiring,
    place: Path,
    into: Path | None,
    database_url: str,
    identity: Path | None,
    passphrase: bool,
    passphrase_file: Path | None,
    send_waiting: bool,
    only_check: bool,
) -> None:
    """Make a portal of a backup, in an empty data folder and an empty database.

    All of it is verified before anything is kept; an older database is brought up. Mails that waited when the backup
    was made may have gone out since: they wait for a person, unless you know better (--send-waiting). Make sure that
    the old portal does not run any more.
    """
    say = speaker()
    identities = age.identities(identity.read_text(encoding="utf-8")) if identity is not None else []
    keys = reading.Keys(identities, _passphrase(passphrase, passphrase_file, confirm=False))
    if only_check:
        found = reading.verify(place, keys)
        click.echo(_whole(found))
        return
    if into is not None:
        wiring.overrides["data_dir"] = str(into)
    if database_url:
        wiring.overrides["database_url"] = database_url
    settings = wiring.settings()
    done = restoring.restore(place, settings, keys, datetime.now(UTC), say_step, send_waiting=send_waiting)
    click.echo(_whole(reading.Found(done.begin, done.end)))
    say_copy(done.copy)
    click.echo(say(N_("Restored into %(place)s"), place=str(settings.data_dir)))
    for name in done.other_secrets:
        click.echo(
            say(
                N_("NINTEI_%(name)s is not the one with which this data was made: set that one before you start"),
                name=name.upper(),
            ),
            err=True,
        )
    if done.held:
        click.echo(
            say(
                N_(
                    "%(count)s mails waited when the backup was made and may have gone out since: they are held. "
                    "Somebody "
                    "decides on each on the page of its case"
                ),
                count=done.held,
            )
        )
    click.echo(say(N_("Now: see that the old portal is stopped, run nintei doctor, then nintei run")))
    if done.other_secrets:
        raise SystemExit(1)


def _whole(found: reading.Found) -> str:
    begin, end = found.begin, found.end
    return speaker()(
        "The backup of %(at)s is whole: Nintei %(program)s, database of version %(version)s, %(rows)s rows, "
        "%(files)s files",
        at=begin.made_at,
        program=begin.program,
        version=begin.schema,
        rows=sum(end.rows.values()),
        files=sum(1 for name in end.files if name.startswith("blobs/")),
    )
