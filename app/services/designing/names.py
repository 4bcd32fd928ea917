"""Which names one may write where: what the process really carries at a point, and what templates are given.

    for_element   routing values when a case comes to the element: [{id, title, kind, values, certain}]
    for_file      names of a template, as paths: [{id, title, kind, certain}], with filters, skeletons and elements

`certain` is false where some case may come without the value. `kind`: text, number, flag, day, list, any.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from app.catalogue import Package
from app.catalogue.domains import Domain, State
from app.catalogue.fields import form_fields
from app.catalogue.following import Following
from app.catalogue.template_names import CASE, IN_DOCUMENTS, IN_LAYOUTS, IN_MAILS, JINJAS, LAYOUTS, LISTS, MEMBERS
from app.connectors.templates import FILTERS
from app.declarations.comparisons import ANSWERS

Shown = dict[str, Any]
_KINDS = {"text": "text", "number": "number", "bool": "flag", "list": "list", "dict": "any", "none": ""}


@lru_cache(maxsize=4)
def _followed(package: Package) -> Following | None:
    following = Following(package)
    return following if following.whole else None


def for_element(package: Package, element: str) -> list[Shown]:
    """The routing values at an element. Where the diagrams cannot be followed, all that there are, none certain."""
    titles = _titles(package)
    following = _followed(package)
    state = following.entry.get(element) if following is not None else None
    if state is None:
        return [_value(name, titles, None) for name in sorted(_all(package, following))]
    return [_value(name, titles, state.of(name)) for name in sorted(state.names)]


def for_file(package: Package, path: str) -> Shown:
    """What a mail, a document or a skeleton of either may say."""
    mail, skeleton = path.startswith("mail/"), path.startswith("_shared/")
    more: Collection[str] = IN_MAILS if mail else IN_DOCUMENTS
    if skeleton:
        more = IN_LAYOUTS if path in LAYOUTS else IN_MAILS | IN_DOCUMENTS
    elements = () if skeleton else tuple(_uses(package, PurePosixPath(path).stem))
    return {
        "names": [*_given(CASE | frozenset(more)), *_settings(package), *_answers(package), *_data(package, elements)],
        "own": sorted(JINJAS),
        "filters": sorted(FILTERS),
        "skeletons": sorted(name for name in package.files if name.startswith("_shared/")),
        "elements": [{"id": each, "title": package.elements[each].name} for each in elements],
    }


def _uses(package: Package, name: str) -> Iterator[str]:
    """The elements that send the mail or make the document of this id."""
    quoted = {f"'{name}'", f'"{name}"'}
    for element in package.elements.values():
        listed = (*element.listed("sends"), *element.listed("makes"))
        if name in listed or any(value.strip() in quoted for value in element.parameters.values()):
            yield element.id


def _name(path: str, title: str = "", kind: str = "any", *, certain: bool = True) -> Shown:
    return {"id": path, "title": title, "kind": kind, "certain": certain}


def _given(names: Collection[str]) -> Iterator[Shown]:
    for name in sorted(names):
        yield _name(name, kind="list" if name in LISTS else "any")
        for member in sorted(MEMBERS.get(name, ())):
            yield _name(f"{name}[].{member}" if name in LISTS else f"{name}.{member}")


def _settings(package: Package) -> Iterator[Shown]:
    for section, settings in package.settings.items():
        for key, setting in settings.items():
            yield _name(f"{section}.{key}", setting.title)
            yield _name(f"settings.{section}.{key}", setting.title)


def _answers(package: Package) -> Iterator[Shown]:
    for element, form in package.forms.items():
        task = package.elements.get(element)
        yield _name(f"answers.{element}", task.name if task is not None else "")
        for key, field in form_fields(form).items():
            kind = ANSWERS.get(str(field.get("type")), "any")
            yield _name(f"answers.{element}.{key}", _label(field), kind)


def _label(field: Mapping[str, Any]) -> str:
    return str(field.get("label") or field.get("dateLabel") or field.get("timeLabel") or "")


def _data(package: Package, elements: Collection[str]) -> Iterator[Shown]:
    """`data.<name>`: certain where each way to each place that uses the template has set it."""
    titles, following = _titles(package), _followed(package)
    states = [following.entry[each] for each in elements if each in following.entry] if following is not None else []
    for name in sorted(_all(package, following)):
        certain = bool(states) and all(not state.of(name).unset for state in states)
        if states and all(_never(state, name) for state in states):
            continue
        yield _name(f"data.{name}", titles.get(name, ""), certain=certain)


def _never(state: State, name: str) -> bool:
    return name not in state.names


def _all(package: Package, following: Following | None) -> set[str]:
    if following is None:
        return {key for each in package.elements.values() for key in each.listed("routes")}
    return {name for state in following.entry.values() for name in state.names}


def _value(name: str, titles: Mapping[str, str], domain: Domain | None) -> Shown:
    found = _name(name, titles.get(name, ""), certain=domain is not None and not domain.unset)
    values = list(domain.texts()) if domain is not None and domain.exact else []
    return {**found, "kind": _kind(domain), "values": values}


def _kind(domain: Domain | None) -> str:
    if domain is None or domain.any:
        return "any"
    kinds = {_KINDS[kind] for kind, _ in domain.known} | {_KINDS.get(kind, "any") for kind in domain.kinds}
    kinds |= {"number"} if domain.numbers is not None else set()
    kinds -= {""}
    return kinds.pop() if len(kinds) == 1 else "any"


def _titles(package: Package) -> dict[str, str]:
    """What people call each routing value: as it is declared, else as the form that gives it does."""
    found: dict[str, str] = {}
    for element in package.elements.values():
        fields = form_fields(package.forms[element.id]) if element.id in package.forms else {}
        for key in element.listed("routes"):
            if key in fields:
                found.setdefault(key, _label(fields[key]))
    return {**found, **{name: each.title for name, each in package.declared.values.items()}}
