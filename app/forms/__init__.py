"""form-js schema → WTForms → clean values. No Flask, no database."""

from app.forms.answers import by_section, shown
from app.forms.bound import BoundError, BoundField, BoundForm, BoundOption, BoundRow
from app.forms.form import FormSpec, check, load, stored
from app.forms.japanese import FORMATS, Unfit, postal
from app.forms.spec import Answer, Cleaned, FieldError, FieldSpec, FileRef, Format, Kind, Offered, Option, Subtype
from app.text.days import long_date, parse_date, wareki

__all__ = [
    "FORMATS",
    "Answer",
    "BoundError",
    "BoundField",
    "BoundForm",
    "BoundOption",
    "BoundRow",
    "Cleaned",
    "FieldError",
    "FieldSpec",
    "FileRef",
    "FormSpec",
    "Format",
    "Kind",
    "Offered",
    "Option",
    "Subtype",
    "Unfit",
    "by_section",
    "check",
    "load",
    "long_date",
    "parse_date",
    "postal",
    "shown",
    "stored",
    "wareki",
]
