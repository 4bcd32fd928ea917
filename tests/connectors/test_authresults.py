"""Mails whose own headers say that they are forged; and headers that their senders smuggled in."""

from __future__ import annotations

from email import message_from_string

import pytest

from app.connectors.authresults import Doubt, Trust, doubt

OURS = Trust(names=frozenset({"mx.nintei.example"}), strict=True)
BROAD = Trust(domains=frozenset({"nintei.example"}))
SENDER = "tanaka@vendor.example"


def of(*headers: str, trust: Trust = OURS) -> Doubt | None:
    return doubt(message_from_string("\n".join(headers) + "\nFrom: x\n\nbody"), SENDER, trust)


def ours(results: str) -> str:
    return f"Authentication-Results: mx.nintei.example; {results}"


@pytest.mark.parametrize(("results", "said"), [
    ("dmarc=fail (p=none dis=none) header.from=vendor.example", ("dmarc=fail",)),
    ("spf=fail smtp.mailfrom=vendor.example; dkim=none; dmarc=fail header.from=vendor.example",
     ("dmarc=fail", "spf=fail")),
    ("spf=fail smtp.mailfrom=x@vendor.example", ("spf=fail",)),
    ("spf=softfail smtp.mailfrom=vendor.example", ("spf=softfail",)),
    ("dkim=fail (bad signature; tried twice) header.d=vendor.example", ("dkim=fail",)),
    ("dkim=fail header.d=vendor.example; spf=none", ("dkim=fail",)),
    # of somebody's domain, but not of the sender's
    ("spf=fail smtp.mailfrom=vendor.example; dkim=pass header.d=evil.example", ("spf=fail",)),
    ("dkim=fail header.d=vendor.example; spf=pass smtp.mailfrom=a@evil.example", ("dkim=fail",)),
    ("spf=pass smtp.mailfrom=evil.example; dmarc=fail header.from=vendor.example", ("dmarc=fail",)),
    ("SPF = FAIL (see http://x/(a;b))", ("spf=fail",)),
])  # fmt: skip
def test_what_our_server_says_against_the_sender_counts(results: str, said: tuple[str, ...]) -> None:
    assert of(ours(results)) == Doubt("mx.nintei.example", said)


@pytest.mark.parametrize("results", [
    "none", "spf=pass smtp.mailfrom=vendor.example; dmarc=pass", "spf=neutral", "spf=none; dkim=none; dmarc=none",
    "dmarc=pass header.from=vendor.example; spf=fail smtp.mailfrom=list.example; dkim=fail",  # a list carried it
    "spf=fail smtp.mailfrom=list.example; dkim=pass header.d=vendor.example",
    "spf=softfail smtp.mailfrom=x; dkim=pass header.i=@mail.vendor.example",
    "dkim=fail header.d=list.example; spf=pass smtp.mailfrom=bounce@mail.vendor.example",
    "dmarc=temperror; spf=temperror", "spf=permerror", 'x="dmarc=fail; spf=fail"', "auth=pass (dmarc=fail; spf=fail)",
])  # fmt: skip
def test_what_says_nothing_against_the_sender_raises_no_doubt(results: str) -> None:
    assert of(ours(results)) is None


def test_a_header_that_the_sender_smuggled_in_lies_below_ours_and_does_not_count() -> None:
    assert of(ours("dmarc=fail"), "Received: from a", ours("dmarc=pass")) == Doubt("mx.nintei.example", ("dmarc=fail",))
    assert of(ours("dmarc=pass"), "Received: from a", ours("dmarc=fail")) is None
    assert of(ours("dmarc=fail"), ours("dmarc=pass")) is not None
    assert of(ours("dmarc=pass"), ours("dmarc=fail")) is None
    assert of(ours("spf=fail"), ours("dkim=pass header.d=vendor.example; dmarc=pass")) is not None


def test_a_server_that_writes_a_header_for_each_method_is_heard_out() -> None:
    assert of(ours("spf=pass smtp.mailfrom=evil.example"), ours("dkim=none"), ours("dmarc=fail")) == Doubt(
        "mx.nintei.example", ("dmarc=fail",)
    )


def test_whoever_else_says_something_is_not_believed_where_the_servers_are_named() -> None:
    assert of("Authentication-Results: mx.elsewhere.example; dmarc=fail") is None
    assert of("Authentication-Results: evil.nintei.example; dmarc=fail") is None
    assert of("Authentication-Results: mx.elsewhere.example; dmarc=fail", ours("dmarc=fail")) is not None
    assert of("Received-SPF: fail (x) receiver=mx.elsewhere.example;") is None


def test_where_no_server_is_named_the_domain_tells_ours_and_the_topmost_bad_word_counts() -> None:
    assert of("Authentication-Results: mx1.nintei.example; dmarc=fail", trust=BROAD) == Doubt(
        "mx1.nintei.example", ("dmarc=fail",)
    )
    other = "Authentication-Results: mx.elsewhere.example; dmarc=fail"
    assert of(other, trust=BROAD) == Doubt("mx.elsewhere.example", ("dmarc=fail",))
    assert of(other, "Authentication-Results: mx1.nintei.example; dmarc=pass", trust=BROAD) is None
    assert of("Authentication-Results: notnintei.example; dmarc=pass", trust=BROAD) is None


def test_results_without_a_servers_name_are_microsofts() -> None:
    line = (
        "Authentication-Results: spf=fail (sender IP is 192.0.2.1)\n smtp.mailfrom=vendor.example; dkim=none;"
        "dmarc=fail action=none"
    )
    assert of(line, trust=Trust(names=frozenset({"-"}), strict=True)) == Doubt("", ("dmarc=fail", "spf=fail"))
    assert of(line) is None


@pytest.mark.parametrize(("line", "said"), [
    ("Received-SPF: fail (domain of x does not designate) client-ip=192.0.2.1; receiver=mx.nintei.example;",
     ("spf=fail",)),
    ("Received-SPF: SoftFail (x) receiver=mx.nintei.example", ("spf=softfail",)),
    ("Received-SPF: pass receiver=mx.nintei.example", ()), ("Received-SPF: none", ()),
    ("Received-SPF: failure is no result", ()),
])  # fmt: skip
def test_the_older_header_of_spf_counts_too(line: str, said: tuple[str, ...]) -> None:
    found = of(line)
    assert (found.said if found else ()) == said


def test_long_hostile_headers_are_read_to_their_end() -> None:
    for value in ("(" * 100_000, ";" * 100_000, '"' * 99_999, "dmarc=" * 50_000, "a.b=" * 50_000):
        of(ours(value))
    of(*[ours("dmarc=none")] * 5_000)
