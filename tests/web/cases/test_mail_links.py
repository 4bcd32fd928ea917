"""Where the links of mails lead: to a page that their reader may open, whatever has become of the step meanwhile."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from app.services.base.portal import Portal
from app.store import accounts, database
from tests.services.steps import go
from tests.web.conftest import Site

ENDS_ITSELF = re.compile(
    r"/(enter|password|invitation|address)/"
)  # links that are used up, or whose reader has no account


def known(reader: str) -> bool:
    with database.connection():
        return accounts.by_email(reader) is not None


def test_every_link_of_every_mail_leads_its_reader_to_a_page(site: Site) -> None:
    go(site.bench, until="post_new_edition", scenario="annual_audit")
    portal: Portal = site.bench.portal
    base, routes = portal.settings.base_url.rstrip("/"), site.app.url_map.bind("localhost")
    seen: set[tuple[str, str]] = set()
    for letter in site.bench.mailbox.letters:
        found = {
            each.rstrip(".。）)") for each in re.findall(rf"{re.escape(base)}[^\s\"<>]*", letter.text + letter.html)
        }
        assert found or letter.mail_id in {"receipt"}, f"{letter.mail_id} leads nowhere"
        for link in found:
            path = urlsplit(link).path or "/"
            routes.match(path, method="GET")  # there is such a page
            for reader in letter.to:
                if (reader, link) in seen or ENDS_ITSELF.match(path) or not known(reader):
                    continue
                seen.add((reader, link))
                client = site.person(reader)
                answer = client.get(link.removeprefix(base) or "/", follow_redirects=True)
                assert answer.status_code == 200, (letter.mail_id, reader, link, answer.status_code)
                assert answer.request.path != "/login", (letter.mail_id, link)
    assert len(seen) > 15
