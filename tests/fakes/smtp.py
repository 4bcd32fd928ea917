"""A mail server that says what it is told to say, at each stage of RFC 5321, and counts who came."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

YES = {"": "220 ready", "EHLO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 taken"}


class SmtpServer:
    """`say` holds an answer for a stage ("", EHLO, MAIL, RCPT, DATA, ".") or for one recipient (its address); "drop"
    hangs up instead. `taken` holds the recipients of each mail that it took."""

    def __init__(self) -> None:
        self.say: dict[str, str] = {}
        self.visits = 0
        self.taken: list[list[str]] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}?timeout=5"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Nobody listens there any more."""
        self._socket.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.visits += 1
                with connection, suppress(ConnectionError):
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        to: list[str] = []
        if not self._answer(connection, ""):
            return
        while line := lines.readline():
            words = line.decode("ascii").strip()
            verb = words[:4].upper()
            if verb == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            address = words.partition("<")[2].partition(">")[0] if verb == "RCPT" else ""
            said = self._answer(connection, address if address in self.say else verb)
            if not said:
                return
            if verb == "MAIL":
                to = []
            if address and said.startswith("2"):
                to.append(address)
            if verb == "DATA" and said.startswith("3"):
                while lines.readline() != b".\r\n":
                    pass
                said = self._answer(connection, ".")
                if said.startswith("2"):
                    self.taken.append(to)
                if not said:
                    return

    def _answer(self, connection: socket.socket, stage: str) -> str:
        said = self.say.get(stage, YES.get(stage, "250 ok"))
        if said == "drop":
            return ""
        connection.sendall(said.encode() + b"\r\n")
        return "" if said.startswith("421") else said


@contextmanager
def smtp_server(**say: str) -> Iterator[SmtpServer]:
    """One on a free port."""
    server = SmtpServer()
    server.say.update(say)
    try:
        yield server
    finally:
        server.close()
