"""What drafts of forms, mails and documents come out as: on made-up data, and with a case, without its secrets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app import catalogue
from app.catalogue import Package
from app.catalogue.template_names import CASE, IN_DOCUMENTS, IN_MAILS, LISTS, MEMBERS
from app.errors import Forbidden, NotFound, Permanent
from app.services.base.actors import Actor
from app.services.base.businessdays import today
from app.services.designing.previews import Asked, Previews, cases_of
from app.services.designing.samples import LINK, Sample
from app.services.papers import seen
from app.states import Side
from app.store import database, entrylinks, undo
from tests.services.conftest import BPMN, Bench
from tests.services.steps import case_of, go

ANALYST = Actor(None, "分析 花子", Side.OPERATOR, frozenset({"analyst"}))


@pytest.fixture(scope="module")
def package() -> Package:
    return catalogue.load(BPMN / "ccus_api_certification", BPMN / "_shared")


@pytest.fixture
def previews(bench: Bench) -> Iterator[Previews]:
    made = Previews(bench.portal)
    yield made
    made.close()


def text(package: Package, path: str) -> str:
    return package.files[path].decode()


def test_the_made_up_case_has_every_name_that_templates_may_say(bench: Bench, package: Package) -> None:
    sample = Sample(package, package.settings_values({}), today(bench.portal.now()), "https://portal.example")
    given = {**sample.context(), **sample.more()}
    assert CASE | (IN_MAILS | IN_DOCUMENTS) - {"title", "document_id"} <= given.keys()
    for name, members in MEMBERS.items():
        item = (given[name][0] if name in LISTS else given[name]) if name != "mail" else None
        assert item is None or item.keys() == members, name


def test_the_made_up_case_answers_each_form_with_what_it_asks(bench: Bench, package: Package) -> None:
    sample = Sample(package, package.settings_values({}), today(bench.portal.now()), "https://portal.example")
    assert sample.answers.keys() == package.forms.keys()
    assert sample.answers["company_profile"]["company_name"] == "株式会社みほん建設システム"  # of a scenario


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_form_of_the_package_is_drawn(previews: Previews, package: Package, language: str) -> None:
    for element in package.forms:
        path = f"forms/{element}.form"
        shown = previews.form(package, Asked(path, text(package, path)), language)
        assert shown.form.lang == language and not shown.left_out and shown.form.fields


def test_a_form_with_a_fault_is_drawn_without_it_and_says_so(previews: Previews, package: Package) -> None:
    form = '{"type": "default", "id": "x", "components": [{"type": "button", "id": "b"}, {"type": "text", "id": "t"}]}'
    shown = previews.form(package, Asked("forms/x.form", form), "ja")
    assert [each.element for each in shown.left_out]
    for wrong in ("{", "[]", '{"components": 1}', "[" * 100_000):
        with pytest.raises(Permanent):
            previews.form(package, Asked("forms/x.form", wrong), "ja")


def test_each_mail_and_document_of_the_package_comes_out(previews: Previews, package: Package) -> None:
    for name in package.mails:
        shown = previews.mail(package, Asked(f"mail/{name}.md", text(package, f"mail/{name}.md")), ANALYST)
        assert shown.subject and shown.text.strip() and "{{" not in shown.text
    for name in package.documents:
        page = previews.page(package, Asked(f"pdf/{name}.html", text(package, f"pdf/{name}.html")), ANALYST)
        assert page.filename.endswith(".pdf") and "<" in page.html


def test_what_is_being_written_is_shown_not_what_is_saved(previews: Previews, package: Package) -> None:
    draft = '+++\nsubject = "案 {{ case.number }}"\nto = "vendor"\n+++\nこれは案です。'
    shown = previews.mail(package, Asked("mail/review-1.md", draft), ANALYST)
    assert shown.subject == "案 2026-0001" and "これは案です。" in shown.text
    with pytest.raises(Permanent):
        previews.mail(package, Asked("mail/review-1.md", "no header"), ANALYST)


def test_a_skeleton_is_shown_with_what_is_written_in_it(previews: Previews, package: Package) -> None:
    layout = text(package, "_shared/mail.html").replace("</body>", "<p>新しい下書き</p></body>")
    assert "新しい下書き" in previews.mail(package, Asked("_shared/mail.html", layout), ANALYST).html
    letter = text(package, "_shared/certificate.html") + "<!-- 案 -->"
    assert previews.page(package, Asked("_shared/certificate.html", letter), ANALYST).html
    with pytest.raises(NotFound):
        previews.page(package, Asked("_shared/nobody.html", "x"), ANALYST)


def test_with_a_case_its_link_is_left_out_and_who_looked_is_on_record(
    bench: Bench, previews: Previews, package: Package
) -> None:
    walker = bench.walker()
    walker.begin()
    case = case_of(walker)
    with database.connection():
        live = entrylinks.current_link(case.id)
    assert live is not None
    asked = Asked("mail/review-1.md", text(package, "mail/review-1.md"), case=case.number)
    for _ in range(3):
        shown = previews.mail(package, asked, ANALYST)
    assert case.number in shown.subject and f"/enter/{LINK}" in shown.text
    assert live.token not in shown.text + shown.html
    with database.connection():
        looks = seen.of_case(case.id)
        assert [(each.filename, each.user_name) for each in looks] == [("review-1.md", "分析 花子")]
        assert not undo.looked_since(case.id, looks[0].at)  # nobody took a file: a decision may still be taken back


def test_cases_to_choose_from_are_told_to_those_who_may_change_processes(bench: Bench) -> None:
    case = case_of(go(bench, "company_profile"))
    assert [number for number, _ in cases_of(bench.portal, "ccus_api_certification", ANALYST)] == [case.number]
    with pytest.raises(Forbidden):
        cases_of(bench.portal, "ccus_api_certification", Actor(None, "", Side.OPERATOR, frozenset({"operator"})))
