"""Whatever people type arrives: through a server as strict as RFC 5321 lets it be, in every mail that quotes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.connectors.letter import Letter, compose
from app.connectors.mail import Mailer
from app.forms.spec import FieldSpec, Kind, Subtype, inputs
from app.services.cases import talking
from app.services.mails import portalmails
from app.services.process import context
from app.store import database
from app.text.later import settled
from tests.services.conftest import Bench
from tests.services.steps import case_of, go, staff
from tests.support.mail import Mailbox

LONG = "認定を受けるシステムの画面と帳票について、ご指摘の箇所をすべて確認いたしました" * 105  # no break anywhere
TYPED = {"message", "comments", "company", "case", "shipment", "booking", "certificate"}  # holds people's words


def typed(value: Any) -> Any:
    """The same facts as if people had typed all that is text in them."""
    if isinstance(value, Mapping):
        return {key: typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [typed(each) for each in value]
    return LONG if isinstance(value, str) and not re.search("://|^[0-9-]{4}", value) else value


def answer(field: FieldSpec, way: str) -> Any:
    """What somebody answers who has much to say; `way`: what they choose where there is such a choice."""
    match field.type:
        case Kind.TEXT | Kind.AREA:
            return LONG
        case Kind.RADIO | Kind.SELECT:
            options = [option.value for option in field.options] or [""]
            return way if way in options else options[0]
        case Kind.LIST:
            return [{each.key: answer(each, way) for each in inputs(field.fields)}]
        case Kind.DATETIME:
            return "10:00" if field.subtype is Subtype.TIME else "2026-05-01"
        case Kind.NUMBER:
            return 1
    return []


class Routes(dict[str, Any]):
    """Routing values of which each has gone the same way."""

    def __init__(self, way: str, known: Mapping[str, Any]) -> None:
        super().__init__({name: value for name, value in known.items() if not isinstance(value, str)})
        self.way = way

    def __missing__(self, name: str) -> str:
        return self.way


def contexts(bench: Bench) -> Iterator[dict[str, Any]]:
    """What mails read of a case whose people wrote at length, whichever way it went."""
    walker = go(bench, until="certificate_received")
    loaded = bench.portal.releases.current("ccus_api_certification")
    with database.connection():
        case = case_of(walker)
        given = context.build(walker.portal, case, loaded, element="certificate_received", extra={"message": "x"})
        base = settled(given)
    base["comments"] = [{"where": "x", "text": "x"}]
    facts = {name: typed(value) if name in TYPED else value for name, value in base.items()}
    fields = [field for spec in loaded.forms.values() for field in spec.inputs()]
    for way in sorted({option.value for field in fields for option in field.options}):
        answers = {name: {each.key: answer(each, way) for each in spec.inputs()} for name, spec in loaded.forms.items()}
        yield {**facts, "answers": answers, "data": Routes(way, base["data"])}


@pytest.fixture
def quoting(bench: Bench) -> dict[str, Letter]:
    """By template: the letter of one way the case may go that says what somebody typed at length."""
    loaded = bench.portal.releases.current("ccus_api_certification")
    found: dict[str, Letter] = {}
    for facts in contexts(bench):
        for mail_id, source in loaded.package.mails.items():
            letter = compose(
                source, facts, loaded.package.files, mail_id=mail_id, message_id=f"<{mail_id}@body.example>",
                sender="認定事務局 <n@body.example>", to="a@vendor.example",
            )  # fmt: skip
            if _quotes(letter) > _quotes(found.get(mail_id)):
                found[mail_id] = letter
    return found


def _quotes(letter: Letter | None) -> int:
    return (letter.subject + letter.text).count(LONG) if letter is not None else 0


def test_every_mail_of_the_package_arrives_with_what_people_typed(quoting: dict[str, Letter], smtp: Mailbox) -> None:
    assert {"new-message", "review-3", "returned", "date-refused"} <= quoting.keys()
    mailer = Mailer(smtp.url)
    for letter in quoting.values():
        mailer.send(letter)
    arrived = {str(message["X-Nintei-Mail"]): message for message in smtp.messages}
    assert arrived.keys() == quoting.keys()
    for mail_id, letter in quoting.items():
        text, html = (arrived[mail_id].get_body((kind,)) for kind in ("plain", "html"))
        assert text is not None and html is not None
        assert text.get_content().replace("\r\n", "\n") == letter.text
        assert html.get_content().replace("\r\n", "\n").rstrip("\n") == letter.html.rstrip("\n")
        assert str(arrived[mail_id]["Subject"]) == letter.subject


def test_a_letter_of_the_portal_itself_arrives_with_what_people_typed(bench: Bench, smtp: Mailbox) -> None:
    words = portalmails.Wording(f"{LONG} 様", f"{LONG}\n\n[開く](%(url)s)\n")
    with database.transaction():
        portalmails.queue(bench.portal, "own:1", "company-invitation", "a@vendor.example", words)
    bench.mailbox = Mailer(smtp.url)  # type: ignore[assignment]
    assert bench.drain() == ["done"]
    [message] = smtp.messages
    text = message.get_body(("plain",))
    assert text is not None and text.get_content().replace("\r\n", "\n").startswith(f"{LONG}\n\n開く\nhttp")
    assert str(message["Subject"]) == words.subject


def test_a_message_of_4000_characters_reaches_the_vendor(bench: Bench, smtp: Mailbox) -> None:
    walker = go(bench, until="submit_documents")
    bench.mailbox = Mailer(smtp.url)  # type: ignore[assignment]
    talking.say(walker.portal, walker.number, LONG[:4000], staff(walker))
    assert bench.drain(walker.portal) == ["done"]
    [message] = smtp.messages
    text = message.get_body(("plain",))
    assert text is not None and f"> {LONG[:4000]}\n" in text.get_content().replace("\r\n", "\n")
