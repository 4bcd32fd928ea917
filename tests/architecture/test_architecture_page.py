"""docs/architecture.md says what is so: its files are there, its order of rooms is that of the imports."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SERVICES = PROJECT / "app" / "services"
PAGE = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")


def floors() -> list[set[str]]:
    """The rooms of the services, from top to bottom, as the page orders them."""
    found = re.search(r"From top to bottom:\n(.+?)\. `app/web`", PAGE, re.DOTALL)
    assert found is not None
    return [set(floor.strip("`").split()) for floor in re.sub(r"\s+", " ", found[1]).split(" > ")]


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:app|hardware|docs|bpmn|tests)/[\w/.-]+)`", PAGE)
    assert len(named) > 12
    assert [each for each in named if not (PROJECT / each).exists()] == []
    inside = re.findall(r"`((?:services|engine|web)/[\w/]+(?:\.py)?)`", PAGE)
    assert [each for each in inside if not (PROJECT / "app" / each).exists()] == []


def test_ten_sentences_lead_to_ten_files() -> None:
    rows = re.findall(r"^\| .+\? \| `(app/.+\.py)` \|$", PAGE, re.MULTILINE)
    assert len(set(rows)) == 10


def test_the_page_names_every_room_and_rooms_import_only_downwards() -> None:
    order = {room: level for level, floor in enumerate(floors()) for room in floor}
    rooms = {each.stem if each.is_file() else each.name for each in SERVICES.iterdir()} - {"__init__", "__pycache__"}
    assert set(order) == rooms
    upwards = set()
    for file in SERVICES.rglob("*.py"):
        here = file.relative_to(SERVICES).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("app.services"):
                continue
            names = [alias.name for alias in node.names] if node.module == "app.services" else [node.module or ""]
            there = {name.removeprefix("app.services.").split(".")[0] for name in names}
            upwards |= {(here, room) for room in there if room != here and order[room] <= order[here]}
    assert {pair for pair in upwards if "__init__" not in pair} == set()


def test_it_is_read_in_ten_minutes() -> None:
    assert len(PAGE.split()) < 2200  # some 220 words a minute
