"""How a property of a diagram's element is declared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.declarations.kinds import Kind
from app.errors import N_
from app.states import Side

USER = ("userTask",)
THROWS = ("sendTask", "intermediateThrowEvent", "endEvent")  # what they have to do with an event is to throw it
WORKS = ("serviceTask", "sendTask")
CALL = ("callActivity",)
WAITS = ("boundaryEvent", "intermediateCatchEvent")
ANY: tuple[str, ...] = ()


class Group(Enum):
    """Under which heading of the designer's panel a property stands, in this order. The value is a message id."""

    WHO = N_("Who does it")
    SHOWN = N_("How it is shown")
    DAYS = N_("Days and deadlines")
    VALUES = N_("Values")
    PAPERS = N_("Documents and mails")
    MONEY = N_("Money")
    CARDS = N_("Cards")


@dataclass(frozen=True, slots=True)
class Property:
    """One property. `on`: the kinds of element that may carry it, () for any; `side`: in whose lanes, "" for both;
    `holds`: a flag that holds where nothing is said; `needs`: fields that the element's own form must
    have; `routes`: the routing value that the portal sets itself."""

    name: str
    title: str
    help: str
    kind: Kind
    group: Group
    on: tuple[str, ...] = ANY
    side: Side = Side.UNSAID
    many: bool = False
    choices: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    routes: str = ""
    holds: bool = False
