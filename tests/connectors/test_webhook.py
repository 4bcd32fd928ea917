"""Webhooks against a real HTTPS server: what is sent, who may be called, and what is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.connectors import webhook
from app.connectors.webhook import Call, Caller
from app.errors import Permanent, Temporary
from tests.fakes.receiver import HOST, Receiver, receiver

KEY = "whsec_" + base64.b64encode(b"a key of thirty-two bytes, known").decode()
NOW = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
BODY = {"type": "certificate.issued", "data": {"number": "認定-1"}}


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as found:
        yield found


def caller(there: Receiver, *, allowed: tuple[str, ...] = ("127.0.0.0/8",), at: str = "127.0.0.1") -> Caller:
    return Caller(KEY, allowed, resolve=lambda _host, _port: [at], trust=there.trust)


def test_what_is_sent_is_json_named_and_signed(there: Receiver) -> None:
    there.answers = [(200, {}, b'{"ledger": "A-17"}')]
    answer = caller(there).call(Call(there.url, "2026-0001:42", BODY), NOW)
    assert (answer.status, answer.content) == (200, {"ledger": "A-17"})
    ((path, headers, body),) = there.calls
    assert path == "/in?of=nintei"
    assert json.loads(body) == BODY
    assert headers["host"] == f"{HOST}:{there.port}"
    assert headers["content-type"] == "application/json; charset=utf-8"
    signed = f"{headers['webhook-id']}.{int(NOW.timestamp())}.".encode() + body
    wanted = hmac.new(b"a key of thirty-two bytes, known", signed, hashlib.sha256).digest()
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["webhook-signature"] == "v1," + base64.b64encode(wanted).decode()
    assert headers["idempotency-key"] == f'"{headers["webhook-id"]}"'


def test_the_signature_is_that_of_the_standard() -> None:
    """The example that libraries of Standard Webhooks test themselves with."""
    secret = webhook.secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    said = webhook.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_call_keeps_its_name_however_often_it_is_tried(there: Receiver) -> None:
    there.answers = [(503, {}, b""), (200, {}, b""), (200, {}, b"")]
    with pytest.raises(Temporary):
        caller(there).call(Call(there.url, "one", BODY), NOW)
    caller(there).call(Call(there.url, "one", BODY), NOW)
    caller(there).call(Call(there.url, "another", BODY), NOW)
    first, second, third = (headers["webhook-id"] for _, headers, _ in there.calls)
    assert first == second != third


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_help_is_tried_again(there: Receiver, status: int) -> None:
    there.answers = [(status, {}, b"")]
    with pytest.raises(Temporary, match=str(status)):
        caller(there).call(Call(there.url, "x", BODY), NOW)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410, 501])
def test_what_does_not_help_is_said_and_no_redirect_is_followed(there: Receiver, status: int) -> None:
    there.answers = [(status, {"Location": there.url}, b"")]
    with pytest.raises(Permanent, match=str(status)):
        caller(there).call(Call(there.url, "x", BODY), NOW)
    assert len(there.calls) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "ff02::1",
    ],
)  # fmt: skip
def test_no_address_of_an_inner_network_is_called(there: Receiver, address: str) -> None:
    with pytest.raises(Permanent, match="not public"):
        caller(there, allowed=(), at=address).call(Call(there.url, "x", BODY), NOW)
    assert there.calls == []


def test_every_address_of_a_name_is_looked_at_and_the_one_looked_at_is_called(there: Receiver) -> None:
    asked = []

    def first_public_then_inner(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    Caller(KEY, ("127.0.0.1/32",), resolve=first_public_then_inner, trust=there.trust).call(
        Call(there.url, "x", BODY), NOW
    )
    assert (len(there.calls), asked) == (1, [(HOST, there.port)])
    two = Caller(KEY, ("127.0.0.1/32",), resolve=lambda *_: ["127.0.0.1", "10.0.0.1"], trust=there.trust)
    with pytest.raises(Permanent, match=r"10\.0\.0\.1"):
        two.call(Call(there.url, "x", BODY), NOW)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.jp/",
        "https://",
        "ftp://x/",
        "https://a:b@hooks.example.jp/",
        "//x",
        "https://x:99999/",
        "",
    ],
)
def test_only_plain_https_addresses_are_called(there: Receiver, url: str) -> None:
    with pytest.raises(Permanent, match="https"):
        caller(there).call(Call(url, "x", BODY), NOW)


def test_a_certificate_that_nobody_vouches_for_is_refused(there: Receiver) -> None:
    stranger = Caller(KEY, ("127.0.0.0/8",), resolve=lambda *_: ["127.0.0.1"])
    with pytest.raises(Permanent, match="certificate"):
        stranger.call(Call(there.url, "x", BODY), NOW)
    other = there.url.replace(HOST, "other.example.jp")
    with pytest.raises(Permanent, match="certificate"):
        caller(there).call(Call(other, "x", BODY), NOW)
    assert there.calls == []


def test_a_receiver_that_is_away_is_tried_again(there: Receiver) -> None:
    there.close()
    with pytest.raises(Temporary):
        caller(there).call(Call(there.url, "x", BODY), NOW)


def test_a_name_that_is_not_found_is_tried_again(there: Receiver) -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Temporary, match="not found"):
        Caller(KEY, resolve=nowhere, trust=there.trust).call(Call(there.url, "x", BODY), NOW)


@pytest.mark.parametrize("content", [b"", b"no json", b"[1]", b'"x"', b"{" * 5000, b"x" * 300_000])
def test_an_answer_that_is_no_small_object_is_none_and_the_call_counts(there: Receiver, content: bytes) -> None:
    there.answers = [(202, {}, content)]
    answer = caller(there).call(Call(there.url, "x", BODY), NOW)
    assert (answer.status, answer.content) == (202, None)


def test_without_a_key_nothing_is_sent(there: Receiver) -> None:
    with pytest.raises(Permanent, match="NINTEI_WEBHOOK_KEY"):
        Caller("", ("127.0.0.0/8",), trust=there.trust).call(Call(there.url, "x", BODY), NOW)
    assert there.calls == []
