"""Who reads English finds English: every page is walked, and what Japanese is left on it is what people typed."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from admin import add_admin
from app.catalogue.standing import lives
from app.declarations import KINDS
from app.engine import Engine
from app.services.cases import talking
from app.services.people import accounts
from app.store import database
from app.store.models import (
    Answer,
    Case,
    ClosingDay,
    Comment,
    Company,
    Document,
    Mail,
    Note,
    Payment,
    Task,
    User,
)
from app.web.public import manual
from tests.services.steps import actor, case_of, go, staff
from tests.web.conftest import Site, open_site

JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-鿿々]")
A_FEW = 60  # pages of one route are enough
ASKED = 3  # ways to ask for one page are: sorted, filtered, the next of it

# What stays Japanese on an English page, and why.
STAYS = {
    "日本語": "the name of the language, for who cannot read English",
    "お知らせ": "the kind of a notice as packages write it, shown in the records",
    "法人番号": "the term on official papers, beside its English",
    "行政書士法人○○": "an example of a firm's name",
    "行政書士": "the name of a profession, beside its English",
    "代行者": "the term of the rules, beside its English",
    "霞が関3-1-1": "an example of an address, as it is typed",
    "中央ビル5階": "an example of an address, as it is typed",
    "様": "on an address that is printed as it is",
    "全銀": "the banks call their file format so",
    "税区分": "a column of the file for the ledger, as its program calls it",
    "弥生会計": "the name of a program",
    "申請事業者の事業所（監査資料の提出時に確定）": "in the box where the body types the place, which is kept as typed",
}
# Routes that show what is not the portal's to say.
NOT_OURS = {
    "case_files.mail_body": "a mail as it was sent",
    "demo.styleguide": "for who makes the pages",
}
PACKAGE = "ccus_api_certification"
OTHER = {"company_name": "別会社株式会社", "email": "other@example.com", "system_name": "べつのゲート"}
THIRD = {"company_name": "第三株式会社", "email": "third@example.com", "system_name": "みっつめのゲート"}
FOURTH = {"company_name": "第四株式会社", "email": "fourth@example.com", "system_name": "よっつめのゲート"}
FIFTH = {"company_name": "第五株式会社", "email": "fifth@example.com", "system_name": "いつつめのゲート"}
VENDORS = ["ichiro.rei@example.com", "other@example.com", "third@example.com", "fourth@example.com"]
CHIEF = "chief@example.jp"
STARTS = [
    *("/", "/tasks", "/systems", "/account", "/admin/", "/absences", "/settings"),
    *("/apply", f"/apply/{PACKAGE}", f"/settings/{PACKAGE}/body.name"),
]


class Words(HTMLParser):
    """What a page says, its texts and the attributes that are shown or read out, and where it leads."""

    SAID = ("aria-label", "title", "alt", "placeholder", "value", "label", "data-label")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        for name, value in attrs:
            if name in self.SAID and value:
                self.found.append(value)
            if name in ("href", "data-source", "data-state") and value and value[:1] in "/?":
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


class World:
    """A portal with cases at their several steps."""

    def __init__(self, site: Site) -> None:
        self.site = site
        add_admin(site.app, site.bench.portal)
        portal = site.bench.portal
        accounts.add_staff(portal, CHIEF, "管理 太郎", ["administrator", "analyst", "operator"], "a password for tests")
        first = go(site.bench, until="annual_audit_result", scenario="annual_audit", business_days_ago=400)
        self.walkers = [
            first,
            go(site.bench, until="exam_result", business_days_ago=120, application=OTHER),
            go(site.bench, until="post_test_cards", business_days_ago=60, application=THIRD),
            go(site.bench, until="second_review", business_days_ago=30, application=FOURTH),
            go(site.bench, until="settle_exam_date", business_days_ago=50, application=FIFTH),
        ]
        talking.say(portal, first.number, "試験日はいつですか", actor(first))
        talking.say(portal, first.number, "決算書は確認済み", staff(first), internal=True)
        site.bench.drain()
        self.typed = sorted(_typed(portal), key=len, reverse=True)
        self._judged: dict[str, bool] = {}
        # The records show rows as they are stored: titles in Japanese.
        with database.connection():
            self.stored = {*portal.releases.english(), *(row.label for row in Mail.select())}
            self.stored |= {row.title for row in Document.select()}

    def reader(self, email: str = "") -> FlaskClient:
        """A browser of a person who reads English."""
        client = self.site.person(email) if email else self.site.anybody()
        client.set_cookie("lang", "en")
        return client

    def left(self, texts: Iterable[str]) -> list[str]:
        """The texts that are Japanese without what people typed and without what stays."""
        return [" ".join(text.split()) for text in texts if self._is_left(text)]

    def _is_left(self, text: str) -> bool:
        if not JAPANESE.search(text):
            return False
        if text not in self._judged:  # most of a page stands on many others
            rest = text
            for words in (*self.typed, *STAYS):
                rest = rest.replace(words, "")
            self._judged[text] = bool(JAPANESE.search(rest))
        return self._judged[text]


def _typed(portal: Any) -> set[str]:
    """Every text that people wrote, or that went out as it is."""
    with database.connection():
        found = {text for row in Answer.select() for text in _texts(row.values)}
        for model, *columns in (
            (Case, "company_name", "contact_name", "system_name"),
            (Company, "name", "kana"),
            (User, "name"),
            (Note, "text"),
            (Comment, "text", "reply"),
            (Payment, "payer", "note"),
            (Mail, "subject", "text"),
            (Document, "filename"),
            (ClosingDay, "title"),
        ):
            found |= {str(getattr(row, column) or "") for row in model.select() for column in columns}
        found |= {each["filename"] for row in Mail.select() for each in row.attachments}
        for loaded in portal.releases.all_current():  # samples of what staff set
            found |= {
                str(setting.value)
                for section in loaded.package.settings.values()
                for setting in section.values()
                if not setting.key.endswith("_en")
            }
            found |= {live.value for live in lives(loaded.package)}
    found |= {choice for kind in KINDS.values() for choice in kind.choices}  # as banks write them
    pieces = {line.strip() for text in found for line in text.splitlines()}
    return {text for text in found | pieces if JAPANESE.search(text)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in _texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts(each))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> World:
    return World(open_site(tmp_path_factory.mktemp("english"), engine))


def walk(world: World, client: FlaskClient, starts: Iterable[str]) -> tuple[dict[str, list[str]], Counter[str]]:
    """(address to Japanese texts left there, pages seen by route), following links."""
    routes = world.site.app.url_map.bind("localhost")
    ahead, known, seen, asked = deque(starts), set(starts), Counter[str](), Counter[tuple[str, str]]()
    left: dict[str, list[str]] = {}
    files: set[str] = set()  # kinds of links at which a file is given out
    while ahead:
        url = ahead.popleft()
        path, _, query = url.partition("#")[0].partition("?")
        try:
            endpoint, _values = routes.match(path)
        except RequestRedirect:  # a slash too few
            continue
        except NotFound:
            left[url] = ["this link leads nowhere"]
            continue
        kind = endpoint + ("?" + ",".join(sorted(re.findall(r"(?:^|&)(tab|state|diagram|kind)=", query))))
        reference = path.removeprefix("/help/") in manual.MORE  # it quotes what stands in files, as it stands there
        if reference or endpoint in NOT_OURS or endpoint == "static" or seen[kind] >= A_FEW or "lang=" in query:
            continue
        if kind in files:
            continue
        if asked[path, kind] >= ASKED:
            continue
        asked[path, kind] += 1
        answer = client.get(url)
        if answer.status_code in (302, 303):
            link = str(answer.location).removeprefix("http://localhost")
            if link not in known:
                known.add(link)
                ahead.append(link)
            continue
        seen[kind] += 1
        if answer.mimetype not in ("text/html", "application/json", "application/xml"):
            answer.close()  # a file that is not read to its end holds on to the database
            if answer.status_code == 200:
                files.add(kind)
            continue
        words = Words(answer.text)
        texts = words.found if answer.mimetype != "application/json" else list(_texts(answer.json))
        if endpoint.startswith("records_"):
            texts = [text for text in texts if text.strip() not in world.stored]
        if japanese := world.left(texts):
            left[url] = japanese
        for link in words.links:
            link = path + link if link.startswith("?") else link
            if link not in known:
                known.add(link)
                ahead.append(link)
    return left, seen


def said(left: dict[str, list[str]]) -> str:
    """Each text once, with the first page that has it."""
    first: dict[str, str] = {}
    for url, texts in left.items():
        for text in texts:
            first.setdefault(text, url)
    return "\n".join(f"{url}: {text[:200]}" for text, url in first.items())


@pytest.mark.parametrize("who", ["", CHIEF, "sato@example.jp", *VENDORS])
def test_an_english_reader_meets_no_japanese_that_nobody_typed(who: str, world: World) -> None:
    numbers = [walker.number for walker in world.walkers if not who or who.endswith(".jp") or who in _people(walker)]
    starts = [*STARTS, *(f"/cases/{number}" for number in numbers if who), *_steps(numbers if who else [])]
    left, seen = walk(world, world.reader(who), starts)
    assert not left, said(left)
    assert len(seen) > (3 if not who else 12)


@pytest.mark.parametrize("name", manual.PAGES)
def test_each_manual_has_an_english_one_with_the_same_places(name: str) -> None:
    japanese, english = ((manual.FOLDER / f"{name}{end}.md").read_text("utf-8") for end in ("", ".en"))
    places = [re.findall(r"#[\w.]+", heading) for heading in re.findall(r"^## .*$", japanese, re.MULTILINE)]
    assert [re.findall(r"#[\w.]+", line) for line in re.findall(r"^## .*$", english, re.MULTILINE)] == places


def test_the_worklist_is_searched_by_the_english_names(world: World) -> None:
    page = world.reader(CHIEF).get("/tasks?scope=all&q=settle+exam").text
    assert "Settle the exam day" in page
    assert "Post: test IC cards and keys" not in page.partition("<tbody>")[2]


def _steps(numbers: list[str]) -> list[str]:
    """The pages of every task of the cases: its form, what is checked before sending, what is said after."""
    with database.connection():
        rows = list(Task.select().where(Task.case_number.in_(numbers)))
    return [f"/tasks/{row.id}{page}" for row in rows for page in ("", "/check", "/done")] + [
        f"/payments/confirm?task={row.id}" for row in rows if row.element.startswith("confirm_") and row.state == "open"
    ]


def _people(walker: Any) -> set[str]:
    with database.connection():
        return {case_of(walker).email}
