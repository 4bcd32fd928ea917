"""What needs attention by cause, in the reader’s words, mended for exactly the ticked rows; the rules of its mails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.connectors.mailreply import Reply
from app.errors import Permanent
from app.services import upkeep
from app.services.pages import attention
from app.states import JobState
from app.store import database
from app.store.models import Job, TrailEntry
from tests.services.broken import applied, clerk
from tests.web.conftest import Site
from tests.web.trouble.test_attention import administrator

NO = Reply(550, "5.1.1 User unknown")


def stuck(site: Site, count: int) -> list[str]:
    found = []
    for n in range(count):
        site.bench.mailbox.refuses[f"wrong{n}@example.com"] = NO
        found.append(applied(site.bench, email=f"wrong{n}@example.com", system_name=f"図書{n}").number)
    return found


def rows(site: Site) -> list[str]:
    return [each.row for each in attention.board(site.bench.portal, clerk(site.bench)).of_cases]


def test_the_ticked_rows_are_mended_together_and_the_others_stay(small_site: Site) -> None:
    numbers, operator = stuck(small_site, 3), small_site.operator()
    page = operator.get("/attention").text
    assert page.count('class="cause"') == 1
    assert "メールサーバーがアドレスを受け付けません" in page and "宛先：wrong1@example.com" in page
    assert "案件はこの工程で待っています" in page
    chosen = rows(small_site)[:2]
    data = {"way": "mend", "row": chosen, "reason": "電話で聞いた"}
    data |= {f"address:{row}": f"right{n}@example.com" for n, row in enumerate(chosen)}
    assert operator.post("/attention/act", data=data).status_code == 303
    page = operator.get("/attention").text
    assert "2件のアドレスを直しました" in page
    assert numbers[2] in page and numbers[0] not in page
    english = operator.get("/attention?lang=en").text
    assert "The mail server does not accept the address" in english


def test_what_was_typed_stays_when_nothing_was_ticked(small_site: Site) -> None:
    stuck(small_site, 1)
    [row] = rows(small_site)
    data = {"way": "mend", "reason": "電話で聞いた", f"address:{row}": "right@example.com"}
    answer = small_site.operator().post("/attention/act", data=data)
    assert answer.status_code == 422
    assert "right@example.com" in answer.text and "電話で聞いた" in answer.text and "選" in answer.text


def test_one_row_has_a_button_of_its_own_and_what_stays_says_why(small_site: Site) -> None:
    small_site.bench.mailbox.fail_with = [Permanent("The package has no mail %(mail)s", mail="hello")]
    applied(small_site.bench)
    [row] = rows(small_site)
    operator = small_site.operator()
    assert operator.post("/attention/act", data={"one": f"retry|{row}"}).status_code == 303
    small_site.bench.drain()
    assert "要対応のものはありません" in operator.get("/attention").text
    operator.post("/attention/act", data={"one": f"retry|{row}"})
    assert "そのままです" in operator.get("/attention").text


def test_no_words_of_programs_stand_in_the_list_of_staff(small_site: Site) -> None:
    applied(small_site.bench)
    with database.transaction():
        Job.update(
            state=JobState.INCIDENT,
            task_id="x",
            said={
                "message": "The timestamp authority cannot be reached: %(reason)s",
                "params": {"reason": "[Errno 111] Connection refused"},
            },
        ).execute()
    page = small_site.operator().get("/attention").text
    assert "Errno" not in page
    assert "技術的な問題" in page
    assert "Errno 111" in administrator(small_site).get("/attention").text  # folded, for whoever looks after it
    with database.transaction():
        Job.update(said={"message": "%(kind)s: %(text)s", "params": {"kind": "KeyError", "text": "'x'"}}).execute()
    page = small_site.operator().get("/attention").text
    assert "KeyError" not in page and "ポータルまたは手続きに誤りがあります" in page


def test_lists_mark_and_filter_what_cannot_go_on(small_site: Site) -> None:
    [number] = stuck(small_site, 1)
    fine = applied(small_site.bench, email="fine@example.com", company_name="みほん第二小学校").number
    operator = small_site.operator()
    page = operator.get("/cases?trouble=1").text
    assert number in page and fine not in page and "要対応" in page
    with database.transaction():
        Job.update(state=JobState.INCIDENT, task_id="x").where(Job.state == JobState.DONE).execute()
    page = operator.get("/tasks?scope=all&trouble=1").text
    assert fine in page and 'class="tag tag--bad">要対応' in page
    assert fine not in operator.get("/tasks?scope=all&trouble=1&q=nothing").text


@pytest.fixture
def alarmed(small_site: Site) -> Site:
    administrator(small_site)
    return small_site


def alarms(site: Site) -> list[str]:
    """Subjects of the mails to administrators."""
    site.bench.drain()
    return [letter.subject for letter in site.bench.mailbox.of("alarm")]


def failing(site: Site, count: int) -> None:
    for n in range(count):
        site.bench.mailbox.fail_with.append(Permanent("The package has no mail %(mail)s", mail="hello"))
        applied(site.bench, email=f"a{n}@example.com")


def test_one_mail_comes_for_one_cause_again_after_a_day_and_when_it_is_over(alarmed: Site) -> None:
    clock = alarmed.bench.portal.clock
    failing(alarmed, 5)
    upkeep.tick(alarmed.bench.portal)
    assert len(alarms(alarmed)) == 1
    clock.moment += timedelta(hours=23)  # type: ignore[attr-defined]
    upkeep.tick(alarmed.bench.portal)
    assert len(alarms(alarmed)) == 1
    clock.moment += timedelta(hours=2)  # type: ignore[attr-defined]
    upkeep.tick(alarmed.bench.portal)
    upkeep.tick(alarmed.bench.portal)
    assert len(alarms(alarmed)) == 2
    assert "5 cases are concerned" in alarmed.bench.mailbox.of("alarm")[-1].text
    operator = alarmed.operator()
    operator.post("/attention/act", data={"way": "retry", "row": rows(alarmed)})
    upkeep.tick(alarmed.bench.portal)
    upkeep.tick(alarmed.bench.portal)
    said = alarms(alarmed)
    assert len(said) == 3 and "It works again" in said[-1]


def test_rules_say_which_kinds_after_how_long_and_only_administrators_change_them(alarmed: Site) -> None:
    admin, operator = alarmed.person("admin@example.jp"), alarmed.operator()
    assert operator.get("/attention/rules").status_code == 403
    assert operator.post("/attention/rules", data={}).status_code == 403
    given = {f"{kind}-{what}": value for kind in ("job", "mail", "step", "timer", "deadlock", "start", "upkeep")
             for what, value in (("tells", "yes"), ("after", "0"), ("again", "24"))}  # fmt: skip
    wrong = admin.post("/attention/rules", data={**given, "job-after": "soon"})
    assert wrong.status_code == 422 and 'value="soon"' in wrong.text
    assert admin.post("/attention/rules", data={**given, "job-after": "60"}).status_code == 303
    with database.connection():
        found = TrailEntry.select().where(TrailEntry.subject.startswith("alarm:")).order_by(TrailEntry.id)
        assert [row.subject for row in found] == ["alarm:job", "alarm:mail"]
    failing(alarmed, 1)
    upkeep.tick(alarmed.bench.portal)
    assert alarms(alarmed) == []
    alarmed.bench.portal.clock.moment += timedelta(minutes=61)  # type: ignore[attr-defined]
    upkeep.tick(alarmed.bench.portal)
    assert len(alarms(alarmed)) == 1
