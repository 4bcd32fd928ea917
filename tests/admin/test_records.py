"""The records: every list opens, case data is only read, secrets are never shown, changes go through services."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from admin import listing, shown
from admin.nouns import BY_MODEL, INNER
from admin.registry import build
from app.engine import Engine
from app.services.base import jobqueue
from app.services.mails import portalmails
from app.services.mails.portalmails import Wording
from app.services.packages import terms
from app.store import accounts, changes, database, models, work
from app.store.models import EntryLink, Job, Mail, SavedView, Secret, User
from tests.admin.populated import ADMIN, ANALYST, add_people, first, populate
from tests.services.conftest import STAFF
from tests.services.steps import case_of, go, task
from tests.support.statements import counted
from tests.web.conftest import Site, engine, open_site
from tests.web.desk_support import VENDOR, alerts, text

__all__ = ["engine"]

TABLES = sorted(kind.name for kind in BY_MODEL.values())
CHANGED = {"user", "absence", "saved_view", "closing_day"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Site:
    return populate(open_site(tmp_path_factory.mktemp("records"), engine))


@pytest.fixture
def own(site: Site) -> Site:
    """A site that a test may change."""
    return add_people(site)


@pytest.fixture
def site(tmp_path: Any, engine: Engine) -> Site:
    return open_site(tmp_path, engine)


def test_every_kind_has_a_page_and_inner_tables_have_none(shared: Site) -> None:
    views = {view.endpoint for view in build(shared.bench.portal, "records_")}
    assert views == {f"records_{table}" for table in TABLES}
    client = shared.person(ADMIN)
    page = client.get("/admin/").text
    for table in TABLES:
        assert f'href="/admin/{table}/"' in page
    for model in INNER:
        assert client.get(f"/admin/{model._meta.table_name}/").status_code == 404


def test_every_table_is_a_kind_of_record_or_declared_inner() -> None:
    assert set(BY_MODEL) | set(INNER) == set(models.ALL)
    assert not set(BY_MODEL) & set(INNER)
    assert all(INNER.values())  # where people see what it holds


@pytest.mark.parametrize("email", [ADMIN, ANALYST])
@pytest.mark.parametrize("table", TABLES)
def test_every_list_and_every_record_opens_in_japanese(table: str, email: str, shared: Site) -> None:
    client = shared.person(email)
    page = client.get(f"/admin/{table}/")
    assert page.status_code == 200
    said = text(page)
    assert re.search(r"\d+件", said) or "データはありません" in said
    row = first(table)
    if row is not None:
        details = client.get(f"/admin/{table}/details/?id={row._pk}")
        assert details.status_code == 200
        assert details.text.count("<dt>") >= 1


def test_who_changed_a_record_is_told_by_the_audit_record_narrowed_to_it(shared: Site) -> None:
    case, account = first("case"), first("user")
    client = shared.person(ADMIN)
    for url, wanted in (
        (f"/admin/case/details/?id={case.id}", f"/audit?case={case.number}"),
        (f"/admin/user/details/?id={account.id}", f"/audit?thing=account&amp;subject={account.id}"),
    ):
        assert f'<a href="{wanted}">だれが変えたか</a>' in client.get(url).text
        assert client.get(wanted.replace("&amp;", "&")).status_code == 200
    assert "だれが変えたか" not in shared.person(ANALYST).get(f"/admin/case/details/?id={case.id}").text


@pytest.mark.parametrize("table", TABLES)
def test_every_list_is_searched_sorted_and_narrowed(table: str, shared: Site) -> None:
    client = shared.person(ADMIN)
    page = client.get(f"/admin/{table}/").text
    for link in re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', page):
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    for name in re.findall(r'<select class="input" id="q-(f_\w+)"', page):
        for value in re.findall(r'<option value="([^"]*)"', page):
            assert client.get(f"/admin/{table}/", query_string={name: value}).status_code == 200
    wrong = (
        "q=' OR 1=1 --&who=%00&company=%25&from=soon&to=2026-02-31&after=x&before=W10&sort=-id&f_state=x&f_case=9e99"
    )
    assert client.get(f"/admin/{table}/?{wrong}").status_code == 200


def test_a_list_is_narrowed_by_state_day_person_company_and_what_it_belongs_to(shared: Site) -> None:
    client = shared.person(ADMIN)
    page = client.get("/admin/case/?q=そら")
    assert "1件" in text(page)
    assert '<option value="open">手続き中</option>' in client.get("/admin/case/").text
    today = shared.bench.portal.today().isoformat()
    assert "そら" in client.get(f"/admin/case/?from=2026-01-01&to={today}&f_state=open&company=ﾐﾎﾝ").text
    for nothing in ("f_state=rejected", "to=1999-12-31", "from=2199-01-01", "company=ないかいしゃ"):
        assert "データはありません" in text(client.get(f"/admin/case/?{nothing}"))
    case = first("case")
    numbers = re.findall(r"/admin/case/details/\?id=(\d+)", client.get(f"/admin/task/?f_case={case.id}").text)
    assert set(numbers) == {str(case.id)}
    assert "担当 1" in client.get("/admin/note/?who=担当１").text
    assert "データはありません" in text(client.get("/admin/note/?who=だれでもない"))


def test_a_list_goes_on_page_by_page_and_back_again(own: Site) -> None:
    with database.transaction():
        for number in range(230):
            models.Company.create(
                name=f"会社{number:03d}", kana="" if number % 2 else "カ", corporate_number=None,
                created_at=own.bench.portal.now() + timedelta(minutes=number // 3),
                proved_at=None if number % 3 else own.bench.portal.now() + timedelta(minutes=number // 9),
            )  # fmt: skip
    client = own.person(ADMIN)
    for sort in ("", "name", "-name", "created_at", "-created_at", "proved_at", "-proved_at", "corporate_number"):
        url, seen, pages = f"/admin/company/?sort={sort}", [], []
        while url:
            page = client.get(url).text
            found = re.findall(r"会社\d{3}", re.sub(r'<span class="sr">.*?</span>', "", page))
            seen += found
            pages.append(found)
            link = re.search(r'<a href="([^"]+)" rel="next"', page)
            url = link[1].replace("&amp;", "&") if link else ""
            back = re.search(r'<a href="([^"]+)" rel="prev"', page)
            if len(pages) > 1 and back is not None:
                before = client.get(back[1].replace("&amp;", "&")).text
                assert re.findall(r"会社\d{3}", re.sub(r'<span class="sr">.*?</span>', "", before)) == pages[-2], sort
        assert len(seen) == 230, sort
        assert len(set(seen)) == 230, sort
        if sort.endswith("name"):
            assert seen == sorted(seen, reverse=sort == "-name")


def test_a_page_asks_the_database_as_often_for_many_rows_as_for_one(shared: Site) -> None:
    client = shared.person(ADMIN)
    for table in TABLES:
        if first(table) is None:
            continue
        client.get(f"/admin/{table}/")
        few, many = (_asked(client, f"/admin/{table}/", size) for size in (1, 50))
        assert len(many) <= len(few) + 1, (table, few, many)


def _asked(client: FlaskClient, address: str, size: int) -> list[str]:
    """The statements of a page of so many rows; the fewest of two visits, because what is looked at once in a while is
    looked at in one of them."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "SIZE", size)
        patch.setattr(listing.page, "__defaults__", (size,))
        for _ in range(2):
            with counted() as statements:
                client.get(address)
            found.append(statements.statements)
    return min(found, key=len)


# Read-only


@pytest.mark.parametrize("table", [table for table in TABLES if table not in CHANGED])
def test_case_data_is_never_changed_here(table: str, shared: Site) -> None:
    client = shared.person(ADMIN)
    row = first(table)
    pk = row._pk if row is not None else 1
    assert client.get(f"/admin/{table}/new/").status_code == 302
    assert client.get(f"/admin/{table}/edit/?id={pk}").status_code == 302
    for path, data in (("new/", {"number": "x"}), (f"edit/?id={pk}", {"number": "x"}), ("delete/", {"id": str(pk)})):
        assert client.post(f"/admin/{table}/{path}", data=data).status_code == 302
    assert client.post(f"/admin/{table}/action/", data={"action": "delete", "rowid": [str(pk)]}).status_code == 404
    assert client.post(f"/admin/{table}/ajax/update/", data={"list_form_pk": str(pk), "number": "x"}).status_code == 404
    after = first(table)
    assert (after.__data__ if after is not None else None) == (row.__data__ if row is not None else None)
    page = client.get(f"/admin/{table}/").text
    assert "/delete/" not in page
    assert "/edit/" not in page


@pytest.mark.parametrize("table", sorted(CHANGED))
def test_analysts_change_nothing(table: str, shared: Site) -> None:
    client = shared.person(ANALYST)
    row = first(table)
    page = client.get(f"/admin/{table}/").text
    assert "/delete/" not in page
    assert "/edit/" not in page
    client.post(f"/admin/{table}/edit/?id={row._pk}", data={"name": "x", "title": "x"})
    client.post(f"/admin/{table}/delete/", data={"id": str(row._pk)})
    client.post(f"/admin/{table}/new/", data={"day": "2026-05-20", "title": "x"})
    assert first(table).__data__ == row.__data__


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/case/", "/admin/user/", "/admin/user/edit/?id=1", "/admin/static/x.js"]
)
def test_others_stay_outside(path: str, shared: Site) -> None:
    assert shared.person(STAFF[0]).get(path).status_code == 403
    assert shared.person(VENDOR).get(path).status_code == 403
    answer = shared.anybody().get(path)
    assert (answer.status_code, answer.location[:7]) == (302, "/login?")


# Secrets and scripts


def test_no_page_shows_a_secret(shared: Site) -> None:
    with database.connection():
        hidden = [row.password for row in User.select()] + [row.fs_uniquifier for row in User.select()]
        hidden += [row.feed_token for row in User.select() if row.feed_token]
        hidden += [row.token for row in EntryLink.select()]
        hidden += [row.cipher for row in Secret.select()]
        rows = [(model._meta.table_name, row._pk) for model in models.ALL for row in model.select().limit(40)]
        mails = " ".join(row.text for row in Mail.select())
        assert any(
            row.token in mails for row in EntryLink.select()
        )  # a mail holds the entry link: its text is not shown
    hidden += ["ひみつの下書き"]
    assert len(hidden) > 15
    client = shared.person(ADMIN)
    pages = [client.get(f"/admin/{table}/").text for table in TABLES]
    pages += [client.get(f"/admin/{table}/details/?id={pk}").text for table, pk in rows if table in TABLES]
    pages += [client.get(f"/admin/user/edit/?id={pk}").text for table, pk in rows if table == "user"]
    for secret in hidden:
        found = [page[max(0, page.index(secret) - 200) : page.index(secret) + 80] for page in pages if secret in page]
        assert found == []


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/case/", "/admin/user/", "/admin/user/edit/?id=1", "/admin/closing_day/new/"]
)
def test_pages_keep_to_the_policy_without_any_script_of_their_own(path: str, shared: Site) -> None:
    answer = shared.person(ADMIN).get(path)
    assert answer.status_code == 200
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"\son\w+=|javascript:|<style|\sstyle=|<script(?![^>]*src=)", answer.text)


def test_every_input_has_a_label(shared: Site) -> None:
    for path in ("/admin/case/", "/admin/user/edit/?id=1", "/admin/absence/new/", "/admin/closing_day/new/"):
        page = shared.person(ADMIN).get(path).text
        ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* id="([^"]+)"', page)
        labels = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
        assert ids
        assert set(ids) <= labels, path


# Changes


def account(email: str) -> User:
    with database.connection():
        found = accounts.by_email(email)
    assert found is not None
    return found


def roles(email: str) -> set[str]:
    with database.connection():
        return set(accounts.role_names(account(email).id))


def told(kind: str) -> list[tuple[str, str, str, str]]:
    with database.connection():
        return [(row.by_name, row.field, row.before, row.after) for row in reversed(changes.recent(kind))]


def save(client: FlaskClient, email: str, **values: Any) -> Any:
    return client.post(f"/admin/user/edit/?id={account(email).id}", data=values)


def test_an_accounts_name_roles_and_groups_are_changed_and_on_record(own: Site) -> None:
    client = own.person(ADMIN)
    page = client.get(f"/admin/user/edit/?id={account(STAFF[0]).id}").text
    assert 'value="operator" id="roles-operator" checked' in page
    assert "roles-vendor" not in page
    answer = save(
        client, STAFF[0], name="新しい 名前", active="y", roles=["operator", "analyst"], groups=["review", "cards"]
    )
    assert answer.status_code == 302
    assert (account(STAFF[0]).name, account(STAFF[0]).groups) == ("新しい 名前", "review,cards")
    assert roles(STAFF[0]) == {"operator", "analyst"}
    assert told("account") == [
        ("管理 担当", "name", "担当 1", "新しい 名前"), ("管理 担当", "roles", "operator", "analyst, operator"),
        ("管理 担当", "groups", "", "review,cards")]  # fmt: skip


def test_who_is_switched_off_is_signed_out_and_their_work_goes_back(own: Site) -> None:
    walker = go(own.bench, until="first_review")
    row = task(walker, "first_review")
    theirs = own.operator(0)
    theirs.post("/worklist/claim", data={"task": [row.id]})
    save(own.person(ADMIN), STAFF[0], name="担当 1", roles=["operator"])
    assert not account(STAFF[0]).active
    assert theirs.get("/tasks").status_code == 302
    with database.connection():
        assert work.task(row.id).assignee_id is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("email", "values"),
    [
        (ADMIN, {"name": "管理", "roles": ["administrator"]}),  # switches oneself off
        (ADMIN, {"name": "管理", "active": "y", "roles": ["analyst"]}),  # takes the role from oneself
        (STAFF[0], {"name": "担当", "active": "y"}),
        (STAFF[0], {"name": " ", "active": "y", "roles": ["operator"]}),
        (STAFF[0], {"name": "担当", "active": "y", "roles": ["vendor"]}),
        (STAFF[0], {"name": "担当", "active": "y", "roles": ["king"]}),
    ],
)
def test_a_wrong_change_of_an_account_is_refused(email: str, values: dict[str, Any], own: Site) -> None:
    before = account(email).__data__, roles(email)
    answer = save(own.person(ADMIN), email, **values)
    assert answer.status_code == 422
    assert alerts(answer)
    assert (account(email).__data__, roles(email)) == before
    assert told("account") == []


def test_a_vendor_stays_a_vendor(own: Site) -> None:
    go(own.bench, until="submit_documents")
    client = own.person(ADMIN)
    page = client.get(f"/admin/user/edit/?id={account(VENDOR).id}").text
    assert "roles-vendor" in page
    assert "roles-operator" not in page
    assert save(client, VENDOR, name="例 二郎", active="y", roles=["administrator"]).status_code == 422
    assert save(client, VENDOR, name="例 二郎", active="y", roles=["vendor"]).status_code == 302
    assert (account(VENDOR).name, roles(VENDOR)) == ("例 二郎", {"vendor"})


def test_closing_days_are_added_moved_renamed_and_deleted(own: Site) -> None:
    client = own.person(ADMIN)
    wrong = client.post("/admin/closing_day/new/", data={"day": "2026-01-05", "title": "昔"})
    assert wrong.status_code == 422
    assert "明日以降" in alerts(wrong)
    assert 'value="昔"' in wrong.text
    assert client.post("/admin/closing_day/new/", data={"day": "2026-04-20", "title": "休み"}).status_code == 302
    row = first("closing_day")
    client.post(f"/admin/closing_day/edit/?id={row.id}", data={"day": "2026-04-21", "title": "お休み"})
    row = first("closing_day")
    assert (row.day.isoformat(), row.title) == ("2026-04-21", "お休み")
    client.post("/admin/closing_day/delete/", data={"id": str(row.id)})
    assert first("closing_day") is None
    assert len(told("closing_day")) == 4


def test_absences_and_views_of_everybody_are_changed(own: Site) -> None:
    client = own.person(ADMIN)
    one, two = account(STAFF[0]).id, account(STAFF[1]).id
    data = {"user": str(one), "delegate": str(two), "first_day": "2026-04-02", "last_day": "2026-04-03", "note": "休暇"}
    for wrong in ({"last_day": "2026-04-01"}, {"delegate": str(one)}, {"first_day": "soon"}):
        assert client.post("/admin/absence/new/", data=data | wrong).status_code == 422
    assert client.post("/admin/absence/new/", data=data).status_code == 302
    row = first("absence")
    client.post(f"/admin/absence/edit/?id={row.id}", data=data | {"last_day": "2026-04-09"})
    assert first("absence").last_day.isoformat() == "2026-04-09"
    client.post("/admin/absence/delete/", data={"id": str(row.id)})
    assert first("absence") is None
    assert len(told("absence")) == 3
    with database.transaction():
        view = SavedView.create(user=one, name="朝", query="scope=all")
    client.post(f"/admin/saved_view/edit/?id={view.id}", data={"name": "夕方"})
    assert first("saved_view").name == "夕方"
    client.post("/admin/saved_view/delete/", data={"id": str(view.id)})
    assert first("saved_view") is None


def test_a_change_without_the_forms_token_is_not_taken(own: Site) -> None:
    own.app.config["WTF_CSRF_ENABLED"] = True
    assert save(own.person(ADMIN), STAFF[0], name="x", active="y", roles=["operator"]).status_code == 303
    assert account(STAFF[0]).name == "担当 1"


def test_releases_and_terms_say_what_holds_and_what_is_planned(own: Site) -> None:
    portal = own.bench.portal
    with database.connection():
        package = portal.releases.current("ccus_api_certification").package
    act = terms.Act("分析 花子", "年明けから", terms.FOLDER, portal.now() + timedelta(days=30))
    terms.put(portal, replace(package, digest="0" * 64, title="新しい認定"), act, None)
    client = own.person(ANALYST)
    listed = text(client.get("/admin/term/"))
    for each in ("予約", "施行中", "分析 花子", "新しい認定 第2版"):
        assert each in listed
    listed = text(client.get("/admin/release/"))
    assert "新しい認定" in listed
    assert "2026-04-01 10:00" in listed
    with database.connection():
        planned = models.Term.select().order_by(models.Term.id.desc()).first()
    details = text(client.get(f"/admin/term/details/?id={planned.id}"))
    assert "予約" in details
    assert "年明けから" in details


def test_a_job_says_which_mail_it_sends(shared: Site) -> None:
    """By its step; where no step sends it, by the mail's own subject, without what a case puts into it."""
    portal, words = shared.bench.portal, Wording("[Nintei] ことば", "本文")
    with database.transaction():
        before = {row.id for row in Job.select(Job.id)}
        portalmails.queue(portal, "a key", "invitation", "x@example.jp", words)
        jobqueue.queue(models.Case.select().first(), "mail", {"mail": "receipt"}, "", "another key", portal.now())
    page = shared.person(ADMIN).get("/admin/job/").get_data(as_text=True)
    with database.transaction():
        Job.delete().where(Job.id.not_in(before)).execute()
    for name in ("[Nintei] ことば", "【API連携認定】【到達確認】「…」を受け付けました", "メール自動返信①"):
        assert f"メール（{name}）" in page, name


def test_a_list_is_searched_as_cases_are(shared: Site) -> None:
    """Width, kana and variants make no difference, in tables that have an index of their own and in those without."""
    client = shared.person(ADMIN)
    own = {"email": "kumo@example.com", "system_name": "くも"}
    name = case_of(go(shared.bench, until="submit_documents", application=own)).company_name
    assert name == "株式会社みほん建設システム"
    for table in ("case", "company"):
        for typed in ("みほん建設", "ﾐﾎﾝ建設", "ミホン", "㈱みほん", "株式会社 みほん"):
            page = client.get(f"/admin/{table}/", query_string={"q": typed})
            assert page.status_code == 200
            assert name in page.text, (table, typed)
        assert name not in client.get(f"/admin/{table}/", query_string={"q": "みほん ない名前"}).text


@pytest.mark.parametrize(
    ("cell", "short"),
    [
        ("2026-11-27 13:00", True),
        (Markup('<a href="/admin/user/details/?id=12345678">田中 由美</a>'), True),
        ("株式会社みどり建設システム", False),
        ("Application and document review", False),
    ],
)
def test_what_is_wide_is_broken_into_lines_so_that_a_list_keeps_its_last_columns(cell: str, short: bool) -> None:
    assert shown._short(cell) is short
