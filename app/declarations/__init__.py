"""What business staff may say in a package, each thing declared once: name, title, help, and what may stand there.

Read by `nintei check` (app.catalogue), by the worker (which operator is done where), by docs/package-format.md, whose
tables scripts/declared.py makes from here, and by the designer's panel. Titles and helps are message ids; a help is a
line of Markdown. A new connector is one `Connector` here and its doer in services.
"""

from app.declarations.connectors import CONNECTORS, Connector, Parameter, Result, Where
from app.declarations.forms import COMPONENT_PROPERTIES, ComponentProperty
from app.declarations.kinds import STATES, Kind
from app.declarations.properties import PROPERTIES, Property

__all__ = [
    "COMPONENT_PROPERTIES",
    "CONNECTORS",
    "PROPERTIES",
    "STATES",
    "ComponentProperty",
    "Connector",
    "Kind",
    "Parameter",
    "Property",
    "Result",
    "Where",
]
