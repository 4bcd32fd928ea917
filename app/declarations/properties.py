"""The properties of diagram elements (docs/package-format.md, "BPMN: what the portal reads")."""

from __future__ import annotations

from app.declarations.dated import DATED
from app.declarations.doing import WHO
from app.declarations.giving import GIVING
from app.declarations.property import ANY, CALL, THROWS, USER, WAITS, WORKS, Group, Property
from app.declarations.showing import SHOWING
from app.declarations.timed import TIMED

__all__ = ["ANY", "CALL", "PROPERTIES", "THROWS", "USER", "WAITS", "WORKS", "Group", "Property"]

PROPERTIES: dict[str, Property] = {each.name: each for each in (*WHO, *SHOWING, *DATED, *GIVING, *TIMED)}
