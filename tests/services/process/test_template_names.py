"""What `nintei check` lets templates say is what they are given: the real context of a case against the declaration."""

from __future__ import annotations

from dataclasses import fields

from app.catalogue import portal_needs
from app.catalogue.template_names import CASE, LISTS, MEMBERS
from app.services.cards.labels import Label
from app.services.process import context
from app.store import database
from app.text.later import settled
from tests.services.conftest import Bench
from tests.services.steps import case_of, go


def test_the_names_and_their_members_are_those_of_a_real_case(bench: Bench) -> None:
    walker = go(bench, "certificate_received")
    case, loaded = case_of(walker), bench.portal.releases.current("ccus_api_certification")
    with database.connection():
        given = settled(context.build(bench.portal, case, loaded))
    assert given.keys() - loaded.package.settings.keys() >= CASE - loaded.package.settings.keys()
    assert given.keys() - loaded.package.settings.keys() <= CASE
    seen = set()
    for name, members in MEMBERS.items():
        value = given.get(name)
        item = next(iter(value), None) if name in LISTS and value else value
        if isinstance(item, dict):
            assert item.keys() == members, name
            seen.add(name)
    assert seen >= {"case", "company", "task", "links", "invoice", "booking", "certificate", "documents", "timeline"}
    assert set(portal_needs.company_fields(loaded.package)) <= given["company"].keys()
    assert {field.name for field in fields(Label)} == MEMBERS["labels"]


def test_a_section_of_settings_never_stands_before_the_portals_own_name(bench: Bench) -> None:
    walker = go(bench, "company_profile")
    with database.connection():
        loaded = bench.portal.releases.current("ccus_api_certification")
        given = settled(context.build(bench.portal, case_of(walker), loaded))
    assert isinstance(given["cards"], list)
    assert given["settings"]["cards"]["return_bd"] == 10
