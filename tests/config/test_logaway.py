"""The log on another machine: under TLS, whole, in order, and nobody waits for it."""

from __future__ import annotations

import json
import logging
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config import logaway, logs

FRAME = re.compile(rb"(\d+) (<(\d+)>1 \S+ \S+ nintei \d+ - - (.*))", re.DOTALL)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=log", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


class Server:
    """Takes lines under TLS. `cut`: how many connections are closed before anything is read."""

    def __init__(self, certificate: Path, cut: int = 0) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        self.cut, self.heard, self.change = cut, b"", threading.Condition()
        self.refused = 0  # connections that ended before anything could be said
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                raw, _ = self.listening.accept()
                if self.cut:
                    self.cut -= 1
                    raw.close()
                    continue
                try:
                    line = self.context.wrap_socket(raw, server_side=True)
                    with suppress(OSError), line:
                        while said := line.recv(65536):
                            with self.change:
                                self.heard += said
                                self.change.notify_all()
                except OSError:
                    with self.change:
                        self.refused += 1
                        self.change.notify_all()

    def lines(self, count: int) -> list[tuple[int, dict[str, object]]]:
        """(priority, what the line says) of the first so many, once they are here."""
        with self.change:
            assert self.change.wait_for(lambda: len(self._read()) >= count, 60)
            return self._read()[:count]

    def _read(self) -> list[tuple[int, dict[str, object]]]:
        found, left = [], self.heard
        while b" " in left:
            size, rest = left.split(b" ", 1)
            if len(rest) < int(size):
                break
            frame = FRAME.fullmatch(left[: len(size) + 1 + int(size)])
            assert frame is not None
            found.append((int(frame[3]), json.loads(frame[4])))
            left = rest[int(size) :]
        return found


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """A logger whose lines go nowhere but away."""
    found = logging.Logger("nintei.security")
    yield found
    for handler in found.handlers:
        handler.close()


def away(log: logging.Logger, port: int, trusted: Path | None) -> logaway.Away:
    context = ssl.create_default_context(cafile=str(trusted / "certificate.pem")) if trusted else None
    handler = logaway.Away("127.0.0.1", port, context)
    handler.setFormatter(logs.Json())
    log.addHandler(handler)
    return handler


def test_each_line_comes_whole_in_order_and_without_what_is_nobodys_business(
    certificate: Path, log: logging.Logger
) -> None:
    server = Server(certificate)
    away(log, server.port, certificate)
    log.warning("held up: %s", "sato@example.jp\n<0>1 forged")
    log.info("後の行")
    first, second = server.lines(2)
    assert (first[0], second[0]) == (10 * 8 + 4, 10 * 8 + 6)
    assert first[1]["message"] == "held up: ***@example.jp\n<0>1 forged"
    assert second[1]["message"] == "後の行"


def test_lines_wait_while_the_server_is_away_and_how_many_were_lost_is_told(
    certificate: Path, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logaway, "MOST", 3)
    server = Server(certificate, cut=2)
    handler = away(log, server.port, certificate)
    with handler._change:  # nothing is taken out meanwhile
        for number in range(5):
            handler.emit(logging.LogRecord("nintei", logging.INFO, "", 0, f"line {number}", None, None))
    said = [str(told["message"]) for _, told in server.lines(4)]
    assert said[1:] == ["line 2", "line 3", "line 4"]
    assert said[0].startswith("2 lines of the log were lost")


def test_nothing_is_said_to_a_server_whose_certificate_is_wrong_and_nobody_waits(
    certificate: Path, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logaway, "LAST", 0.1)
    server = Server(certificate)
    handler = away(log, server.port, None)
    log.warning("for nobody")
    with server.change:
        assert server.change.wait_for(lambda: server.refused, 60)
    handler.close()
    assert server.heard == b""
    assert len(handler._waiting) == 1
