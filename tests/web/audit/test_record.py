"""The page of the audit record: in words, narrowed, page by page, taken out; for those alone who may see it."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from app.services.base import trail
from app.services.base.actors import Actor
from app.services.people import accounts
from app.states import Act, Side, Thing
from app.store import accounts as rows
from app.store import database
from app.web.audit import pages
from tests.admin.populated import raw
from tests.services.conftest import STAFF
from tests.web.conftest import Site

SATO = Actor(7001, "佐藤 美咲", Side.OPERATOR, frozenset({"operator"}))


def auditor(site: Site) -> FlaskClient:
    with database.connection():
        known = rows.by_email("kansa@example.jp")
    if known is None:
        accounts.add_staff(
            site.bench.portal, "kansa@example.jp", "監査 花子", ["administrator"], "a password of the tests"
        )
    return site.person("kansa@example.jp")


def facts(site: Site, count: int, name: str = "口座番号") -> None:
    now = site.bench.portal.now()
    with database.transaction(), trail.standing(trail.Place("192.0.2.7", 3, "ABCD-EFGH")):
        for n in range(count):
            about = trail.about(Thing.SETTING, f"account{n}", f"{name} {n}")
            old, new = {"value": f"old{n}"}, {"value": f"new{n}"}
            trail.note(now + timedelta(seconds=n), SATO, Act.SETTING_CHANGED, about, before=old, after=new, why="銀行")


def test_it_is_read_in_words_and_narrowed(small_site: Site) -> None:
    facts(small_site, 3)
    admin = auditor(small_site)
    page = admin.get("/audit?ground=settings").text
    for words in ("佐藤 美咲", "設定（口座番号 2）を変更しました", "old2", "new2", "銀行", "192.0.2.7", "ABCD-EFGH"):
        assert words in page
    assert "setting_changed" not in page
    assert "口座番号 1" in admin.get("/audit?thing=setting&subject=account1").text
    assert "口座番号 2" not in admin.get("/audit?thing=setting&subject=account1").text
    assert "口座番号 1" in admin.get("/audit?q=old1").text
    assert "口座番号 2" not in admin.get("/audit?q=old1").text
    assert "口座番号 2" in admin.get("/audit?person=7001").text
    assert "口座番号" not in admin.get("/audit?person=7002").text
    assert "口座番号" not in admin.get("/audit?case=2026-9999").text
    assert "口座番号 2" not in admin.get("/audit?from=2001-01-01&to=2001-01-02").text
    english = admin.get("/audit?ground=settings&lang=en").text
    assert "Changed the setting 口座番号 2" in english
    assert admin.get("/audit?person=x&from=y&ground=z&behind=%00").status_code == 200


def test_what_is_on_record_in_one_language_is_read_in_the_other(small_site: Site) -> None:
    now, english = small_site.bench.portal.now(), small_site.bench.portal.releases.english()
    step, said = next((title, words) for title, words in english.items() if words.isascii())
    with database.transaction():
        trail.note(now, SATO, Act.SENT, trail.about(Thing.TASK, 1, f"{step}（2026-0001）"))
        trail.note(now, SATO, Act.SETTING_CHANGED, trail.about(Thing.SETTING, "x", f"{step}：Days of the week"))
        trail.note(now, SATO, Act.SETTING_CHANGED, trail.about(Thing.SETTING, "y", "Days of the week"))
    admin = auditor(small_site)
    told = admin.get("/audit?person=7001&lang=en").text
    assert f"Sent {said} (2026-0001)" in told
    assert f"Changed the setting {said}: Days of the week" in told
    told = admin.get("/audit?person=7001&lang=ja").text
    assert f"{step}（2026-0001）" in told
    assert "Days of the week" not in told


def test_older_ones_follow_page_by_page_each_once(small_site: Site) -> None:
    facts(small_site, pages.reading.PAGE + 10)
    admin = auditor(small_site)
    first = admin.get("/audit?ground=settings").text
    older = next(part.split('"')[0] for part in first.split('href="') if "behind=" in part).replace("&amp;", "&")
    second = admin.get(older).text
    seen = [n for n in range(pages.reading.PAGE + 10) if f"口座番号 {n}）" in first]
    rest = [n for n in range(pages.reading.PAGE + 10) if f"口座番号 {n}）" in second]
    assert (len(seen), sorted(seen + rest)) == (pages.reading.PAGE, list(range(pages.reading.PAGE + 10)))
    assert "より古いもの" in first and "より古いもの" not in second


def test_it_is_taken_out_and_that_is_on_record(small_site: Site) -> None:
    facts(small_site, 2, "=1+1")
    admin = auditor(small_site)
    sheet = admin.get("/audit/export?ground=settings&form=csv")
    assert sheet.status_code == 200
    text = sheet.data.decode("utf-8-sig")
    assert "old1" in text and "佐藤 美咲" in text
    assert '"=' not in text and "\n=" not in text
    assert "書き出しました：操作記録" in admin.get("/audit?ground=reading").text


def test_others_do_not_see_it_and_that_they_asked_is_on_record(small_site: Site) -> None:
    staff = small_site.person(STAFF[0])
    assert staff.get("/audit").status_code == 403
    assert staff.get("/audit/export").status_code == 403
    assert "/audit" not in staff.get("/tasks").text
    assert "拒否されました：GET /audit" in auditor(small_site).get("/audit?ground=sign_in").text


def test_what_people_typed_is_never_a_format(site: Site) -> None:
    typed = "%(password)s %s {0.__class__.__mro__} %"
    with database.transaction():
        about = trail.about(Thing.ACCOUNT, "7", typed)
        trail.note(site.bench.portal.now(), Actor(7, typed, Side.OPERATOR), Act.ACCOUNT_CHANGED, about, why=typed)
    page = auditor(site).get("/audit")
    assert page.status_code == 200
    assert page.get_data(as_text=True).count(typed) >= 2, "as it was typed, in the sentence and beside it"
    client = site.operator()
    client.post("/account/profile", data={"name": typed, "language": "ja"})
    assert typed in client.get("/account").get_data(as_text=True)


def test_every_act_and_what_it_changed_is_told_in_words(small_site: Site) -> None:
    """As the services put it there: ways of signing in, instants, numbers of rows, lists that somebody keeps."""
    now = small_site.bench.portal.now()
    said = [
        *(
            {"way": way}
            for way in ("password", "passkey", "code", "recovery", "oidc", "both", "link", "sign-in", "letter")
        ),
        {"scope": "pair", "until": "2026-11-30T10:00:00+00:00", "place": "192.0.2.7"},
        {"count": 12, "entries": [[3, 12], [15, 15]], "rows": [[1, 2]]},
        {"passkey": "金庫の鍵"},
        {"code": "スマートフォン"},
        {"roles": "operator, auditor", "active": "False", "sealed": "True"},
    ]
    with database.transaction():
        for act in Act:
            trail.note(now, SATO, act, trail.about(Thing.ACCOUNT, 7, "見本"), after=said[len(act.value) % len(said)])
        for each in said:
            trail.note(now, SATO, Act.ACCOUNT_CHANGED, trail.about(Thing.ACCOUNT, 7, "見本"), before=each, after=each)
        for thing in Thing:
            trail.note(now, SATO, Act.VIEWED, trail.about(thing, "7", "見本"))
        trail.note(
            now,
            SATO,
            Act.VIEW_CHANGED,
            trail.about(Thing.VIEW, "case:朝", "朝"),
            before="f_state=open",
            after="sort=number",
        )
    admin, address, read = auditor(small_site), "/audit?person=7001", ""
    while address:
        page = admin.get(address).text
        rows = page.partition("<tbody")[2].partition("</tbody>")[0]
        assert rows
        read += rows
        older = [
            part.split('"')[0] for part in page.split('href="') if part.startswith("/audit?") and "behind=" in part
        ]
        address = older[0].replace("&amp;", "&") if older else ""
    assert raw(f"<main>{read}</main>") == set()
    assert [each for each in ("3–12, 15", "11月30日（月） 19:00", "パスキー") if each not in read] == []
