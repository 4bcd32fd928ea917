"""`nintei` as people type it, in this process: quick, and with whatever a test puts in its way."""

from __future__ import annotations

from collections.abc import Mapping

from click.testing import CliRunner, Result

from app.cli.commands import commands
from app.cli.wiring import Wiring
from app.main import main, make_web, open_portal, open_releases, run_worker, serve, sockets


def typed(arguments: tuple[str, ...], environment: Mapping[str, str]) -> Result:
    """What comes of `nintei <arguments>` with these settings; a traceback fails the test."""
    wiring = Wiring(open_portal, open_releases, serve, run_worker, make_web, main, sockets)
    result = CliRunner().invoke(commands, list(arguments), obj=wiring, env=dict(environment), prog_name="nintei")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
