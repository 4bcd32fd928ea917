from __future__ import annotations

import re
from pathlib import Path

from app.connectors.registry import CONNECTORS, Where

FORMAT = (Path(__file__).parents[2] / "docs" / "package-format.md").read_text("utf-8")


def test_the_operators_are_those_of_the_documentation() -> None:
    table = FORMAT[FORMAT.index("| operator |") : FORMAT.index("## Forms")]
    written = {
        name: set(re.findall(r"`([a-z]+)`", parameters)) & {"mail", "document", "kind", "text", "element", "state"}
        for name, parameters in re.findall(r"^\| `([a-z_]+)` \| ([^|]*) \|", table, re.MULTILINE)
    }
    assert set(CONNECTORS) - {"card"} == set(written)
    for name, parameters in written.items():
        assert CONNECTORS[name].parameters == parameters, name


def test_what_the_world_notices_is_done_outside_the_transaction() -> None:
    outside = {name for name, connector in CONNECTORS.items() if connector.where is Where.OUTSIDE}
    assert outside == {"mail", "pdf", "card"}
    assert all(name == connector.id for name, connector in CONNECTORS.items())
