"""JSON attributes of a component, read one by one: each complaint names the attribute that it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.errors import N_
from app.forms.spec import Kind


class Attributes:
    """`complain(message, **params)` takes what is wrong; every reader gives a harmless value then."""

    def __init__(self, part: Mapping[str, Any], kind: Kind, complain: Callable[..., None]) -> None:
        self.part = part
        self.kind = kind
        self.complain = complain
        self.properties: Mapping[str, Any] = self.mapping("properties", part)
        self.validate: Mapping[str, Any] = self.mapping("validate", part)

    def unknown(self, found: Mapping[str, Any], known: frozenset[str], prefix: str) -> None:
        for name in sorted(set(map(str, found)) - known):
            self.complain(
                N_("%(property)s of a %(type)s is not supported; remove it"),
                property=prefix + name,
                type=self.kind.value,
            )

    def mapping(self, name: str, holder: Mapping[str, Any]) -> Mapping[str, Any]:
        value = holder.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.complain(N_("%(property)s must be a JSON object"), property=name)
            return {}
        return value

    def string(self, name: str, holder: Mapping[str, Any] | None = None) -> str:
        value = (self.part if holder is None else holder).get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.complain(N_("%(property)s must be a text"), property=name)
            return ""
        return value

    def plain(self, name: str) -> str:
        """A text that people read. form-js would also take expressions and `{{…}}` there; the portal does not."""
        value = self.string(name)
        if value.startswith("=") or "{{" in value:
            self.complain(N_("%(property)s holds an expression or {{…}}; write plain words"), property=name)
        return value

    def flag(self, name: str, holder: Mapping[str, Any] | None = None) -> bool:
        value = (self.part if holder is None else holder).get(name)
        if value is None:
            return False
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        self.complain(N_("%(property)s must be true or false; expressions are not supported there"), property=name)
        return False

    def number(self, name: str, holder: Mapping[str, Any] | None = None) -> float | None:
        value = (self.part if holder is None else holder).get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                value = None
        if not isinstance(value, int | float) or isinstance(value, bool) or value != value or abs(value) > 1e15:
            self.complain(N_("%(property)s must be a number; expressions are not supported there"), property=name)
            return None
        return value

    def integer(self, name: str, holder: Mapping[str, Any] | None = None, *, low: int, high: int) -> int | None:
        value = self.number(name, holder)
        if value is None:
            return None
        if value != int(value) or not low <= value <= high:
            self.complain(
                N_("%(property)s must be a whole number from %(low)s to %(high)s"),
                property=name,
                low=low,
                high=high,
            )
            return None
        return int(value)
