from __future__ import annotations

import pytest
from flask import Flask
from jinja2 import DictLoader

from app.web.frame import templates


@pytest.fixture
def app() -> Flask:
    made = Flask(__name__)
    made.jinja_env.loader = DictLoader(
        {
            "part": "{% macro says() %}{{ word }}{% endmacro %}",
            "page": "{% import 'part' as part %}{{ part.says() }}",
        }
    )
    templates.install(made)
    return made


def page(app: Flask, **known: str) -> str:
    with app.app_context():
        return app.jinja_env.get_template("page", globals=known).render()


def test_an_imported_part_sees_what_all_pages_know(app: Flask) -> None:
    app.jinja_env.globals["word"] = "everybody's"
    assert page(app) == page(app) == "everybody's"


def test_an_imported_part_sees_what_one_page_alone_knows(app: Flask) -> None:
    app.jinja_env.globals["word"] = "everybody's"
    page(app)
    app.jinja_env.loader.mapping["part"] = "{% macro says() %}{{ own }}{% endmacro %}"  # type: ignore[union-attr]
    app.jinja_env.cache.clear()  # type: ignore[union-attr]
    assert page(app, own="its own") == page(app, own="its own") == "its own"
