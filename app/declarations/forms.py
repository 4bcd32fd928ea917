"""The `properties` of form components beyond form-js's own attributes (docs/package-format.md, "Forms")."""

from __future__ import annotations

from dataclasses import dataclass

from app.declarations.components import COMPONENTS, Sort
from app.declarations.kinds import Kind
from app.errors import N_


@dataclass(frozen=True, slots=True)
class ComponentProperty:
    """One property of a component. `on`: types of component that it is read on, () for any; `option`: it stands on an
    option of theirs instead; `sort`: its heading in the designer's panel."""

    name: str
    title: str
    help: str
    on: tuple[str, ...]
    sort: Sort
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    option: bool = False


FORMATS = (
    "corporate_number",
    "postal_code",
    "phone",
    "kana",
    "invoice_number",
    "email",
    "bank_account",
    "url",
)
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
_LINE, _DAY, _MANY = ("textfield",), ("datetime",), ("checklist", "taglist")
_TYPED, _AROUND = ("textfield", "textarea"), ("textfield", "number")
_CHOOSING = (*_MANY, "radio", "select")
_LABELLED = tuple(each.type for each in COMPONENTS.values() if "label" in each.attributes)
_ASKING = tuple(each.type for each in COMPONENTS.values() if each.asks)
OPTIONS = ("calendar", "wishes", "examiners", "cards")

_ALL = (
    ComponentProperty(
        "format",
        N_("Format"),
        N_("what is entered, so that its writing is checked (of a corporate number its check digit, too)"),
        _LINE,
        Sort.RULES,
        Kind.ONE_OF,
        FORMATS,
    ),
    ComponentProperty(
        "patternMessage",
        N_("When the pattern does not match"),
        N_("the sentence that is shown when the entry does not match the pattern"),
        _LINE,
        Sort.RULES,
    ),
    ComponentProperty(
        "patternMessage_en",
        N_("When the pattern does not match (English)"),
        N_("the same sentence in English"),
        _LINE,
        Sort.ENGLISH,
    ),
    ComponentProperty(
        "label_en",
        N_("Label (English)"),
        N_("the label for those who read English"),
        _LABELLED,
        Sort.ENGLISH,
    ),
    ComponentProperty(
        "description_en", N_("Help (English)"), N_("the help for those who read English"), _LABELLED, Sort.ENGLISH
    ),
    ComponentProperty(
        "prefix_en",
        N_("Text before (English)"),
        N_("the text before the entry for those who read English"),
        _AROUND,
        Sort.ENGLISH,
    ),
    ComponentProperty(
        "suffix_en",
        N_("Text after (English)"),
        N_("the text behind the entry for those who read English"),
        _AROUND,
        Sort.ENGLISH,
    ),
    ComponentProperty(
        "exclusive",
        N_("Chosen alone"),
        N_("who chooses this one can choose no other (“none of these”)"),
        _MANY,
        Sort.ANSWER,
        Kind.FLAG,
        option=True,
    ),
    ComponentProperty(
        "options",
        N_("Choices of the portal"),
        N_(
            "what the portal offers in place of options that are written here. Free days need a calendar of the "
            "task; staff who attend, a day that the task settles (or one that is settled already); cards, a task "
            "in which they come back"
        ),
        _CHOOSING,
        Sort.ANSWER,
        Kind.ONE_OF,
        OPTIONS,
    ),
    ComponentProperty(
        "differs_from",
        N_("Differs from"),
        N_(
            "keys of fields of this form, with commas between them, whose answer must be another one: another "
            "day, another number"
        ),
        ("textfield", "select", "datetime"),
        Sort.RULES,
    ),
    ComponentProperty(
        "not_after",
        N_("No later than"),
        N_("`today`, or `today+14` for two weeks from now: a later day is refused"),
        _DAY,
        Sort.RULES,
    ),
    ComponentProperty(
        "maxSizeMb", N_("Largest file in MB"), N_("of an upload, default 20"), ("filepicker",), Sort.RULES
    ),
    ComponentProperty(
        "autocomplete",
        N_("What a browser may fill in"),
        N_(
            "what of its filler a browser may fill in. Names of people and of companies are found by the search "
            "of the portal, too"
        ),
        _TYPED,
        Sort.ANSWER,
        Kind.ONE_OF,
        PURPOSES,
    ),
    ComponentProperty(
        "prefecture",
        N_("Field of the prefecture"),
        N_("of a postal code: the field that is filled with its prefecture"),
        _LINE,
        Sort.ANSWER,
        Kind.FIELD,
    ),
    ComponentProperty(
        "city",
        N_("Field of the city"),
        N_("of a postal code: the field that is filled with its city"),
        _LINE,
        Sort.ANSWER,
        Kind.FIELD,
    ),
    ComponentProperty(
        "today",
        N_("Filled with today"),
        N_("filled with the day on which the form is opened"),
        _DAY,
        Sort.ANSWER,
        Kind.FLAG,
    ),
    ComponentProperty(
        "withdrawal",
        N_("Filled with the reason of a withdrawal"),
        N_("filled with the reason for which the case is withdrawn or closed"),
        _TYPED,
        Sort.ANSWER,
        Kind.FLAG,
    ),
    ComponentProperty(
        "booked",
        N_("Filled with the settled day"),
        N_("filled with the day that is settled for the case in this calendar. A day before it is warned about"),
        _DAY,
        Sort.ANSWER,
        Kind.CALENDAR,
    ),
    ComponentProperty(
        "place_of",
        N_("Place of the settled day"),
        N_("what is entered is where the day that is settled in this calendar takes place"),
        _TYPED,
        Sort.ANSWER,
        Kind.CALENDAR,
    ),
    ComponentProperty(
        "traced",
        N_("Number of a parcel"),
        N_("a number of twelve digits (ヤマト運輸, 佐川急便, ゆうパック) that cannot be right is warned about"),
        _TYPED,
        Sort.ANSWER,
        Kind.FLAG,
    ),
    ComponentProperty("minRows", N_("Fewest rows"), N_("so many rows must be there"), ("dynamiclist",), Sort.RULES),
    ComponentProperty(
        "text_en", N_("Text (English)"), N_("the text for those who read English"), ("text",), Sort.ENGLISH
    ),
    ComponentProperty(
        "content_en", N_("HTML (English)"), N_("the text for those who read English, in HTML"), ("html",), Sort.ENGLISH
    ),
    ComponentProperty(
        "alt_en",
        N_("Description (English)"),
        N_("the description for those who read English"),
        ("image",),
        Sort.ENGLISH,
    ),
    ComponentProperty(
        "told",
        N_("The vendor reads it"),
        N_(
            "in a review: the applicant reads it when what was reviewed comes back to them. Fields whose key ends"
            " with `reason` or `proposal` are read anyway"
        ),
        _ASKING,
        Sort.ANSWER,
        Kind.FLAG,
    ),
)
COMPONENT_PROPERTIES: dict[str, ComponentProperty] = {each.name: each for each in _ALL}
