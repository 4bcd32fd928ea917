"""Who opens which key letter: named, opened, printed, posted, destroyed, made anew; each on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.errors import NinteiError, NotFound, Refused
from app.services.base import actors, jobqueue, permit, trail
from app.services.base.actors import SYSTEM, Actor
from app.services.base.portal import Portal
from app.services.cards import keyletters
from app.services.papers import documents
from app.states import Act, Right, TaskState, Thing, holders
from app.store import accounts, cases, database, work
from app.store import keyletters as rows_of
from app.store.models import Case, KeyLetter
from app.text.normal import normal


def refusal(row: KeyLetter, other: KeyLetter, actor: Actor) -> NinteiError | None:
    """Why this person may not open the letter; none when they may."""
    if row.destroyed_at is not None:
        return Refused("This letter has been destroyed; it can only be reissued, with new components")
    if not row.paper:
        return Refused("This letter is still being prepared")
    if not actor.has(Right.CARD_KEYS):
        return actors.refusal(Right.CARD_KEYS)
    knows = {other.opened_by_id, *other.opened_for} if other.openings else set()
    if actor.user_id in knows:
        return Refused("Whoever opened the other letter may not open this one: no one may know both components")
    behind = next((name for user, name in actor.standing_in_for if user in knows), "")
    if behind:
        return Refused(
            "You are standing in for %(name)s, who opened the other letter, so you may not open this one", name=behind
        )
    if keyletters.same_person(row.recipient, other.recipient):
        return Refused("Both letters are for the same person; reissue them with two names")
    if row.keeper_id is None:
        return Refused("First say who opens this letter")
    if row.keeper_id != actor.user_id:
        return Refused("Only %(name)s may open this letter; standing in does not count here", name=row.keeper_name)
    return None


def name(portal: Portal, task_id: str, keepers: Mapping[int, int], actor: Actor) -> None:
    """Say who opens which letter: {number: account}. One that was opened stays with who opened it."""
    actor.require(Right.CARD_KEYS)
    now = portal.now()
    with database.transaction():
        _, rows = _locked(portal, task_id, actor)
        wanted = {row.number: keepers.get(row.number) or row.keeper_id for row in rows}
        if len(set(wanted.values())) < len(wanted) and any(wanted.values()):
            raise Refused("The two letters must be opened by two different people")
        people = dict(staff())
        for row in rows:
            chosen = keepers.get(row.number)
            if chosen is None or chosen == row.keeper_id:
                continue
            if row.destroyed_at is not None or row.openings:
                raise Refused("Letter %(number)s has already been opened; only reissuing both letters changes "
                              "who knows it",
                              number=row.number)  # fmt: skip
            if chosen not in people:
                raise Refused("Choose a member of staff who may work on cases")
            other = next(each for each in rows if each.number != row.number)
            if other.openings and chosen in {other.opened_by_id, *other.opened_for}:
                raise Refused("Whoever opened the other letter may not open this one: no one may know both components")
            row.keeper_id, row.keeper_name = chosen, people[chosen]
            row.save()
            keyletters.log(row, "named", actor, now)


def open_letter(portal: Portal, letter_id: int, actor: Actor) -> documents.Content:
    """The letter, for the one person who may have it, to be printed. Every opening is on record."""
    now = portal.now()
    with database.transaction():
        row = rows_of.one(letter_id)
        if row is None:
            raise NotFound("There is no such letter")
        cases.lock(row.case_id)
        pair = rows_of.of_task(row.task, row.issue)
        row, other = sorted(pair, key=lambda each: each.id != letter_id)
        why = refusal(row, other, actor)
        if why is not None:
            raise why
        content = keyletters.read(portal, row)
        row.opened_at, row.openings = row.opened_at or now, row.openings + 1
        row.opened_by_id, row.opened_by_name = actor.user_id, actor.name
        row.opened_for = sorted({*row.opened_for, *(user for user, _ in actor.standing_in_for)})
        row.save()
        about = trail.about(Thing.DOCUMENT, row.paper, content.filename, row.case_id)
        trail.note(now, actor, Act.DOWNLOADED, about)
        keyletters.log(row, "opened", actor, now)
    return content


def require(setting: permit.Setting) -> None:
    """Refuse to finish a task whose key letters were not both opened."""
    if not keyletters.letters_of(setting.loaded, setting.element):
        return
    rows = rows_of.of_task(setting.task.id)
    left = [str(row.number) for row in rows if not row.openings]
    if not rows or left:
        raise Refused(
            "The key letters must first be opened and printed, each by a different person (still sealed: %(numbers)s)",
            numbers=", ".join(left) or "1, 2",
        )


def posted(setting: permit.Setting, actor: Actor, now: datetime) -> None:
    """The task that posts them is finished: both letters are destroyed. Inside the step's transaction."""
    if keyletters.letters_of(setting.loaded, setting.element):
        keyletters.destroy(rows_of.of_task(setting.task.id), "posted", actor, now)


def posted_by_hand(portal: Portal, task_id: str, actor: Actor) -> None:
    """Letters that were made anew after their task was finished are on their way: destroy them."""
    actor.require(Right.POST)
    with database.transaction():
        _, rows = _locked(portal, task_id, actor)
        task = work.task(task_id)
        if task is not None and task.state == TaskState.OPEN:
            raise Refused("Complete the task with the numbers of both letters; the letters are destroyed then")
        if any(not row.openings for row in rows):
            raise Refused("A letter that nobody opened cannot have been posted")
        keyletters.destroy(rows, "posted", actor, portal.now())


def reissue(portal: Portal, task_id: str, names: tuple[str, str], reason: str, actor: Actor) -> None:
    """Destroy both letters and make a new key file with new components, for these two people."""
    actor.require(Right.CARD_KEYS)
    first, second = (" ".join(normal("NFKC", each).split())[:200] for each in names)
    if keyletters.same_person(first, second):
        raise Refused("Name two different people: each receives one of the two key letters")
    if not reason.strip():
        raise Refused("Say why the letters are being reissued; this is recorded")
    now = portal.now()
    with database.transaction():
        case, rows = _locked(portal, task_id, actor)
        setting = permit.find(portal, task_id, actor)
        if case.ended:
            raise Refused("The case has ended")
        if any(not row.paper and row.destroyed_at is None for row in rows):
            raise Refused("This letter is still being prepared")
        keyletters.destroy(rows, "reissued", actor, now)
        number = rows[0].issue + 1
        made_now = keyletters.issue(portal, case, setting.loaded, setting.task, (first, second), number, now)
        for row in made_now:
            keyletters.log(row, f"made_anew:{reason.strip()[:300]}", actor, now)
            made_for = keyletters.origin(task_id, number)
            jobqueue.queue(
                case,
                "pdf",
                {"document": row.document, "origin": made_for},
                jobqueue.Entered(setting.element.id, task_id, setting.task.data or {}),
                f"{made_for}:{row.document}",
                now,
            )
    portal.poke()


def sweep(portal: Portal) -> int:
    """Destroy what is left of ended cases, and delete the bytes of what was destroyed; gives how many letters."""
    with database.connection():
        found = {row.case_id for row in rows_of.left_over()}
    count = 0
    for case_id in found:
        with database.transaction():
            cases.lock(case_id)
            rows = [row for row in rows_of.left_over() if row.case_id == case_id]
            keyletters.destroy(rows, "ended", SYSTEM, portal.now())
            count += len(rows)
    keyletters.clear(portal)
    return count


def _locked(portal: Portal, task_id: str, actor: Actor) -> tuple[Case, list[KeyLetter]]:
    setting = permit.find(portal, task_id, actor, lock=True)
    rows = rows_of.of_task(task_id)
    if not rows:
        raise NotFound("This task has no key letters")
    return setting.case, rows


def staff() -> list[tuple[int, str]]:
    """(account, name) of those who may be named to open a letter."""
    found = {user.id: user.name for user in accounts.having(holders(Right.CARD_KEYS))}
    return sorted(found.items(), key=lambda each: each[1])
