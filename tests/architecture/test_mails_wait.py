"""Only the worker's hand has a way to the mail server: what a page or a service would send itself is lost while that
server is away."""

from __future__ import annotations

import ast
from pathlib import Path

PROJECT = Path(__file__).parents[2]
WAYS = {"smtplib", "flask_mail", "Mailer"}
MAY = {
    "app/connectors/mail.py": "the way itself",
    "app/main.py": "makes the one that the worker has",
    "app/services/process/outside.py": "the worker's hands",
    "app/services/demo/load.py": "the demo's past, sent nowhere",
}


def test_nobody_but_the_worker_hands_mails_to_the_server() -> None:
    found = set()
    for room in ("app", "admin"):
        for path in (PROJECT / room).rglob("*.py"):
            if WAYS & set(_names(ast.parse(path.read_text()))):
                found.add(path.relative_to(PROJECT).as_posix())
    assert found == set(MAY)


def _names(tree: ast.Module) -> list[str]:
    """What it imports."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names += [(node.module or "").partition(".")[0], *(each.name for each in node.names)]
        elif isinstance(node, ast.Import):
            names += [each.name.partition(".")[0] for each in node.names]
    return names
