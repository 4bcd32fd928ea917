"""Why an expression, a script or a template failed is said in the reader's language: in no word of Python, Jinja or the
sandbox."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.connectors import templates
from app.engine import Engine
from app.errors import Permanent, ScriptError
from app.web.frame.problems import sentence
from tests.web.conftest import Site
from tests.web.designer.test_attacks import TEXTS, draft, hanako

__all__ = ["draft", "hanako"]
FOREIGN = re.compile(r"[A-Za-z]{2,}\W+[A-Za-z]{2,}|Error")
EXPRESSIONS = {
    "risk == 1": "「risk」の値がありません",
    "{'a': 1}['k']": "「k」という項目がありません",
    "'a' + 1": "種類の合わない値",
    "None < 1": "種類の合わない値",
    "[1][7]": "長さに足りません",
    "1 // 0": "0で割って",
    "int('x')": "読み替えられません",
    "max([])": "読み替えられません",
    "None.get('x')": "その名前のものがありません",
    "'x' * 10 ** 9": "メモリー",
    "9 ** 9 ** 9": "メモリー",
    "sum(range(10 ** 12))": "時間がかかりすぎます",
    "{1, 2}": "結果",
    "float('nan')": "結果",
}
BROKEN = {
    "{{ 1 // 0 }}": "0で割って",
    "{% for a in range(2000) %}{% endfor %}": "1,000個まで",
    "{% for a in range(999) %}{% for b in range(999) %}x{% endfor %}{% endfor %}": "多すぎます",
    "{{ 'x' * 9 }}": "演算",
    "{{ 2 ** 9 }}": "演算",
    "{% include 'nothing.html' %}": "ひな形がありません",
    "{{ 'a' + 1 }}": "値の使い方",
    "{% if %}": "値がありません",
    "{% for x in y %}": "閉じ",
}


@pytest.mark.parametrize("code", EXPRESSIONS)
def test_of_an_expression(small_site: Site, engine: Engine, code: str) -> None:
    with pytest.raises(ScriptError) as met:
        engine._evaluator.evaluate(code, {})
    with small_site.app.test_request_context(headers={"Accept-Language": "ja"}):
        said = sentence(met.value)
    assert EXPRESSIONS[code] in said and not FOREIGN.search(said), said
    with small_site.app.test_request_context(headers={"Accept-Language": "en"}):
        assert not re.search("[ぁ-ん]", sentence(met.value))


@pytest.mark.parametrize("text", BROKEN)
def test_of_a_template(small_site: Site, text: str) -> None:
    with pytest.raises(Permanent) as met:
        templates.render_markdown(text, {}, name="mail/a.md")
    with small_site.app.test_request_context(headers={"Accept-Language": "ja"}):
        said = sentence(met.value)
    assert BROKEN[text] in said and not FOREIGN.search(re.sub(r"{%.*?%}|mail/a.md", "", said)), said


@pytest.mark.parametrize("name", TEXTS)
def test_of_a_mail_in_its_preview(hanako: FlaskClient, draft: str, name: str) -> None:
    text = f'+++\nsubject = "x"\nto = "vendor"\n+++\n{TEXTS[name]}\n'
    answer = hanako.post(f"{draft}/preview/mail", json={"path": "mail/attack.md", "content": text, "case": ""})
    if answer.status_code != 200:
        said = answer.get_json()["error"].replace("mail/attack.md", "").replace("attack", "")
        assert re.search("[ぁ-ん]", said) and not FOREIGN.search(said), said
