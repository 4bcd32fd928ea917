from __future__ import annotations

from app.connectors.letter import Letter
from app.services.cases import applications, entering
from app.store import cases, database, entrylinks, work
from tests.services.conftest import APPLICATION, Bench


def test_whoever_follows_the_link_before_its_mail_is_on_record_is_not_left_behind(bench: Bench) -> None:
    number = applications.apply(bench.portal, "ccus_api_certification", APPLICATION).number
    send = bench.mailbox.send

    def read_at_once(letter: Letter, *more: object) -> object:
        with database.connection():
            case = cases.get(number)
            link = case and entrylinks.current_link(case.id)
        if letter.mail_id == "review-1" and link:
            entering.enter(bench.portal, link.token, None, "a password for tests")
        return send(letter)

    bench.mailbox.send = read_at_once  # type: ignore[method-assign, assignment]
    bench.drain()
    with database.connection():
        case = cases.get(number)
        assert case is not None
        assert [task.element for task in work.open_tasks(case.id)] == ["company_profile"]
