"""The means of the tests work where they are not skipped."""

from __future__ import annotations

import logging
import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.store import database
from tests.support import order, state
from tests.support.codeapp import CodeApp
from tests.support.listener import listening
from tests.support.mail import Mailbox
from tests.support.needs import PARTS, lacking
from tests.support.server import PROJECT


def send(port: int, subject: str) -> None:
    message = EmailMessage()
    message["Subject"], message["X-Nintei-Mail"] = subject, "review-1"
    message.set_content("本文です。", cte="base64")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.send_message(message, "a@example.jp", ["b@example.jp"])


def test_the_mail_server_keeps_what_it_gets_and_makes_trouble_when_told(smtp: Mailbox) -> None:
    port = int(smtp.url.rsplit(":", 1)[1])
    smtp.trouble = ["451 try later"]
    with pytest.raises(smtplib.SMTPDataError):
        send(port, "一通目")
    send(port, "二通目")
    message = smtp.wait_for_mail("review-1")
    assert message["Subject"] == "二通目"
    assert message.get_content().strip() == "本文です。"
    assert smtp.recipients == [["b@example.jp"]]


def test_the_mail_server_is_as_strict_as_it_may_be(smtp: Mailbox) -> None:
    """RFC 5321 section 4.5.3.1.6: no line over 998 octets; without 8BITMIME (RFC 6152) nothing but seven bits."""
    with smtplib.SMTP("127.0.0.1", int(smtp.url.rsplit(":", 1)[1]), timeout=10) as client:
        client.ehlo()
        assert not client.has_extn("8BITMIME") and not client.has_extn("SMTPUTF8")
        for text in ("a" * 1000, "本文"):
            with pytest.raises(smtplib.SMTPDataError):
                client.sendmail("a@example.jp", ["b@example.jp"], f"Subject: x\r\n\r\n{text}\r\n".encode())


@pytest.mark.postgres
def test_each_test_gets_an_empty_database(postgres: str) -> None:
    with psycopg.connect(postgres) as connection:
        connection.execute("CREATE TABLE things (name text)")
        connection.execute("INSERT INTO things VALUES ('認定')")
        row = connection.execute("SELECT name, current_setting('server_encoding') FROM things").fetchone()
    assert row == ("認定", "UTF8")


@pytest.mark.browser
def test_the_browser_shows_japanese(page, tmp_path: Path) -> None:
    page.set_content("<h1 lang=ja>認定システム一覧</h1><script>document.title = '動いた'</script>")
    assert page.title() == "動いた"
    assert page.locator("h1").inner_text() == "認定システム一覧"
    # A missing font draws every character as the same box, so two different words would look alike.
    first = page.locator("h1").screenshot()
    page.set_content("<h1 lang=ja>審査結果通知書類</h1>")
    assert page.locator("h1").screenshot() != first


def test_no_port_is_given_twice_nor_to_anybody_elses_tests(free_port: Callable[[], int]) -> None:
    ports = {free_port() for _ in range(50)}
    assert len(ports) == 50
    for port in ports:
        with pytest.raises(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as another:
            another.bind(f"\0nintei-tests-port-{port}")


def test_whoever_calls_the_listener_is_heard() -> None:
    with listening() as listener:
        aimed = listener.aimed(b"http://127.0.0.1:@PORT@/x").decode()
        with socket.create_connection(("127.0.0.1", int(aimed.rsplit(":", 1)[1].removesuffix("/x")))) as caller:
            caller.sendall(b"hello")
            caller.shutdown(socket.SHUT_WR)
            caller.recv(1)  # its end
        assert listener.heard == [b"hello"]


def test_what_a_test_does_to_its_process_is_taken_back(tmp_path: Path) -> None:
    """Else the next test would find another one's database, settings or silence, and pass or fail by that."""
    logger, before = logging.getLogger("nintei.of-this-test"), (database.proxy.obj, Path.cwd(), dict(os.environ))
    root, level = logging.getLogger(), logging.getLogger().level
    with state.kept():
        with state.kept():
            first = database.connect(f"sqlite:///{tmp_path}/first.db")
            database.connect(f"sqlite:///{tmp_path}/second.db").connect()
            os.chdir(tmp_path)
            os.environ["NINTEI_PORT"], os.environ["HOME"] = "1", "elsewhere"
            logger.propagate, logger.disabled = False, True
            logger.setLevel(logging.CRITICAL)
            root.setLevel(logging.DEBUG)
        assert root.level == level
        assert database.proxy.obj is before[0] is not first
        assert (database.proxy.obj, Path.cwd(), dict(os.environ)) == before
        logger.propagate, logger.disabled = True, False


def test_what_the_tests_make_quick_is_safe_where_people_work(tmp_path: Path) -> None:
    """Passwords cost what RFC 9106 section 4 asks for at the least; SQLite's 2 is FULL."""
    asks = (
        "from app.services.signin.passwords import HASHER as kept; from app.store import database; import sys, os\n"
        "opened = database.connect(sys.argv[1]); opened.connect()\n"
        "print(kept.type.name, kept.time_cost >= 3, kept.memory_cost >= 65536, kept.parallelism,"
        " opened.pragma('synchronous'), os.fsync.__module__)"
    )
    command = [sys.executable, "-c", asks, f"sqlite:///{tmp_path}/nintei.db"]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["ID", "True", "True", "4", "2", "posix"]


def test_a_test_without_a_database_has_none() -> None:
    assert database.proxy.obj is None


def test_every_part_says_what_it_lacks_and_how_to_get_it() -> None:
    for name in PARTS:
        assert lacking(name) == "" or lacking(name).startswith(f"{name}: ")


class _Item:
    """A collected test, as far as its order matters."""

    def __init__(self, name: str, group: str = "") -> None:
        self.name, self.group = name, group

    def get_closest_marker(self, _name: str) -> Any:
        return pytest.mark.xdist_group(self.group).mark if self.group else None


def test_long_groups_begin_browsers_are_spread_and_single_tests_end() -> None:
    items = [_Item(f"b{n}", "browser-walk") for n in range(4)] + [_Item(f"s{n}") for n in range(100)]
    items += [_Item("v", "browser-viewer"), *(_Item(f"f{n}", "flow") for n in range(9)), _Item("p", "pcsc")]
    found = order.arranged(items)
    assert sorted(each.name for each in found) == sorted(each.name for each in items)
    names = [each.name for each in found]
    assert names[:10] == [*(f"f{n}" for n in range(9)), "p"]
    assert names[-20:] == [f"s{n}" for n in range(80, 100)]
    assert "v" in names[50:]
    walk = [names.index(f"b{n}") for n in range(4)]
    assert walk == list(range(walk[0], walk[0] + 4))
    assert order.arranged(found) == found


def test_the_modules_that_take_longest_come_after_the_groups_and_are_there() -> None:
    long = [_Item(f"l{each}", each) for each in sorted(order.LONG)]
    found = order.arranged([_Item("s"), *long, _Item("f", "flow"), _Item("b", "browser-walk")])
    assert [each.name for each in found][:1] == ["f"]
    assert found[1 : len(long) + 1] == long
    assert [each for each in order.LONG if not (PROJECT / each.removeprefix(order.MODULE)).exists()] == []


@pytest.mark.parametrize("late", [0.0, 29.99])
def test_codes_of_an_app_hold_when_a_step_ends_between_showing_and_reading(late: float) -> None:
    """A server takes the present step and those beside it, each once and none before one that counted."""
    clock = [1_800_000_000 + late]
    app, counted = CodeApp("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", lambda: clock[0]), 0
    for _ in range(2):
        code = app.code()
        clock[0] += 0.02
        near = [int(clock[0]) // 30 + n for n in (-1, 0, 1)]
        [step] = [each for each in near if app.made.generate_otp(each) == code]
        assert step > counted
        counted = step
