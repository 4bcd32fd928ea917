"""The public application: its form, what it must say, and the case that it begins."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.engine import CompleteTask
from app.errors import NotFound, Refused, Stale, StepFailed
from app.forms import BoundForm, Cleaned, FieldError, FormSpec
from app.services.base import businessdays, finding, history
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import Loaded
from app.services.cases import entering
from app.services.papers import printable
from app.services.process import steps
from app.services.process.moment import Closing
from app.services.trouble import incidents
from app.states import EntryKind, IncidentKind, Side
from app.store import cases, database, work
from app.store.models import Answer
from app.text import address
from app.text.normal import normal

# What mail programs make a link of, in a name that is read in half width: a scheme, www., a host with a path.
_LINKED = re.compile(r"://|(?<![a-z0-9])www[.。]|[a-z0-9-][.。][a-z]{2,}(?:/[!-~]|:\d|[?#])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Started:
    """What the done page says."""

    number: str
    email: str
    repeated: bool  # the same application had been sent before


@dataclass(frozen=True, slots=True)
class Opened:
    """A package's public form, of the release on which the application runs. `changed`: not the one that was shown."""

    loaded: Loaded
    changed: bool

    @property
    def spec(self) -> FormSpec:
        """The form that an applicant fills in."""
        return self.loaded.forms[self.loaded.package.start_form]


def form(portal: Portal, package_id: str, shown: int | None = None) -> Opened:
    """The package's public form. `shown`: the number of the release whose form somebody is filling in; it holds for
    them for a day after another release followed it."""
    with database.connection():
        loaded = portal.releases.lately(package_id, shown) if shown is not None else None
        if loaded is not None:
            return Opened(loaded, False)
        return Opened(portal.releases.current(package_id), shown is not None)


def changed() -> Stale:
    """What is said when the release whose form was shown holds no more."""
    return Stale("The form has changed since you opened it; look through your answers and send them again")


def bind(
    portal: Portal, opened: Opened, raw: Mapping[str, Any], errors: tuple[FieldError, ...], lang: str
) -> BoundForm:
    """The public form as a page draws it."""
    return opened.spec.bind(raw, lang=lang, context={"today": portal.today()}, errors=errors)


def check(portal: Portal, opened: Opened, raw: Mapping[str, Any]) -> Cleaned:
    """Clean the public form."""
    return opened.spec.clean(raw, context={"today": portal.today()}, lacking=printable.lacking(portal))


def recipient(opened: Opened, values: Mapping[str, Any]) -> str:
    """The address to which the link of an application goes."""
    return address.one(opened.loaded.package.applicant.said(values, "email"))


def apply(
    portal: Portal, package_id: str, raw: Mapping[str, Any], shown: int | None = None, language: str = ""
) -> Started:
    """Start a case; the same application sent again within the link's life gives the case that it started. `shown`:
    see `form`; `language`: in which it was read. Raises Stale when that release holds no more."""
    opened = form(portal, package_id, shown)
    if opened.changed:
        raise changed()
    loaded, spec = opened.loaded, opened.spec
    cleaned = spec.clean(raw, context={"today": portal.today()}, lacking=printable.lacking(portal))
    if not cleaned.ok:
        raise Refused("Some answers need another look")
    values, now, fields = cleaned.values, portal.now(), loaded.package.applicant
    email = recipient(opened, values)
    _plain(fields.said(values, each) for each in ("name", "contact", "subject"))
    key = _key(package_id, values)
    with incidents.noted(portal), _new(package_id), database.transaction():
        database.lock_name(f"apply:{key}")
        known = cases.by_apply_key(key)
        if known is not None and not known.ended:
            return Started(known.number, known.email, True)
        if known is not None:
            known.apply_key = None
            known.save()
        year = businessdays.today(now).year
        case = cases.create(
            number=f"{year}-{cases.next_number(f'case:{year}'):04d}",
            package_id=package_id,
            release=loaded.release_id,
            company_name=fields.said(values, "name"),
            contact_name=fields.said(values, "contact"),
            email=email,
            language=language,
            system_name=fields.said(values, "subject"),
            turn_since=now,
            created_at=now,
            changed_at=now,
            apply_key=key,
        )
        entering.new_link(case, portal)
        history.note(
            case.id, now, EntryKind.APPLIED, by=Actor(None, case.contact_name, Side.VENDOR), title=case.system_name
        )
        steps.start(portal, case, {}, now)
        first = next((task for task in work.open_tasks(case.id) if task.element == loaded.package.start_form), None)
        if first is None:
            raise NotFound("The process does not begin with its public form")
        answer = Answer.create(
            case=case, element=first.element, values=values, at=now, by_name=case.contact_name, side=Side.VENDOR
        )
        finding.keep(case, loaded)
        routes = {name: values.get(name) for name in loaded.element(first.element).listed("routes")}
        steps.advance(
            portal,
            case,
            CompleteTask(first.id, routes),
            now,
            Closing(Actor(None, case.contact_name, Side.VENDOR), answer),
        )
    portal.poke()
    return Started(case.number, case.email, False)


def _plain(names: Iterable[str]) -> None:
    """Raise Refused for a name that a mail program would turn into a link: the first mail goes to an address that
    nobody has proved, in the body's name."""
    if any(_LINKED.search(normal("NFKC", each)) for each in names):
        raise Refused("Leave web addresses out of the names; there is a place for them later")


@contextmanager
def _new(package_id: str) -> Iterator[None]:
    """A case that could not be started is none: the incident is the package's."""
    try:
        with incidents.net(0, package_id, kind=IncidentKind.START):
            yield
    except StepFailed as error:
        error.case, error.kind, error.element, error.title = 0, "start", package_id, ""
        raise


def _key(package_id: str, values: Mapping[str, Any]) -> str:
    """Two applications are the same when they say the same; spelling apart."""
    text = json.dumps({key: str(value).strip().lower() for key, value in values.items()}, sort_keys=True)
    return hashlib.sha256(f"{package_id}\n{text}".encode()).hexdigest()
