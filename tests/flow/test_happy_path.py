"""One vendor from application to certificate and through the years after it, over HTTP: real mail, PDFs and cards."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.services.base.businessdays import JAPAN
from app.services.cards import plan
from tests.flow import papers
from tests.flow.driver import APPLICATION, attachments, body_of
from tests.flow.place import STAFF_PASSWORD, Place
from tests.flow.prepared import STAFF
from tests.flow.visitor import Page
from tests.flow.walking import CCUS, MAILS, Walk, own_steps, steps_of
from tests.support.network import wait_until

pytestmark = pytest.mark.xdist_group("flow-year")

COMPANY, SYSTEM = APPLICATION["company_name"], APPLICATION["system_name"]
ORDER = [f"review-{n}" for n in range(1, 9)] + [f"exam-{n}" for n in range(1, 9)] + [f"audit-{n}" for n in range(1, 7)]
# What is attached to each mail: so many PDFs, or a calendar file.
ATTACHED = {
    "review-2": 3,
    "review-3": 1,
    "review-4": 1,
    "review-5": 1,
    "exam-1": 1,
    "exam-3": 1,
    "exam-4": 1,
    "exam-5": 1,
    "exam-6": 1,
    "exam-7": 1,
    "audit-3": 2,
    "audit-4": 1,
    "audit-5": 1,
}
# Each PDF that the portal makes on this way, and words that must stand in it beside the names.
PAPERS: dict[str, list[str]] = {
    "review_result_letter": ["書類審査結果通知書", "通過"],
    "nda": ["秘密保持契約書", "第1条"],
    "certification_agreement": ["連携認定契約書", "第1条"],
    "initial_invoice": ["請求書", "220,000", "10%", "T0000000000000"],
    "card_auth_request_form": ["CCUSカード認証方式確認依頼書"],
    "cover_letter_test_cards": ["送付", "3"],
    "key_letter_test_1": ["構成要素"],
    "key_letter_test_2": ["構成要素"],
    "loan_form_test": ["貸出"],
    "exam_invoice": ["請求書", "165,000", "10%", "T0000000000000"],
    "cover_letter_exam_cards": ["送付", "2"],
    "loan_form_exam": ["貸出"],
    "exam_result_letter": ["認定試験結果通知書", "合格"],
    "return_slip": ["ICカード返却票", "認定試験用ICカード", "返却係"],
    "audit_invoice": ["請求書", "132,000", "10%", "T0000000000000"],
    "audit_result_letter": ["監査結果通知書"],
    "certificate": ["認定"],
    "cover_letter_certificate": ["送付", "認定証"],
    "receipt": ["控えの番号", "送信した内容"],
    "payment_receipt": ["領収書", "適格請求書"],
}


def as_time_goes_by(walk: Walk, step: Mapping[str, Any]) -> None:
    """The exam and the audit are held on their days; else an hour or a day passes."""
    clock, element = walk.place.clock, str(step.get("complete", ""))
    calendar = {"exam__vendor": "exam", "audit__vendor": "audit"}.get(element)
    if calendar:
        [*_, booking] = walk.place.records.of(walk.number, "booking", f"calendar = '{calendar}'")
        clock.go_to(booking["day"], 17)
    elif element in {"reply_materials", "contracts__vendor", "connect_exam_environment"}:
        clock.ahead(days=1)
    else:
        clock.ahead(minutes=20)


@pytest.fixture(scope="module")
def place(make_place: Callable[..., Place]) -> Place:
    """As an administrator makes it: accounts by the command, then `nintei run`, which releases what there is."""
    found = make_place()
    typed = found.folder / "password.txt"
    typed.write_text(STAFF_PASSWORD + "\n")
    for number, email in enumerate(STAFF[:2], 1):
        groups = [word for group in ("review", "accounting", "cards", "exam", "office") for word in ("--group", group)]
        named = ("--name", f"担当 {number}", "--role", "operator", "--password-file", str(typed))
        found.command("user", "add", email, *named, *groups)
    return found.start()


@pytest.fixture(scope="module")
def walk(place: Place) -> Walk:
    """A case that has been walked from the application to the certificate."""
    staff = [place.operator(email) for email in STAFF[:2]]
    vendor = place.vendor(str(APPLICATION["email"]))
    number = vendor.apply(APPLICATION)
    vendor.enter(place.wait_for_mail(vendor.email, "review-1"))
    found = Walk(place, number, vendor, staff, as_time_goes_by)
    return found.take(steps_of("happy_path")[2:])


@pytest.fixture(scope="module")
def certificate(walk: Walk) -> str:
    """The certificate's number."""
    [row] = walk.place.records.of(walk.number, "certificate")
    return str(row["number"])


def documents(walk: Walk, key: str) -> list[bytes]:
    """A paper of the case as the staff download it, each version; a key letter as its one person opened it."""
    if key.startswith("key_letter"):
        return [letter for person in walk.staff for number, letter in person.letters if key.endswith(str(number))]
    found = []
    for row in walk.place.records.of(walk.number, "document", f"key = '{key}'"):
        page = walk.staff[0].get(f"/cases/{walk.number}/documents/{row['id']}")
        assert page.status == 200, page
        assert page.headers["Content-Type"] == "application/pdf"
        found.append(page.content)
    assert found, f"no {key}"
    return found


def test_every_mail_of_the_flow_goes_out_once_and_in_its_order(walk: Walk) -> None:
    assert sorted(MAILS) == sorted(ORDER)
    assert walk.place.mail_ids_to(walk.vendor.email, ORDER) == ORDER


def test_every_mail_has_a_message_id_of_its_own_and_says_which_case_it_is_about(walk: Walk) -> None:
    mails = walk.place.mails_to(walk.vendor.email)
    ids = [str(mail["Message-ID"]) for mail in mails]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"<[^<>\s]+@nintei\.example>", each) for each in ids), ids
    for mail in mails:
        assert walk.number in str(mail["Subject"])
        assert str(APPLICATION["contact_name"]) in body_of(mail) or str(COMPANY) in body_of(mail), mail["Subject"]
        assert "</" in body_of(mail, "html")
        assert "Undefined" not in body_of(mail)


@pytest.mark.parametrize("mail_id", ORDER)
def test_each_mail_carries_its_attachments_and_they_can_be_read(walk: Walk, mail_id: str) -> None:
    mail = walk.place.wait_for_mail(walk.vendor.email, mail_id)
    found = attachments(mail)
    assert len(found) == ATTACHED.get(mail_id, 0), list(found)
    for name, content in found.items():
        if name.endswith(".pdf"):
            assert len(papers.words_of(content)) > 20, name
        else:
            assert name.endswith(".ics"), name


@pytest.mark.parametrize("key", PAPERS)
def test_each_pdf_says_the_right_names_and_amounts_in_japanese(walk: Walk, key: str) -> None:
    for content in documents(walk, key):
        text = papers.words_of(content)
        assert str(COMPANY) in text, text
        assert [each for each in PAPERS[key] if each not in text] == [], text
        assert papers.fonts_of(content), "no font lies in the file"


def test_every_pdf_of_the_case_is_one_of_these(walk: Walk) -> None:
    made = walk.place.records.of(walk.number, "document", "kind in ('made', 'sealed') AND mime = 'application/pdf'")
    assert {row["key"] for row in made} == set(PAPERS)


def test_the_vendor_sees_its_own_papers_and_none_of_the_cover_and_key_letters(walk: Walk) -> None:
    hidden = {key for key, document in CCUS.documents.items() if document.audience == "operator"}
    for row in walk.place.records.of(walk.number, "document", "kind = 'made'"):
        page = walk.vendor.get(f"/cases/{walk.number}/documents/{row['id']}")
        assert page.status == (404 if row["key"] in hidden else 200), row["key"]


@pytest.mark.parametrize(("mail_id", "calendar"), [("exam-3", "exam"), ("audit-3", "audit")])
def test_the_calendar_file_holds_the_day_that_was_settled(walk: Walk, mail_id: str, calendar: str) -> None:
    content = next(
        data
        for name, data in attachments(walk.place.wait_for_mail(walk.vendor.email, mail_id)).items()
        if name.endswith(".ics")
    )
    begin, end, summary = papers.appointment_of(content)
    booking = walk.place.records.of(walk.number, "booking", f"calendar = '{calendar}'")[0]
    assert booking["state"] in {"confirmed", "done"}  # done: the worker has seen that the day took place
    local = begin.astimezone(JAPAN)
    assert (local.date().isoformat(), f"{local:%H:%M}") == (booking["day"], booking["start"])
    assert begin < end
    assert str(SYSTEM) in summary or CCUS.calendars[calendar].title in summary


def test_secrets_were_shown_once_and_stand_in_no_mail_no_page_and_no_record(walk: Walk) -> None:
    shown = walk.last("connect_exam_environment").secrets + walk.last("connect_production").secrets
    assert {"exam-secret", "production-secret", "vendor-01"} <= set(shown)
    mails = "".join(body_of(mail) for mail in walk.place.mails_to(walk.vendor.email))
    pages = "".join(
        person.get(f"/cases/{walk.number}?tab={tab}").source
        for person in (walk.vendor, walk.staff[0])
        for tab in ("timeline", "answers", "mail")
    )
    stored = walk.place.records.file.read_bytes().decode("utf-8", "replace")
    for secret in ("exam-secret", "production-secret"):
        assert secret not in mails + pages + stored + walk.place.said()


def test_no_key_component_or_worker_id_lies_anywhere_after_the_whole_way(walk: Walk) -> None:
    """Searched: log, mails, pages of both sides, the database, every file of the data folder, PDFs by their text."""
    components = [component_in(letter) for person in walk.staff for _, letter in person.letters]
    assert [len(each) for each in components] == [32, 32]
    serials = [row["serial"] for row in walk.place.records.of(walk.number, "card")]
    secrets = {*components, *(plan.plan_of(serial, 1).worker_id for serial in serials)}
    mails = "".join(body_of(mail) + str(attachments(mail)) for mail in walk.place.mails_to(walk.vendor.email))
    pages = "".join(page.source for page in walk.place.pages if page.is_html)
    texts = [mails, pages, walk.place.said()]
    for path in walk.place.data.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        texts.append(content.decode("latin-1"))
        if content.startswith(b"%PDF"):
            texts.append(papers.words_of(content))
    for text in texts:
        packed = "".join(text.split()).upper()
        assert not [each for each in secrets if each in packed]


def test_the_company_opens_its_key_file_with_the_two_letters(walk: Walk, tmp_path: Path) -> None:
    [row] = walk.place.records.of(walk.number, "document", "key = 'key_file'")
    file = tmp_path / "keys.json"
    file.write_bytes(walk.vendor.get(f"/cases/{walk.number}/documents/{row['id']}").content)
    letters = [letter for person in walk.staff for _, letter in person.letters]
    typed = "".join(f"{component_in(letter)}\n" for letter in letters)
    done = subprocess.run(
        [sys.executable, "-m", "hardware", "open-key-file", str(file)],
        input=public_key_in(letters[0])[:16] + "\n" + typed, capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    cards = walk.place.records.of(walk.number, "card", "set_id = 'test'")
    assert [row["serial"] in done.stdout for row in cards] == [True] * 3
    assert not [letter for letter in letters if component_in(letter) in done.stdout + done.stderr]


def component_in(letter: bytes) -> str:
    return re.search(r"左から右、上から下へ）((?:[0-9A-F]{4}){8})", papers.words_of(letter))[1]  # type: ignore[index]


def public_key_in(letter: bytes) -> str:
    return re.search(r"公開鍵([0-9a-fA-F]{64})", papers.words_of(letter))[1]  # type: ignore[index]


def test_payments_are_on_record_and_nothing_is_owed(walk: Walk) -> None:
    rows = walk.place.records.of(walk.number, "invoice")
    claims = {row["fee"]: (row["total"], row["paid"], row["state"]) for row in rows}
    assert claims == {
        "initial_fee": (220000, 220000, "paid"),
        "exam_fee": (165000, 165000, "paid"),
        "audit_fee": (132000, 132000, "paid"),
    }


def test_the_cards_were_written_lent_and_came_back(walk: Walk) -> None:
    cards = walk.place.records.of(walk.number, "card")
    assert [row["set_id"] for row in cards] == ["test"] * 3 + ["exam"] * 2
    assert {row["state"] for row in cards} == {"wiped"}
    text = "".join(papers.words_of(each) for each in documents(walk, "loan_form_test"))
    assert all(row["serial"] in text for row in cards if row["set_id"] == "test")
    slip = "".join(papers.words_of(each) for each in documents(walk, "return_slip"))
    assert all(row["serial"] in slip for row in cards)


@pytest.mark.parametrize("group", ["api_documents", "card_specification", "audit_documents"])
def test_what_is_released_can_be_downloaded_and_each_download_is_on_record(walk: Walk, group: str) -> None:
    for name in CCUS.downloads[group].files:
        page = walk.vendor.get(f"/cases/{walk.number}/files/{name}")
        assert page.status == 200
        assert papers.words_of(page.content)
        taken = walk.place.records.of(walk.number, "trail_entry", f"act = 'downloaded' AND what LIKE '%{name}%'")
        assert taken
        assert json.loads(taken[-1]["who"])["name"] == APPLICATION["contact_name"]


@pytest.mark.parametrize(
    ("element", "file"),
    [
        ("materials_requested", "system_requirements_form.pdf"),
        ("api_documents", "api_specification.pdf"),
        ("cards_received", "card_issue_specification.pdf"),
        ("precheck_received", "precheck_guide.pdf"),
        ("exam_materials_received", "exam_guide.pdf"),
    ],
)
def test_what_a_step_hands_over_can_be_taken_on_its_page(walk: Walk, element: str, file: str) -> None:
    assert walk.last(element).task.links(f"/cases/{walk.number}/files/{file}$")


@pytest.mark.parametrize("element", ["cards_received", "precheck_received", "certificate_received"])
def test_whoever_waits_for_a_parcel_reads_its_tracking_number(walk: Walk, element: str) -> None:
    text = walk.last(element).task.text
    assert "1234-5678-9012" in text
    assert "ヤマト運輸" in text


def test_the_certificate_is_signed_and_its_qr_code_leads_to_its_page(walk: Walk, certificate: str) -> None:
    [content] = documents(walk, "certificate")
    text = papers.words_of(content)
    assert certificate in text
    assert str(SYSTEM) in text
    address = f"{walk.place.url}/systems/{certificate}"
    assert papers.shows_qr(content, address)
    assert papers.signed_as_it_is(content)
    assert not papers.signed_as_it_is(content.replace(b"/Producer", b"/Producex", 1))
    page = walk.place.visitor().get(address)
    assert page.status == 200


def test_the_public_list_shows_the_system(walk: Walk, certificate: str) -> None:
    page = walk.place.visitor().get("/systems")
    assert page.status == 200
    assert str(SYSTEM) in page.text
    assert str(COMPANY) in page.text
    assert certificate in page.text
    assert page.links(f"/systems/{certificate}$")
    own = page.follow(str(SYSTEM))
    assert (own.status, own.path) == (200, f"/systems/{certificate}")
    assert str(COMPANY) in own.text


def test_the_case_says_on_every_tab_what_happened(walk: Walk) -> None:
    for person in (walk.vendor, walk.staff[0]):
        for tab in ("flow", "timeline", "documents", "mail", "money", "answers", "messages"):
            page = person.get(f"/cases/{walk.number}?tab={tab}")
            assert page.status == 200, page
            assert walk.number in page.text
            assert page.alerts() == []


# The years after


def test_the_next_years_audit_opens_by_itself_and_once_passed_the_certificate_is_valid_a_year_longer(
    walk: Walk, certificate: str
) -> None:
    assert _register(walk, certificate).status == 200
    before = _row(walk)
    renewed(walk)
    after = _row(walk)
    was, now = date.fromisoformat(before["valid_until"]), date.fromisoformat(after["valid_until"])
    assert (now.year, now.month, now.day) == (was.year + 1, was.month, was.day)
    assert after["state"] == "valid"
    page = _register(walk, certificate)
    assert f"{now.year}年{now.month}月{now.day}日" in page.text
    ids = walk.place.mail_ids_to(walk.vendor.email)
    assert "audit-6" not in ids[ids.index("annual-audit-open") :]  # no production disclosure in later years


def test_a_missed_audit_suspends_and_then_withdraws(walk: Walk, certificate: str) -> None:
    if _row(walk)["terms"] == 1:
        renewed(walk)
    _next_audit_opens(walk)
    place = walk.place
    # The last day may lie before a weekend and holidays, after which it is over.
    place.clock.set(datetime.fromisoformat(_row(walk)["valid_until"]).replace(hour=9, tzinfo=JAPAN) + timedelta(days=9))
    _wait_state(walk, "suspended")
    place.wait_for_mail(walk.vendor.email, "suspended")
    assert place.records.open(walk.number) == ["request_audit_date"]
    suspended = _register(walk, certificate)
    assert suspended.status == 200
    place.clock.ahead(days=CCUS.certificate.cure_days + 12)  # type: ignore[union-attr]
    _wait_state(walk, "withdrawn")
    place.wait_for_mail(walk.vendor.email, "registration-withdrawn")
    place.records.settle(walk.number)
    assert place.records.open(walk.number) == []
    assert place.records.case(walk.number)["ended"]
    gone = _register(walk, certificate)
    assert gone.status == 200
    assert gone.text != suspended.text
    rows = place.visitor().get("/systems.json").source
    assert '"withdrawn"' in rows


def renewed(walk: Walk) -> None:
    """The next yearly audit is opened by the clock, and passed."""
    _next_audit_opens(walk)
    steps = own_steps("annual_audit")
    opened = next(number for number, step in enumerate(steps) if "advance" in step)
    passed = next(number for number, step in enumerate(steps) if step.get("complete") == "annual_audit_result")
    walk.take(steps[opened + 1 : passed + 1])


def _next_audit_opens(walk: Walk) -> None:
    place, opens = walk.place, "until_next_audit"
    count = place.mail_ids_to(walk.vendor.email).count("annual-audit-open")
    [timer] = place.records.of(walk.number, "timer", f"element = '{opens}'")
    due = datetime.fromisoformat(str(timer["due_at"])).replace(tzinfo=UTC)  # stored as UTC
    place.clock.set(due + timedelta(hours=9))
    place.wait_for_mail(walk.vendor.email, "annual-audit-open", nth=count + 1)
    place.records.settle(walk.number)
    assert place.records.open(walk.number) == ["request_audit_date"]


def _row(walk: Walk) -> dict[str, Any]:
    [row] = walk.place.records.of(walk.number, "certificate")
    return row


def _register(walk: Walk, certificate: str) -> Page:
    return walk.place.visitor().get(f"/systems/{certificate}")


def _wait_state(walk: Walk, state: str) -> None:
    wait_until(lambda: _row(walk)["state"] == state, 60, f"the certificate being {state}")
    walk.place.records.settle(walk.number)
