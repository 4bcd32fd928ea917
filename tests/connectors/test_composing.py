"""Texts that are still being written are composed apart, as production does; nothing in them stops the portal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.connectors import letter
from app.connectors.composing import Composer, Limits
from app.connectors.composing_child import Mail
from app.errors import Permanent

MORE: dict[str, Any] = {
    "mail_id": "hello",
    "message_id": "<a@b.example>",
    "sender": "a@b.example",
    "to": "c@d.example",
    "to_side": "vendor",
}
HOSTILE = [
    "{{ 'a' * 10**9 }}",
    "{{ 9**9**9 }}",
    "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set ns = namespace(t='x' * 1) %}{% for a in range(1000) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../../etc/passwd' %}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "[" * 30_000,
    "*a " * 30_000,
    "> " * 5_000 + "x",
    "`" * 20_000 + "x" + "`" * 19_999,
    "<" * 50_000,
]


@pytest.fixture(scope="module")
def composer() -> Iterator[Composer]:
    made = Composer(Limits(cpu_seconds=3, seconds=5.0))
    yield made
    made.close()


def mail(composer: Composer, body: str, **context: Any) -> Any:
    source = {"subject": "件名 {{ name }}", "body": body, "header": {}}
    return composer.compose("mail", source, {"name": "花子", **context}, {}, attachments=["a.pdf"], **MORE)


def test_a_mail_comes_out_as_production_writes_it(composer: Composer) -> None:
    body, context = "# 見出し\n\n{{ name }}　{{ day|jdate }}\n\n<b>*", {"name": "<花子>", "day": date(2026, 12, 1)}
    made = composer.compose(
        "mail", {"subject": "件名", "body": body, "header": {}}, context, {}, attachments=[], **MORE
    )
    real = letter.compose(Mail("件名", body, {}), context, {}, **MORE)
    assert (made["subject"], made["text"], made["html"]) == (real.subject, real.text, real.html)
    assert "&lt;花子&gt;" in made["html"]


def test_a_document_says_its_title_and_its_file(composer: Composer) -> None:
    source = {"title": "案内 {{ name }}", "filename": "{{ title }}.pdf", "body": "<p>{{ document_id }}</p>"}
    made = composer.compose("document", source, {"name": "花子"}, {}, document_id="guide")
    html = "<title>案内 花子</title><p>guide</p>"
    assert made == {"title": "案内 花子", "filename": "案内 花子.pdf", "html": html}


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: body[:40])
def test_what_is_hostile_ends_or_is_harmless(composer: Composer, body: str) -> None:
    try:
        made = mail(composer, body)
    except Permanent:
        return
    assert "root:" not in made["html"] and "subclasses" not in made["text"] and "uid=" not in made["html"]


def test_after_one_that_was_ended_the_next_is_written(composer: Composer) -> None:
    with pytest.raises(Permanent):
        mail(composer, HOSTILE[2])
    assert "こんにちは" in mail(composer, "こんにちは")["text"]


def test_a_child_that_takes_too_long_is_ended_and_replaced() -> None:
    short = Composer(Limits(cpu_seconds=1, seconds=0.001))
    try:
        with pytest.raises(Permanent):
            mail(short, "x" * 300_000)
        short.limits = Limits()
        assert mail(short, "こんにちは")["subject"] == "件名 花子"
    finally:
        short.close()
