"""The command line of the card desk: `nintei card …`, or `python -m hardware …` where only
this library is installed.
"""

from hardware.cli.agent import agent
from hardware.cli.cards import personalise, read, readers, verify, watch, wipe
from hardware.cli.common import DEFAULTS, CardDefaults, card
from hardware.cli.keyfile import open_key_file
from hardware.cli.keys import keys
from hardware.cli.virtual import virtual

for command in (readers, watch, read, personalise, verify, wipe, virtual, keys, open_key_file, agent):
    card.add_command(command)

__all__ = ["DEFAULTS", "CardDefaults", "card"]
