from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from app.connectors import filters
from app.connectors.templates import render_html, render_markdown, render_text
from app.errors import Permanent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 11, 22), "2026年11月22日（日）"),
        ("2026-11-22", "2026年11月22日（日）"),
        (datetime(2026, 11, 21, 15, 30, tzinfo=UTC), "2026年11月22日（日）"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_date_is_written_with_its_weekday_in_tokyo(value: Any, text: str) -> None:
    assert filters.jdate(value) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 22), "令和8年（2026年）11月22日"),
        (date(2019, 5, 1), "令和元年（2019年）5月1日"),
        (date(2019, 4, 30), "平成31年（2019年）4月30日"),
        (date(1989, 1, 7), "昭和64年（1989年）1月7日"),
        (date(1900, 1, 1), "明治33年（1900年）1月1日"),
        (date(1872, 1, 1), "1872年1月1日"),
    ],
)
def test_japanese_eras_change_on_their_day(day: date, text: str) -> None:
    assert filters.wareki(day) == text


def test_amounts_have_commas() -> None:
    assert (
        render_text("{{ a|yen }} {{ b|number }} {{ none|yen }}", {"a": 330000, "b": "1234567"})
        == "330,000円 1,234,567 "
    )


def test_absent_names_print_as_nothing_however_deep() -> None:
    source = "[{{ a }}{{ a.b.c }}{{ known.x.y|jdate }}{{ none }}{% for x in a.b %}x{% endfor %}]"
    assert render_text(source, {"known": {}, "none": None}) == "[]"


def test_texts_are_joined_by_a_tilde_and_measured() -> None:
    assert render_text("{{ a ~ '・' ~ b }}", {"a": "会社", "b": 2}) == "会社・2"
    sizes = [render_text("{{ a|fit }}", {"a": "長" * length}) for length in (0, 48, 49, 91, 141)]
    assert sizes == ["", "", "long", "longer", "longest"] and render_text("{{ a|fit }}", {}) == ""


def test_times_print_as_hours_and_minutes() -> None:
    assert render_text("{{ t }}", {"t": time(13, 0)}) == "13:00"


def test_a_key_called_items_is_data_not_a_method() -> None:
    assert (
        render_text(
            "{{ a.items }} {% for k, v in b.items() %}{{ k }}{{ v }}{% endfor %}",
            {"a": {"items": 3}, "b": {"x": 1}},
        )
        == "3 x1"
    )


def test_html_is_escaped_and_control_characters_are_dropped() -> None:
    assert render_html("<p>{{ name }}</p>", {"name": "<b>&\x00\x1b"}) == "<p>&lt;b&gt;&amp;</p>"


def test_typed_text_stays_text_in_markdown() -> None:
    typed = "[ここ](http://evil.example) **太字** <script> # 見出し\n\n1. 一\n> 引用\n    code"
    assert "\\[ここ\\]\\(http" in render_markdown("{{ typed }}", {"typed": typed})


def test_templates_extend_and_include_files_of_the_package() -> None:
    files = {
        "_shared/base.html": b"<{% block b %}{% endblock %}>",
        "pdf/part.html": b"+++\ntitle = 'x'\n+++\npart",
    }
    assert (
        render_html(
            "{% extends '_shared/base.html' %}{% block b %}{% include 'pdf/part.html' %}{% endblock %}",
            {},
            files,
        )
        == "<part>"
    )


def test_a_failing_template_is_permanent_and_named() -> None:
    with pytest.raises(Permanent) as caught:
        render_text("{{ 1 / 0 }}", {}, name="mail/x.md")
    assert caught.value.params["name"] == "mail/x.md"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}{{ x.__class__ }}{{ ''|attr('__class__') }}",
        "{{ x.__init__.__globals__ }}",
        "{{ '%s'|format(x) }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'x'.ljust(1000000000) }}",
        "{{ 'x'|center(1000000000) }}",
        "{{ lipsum(n=100000) }}",
        "{% for a in range(1000000000) %}x{% endfor %}",
        "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}",
        "{% set n = namespace(s='aa') %}{% for a in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        "{% set n = namespace(s='aa') %}{% for a in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% set n = namespace(s='a') %}{% for a in range(60) %}{% set n.s %}{{ n.s }}{{ n.s }}{% endset %}{% endfor %}",
        "{% set n = namespace(i=3) %}{% for a in range(900) %}{% set n.i = n.i * n.i %}{% endfor %}",
        "{% macro a() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}",
        "{% include 'self' %}",
        "{{ items.append(1) }}",
        "{{ x.clear() }}",
    ],
)
def test_hostile_templates_get_nowhere(source: str) -> None:
    context = {"x": {"a": 1}, "items": [1]}
    try:
        text = render_text(source, context, {"self": b"{% include 'self' %}{% include 'self' %}"})
    except Permanent:
        text = ""
    assert "class" not in text and "built-in" not in text and len(text) < 4_000_000
    assert context == {"x": {"a": 1}, "items": [1]}
