"""docs/keys.md has every secret of the settings, and the words of the page are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from config.settings import Settings, environment_name

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "docs" / "keys.md").read_text("utf-8")
PASSWORDS = ("mail_url", "imap_url", "database_url")  # addresses that hold one


# What needs no chance that nobody guesses, and digests that keep nothing: `docs/keys.md` says so.
PAUSES = {"app/services/base/backoff.py", "app/store/database.py", "app/worker/__init__.py"}
ASKED_FOR = {"app/store/seldom.py", "app/web/tasks/uploads.py"}


def test_every_secret_of_the_settings_stands_there_with_what_to_do() -> None:
    fields = Settings.__dataclass_fields__
    wanted = {environment_name(each) for each in fields.values() if each.metadata.get("secret")}
    wanted |= {environment_name(fields[name]) for name in (*PASSWORDS, "signing_key")}
    lines = [line for line in PAGE.splitlines() if line.startswith("| `NINTEI_")]
    rows = {name: line for line in lines for name in re.findall(r"NINTEI_\w+", line)}
    assert wanted <= rows.keys(), wanted - rows.keys()
    for name in wanted:
        cells = [each.strip() for each in rows[name].strip("|").split("|")]
        assert len(cells) == 6 and all(cells), name


def test_what_makes_random_numbers_and_seals_is_what_the_page_says() -> None:
    """No module of ours takes another source of chance, or a weaker algorithm, than the page names."""
    sources = [path for top in ("app", "admin", "config") for path in (PROJECT / top).rglob("*.py")]
    texts = {path.relative_to(PROJECT).as_posix(): path.read_text("utf-8") for path in sources}
    chance = re.compile(r"^\s*(?:import random|from random import)", re.MULTILINE)
    assert {name for name, text in texts.items() if chance.search(text)} == PAUSES
    weak = re.compile(r"\b(?:md5|sha1|DES3|ARC4|Blowfish|AESGCM|ECB)\b")
    assert {name for name, text in texts.items() if weak.search(text)} == ASKED_FOR
