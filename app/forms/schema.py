"""form-js JSON → `FieldSpec`s. What the portal does not draw is refused by name: nothing is ignored in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.errors import N_, Problem
from app.forms.component import Component
from app.forms.spec import FieldSpec, Kind

_FORM = frozenset(
    {
        "type",
        "id",
        "components",
        "schemaVersion",
        "exporter",
        "executionPlatform",
        "executionPlatformVersion",
        "versionTag",
        "$schema",
        "generator",
        "properties",
    }
)
_DEPTH = 6
OTHER_ID = N_("The form's id is %(id)s; it must be the id of its task, %(element)s")
MAX_FIELDS = 500


class _Reader:
    """Reads one schema; collects every problem instead of stopping at the first."""

    def __init__(self, element: str) -> None:
        self.element = element
        self.problems: list[Problem] = []
        self.count = 0

    def complain(self, where: str, message: str, part: str = "", **params: Any) -> None:
        """`where`: the component; `part`: its attribute, unless the message has it as %(property)s."""
        attribute = part or params.get("property", "")
        self.problems.append(
            Problem(
                file=f"forms/{self.element}.form" if self.element else "form",
                element=where,
                message=message,
                params=params,
                part=f"attribute:{attribute}" if attribute else "",
            )
        )

    def at(self, where: str) -> Callable[..., None]:
        """`complain`, bound to one component."""
        return lambda message, **params: self.complain(where, message, **params)

    def form(self, schema: object) -> tuple[FieldSpec, ...]:
        if not isinstance(schema, Mapping):
            self.complain("", N_("A form is a JSON object with `components`"))
            return ()
        for name in sorted(set(map(str, schema)) - _FORM):
            self.complain("", N_("The form's property %(property)s is not supported; remove it"), property=name)
        if schema.get("type", "default") != "default":
            self.complain("", N_("A form's `type` is `default`, not %(type)s"), type=schema.get("type"))
        if self.element and schema.get("id") != self.element:
            self.complain(
                "",
                OTHER_ID,
                id=schema.get("id"),
                element=self.element,
            )
        fields = self.components(schema.get("components"), 0)
        self.keys(fields)
        return fields

    def components(self, parts: object, depth: int) -> tuple[FieldSpec, ...]:
        if not isinstance(parts, list):
            self.complain("", N_("`components` must be a list"))
            return ()
        if depth > _DEPTH:
            self.complain("", N_("Groups and lists are nested more than %(depth)s deep"), depth=_DEPTH)
            return ()
        return tuple(spec for part in parts if (spec := self.component(part, depth)) is not None)

    def component(self, part: object, depth: int) -> FieldSpec | None:
        self.count += 1
        if self.count > MAX_FIELDS:
            if self.count == MAX_FIELDS + 1:
                self.complain(
                    "", N_("A form has at most %(most)s components; split it into two tasks"), most=MAX_FIELDS
                )
            return None
        if not isinstance(part, Mapping):
            self.complain("", N_("A component must be a JSON object"))
            return None
        where = str(part.get("key") or part.get("path") or part.get("id") or part.get("type") or "")
        try:
            kind = Kind(str(part.get("type")))
        except ValueError:
            self.complain(
                where,
                N_("Components of the type %(type)s are not supported; use one of %(known)s"),
                type=part.get("type"),
                known=", ".join(Kind),
            )
            return None
        return Component(part, kind, self.at(where), lambda inner: self.components(inner, depth + 1)).read()

    def keys(self, fields: Sequence[FieldSpec]) -> None:
        """Keys are unique in their scope: the form, or a row of a list."""
        seen: set[str] = set()
        for spec in _scope(fields):
            if spec.key in seen:
                self.complain(spec.key, N_("The key %(key)s is used twice; every field needs its own"), key=spec.key)
            seen.add(spec.key)
            if spec.type is Kind.LIST:
                self.keys(spec.fields)
        for spec in _scope(fields):
            for _, target in spec.fills:
                if target not in seen:
                    self.complain(
                        spec.key,
                        N_("The field %(target)s that the postal code fills is not in the form"),
                        target=target,
                    )


def _scope(fields: Sequence[FieldSpec]) -> Iterator[FieldSpec]:
    for spec in fields:
        if spec.type is Kind.GROUP:
            yield from _scope(spec.fields)
        elif spec.is_input:
            yield spec


def read(schema: object, element: str) -> tuple[tuple[FieldSpec, ...], list[Problem]]:
    """The fields of a schema, and everything that is wrong with it."""
    reader = _Reader(element)
    fields = reader.form(schema)
    return fields, reader.problems
