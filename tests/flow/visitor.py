"""A browser without scripts: cookies, redirects, forms read from the page as a person fills them."""

from __future__ import annotations

import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

File = tuple[str, bytes]  # name, content
PATIENCE = 60  # seconds for one answer


class Visitor:
    """One person's browser. `seen` is told of every page of the portal, so that all can be held to the same rules."""

    def __init__(self, base: str, seen: Callable[[Page], None] | None = None) -> None:
        self.base = base
        self._seen = seen
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, address: str) -> Page:
        return self._open(urllib.request.Request(urljoin(self.base, address)))

    def post(
        self,
        address: str,
        fields: Sequence[tuple[str, str]],
        files: Sequence[tuple[str, File]] = (),
        *,
        multipart: bool = False,
    ) -> Page:
        """Post a form's pairs; `files` by field name."""
        if multipart or files:
            boundary = secrets.token_hex(16)
            body, kind = _multipart(fields, files, boundary), f"multipart/form-data; boundary={boundary}"
        else:
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        return self._open(urllib.request.Request(urljoin(self.base, address), body, {"Content-Type": kind}))

    def _open(self, request: urllib.request.Request) -> Page:
        request.add_header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        request.add_header("Accept-Language", "ja")
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                page = Page(self, answer.status, answer.url, answer.read(), answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                page = Page(self, error.code, error.url or request.full_url, error.read(), error.headers)
        if self._seen is not None:
            self._seen(page)
        return page


def _multipart(fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, File]], boundary: str) -> bytes:
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields]
    for name, (filename, content) in files:
        head = (
            f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + content)
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


class Page:
    """An answer of the server."""

    def __init__(self, visitor: Visitor, status: int, url: str, content: bytes, headers: Mapping[str, str]) -> None:
        self.visitor = visitor
        self.status = status
        self.url = url
        self.content = content
        self.headers = headers
        self._tree: Any = None

    def __repr__(self) -> str:
        return f"<{self.status} {self.path}: {self.heading}>"

    @property
    def path(self) -> str:
        """The address within the portal, without query and fragment."""
        return urlsplit(self.url).path

    @property
    def is_html(self) -> bool:
        return "html" in str(self.headers.get("Content-Type", ""))

    @property
    def source(self) -> str:
        return self.content.decode("utf-8", "replace")

    @property
    def tree(self) -> Any:
        if self._tree is None:
            text = self.source if self.is_html else "<html></html>"
            self._tree = html.document_fromstring(text, base_url=self.url)
        return self._tree

    @property
    def text(self) -> str:
        """What a reader reads, white space tidied."""
        for each in self.tree.xpath("//script|//style|//template"):
            each.drop_tree()
        return words(self.tree)

    @property
    def heading(self) -> str:
        found = self.tree.xpath("//h1")
        return words(found[0]) if found else ""

    def alerts(self) -> list[str]:
        """Texts under role="alert"."""
        return [words(each) for each in self.tree.xpath("//*[@role='alert']")]

    def links(self, pattern: str = "") -> list[str]:
        """Addresses of links whose address matches, in the page's order, each once."""
        found = [str(each.get("href")) for each in self.tree.xpath("//a[@href]")]
        return list(dict.fromkeys(each for each in found if re.search(pattern, each)))

    def link(self, label: str) -> str:
        """The address of the link with this text."""
        for each in self.tree.xpath("//a[@href]"):
            if label in words(each):
                return str(each.get("href"))
        raise AssertionError(f"no link {label!r} on {self!r}: {self.text[:800]}")

    def follow(self, label: str) -> Page:
        return self.visitor.get(urljoin(self.url, self.link(label)))

    def forms(self) -> list[Form]:
        return [Form(self, each) for each in self.tree.xpath("//form")]

    def form(self, *, action: str = "", button: str = "", field: str = "") -> Form:
        """The form whose action ends so, or that has this button, or this field."""
        for each in self.forms():
            if action and not each.path.endswith(action):
                continue
            if button and not any(button in label for label, _, _ in each.buttons()):
                continue
            if field and field not in each.names():
                continue
            return each
        raise AssertionError(
            f"no form (action {action!r}, button {button!r}, field {field!r}) on {self!r}: {self.text[:1500]}"
        )

    def has_form(self, **wanted: str) -> bool:
        try:
            self.form(**wanted)
        except AssertionError:
            return False
        return True

    def unlabelled(self) -> list[str]:
        """Names of inputs that no label speaks of."""
        labelled = {each.get("for") for each in self.tree.xpath("//label[@for]")}
        return [
            str(each.get("name") or each.get("id") or html.tostring(each))
            for each in self.tree.xpath("//input|//select|//textarea")
            if each.get("type") not in {"hidden", "submit", "button", "image", "reset"}
            and each.get("id") not in labelled
            and not each.xpath("ancestor::label|ancestor::template")
            and not (each.get("aria-label") or each.get("aria-labelledby"))
        ]


class Form:
    """A form of a page with what stands in it: what a browser would send, changed by `fill`."""

    def __init__(self, page: Page, element: Any) -> None:
        self.page = page
        self.element = element
        self.address = urljoin(page.url, element.get("action") or page.url)
        self.path = urlsplit(self.address).path
        own = element.get("id")
        self.controls = [
            each
            for each in page.tree.xpath("//input|//select|//textarea|//button")
            if (each.get("form") == own if each.get("form") else element in each.iterancestors())
            and not each.xpath("ancestor::template")
            and not each.xpath("ancestor::fieldset[@disabled]")
            and each.get("disabled") is None
        ]
        self._values: list[tuple[str, str]] = []
        self._files: list[tuple[str, File]] = []
        for each in self.controls:
            self._values += [(str(each.get("name")), value) for value in _standing(each) if each.get("name")]

    def names(self) -> list[str]:
        """Names of what can be filled in."""
        found = [str(each.get("name")) for each in self.controls if each.tag != "button" and each.get("name")]
        return list(dict.fromkeys(found))

    def of(self, name: str) -> list[Any]:
        return [each for each in self.controls if each.tag != "button" and each.get("name") == name]

    def kind(self, name: str) -> str:
        """text, select, textarea, radio, checkbox, file, hidden, date …; empty when the form has no such field."""
        shown = [each for each in self.of(name) if each.get("type") != "hidden"] or self.of(name)
        if not shown:
            return ""
        return str(shown[0].get("type") or "text") if shown[0].tag == "input" else str(shown[0].tag)

    def options(self, name: str) -> list[str]:
        """What a choice offers, the empty one left out."""
        found: list[str] = []
        for each in self.of(name):
            if each.tag == "select":
                found += [str(option.get("value", words(option))) for option in each.xpath(".//option")]
            elif each.get("type") in {"radio", "checkbox"}:
                found.append(str(each.get("value", "on")))
        return [each for each in found if each]

    def value(self, name: str) -> str:
        """What stands in the field now."""
        return next((value for key, value in self._values if key == name), "")

    def values(self, name: str) -> list[str]:
        return [value for key, value in self._values if key == name]

    def fill(self, name: str, value: Any) -> Form:
        """Type, choose, tick or attach. AssertionError for what a person could not do on this page."""
        kind = self.kind(name)
        assert kind, f"no field {name!r} on {self.page!r}; there are {self.names()}"
        if kind == "file":
            files = value if isinstance(value, list) else [value]
            self._files = [each for each in self._files if each[0] != name] + [(name, each) for each in files]
            return self
        kept = [str(each.get("value", "")) for each in self.of(name) if each.get("type") == "hidden"]
        self._values = [pair for pair in self._values if pair[0] != name]
        self._values += [(name, each) for each in kept if kind == "checkbox"]
        if kind == "checkbox" and isinstance(value, bool):
            self._values += [(name, self.options(name)[0])] if value else []
            return self
        wanted = [str(each) for each in value] if isinstance(value, list) else [str(value)]
        if kind in {"select", "radio", "checkbox"}:
            wanted = [each for each in wanted if each]
            offered = self.options(name)
            assert set(wanted) <= set(offered), f"{name!r} offers {offered}, not {wanted}, on {self.page!r}"
        self._values += [(name, each) for each in wanted]
        return self

    def force(self, name: str, value: str) -> Form:
        """What no person could type: for forged posts."""
        self._values = [pair for pair in self._values if pair[0] != name] + [(name, value)]
        return self

    def buttons(self) -> list[tuple[str, str, str]]:
        """(label, name, value) of each button that sends."""
        return [
            (words(each) or str(each.get("value", "")), str(each.get("name") or ""), str(each.get("value") or ""))
            for each in self.controls
            if (each.tag == "button" and each.get("type", "submit") == "submit")
            or (each.tag == "input" and each.get("type") == "submit")
        ]

    def press(self, label: str = "", *, value: str = "") -> Page:
        """Send it by the button with this label, or with this value; without either, by the first that shows."""
        shown = [each for each in self.buttons() if each[0]]
        chosen = [each for each in shown if label in each[0] and (not value or each[2] == value)]
        assert chosen or not (label or value), f"no button {label or value!r} on {self.page!r}; there are {shown}"
        pressed = [(chosen[0][1], chosen[0][2])] if chosen and chosen[0][1] else []
        address = self.address
        for each in self.controls:
            if chosen and each.tag == "button" and words(each) == chosen[0][0] and each.get("formaction"):
                address = urljoin(self.page.url, str(each.get("formaction")))
        if str(self.element.get("method", "get")).lower() == "get":
            query = urlencode(self._values + pressed)
            return self.page.visitor.get(f"{address.partition('?')[0]}?{query}")
        multipart = self.element.get("enctype") == "multipart/form-data"
        return self.page.visitor.post(address, self._values + pressed, self._files, multipart=multipart)


def _standing(control: Any) -> list[str]:
    """The values that a control sends as the page was drawn."""
    if control.tag == "button":
        return []
    if control.tag == "select":
        options = control.xpath(".//option")
        chosen = [each for each in options if each.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = options[:1]
        return [str(each.get("value", words(each))) for each in chosen]
    if control.tag == "textarea":
        return [str(control.text_content()).removeprefix("\n")]
    kind = control.get("type", "text")
    if kind in {"submit", "button", "image", "reset", "file"}:
        return []
    if kind in {"radio", "checkbox"}:
        return [str(control.get("value", "on"))] if control.get("checked") is not None else []
    return [str(control.get("value", ""))]


def words(element: Any) -> str:
    return re.sub(r"\s+", " ", str(element.text_content())).strip()
