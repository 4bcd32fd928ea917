"""Writes what the designer's canvas must know of the house: which shapes run (app/bpmn/support.py).

    python scripts/designer_facts.py          writes app/frontend/designer/canvas/support.json

A test compares the two.
"""

from __future__ import annotations

import json
from pathlib import Path

from app.bpmn import support

FILE = Path(__file__).parents[1] / "app/frontend/designer/canvas/support.json"


def facts() -> str:
    """What the browser's file has to say."""
    said = {
        "kinds": sorted(support.RUNS),
        "events": {kind: sorted(events) for kind, events in sorted(support.EVENTS.items())},
        "starts_by_event": sorted(support.STARTS_BY_EVENT),
        "starts_inside": sorted(support.STARTS_INSIDE),
    }
    return json.dumps(said, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(facts())
