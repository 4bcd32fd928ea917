"""The fields of a form-js schema by the name under which an answer holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 12  # of groups and lists within each other


def form_fields(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Top-level key to component. A dynamic list or a group with a path counts as one field, of that name."""
    found: dict[str, dict[str, Any]] = {}
    _collect(schema.get("components"), found, 0)
    return found


def _collect(components: object, found: dict[str, dict[str, Any]], depth: int) -> None:
    if not isinstance(components, list) or depth > MAX_DEPTH:
        return
    for component in components:
        if not isinstance(component, dict):
            continue
        name = component.get("key") or component.get("path")
        if isinstance(name, str) and name:
            found.setdefault(name, component)
        elif "components" in component:
            _collect(component["components"], found, depth + 1)


def inner_fields(component: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Those of one row of a dynamic list; {} of every other component."""
    return form_fields(component) if component.get("type") == "dynamiclist" else {}


def component_of(schema: Mapping[str, Any], name: str, depth: int = 0) -> Mapping[str, Any] | None:
    """The component of this key, path or id, also in groups and lists; None where there is none."""
    components = schema.get("components")
    if not name or not isinstance(components, list) or depth > MAX_DEPTH:
        return None
    for component in components:
        if not isinstance(component, dict):
            continue
        if name in (component.get("key"), component.get("path"), component.get("id")):
            return component
        inner = component_of(component, name, depth + 1)
        if inner is not None:
            return inner
    return None
