"""The attributes of form-js schema 1.x that the portal knows, by component (app.declarations); the rest is
refused by name.
"""

from __future__ import annotations

from app.declarations import ATTRIBUTES, COMPONENT_PROPERTIES, COMPONENTS
from app.forms.spec import Kind

COMMON = frozenset({"type", "id", "properties"})
ALLOWED: dict[Kind, frozenset[str]] = {
    kind: COMMON | {name.partition(".")[0] for name in COMPONENTS[kind].attributes} for kind in Kind
}
PROPERTIES: dict[Kind, frozenset[str]] = {
    kind: frozenset(name for name, each in COMPONENT_PROPERTIES.items() if not each.option and kind in each.on)
    for kind in Kind
}
OF_OPTION = frozenset(name for name, each in COMPONENT_PROPERTIES.items() if each.option)
VALIDATE = frozenset(name.partition(".")[2] for name in ATTRIBUTES if name.startswith("validate."))
