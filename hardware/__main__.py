"""`python -m hardware`: the card command line without the portal."""

from hardware.cli import card

card(prog_name="python -m hardware")
