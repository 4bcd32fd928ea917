"""A new step in a process: the walks in which it is missing are brought up, as a person would."""

from __future__ import annotations

from app.services.designing import walking
from app.services.people import accounts
from app.services.workspaces import content, making, saving
from tests.services.conftest import Bench

DIAGRAM = "document_review.bpmn"
FLOW = (
    '<bpmn:sequenceFlow id="second_review__to__second_review_gate" sourceRef="second_review" '
    'targetRef="second_review_gate" />'
)
THIRD = """<bpmn:sequenceFlow id="second_review__to__third" sourceRef="second_review" targetRef="third" />
    <bpmn:userTask id="third" name="書類審査（3次）">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="not_same_as" value="second_review" />
        <spiffworkflow:property name="routes" value="outcome" />
      </spiffworkflow:properties></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="second_review__to__second_review_gate" sourceRef="third" targetRef="second_review_gate" />"""


def test_a_walk_in_which_a_new_step_is_missing_is_brought_to_its_end(bench: Bench) -> None:
    portal = bench.portal
    hanako = accounts.actor_of(
        portal, accounts.add_staff(portal, "h@example.jp", "分析 花子", ["analyst"], "a password for tests")
    )
    draft = making.make(portal, "ccus_api_certification", None, "三次審査", hanako)
    files = content.files(portal, draft)
    text = files[DIAGRAM].decode()
    assert FLOW in text
    lane = "<bpmn:flowNodeRef>second_review</bpmn:flowNodeRef>"
    text = text.replace(FLOW, THIRD).replace(lane, f"{lane}\n        <bpmn:flowNodeRef>third</bpmn:flowNodeRef>")
    form = files["forms/second_review.form"].decode().replace('"id": "second_review"', '"id": "third"')
    saving.save(portal, draft, DIAGRAM, text.encode(), 0, hanako)
    saving.save(portal, draft, "forms/third.form", form.encode(), 0, hanako)

    report = walking.run(portal, draft, hanako)
    broken = [each for each in report.walked if each.problem is not None]
    assert broken
    [happy] = [each for each in broken if each.name == "happy_path"]
    assert [(each.name.id, each.answers) for each in happy.added] == [("third", (("審査結果", "通過"),))]
    before = files["scenarios/happy_path.toml"].decode()
    chosen = {
        each.name: [*((c.step, c.key) for c in each.changes), *((n.step, n.key) for n in each.added)] for each in broken
    }
    assert walking.accept(portal, draft, chosen, report.revision, hanako) > len(broken) // 2
    again = walking.run(portal, draft, hanako)
    assert [str(each.problem) for each in again.walked if each.problem is not None] == []
    now = content.files(portal, draft)["scenarios/happy_path.toml"].decode()
    assert 'complete = "third"' in now and set(before.splitlines()) - set(now.splitlines()) <= {
        'expect_open = ["review_result"]'
    }
