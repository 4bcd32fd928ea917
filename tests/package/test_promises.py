"""Nothing is promised that no step keeps: every promise of a mail, a form, a document or a handout names its keeper.

promises.toml lists them: `file`, a part of the sentence (`says`), and who keeps it (`kept_by`):

- an element's id: the step of the flow that does it;
- `document:<id>`: the paper that the form's own step shows or makes;
- `portal:<purpose>`: a mail that the portal sends for acts of its own (`[portal_mails]`);
- `test:<file>`: a page of the portal, which that test holds to it;
- `itself`: the text is what it speaks of, as a mail that tells a result.

A new promise fails here until somebody says who keeps it; one that is gone from its text fails, too.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app import catalogue
from app.catalogue import Package

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "bpmn" / "ccus_api_certification"
PROMISES = tomllib.loads((Path(__file__).parent / "promises.toml").read_text(encoding="utf-8"))["promise"]
POLITE = r"(?:します|いたします)"
SAYS = re.compile(
    r"お返し|お渡し|お届け|あとで|後日|後ほど|このページから|まもなく|再発行|届きます|表示されます|停止となり"
    rf"|(?:お送り|お知らせ|掲載|ご案内|ご連絡|開示|発行|郵送|表示){POLITE}|別々の封筒|続いてお送り"
)


@pytest.fixture(scope="module")
def package() -> Package:
    return catalogue.load(FOLDER, FOLDER.parent / "_shared")


def texts(value: Any) -> Iterator[str]:
    """Every Japanese text within a form."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if not key.endswith("_en"):
                yield from texts(each)


def read(path: str, content: bytes) -> Iterator[str]:
    if path.endswith(".form"):
        yield from texts(json.loads(content))
    elif path.endswith(".pdf"):
        yield "".join(page.extract_text().replace("\n", "") for page in PdfReader(io.BytesIO(content)).pages)
    elif path.endswith((".md", ".html")) or path == "package.toml":
        yield content.decode("utf-8")


def promises(package: Package) -> list[tuple[str, str]]:
    """(file, sentence) of everything that promises something."""
    found = []
    for path, content in package.files.items():
        if path.startswith("scenarios/"):
            continue
        for text in read(path, content):
            sentences = (re.sub(r"<[^>]+>", "", each).strip() for each in re.split(r"[。\n]", text))
            found += [(path, each) for each in sentences if SAYS.search(each)]
    return found


def test_every_promise_names_the_step_that_keeps_it(package: Package) -> None:
    known = [(each["file"], each["says"]) for each in PROMISES]
    nobodys = [
        (path, sentence)
        for path, sentence in promises(package)
        if not any(path == file and says in sentence for file, says in known)
    ]
    assert nobodys == [], "say in promises.toml who keeps this"


def test_no_promise_is_listed_that_nobody_makes(package: Package) -> None:
    made = promises(package)
    stale = [
        (each["file"], each["says"])
        for each in PROMISES
        if not any(path == each["file"] and each["says"] in sentence for path, sentence in made)
    ]
    assert stale == []


def test_whoever_keeps_a_promise_is_there(package: Package) -> None:
    missing = [
        (each["file"], each["says"], keeper)
        for each in PROMISES
        for keeper in each["kept_by"]
        if not _there(package, each["file"], keeper)
    ]
    assert missing == []


def _there(package: Package, file: str, keeper: str) -> bool:
    kind, _, name = keeper.rpartition(":")
    match kind:
        case "document":
            element = package.elements[Path(file).stem]
            around = package.elements.get(element.parent)
            offered = {*element.listed("shows"), *element.listed("makes"), *(around.listed("makes") if around else ())}
            return name in package.documents and name in offered
        case "portal":
            return bool(package.mail_for(name))
        case "test":
            return (ROOT / name).is_file()
    return keeper == "itself" or keeper in package.elements
