"""A person at a real browser: finds links and buttons, fills fields, and looks at every page at two widths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.axe import axe as looked_at
from tests.flow.driver import sample_pdf
from tests.flow.place import Place
from tests.flow.walking import CCUS
from tests.support.browser import until

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
HEAVIEST = 150 * 1024  # bytes
VIEWER = "/pages/"  # its pages draw a whole file
# Where desk, check page and done page are looked at too; those of the other steps are much alike.
LOOKED_AT = {"company_profile", "first_review", "contracts__operator", "request_exam_date", "exam__operator"}


class Hands:
    """One person: their browser window, and the pictures that were taken of it."""

    def __init__(
        self, browser: Browser, place: Place, who: str, shots: Path, *, every: bool = False, **context: Any
    ) -> None:
        """`every`: take pictures, of pages that are much alike as well, for whoever wants to look at them."""
        self.place = place
        self.who = who
        self._scripts = context.get("java_script_enabled", True)
        self.shots = shots
        self._every = every
        self.context = browser.new_context(
            locale="ja-JP", timezone_id="Asia/Tokyo", viewport=WIDE, base_url=place.url, **context
        )
        self.page: Page = self.context.new_page()
        self.email = self.password = ""
        self.colleague: Hands | None = None  # who opens the second key letter
        self.errors: list[str] = []  # of scripts, and what the page's own rules stopped
        self.violations: dict[str, list[str]] = {}
        self._looked: set[str] = set()
        self._number = 0
        self.page.on("pageerror", lambda error: self.errors.append(f"{self.page.url}: {error}"))
        self.page.on("console", lambda said: self._heard(said.type, said.text))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:  # a form that is refused is no error
            self.errors.append(f"{self.page.url}: {text}")

    def close(self) -> None:
        """Leave; what was seen last is kept with the test's files, which stay when it fails."""
        with suppress(PlaywrightError):
            self.page.screenshot(path=f"{self.shots}/{self.who}-last.png")
        self.context.close()

    def go(self, address: str) -> None:
        self.page.goto(address)

    # Looking

    def look(self, name: str, *, often: bool = False, axe: bool = True) -> None:
        """Hold a page to what holds for every page, the first time that one of this name is seen; take pictures of it
        at both widths if somebody wants them.

        `often`: there are many pages like this one.
        """
        if name in self._looked or (often and not self._every):
            return
        self.page.wait_for_load_state()  # whoever pressed has seen one part of the answer, not all of it
        self._looked.add(name)
        self._number += 1
        stem = self.shots / f"{self.who}-{self._number:03d}-{re.sub(r'[^a-z0-9_]+', '-', name)}"
        assert "Traceback" not in self.page.content()
        if self._every:
            self.page.screenshot(path=f"{stem}-1280.png", full_page=True)
        if axe and self._scripts and (found := looked_at(self.page)):
            self.violations[f"{name} 1280"] = found
        if self._scripts and VIEWER not in self.page.url and (heavy := self.weight()) > HEAVIEST:
            self.violations[f"{name} weight"] = [f"{heavy} bytes without the diagram"]
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        if self._every:
            self.page.screenshot(path=f"{stem}-390.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROW["width"]:
            self.violations[f"{name} 390"] = [f"the page is {wide} pixels wide on a phone of 390"]
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    def weight(self) -> int:
        """Bytes of the page as they travel, with all that it loaded but the diagram's parts."""
        return int(
            self.page.evaluate(
                """apart => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
                .filter(each => !apart.some(part => each.name.includes(part)))
                .reduce((sum, each) => sum + each.encodedBodySize, 0)""",
                ["/diagram"],
            )
        )

    # Doing

    def sign_in(self, email: str, password: str) -> None:
        self.go("/login")
        self.look("login")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(re.compile("/(tasks|overview)"))
        self.email, self.password = email, password

    def task_of(self, number: str, element: str) -> str:
        """The id of the element's open task."""
        self.place.records.settle(number)
        rows = self.place.records.of(number, "task", f"state = 'open' AND element = '{element}'")
        assert rows, f"{element} is not open; open are {self.place.records.open(number)}"
        return str(rows[0]["id"])

    def open(self, number: str, element: str) -> None:
        """From one's desk to the task, by the link that is there."""
        task = self.task_of(number, element)
        self.go("/tasks")
        everything = self.page.locator("main a[href='/tasks?scope=all']")
        if everything.count() and not self.page.locator(f"main a[href^='/tasks/{task}']").count():
            everything.click()  # what another group of the staff has to do
        link = self.page.locator(f"main a[href^='/tasks/{task}']:visible").first
        expect(link).to_be_visible()
        self.look(f"desk-before-{element}", often=element not in LOOKED_AT)
        link.click()
        # A page of its own, or beside the list where there is room.
        title = CCUS.elements[element].title  # as people read it
        expect(self.page.locator("main h1", has_text=title[:6]).first).to_be_visible()
        expect(self.page.locator(f"main form[action*='/tasks/{task}']").first).to_be_visible()
        self.page.wait_for_load_state()  # what stands below is read, too

    def do(self, number: str, element: str, answer: Mapping[str, Any]) -> list[str]:
        """The whole way through a task by clicks; gives what was revealed on the way."""
        page = self.page
        self.open(number, element)
        cards = page.locator("#cards form button")
        if cards.count():
            self.look(f"{element}-cards-to-make")
            cards.first.click()
            self._mean_it()
            expect(page.locator("#cards form button")).to_have_count(0, timeout=60_000)
            self.place.records.settle(number)
            self.go(f"/tasks/{self.task_of(number, element)}")
        self._open_letters(number, element)
        secrets = self._reveal(element)
        self.look(element)
        self.fill(answer)
        main = page.locator("#task-form")
        check = main.locator("button[name=action][value=check]")
        if check.count():
            self.look(f"{element}-filled", often=True, axe=False)
            check.press("Enter")  # a line that comes above it at this very moment moves it from under a mouse
            expect(page.locator("main form[action*='/check']")).to_be_visible()
            self.look(f"{element}-check", often=element not in LOOKED_AT)
            page.locator("main form[action*='/check'] button").first.click()
        else:
            main.locator("button[name=action][value=send]").click()
        expect(page.locator("main .done")).to_be_visible()
        self.look(f"{element}-done", often=element not in LOOKED_AT)
        return secrets

    def _mean_it(self) -> None:
        """What cannot be undone is asked first, on a page of its own."""
        again = self.page.locator("main form:has(input[name=sure]) button")
        until(
            self.page, lambda: bool(again.count()) or not self.page.locator("#cards form button").count(), "an answer"
        )
        self.page.wait_for_load_state()
        if again.count():
            self.look("sure")
            again.click()

    def _open_letters(self, number: str, element: str) -> None:
        """Key letters are opened by two people, one each: this one and the colleague."""
        link = self.page.locator("#letters .actions a")
        if not link.count():
            return
        assert self.colleague is not None, f"{self.who} has no colleague to open the second letter"
        link.click()
        expect(self.page.locator("#keepers")).to_be_visible()
        self.look("key-letters")
        for each, person in enumerate((self, self.colleague), 1):
            [row] = self.place.records.rows("SELECT id FROM user WHERE email = ?", person.email)
            self.page.select_option(f"#keeper-{each}", str(row["id"]))
        self.page.locator("#keepers button").click()
        address = f"/cards/letters/{self.task_of(number, element)}"
        for person in (self, self.colleague):
            person.go(address)
            form = person.page.locator("main form[action$='/open']")
            form.locator("[name=prove_password]").fill(person.password)
            with person.context.expect_page() as printed:
                form.locator("button").click()
            until(person.page, partial(person._has_opened, number), "the opening of the letter")
            printed.value.close()
        self.go(f"/tasks/{self.task_of(number, element)}")

    def _has_opened(self, number: str) -> bool:
        """Whether this person has a key letter: a window that is closed too soon has not asked for it."""
        [row] = self.place.records.rows("SELECT id FROM user WHERE email = ?", self.email)
        return bool(self.place.records.of(number, "key_letter", f"opened_by_id = {row['id']}"))

    def _reveal(self, element: str) -> list[str]:
        button = self.page.locator("form[action*='/reveal'] button")
        if not button.count():
            return []
        self.look(f"{element}-sealed")
        button.click()
        expect(self.page.locator("main .secret__row code").first).to_be_visible()
        found = self.page.locator("code").all_inner_texts()
        self.look(f"{element}-revealed")
        self.page.locator("main .actions a").click()
        return found

    def fill(self, answer: Mapping[str, Any]) -> None:
        """Fill the form of the page at hand, in the order of the answers."""
        for key, value in answer.items():
            self.fill_one(key, value)

    def fill_one(self, key: str, value: Any) -> None:
        field = self.page.locator(f"main [name='{key}']:not([type=hidden])")
        kind = field.first.evaluate("each => each.tagName === 'INPUT' ? each.type : each.tagName.toLowerCase()")
        if kind == "file":
            self._attach(key, value if isinstance(value, list) else [value])
        elif key in {"examiner", "auditor"}:  # the scenario's people are nobody's here: one of those who are there
            field.first.select_option(index=1)
        elif kind == "select":
            field.first.select_option(self._day(field.first, value))
        elif kind == "radio":
            self._tick(self.page.locator(f"main [name='{key}'][value='{value}']"), True)
        elif kind == "checkbox" and isinstance(value, bool):
            self._tick(field.first, value)
        elif kind == "checkbox":
            for each in field.evaluate_all("all => all.map(each => each.value)") if value == "@cards" else value:
                self._tick(self.page.locator(f"main [name='{key}'][value='{each}']"), True)
        else:
            field.first.fill(self.place.clock.today() if value == "@today" else str(value))

    def _tick(self, box: Any, on: bool) -> None:
        """By its label, as people do: the mark itself is small."""
        if box.is_checked() != on:
            self.page.locator(f"label[for='{box.get_attribute('id')}']").click(position={"x": 12, "y": 12})
        expect(box).to_be_checked(checked=on)

    def _day(self, select: Any, value: Any) -> str:
        if not str(value).startswith("@day"):
            return str(value)
        options = [each for each in select.locator("option").evaluate_all("all => all.map(each => each.value)") if each]
        return str(options[int(str(value).removeprefix("@day")) - 1])

    def _attach(self, key: str, names: list[str]) -> None:
        kept = self.page.locator(f"main input[type=hidden][name='{key}']")
        listed, place = (
            self.page.locator(f"[data-field='{key}']"),
            self.page.locator(f"main input[type=file][name='{key}']"),
        )
        for name in names:
            more = place.evaluate("each => each.multiple") and listed.get_by_text(name, exact=True).count() == 0
            count = kept.count() + 1 if more else max(1, kept.count())
            file: Any = {"name": name, "mimeType": "application/pdf", "buffer": sample_pdf(name)}
            place.set_input_files(file)
            if self._scripts:  # they upload it at once
                expect(listed).to_contain_text(name)
                expect(kept).to_have_count(count)
