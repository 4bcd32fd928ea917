"""A tiny IMAP server on loopback (RFC 3501): one folder, one account, enough for a reader that marks what it read."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field

USER, PASSWORD = "nintei@example.jp", "p@ss/word"


@dataclass
class Kept:
    """A mail in the folder."""

    content: bytes
    seen: bool = False


@dataclass
class Imap:
    """The server. `said` are the commands that it was given; `drop_after` breaks off before the nth fetch."""

    mails: dict[int, Kept] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    drop_after: int | None = None
    fetched: int = 0

    def __post_init__(self) -> None:
        imap = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline():
                    if not imap.answer(line.decode().rstrip("\r\n"), self.wfile.write):
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"imap://nintei%40example.jp:p%40ss%2Fword@127.0.0.1:{self.port}/INBOX"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, content: bytes) -> int:
        uid = len(self.mails) + 11
        self.mails[uid] = Kept(content)
        return uid

    def unseen(self) -> list[int]:
        return [uid for uid, mail in self.mails.items() if not mail.seen]

    def answer(self, line: str, write) -> bool:  # type: ignore[no-untyped-def]
        tag, _, command = line.partition(" ")
        self.said.append(command)
        ok = f"{tag} OK done\r\n".encode()
        upper = command.upper()
        if upper.startswith("CAPABILITY"):
            write(b"* CAPABILITY IMAP4rev1\r\n" + ok)
        elif upper.startswith("LOGIN"):
            right = command.split(" ", 1)[1].replace('"', "") == f"{USER} {PASSWORD}"
            write(ok if right else f"{tag} NO wrong password\r\n".encode())
        elif upper.startswith("SELECT"):
            there = command.split(" ", 1)[1].strip('"') == "INBOX"
            write(b"* 1 EXISTS\r\n" + ok if there else f"{tag} NO there is no such folder\r\n".encode())
        elif upper.startswith("UID SEARCH"):
            write(f"* SEARCH {' '.join(map(str, self.unseen()))}\r\n".encode() + ok)
        elif found := re.match(r"UID FETCH (\d+) \((.+)\)$", command):
            if self.drop_after is not None and self.fetched >= self.drop_after:
                return False
            write(self._fetch(int(found[1]), found[2]) + ok)
        elif found := re.match(r"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)$", command):
            self.mails[int(found[1])].seen = True
            write(ok)
        elif upper.startswith("LOGOUT"):
            write(b"* BYE\r\n" + ok)
            return False
        else:
            write(f"{tag} BAD what?\r\n".encode())
        return True

    def _fetch(self, uid: int, what: str) -> bytes:
        content = self.mails[uid].content
        if what == "RFC822.SIZE":
            return f"* 1 FETCH (UID {uid} RFC822.SIZE {len(content)})\r\n".encode()
        self.fetched += 1
        if what.startswith("BODY.PEEK[HEADER]"):
            content = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        name = what.replace(".PEEK", "").replace("<0.65536>", "<0>")
        return f"* 1 FETCH (UID {uid} {name} {{{len(content)}}}\r\n".encode() + content + b")\r\n"
