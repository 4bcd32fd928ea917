"""What is typed into a task: its form, its draft, and the check before it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

from app.errors import N_, NotFound
from app.forms import Answer as AnswerLine
from app.forms import Cleaned, FieldError, FormSpec, Offered
from app.services.base import holders, permit
from app.services.base.actors import Actor
from app.services.base.nouns import Asked, Warned
from app.services.base.portal import Portal
from app.services.papers import intake, printable
from app.services.process import secrets
from app.services.tasks import comments, drafts, filling, nouns, reviews
from app.store import database, records, work
from app.text import tracking
from app.text.normal import normal
from app.text.numbers import whole


@dataclass(frozen=True, slots=True)
class Pressed:
    """What became of a press."""

    revision: int  # of the draft now
    cleaned: Cleaned | None = None  # where it was looked through


def form(setting: permit.Setting) -> FormSpec:
    """The form of the task's element. Raises NotFound when it has none."""
    spec = setting.loaded.forms.get(setting.task.element)
    if spec is None:
        raise NotFound("This task has no form")
    return spec


def writing(portal: Portal, task_id: str, actor: Actor) -> FormSpec:
    """The form, for an actor who may answer it now. Raises Forbidden, Refused, Stale (finished), NotFound."""
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        permit.may_do(setting, actor)
        permit.still_open(setting.task)
        return form(setting)


def form_of(portal: Portal, task_id: str, actor: Actor) -> FormSpec:
    """The form with which `web` reads a post."""
    with database.connection():
        return form(permit.find(portal, task_id, actor))


def choices_of(portal: Portal, task_id: str, actor: Actor) -> dict[str, list[Offered]]:
    """The days that the task's form offers: {name: [(value, label)]}."""
    with database.connection():
        return filling.choices(portal, permit.find(portal, task_id, actor), actor.language)


def save_draft(
    portal: Portal,
    task_id: str,
    raw: Mapping[str, Any],
    actor: Actor,
    page: drafts.OpenPage = drafts.ANYWHERE,
    *,
    replies: Mapping[int, str] | None = None,
) -> int:
    """Keep what is typed, and the answers to points; gives the draft's revision now.

    Raises Stale when another window or person saved meanwhile: then nothing is kept.
    """
    return press(portal, task_id, raw, actor, page, replies=replies).revision


def press(
    portal: Portal,
    task_id: str,
    raw: Mapping[str, Any],
    actor: Actor,
    page: drafts.OpenPage = drafts.ANYWHERE,
    *,
    replies: Mapping[int, str] | None = None,
    points: Sequence[tuple[comments.Place, str]] = (),
    checks: bool = False,
) -> Pressed:
    """One press of the form's button, in one transaction: what is typed, the answers to points and new points are kept;
    with `checks` it is looked through as well. Raises Stale as `save_draft` does."""
    with database.transaction():
        setting = permit.find(portal, task_id, actor, lock=True)
        permit.may_do(setting, actor)
        permit.still_open(setting.task)
        now = portal.now()
        holders.hold(setting, actor, now)
        sealed = secrets.seal(portal, raw, setting.element.listed("secrets"))
        kept = drafts.keep(setting.task, sealed, actor, now, page)
        if replies and kept.taken:
            comments.reply_to(setting, replies, actor, now)
        for place, text in points:
            comments.pin_at(setting, place, text, actor, now)
        if not checks:
            return Pressed(kept.revision)
        held = None if kept.taken else work.draft(task_id)  # a later save of the same page is there already
        return Pressed(kept.revision, clean(portal, setting, secrets.unseal(portal, held.values) if held else raw))


def check(portal: Portal, task_id: str, actor: Actor) -> tuple[Cleaned, list[Warned], int]:
    """Clean the draft; gives what is wrong, what should be known before sending, and the draft's revision."""
    with database.connection():
        setting = permit.find(portal, task_id, actor)
        permit.may_do(setting, actor)
        permit.still_open(setting.task)
        draft = work.draft(task_id)
        if draft is not None and not drafts.own(draft, setting.task, actor):
            draft = None
        raw: Mapping[str, Any] = secrets.unseal(portal, draft.values) if draft else {}
        cleaned = clean(portal, setting, raw)
        return cleaned, _warnings(portal, setting, cleaned.values, actor), draft.revision if draft else 0


def lines(portal: Portal, task_id: str, actor: Actor, values: Mapping[str, Any], lang: str = "") -> list[AnswerLine]:
    """The check page's lines."""
    return form_of(portal, task_id, actor).answers(values, lang or actor.language)


def clean(portal: Portal, setting: permit.Setting, raw: Mapping[str, Any]) -> Cleaned:
    """The raw answers by the task's form, and by the points that were raised."""
    cleaned = form(setting).clean(
        raw,
        choices=filling.choices(portal, setting),
        context=filling.context(portal, setting),
        lacking=printable.lacking(portal),
    )
    spec = form(setting)
    own = _same(spec, cleaned.values) + _too_late(spec, cleaned.values, portal.today())
    wanted = nouns.wrong(Asked(portal, setting, cleaned.values))
    return Cleaned(cleaned.values, (*cleaned.errors, *own, *wanted))


def _same(spec: FormSpec, values: Mapping[str, Any]) -> list[FieldError]:
    """Fields that say the same as one from which they differ, whatever hyphens, spaces and width."""
    found = []
    for field in spec.inputs():
        value = values.get(field.key)
        for name in field.properties.get("differs_from", "").split(","):
            other = spec.field(name.strip()) if name.strip() else None
            if value and other is not None and _plain(values.get(other.key)) == _plain(value):
                message = N_("This is the same as “%(other)s”; each needs its own")
                found.append(FieldError(field.key, message, {"other": other.named("ja")}))
    return found


def _too_late(spec: FormSpec, values: Mapping[str, Any], today: date) -> list[FieldError]:
    """Days that lie after the last one that their field takes."""
    found = []
    for field in spec.inputs():
        rule, value = field.properties.get("not_after", "").partition("+"), values.get(field.key)
        if rule[0].strip() != "today" or not value:
            continue
        last = today + timedelta(days=whole(rule[2]) or 0)
        if str(value)[:10] > last.isoformat():
            message = N_("This day is in the future; enter one no later than %(day)s")
            found.append(FieldError(field.key, message, {"day": last}))
    return found


def _plain(value: Any) -> str:
    return re.sub(r"[\W_]", "", normal("NFKC", str(value or ""))).upper()


def _warnings(portal: Portal, setting: permit.Setting, values: Mapping[str, Any], actor: Actor) -> list[Warned]:
    of_form = _unprintable(portal, setting, values, actor.language) + _mistyped(setting, values)
    of_form += _twice(form(setting), values, actor.language)
    return nouns.doubted(Asked(portal, setting, values)) + of_form


def _twice(spec: FormSpec, values: Mapping[str, Any], lang: str) -> list[Warned]:
    """Fields that hold the same file, byte for byte: a contract was likely taken for another. One file may be meant
    for both, so this is only warned about."""
    given = {field.key: intake.file_references(values.get(field.key)) for field in spec.inputs()}
    named = {key: [document for _, document in files] for key, files in given.items() if files}
    if len(named) < 2:
        return []
    digests = {row.id: row.digest for row in records.documents_by_ids(chain.from_iterable(named.values()))}
    first: dict[str, str] = {}
    alike = {
        (first[digest], key): None
        for key, documents in named.items()
        for digest in (digests[each] for each in documents if each in digests)
        if first.setdefault(digest, key) != key
    }
    titles = {field.key: field.named(lang) for field in spec.inputs()}
    message = N_("“%(one)s” and “%(other)s” hold the same file. See that each has its own")
    return [Warned(message, {"one": titles[one], "other": titles[other]}) for one, other in alike]


def _unprintable(portal: Portal, setting: permit.Setting, values: Mapping[str, Any], lang: str) -> list[Warned]:
    """Characters that papers cannot show: in long texts of the answer, and in what a review decides on."""
    own = form(setting).answers(values, lang)
    looked_at = [line for each in reviews.answers(setting, lang) for line in each.lines]
    return [
        Warned(
            "“%(label)s” has characters that cannot be printed: %(signs)s. Documents will show 〓 instead",
            {"label": label, "signs": signs},
        )
        for label, signs in printable.told(portal, [*own, *looked_at])
    ]


def _mistyped(setting: permit.Setting, values: Mapping[str, Any]) -> list[Warned]:
    """Numbers of parcels whose check digit does not fit. Only warned about: services change how they number."""
    traced = [field for field in form(setting).inputs() if field.properties.get("traced") == "true"]
    return [
        Warned(
            "%(number)s does not look like a tracking number: the check digit is wrong. Compare it with the slip",
            {"number": str(values[field.key])},
        )
        for field in traced
        if tracking.mistyped(str(values.get(field.key) or ""))
    ]
