"""Every way in which a case can end has words of its own."""

from __future__ import annotations

from pathlib import Path

from app import catalogue
from app.catalogue.declared import Declared, End
from app.declarations import CONNECTORS

PACKAGE = Path(__file__).parents[2] / "bpmn" / "ccus_api_certification"


def test_what_names_the_certificate_says_more_than_what_does_not() -> None:
    plain = End("withdrawn", "withdrawn", "", "取下げ", "Withdrawn", "取り下げ。", "Withdrawn.")
    revoked = End("revoked", "withdrawn", "withdrawn", "取消", "Revoked", "取り消し。", "Revoked.")
    given_up = End("given_up", "", "ended", "廃止", "Given up", "廃止。", "Given up.")
    declared = Declared(ends={each.id: each for each in (plain, revoked, given_up)})
    assert declared.end("withdrawn", "") is plain
    assert declared.end("withdrawn", "valid") is plain
    assert declared.end("withdrawn", "withdrawn") is revoked
    assert declared.end("withdrawn", "ended") is given_up
    assert declared.end("rejected", "") is None


def test_an_end_that_a_diagram_gives_and_nobody_words_is_said() -> None:
    files = dict(catalogue.load(PACKAGE, PACKAGE.parent / "_shared").files)
    text = files["package.toml"].decode()
    start, stop = text.index("[ends.rejected]"), text.index("[ends.closed]")
    files["package.toml"] = (text[:start] + text[stop:]).encode()
    said = [str(each) for each in catalogue.check(catalogue.from_files(files), CONNECTORS)]
    assert any("add [ends.rejected]" in each for each in said), said
