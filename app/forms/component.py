"""One form-js component → one `FieldSpec`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.declarations import COMPONENT_PROPERTIES
from app.errors import N_
from app.feel import Expression, FeelError
from app.feel import parse as parse_feel
from app.forms.allowed import ALLOWED, PROPERTIES, VALIDATE
from app.forms.choosing import Choosing
from app.forms.patterns import BadPattern, compiled
from app.forms.spec import INPUTS, FieldSpec, Format, Kind, Limits, Subtype

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
PATTERN = "validate.pattern"


class Component(Choosing):
    """Reads one component. `children` reads the components of a group or list."""

    def __init__(
        self,
        part: Mapping[str, Any],
        kind: Kind,
        complain: Callable[..., None],
        children: Callable[[object], tuple[FieldSpec, ...]],
    ) -> None:
        super().__init__(part, kind, complain)
        self.children = children

    def read(self) -> FieldSpec:
        self.unknown(self.part, ALLOWED[self.kind], "")
        self.unknown(self.properties, PROPERTIES[self.kind], "properties.")
        self.unknown(self.validate, VALIDATE, "validate.")
        asks = self.kind in INPUTS
        layout = self.mapping("layout", self.part)
        appearance = self.mapping("appearance", self.part)
        fields: tuple[FieldSpec, ...] = ()
        if self.kind in (Kind.GROUP, Kind.LIST):
            fields = self.children(self.part.get("components"))
        options, source = self.options()
        spec_format, subtype = self.format(), self.subtype()
        return FieldSpec(
            key=self.key() if asks else "",
            type=self.kind,
            id=self.string("id"),
            label=self.label(),
            label_en=self.string("label_en", self.properties),
            description=self.plain("description"),
            description_en=self.string("description_en", self.properties),
            required=self.flag("required", self.validate),
            readonly=self.flag("readonly"),
            disabled=self.flag("disabled"),
            default=self.default(options, source, subtype),
            options=options,
            options_from=source,
            limits=self.limits(),
            format=spec_format,
            subtype=subtype,
            today=self.flag("today", self.properties),
            autocomplete=self.autocomplete(),
            booked=self.string("booked", self.properties),
            withdrawal=self.flag("withdrawal", self.properties),
            no_past=self.flag("disallowPassedDates"),
            minutes=self.integer("timeInterval", low=1, high=720) or 0,
            decimals=self.integer("decimalDigits", low=0, high=10),
            step=self.number("increment"),
            serialize_text=self.flag("serializeToString"),
            prefix=self.string("prefixAdorner", appearance),
            suffix=self.string("suffixAdorner", appearance),
            prefix_en=self.string("prefix_en", self.properties),
            suffix_en=self.string("suffix_en", self.properties),
            multiple=self.flag("multiple"),
            accept=self.accept(),
            max_size_mb=self.number("maxSizeMb", self.properties) or 20.0,
            fills=self.fills(spec_format),
            rows=self.rows(),
            min_rows=self.integer("minRows", self.properties, low=0, high=100) or 0,
            fixed_rows=self.kind is Kind.LIST and self.part.get("allowAddRemove") is False,
            columns=self.columns(),
            source=self.source(),
            text=self.plain("text") or self.plain("content"),
            text_en=self.string("text_en", self.properties) or self.string("content_en", self.properties),
            height=self.integer("height", low=0, high=2000) or 0,
            outline=self.flag("showOutline"),
            width=self.integer("columns", layout, low=1, high=16),
            row=self.string("row", layout),
            hide=self.condition(),
            properties=dict(self.properties),
            fields=fields,
        )

    def key(self) -> str:
        name = "path" if self.kind is Kind.LIST else "key"
        value = self.string(name)
        if not _KEY.match(value) or len(value) > 80:
            self.complain(
                N_("%(property)s is %(value)s; it must begin with a letter and hold letters, digits and _ alone"),
                property=name,
                value=repr(value),
            )
        if value == "typename" or value.startswith("__"):  # `__proto__` is no plain name in browsers
            self.complain(N_("The key %(key)s is reserved by the engine; choose another"), key=value)
        return value

    def label(self) -> str:
        if self.kind is Kind.DATETIME:
            own = self.plain("label")
            date_label, time_label = self.plain("dateLabel"), self.plain("timeLabel")
            pair = (time_label, date_label) if self.string("subtype") == "time" else (date_label, time_label)
            label = own or pair[0] or pair[1]
        else:
            label = self.plain("label") if self.kind is not Kind.IMAGE else self.plain("alt")
        if not label and self.kind in INPUTS:
            self.complain(N_("The field has no label; people must be told what to enter"))
        return label

    def format(self) -> Format:
        value = self.string("format", self.properties)
        if not value and self.string("validationType", self.validate) in ("email", "phone"):
            value = self.string("validationType", self.validate)
        if self.string("validationType", self.validate) not in ("", "custom", "email", "phone"):
            self.complain(N_("validate.validationType must be custom, email or phone"))
        if value and self.kind is not Kind.TEXT:
            self.complain(N_("properties.format belongs to a textfield"))
            return Format.NONE
        try:
            return Format(value)
        except ValueError:
            self.complain(
                N_("properties.format is %(value)s; it must be one of %(known)s"),
                value=value,
                known=", ".join(item for item in Format if item),
            )
            return Format.NONE

    def subtype(self) -> Subtype:
        if self.kind is not Kind.DATETIME:
            return Subtype.NONE
        if self.part.get("timeSerializingFormat") not in (None, "no_timezone"):
            self.complain(N_("timeSerializingFormat must be no_timezone: times are those of the body's clock"))
        try:
            return Subtype(self.string("subtype") or "date")
        except ValueError:
            self.complain(N_("subtype must be date, time or datetime"))
            return Subtype.DATE

    def limits(self) -> Limits:
        pattern = self.pattern()
        return Limits(
            min=self.number("min", self.validate),
            max=self.number("max", self.validate),
            min_length=self.integer("minLength", self.validate, low=0, high=100_000),
            max_length=self.integer("maxLength", self.validate, low=1, high=100_000),
            pattern=pattern,
            pattern_message=self.string("patternMessage", self.properties),
            pattern_message_en=self.string("patternMessage_en", self.properties),
        )

    def pattern(self) -> str:
        text = self.string("pattern", self.validate)
        if not text:
            return ""
        if self.kind is not Kind.TEXT:
            self.complain(N_("validate.pattern is read on a textfield alone; remove it"), part=PATTERN)
            return ""
        try:
            compiled(text)
        except BadPattern as error:
            self.complain(N_("validate.pattern is no pattern: %(reason)s"), part=PATTERN, reason=error)
            return ""
        return text

    def autocomplete(self) -> str:
        token = self.string("autocomplete", self.properties)
        if token and token not in COMPONENT_PROPERTIES["autocomplete"].choices:
            self.complain(
                N_("autocomplete is %(token)s; it may be %(known)s"),
                token=token,
                known=", ".join(COMPONENT_PROPERTIES["autocomplete"].choices),
            )
        return token

    def accept(self) -> tuple[str, ...]:
        parts = tuple(part.strip().lower() for part in self.string("accept").split(",") if part.strip())
        for part in parts:
            if not re.fullmatch(r"\.[a-z0-9]+|[a-z]+/([a-z0-9.+-]+|\*)", part):
                self.complain(N_("accept holds %(part)s; write endings (.pdf) or types (image/*)"), part=part)
        return parts

    def fills(self, spec_format: Format) -> tuple[tuple[str, str], ...]:
        found = tuple(
            (part, self.string(part, self.properties)) for part in ("prefecture", "city") if part in self.properties
        )
        if found and spec_format is not Format.POSTAL_CODE:
            self.complain(N_("properties.prefecture and city belong to a field with the format postal_code"))
            return ()
        return found

    def rows(self) -> int:
        if self.kind is not Kind.LIST:
            return self.integer("rowCount", low=1, high=1000) or 0
        if self.part.get("isRepeating") is False:
            self.complain(N_("isRepeating must be true; use a group for fields that are asked once"))
        rows = self.integer("defaultRepetitions", low=0, high=100)
        return 1 if rows is None else rows

    def source(self) -> str:
        if self.kind is Kind.TABLE:
            name = self.string("dataSource").removeprefix("=").strip()
            if not _KEY.match(name):
                self.complain(N_("dataSource must be a name"))
            return name
        if self.kind is not Kind.IMAGE:
            return ""
        address = self.string("source")
        if not re.match(r"/(?![/\\])[^\s<>\"]*\Z", address):
            self.complain(N_("source must be an address of this site that begins with /"))
            return ""
        return address

    def condition(self) -> Expression | None:
        conditional = self.mapping("conditional", self.part)
        self.unknown(conditional, frozenset({"hide"}), "conditional.")
        text = self.string("hide", conditional).strip()
        if not text:
            return None
        try:
            return parse_feel(text.removeprefix("="))
        except FeelError as error:
            self.complain(N_("conditional.hide cannot be read: %(reason)s"), part="conditional.hide", reason=error)
            return None
