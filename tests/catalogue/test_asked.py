"""The routing values that tables, mails and documents ask for, told by the element that uses them."""

from __future__ import annotations

import pytest

from app.catalogue.asked import asked
from tests.catalogue.support import Edit, edited
from tests.catalogue.wrongs import BPMN, add, carrying, swap

TABLE = {"decide_limit": frozenset({"reader_kind", "books"})}
CARD = {"make_card": frozenset({"limit"})}


def told(changes: Edit) -> dict[str, frozenset[str]]:
    return dict(asked(edited(changes)))


def test_a_table_asks_for_its_columns_and_cells_and_a_document_for_what_it_prints() -> None:
    assert told({}) == {**TABLE, **CARD}


@pytest.mark.parametrize(
    "text",
    [
        "{{ data.books }}冊",
        "{{ data['books'] }}",
        "{% if case.number %}{{ data.books }}{% endif %}",
        "{% for n in range(data.books) %}・{% endfor %}",
    ],
)
def test_a_mail_asks_for_what_its_text_reads(text: str) -> None:
    assert told({"mail/hello.md": add(text)})["mail_hello"] == {"books"}


def test_a_subject_and_a_file_name_ask_too() -> None:
    subject = swap("（受付番号 {{ case.number }}）", "{{ data.branch }}")
    name = swap("図書館カード_{{ case.number }}", "{{ data.shelf }}")
    found = told({"mail/hello.md": subject, "pdf/library_card.html": name})
    assert found["mail_hello"] == {"branch"}
    assert found["make_card"] == {"limit", "shelf"}


@pytest.mark.parametrize(
    "text",
    [
        "{% if data.books %}{{ data.books }}冊{% endif %}",
        "{{ data.books if data.books else '' }}",
        "{{ data.books or 'なし' }}",
        "{{ data.books|default('なし') }}",
        "データ data.books とは、分岐に使う値です。",
        "{{ answers.request.books }}",
    ],
)
def test_what_is_tested_first_or_no_routing_value_is_not_asked_for(text: str) -> None:
    assert "mail_hello" not in told({"mail/hello.md": add(text)})


def test_a_task_asks_for_what_its_own_mails_and_documents_read() -> None:
    said = {
        "mail/reminder.md": add("{{ data.books }}"),
        "pdf/case_file.html": swap("</body>", "{{ data.limit }}</body>"),
    }
    found = told({**said, **carrying("approve", "sends", "reminder")})
    assert found["approve"] == {"books"}
    found = told({**said, **carrying("approve", "makes", "case_file")})
    assert found["approve"] == {"limit"}


def test_a_mail_that_nothing_sends_asks_nobody() -> None:
    assert told({"mail/unsent.md": '+++\nsubject = "x"\nto = "vendor"\n+++\n{{ data.books }}'}) == {**TABLE, **CARD}


def test_what_cannot_be_read_asks_for_nothing_and_keeps_nobody_else_from_being_told() -> None:
    found = told({"mail/hello.md": add("{{ data.books "), "pdf/library_card.html": swap("data.limit", "data.limits")})
    assert found == {**TABLE, "make_card": frozenset({"limits"})}


def test_a_table_that_is_no_more_asks_for_nothing() -> None:
    gone = swap("<spiffworkflow:calledDecisionId>loan_limit<", "<spiffworkflow:calledDecisionId>no_table<")
    assert told({BPMN: gone}) == CARD
