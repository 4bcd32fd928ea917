"""The agent at a card desk: the computer with the reader asks the server for work, does it, and reports.

It only ever calls out, over HTTPS, with a token that belongs to this desk. It has no master key: for each act it gets
the keys of the one card that lies on its reader (`hardware.keys.lease`), and forgets them after it. What it has done
it writes down (`journal.jsonl` before and after each write, `outbox.jsonl` until the server took the report), so the
network may go, the program may be killed, and no card is done twice: it looks at the card first, and the card says
how far it is.
"""

from hardware.agent.agent import Agent
from hardware.agent.line import Line, Server, ServerAway, ServerRefused, TokenRefused
from hardware.agent.places import PcscPlace, Place, VirtualPlace

__all__ = [
    "Agent",
    "Line",
    "PcscPlace",
    "Place",
    "Server",
    "ServerAway",
    "ServerRefused",
    "TokenRefused",
    "VirtualPlace",
]
