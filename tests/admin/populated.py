"""A portal with some of everything on record, and the pages over it."""

from __future__ import annotations

import html
import re
from typing import Any

from admin import add_admin
from app.services.cases import talking
from app.services.people import accounts as people
from app.store import database, models
from app.store.models import Absence, ClosingDay, Draft, SavedView, Setting
from tests.services.steps import go, staff, task
from tests.web.conftest import Site

ADMIN, ANALYST = "admin@example.jp", "reads@example.jp"
PASSWORD = "a password for tests"


def add_people(site: Site) -> Site:
    """The records' pages, and who reads them."""
    add_admin(site.app, site.bench.portal)
    for email, name, role in (
        (ADMIN, "管理 担当", "administrator"), (ANALYST, "分析 担当", "analyst")
    ):  # fmt: skip
        people.add_staff(site.bench.portal, email, name, [role], PASSWORD)
    return site


def populate(site: Site) -> Site:
    """Cases on the way, mail, cards, secrets, a draft, views, absences, settings."""
    add_people(site)
    portal = site.bench.portal
    walker = go(site.bench, until="precheck_received", business_days_ago=80)
    other = go(site.bench, until="first_review", application={"email": "sora@example.com", "system_name": "そら"})
    talking.say(portal, walker.number, "質問です", staff(walker))
    with database.transaction():
        Draft.create(
            task=task(other, "first_review").id, values={"reason": "ひみつの下書き"}, revision=1, saved_at=portal.now()
        )
        SavedView.create(user=staff(other).user_id, name="朝の一覧", query="scope=all")
        Absence.create(
            user=staff(other).user_id, delegate=staff(other, 1).user_id, first_day=portal.today(),
            last_day=portal.today(), note="休暇",
        )  # fmt: skip
        ClosingDay.create(day=portal.today().replace(day=20), title="創立記念日")
        Setting.create(package_id="ccus_api_certification", key="body.name", value="機構", changed_at=portal.now())
    return site


def first(table: str) -> Any:
    """The first record of a table, or none."""
    model = next(each for each in models.ALL if each._meta.table_name == table)
    with database.connection():
        return model.select().first()


def said(page: str) -> str:
    """What a page's own part shows, as one reads it: options and labels, too."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    assert main is not None
    return html.unescape(re.sub(r"<[^>]+>", " | ", main[0]))


DATA = re.compile(
    r"https?://\S+|\S+@\S+|[\w.-]+\.(?:pdf|png|csv|docx|zip|ics|txt|xlsx|json)\b"  # what people and files are called
)
RAW = re.compile(r"\b[A-Za-z]+_[A-Za-z_]+\b|\b(?:True|False|None|null|undefined)\b|[\[{]\s*[\"']|\b[a-z]{4,}\b")


def raw(page: str, allowed: frozenset[str] = frozenset()) -> set[str]:
    """Codes, ids, JSON and words that are no Japanese, in what a Japanese page shows."""
    return {each for each in RAW.findall(DATA.sub(" ", said(page))) if each not in allowed}
