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
        N_(
            "`corporate_number` (法人番号, check digit) · `postal_code` · `phone` · `kana` · `invoice_number` (T + "
            "13 digits) · `email` · `bank_account` · `url`"
        ),
        _LINE,
        Sort.RULES,
        Kind.ONE_OF,
        FORMATS,
    ),
    ComponentProperty(
        "patternMessage",
        N_("When the pattern does not match"),
        N_("the sentence shown when `validate.pattern` does not match"),
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
        N_("English wording; for options and columns, `label_en` beside `label`"),
        _LABELLED,
        Sort.ENGLISH,
    ),
    ComponentProperty(
        "description_en", N_("Help (English)"), N_("English wording of the help"), _LABELLED, Sort.ENGLISH
    ),
    ComponentProperty(
        "prefix_en", N_("Text before (English)"), N_("English of `prefixAdorner`"), _AROUND, Sort.ENGLISH
    ),
    ComponentProperty("suffix_en", N_("Text after (English)"), N_("English of `suffixAdorner`"), _AROUND, Sort.ENGLISH),
    ComponentProperty(
        "exclusive",
        N_("Chosen alone"),
        N_("on an option of a checklist or taglist, beside its `label`, `true`: chosen alone (“none of these”)"),
        _MANY,
        Sort.ANSWER,
        Kind.FLAG,
        option=True,
    ),
    ComponentProperty(
        "options",
        N_("Choices of the portal"),
        N_(
            "`calendar`: the options are the free days of the task's calendar · `wishes`: the days the vendor "
            "wished for, then the free days · `examiners`: the staff of groups that attend, in a task with `books` "
            "(the field `examiners` names who is there, `place` where it is); in another, who is there on the "
            "case's day · `cards`: the cards that the case "
            "has on loan, in a task with `returns_cards`"
        ),
        _CHOOSING,
        Sort.ANSWER,
        Kind.ONE_OF,
        OPTIONS,
    ),
    ComponentProperty(
        "differs_from",
        N_("Differs from"),
        N_("keys of fields beside it (comma-separated) whose answer must be another one: another day, another number"),
        ("textfield", "select", "datetime"),
        Sort.RULES,
    ),
    ComponentProperty(
        "not_after",
        N_("No later than"),
        N_("on a date field: `today`, or `today+14`: a day after that is refused"),
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
            "what of its filler a browser may fill in: `name` · `organization` · `organization-title` · `email` · "
            "`tel` · `postal-code` · `address-level1` (prefecture) · `address-level2` (city) · `address-line1` · "
            "`address-line2` · `url` · `off`. What is answered to `name` and `organization` is found by the "
            "search, as are the formats `kana`, `phone`, `email`, `corporate_number`, `invoice_number`"
        ),
        _TYPED,
        Sort.ANSWER,
        Kind.ONE_OF,
        PURPOSES,
    ),
    ComponentProperty(
        "prefecture",
        N_("Field of the prefecture"),
        N_("on a `postal_code` field: key of the field that it fills"),
        _LINE,
        Sort.ANSWER,
        Kind.FIELD,
    ),
    ComponentProperty(
        "city",
        N_("Field of the city"),
        N_("on a `postal_code` field: key of the field that it fills"),
        _LINE,
        Sort.ANSWER,
        Kind.FIELD,
    ),
    ComponentProperty(
        "today",
        N_("Filled with today"),
        N_("on a date field, `true`: filled with the day on which the form is opened"),
        _DAY,
        Sort.ANSWER,
        Kind.FLAG,
    ),
    ComponentProperty(
        "withdrawal",
        N_("Filled with the reason of a withdrawal"),
        N_("true on a text field: filled with the reason for which the case is withdrawn or closed"),
        _TYPED,
        Sort.ANSWER,
        Kind.FLAG,
    ),
    ComponentProperty(
        "booked",
        N_("Filled with the settled day"),
        N_(
            "on a date field: a calendar; filled with the day that is settled for the case in it. A day before it "
            "is warned about"
        ),
        _DAY,
        Sort.ANSWER,
        Kind.CALENDAR,
    ),
    ComponentProperty(
        "place_of",
        N_("Place of the settled day"),
        N_("on a text field: a calendar; what is entered is where the day that is settled in it takes place"),
        _TYPED,
        Sort.ANSWER,
        Kind.CALENDAR,
    ),
    ComponentProperty(
        "traced",
        N_("Number of a parcel"),
        N_(
            "true on a text field: one of twelve digits (ヤマト運輸, 佐川急便, ゆうパック) whose check digit does not "
            "fit is warned about"
        ),
        _TYPED,
        Sort.ANSWER,
        Kind.FLAG,
    ),
    ComponentProperty(
        "minRows", N_("Fewest rows"), N_("on a dynamic list: rows that must be there"), ("dynamiclist",), Sort.RULES
    ),
    ComponentProperty("text_en", N_("Text (English)"), N_("English of text components"), ("text",), Sort.ENGLISH),
    ComponentProperty("content_en", N_("HTML (English)"), N_("English of html components"), ("html",), Sort.ENGLISH),
    ComponentProperty(
        "alt_en", N_("Description (English)"), N_("English of image components"), ("image",), Sort.ENGLISH
    ),
    ComponentProperty(
        "told",
        N_("The vendor reads it"),
        N_(
            "on a field of a review, `true`: the vendor reads it when what was reviewed comes back to them (fields "
            "whose key ends with `reason` or `proposal` are told anyway)"
        ),
        _ASKING,
        Sort.ANSWER,
        Kind.FLAG,
    ),
)
COMPONENT_PROPERTIES: dict[str, ComponentProperty] = {each.name: each for each in _ALL}
