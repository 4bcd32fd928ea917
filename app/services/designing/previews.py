"""What a draft of a form, mail or document comes out as: with a made-up case, or with a real one.

Texts are composed and documents drawn in children with limits. With a real case it is noted who looked at it; its
sign-in link is left out, and secrets are in no answer anyway.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from app import forms
from app.catalogue import Package, sources
from app.catalogue.template_names import LAYOUTS
from app.connectors.composing import Composer
from app.errors import NotFound, Permanent, Problem
from app.forms import BoundForm
from app.services.base import permit, trail
from app.services.base.actors import Actor
from app.services.base.portal import Portal
from app.services.base.releases import settings_of
from app.services.designing.samples import Sample
from app.services.designing.samplethings import LINK
from app.services.process import context
from app.states import Act, Right, Thing
from app.store import cases, database
from app.store.models import Case
from app.text.later import settled


@dataclass(frozen=True, slots=True)
class FormShown:
    """A form as the portal draws it; `left_out`: what cannot be drawn, and why."""

    form: BoundForm
    left_out: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class MailShown:
    """A mail as it would be sent. `to`: whom; `attachments`: what goes with it."""

    subject: str
    to: str
    text: str
    html: str
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageShown:
    """A document before it is drawn."""

    title: str
    filename: str
    html: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is shown: the file as it is being written, for which element, and with which case ("": a made-up one).
    `language`: of whom a mail goes to."""

    path: str
    content: str
    element: str = ""
    case: str = ""
    language: str = "ja"


class Previews:
    """One for a process: it holds the child in which texts are composed."""

    def __init__(self, portal: Portal, composer: Composer | None = None) -> None:
        self._portal = portal
        self._composer = composer or Composer()

    def close(self) -> None:
        """End the child that composes."""
        self._composer.close()

    def form(self, package: Package, asked: Asked, language: str) -> FormShown:
        """The form, empty, as somebody sees it who opens it in this language. Raises Permanent on what is no form."""
        element = PurePosixPath(asked.path).stem
        try:
            schema = json.loads(asked.content)
        except (ValueError, RecursionError) as error:
            raise Permanent("The file is no form: %(reason)s", reason=str(error)) from error
        if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
            raise Permanent("This is not a form: it has no list of components.")
        spec, left_out = forms.stored(schema, element)
        known = {"today": self._portal.today(), "withdrawal": "", "booked": {}}
        bound = spec.bind({}, lang=language, choices=self._sample(package).choices(element), context=known)
        return FormShown(bound, tuple(left_out))

    def mail(self, package: Package, asked: Asked, actor: Actor) -> MailShown:
        """The mail. Of a skeleton of mails: the package's first mail in it. Raises Permanent, Temporary, NotFound."""
        path, text, files = self._shown_with(package, asked, "mail/", ".md")
        wrong: list[Problem] = []
        source = sources.read_mail(path, text, wrong)
        _raise(wrong)
        facts = self._facts(package, asked, actor)
        made = self._composer.compose(
            "mail",
            {
                "subject": source.subject,
                "subject_en": source.subject_en,
                "body": _where_it_stands(source.body, source.body_line),
                "header": dict(source.header),
            },
            facts,
            files,
            attachments=list(source.attachments),
            mail_id=source.id,
            message_id="<sample@nintei.localhost>",
            sender="nintei@nintei.localhost",
            to=facts["company"]["email"] or "nobody@nintei.localhost",
            to_side=source.to,
            english="" if asked.language == "en" else None,
        )
        return MailShown(made["subject"], source.to, made["text"], made["html"], source.attachments)

    def page(self, package: Package, asked: Asked, actor: Actor) -> PageShown:
        """The document before it is drawn. Of a skeleton: the package's first document in it. Raises as `mail`."""
        path, text, files = self._shown_with(package, asked, "pdf/", ".html")
        wrong: list[Problem] = []
        source = sources.read_document(path, text, wrong)
        _raise(wrong)
        made = self._composer.compose(
            "document",
            {
                "title": source.title,
                "filename": source.filename,
                "body": _where_it_stands(source.html, source.body_line),
            },
            self._facts(package, asked, actor),
            files,
            document_id=source.id,
        )
        return PageShown(made["title"], made["filename"], made["html"])

    def document(self, package: Package, asked: Asked, actor: Actor) -> tuple[PageShown, bytes]:
        """The document, and its PDF; a certificate is not signed."""
        page = self.page(package, asked, actor)
        return page, self._portal.print(page.html, package.files)

    # ---- with what it is shown

    def _shown_with(
        self, package: Package, asked: Asked, folder: str, ending: str
    ) -> tuple[str, str, dict[str, bytes]]:
        """(path, text, all files): of a skeleton, the first file that is written in it."""
        files = {**package.files, asked.path: asked.content.encode()}
        if not asked.path.startswith("_shared/"):
            return asked.path, asked.content, files
        for path in sorted(files):
            if path.startswith(folder) and path.endswith(ending):
                text = files[path].decode("utf-8", "replace")
                if asked.path in text or (asked.path in LAYOUTS and folder == "mail/"):
                    return path, text, files
        raise NotFound("Nothing in the package is written with this file")

    def _facts(self, package: Package, asked: Asked, actor: Actor) -> dict[str, Any]:
        sample = self._sample(package)
        if not asked.case:
            return {**sample.context(asked.element or _element(package, asked.path)), **sample.more()}
        with database.transaction():
            case = permit.visible_case(cases.get(asked.case), actor)
            loaded = self._portal.releases.loaded(case.release_id)
            element = asked.element or _element(package, asked.path)
            known = element if element in loaded.package.elements else ""
            facts = settled(context.build(self._portal, case, loaded, element=known))
            _looked(self._portal, case, PurePosixPath(asked.path).name, actor)
        settings = settings_of(self._portal.releases.in_force.on(package))
        links = {**facts["links"], "entry": f"{facts['links']['site']}/enter/{LINK}"}
        return {**settings, **sample.more(), **facts, "settings": settings, "links": links}

    def _sample(self, package: Package) -> Sample:
        settings = settings_of(self._portal.releases.in_force.on(package))
        key = json.dumps(settings, sort_keys=True, default=str)
        base = self._portal.settings.base_url.rstrip("/")
        return _made(_Key(package, settings, package.digest + key), self._portal.today(), base)


def _where_it_stands(text: str, line: int) -> str:
    """Below as many lines as in its file: what is wrong is told by the line that its writer sees."""
    return "\n" * (line - 1) + text


@database.connection()
def cases_of(portal: Portal, package_id: str, actor: Actor) -> list[tuple[str, str]]:  # noqa: ARG001 - as all services
    """(number, whose and for what) of the package's cases, the last changed first."""
    actor.require(Right.DESIGN)
    found = cases.search(package_id=package_id)
    return [(case.number, f"{case.company_name} {case.system_name}".strip()) for case in found]


@dataclass(frozen=True, slots=True)
class _Key:
    """Equal when the package's files and settings are."""

    package: Package
    settings: Mapping[str, Any]
    said: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.said == other.said

    def __hash__(self) -> int:
        return hash(self.said)


@lru_cache(maxsize=4)
def _made(key: _Key, today: Any, base: str) -> Sample:
    return Sample(key.package, key.settings, today, base)


def _element(package: Package, path: str) -> str:
    """The first element that sends the mail or makes the document."""
    name = PurePosixPath(path).stem
    quoted = {f"'{name}'", f'"{name}"'}
    for element in package.elements.values():
        if any(value in quoted for value in element.parameters.values()):
            return element.id
        if name in (*element.listed("sends"), *element.listed("makes")):
            return element.id
    return ""


def _raise(wrong: list[Problem]) -> None:
    if wrong:
        first = wrong[0]
        raise Permanent(first.message, **first.params)


def _looked(portal: Portal, case: Case, file: str, actor: Actor) -> None:
    """Who writes a template looked at it with this case: on record once in a while, not with every word they type."""
    now, about = portal.now(), trail.about(Thing.DOCUMENT, f"preview:{case.number}:{file}", file, case.id)
    if not trail.told_lately(actor, Act.VIEWED, about, now):
        trail.note(now, actor, Act.VIEWED, about)
