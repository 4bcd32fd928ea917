"""The attributes of form-js schema 1.x that the portal knows, by component; the rest is refused by name."""

from __future__ import annotations

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
# What a person's own entries may be called (HTML, 4.10.18.7), as far as companies and their people have them.
PURPOSES = (
    "name",
    "organization",
    "organization-title",
    "email",
    "tel",
    "postal-code",
    "address-level1",
    "address-level2",
    "address-line1",
    "address-line2",
    "url",
    "off",
)
PROPERTIES = frozenset(
    {
        "format",
        "patternMessage",
        "patternMessage_en",
        "label_en",
        "description_en",
        "prefix_en",
        "suffix_en",
        "options",
        "maxSizeMb",
        "autocomplete",
        "prefecture",
        "city",
        "today",
        "booked",
        "withdrawal",
        "told",
        "text_en",
        "content_en",
        "alt_en",
        "minRows",
    }
)
VALIDATE = frozenset({"required", "minLength", "maxLength", "pattern", "min", "max", "validationType"})
