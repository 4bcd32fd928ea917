"""The log: one JSON object a line, of which work it tells, and nothing that is nobody's business."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from config import logs

log = logging.getLogger("nintei.trying")


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """What is logged; the handlers of before come back."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.install("INFO", "json", stream)
    logs.begin()
    yield stream
    logs.begin()
    root.handlers[:] = before
    root.setLevel(level)


def told(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_object_and_knows_its_request_case_and_job(out: io.StringIO) -> None:
    with logs.about(request="K7QF-3M2P", case="2026-0001"):
        logs.note(job=7)
        log.info("job %s is\ndone", 7)
    log.info("later")
    first, later = told(out)
    assert (first["request"], first["case"], first["job"]) == ("K7QF-3M2P", "2026-0001", "7")
    assert (first["level"], first["logger"], first["message"]) == ("INFO", "nintei.trying", "job 7 is\ndone")
    assert first["id"] == "job %s is\ndone", "the same for every line of its kind"
    assert datetime.fromisoformat(first["time"]).utcoffset() is not None
    assert not {"request", "case", "job"} & later.keys(), "what was known within does not outlive it"


def test_a_trace_is_in_the_line_that_it_belongs_to(out: io.StringIO) -> None:
    try:
        raise ValueError("postgresql://nintei:very-secret@db/nintei refused sato@example.jp")
    except ValueError:
        log.exception("It failed")
    (line,) = told(out)
    assert "ValueError" in line["error"]
    assert "very-secret" not in out.getvalue()
    assert "sato" not in out.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        "sato.misaki@example.jp",
        "smtp://office:pass-word@mail.example.jp",
        "/enter/IjEyMzQ1Njc4OTAxMjM0NTYi.aHR0cA.N3v4kYcM2bq7F1hD0xZt8sWlQe",
        "token=abcdef0123456789",
        "Authorization: Bearer abcdef0123456789",
        "'password': 'abcdef0123456789'",
    ],
)
@pytest.mark.parametrize("kind", ["text", "json"])
def test_addresses_passwords_and_tokens_are_not_logged(secret: str, kind: str, out: io.StringIO) -> None:
    logs.install("INFO", kind, out)
    log.warning("seen: %s", secret)
    for part in ("sato", "pass-word", "N3v4kYcM2bq7F1hD0xZt8sWlQe", "abcdef0123456789"):
        assert part not in out.getvalue()
    assert "seen: " in out.getvalue()


def test_lines_for_people_say_the_request_behind_their_words(out: io.StringIO) -> None:
    logs.install("INFO", "text", out)
    with logs.about(request="K7QF-3M2P", user=4):
        log.info("Hello")
    assert out.getvalue().endswith("INFO nintei.trying Hello [request=K7QF-3M2P user=4]\n")


def test_each_thread_knows_of_its_own_work_alone(out: io.StringIO) -> None:
    with logs.about(request="K7QF-3M2P"):
        other = threading.Thread(target=lambda: log.info("beside"))
        other.start()
        other.join()
    assert "request" not in told(out)[0]


def test_only_facts_of_the_list_are_put_there() -> None:
    with pytest.raises(TypeError, match="email"):
        logs.note(email="sato@example.jp")


def test_a_name_can_be_read_out_and_a_proxys_is_taken_only_if_it_is_one() -> None:
    name = logs.fresh_id()
    assert len(name) == 9
    assert set(name) - {"-"} <= set(logs.LETTERS)
    assert not set(logs.LETTERS) & set("0O1IL")
    assert logs.as_id("7f0c-req.1") == "7f0c-req.1"
    assert [logs.as_id(bad) for bad in ("", "a b", "a\r\nX: y", "x" * 65, "<b>")] == [""] * 5
