"""The certificate of an https address: until when it is good, and why browsers do not take it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.connectors import https
from app.errors import OutOfReach
from tests.fakes.receiver import receiver
from tests.support.network import free_port


def test_one_that_is_trusted_says_its_end(tmp_path: Path) -> None:
    with receiver(tmp_path, days=90) as server:
        shown = https.certificate(f"https://localhost:{server.port}", server.trust)
    assert shown.wrong == ""
    assert timedelta(days=89) < shown.ends - datetime.now(UTC) < timedelta(days=91)


def test_one_that_nobody_vouches_for_is_read_all_the_same(tmp_path: Path) -> None:
    with receiver(tmp_path, days=90) as server:
        shown = https.certificate(f"https://localhost:{server.port}")
    assert "self" in shown.wrong
    assert shown.ends > datetime.now(UTC)


def test_another_name_and_an_end_that_is_past_are_said(tmp_path: Path) -> None:
    with receiver(tmp_path, days=-1) as server:
        assert "expired" in https.certificate(f"https://localhost:{server.port}", server.trust).wrong
    with receiver(tmp_path, days=90) as server:
        assert https.certificate(f"https://127.0.0.1:{server.port}", server.trust).wrong


def test_nobody_there_is_said_with_the_address() -> None:
    port = free_port()
    with pytest.raises(OutOfReach) as said:
        https.certificate(f"https://localhost:{port}")
    assert f"localhost:{port}" in str(said.value)
