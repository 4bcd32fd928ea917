"""The command `nintei`."""

from app.cli.commands import commands
from app.cli.wiring import Wiring

__all__ = ["Wiring", "commands"]
