"""The kinds of form component that a page draws (form-js schema 1.x), and form-js's own attributes of each.

What the portal adds under `properties` is in forms.py. `app.forms` refuses what stands in neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.declarations.kinds import Kind
from app.errors import N_


class Sort(Enum):
    """Under which heading of the designer's panel an attribute stands, in this order. The value is a message id."""

    WORDS = N_("What people read")
    ANSWER = N_("The answer")
    RULES = N_("What may be answered")
    WHERE = N_("Where it stands")
    ENGLISH = N_("English")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute; a dot leads into an object (`validate.required`). `drawn`: editors write it themselves, people
    do not set it."""

    name: str
    title: str
    help: str
    kind: Kind
    sort: Sort
    choices: tuple[str, ...] = ()
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class ComponentKind:
    """One kind, by its form-js type, and the names of its attributes. `asks`: it carries an answer."""

    type: str
    title: str
    attributes: tuple[str, ...]
    asks: bool = True


_WORDS, _ANSWER, _RULES, _WHERE = Sort.WORDS, Sort.ANSWER, Sort.RULES, Sort.WHERE
_ALL = (
    Attribute("key", N_("Key"), N_("name of the answer: letters, digits and _"), Kind.NEW, _ANSWER),
    Attribute("path", N_("Key of the list"), N_("name of its rows: letters, digits and _"), Kind.NEW, _ANSWER),
    Attribute("label", N_("Label"), N_("what is asked, in a few words"), Kind.TEXT, _WORDS),
    Attribute("description", N_("Help"), N_("a line of help below the label"), Kind.TEXT, _WORDS),
    Attribute("dateLabel", N_("Label of the day"), N_("what is asked, in a few words"), Kind.TEXT, _WORDS),
    Attribute("timeLabel", N_("Label of the time"), N_("what is asked, in a few words"), Kind.TEXT, _WORDS),
    Attribute("appearance.prefixAdorner", N_("Text before"), N_("stands before the entry (¥)"), Kind.TEXT, _WORDS),
    Attribute("appearance.suffixAdorner", N_("Text behind"), N_("stands behind the entry (yen, copies)"), Kind.TEXT,
              _WORDS),
    Attribute("text", N_("Text of the form"), N_("written in Markdown"), Kind.LINES, _WORDS),
    Attribute("content", N_("Text in HTML"), N_("HTML; scripts and styles are taken out"), Kind.LINES, _WORDS),
    Attribute("source", N_("Address of the image"), N_("on this site, beginning with /"), Kind.TEXT, _WORDS),
    Attribute("alt", N_("Description of the image"), N_("for those who do not see it"), Kind.TEXT, _WORDS),
    Attribute("subtype", N_("Day or time"), N_("whether a day, a time or both are asked"), Kind.ONE_OF, _ANSWER,
              ("date", "time", "datetime")),
    Attribute("defaultValue", N_("Filled with"), N_("stands there before anything is entered"), Kind.TEXT, _ANSWER),
    Attribute("values", N_("Options"), N_("label and value of each"), Kind.OPTIONS, _ANSWER),
    Attribute("valuesKey", N_("Options from a value"), N_("name of a routing value that lists them"), Kind.NAME,
              _ANSWER),
    Attribute("dataSource", N_("Rows from a value"), N_("name of the value that lists the rows"), Kind.NAME, _ANSWER),
    Attribute("columns", N_("Columns"), N_("label and key of each"), Kind.COLUMNS, _ANSWER),
    Attribute("rowCount", N_("Rows of a page"), N_("rows that are shown at a time"), Kind.WHOLE, _ANSWER),
    Attribute("readonly", N_("Shown only"), N_("people read it and cannot change it"), Kind.FLAG, _ANSWER),
    Attribute("disabled", N_("Switched off"), N_("shown in grey, and not part of the answer"), Kind.FLAG, _ANSWER),
    Attribute("searchable", N_("Can be searched"), N_("options are found by typing"), Kind.FLAG, _ANSWER),
    Attribute("multiple", N_("Several files"), N_("more than one file may be chosen"), Kind.FLAG, _ANSWER),
    Attribute("serializeToString", N_("Kept as text"), N_("the number is kept digit by digit"), Kind.FLAG, _ANSWER),
    Attribute("defaultRepetitions", N_("Rows to begin with"), N_("rows that stand there at first"), Kind.WHOLE,
              _ANSWER),
    Attribute("allowAddRemove", N_("Rows can be added"), N_("people may add rows and take some away"), Kind.FLAG,
              _ANSWER),
    Attribute("validate.required", N_("Required"), N_("it cannot be left empty"), Kind.FLAG, _RULES),
    Attribute("validate.minLength", N_("Fewest characters"), N_("so many at least"), Kind.WHOLE, _RULES),
    Attribute("validate.maxLength", N_("Most characters"), N_("so many at most"), Kind.WHOLE, _RULES),
    Attribute("validate.min", N_("Smallest number"), N_("nothing smaller can be entered"), Kind.NUMBER, _RULES),
    Attribute("validate.max", N_("Largest number"), N_("nothing larger can be entered"), Kind.NUMBER, _RULES),
    Attribute("validate.pattern", N_("Pattern"), N_("regular expression that the whole entry matches"), Kind.TEXT,
              _RULES),
    Attribute("validate.validationType", N_("Ready-made rule"), N_("a mail address or a phone number"), Kind.ONE_OF,
              _RULES, ("custom", "email", "phone")),
    Attribute("decimalDigits", N_("Digits after the point"), N_("0: whole numbers alone"), Kind.WHOLE, _RULES),
    Attribute("increment", N_("Step of the number"), N_("it goes up and down by this much"), Kind.NUMBER, _RULES),
    Attribute("timeInterval", N_("Minutes from time to time"), N_("times are offered so far apart"), Kind.WHOLE,
              _RULES),
    Attribute("disallowPassedDates", N_("Not in the past"), N_("no day before today can be chosen"), Kind.FLAG, _RULES),
    Attribute("accept", N_("Kinds of file"), N_("endings or types, comma-separated: .pdf, image/*"), Kind.TEXT, _RULES),
    Attribute("conditional.hide", N_("Hidden when"), N_("a condition over the fields of this form; what is hidden is "
              "neither asked nor kept"), Kind.CONDITION, _WHERE),
    Attribute("layout.columns", N_("Width"), N_("sixteenths of the line"), Kind.WHOLE, _WHERE),
    Attribute("layout.row", N_("Line of the form"), N_("what shares a line stands side by side"), Kind.TEXT, _WHERE,
              drawn=True),
    Attribute("showOutline", N_("Frame"), N_("a line is drawn around it"), Kind.FLAG, _WHERE),
    Attribute("verticalAlignment", N_("Upright position"), N_("start, center or end"), Kind.ONE_OF, _WHERE,
              ("start", "center", "end"), drawn=True),
    Attribute("height", N_("Height"), N_("in pixels"), Kind.WHOLE, _WHERE),
    Attribute("timeSerializingFormat", N_("How a time is kept"), N_("times are those of the body's clock"), Kind.ONE_OF,
              _ANSWER, ("no_timezone",), drawn=True),
    Attribute("use24h", N_("24 hours"), N_("times are written from 0:00 to 23:59"), Kind.FLAG, _ANSWER, drawn=True),
    Attribute("isRepeating", N_("Repeats"), N_("a list always does"), Kind.FLAG, _ANSWER, drawn=True),
    Attribute("disableCollapse", N_("Never folded"), N_("all rows are shown"), Kind.FLAG, _WHERE, drawn=True),
    Attribute("nonCollapsedItems", N_("Rows that are not folded"), N_("so many rows are shown"), Kind.WHOLE, _WHERE,
              drawn=True),
    Attribute("components", N_("Components"), N_("what stands inside"), Kind.COMPONENTS, _WHERE, drawn=True),
)  # fmt: skip
ATTRIBUTES: dict[str, Attribute] = {each.name: each for each in _ALL}

_COMMON = ("conditional.hide", "layout.columns", "layout.row")
_LABELLED = ("label", "description")
_ASKING = (*_LABELLED, "key", "readonly", "disabled", "defaultValue", *(name for name in ATTRIBUTES
           if name.startswith("validate.")))  # fmt: skip
_AROUND = ("appearance.prefixAdorner", "appearance.suffixAdorner")
_CHOOSING = (*_ASKING, "values", "valuesKey")
_INSIDE = (*_LABELLED, "components", "showOutline", "verticalAlignment")
_OF: dict[str, tuple[str, tuple[str, ...]]] = {
    "textfield": (N_("Line of text"), (*_ASKING, *_AROUND)),
    "textarea": (N_("Several lines"), _ASKING),
    "number": (N_("A number"), (*_ASKING, *_AROUND, "decimalDigits", "increment", "serializeToString")),
    "datetime": (N_("Day or time"), (*_ASKING, "subtype", "dateLabel", "timeLabel", "timeSerializingFormat",
                                     "timeInterval", "use24h", "disallowPassedDates")),
    "checkbox": (N_("Checkbox"), _ASKING),
    "checklist": (N_("Several of a list"), _CHOOSING),
    "radio": (N_("One of a list"), _CHOOSING),
    "select": (N_("Drop-down list"), (*_CHOOSING, "searchable")),
    "taglist": (N_("Several, found by typing"), _CHOOSING),
    "filepicker": (N_("Upload"), (*(name for name in _ASKING if name != "defaultValue"), "multiple", "accept")),
    "dynamiclist": (N_("Rows"), (*_INSIDE, "path", "isRepeating", "allowAddRemove", "defaultRepetitions",
                                 "disableCollapse", "nonCollapsedItems")),
    "group": (N_("Fields that belong together"), _INSIDE),
    "table": (N_("Table to read"), (*_LABELLED, "dataSource", "columns", "rowCount")),
    "text": (N_("Piece of text"), ("text",)),
    "html": (N_("Piece of HTML"), ("content",)),
    "image": (N_("Image"), ("source", "alt")),
    "separator": (N_("Line across"), ()),
    "spacer": (N_("Space"), ("height",)),
}  # fmt: skip
_SHOWN = ("group", "table", "text", "html", "image", "separator", "spacer")
COMPONENTS: dict[str, ComponentKind] = {
    type_: ComponentKind(type_, title, (*own, *_COMMON), type_ not in _SHOWN) for type_, (title, own) in _OF.items()
}
