"""The lists agree: chart and diagrams, tasks and forms, service tasks and connectors, mails and templates."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from app import catalogue
from app.catalogue import Element, Package
from app.declarations import CONNECTORS
from app.services.days import lastday
from app.states import Side

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "bpmn" / "ccus_api_certification"
FLOW: list[dict[str, Any]] = tomllib.loads((HERE / "flow_ids.toml").read_text("utf-8"))["element"]
KINDS = {
    "form": {"userTask"},
    "ack": {"userTask"},
    "post": {"userTask"},
    "both": {"subProcess"},
    "mail": {"serviceTask"},
    "start": {"startEvent"},
    "system": {"serviceTask", "receiveTask", "endEvent"},
}
GROUPS = {"review", "accounting", "cards", "exam", "office"}
CIRCLED = re.compile("[①-⑨]$")


@pytest.fixture(scope="module")
def package() -> Package:
    return catalogue.load(FOLDER, FOLDER.parent / "_shared")


def user_tasks(package: Package) -> list[Element]:
    return [element for element in package.elements.values() if element.kind == "userTask"]


@pytest.mark.parametrize("flow", FLOW, ids=lambda flow: str(flow["id"]))
def test_the_diagrams_have_the_element_of_the_chart(flow: dict[str, Any], package: Package) -> None:
    element = package.element(flow["id"])
    assert element.file == flow["file"]
    assert element.kind in KINDS[flow["kind"]]
    if "label" in flow:
        assert element.name == flow["label"]
    if flow["kind"] == "both":
        sides = {f"{element.id}__vendor": "vendor", f"{element.id}__operator": "operator"}
        assert {task: package.element(task).side for task in sides} == sides
        assert {package.element(task).parent for task in sides} == {element.id}
    else:
        assert element.lane == flow["lane"]
    if flow["kind"] == "mail":
        assert (element.operator, element.parameters) == ("mail", {"mail": f"'{flow['mail']}'"})
    if flow["kind"] == "post":
        assert element.properties["presentation"] == "post"


def test_the_number_of_a_mail_is_in_its_name_and_in_its_properties(package: Package) -> None:
    for flow in FLOW:
        if flow["kind"] == "mail":
            element = package.element(flow["id"])
            number = CIRCLED.search(element.name)
            assert number, element.id
            assert element.number == number.group(), element.id


def test_the_chart_names_each_element_once() -> None:
    ids = [flow["id"] for flow in FLOW]
    assert sorted(set(ids)) == sorted(ids)


def test_each_user_task_has_its_form_and_each_form_its_user_task(package: Package) -> None:
    assert {element.id for element in user_tasks(package)} == set(package.forms)


def test_each_service_task_names_a_connector_and_gives_it_its_parameters(package: Package) -> None:
    for element in package.elements.values():
        if element.kind == "serviceTask":
            assert element.operator in CONNECTORS, element.id
            assert set(element.parameters) == {each.name for each in CONNECTORS[element.operator].parameters}, (
                element.id
            )


def test_each_mail_that_is_sent_has_its_template(package: Package) -> None:
    sent = {package.reminders.vendor_mail, package.reminders.operator_mail}
    for element in package.elements.values():
        sent |= set(element.listed("sends"))
        if element.operator == "mail":
            sent.add(element.parameters["mail"].strip("'"))
    assert not sent - set(package.mails)


def test_each_document_that_is_made_or_shown_has_its_template_or_file(package: Package) -> None:
    named: set[str] = {fee.document for fee in package.fees.values()}
    for element in package.elements.values():
        named |= set(element.listed("makes")) | set(element.listed("shows"))
    for mail in package.mails.values():
        named |= {attachment for attachment in mail.attachments if not attachment.startswith("ics:")}
    files = {f"file:{path.removeprefix('files/')}" for path in package.files if path.startswith("files/")}
    answers = {name for name in named if "." in name and not name.startswith("file:")}
    assert not named - answers - set(package.documents) - files


def test_what_is_handed_out_for_download_is_there(package: Package) -> None:
    for group in package.downloads.values():
        for name in group.files:
            assert package.handouts()[name].startswith(b"%PDF"), name


def test_what_a_task_routes_confirms_or_hides_is_a_field_of_its_form(package: Package) -> None:
    for element in user_tasks(package):
        keys = field_keys(package.forms[element.id])
        wanted = set(element.listed("routes")) | set(element.listed("secrets"))
        if element.properties.get("confirms"):
            wanted |= {"amount", "paid_on", "payer"}
        if element.properties.get("books"):
            wanted |= {"date"}
        assert not wanted - keys, element.id


def test_scenarios_answer_with_fields_of_the_forms(package: Package) -> None:
    for path in sorted((FOLDER / "scenarios").glob("*.toml")):
        for step in tomllib.loads(path.read_text("utf-8"))["step"]:
            if "complete" in step:
                unknown = set(step.get("answer", {})) - field_keys(package.forms[step["complete"]])
                assert not unknown, f"{path.name}, {step['complete']}"


def test_every_operator_task_has_its_group_and_every_vendor_task_its_due_date(package: Package) -> None:
    for element in user_tasks(package):
        if element.side == Side.OPERATOR:
            assert element.properties.get("group") in GROUPS, element.id
        elif element.properties.get("presentation") != "button" and element.id != package.start_form:
            told = element.flag("beside") and not field_keys(package.forms[element.id])
            due = element.properties.get("due_bd") or lastday.pays(package, element)
            # What is only told, by mail too, and holds nothing up is never late.
            assert bool(due) != told, element.id


def field_keys(schema: dict[str, Any]) -> set[str]:
    """The keys of a form, those in groups included."""
    keys: set[str] = set()
    for component in schema["components"]:
        keys |= {component[name] for name in ("key", "path") if component.get(name)}
        if component.get("type") == "group":
            keys |= field_keys(component)
    return keys
