"""What is in force is one choice, seen at once by every process; no folder keeps a portal from serving it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.place import Place
from tests.flow.prepared import STAFF, add_staff
from tests.flow.visitor import Visitor
from tests.support import server as servers
from tests.support.network import free_port
from tests.support.terminal import typed

pytestmark = pytest.mark.xdist_group("flow-releases")

THREE_STEPS = Path(__file__).parents[1] / "packages" / "three_steps"
FORM = "/apply/library_card"
LABELS = ("ご担当者", "受け持ちの方", "お世話係")
REQUEST = {"company_name": "みほん小学校", "contact_name": "図書 花子", "reader_kind": "school", "books": 3}


def library(place: Path) -> Path:
    """The package of three steps in a folder of packages."""
    shutil.copytree(THREE_STEPS, place / "three_steps")
    return place / "three_steps"


def edit(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def label(folder: Path, number: int) -> None:
    """Call the field of the public form by the label of this number."""
    for each in LABELS:
        text = (folder / "forms/request.form").read_text("utf-8")
        (folder / "forms/request.form").write_text(text.replace(each, LABELS[number]), "utf-8")


def seen(visitors: list[Visitor]) -> list[int]:
    """Which label each process shows to whoever begins now."""
    texts = [visitor.get(FORM).text for visitor in visitors]
    return [next(number for number, each in enumerate(LABELS) if each in text) for text in texts]


def nintei(place: Place, *arguments: str, code: int = 0) -> str:
    """A command over the same data, in English: a process of its own, beside the web's."""
    if arguments[0] == "release" and "--stop" not in arguments:
        arguments = (*arguments, "--approved-by", "鈴木")
    result = typed(arguments, {**place.environment, "LC_ALL": "en_GB.UTF-8"})
    assert result.exit_code == code, result.output
    return result.output


class Second:
    """Another web process over the same data, as on a second machine."""

    def __init__(self, place: Place) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {**place.environment, "NINTEI_PORT": str(port)}
        self.server = servers.start(["serve"], environment, place.folder / "second.log", self.url)

    def __enter__(self) -> Second:
        self.server.wait_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    yield {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres")}


def test_release_break_restore_in_two_web_processes(
    place_here: Callable[..., Place], database: dict[str, str], tmp_path: Path
) -> None:
    folder = library(tmp_path / "bpmn")
    place = place_here(packages_dir=str(folder.parent), **database).start()
    with Second(place) as second:
        visitors = [place.visitor(), Visitor(second.url, place._see)]
        assert seen(visitors) == [0, 0]
        label(folder, 1)
        assert "released as number 2" in nintei(place, "release", str(folder))
        assert seen(visitors) == [1, 1]
        edit(folder, "library_card.bpmn", "outcome == 'refused'", "outcome == 'approved'")  # no scenario comes out so
        assert "(approve), step 1: " in nintei(place, "release", str(folder), code=1)
        assert seen(visitors) == [1, 1]
        assert "number 1 is in force again" in nintei(place, "release", "--restore", "1", "--note", "back")
        assert seen(visitors) == [0, 0]
        assert "number 2 is in force again" in nintei(place, "release", "--restore", "2")
        assert seen(visitors) == [1, 1]
        label(folder, 2)
        edit(folder, "library_card.bpmn", "outcome == 'approved'", "outcome == 'refused'")
        begins = place.clock.now() + timedelta(hours=1)
        nintei(place, "release", str(folder), "--from", begins.isoformat())
        assert seen(visitors) == [1, 1]
        place.clock.ahead(hours=1, minutes=1)
        assert seen(visitors) == [2, 2]
        nintei(place, "release", "--stop", "3")
        assert seen(visitors) == [1, 1]
    if database:
        from app.store import database as tables

        tables.proxy.obj.close_all()


def test_cases_start_on_what_is_in_force_whatever_lies_in_the_folder(
    place_here: Callable[..., Place], tmp_path: Path
) -> None:
    """Release, restore, a broken folder and a restart: new cases start on the restored content, running ones stay."""
    folder = library(tmp_path / "bpmn")
    place = place_here(packages_dir=str(folder.parent))
    add_staff(place, STAFF[0])
    place.start()
    edit(folder, "library_card.bpmn", 'name="申請の確認"', 'name="書類の確認"')
    nintei(place, "release", str(folder))
    titles = [title_of_a_new_case(place, "one@example.jp")]
    nintei(place, "release", "--restore", "1")
    place.stop()
    (folder / "library_card.bpmn").write_text("<no xml", "utf-8")
    place.start()
    assert "library_card.bpmn" in place.said()
    titles.append(title_of_a_new_case(place, "two@example.jp"))
    assert titles == ["書類の確認", "申請の確認"]
    said = nintei(place, "releases")
    assert said.count("running cases: 1") == 2
    assert said.count("restored") == 1


def title_of_a_new_case(place: Place, email: str) -> str:
    """What the second step of a case is called that begins now."""
    reader = place.vendor(email)
    case = reader.apply({**REQUEST, "email": ""}, FORM)
    place.wait_for_mail(reader.email, "hello")
    place.records.settle(case)
    [task] = place.records.of(case, "task", "state = 'open'")
    return str(task["title"])
