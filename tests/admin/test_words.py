"""No list, record or filter shows a code, the id of a step, JSON or a word of another language."""

from __future__ import annotations

import re

import pytest

from admin.nouns import BY_MODEL
from app.engine import Engine
from app.store import database, models
from tests.admin.populated import ADMIN, populate, raw, said
from tests.web.conftest import Site, engine, open_site

__all__ = ["engine"]
KINDS = sorted(kind.name for kind in BY_MODEL.values())
# Network addresses, names of accounts' browsers and what tests typed.
TYPED = frozenset({"example", "info", "test", "tests"})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Site:
    return populate(open_site(tmp_path_factory.mktemp("words"), engine))


@pytest.mark.parametrize("name", KINDS)
def test_a_list_and_its_records_speak_japanese(name: str, site: Site) -> None:
    client = site.person(ADMIN)
    pages = [client.get(f"/admin/{name}/")]
    model = next(each for each in models.ALL if each._meta.table_name == name)
    with database.connection():
        keys = [row._pk for row in model.select().limit(25)]
    pages += [client.get(f"/admin/{name}/details/?id={key}") for key in keys]
    assert {page.status_code for page in pages} == {200}
    found = {word for page in pages for word in raw(page.text, TYPED)}
    assert found == set()


@pytest.mark.parametrize("name", KINDS)
def test_the_same_in_english_has_no_japanese_of_its_own(name: str, site: Site) -> None:
    page = site.person(ADMIN).get(f"/admin/{name}/?lang=en")
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page.text) + re.findall(r"<option[^>]*>(.*?)<", page.text)
    assert not re.search(r"[぀-ヿ一-鿿]", " ".join(heads))
    assert not re.search(
        r"\b(?:True|False|None)\b|\b[a-z]+_[a-z_]+\b", re.sub(r"\S+@\S+|\S+\.\w{3,4}\b", "", said(page.text))
    )


def test_every_table_is_a_kind_of_record_or_declared_inner() -> None:
    from admin.nouns import INNER

    assert set(BY_MODEL) | set(INNER) == set(models.ALL)
    assert set(BY_MODEL) & set(INNER) == set()


def test_a_record_without_a_name_is_called_by_what_stands_first_in_its_list(site: Site) -> None:
    client = site.person(ADMIN)
    with database.connection():
        member = models.Member.select().first()
        number, person = member.case.number, member.user.name
    head = re.search(r"<h1[^>]*>(.*?)</h1>", client.get(f"/admin/member/details/?id={member.id}").text, re.DOTALL)
    assert head is not None and number in head[1] and person in head[1]
    account = client.get(f"/admin/user/details/?id={member.user_id}&lang=ja").text
    assert "アカウント" in account and "お振込先" not in account
