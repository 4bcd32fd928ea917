"""People at the portal over plain HTTP, without scripts: they read pages, fill forms, press buttons, follow links."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any, Protocol

from tests.flow.records import Records
from tests.flow.visitor import Form, Page, Visitor
from tests.support.network import wait_until

VENDOR_PASSWORD = "correct horse battery staple"
APPLICATION = {
    "company_name": "株式会社みほん建設システム",
    "contact_name": "例 一郎",
    "contact_kana": "レイ イチロウ",
    "email": "ichiro.rei@example.com",
    "phone": "03-1234-5678",
    "system_name": "みほん入退場システム",
    "consent": True,
}


class Today(Protocol):
    def today(self) -> str: ...

    def now(self) -> datetime: ...


@dataclass
class Done:
    """What a person saw on the way through one task."""

    task: Page
    check: Page | None  # none for an acknowledgement
    done: Page
    warnings: list[str] = field(default_factory=list)  # said on the check page
    secrets: list[str] = field(default_factory=list)  # shown once on the way
    answer: Mapping[str, Any] = field(default_factory=dict)  # as it was typed


class Person:
    """Somebody with an account."""

    def __init__(self, visitor: Visitor, records: Records, clock: Today, email: str) -> None:
        self.visitor = visitor
        self.records = records
        self.clock = clock
        self.email = email
        self.password = ""
        self.colleague: Person | None = None  # who opens the second key letter
        self.letters: list[tuple[int, bytes]] = []  # key letters that this person opened

    def get(self, address: str) -> Page:
        return self.visitor.get(address)

    def sign_in(self, password: str) -> Page:
        form = self.get("/login").form(field="password")
        page = form.fill("email", self.email).fill("password", password).press()
        assert page.path in ("/tasks", "/overview"), f"{self.email} is not let in: {page!r} {page.alerts()}"
        self.password = password
        return page

    def open(self, number: str, element: str) -> Page:
        """The page of the element's open task, by the address that mails have."""
        self.records.settle(number)
        page = self.get(f"/cases/{number}/tasks/{element}")
        assert re.fullmatch(r"/tasks/[\w-]+", page.path), (
            f"{element} is not open for {self.email}: {page!r}; open are {self.records.open(number)}, "
            f"incidents {self.records.incidents(number)}"
        )
        assert page.status == 200, f"{page!r}: {page.text[:500]}"
        return page

    def do(self, number: str, element: str, answer: Mapping[str, Any] | None = None) -> Done:
        """The whole way through a task: read it, make cards, look at secrets, fill it in, check, send."""
        page = self.open(number, element)
        page = self._make_cards(page)
        page = self._open_letters(page, number)
        page, secrets = self._reveal(page)
        form = page.form(action=page.path)
        typed = {key: self.value(form, key, value) for key, value in (answer or {}).items()}
        fill(form, typed)
        for name in form.names():  # points of a review want an answer each
            if name.startswith("point:") and not form.value(name):
                form.fill(name, "ご指摘のとおり修正しました。")
        if not any(value == "check" for _, _, value in form.buttons()):
            done = form.press()
            assert done.path == f"{page.path}/done", f"{done!r}: {done.alerts()} {done.text[:800]}"
            return Done(page, None, done, secrets=secrets)
        check = form.press(value="check")
        assert check.path == f"{page.path}/check", f"{element}: {check!r} {check.alerts()}"
        warnings = check.alerts()
        done = check.form(action="/check").press()
        assert done.path == f"{page.path}/done", f"{element}: {done!r} {done.alerts()}"
        return Done(page, check, done, warnings, secrets, typed)

    def _make_cards(self, page: Page) -> Page:
        if not page.has_form(action="/cards"):
            return page
        asked = page.form(action="/cards").press()
        if asked.path.endswith("/cards") and asked.has_form(action="/cards"):  # what cannot be undone is asked first
            asked.form(action="/cards").press()
        latest = page

        def ready() -> bool:
            nonlocal latest
            latest = self.get(page.path)
            made = re.search(r"(\d+)\D+(\d+)", " ".join(latest.tree.xpath("//*[@id='cards']//strong/text()")))
            assert not latest.tree.xpath("//*[@id='cards']//*[@role='alert']"), latest.alerts()
            return made is not None and made[1] == made[2]

        wait_until(ready, 60, "making of the cards", pause=0.1)
        return latest

    def _open_letters(self, page: Page, number: str) -> Page:
        """Key letters are opened by two people: this one and the colleague."""
        if not page.links("/cards/letters/"):
            return page
        assert self.colleague is not None, f"{self.email} has no colleague to open the second letter"
        self.records.settle(number)
        pair = (self, self.colleague)
        letters = self.get(page.links("/cards/letters/")[0])
        form = letters.form(action="/keepers")
        for each, person in enumerate(pair, 1):
            [row] = self.records.rows("SELECT id FROM user WHERE email = ?", person.email)
            form.fill(f"keeper_{each}", str(row["id"]))
        form.press()
        for each, person in enumerate(pair):
            own = person.get(letters.path)
            assert len([form for form in own.forms() if form.address.endswith("/open")]) == 1, own.text
            opened = own.form(action="/open").fill("prove_password", person.password).press()
            assert opened.content.startswith(b"%PDF"), f"{opened!r}: {opened.alerts()}"
            person.letters.append((each + 1, opened.content))
        return self.get(page.path)

    def _reveal(self, page: Page) -> tuple[Page, list[str]]:
        """Look at connection information; it is shown on the answer to the press and nowhere else."""
        if not page.has_form(action="/reveal"):
            return page, []
        shown = page.form(action="/reveal").press()
        secrets = [str(each.text_content()).strip() for each in shown.tree.xpath("//code")]
        assert secrets, f"nothing is revealed on {shown!r}"
        again = self.get(page.path)
        assert not any(secret in again.source for secret in secrets)
        return again, secrets

    def value(self, form: Form, key: str, value: Any) -> Any:
        """A scenario's answer as a person enters it (docs/scenarios.md)."""
        if isinstance(value, str) and (near := re.fullmatch(r"@today([+-]\d+)?", value)):
            return (date.fromisoformat(self.clock.today()) + timedelta(days=int(near[1] or 0))).isoformat()
        if value == "@cards":
            return form.options(key)
        if isinstance(value, str) and value.startswith("@day"):
            return form.options(key)[int(value.removeprefix("@day")) - 1]
        if form.kind(key) == "file":
            return [(name, sample_pdf(name)) for name in (value if isinstance(value, list) else [value])]
        if key in {"examiner", "auditor"}:  # the scenario's people are nobody's here: one of those who are there
            return next(each for each in form.options(key) if each)
        if isinstance(value, list):
            return [self.value(form, key, each) for each in value]
        if isinstance(value, dict):
            return {name: self.value(form, key, each) for name, each in value.items()}
        return value


def fill(form: Form, answer: Mapping[str, Any]) -> Form:
    """Fill in what the form asks. Lists of rows are filled in rows that the page must have already."""
    for key, value in answer.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            indexes = form.values(key)
            while len(indexes) < len(value):
                form = _with_a_row_more(form, key)
                indexes = form.values(key)
            for index, row in zip(indexes, value, strict=False):
                fill(form, {f"{key}-{index}-{name}": each for name, each in row.items()})
        else:
            form.fill(key, value)
    return form


def _with_a_row_more(form: Form, key: str) -> Form:
    """Press "add a row"; the form of the page that comes back takes the place of the one in hand."""
    page = form.press(value=key)
    fresh = page.form(action=page.path)
    form.__dict__.update(fresh.__dict__)
    return form


class Vendor(Person):
    """A person of a company that wants its system certified."""

    def apply(self, application: Mapping[str, Any], address: str = "/apply") -> str:
        """Send the application; the number of the case."""
        return case_number(self.send_application(application, address))

    def send_application(self, application: Mapping[str, Any], address: str = "/apply") -> Page:
        application = {**application, **({"email": self.email} if "email" in application else {})}
        check = fill(self.get(address).form(field=next(iter(application))), application).press()
        assert check.status == 200, f"{check!r}: {check.alerts()}"
        for name in ("company_name", "contact_name", "email"):
            assert str(application[name]) in check.text, f"{name} is not on the check page"
        return check.form(action=check.path, field=next(iter(application))).press(value="send")

    def follow(self, mail: EmailMessage) -> Page:
        """The page behind the entry link of a mail."""
        return self.get(link_of(mail))

    def enter(self, mail: EmailMessage, password: str = VENDOR_PASSWORD) -> Page:
        """Follow the link, choose a password; the vendor's desk."""
        form = self.follow(mail).form(field="again")
        page = form.fill("password", password).fill("again", password).press()
        assert page.path in ("/tasks", "/overview"), f"{page!r}: {page.alerts()}"
        return page


class Operator(Person):
    """A member of the body's staff."""


def case_number(done: Page) -> str:
    """The number on the page after an application."""
    assert done.path == "/apply/done", f"{done!r}: {done.alerts()}"
    found = done.tree.xpath("//*[contains(@class, 'done__ref')]/strong/text()")
    assert found, f"no number on {done!r}: {done.text}"
    return str(found[0]).strip()


def body_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link_of(mail: EmailMessage, part: str = "/enter/") -> str:
    """The first link of the mail whose address has `part`."""
    found = re.search(rf"https?://[^\s<>()]*{re.escape(part)}[^\s<>()]*", body_of(mail))
    assert found, f"no link in {mail['Subject']}: {body_of(mail)}"
    return found.group()


def attachments(mail: EmailMessage) -> dict[str, bytes]:
    """Contents by filename."""
    return {str(part.get_filename()): part.get_payload(decode=True) for part in mail.iter_attachments()}  # type: ignore[misc]


def sample_pdf(name: str) -> bytes:
    """A one-page PDF that stands for a paper of the vendor's."""
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.drawString(72, 760, f"sample {len(name)}")
    page.showPage()
    page.save()
    return out.getvalue()


def answers(steps: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The answers of a scenario, by element; of several answers to one element the last."""
    return {step["complete"]: step.get("answer", {}) for step in steps if "complete" in step}
