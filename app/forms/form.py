"""The form itself: read once when a package is loaded, then used by every desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.errors import BadPackage, Problem
from app.forms import answers as wording
from app.forms import cleaning, reading, schema
from app.forms.binding import Binder
from app.forms.bound import BoundForm
from app.forms.spec import Answer, Cleaned, FieldError, FieldSpec, FileRef, Kind, inputs
from app.text.days import long_date


@dataclass(frozen=True, slots=True)
class FormSpec:
    """One form. `element` is the task it belongs to; `fields` its components in document order."""

    element: str
    fields: tuple[FieldSpec, ...]

    def walk(self) -> Iterator[FieldSpec]:
        """Every component, through groups and the rows of lists."""
        for field in self.fields:
            yield from field.walk()

    def inputs(self) -> Iterator[FieldSpec]:
        """Fields that hold an answer at the top of `values`: through groups, not into lists."""
        return inputs(self.fields)

    def field(self, path: str) -> FieldSpec | None:
        """The field at a path such as `findings-0-mend_by` or `company_name`."""
        fields, found = self.fields, None
        parts = path.split("-")
        if len(parts) % 2 == 0 or not all(index.isdecimal() for index in parts[1::2]):
            return None
        for key in parts[::2]:
            found = next((spec for top in fields for spec in _through_groups(top) if spec.key == key), None)
            if found is None:
                return None
            fields = found.fields
        return found

    @property
    def asks(self) -> bool:
        """Whether it has inputs; a form without any is an acknowledgement."""
        return any(True for _ in self.inputs())

    def bind(
        self,
        values: Mapping[str, Any],
        *,
        lang: str,
        choices: cleaning.Choices | None = None,
        context: Mapping[str, Any] | None = None,
        errors: Mapping[str, FieldError] | Iterable[FieldError] = (),
        comments: Mapping[str, Sequence[str]] | None = None,
    ) -> BoundForm:
        """What `forms/fields.html` draws.

        `values`: raw, clean or draft answers. `lang`: `ja` or `en`. `choices`: (value, label) pairs by
        field key or by the name that the options come from (`calendar`, `wishes`). `context`: what
        conditions, read-only fields and tables read beyond the answers (task data), and `today` (date)
        for fields that begin with it. `errors`: of `Cleaned`. `comments`: what reviewers pinned, by the
        path of the field.
        """
        found = dict(errors) if isinstance(errors, Mapping) else {}
        for error in () if isinstance(errors, Mapping) else errors:
            found.setdefault(error.key, error)
        binder = Binder(
            self.fields,
            lang=lang,
            choices=choices or {},
            context=context or {},
            errors=found,
            comments=comments or {},
            explain=self.explain,
        )
        return binder.form(values)

    def read(
        self,
        posted: reading.Posted,
        files: Mapping[str, Sequence[FileRef]] | None = None,
        known: Iterable[FileRef] = (),
    ) -> dict[str, Any]:
        """Raw answers of a post, as typed; presses of row and postal code buttons are carried out.

        `files`: uploads of this very post by field name, stored already. `known`: uploads that this draft
        has already; the page names them by id (see `file_ids`), and other ids count for nothing.
        """
        return reading.Reading(posted, files or {}, known).scope(self.fields)

    def pressed(self, posted: reading.Posted) -> str:
        """HTML id to return to when the post was a press of a row or postal code button; else empty.

        Such a post only changes the page: draw it again from `read`, check nothing.
        """
        for path in posted.getlist("add_row"):
            if self._is(path, Kind.LIST):
                return f"f-{path}"
        for path in posted.getlist("remove_row"):
            parent, _, index = path.rpartition("-")
            if index.isdecimal() and self._is(parent, Kind.LIST):
                return f"f-{parent}"
        for path in posted.getlist("fill_postal"):
            if self._is(path, Kind.TEXT):
                return f"f-{path}"
        return ""

    def _is(self, path: str, kind: Kind) -> bool:
        spec = self.field(path)
        return spec is not None and spec.type is kind

    def file_names(self, posted: reading.Posted) -> dict[str, FieldSpec]:
        """Upload fields by the names that `request.files` may hold for this post; files of other names
        are not to be stored.
        """
        return dict(reading.file_names(self.fields, posted))

    def file_ids(self, posted: reading.Posted) -> set[str]:
        """Ids of uploads that the page says it has: to be looked up among those of the draft and passed
        to `read` as `known`.
        """
        return {ref for name in self.file_names(posted) for ref in posted.getlist(name) if isinstance(ref, str) and ref}

    def clean(
        self,
        raw: Mapping[str, Any],
        *,
        choices: cleaning.Choices | None = None,
        context: Mapping[str, Any] | None = None,
        lacking: cleaning.Lacking | None = None,
    ) -> Cleaned:
        """Clean values and what is wrong. Never raises for anything that JSON can hold. See `bind` for
        the arguments; `lacking`: what of a text papers cannot show, wrong in a field of one
        line, where names are.

        Values: text → str or None · number → int or float (text with serializeToString) or None · date,
        time, datetime → ISO text or None · checkbox → bool · choice → str or None · checklist, taglist →
        list of str · files → list of {id, name, size, mime} · dynamic list → list of such dicts. Hidden
        and disabled fields are absent.
        """
        return cleaning.clean(self.fields, raw, choices or {}, context or {}, lacking or (lambda _text: ()))

    def answers(self, values: Mapping[str, Any], lang: str) -> list[Answer]:
        """Clean values in words, in document order."""
        return list(wording.answers(self.fields, values, lang))

    def explain(self, error: FieldError, lang: str) -> tuple[str, dict[str, Any]]:
        """(message id, params) of an error, with the field's label in `lang`: `gettext(message) % params`
        is the sentence.
        """
        spec = self.field(error.key)
        label = spec.named(lang) if spec else error.key
        # "Enter company name": a label that is not an abbreviation goes on within the English sentence.
        if lang == "en" and label[1:2].islower() and " %(label)s" in error.message:
            label = label[0].lower() + label[1:]
        told = {
            key: long_date(value, lang) if isinstance(value, date) else value for key, value in error.params.items()
        }
        params = {**told, "label": label}
        if spec and "%(sentence)s" in error.message:
            params["sentence"] = (spec.limits.pattern_message_en if lang == "en" else "") or spec.limits.pattern_message
        return error.message, params


def _said(value: Any, lang: str) -> Any:
    return long_date(value, lang) if isinstance(value, date) else value


def _through_groups(spec: FieldSpec) -> Iterator[FieldSpec]:
    if spec.type is Kind.GROUP:
        for child in spec.fields:
            yield from _through_groups(child)
    elif spec.is_input:
        yield spec


def load(form: Mapping[str, Any], element: str = "") -> FormSpec:
    """The form of a form-js schema. Raises `BadPackage` that names every component and property
    that is not supported.
    """
    found, problems = stored(form, element)
    if problems:
        raise BadPackage(problems)
    return found


def stored(form: Mapping[str, Any], element: str = "") -> tuple[FormSpec, list[Problem]]:
    """The same of a form that was released under an older check, and is still open: what today's check refuses of it
    is left out (a pattern, a component of a kind that is drawn no more) and named.
    """
    fields, problems = schema.read(form, element)
    return FormSpec(element or str(form.get("id", "")), fields), problems


def check(form: Mapping[str, Any], element: str) -> list[Problem]:
    """Everything that is wrong with a schema; empty when it can be released."""
    return schema.read(form, element)[1]
