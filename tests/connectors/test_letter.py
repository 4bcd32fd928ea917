from __future__ import annotations

from typing import Any

import pytest

from app.connectors import markdown
from app.connectors.letter import Attachment, Letter, compose
from app.errors import Permanent
from tests.connectors.package import Source

FACTS: dict[str, Any] = {
    "mail_id": "m",
    "message_id": "<job.1@body.example>",
    "sender": "認定事務局 <n@body.example>",
    "to": "a@vendor.example",
}


def letter(body: str = "本文", subject: str = "件名", context: dict[str, Any] | None = None, **changed: Any) -> Letter:
    source = Source({"to": "vendor"}, body, subject=subject)
    return compose(source, context or {}, {}, **{**FACTS, **changed})


def test_both_parts_come_of_one_markdown() -> None:
    made = letter("お願いします。\n次の行\n\n- 一\n- 二\n\n[書類を提出する](https://n.example/tasks/1)\n")
    assert made.text == "お願いします。\n次の行\n\n・一\n・二\n\n書類を提出する\nhttps://n.example/tasks/1\n"
    assert '<a href="https://n.example/tasks/1" class="button">書類を提出する</a>' in made.html
    assert "お願いします。<br />" in made.html


def test_what_people_typed_is_text_in_both_parts() -> None:
    typed = "<img src=x onerror=alert(1)> [ここ](http://evil.example) **a** | b\n\n# c"
    made = letter(
        "| | |\n| --- | --- |\n| 会社 | {{ name.split('\n')[0] }} |\n\n> {{ name }}\n",
        context={"name": typed},
    )
    assert (
        "<img" not in made.html and "<a " not in made.html and "<strong>" not in made.html and "<h1>" not in made.html
    )
    assert "会社：<img src=x onerror=alert(1)> [ここ](http://evil.example) **a** | b" in made.text
    assert "> # c" in made.text


def test_links_lead_to_the_web_alone() -> None:
    assert "<a" not in markdown.as_html(markdown.parse("[x](javascript:alert(1)) [y](data:text/html,x)"))


def test_addresses_with_underscores_and_queries_survive() -> None:
    made = letter("[開く]({{ url }})", context={"url": "https://n.example/e/ab_c-d~x?a=1&b=%E3%81%82_*"})
    assert "https://n.example/e/ab_c-d~x?a=1&b=%E3%81%82_*" in made.text
    assert 'href="https://n.example/e/ab_c-d~x?a=1&amp;b=%E3%81%82_*"' in made.html


def test_a_table_with_an_empty_head_is_a_list_of_facts() -> None:
    made = letter("|  |  |\n| --- | --- |\n| 受付番号 | 1 |\n")
    assert made.text == "受付番号：1\n" and "<thead>" not in made.html


@pytest.mark.parametrize(
    "changed",
    [
        {"context": {"x": "a\r\nBcc: evil@x.example"}, "subject": "{{ x }}"},
        {"subject": "  "},
        {"to": "a@vendor.example\r\nBcc: evil@x.example"},
        {"to": "a@vendor.example, b@x.example"},
        {"to": ()},
        {"to": "nobody"},
        {"sender": "n@body.example\nX: y"},
        {"reply_to": "x@y.example\nX: y"},
        {"message_id": "<a@b>\nX: y"},
        {"message_id": "none"},
        {"mail_id": "a\nb"},
        {"attachments": [Attachment("a\r\nX: y.pdf", "application/pdf", b"")]},
        {"attachments": [Attachment("a.pdf", "application/pdf\r\nX: y", b"")]},
    ],
)
def test_headers_that_could_be_read_as_two_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Permanent):
        letter(**changed)


def test_layouts_frame_the_content_and_may_be_told_whom_they_address() -> None:
    files = {
        "_shared/mail.txt": b"{{ mail.to }}/{{ mail.attachments|join }}/{{ content }}",
        "_shared/mail.html": b"<x>{{ content }}</x>",
    }
    made = compose(
        Source({"to": "vendor"}, "**a**", subject="s"),
        {},
        files,
        to_side="operator",
        attachments=[Attachment("請求書.pdf", "application/pdf", b"")],
        **FACTS,
    )
    assert made.text == "operator/請求書.pdf/a\n"
    assert made.html == "<x><p><strong>a</strong></p>\n</x>"
