"""`card agent`: the desk's own computer works for a portal elsewhere."""

from __future__ import annotations

import json
import signal
import threading
from dataclasses import replace
from pathlib import Path

import click

from hardware.agent import Agent, PcscPlace, Server, VirtualPlace
from hardware.cli.common import ANY, CardDefaults, json_option, speaks_plainly


@click.command()
@click.option("--server", required=True, help="The portal's address: https://…")
@click.option("--token", envvar="CARD_AGENT_TOKEN", default="", help="This desk's token; --token-file hides it better.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File that holds the token and nothing else.",
)
@click.option("--plain-http", is_flag=True, help="Allow http:// to another machine. The token is then seen on the way.")
@click.option("--once", is_flag=True, help="Do what can be done now, and end.")
@json_option
@click.pass_obj
@speaks_plainly
def agent(
    defaults: CardDefaults,
    server: str,
    token: str,
    token_file: Path | None,
    plain_http: bool,
    once: bool,
    as_json: bool,
) -> None:
    """Make, check and wipe cards for a portal on another machine.

    Runs on the computer that has the reader, until Ctrl-C. It calls out only, over HTTPS; what it does lies in the
    agent folder until the portal took it. Started again, it looks at the card first and carries on.
    """
    token = (token_file.read_text(encoding="utf-8") if token_file else token).strip()
    if not token:
        raise click.UsageError("Give the desk's token: --token-file FILE (administrators make one on the cards page)")
    if defaults.reader == "agent":  # the portal's own setting, on the same machine: any reader
        defaults = replace(defaults, reader=ANY)
    stop = threading.Event()
    place = (
        VirtualPlace(defaults.rack(), stop.wait)
        if defaults.is_virtual
        else PcscPlace("" if defaults.reader == ANY else defaults.reader, stop.wait)
    )

    def say(line: str) -> None:
        click.echo(json.dumps({"said": line}, ensure_ascii=False) if as_json else line)

    worker = Agent(Server(server, token, plain=plain_http), token, place, defaults.folder / "agent", say=say)
    try:
        if once:
            while worker.once():
                pass
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        worker.run(stop)
    finally:
        worker.close()
