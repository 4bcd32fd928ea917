"""What business staff may say in a package, each thing declared once: name, title, help, and what may stand there.

Read by `nintei check` (app.catalogue), by the worker (which operator is done where), by docs/package-format.md, whose
tables scripts/declared.py makes from here, and by the designer's panel. Titles and helps are message ids; a help is a
line of Markdown. A new connector is one `Connector` here and its doer in services.
"""

from app.declarations.comparisons import COMPARISONS, Comparison
from app.declarations.components import ATTRIBUTES, COMPONENTS, Attribute, ComponentKind, Sort
from app.declarations.connectors import CONNECTORS, Connector, Parameter, Result, Where
from app.declarations.elements import ELEMENTS, PARTS, ElementKind, Part
from app.declarations.forms import COMPONENT_PROPERTIES, ComponentProperty
from app.declarations.headers import HEADERS
from app.declarations.keys import Key, Section, Shape
from app.declarations.kinds import STATES, Kind
from app.declarations.package import SECTIONS, TOP
from app.declarations.properties import PROPERTIES, Group, Property
from app.declarations.settings import KINDS, ValueKind, kind_of

__all__ = [
    "ATTRIBUTES",
    "COMPARISONS",
    "COMPONENTS",
    "COMPONENT_PROPERTIES",
    "CONNECTORS",
    "ELEMENTS",
    "HEADERS",
    "KINDS",
    "PARTS",
    "PROPERTIES",
    "SECTIONS",
    "STATES",
    "TOP",
    "Attribute",
    "Comparison",
    "ComponentKind",
    "ComponentProperty",
    "Connector",
    "ElementKind",
    "Group",
    "Key",
    "Kind",
    "Parameter",
    "Part",
    "Property",
    "Result",
    "Section",
    "Shape",
    "Sort",
    "ValueKind",
    "Where",
    "kind_of",
]
