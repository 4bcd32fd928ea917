from __future__ import annotations

from pathlib import Path

import pytest

from app import catalogue
from app.catalogue import Package
from app.errors import BadPackage, NotFound, Refused
from tests.catalogue.support import THREE_STEPS, edited


def test_the_package_says_who_and_what_it_is(three_steps: Package) -> None:
    assert (three_steps.id, three_steps.entry, three_steps.start_form) == (
        "library_card",
        "library_card",
        "request",
    )
    assert (three_steps.title, three_steps.title_en) == ("図書館カードの発行", "Library card")
    assert three_steps.withdraw_message == ""
    assert three_steps.certificate is None
    assert {lane.id: lane.side for lane in three_steps.lanes.values()} == {
        "reader": "vendor",
        "library": "operator",
    }
    assert three_steps.stages[0].processes == ("library_card",)
    guideline = three_steps.guidelines[0]
    assert (guideline.start, guideline.until, guideline.days, guideline.side) == (
        "request",
        "approve",
        3,
        "operator",
    )
    assert three_steps.processes["library_card"].file == "library_card.bpmn"
    assert three_steps.problems == ()


def test_elements_know_their_lane_kind_and_what_they_ask_for(three_steps: Package) -> None:
    request = three_steps.element("request")
    assert (request.kind, request.lane, request.side) == ("userTask", "reader", "vendor")
    assert request.listed("routes") == ("reader_kind", "books")
    assert request.listed("reviews") == ()
    assert request.outgoing == ("mail_hello",)
    mail = three_steps.element("mail_hello")
    assert (mail.operator, mail.parameters, mail.number) == ("mail", {"mail": "'hello'"}, "①")
    assert three_steps.element("decide_limit").decision == "loan_limit"
    assert three_steps.element("wait_a_day").event == "timer"
    assert three_steps.element("approve").whole("due_bd") == 3
    assert three_steps.element("approve_gate").outgoing == ("refused", "wait_a_day")
    with pytest.raises(NotFound):
        three_steps.element("nothing")


def test_mails_and_documents_are_header_and_body(three_steps: Package) -> None:
    mail = three_steps.mails["hello"]
    assert (mail.to, mail.number, mail.label, mail.attachments) == ("vendor", "①", "受付のご連絡", ())
    assert mail.body.startswith("{{ answers.request.contact_name }} 様")
    assert mail.body_line == 7
    document = three_steps.documents["library_card"]
    assert (document.title, document.audience) == ("図書館カード", "both")
    assert document.filename == "図書館カード_{{ case.number }}.pdf"
    assert document.html.startswith("<html>")


def test_settings_take_what_staff_changed_and_ignore_what_is_no_more(three_steps: Package) -> None:
    values = three_steps.settings_values({"body.name": "中央図書館", "body.gone": "x", "other.name": "y"})
    assert values == {"body": {"name": "中央図書館", "email": "library@example.com"}}
    assert three_steps.settings["body"]["name"].sample is True


def test_settings_keep_their_type() -> None:
    package = edited(
        {
            "package.toml": lambda text: (
                text + ('[settings.more]\ncount = { title = "n", value = 3 }\nopen = { title = "o", value = true }\n')
            )
        }
    )
    assert package.settings_values({"more.count": "7", "more.open": "false"})["more"] == {
        "count": 7,
        "open": False,
    }
    with pytest.raises(Refused, match=r"more\.count"):
        package.settings_values({"more.count": "many"})
    with pytest.raises(Refused, match=r"more\.open"):
        package.settings_values({"more.open": "perhaps"})


NESTED = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">
 <message id="m1" name="stop"/>
 <process id="nested" name="Nested">
  <laneSet id="l">
   <lane id="library"><flowNodeRef>both</flowNodeRef><flowNodeRef>outer</flowNodeRef></lane>
  </laneSet>
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="both"/>
  <subProcess id="both">
   <userTask id="both__operator"/>
   <userTask id="both__vendor"><extensionElements><spiffworkflow:properties>
     <spiffworkflow:property name="lane" value="reader"/>
   </spiffworkflow:properties></extensionElements></userTask>
   <subProcess id="deep"><userTask id="deepest"/></subProcess>
  </subProcess>
  <boundaryEvent id="late" attachedToRef="both"><timerEventDefinition id="t"/></boundaryEvent>
  <receiveTask id="outer" name="a
   b" messageRef="m1"><documentation> why </documentation></receiveTask>
  <endEvent id="killed"><terminateEventDefinition id="x"/></endEvent>
 </process>
</definitions>"""


def test_inside_a_subprocess_the_lane_is_inherited_unless_a_property_says_otherwise() -> None:
    elements = edited({"nested.bpmn": NESTED}).elements
    assert {
        name: (elements[name].lane, elements[name].side, elements[name].parent)
        for name in ("both", "both__operator", "both__vendor", "deepest", "late")
    } == {
        "both": ("library", "operator", ""),
        "both__operator": ("library", "operator", "both"),
        "both__vendor": ("reader", "vendor", "both"),
        "deepest": ("library", "operator", "deep"),
        "late": ("library", "operator", ""),
    }
    assert {elements[name].process for name in ("both", "deepest")} == {"nested"}
    assert (elements["outer"].message, elements["outer"].name, elements["outer"].documentation) == (
        "stop",
        "a b",
        "why",
    )
    assert (elements["late"].event, elements["late"].attached_to, elements["killed"].event) == (
        "timer",
        "both",
        "terminate",
    )


def test_the_folder_beside_packages_is_part_of_the_package_without_its_fonts(tmp_path: Path) -> None:
    shared = tmp_path / "_shared"
    (shared / "fonts").mkdir(parents=True)
    (shared / "mail.html").write_text("<p>{{ content }}</p>", "utf-8")
    (shared / "fonts" / "mincho.ttf").write_bytes(b"font")
    (shared / "LICENSE.txt").write_text("OFL", "utf-8")
    package = catalogue.load(THREE_STEPS, shared)
    assert sorted(path for path in package.files if path.startswith("_shared/")) == [
        "_shared/LICENSE.txt",
        "_shared/mail.html",
    ]
    assert package.digest != catalogue.load(THREE_STEPS).digest
    assert catalogue.from_archive(catalogue.to_archive(package)).files == package.files
    assert catalogue.check(package) == []


def test_what_editors_leave_lying_about_is_not_part_of_the_package(three_steps: Package) -> None:
    package = edited(
        {".DS_Store": "x", "forms/.request.form.swp": "x", "mail/hello.md~": "x", "__pycache__/a.pyc": "x"}
    )
    assert package.digest == three_steps.digest


def test_a_folder_that_is_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPackage, match=r"package\.toml"):
        catalogue.load(tmp_path)


def test_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "package.toml").write_text('id = "a"', "utf-8")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "secret.pdf").symlink_to("/etc/passwd")
    with pytest.raises(BadPackage, match="Links"):
        catalogue.load(tmp_path)


def test_handed_out_files_are_found_by_name() -> None:
    package = edited({"files/guide.pdf": b"%PDF-1.4"})
    assert package.handouts() == {"guide.pdf": b"%PDF-1.4"}
