"""Debian's Chromium, driven by Playwright without a browser of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support.needs import chromium_path

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
]


PATIENCE = 60_000  # milliseconds: on a busy machine a page takes its time, and none is spent on what is there already


@contextmanager
def browser() -> Iterator[Browser]:
    """A running headless browser; a fresh profile that is thrown away."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium_path()), args=FLAGS, headless=True)
        try:
            yield _patient(started)
        finally:
            started.close()


def _patient(browser: Browser) -> Browser:
    """Each window of it waits for what is to come as `expect` does; Playwright knows a patience of contexts alone."""
    make = browser.new_context

    def made(**how: Any) -> BrowserContext:
        context = make(**how)
        context.set_default_timeout(PATIENCE)
        return context

    browser.new_context = made  # type: ignore[method-assign]
    return browser


def until(page: Page, true: Callable[[], bool], what: str, patience: int = PATIENCE) -> None:
    """Wait for what the page or a handler of its requests makes true: handlers run only while Playwright waits, never
    during `time.sleep`. TimeoutError names `what`."""
    deadline = time.monotonic() + patience / 1000
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {patience / 1000:g} seconds")
        page.wait_for_timeout(50)
