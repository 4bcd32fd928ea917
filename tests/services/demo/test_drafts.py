"""The demo's drafts: begun as demo.toml says, at once, and left alone by whoever starts the demo again."""

from __future__ import annotations

from dataclasses import replace

from app.catalogue import demo as described
from app.services.demo import drafts
from app.services.designing import checking
from app.services.people import accounts
from app.services.workspaces import content, making, saving
from tests.services.conftest import Bench

ANALYST = "analyst@nintei.example"


def test_the_demo_shows_a_draft_with_something_to_mend_and_loads_it_once(bench: Bench) -> None:
    portal = bench.portal
    loaded = portal.releases.all_current()[0]
    [planned] = described.read(loaded.released)["draft"]
    drafts.load(portal, loaded, planned)  # its analyst is not there: nothing
    hanako = accounts.actor_of(
        portal, accounts.add_staff(portal, ANALYST, "高橋 悠", ["analyst"], "a password for tests")
    )
    drafts.load(portal, loaded, planned)
    [view] = making.listed(portal, hanako)
    assert (view.title, view.base, view.owner_name, view.changed) == (planned["title"], 1, "高橋 悠", 3)
    found = checking.problems(portal, view.id, hanako).found
    [wrong] = [each for each in found if each.problem.severity == "error"]
    assert wrong.place.file == "mail/review-1.md" and wrong.mend is not None
    for action in (wrong.mend,):
        checking.mend(portal, view.id, action, hanako)
    assert not [each for each in checking.problems(portal, view.id, hanako).found if each.problem.severity == "error"]

    data = content.files(portal, view.id)["mail/review-1.md"]
    saving.save(portal, view.id, "mail/review-1.md", data + "\n追記\n".encode(), 2, hanako)
    drafts.load(portal, loaded, planned)
    making.drop(portal, view.id, "見本はもう要らない", hanako)
    drafts.load(portal, loaded, planned)
    assert making.listed(portal, hanako) == [] and len(making.listed(portal, hanako, over=True)) == 1


def test_a_change_that_does_not_find_its_place_is_warned_about_and_left_out(bench: Bench) -> None:
    package = bench.portal.releases.all_current()[0].released
    text = package.files["demo.toml"].decode()
    lost = text.replace('value="8" />\n', 'value="9" />\n', 1).replace(
        'by = "analyst@nintei.example"', 'by = "sato@nintei.example"'
    )
    other = replace(package, files={**package.files, "demo.toml": lost.encode()})
    problems = described.check(other)
    assert [each.severity for each in problems] == ["error", "warning"]
    assert problems[0].params == {"email": "sato@nintei.example"}
    assert problems[1].params == {"count": 0, "file": "document_review.bpmn"}
    warned = replace(
        package, files={**package.files, "demo.toml": text.replace('value="8" />\n', 'value="9" />\n', 1).encode()}
    )
    [planned] = described.read(warned)["draft"]
    changed = described.edited(warned, planned)
    assert {path for path in changed if changed[path] != warned.files[path]} == {
        "forms/first_review.form",
        "mail/review-1.md",
    }
