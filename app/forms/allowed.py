"""The attributes of form-js schema 1.x that the portal knows, by component; the rest is refused by name."""

from __future__ import annotations

from app.declarations import COMPONENT_PROPERTIES
from app.forms.spec import Kind

COMMON = frozenset({"type", "id", "conditional", "layout", "properties"})
LABELLED = frozenset({"label", "description"})
ASKING = LABELLED | {"key", "validate", "readonly", "disabled", "defaultValue"}
CHOOSING = ASKING | {"values", "valuesKey"}
ALLOWED: dict[Kind, frozenset[str]] = {
    Kind.TEXT: ASKING | {"appearance"},
    Kind.AREA: ASKING,
    Kind.NUMBER: ASKING | {"appearance", "decimalDigits", "increment", "serializeToString"},
    Kind.DATETIME: ASKING
    | {
        "subtype",
        "dateLabel",
        "timeLabel",
        "timeSerializingFormat",
        "timeInterval",
        "use24h",
        "disallowPassedDates",
    },
    Kind.CHECKBOX: ASKING,
    Kind.CHECKLIST: CHOOSING,
    Kind.RADIO: CHOOSING,
    Kind.SELECT: CHOOSING | {"searchable"},
    Kind.TAGLIST: CHOOSING,
    Kind.FILE: frozenset({"key", "label", "description", "validate", "readonly", "disabled", "multiple", "accept"}),
    Kind.GROUP: frozenset({"label", "description", "components", "showOutline", "verticalAlignment"}),
    Kind.LIST: frozenset(
        {
            "label",
            "description",
            "path",
            "components",
            "isRepeating",
            "allowAddRemove",
            "defaultRepetitions",
            "showOutline",
            "disableCollapse",
            "nonCollapsedItems",
            "verticalAlignment",
        }
    ),
    Kind.TABLE: frozenset({"label", "description", "dataSource", "columns", "rowCount"}),
    Kind.PROSE: frozenset({"text"}),
    Kind.HTML: frozenset({"content"}),
    Kind.IMAGE: frozenset({"source", "alt"}),
    Kind.SEPARATOR: frozenset(),
    Kind.SPACER: frozenset({"height"}),
}
PROPERTIES = frozenset(name for name, declared in COMPONENT_PROPERTIES.items() if not declared.option)
VALIDATE = frozenset({"required", "minLength", "maxLength", "pattern", "min", "max", "validationType"})
