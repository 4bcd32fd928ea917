"""A provider of identities by another maker (node-oidc-provider, certified by the OpenID Foundation) in a process of
its own, and a person with a browser at it: signs in on its page and agrees on the next, as its maker wrote them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests

from tests.support.needs import node

PLACE = Path(__file__).parents[2] / ".venv/provider"
CLIENT, SECRET = "nintei portal", "a+secret%of the:portal"  # what a header has to write otherwise (RFC 6749 2.3.1)


@contextmanager
def running(back: str) -> Iterator[str]:
    """The address of one that leads back there; it ends with the block."""
    program = Path(__file__).parent / "provider/provider.mjs"
    child = subprocess.Popen(
        [node(), str(program), str(PLACE), CLIENT, SECRET, back],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert child.stdin is not None and child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.stdin.close()
        child.wait(10)


class Person:
    """Somebody in a browser at the provider, who stays signed in there. `asked`: which pages were shown."""

    def __init__(self, email: str) -> None:
        self._email = email
        self._browser = requests.Session()
        self.asked: list[str] = []

    def go(self, address: str, back: str) -> str:
        """From this address on until the provider leads back: gives the path and query of that."""
        answer = self._browser.get(address, allow_redirects=False, timeout=10)
        for _ in range(20):
            there = answer.headers.get("Location")
            if there is None:
                page = answer.text
                form = re.search(r'<form[^>]* action="([^"]+)"', page)
                assert answer.status_code == 200 and form, page
                fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
                self.asked.append(fields.get("prompt", ""))
                given = {"login": self._email, "password": "of the provider"} if "login" in fields.values() else {}
                there = urljoin(answer.url, unescape(form[1]))
                answer = self._browser.post(there, {**fields, **given}, allow_redirects=False, timeout=10)
            elif urljoin(answer.url, there).startswith(back):
                found = urlsplit(there)
                return f"{found.path}?{found.query}"
            else:
                answer = self._browser.get(urljoin(answer.url, there), allow_redirects=False, timeout=10)
        raise AssertionError(f"it leads nowhere: {answer.url}")
