"""Nothing is promised on a page that nothing keeps: each sentence of the portal's own that says that somebody will hear
or get something names the test that holds the portal to it (promises.toml; tests/package has those of the package)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "app" / "web" / "translations" / "ja" / "LC_MESSAGES" / "messages.po"
PROMISES = tomllib.loads((Path(__file__).parent / "promises.toml").read_text("utf-8"))["promise"]
SAYS = re.compile(r"お知らせします|お送りします|お送りしますので|お届け|届きます|後日|もう一度送信できます")
# Words for those who write packages and run the installation tell how it works, not what will come.
ELSEWHERE = ("app/catalogue/", "app/declarations/", "app/cli/", "admin/", "app/web/designer/", "config/", "hardware/",
             "app/web/templates/designer/", "app/services/doctor/")  # fmt: skip


def promises() -> list[str]:
    """Sentences, in the order of the catalogue."""
    found = []
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="ja"):
            if not message.id or not isinstance(message.string, str):
                continue
            if all(place.startswith(ELSEWHERE) for place, _ in message.locations):
                continue
            found += [each for each in re.split(r"[。\n]", message.string) if SAYS.search(each)]
    return found


def test_every_promise_of_a_page_names_the_test_that_holds_the_portal_to_it() -> None:
    nobodys = [each for each in promises() if not any(known["says"] in each for known in PROMISES)]
    assert nobodys == [], "say in promises.toml which test holds the portal to this"


def test_no_promise_is_listed_that_no_page_makes_and_every_keeper_is_there() -> None:
    made = promises()
    assert [each["says"] for each in PROMISES if not any(each["says"] in sentence for sentence in made)] == []
    assert [each["kept_by"] for each in PROMISES if not (ROOT / each["kept_by"]).is_file()] == []
