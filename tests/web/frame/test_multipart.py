"""A form with files is read as Werkzeug reads it, within one limit for all its texts and so many files."""

from __future__ import annotations

import io
from typing import Any

import pytest
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from app.web.frame import multipart
from app.web.frame.door import Asked
from tests.web.conftest import Site

LIMIT = 100_000


def asked(data: Any) -> Asked:
    found = Asked(EnvironBuilder(method="POST", data=data, content_type="multipart/form-data").get_environ())
    found.max_form_memory_size, found.max_form_parts = LIMIT, 5000
    return found


def file(name: str, content: bytes = b"") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_texts_and_files_come_as_they_were_sent() -> None:
    found = asked({"a": ["一", ""], "b": "x\r\ny", "f": [file("届出.pdf", b"\0\r\n--" * 30_000), file("b.pdf")]})
    assert found.form.getlist("a") == ["一", ""]
    assert found.form["b"] == "x\ny"
    assert [(each.filename, each.read()) for each in found.files.getlist("f")] == [
        ("届出.pdf", b"\0\r\n--" * 30_000),
        ("b.pdf", b""),
    ]


TOO_MUCH: dict[str, dict[str, Any]] = {
    "texts": {f"n{number}": "x" * (LIMIT // 5) for number in range(6)},
    "names": {"n" * (LIMIT // 5) + str(number): "" for number in range(6)},
    "files without a name": {f"n{number}": file("", b"x" * (LIMIT // 5)) for number in range(6)},
    "files": {"f": [file(f"{number}.pdf") for number in range(multipart.MOST_FILES + 1)]},
}


@pytest.mark.parametrize("given", TOO_MUCH.values(), ids=TOO_MUCH)
def test_all_of_a_form_together_has_the_limit(given: dict[str, Any]) -> None:
    with pytest.raises(RequestEntityTooLarge):
        len(asked(given).form)


@pytest.mark.parametrize("body", [b"", b"--b", b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", b"\xff" * 99])
def test_what_is_no_form_holds_nothing(body: bytes) -> None:
    made = EnvironBuilder(method="POST", input_stream=io.BytesIO(body), content_length=len(body))
    made.content_type = "multipart/form-data; boundary=b"
    found = Asked(made.get_environ())
    found.max_form_memory_size, found.max_form_parts = LIMIT, 5000
    assert not found.form
    assert not found.files


def test_the_page_says_so_before_the_memory_is_full(site: Site) -> None:
    many = {f"n{number}": "x" * (1 << 20) for number in range(5)}
    answer = site.operator().post("/tasks/none", data=many, content_type="multipart/form-data")
    assert answer.status_code == 413
